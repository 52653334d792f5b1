"""The one table of every address: who may, by which method, and what it takes to get past its door.

A row names the side whose page it is, the roles that may by method, and what its ids stand for in `world`. Whoever is not
named gets 403 with a sentence; a stranger gets 404; somebody without a session is sent to sign in, or gets 401.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ALL = ("owner", "dispatcher", "finance", "technician", "viewer")
DESK = ("owner", "dispatcher", "finance", "viewer")
READERS = ("owner", "dispatcher", "viewer")
LEADS = ("owner", "dispatcher")
CREW = ("owner", "dispatcher", "technician")
VISITORS = ("owner", "dispatcher", "technician", "viewer")
OFFICE = ("owner", "dispatcher", "finance")
MONEY = ("owner", "finance")
OWNER = ("owner",)
WRONG = [{"line": "invoice_line", "amount": ":1.00", "reason": ":Two were not done."}]


@dataclass(frozen=True)
class Row:
    """One address: `may` maps its methods to roles, `ids` its arguments to names in the world.

    Its people are of `side`; where one side reads what the other writes, `writers` is the other.
    """

    name: str
    may: Mapping[str, tuple[str, ...]]
    ids: Mapping[str, str] = field(default_factory=dict)
    side: str = "prime"
    body: Mapping[str, Any] = field(default_factory=dict)
    writers: str = ""

    def side_of(self, method: str) -> str:
        return self.writers if self.writers and method != "GET" else self.side


def _row(
    name: str, pk: str = "", *, side: str = "prime", writers: str = "", body: Any = None, **more: Any
) -> Row:
    may = {method: more.pop(method) for method in ("GET", "POST", "PUT", "PATCH") if method in more}
    return Row(name, may, ({"pk": pk} if pk else {}) | more, side, body or {}, writers)


def _reads(names: str, *roles: str, **ids: str) -> list[Row]:
    return [Row(name, {"GET": roles}, ids) for name in names.split()]


def _forms(names: str, *roles: str, pk: str = "", side: str = "prime", **body: Any) -> list[Row]:
    return [_row(name, pk, side=side, body=body, GET=roles, POST=roles) for name in names.split()]


def _steps(names: str, *roles: str, pk: str = "", side: str = "prime", **body: Any) -> list[Row]:
    return [_row(name, pk, side=side, body=body, POST=roles) for name in names.split()]


PAGES = [
    # partnernet
    *_reads("home inbox bell find", *ALL),
    *_steps("inbox-read-all", *ALL),
    _row("inbox-read", "news", POST=("owner",)),
    *_reads("approaches exposure", *READERS),
    _row("client-left", "client", GET=LEADS, POST=LEADS, body={"left_on": ":2026-01-02"}),
    *_reads("approach", *READERS, pk="approach"),
    *_steps("approach-acknowledge approach-refer-back approach-change approach-work", *LEADS, pk="approach"),
    *_steps("approach-decline approach-close", *LEADS, pk="approach"),
    *_steps("approach-release", *OWNER, pk="approach"),
    *_steps("approach-take-release approach-refuse-release", *OWNER, pk="heard", side="sub"),
    *_reads("export-offers", *READERS),
    *_reads("export-work-orders export-time-entries export-to-pay export-to-receive export-payments", *DESK),
    *_reads("export-margin export-year export-clients export-firms", *DESK),
    # partners
    *_reads("firms firms-compare our-record scoring-rules", *DESK),
    *_reads("firm", *DESK, pk="firm"),
    *_forms("firm-invite-new firm-off-network-new", *LEADS),
    *_forms("firm-ask-to-join", *LEADS, pk="kept"),
    *_steps("firm-invite-revoke", *LEADS, pk="firm_invite"),
    _row("firm-papers", "firm", GET=DESK, POST=LEADS),
    _row("vetting", "firm", GET=DESK, POST=LEADS),
    *_forms("papers", *OFFICE),
    *_reads("paper-file", *OFFICE, pk="paper"),
    *_steps("paper-withdraw", *OFFICE, pk="paper"),
    _row("communities", GET=OFFICE, POST=LEADS, body={"community": "unnamed"}),
    *_steps("community-leave", *LEADS, pk="membership"),
    *_steps("firm-note firm-mark", *LEADS, pk="firm"),
    *_forms("ask-exclusion", *OWNER, pk="score_event"),
    *_forms("reply", *LEADS, pk="score_event"),
    *_reads("ratings", *DESK),
    _row("rating", "rating", GET=DESK, POST=LEADS, body={"again": ":yes"}),
    _row("firm-settings", GET=OFFICE, POST=OWNER),
    *_forms("profile skills capacity", *LEADS),
    *_steps("capacity-tap", *LEADS),
    _row("view-keep", POST=DESK, body={"page": ":jobs", "filters": ":status=active", "name": ":Running"}),
    _row("view-forget", POST=DESK, body={"page": ":jobs", "name": ":Running"}),
    _row("members", GET=OFFICE, POST=OWNER),
    *_forms("member", *OWNER, pk="member"),
    *_steps("member-remove", *OWNER, pk="member"),
    *_steps("invitation-withdraw", *OWNER, pk="invitation"),
    *_reads("api-keys", *OFFICE),
    *_forms("api-key-new", *OFFICE),
    _row("api-key-revoke", "key", POST=OWNER),
    # clients
    *_reads("clients", *DESK),
    *_reads("client", *DESK, pk="client"),
    *_forms("client-add client-import", *LEADS),
    *_forms("client-import-preview", *LEADS, pk="import"),
    *_steps("client-import-run client-import-undo", *LEADS, pk="import"),
    *_forms("client-edit client-became site-add contact-add", *LEADS, pk="client"),
    *_steps("client-succession-undo", *LEADS, pk="succession"),
    *_forms("site-edit", *LEADS, pk="site"),
    *_forms("contact-edit", *LEADS, pk="contact"),
    *_steps("contact-remove", *LEADS, pk="contact"),
    # contracts
    *_reads("agreements protected-clients", *DESK),
    *_reads("agreement-new", *OWNER),
    _row("coverage-exceptions", GET=DESK, POST=OWNER, other="unasked"),
    *_reads("agreement-signed", *OWNER, pk="agreement"),
    _row("agreement-propose", GET=OWNER, POST=OWNER, other="unasked"),
    _row("agreement-paper-new", GET=OWNER, POST=OWNER, other="unasked"),
    *_reads("agreement-paper-file", *DESK, pk="on_paper"),
    *_steps("agreement-paper-affirm", *OWNER, pk="on_paper"),
    *_forms("agreement-paper-withdraw", *OWNER, pk="on_paper"),
    *_steps("agreement-paper-confirm", *OWNER, pk="on_paper", side="sub"),
    *_forms("agreement-paper-object", *OWNER, pk="on_paper", side="sub"),
    *_reads("agreement agreement-text agreement-pdf", *DESK, pk="agreement"),
    *_steps("agreement-viewed", *DESK, pk="agreement"),
    _row("agreement-findings", "agreement", GET=DESK, POST=OWNER),
    *_steps("agreement-accept-terms agreement-send agreement-consent", *OWNER, pk="agreement"),
    *_forms("agreement-revise agreement-sign agreement-ask-changes agreement-recall", *OWNER, pk="agreement"),
    *_forms("agreement-void agreement-terminate agreement-move agreement-amend", *OWNER, pk="agreement"),
    _row("agreement-decline", "agreement", side="sub", GET=OWNER, POST=OWNER),
    _row(
        "agreement-comments",
        "agreement",
        GET=DESK,
        POST=OFFICE,
        body={"place": ":whole", "text": ":Why twelve?"},
    ),
    *_steps("comment-resolve comment-reopen", *OFFICE, pk="comment"),
    _row("signature", "signature", GET=DESK, POST=OWNER, body={"reason": ":Not ours."}),
    *_steps("dispute-withdraw dispute-settle", *OWNER, pk="dispute"),
    *_reads("dispute-evidence", *DESK, pk="dispute"),
    *_reads("agreement-signers", *DESK, pk="agreement"),
    *_steps("agreement-signer-name agreement-signer-release agreement-signer-order", *OWNER, pk="agreement"),
    *_steps("agreement-signer-pass-on", *OWNER, pk="agreement"),
    *_steps("agreement-approval-ask", *OFFICE, pk="agreement"),
    *_steps("agreement-approval-give", *MONEY, pk="agreement"),
    *_forms("agreement-approval-refuse", *MONEY, pk="agreement"),
    _row("company", GET=OFFICE, POST=OWNER, body={"affiliate": "firm", "since": ":2026-01-02"}),
    *_steps("affiliate-confirm affiliate-end", *OWNER, pk="affiliation"),
    _row(
        "party-notice", POST=OWNER, body={"kind": ":control", "what": ":Sold.", "effective_on": ":2026-01-02"}
    ),
    *_reads("signing-settings", *OFFICE),
    *_steps("signing-approval-on signing-approval-off signing-allow", *OWNER),
    *_steps("signing-disallow", *OWNER, pk="authority"),
    _row("protected-client", "protected", side="sub", GET=DESK, POST=LEADS),
    *_steps("protected-client-release protected-client-insist", *OWNER, pk="protected"),
    *_steps("protected-client-reserve protected-client-let-go", *OWNER, pk="protected"),
    *_steps("protected-client-read", *DESK, pk="protected", side="sub"),
    *_reads("protected-client-paper", *DESK, pk="declared"),
    *(
        _row(f"release-{name}", "protected", side="sub", POST=OWNER, release="released")
        for name in ("take", "refuse")
    ),
    _row("release-withdraw", "protected", POST=OWNER, release="released"),
    *_reads("conflict-check", *READERS),
    *_steps("conflict-check-on conflict-check-off", *OWNER),
    # claims
    *_reads("claims", *OWNER),
    *_reads("claim claim-pack claim-pack-papers", *OWNER, pk="claim"),
    *_reads("protected-client-pack", *OWNER, pk="protected"),
    *_forms("claim-about-client", *OWNER, pk="protected"),
    *_forms("claim-under-agreement", *OWNER, pk="agreement"),
    *_forms("claim-change", *OWNER, pk="claim"),
    *_steps("claim-reckon claim-read claim-paper-add", *OWNER, pk="claim"),
    _row("claim-paper", "claim", GET=OWNER, paper="claim_paper"),
    *_steps(
        "claim-file claim-take-back claim-demand-cure claim-accept-cure claim-withdraw", *OWNER, pk="claim"
    ),
    *_steps(
        "claim-respond claim-offer-cure claim-report-cure claim-talk claim-admit",
        *OWNER,
        pk="claim",
        side="sub",
    ),
    *_steps(
        "claim-mediate claim-name-mediator claim-offer-settlement claim-accept-settlement", *OWNER, pk="claim"
    ),
    *_steps("claim-refuse-settlement claim-state-outcome claim-confirm-outcome", *OWNER, pk="claim"),
    *_steps(
        "claim-object-outcome claim-suspend claim-resume claim-note-payment claim-close", *OWNER, pk="claim"
    ),
    # engagements: the prime
    *_reads("jobs", *READERS),
    *_forms("job-new job-urgent job-cover", *LEADS),
    *_forms("call-off-new", *LEADS, pk="cover"),
    *_steps("call-off-raise-cap call-off-call-back", *LEADS, pk="called"),
    *_reads("job", *READERS, pk="job"),
    *_forms("job-edit job-cancel job-line-add job-crew job-place", *LEADS, pk="job"),
    *_reads("job-place-margin", *LEADS, pk="job"),
    Row("job-step", {"POST": LEADS}, {"pk": "job", "name": ":complete"}),
    *_forms("job-line", *LEADS, pk="line"),
    *_forms("job-line-report", *CREW, pk="line"),
    *_steps("job-crew-remove", *LEADS, pk="crew"),
    *_reads("work-orders", *DESK),
    *_reads("work-order", *DESK, pk="order"),
    *_forms("work-order-offer work-order-cancel", *LEADS, pk="order"),
    *_forms("work-order-remove", *LEADS, pk="running"),
    *_forms("work-order-back-out", *LEADS, pk="running", side="sub"),
    *_steps("work-order-recall", *LEADS, pk="order"),
    *_steps("work-order-send-below-floor", *OWNER, pk="order", revision="order"),
    _row("work-approve", "waiting", POST=LEADS, submission="submission"),
    _row("work-send-back", "waiting", POST=LEADS, submission="submission"),
    *_steps("work-order-task work-order-access", *LEADS, pk="running"),
    *_forms("work-order-record", *LEADS, pk="running"),
    *_steps("work-order-hold", *LEADS, pk="running"),
    *_forms("work-order-resume", *LEADS, pk="running"),
    _row("work-order-technician", "running", side="sub", POST=LEADS),
    _row("work-order-backup", "running", side="sub", POST=LEADS),
    *_steps("work-order-send-backup", *LEADS, pk="running"),
    _row("problem-resolve", "running", side="sub", POST=CREW, problem="problem"),
    _row("change-ask", "running", GET=LEADS, POST=LEADS, kind=":bonus"),
    *(_row(name, "running", POST=LEADS, change="change") for name in ("change-agree", "change-refuse")),
    _row("change-withdraw", "running", side="sub", POST=CREW, change="change"),
    *_steps("work-order-message", *LEADS, pk="running", text=":Behind the house", audience=":shared"),
    *_steps("work-order-messages-read", *DESK, pk="running"),
    *_steps("visit-message visit-messages-read", *CREW, pk="visit", side="sub"),
    *_forms("question-answer", *LEADS, pk="question"),
    *_forms("offer-ask", *LEADS, pk="offer", side="sub"),
    *_forms("work-part", *CREW, pk="running", side="sub"),
    _row("visit-ask", "visit", side="sub", GET=CREW, POST=CREW, kind=":expense"),
    *_forms("offer-revise", *LEADS, pk="countered"),
    *_steps("offer-refuse-counter offer-withdraw offer-undo offer-send", *LEADS, pk="countered"),
    *_reads("work-order-choose", *LEADS, pk="order"),
    _row("offer-choose", "countered", POST=LEADS, body={"revision": "revision"}),
    _row("offer-accept-counter", "countered", POST=LEADS, body={"revision": "counter"}),
    # engagements: the sub
    *_reads("offers", *READERS),
    _row("offer", "offer", side="sub", GET=READERS),
    _row("offer-accept", "offer", side="sub", POST=LEADS, body={"revision": "revision"}),
    *_forms("offer-counter", *LEADS, pk="offer", side="sub"),
    *_steps("offer-decline offer-reopen offer-withdraw-counter", *LEADS, pk="offer", side="sub"),
    *_reads("today coming done", *CREW),
    _row("call-off", "called", side="sub", GET=VISITORS),
    *_steps(
        "call-off-acknowledge call-off-finish call-off-time call-off-asked", *CREW, pk="called", side="sub"
    ),
    *_forms("cover-time", *CREW, pk="cover", side="sub"),
    *_steps("time-strike", *CREW, pk="time", side="sub"),
    _row("visit", "visit", side="sub", GET=CREW),
    *_steps(
        "visit-acknowledge visit-confirm visit-set-off visit-check-in visit-count",
        *CREW,
        pk="visit",
        side="sub",
    ),
    *_steps("visit-photo visit-sign visit-finish visit-come-back visit-asked", *CREW, pk="visit", side="sub"),
    *_steps("visit-problem visit-submit", *CREW, pk="visit", side="sub"),
    _row("visit-task", "visit", side="sub", POST=CREW, task="task"),
    _row("visit-return-access", "visit", side="sub", POST=CREW, grant="grant"),
    *_reads("access", *READERS),
    _row("access-hand-back", "grant", side="sub", POST=LEADS),
    *_steps("access-receive access-revoke", *LEADS, pk="grant"),
    *_steps("access-deny", *LEADS, pk="returned", reason=":Not here"),
    _row("deliverable", "deliverable", side="sub", GET=VISITORS),
    # billing
    *_reads("money to-pay to-receive reports", *DESK),
    *_reads("job-margin", *DESK, pk="job"),
    *_reads("invoice invoice-pdf", *DESK, pk="invoice"),
    *_reads("credit-note-pdf", *DESK, pk="credit_note"),
    Row("month-pdf", {"GET": DESK}, {"of": ":2007", "number": ":2"}),
    *_steps("invoice-announce", *MONEY, pk="invoice"),
    _row("payment-confirm", "settled", side="sub", POST=MONEY, payment="payment"),
    _row("payment-deny", "settled", side="sub", POST=MONEY, payment="payment"),
    *_steps("invoice-void invoice-redraft", *MONEY, pk="invoice", side="sub"),
    *_steps("invoice-approve", *MONEY, pk="invoice"),
    *_steps("invoice-mediator invoice-mediator-agree", *OWNER, pk="invoice"),
    *_forms("invoice-revision invoice-dispute", *MONEY, pk="invoice"),
    *_forms("invoice-credit invoice-revise", *MONEY, pk="invoice", side="sub"),
    _row("pay-together", GET=MONEY, POST=MONEY, sub="firm"),
]

API = [
    _row("api-firm-list", GET=DESK),
    _row("api-firm-me", GET=ALL),
    _row("api-firm-off-network", POST=LEADS,
         body={"name": ":Otis Networks", "contact_name": ":Otis", "contact_email": ":otis@bellnet.example"}),
    _row("api-firm-detail", "firm", GET=DESK),
    *_steps("api-firm-ask-to-join", *LEADS, pk="kept"),
    _row("api-firm-invite-list", GET=DESK, POST=LEADS,
         body={"firm_name": ":Bay Shore IT", "email": ":lee@bayshore.example"}),
    _row("api-firm-invite-detail", "firm_invite", GET=DESK),
    *_steps("api-firm-invite-revoke api-firm-invite-send", *LEADS, pk="firm_invite"),
    _row("api-score-list", GET=DESK),
    _row("api-community-list", GET=DESK),
    *_steps("api-community-ask", *LEADS, community="unnamed"),
    *_steps("api-community-leave", *LEADS, community="community"),
    _row("api-rating-list", GET=DESK),
    *_reads("api-rating-detail", *DESK, pk="rating"),
    *_steps("api-rating-rate", *LEADS, pk="rating", again=True),
    *_steps("api-rating-raise", *LEADS, pk="rated", again=True),
    _row("api-client-list", GET=DESK, POST=LEADS, body={"name": ":Massapequa Motors"}),
    _row("api-client-detail", "client", GET=DESK, PATCH=LEADS),
    *_steps("api-client-left", *LEADS, pk="client", left_on=None),
    _row("api-client-succession-list", GET=DESK, POST=LEADS, body={
        "client": "client", "kind": ":renamed", "name": ":Nassau Dental", "happened_on": ":2007-02-12"}),
    _row("api-client-succession-detail", "succession", GET=DESK),
    *_steps("api-client-succession-undo", *LEADS, pk="succession"),
    _row("api-site-list", GET=DESK, POST=LEADS, body={"client": "client", "postcode": ":11758"}),
    _row("api-site-detail", "site", GET=DESK, PATCH=LEADS),
    _row("api-agreement-list", GET=DESK, POST=OWNER, body={"other": "unasked"}),
    *_reads("api-agreement-detail api-agreement-revisions api-agreement-events", *DESK, pk="agreement"),
    *_reads("api-agreement-protected-clients api-agreement-findings", *DESK, pk="agreement"),
    *_reads("api-agreement-signatories", *DESK, pk="agreement"),
    _row("api-agreement-comments", "agreement", GET=DESK, POST=OFFICE, body={"text": ":Why twelve?"}),
    *_steps("api-agreement-name-signatory", *OWNER, pk="agreement", member="member"),
    *_steps("api-agreement-ask-approval", *OFFICE, pk="agreement", seen=":0"),
    *_steps("api-agreement-approve-text", *MONEY, pk="agreement", seen=":0"),
    *_steps("api-agreement-refuse-text", *MONEY, pk="agreement", seen=":0", reason=":Too long."),
    *_steps("api-agreement-release-signatory", *OWNER, pk="agreement"),
    # Nobody is named for it any more, so here it is an owner's 403 as well; tests/contracts plays it.
    _row("api-agreement-pass-on", "agreement", POST=(), body={"member": "member"}),
    *_steps("api-agreement-order-signing", *OWNER, pk="agreement", first=":proposer"),
    *_reads("api-agreement-approvals api-agreement-disputes api-agreement-pdf", *DESK, pk="agreement"),
    *(_row(f"api-agreement-{step}-comment", "agreement", POST=OFFICE, comment="comment") for step in ("resolve", "reopen")),
    *_steps("api-agreement-dispute-signature", *OWNER, pk="agreement", reason=":Not ours."),
    *(_row(f"api-agreement-{step}-dispute", "agreement", POST=OWNER, dispute="dispute", body={"reason": ":It was me."})
      for step in ("withdraw", "settle")),
    *_reads("api-agreement-effective-terms", *DESK, pk="agreement"),
    *_reads("api-agreement-paper", *DESK, pk="on_paper"),
    _row("api-agreement-on-paper", POST=OWNER, body={"other": "unasked"}),
    *_steps("api-agreement-affirm-paper", *OWNER, pk="on_paper"),
    *_steps("api-agreement-withdraw-paper", *OWNER, pk="on_paper", reason=":It has ended."),
    *_steps("api-agreement-confirm-paper", *OWNER, pk="on_paper", side="sub"),
    *_steps("api-agreement-object-paper", *OWNER, pk="on_paper", side="sub", reason=":That is a draft."),
    _row("api-agreement-amend", "agreement", POST=OWNER, body={"topic": ":payment", "values": {"net_days": 30}}),
    _row("api-agreement-acknowledge", "agreement", POST=OWNER, body={"reasons": {"missing": ":We know."}}),
    *_steps("api-agreement-accept-terms api-agreement-revise", *OWNER, pk="agreement", seen=":0"),
    *_steps("api-agreement-propose api-agreement-ask-changes api-agreement-recall", *OWNER, pk="agreement"),
    *_steps("api-agreement-terminate api-agreement-void", *OWNER, pk="agreement"),
    *_steps("api-agreement-decline", *OWNER, pk="agreement", side="sub"),
    # Signing asks for the password anew, so here it is an owner's 403 as well; tests/contracts plays it in full.
    _row("api-agreement-sign", "agreement", POST=()),
    _row("api-affiliate-list", GET=OFFICE, POST=OWNER, body={"affiliate": "firm", "since": ":2026-01-02"}),
    *_reads("api-affiliate-detail", *OFFICE, pk="affiliation"),
    *_steps("api-affiliate-confirm api-affiliate-end", *OWNER, pk="affiliation"),
    _row("api-party-notice-list", GET=OFFICE, POST=OWNER, body={
        "kind": ":control", "what": ":Sold to Ann.", "effective_on": ":2026-01-02"}),
    *_reads("api-party-notice-detail", *OFFICE, pk="notice"),
    *_reads("api-event-list", *DESK),
    _row("api-protected-client-list", GET=DESK),
    _row("api-protected-client-detail", "protected", GET=DESK),
    *_steps("api-protected-client-read-notice", *LEADS, pk="protected", side="sub"),
    *_steps("api-protected-client-declare-prior", *LEADS, pk="protected", side="sub", evidence=":Contract 4711",
            evidence_on=":2006-05-01"),
    *_steps("api-protected-client-accept api-protected-client-insist", *OWNER, pk="declared"),
    *_steps("api-protected-client-reserve", *OWNER, pk="declared"),
    _row("api-protected-client-releases", "protected", GET=DESK, POST=OWNER, body={"percent": ":10"}),
    *(_row(f"api-protected-client-{name}-release", "protected", side="sub", POST=OWNER, release="released")
      for name in ("take", "refuse")),
    _row("api-protected-client-withdraw-release", "protected", POST=OWNER, release="released"),
    _row("api-conflict-check-list", GET=READERS),
    _row("api-conflict-check-detail", "check", GET=READERS),
    *_steps("api-conflict-check-turn-on api-conflict-check-turn-off", *OWNER),
    _row("api-claim-list", GET=OWNER, POST=OWNER, body={
        "protected_client": "protected", "kind": ":client", "what": ":They wrote to our client.", "breach_on": ":2026-01-02",
        "known_on": ":2026-01-02"}),
    *_reads("api-claim-detail api-claim-events", *OWNER, pk="claim"),
    _row("api-claim-evidence", "claim", GET=OWNER, POST=OWNER),
    *_steps("api-claim-reckon api-claim-file api-claim-take-back api-claim-demand-cure", *OWNER, pk="claim"),
    *_steps("api-claim-accept-cure api-claim-mediate api-claim-accept-settlement", *OWNER, pk="claim"),
    *_steps("api-claim-refuse-settlement api-claim-confirm-outcome api-claim-resume", *OWNER, pk="claim"),
    *_steps("api-claim-suspend api-claim-withdraw api-claim-close api-claim-object-outcome", *OWNER, pk="claim"),
    *_steps("api-claim-respond", *OWNER, pk="claim", side="sub", response=":It was not us."),
    *_steps("api-claim-report-cure", *OWNER, pk="claim", side="sub", cured=":We have stopped."),
    *_steps("api-claim-offer-cure api-claim-talk api-claim-admit", *OWNER, pk="claim", side="sub"),
    *_steps("api-claim-name-mediator", *OWNER, pk="claim", mediator=":Ann, 555 0100"),
    *_steps("api-claim-offer-settlement", *OWNER, pk="claim", terms=":We part as friends."),
    *_steps("api-claim-state-outcome", *OWNER, pk="claim", outcome=":upheld"),
    *_steps("api-claim-note-payment", *OWNER, pk="claim", amount=":100.00"),
    _row("api-engagement-list", GET=READERS, POST=LEADS, body={"title": ":Fix", "timezone": ":America/New_York"}),
    _row("api-engagement-detail", "job", GET=READERS, PUT=LEADS, body={"title": ":Fix", "timezone": ":America/New_York"}),
    *_steps("api-engagement-activate api-engagement-complete", *LEADS, pk="job"),
    *_steps("api-engagement-cancel", *LEADS, pk="job", cause=":client_cancelled"),
    _row("api-engagement-lines", "job", GET=READERS, POST=LEADS,
         body={"site": "site", "what": ":Fix", "units": 3, "estimated_minutes": 45, "unit_price": ":100.00"}),
    _row("api-engagement-crew", "job", GET=READERS, POST=LEADS,
         body={"name": ":Ann", "timezone": ":America/New_York", "hours": [[0, 540, 600]]}),
    *_reads("api-engagement-margin api-engagement-matches api-engagement-shortfall", *READERS, pk="job"),
    _row("api-engagement-unit-reports", "job", POST=CREW, body={"line": "line", "units": 1}),
    _row("api-work-order-list", GET=DESK, POST=LEADS, body={
        "engagement": "job", "lines": [{"line": "line", "units": 1}], "pay_kind": ":per_unit", "amount": ":75.00",
        "schedule_kind": ":asap", "timezone": ":America/New_York"}),
    *_reads("api-work-order-detail api-work-order-events api-work-order-offers", *DESK, pk="running"),
    _row("api-work-order-recorded-answers", "order", GET=DESK, POST=LEADS, body={
        "step": ":accept", "channel": ":phone", "with_whom": ":Lou", "agreed_at": ":2007-02-12T10:00:00Z"}),
    _row("api-work-order-cancel", "order", POST=LEADS, body={"cause": ":client_cancelled"}),
    _row("api-work-order-remove", "running", POST=LEADS, body={"cause": ":otherwise"}),
    _row("api-work-order-back-out", "running", side="sub", POST=LEADS, body={"cause": ":skills"}),
    _row("api-work-order-offer", "order", POST=LEADS, body={"firms": [{"firm": "firm"}]}),
    _row("api-work-order-recall", "order", POST=LEADS),
    _row("api-work-order-approve", "waiting", POST=LEADS, body={"submission": "submission"}),
    _row("api-work-order-send-back", "waiting", POST=LEADS, body={"submission": "submission", "reason": ":Again"}),
    _row("api-work-order-submissions", "running", side="sub", GET=ALL),
    _row("api-call-off-list", GET=VISITORS, POST=LEADS, body={
        "work_order": "cover", "client": "called_client", "ticket": ":T-900", "what": ":No mail", "cap_hours": ":2",
    }),
    _row("api-call-off-detail", "called", side="sub", GET=VISITORS),
    _row("api-call-off-acknowledge", "called", side="sub", POST=CREW),
    _row("api-call-off-finish", "called", side="sub", POST=CREW),
    _row("api-call-off-raise-cap", "called", POST=LEADS, body={"cap_hours": ":4"}),
    _row("api-call-off-cancel", "called", POST=LEADS, body={"reason": ":It works again"}),
    _row("api-time-entry-list", side="sub", GET=ALL, POST=CREW, body={"work_order": "cover", "minutes": 15}),
    _row("api-time-entry-detail", "time", side="sub", GET=ALL),
    _row("api-time-entry-strike", "time", side="sub", POST=CREW),
    _row("api-work-order-acknowledge-briefing", "running", side="sub", POST=CREW),
    _row("api-work-order-submit", "running", side="sub", POST=CREW),
    _row("api-work-order-unit-reports", "running", side="sub", POST=CREW, body={"units": 1}),
    _row("api-work-order-tasks", "running", side="sub", writers="prime", GET=VISITORS, POST=LEADS,
         body={"text": ":Look at the clock"}),
    _row("api-work-order-task", "running", side="sub", POST=CREW, task="task", body={"done": True}),
    _row("api-work-order-deliverables", "running", side="sub", GET=VISITORS, POST=CREW),
    _row("api-work-order-problems", "running", side="sub", GET=VISITORS, POST=CREW,
         body={"kind": ":late", "text": ":Traffic"}),
    _row("api-work-order-approach-reports", "running", side="sub", POST=CREW, body={"what": ":A second server"}),
    _row("api-work-order-resolve-problem", "running", side="sub", POST=CREW, problem="problem",
         body={"resolution": ":Done"}),
    _row("api-work-order-change-requests", "running", side="sub", GET=ALL, POST=CREW,
         body={"kind": ":expense", "text": ":A cable", "amount": ":50.00"}),
    *(_row(f"api-work-order-{name}-change", "running", POST=LEADS, change="change") for name in ("agree-to", "refuse")),
    _row("api-work-order-backup", "running", side="sub", POST=LEADS, body={"technician": None}),
    *_steps("api-work-order-hold", *LEADS, pk="assigned", reason=":They move"),
    *_steps("api-work-order-resume", *LEADS, pk="held"),
    _row("api-work-order-send-backup", "running", POST=LEADS),
    _row("api-work-order-withdraw-change", "running", side="sub", POST=CREW, change="change"),
    _row("api-work-order-messages", "running", side="sub", GET=ALL, POST=CREW, body={"text": ":Behind the house"}),
    _row("api-work-order-read-messages", "running", side="sub", POST=ALL),
    _row("api-approach-report-list", GET=READERS),
    _row("api-approach-report-detail", "approach", GET=READERS),
    *_steps("api-approach-report-acknowledge api-approach-report-refer-back", *LEADS, pk="approach"),
    *_steps("api-approach-report-make-change", *LEADS, pk="approach", text=":A second server"),
    *_steps("api-approach-report-make-work", *LEADS, pk="approach", work_order="order"),
    *_steps("api-approach-report-decline api-approach-report-close", *LEADS, pk="approach"),
    *_steps("api-approach-report-release", *OWNER, pk="approach"),
    *_steps("api-approach-report-take-release api-approach-report-refuse-release", *OWNER, pk="heard", side="sub"),
    _row("api-question-list", GET=READERS, side="sub", POST=LEADS, body={"offer": "offer", "text": ":Is there parking?"}),
    _row("api-question-detail", "question", GET=READERS),
    _row("api-question-answer", "question", POST=LEADS, body={"text": ":Behind the house"}),
    _row("api-offer-list", GET=READERS),
    _row("api-offer-detail", "offer", side="sub", GET=READERS),
    _row("api-offer-accept", "offer", side="sub", POST=LEADS, body={"revision": "revision"}),
    _row("api-offer-choose", "offer", POST=LEADS, body={"revision": "revision"}),
    _row("api-offer-accept-counter", "countered", POST=LEADS, body={"revision": "counter"}),
    *_steps("api-offer-counter", *LEADS, pk="offer", side="sub", pay_kind=":per_unit", amount=":80.00",
            schedule_kind=":asap", timezone=":America/New_York"),
    *_steps("api-offer-revise", *LEADS, pk="countered", pay_kind=":per_unit", amount=":80.00",
            schedule_kind=":asap", timezone=":America/New_York"),
    *_steps("api-offer-decline api-offer-reopen api-offer-withdraw-counter", *LEADS, pk="offer", side="sub"),
    *_steps("api-offer-refuse-counter api-offer-send api-offer-withdraw", *LEADS, pk="countered"),
    _row("api-access-grant-list", GET=READERS, POST=LEADS, body={"work_order": "running", "what": ":Key 15"}),
    _row("api-access-grant-detail", "grant", GET=READERS),
    _row("api-access-grant-hand-back", "grant", side="sub", POST=CREW),
    *_steps("api-access-grant-receive api-access-grant-revoke", *LEADS, pk="grant"),
    *_steps("api-access-grant-deny", *LEADS, pk="returned", reason=":Not here"),
    _row("api-visit-list", GET=VISITORS),
    _row("api-visit-detail", "visit", side="sub", GET=VISITORS),
    *_steps("api-visit-confirm api-visit-set-off api-visit-check-in api-visit-finish", *CREW, pk="visit", side="sub"),
    _row("api-invoice-list", GET=DESK),
    *_reads("api-invoice-detail api-invoice-payments api-invoice-events", *DESK, pk="invoice"),
    *_steps("api-invoice-announce-payment", *MONEY, pk="invoice", paid_on=":2007-02-12"),
    *_reads("api-invoice-credit-notes api-invoice-objections", *DESK, pk="invoice"),
    _row("api-invoice-ask-revision", "invoice", POST=MONEY, body={"lines": WRONG}),
    _row("api-invoice-dispute", "invoice", POST=MONEY, body={"lines": WRONG}),
    *_steps("api-invoice-approve", *MONEY, pk="invoice"),
    *_steps("api-invoice-name-mediator", *OWNER, pk="invoice", mediator=":Ann, 555 0100"),
    *_steps("api-invoice-agree-mediator", *OWNER, pk="invoice"),
    *_steps("api-invoice-submit api-invoice-redraft", *MONEY, pk="invoice", side="sub"),
    _row("api-invoice-credit", "invoice", side="sub", POST=MONEY,
         body={"lines": [{"line": "invoice_line", "amount": ":1.00"}], "reason": ":Two were not done."}),
    *_steps("api-invoice-void", *MONEY, pk="invoice", side="sub", reason=":Wrong"),
    _row("api-payment-list", GET=DESK, POST=MONEY, body={"invoices": [{"invoice": "invoice"}], "paid_on": ":2007-02-12"}),
    _row("api-payment-deny-payment", "payment", side="sub", POST=MONEY),
    _row("api-payment-detail", "payment", GET=DESK),
    _row("api-payment-confirm-payment", "payment", side="sub", POST=MONEY),
]  # fmt: skip
