"""Affiliates: listed by one firm, confirmed by the other; and notices that a party is no longer who it was."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from contracts.actions.history import Done, record, tell
from contracts.models import Affiliation, Agreement, PartyNotice
from contracts.workflow import PROPOSER
from partnernet.core import clock, localtime, notify
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongSide
from partners.actions.roles import history, only
from partners.models import Firm, Member

MOST = 20
MAX_TEXT = 2000


@transaction.atomic
def state(affiliate: Firm, *, by: Member, since: date, now: datetime | None = None) -> Affiliation:
    """List a firm as ours. New cover pages name it once an owner of it has confirmed.

    Raises Invalid for a day that has not come, RuleBroken for ourselves, a firm that is not here, or one that stands already.
    """
    only(by, "owner")
    firm = Firm.objects.locked().get(pk=by.firm_id)
    now = now or clock.now()
    if affiliate.pk == firm.pk:
        raise RuleBroken("A firm is not its own affiliate.", field="affiliate")
    if affiliate.status != Firm.Status.ACTIVE:
        raise RuleBroken(f"{affiliate.name} is not here yet, so nobody can confirm it.", field="affiliate")
    if since > localtime.day_in(now, firm.timezone):
        raise Invalid({"since": ["This day has not come yet."]})
    if Affiliation.objects.standing().filter(firm=firm).count() >= MOST:
        raise RuleBroken(f"At most {MOST} affiliates. End one first.")

    try:
        with transaction.atomic():
            made = Affiliation.objects.create(
                firm=firm, affiliate=affiliate, since=since, stated_by=by.user, stated_at=now
            )
    except IntegrityError:
        raise RuleBroken(f"{affiliate.name} is on your list already.", field="affiliate") from None
    history(firm, "state_affiliate", by=by, now=now, changes={"affiliate": affiliate.name})
    notify.owe(
        "affiliation_stated",
        to=Member.objects.active().addressees(affiliate.pk, "owner"),
        now=now,
        path=reverse("company", args=[affiliate.pk]),
        context={
            "firm": affiliate.name,
            "other": firm.name,
            "person": by.user.called,
            "since": _words(since),
        },
        subject_id=made.pk,
    )
    return made


@transaction.atomic
def confirm(row: Affiliation, *, by: Member, now: datetime | None = None) -> Affiliation:
    """Say for the affiliate that it is one: from then on it is named on the cover pages of the other's new agreements."""
    row, now = _taken(row, by, now)
    if row.affiliate_id != by.firm_id:
        raise WrongSide("The firm that was listed confirms it.")
    if row.confirmed_at:
        raise IllegalStep("This is confirmed already.")

    row.confirmed_by, row.confirmed_at = by.user, now
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    history(by.firm_id, "confirm_affiliate", by=by, now=now, changes={"firm": row.firm.name})
    return row


@transaction.atomic
def end(row: Affiliation, *, by: Member, now: datetime | None = None) -> Affiliation:
    """Take it off the list, or say that it was never so. Agreements that are signed keep what they list."""
    row, now = _taken(row, by, now)
    if row.ended_at:
        raise IllegalStep("This has ended already.")

    row.ended_by, row.ended_at = by.user, now
    row.save(update_fields=["ended_by", "ended_at"])
    other = row.affiliate if row.firm_id == by.firm_id else row.firm
    history(by.firm_id, "end_affiliate", by=by, now=now, changes={"firm": other.name})
    return row


@transaction.atomic
def give_notice(
    kind: str, *, by: Member, what: str, effective_on: date, now: datetime | None = None
) -> PartyNotice:
    """Tell every firm with which ours has an agreement in force that somebody else controls it, or that it is another entity.

    Another entity is not another name: no new work begins under what the old one signed, from that day on.
    """
    only(by, "owner")
    firm = Firm.objects.locked().get(pk=by.firm_id)
    if kind not in PartyNotice.Kind.values:
        raise Invalid({"kind": ["Choose what has changed."]})
    if not what.strip() or len(what) > MAX_TEXT:
        raise Invalid({"what": [f"Say what has changed, in at most {MAX_TEXT:,} characters."]})
    running = Agreement.objects.visible_to(firm).signed().locked().with_parties()
    agreements = list(running.filter(ends_at__gt=now or clock.now()))
    now = now or clock.now()

    made = PartyNotice.objects.create(
        firm=firm, kind=kind, what=what.strip(), effective_on=effective_on, given_by=by.user, given_at=now
    )
    history(
        firm, "give_party_notice", by=by, now=now, changes={"kind": kind, "from": effective_on.isoformat()}
    )
    for agreement in agreements:
        side, status = agreement.side_of(firm.pk), agreement.status
        changes = {"kind": kind, "what": made.get_kind_display(), "from": effective_on.isoformat()}
        record(agreement, Done("party_notice", side, status, status, made.what, changes), by=by, now=now)
        across = agreement.other if side == PROPOSER else agreement.proposer
        tell(
            "party_notice", across, agreement, now=now,
            what=made.what, since=_words(effective_on), entity="yes" if kind == PartyNotice.Kind.ENTITY else "",
        )  # fmt: skip
    return made


def _taken(row: Affiliation, by: Member, now: datetime | None) -> tuple[Affiliation, datetime]:
    only(by, "owner")
    found = Affiliation.objects.visible_to(by.firm_id).select_for_update(of=("self",), no_key=True)
    return found.with_firms().order_by("pk").get(pk=row.pk), now or clock.now()


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
