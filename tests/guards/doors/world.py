"""The story, with one of everything that an address can name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from rest_framework.test import APIClient

from billing.models import Invoice, Payment
from clients.models import Client as TheirClient
from clients.models import Contact, Site
from contracts import standard
from contracts.actions import authoring
from contracts.models import (
    Agreement,
    ApproachReport,
    PriorRelationship,
    ProtectedClient,
    Signature,
    TemplateVersion,
)
from engagements.models import (
    CrewMember,
    Engagement,
    EngagementLine,
    Offer,
    Problem,
    Submission,
    Visit,
    WorkOrder,
)
from partnernet.core import clock, links, notify
from partnernet.core.models import Delivery, Notification
from partnernet.story.load import Story, load
from partnernet.story.stage import Stage
from partners.actions import invites, members
from partners.actions.invites import Invitee
from partners.actions.members import Colleague
from partners.models import Community, CommunityMembership, Firm, Invitation, Member, RatingRound, ScoreEvent
from tests.factories import amendments as make_amendments
from tests.factories import billing as make_billing
from tests.factories import call_offs as make_cover
from tests.factories import clients as make_clients
from tests.factories import communities as make_communities
from tests.factories import contracts as make_contracts
from tests.factories import parties as make_parties
from tests.factories import partners as make
from tests.factories import visits as make_work

ROLES = ("owner", "dispatcher", "finance", "technician", "viewer")
_SESSIONS: dict[UUID, str] = {}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class World:
    """Two firms that work together, one that has nothing to do with them, and ids by name.

    `prime`, `sub` and `stranger` are members by role; `prime` hires, `sub` is hired.
    """

    prime: dict[str, Member]
    sub: dict[str, Member]
    stranger: dict[str, Member]
    operator: Any
    ids: dict[str, Any]

    def side(self, name: str) -> dict[str, Member]:
        members: dict[str, Member] = getattr(self, name)
        return members


def build() -> World:
    story = load(stage=Stage.today(clock.now()))
    prime, sub = _full(story.prime.firm), _full(story.subs["bluemesa"].firm)
    stranger = make.people_of("Cold Harbor Systems", "coldharbor.example")
    world = World(
        prime,
        sub,
        {each.role: each for each in stranger.everyone},
        make.OperatorFactory(is_superuser=True),
        {},
    )
    world.ids |= _ids(world, story)
    for member in (*prime.values(), *sub.values(), *world.stranger.values(), world.operator):
        browser(member)
    return world


def _full(firm: Firm) -> dict[str, Member]:
    """Give a firm one person in every role."""
    known = {each.role: each for each in Member.objects.active().of(firm).select_related("user", "firm")}
    for role in ROLES:
        if role not in known:
            user = make.UserFactory(email=f"guard-{role}@{firm.web_domain or 'firm.example'}")
            known[role] = make.MemberFactory(firm=firm, role=role, user=user)
    return known


def _ids(world: World, story: Story) -> dict[str, Any]:
    prime, sub_owner = world.prime["owner"].firm, world.sub["owner"]
    sub = sub_owner.firm
    running = WorkOrder.objects.get(prime=prime, sub=sub, status="in_progress")
    waiting = WorkOrder.objects.get(prime=prime, status="submitted")
    visit = Visit.objects.filter(work_order=running).latest("number")
    Visit.objects.filter(pk=visit.pk).update(technician=world.sub["technician"])
    asked = Offer.objects.get(firm=sub, work_order__prime=prime, status="sent")
    countered = Offer.objects.get(work_order__prime=prime, status="countered")
    unpaid = Invoice.objects.filter(prime=prime, sub=sub, status="approved").earliest("number")
    unpaid.lines.update(contest_by=unpaid.due_on + timedelta(days=3650))
    paid = Payment.objects.filter(payer=prime, payee=sub).earliest("announced_at")
    client = TheirClient.objects.get(firm=prime, name="Garden City Dental")
    protected = ProtectedClient.objects.filter(prime=prime, sub=sub).earliest("notified_at")
    declared = (
        ProtectedClient.objects.filter(prime=prime, sub=sub).exclude(pk=protected.pk).earliest("notified_at")
    )
    prior = PriorRelationship(
        protected_client=declared, evidence="Contract 4711", evidence_on=date(2006, 5, 1), declared_by=sub_owner.user,
        declared_at=declared.notified_at, file_name="contract.pdf", content_type="application/pdf", sha256="0" * 64,
    )  # fmt: skip
    prior.file.save("contract.pdf", ContentFile(b"%PDF-1.4\n%%EOF"))
    members.invite(
        Colleague(email="new@halcyon.example", name="Nell New", role="viewer"), by=world.prime["owner"]
    )
    invitation = Invitation.objects.get(firm=prime, email="new@halcyon.example")
    job = Engagement.objects.get(firm=prime, title="Daylight saving time fix")
    cover = make_cover.cover_order(
        prime, sub, technician=world.sub["technician"], engagement=job, **make_cover.around(clock.now())
    )
    called = make_cover.CallOffFactory(
        work_order=cover, called_by=world.prime["owner"], status="acknowledged",
        acknowledged_by=world.sub["technician"], acknowledged_at=make_cover.MARCH_6,
    )  # fmt: skip
    claim = make_contracts.ClaimFactory(by=world.prime["owner"], other=sub_owner, protected_client=protected)
    invite = invites.invite(
        Invitee(firm_name="Far Rockaway IT", email="owner@farrockaway.example"), by=world.prime["owner"]
    )
    return {
        "job": job.pk,
        "line": EngagementLine.objects.filter(engagement__firm=prime, units__gt=20).latest("position").pk,
        "crew": CrewMember.objects.filter(engagement__firm=prime).earliest("name").pk,
        "order": WorkOrder.objects.get(prime=prime, status="draft").pk,
        "running": running.pk,
        "assigned": WorkOrder.objects.filter(prime=prime, status="assigned").earliest("number").pk,
        "held": WorkOrder.objects.get(prime=prime, status="on_hold").pk,
        "waiting": waiting.pk,
        "submission": Submission.objects.get(work_order=waiting).pk,
        "visit": visit.pk,
        "cover": cover.pk,
        "called": called.pk,
        "called_client": called.client_id,
        "time": make_cover.TimeEntryFactory(
            work_order=cover, call_off=called, person=world.sub["technician"]
        ).pk,
        "task": make_work.TaskFactory(work_order=running).pk,
        "grant": make_work.AccessGrantFactory(work_order=running).pk,
        "returned": make_work.AccessGrantFactory(
            work_order=running, returned_at=clock.now(), returned_by=world.sub["owner"]
        ).pk,
        "problem": Problem.objects.get(work_order=running).pk,
        "deliverable": make_work.DeliverableFactory(
            work_order=running, uploaded_by=world.sub["technician"]
        ).pk,
        "change": make_work.ChangeRequestFactory(
            assignment=running.assignments.get(ended_at=None), asked_by=world.sub["technician"]
        ).pk,
        "question": asked.questions.get(answered_at=None).pk,
        "offer": asked.pk,
        "revision": asked.revision_id,
        "countered": countered.pk,
        "counter": countered.counter_id,
        "invoice": unpaid.pk,
        "credit_note": make_billing.CreditNoteLineFactory(
            credit_note__invoice=unpaid,
            credit_note__issued_by=world.sub["owner"],
            credit_note__number=9001,
            amount=1,
            credit_note__amount=1,
        ).credit_note_id,
        "invoice_line": unpaid.lines.first().pk,
        "settled": paid.allocations.get().invoice_id,
        "payment": paid.pk,
        "client": client.pk,
        "succession": make_clients.ClientSuccessionFactory(
            firm=prime, before=client, after=client, recorded_by=world.prime["owner"].user
        ).pk,
        "site": Site.objects.get(client=client).pk,
        "contact": Contact.objects.get(client=client).pk,
        "import": make_clients.ClientImportFactory(firm=prime, by_user=world.prime["owner"].user).pk,
        "agreement": Agreement.objects.between(prime.pk, sub.pk).signed().get().pk,
        "on_paper": make_amendments.on_paper(world.prime["owner"], sub, now=clock.now()).pk,
        "firm": sub.pk,
        "kept": Firm.objects.get(kept_by=prime, name="Otis & Daughter Networks").pk,
        "unasked": world.stranger["owner"].firm_id,
        "affiliation": make_parties.AffiliationFactory(firm=sub, affiliate=prime).pk,
        "notice": make_parties.PartyNoticeFactory(firm=prime, given_by=world.prime["owner"].user).pk,
        "comment": make_parties.AgreementCommentFactory(
            agreement=Agreement.objects.between(prime.pk, sub.pk).signed().get(), author=world.prime["owner"]
        ).pk,
        "signature": (
            ours := Signature.objects.filter(firm=prime, agreement__other=sub).earliest("signed_at")
        ).pk,
        "dispute": make_parties.SignatureDisputeFactory(
            signature=ours, raised_by=world.prime["owner"].user, status="withdrawn"
        ).pk,
        "authority": make_parties.SigningAuthorityFactory(
            firm=prime, member=world.prime["dispatcher"], granted_by=world.prime["owner"].user
        ).pk,
        "paper": make.DocumentFactory(firm=prime).pk,
        "community": Community.objects.get(admin=None).pk,
        "unnamed": make_communities.CommunityFactory().pk,
        "membership": CommunityMembership.objects.get(firm=prime, community__admin=None).pk,
        "protected": protected.pk,
        "declared": declared.pk,
        "claim": claim.pk,
        "check": make_contracts.ConflictCheckFactory(prime=prime, sub=sub, client=client).pk,
        "claim_paper": make_contracts.ClaimEvidenceFactory(
            by=world.prime["owner"], other=sub_owner, claim=claim
        ).pk,
        "released": make_contracts.ClientReleaseFactory(
            by=world.prime["owner"], other=sub_owner, protected_client=protected
        ).pk,
        "approach": ApproachReport.objects.get(prime=prime).pk,
        "heard": make_contracts.ApproachReportFactory(
            prime=prime,
            sub=sub,
            client=client,
            reported_by=world.sub["technician"],
            status="acknowledged",
            fee_percent=15,
        ).pk,
        "news": Notification.objects.filter(firm=prime.pk, user=world.prime["owner"].user)
        .earliest("created_at")
        .pk,
        "score_event": ScoreEvent.objects.filter(firm=prime).earliest("occurred_on").pk,
        "rated": RatingRound.objects.get(prime=prime, work__contains="Printer roll-out").pk,
        "rating": RatingRound.objects.get(prime=prime, sub=sub, status="open").pk,
        "invitation": invitation.pk,
        "invitation_token": token_about(invitation.pk),
        "firm_invite": invite.pk,
        "firm_invite_token": token_about(invite.pk),
        "offer_token": token_about(asked.pk),
        "recorded_token": recorded_token(running, world.prime["owner"]),
        "key": make.ApiKeyFactory(member=world.prime["owner"]).pk,
        "member": world.prime["viewer"].pk,
        **_texts(world),
        "verify_code": Agreement.objects.between(prime.pk, sub.pk).signed().get().verify_code,
        "missing": uuid4(),
    }


def _texts(world: World) -> dict[str, UUID]:
    """Return a published text, and a draft of its next version."""
    published = TemplateVersion.objects.published().get(template__key=standard.MUTUAL_SUBCONTRACT)
    return {
        "text": published.pk,
        "text_draft": authoring.next_version(published, by=world.operator).pk,
    }


def filled(world: World, values: Any) -> Any:
    """Replace names by what they stand for; a leading colon marks a word that is meant as it is."""
    if isinstance(values, Mapping):
        return {name: filled(world, value) for name, value in values.items()}
    if isinstance(values, list):
        return [filled(world, value) for value in values]
    if isinstance(values, str):
        return values[1:] if values.startswith(":") else str(world.ids[values])
    return values


def token_about(subject: UUID) -> str:
    """Return the token of the mailed link about something."""
    return links.token(
        Delivery.objects.filter(notification__subject_id=subject).exclude(doorway="").earliest("id").pk
    )


def recorded_token(order: WorkOrder, by: Member) -> str:
    """Return the link in the copy of an answer that the prime wrote down."""
    kept = make_work.RecordedAnswerFactory(work_order=order, by=by)
    notify.owe(
        "recorded_copy",
        to=[notify.Addressee("lou@offnet.example", "Lou")],
        now=clock.now(),
        context={
            "prime": by.firm.name,
            "person": "",
            "said": kept.said,
            "how": "by phone",
            "whom": "Lou",
            "when": "",
        },
        subject_id=kept.pk,
        doorway="not-agreed",
    )
    return token_about(kept.pk)


def browser(member: Any = None) -> Client:
    """Return a browser; whoever it belongs to signed in before, once for all tests."""
    client = Client(raise_request_exception=False)
    if member is not None:
        user = getattr(member, "user", member)
        if user.pk not in _SESSIONS:
            client.force_login(user, backend=BACKEND)
            _SESSIONS[user.pk] = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.cookies[settings.SESSION_COOKIE_NAME] = _SESSIONS[user.pk]
    return client


def caller(member: Member | None) -> APIClient:
    client = APIClient(raise_request_exception=False)
    if member is not None:
        client.force_authenticate(member.user)
        client.credentials(HTTP_PARTNERNET_FIRM=str(member.firm_id))
    return client
