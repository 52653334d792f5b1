"""The evidence pack: everything on record about one protected client or one claim, gathered as one PDF.

Only what both firms have on record goes in, each line with its instant in UTC; papers go in with their SHA-256. A claim's pack can be had with
the papers themselves, as one ZIP.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO, Any

from django.db.models.fields.files import FieldFile

from contracts.actions import terms_now
from contracts.actions.claim_news import said
from contracts.actions.verification import faults_of, head_of
from contracts.models import Agreement, ApproachReport, Claim, ClaimEvidence, ProtectedClient
from engagements.models import BriefingRead, CallOff, Visit, WorkOrder
from partnernet.core import money, pdf

Rows = list[list[str]]
NOTE = (
    "PartnerNet keeps records; it judges nothing and gives no legal advice. Instants are UTC, by the server's clock. Whoever holds"
    " the agreement's code can check its signatures and its chain of events on the public verification page."
)
MOST = 500


def of_claim(claim: Claim, *, on: date) -> bytes:
    """Write the pack of a claim; load it `with_parties()`."""
    agreement = _loaded(claim.agreement_id)
    parts = [
        _the_claim(claim),
        _the_money(claim),
        _papers(claim),
        *_common(agreement, claim.protected_client),
    ]
    parts.append(_part("What happened to the claim", ("When", "What", "Words"), _events(claim)))
    subtitle = f"{claim.claimant.name} against {claim.respondent.name}. {claim.get_status_display()}."
    return _made(f"Evidence pack, claim {claim.reference}", subtitle, parts, on=on)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A paper in the ZIP: its name there, the file as it was handed in, and the hash that was taken of it then."""

    name: str
    file: FieldFile
    sha256: str


def with_papers(claim: Claim, *, on: date) -> IO[bytes]:
    """Write the pack of a claim and every paper into one ZIP, and return it from its beginning; whoever takes it closes it.

    `SHA256SUMS` holds what was taken of each paper when it was handed in: `sha256sum -c` says whether it is the same still.
    """
    file = TemporaryFile()  # noqa: SIM115 - the answer reads it, and closes it
    enclosed = list(papers_of(claim))
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(_entry(f"{claim.reference}.pdf", on), of_claim(claim, on=on))
        packed.writestr(_entry("SHA256SUMS", on), "".join(f"{one.sha256}  {one.name}\n" for one in enclosed))
        for one in enclosed:
            with one.file.open("rb") as source, packed.open(_entry(one.name, on), "w") as target:
                for chunk in source.chunks():
                    target.write(chunk)
    file.seek(0)
    return file


def papers_of(claim: Claim) -> Iterator[Enclosed]:
    """Return the papers handed in for a claim, and those of a prior relationship with its client, in their order."""
    for number, one in enumerate(_handed_in(claim), start=1):
        yield Enclosed(_name(number, one.file_name), one.file, one.sha256)
    if claim.protected_client:
        for prior in claim.protected_client.prior_relationships.exclude(sha256="").order_by(
            "declared_at", "pk"
        ):
            yield Enclosed(_name(0, prior.file_name), prior.file, prior.sha256)


def _handed_in(claim: Claim) -> Iterable[ClaimEvidence]:
    return claim.evidence.select_related("firm").order_by("uploaded_at", "pk")


def _name(number: int, file_name: str) -> str:
    """Return `papers/01 mail.pdf`; 00 is the paper of a prior relationship."""
    return f"papers/{number:02d} {PurePosixPath(file_name).name}"


def _entry(name: str, on: date) -> zipfile.ZipInfo:
    """Return an entry that is the same whenever the pack is made on one day."""
    return zipfile.ZipInfo(name, (on.year, on.month, on.day, 0, 0, 0))


def of_protected(protected: ProtectedClient, *, on: date) -> bytes:
    """Write the pack of one protected client; load it `with_parties()`."""
    parts = list(_common(_loaded(protected.agreement_id), protected))
    subtitle = f"A client of {protected.prime.name}, protected against {protected.sub.name}."
    return _made(f"Evidence pack, {protected.client_name}", subtitle, parts, on=on)


def _made(title: str, subtitle: str, parts: Iterable[dict[str, Any]], *, on: date) -> bytes:
    facts = {"title": title, "subtitle": subtitle, "parts": list(parts), "note": NOTE}
    return pdf.made("evidence", facts, on=on)


def _loaded(key: Any) -> Agreement:
    return Agreement.objects.with_parties().get(pk=key)


