"""May this person sign, or accept, for their firm now? Asked with the agreement locked, of rows read again."""

from contracts.models import Agreement, ApprovalDemand, Signatory, SignatureDispute, TextApproval
from contracts.workflow import SIGNATORY
from partnernet.core.errors import RuleBroken, WrongRole
from partners.models import Member


def still_here(by: Member) -> Member:
    """Return the member as they stand now, and keep them so until the transaction ends.

    Somebody who was removed, or got another role, while the page was open is refused here and not by what the page knew.
    """
    found = Member.objects.active().locked().select_related("user", "firm").filter(pk=by.pk).first()
    if found is None:
        raise WrongRole(f"You are no longer a member of {by.firm.name}. Nothing was done.")
    return found


def named_for(agreement: Agreement, side: str) -> Signatory | None:
    """Return who is named to sign for a side; None when any owner may."""
    return Signatory.objects.of(agreement).standing().filter(side=side).with_people().first()


def role_of(by: Member, named: Signatory | None) -> str:
    """Return the role in which a member acts on an agreement: their own, or that of its signatory."""
    if by.role == "owner" or named is None or named.member_id != by.pk:
        return by.role
    return SIGNATORY


def refuse_unnamed(by: Member, named: Signatory | None) -> None:
    """Raise WrongRole when somebody else is named to sign for this firm."""
    if named and named.member_id != by.pk:
        raise WrongRole(
            f"{named.member.user.called} is named to sign this for {by.firm.name}. An owner can name somebody else."
        )


def refuse_outsider(agreement: Agreement, side: str, by: Member) -> None:
    """Raise WrongRole for everybody but an owner and whoever is named: the others have nothing to sign here."""
    if by.role != "owner" and role_of(by, named_for(agreement, side)) != SIGNATORY:
        raise WrongRole("Only an owner signs this, or whoever an owner has named for it. Ask one of yours.")


def refuse_out_of_order(agreement: Agreement, side: str, *, others_signed: bool) -> None:
    """Raise RuleBroken when the other firm has to sign first."""
    if agreement.signs_first and agreement.signs_first != side and not others_signed:
        first = agreement.firm_on(agreement.signs_first).name
        raise RuleBroken(f"{first} signs first. You are told when it has.", code="signs_second")


def refuse_disputed(agreement: Agreement) -> None:
    """Raise RuleBroken while a signature on this text is disputed: nothing comes into force on it."""
    if SignatureDispute.objects.standing().filter(signature__revision=agreement.current_revision_id).exists():
        raise RuleBroken(
            "A signature on this text is disputed. Settle that first.", code="signature_disputed"
        )


def approval_missing(agreement: Agreement, by: Member) -> str:
    """Say why a firm cannot sign or accept the present text yet; nothing when it asks for no approval, or has it.

    Whoever approved does not sign: two pairs of eyes are the point.
    """
    demand = ApprovalDemand.objects.filter(firm=by.firm_id).first()
    if demand is None:
        return ""
    approved = TextApproval.objects.visible_to(by.firm_id).of(agreement).approved().first()
    if approved is None:
        return f"Your firm wants this text approved first: by {demand.get_approver_display().lower()}."
    if approved.decided_by_id == by.pk:
        return "You have approved this text for your firm. Somebody else signs or accepts it."
    return ""


def require_approval(agreement: Agreement, by: Member) -> None:
    """Raise RuleBroken, code `approval_missing`, while the actor's firm waits for its own approval of this text."""
    if missing := approval_missing(agreement, by):
        raise RuleBroken(missing, code="approval_missing")