def _common(agreement: Agreement, protected: ProtectedClient | None) -> Iterable[dict[str, Any]]:
    yield _the_agreement(agreement)
    yield _part("Signatures", ("Who", "For", "Signed"), _signatures(agreement))
    if changed := _amendments(agreement):
        yield _part("Amendments", ("In force from", "Code", "What it changes"), changed)
    if protected is None:
        return
    yield _the_protection(protected)
    yield _part("Visits", ("Work", "Visit", "Checked in", "Checked out", "By"), _visits(protected))
    yield _part(
        "Rules of conduct accepted", ("Work", "By", "When", "SHA-256 of the text"), _briefings(protected)
    )
    yield _part("What the client asked for, passed on", ("When", "What", "Answer"), _reports(protected))
    yield _part("Releases", ("When", "What"), _releases(protected))


def _part(title: str, header: Iterable[str], rows: Rows) -> dict[str, Any]:
    return {"title": title, "header": list(header), "rows": rows}


def _pairs(title: str, rows: Rows) -> dict[str, Any]:
    return {"title": title, "header": [], "rows": rows}


def _the_agreement(agreement: Agreement) -> dict[str, Any]:
    version = agreement.template_version
    # As both signed it, and below what amendments have changed since.
    values = agreement.current_revision.values
    faults = [fault.sentence for fault in faults_of(agreement)]
    rows = [
        ["Text", f"{version.template.title} {version.label}"],
        ["Between", f"{agreement.proposer.legal_name} and {agreement.other.legal_name}"],
        ["In force", f"{_at(agreement.effective_at)} to {_at(agreement.ends_at)}"],
        ["Clients protected for", f"{agreement.client_tail_months} months after the last visit"],
        ["Damages for a client", f"{values.get('client_damages_months', '–')} times the average monthly fee"],
        ["SHA-256 of the text", agreement.content_sha256],
        ["Code to verify it", agreement.verify_code],
        ["Head of its chain of events", head_of(agreement)],
        ["Recomputed", " ".join(faults) or "Text, signatures and chain hold."],
    ]
    return _pairs("The agreement", rows)


def _signatures(agreement: Agreement) -> Rows:
    signed = agreement.signatures.filter(revision=agreement.current_revision_id).order_by("signed_at", "pk")
    return [[f"{one.name}, {one.title}, {one.email}", one.firm_name, _at(one.signed_at)] for one in signed]


def _amendments(agreement: Agreement) -> Rows:
    """Return what each signed amendment says that it changes, as it stands in its text, in the order in which they were signed."""
    return [
        [_at(one.effective_at), one.verify_code, terms_now.changes_in_words(one)]
        for one in terms_now.amendments_of(agreement)
    ]


def _the_protection(protected: ProtectedClient) -> dict[str, Any]:
    seal = getattr(protected, "fee_seal", None)
    reader = protected.read_by.called if protected.read_by else ""
    rows = [
        ["Client", protected.client_name],
        ["Notice served", _at(protected.notified_at)],
        ["Notice opened", f"{_at(protected.read_at)}, {reader}" if protected.read_at else "not yet"],
        ["A prior relationship could be declared until", _at(protected.declare_by)],
        ["First and last visit", f"{_day(protected.first_service_on)}, {_day(protected.last_service_on)}"],
        ["Protected until", _day(protected.protected_until)],
        ["Seal of what the client is worth", seal.seal if seal else "none"],
    ]
    for prior in protected.prior_relationships.order_by("declared_at", "pk"):
        paper = f" Paper: {prior.file_name}, SHA-256 {prior.sha256}." if prior.sha256 else ""
        rows.append(
            [
                f"Prior relationship, {prior.get_status_display().lower()}",
                f"Declared {_at(prior.declared_at)}: {prior.evidence} ({_day(prior.evidence_on)}).{paper}",
            ]
        )
    return _pairs("The notice of protection", rows)


def _works(protected: ProtectedClient) -> list[WorkOrder]:
    both = WorkOrder.objects.given_by(protected.prime_id).filter(sub=protected.sub_id)
    called = CallOff.objects.filter(client=protected.client_id).values("work_order")
    of_client = both.filter(client=protected.client_id) | both.filter(pk__in=called)
    return list(of_client.order_by("number")[:MOST])


def _visits(protected: ProtectedClient) -> Rows:
    found = Visit.objects.filter(work_order__in=_works(protected), checked_in_at__isnull=False)
    rows = found.select_related("work_order", "technician__user").order_by("checked_in_at", "pk")[:MOST]
    return [
        [
            f"{one.work_order.reference} {one.work_order.title}", str(one.number), _at(one.checked_in_at),
            _at(one.checked_out_at), one.technician.user.called if one.technician else "",
        ]
        for one in rows
    ]  # fmt: skip


def _briefings(protected: ProtectedClient) -> Rows:
    engagements = {order.engagement_id for order in _works(protected)}
    read = BriefingRead.objects.filter(engagement__in=engagements, member__firm=protected.sub_id)
    rows = read.select_related("engagement", "member__user").order_by("acknowledged_at", "pk")[:MOST]
    return [
        [str(one.engagement), one.member.user.called, _at(one.acknowledged_at), one.text_sha256]
        for one in rows
    ]


def _reports(protected: ProtectedClient) -> Rows:
    found = ApproachReport.objects.visible_to(protected.prime_id).filter(
        sub=protected.sub_id, client=protected.client_id
    )
    rows = []
    for one in found.order_by("reported_at", "pk")[:MOST]:
        timely = "in time" if one.in_time else "late"
        words = f"“{one.what}” Asked {_day(one.asked_on)}, passed on {timely}, {'a' if one.quoted else 'no'} price named."
        rows.append([_at(one.reported_at), words, f"{one.get_status_display()} {_at(one.answered_at)}"])
    return rows


def _releases(protected: ProtectedClient) -> Rows:
    rows = protected.releases.order_by("offered_at", "pk")
    return [
        [
            _at(one.offered_at),
            f"{one.get_status_display()}, fee {one.fee_percent:f} %, {_at(one.answered_at)}",
        ]
        for one in rows
    ]


def _the_claim(claim: Claim) -> dict[str, Any]:
    reader = claim.read_by.called if claim.read_by else ""
    rows = [
        ["About", f"{claim.get_kind_display()}: {claim.about}"],
        ["What happened", claim.what],
        ["Happened, known", f"{_day(claim.breach_on)}, {_day(claim.known_on)}; to be filed by {_day(claim.file_by)}"],
        ["Filed, served", f"{_at(claim.filed_at)}, {_at(claim.served_at)}"],
        ["Notice opened", f"{_at(claim.read_at)}, {reader}" if claim.read_at else "not yet"],
        ["Answer", claim.response or "none"],
        ["Put right", claim.cured or "nothing said"],
        ["How it ended", claim.how_decided or "it has not"],
    ]  # fmt: skip
    return _pairs("The claim", rows)


def _the_money(claim: Claim) -> dict[str, Any]:
    if claim.kind == Claim.Kind.CONDUCT:
        return _pairs("The money", [["None", "A claim about conduct is without money."]])
    rows = [[line["what"], f"{line['how']} = {line['comes_to']}"] for line in claim.reckoning]
    for name, amount in (
        ("By the formula", claim.computed),
        ("Claimed", claim.claimed),
        ("Agreed on", claim.agreed),
        ("Paid", claim.paid),
    ):
        rows.append([name, "–" if amount is None else money.show(amount, claim.currency)])
    if claim.opened:
        rows += [["Opened from the seal", _plain(claim.opened["text"])], ["Key", claim.opened["key"]], ["Seal", claim.opened["seal"]]]  # fmt: skip
    return _pairs("The money, step by step", rows)


def _plain(text: str) -> str:
    facts = json.loads(text)
    return ", ".join(f"{name.replace('_', ' ')}: {value or 'none'}" for name, value in facts.items())


def _papers(claim: Claim) -> dict[str, Any]:
    rows = [
        [
            _name(number, one.file_name), one.get_kind_display() + (", parts blacked out" if one.redacted else ""),
            f"{one.source}, {_day(one.event_on)}", f"{one.firm.name}, {_at(one.uploaded_at)}", one.sha256,
        ]
        for number, one in enumerate(_handed_in(claim), start=1)
    ]  # fmt: skip
    return _part("Papers handed in", ("File", "What", "Source, of which day", "Handed in", "SHA-256"), rows)


def _events(claim: Claim) -> Rows:
    events = claim.events.order_by("occurred_at", "pk")
    return [[_at(event.occurred_at), said(claim, event), event.reason] for event in events]


def _at(instant: datetime | None) -> str:
    return "–" if instant is None else f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _day(day: date | None) -> str:
    return "–" if day is None else f"{day.day} {day:%B %Y}"
