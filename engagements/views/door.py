"""The offer behind a mailed link: read without signing in, answered once, by the person whose link it is.

Reading changes nothing, so mail scanners may open it. An answer from a device that we do not know takes a code that is mailed
to the same address; the code works for ten minutes, once, and five tries.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods, require_POST

from engagements.actions import answers, counters
from engagements.arrivals import FIELD
from engagements.double_booking import elsewhere
from engagements.exposure import warning_before
from engagements.forms.terms import CounterForm
from engagements.forms.work import AnswerForm
from engagements.models import Offer
from engagements.offer_facts import facts_for_sub
from engagements.views.talk import asked_context
from engagements.workflow import LEADS, OFFER
from partnernet.core import clock, door, links, mail
from partnernet.core.errors import RuleBroken
from partnernet.core.models import Delivery
from partners.models import Firm, Member

CODE_SECONDS = 600
TRIES = 5
DEVICE, SALT = "offer_device", "offer-door"
DEVICE_SECONDS = 180 * 24 * 3600
STEPS = ("accept", "counter", "decline")


@dataclass(frozen=True)
class Visitor:
    """The member whose link was opened, and the offer it is about."""

    delivery: Delivery
    offer: Offer
    member: Member


def _opened(token: str) -> tuple[Delivery, Offer]:
    """Find the mail that a link came in, and its offer; 404 for an unknown one."""
    delivery = links.opened_by(token)
    if delivery is None or delivery.notification.subject_id is None:
        raise Http404
    offers = Offer.objects.with_terms().select_related("counter", "enclosed_agreement")
    offer = offers.filter(pk=delivery.notification.subject_id).first()
    if offer is None or offer.status == Offer.Status.DRAFT:
        raise Http404
    return delivery, offer


def _visitor(token: str) -> Visitor:
    """Find who the link belongs to; 404 when the person has left the firm, or never had a say in it.

    A link that was mailed before the firm joined belongs to whoever has that address there now.
    """
    delivery, offer = _opened(token)
    user = delivery.notification.user_id
    staff = Member.objects.active().of(offer.firm_id).select_related("user", "firm")
    if user is None:
        staff = staff.in_role(*LEADS).filter(user__email=delivery.address)
    member = staff.filter(user=user).first() if user else staff.first()
    if member is None:
        raise Http404
    return Visitor(delivery, offer, member)


@login_not_required
@require_http_methods(["GET", "HEAD"])
def offer_door(request: HttpRequest, token: str) -> HttpResponse:
    """Show the offer, or what became of it. A firm that is not here yet is shown in by its invitation."""
    _, offer = _opened(token)
    if offer.firm.status == Firm.Status.UNCLAIMED:
        return redirect("firm-invite", token)
    visitor = _visitor(token)
    return render(request, "engagements/door.html", _context(visitor, token))


def _context(visitor: Visitor, token: str) -> dict[str, Any]:
    steps = OFFER.open_steps(visitor.offer.status, side="sub", role=visitor.member.role)
    may = {step.name for step in steps}
    offer, member = visitor.offer, visitor.member
    away = elsewhere([offer], firm_id=offer.firm_id).get(offer.pk, []) if "accept" in may else []
    return (
        facts_for_sub(offer, now=clock.now())
        | {
            "may": may,
            "warnings": [each.told_to(member.pk) for each in away]
            + ([carried] if "accept" in may and (carried := warning_before(offer)) else []),
            "token": token,
            "member": member,
        }
        | asked_context(offer, firm_id=offer.firm_id)
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def offer_door_counter(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form for other terms; sending it is an answer like the others."""
    visitor = _visitor(token)
    standing = visitor.offer.revision
    if standing is None:
        raise Http404
    form = CounterForm(
        request.POST or None,
        initial=CounterForm.of(standing) | {"units": standing.units},
        is_cover=standing.is_cover,
    )
    if form.is_valid():
        return _answer(request, visitor, token, step="counter")
    return render(request, "engagements/door_counter.html", _context(visitor, token) | {"form": form})


@login_not_required
@require_POST
def offer_door_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Take the answer: at once from a device that we know, else after the code."""
    step = request.POST.get("step", "")
    if step not in STEPS:
        raise Http404
    return _answer(request, _visitor(token), token, step=step)


def _answer(request: HttpRequest, visitor: Visitor, token: str, *, step: str) -> HttpResponse:
    known = _knows_device(request, visitor)
    typed = request.POST.get("code", "").strip()
    if not known and not (typed and _code_is_right(visitor, typed)):
        if not typed or cache.get(_key(visitor)) is None:
            _mail_code(visitor)
        return _ask_for_code(request, visitor, token, step=step, wrong=bool(typed))
    with door.through(door.EMAIL):
        _act(request, visitor, step)
    response = redirect("offer-door", token)
    _remember(response, visitor)
    return response


def _act(request: HttpRequest, visitor: Visitor, step: str) -> None:
    """Take the step and leave a sentence about it for the next page."""
    acts: dict[str, Callable[[], object]] = {
        "accept": lambda: answers.accept(visitor.offer, by=visitor.member, **_seen(request)),
        "decline": lambda: answers.decline(
            visitor.offer, by=visitor.member, reason=request.POST.get("reason", "")[:500]
        ),
        "counter": lambda: _counter(request, visitor),
    }
    try:
        acts[step]()
    except RuleBroken as refused:
        messages.error(request, str(refused))


def _seen(request: HttpRequest) -> dict[str, Any]:
    """Return the revision that the page showed, and the start that was named."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        wrong = form.errors.get(FIELD) or ["The terms could not be told apart. Read them again."]
        raise RuleBroken(str(wrong[0]))
    return {name: form.cleaned_data[name] for name in ("revision", FIELD)}


def _counter(request: HttpRequest, visitor: Visitor) -> None:
    standing = visitor.offer.revision
    form = CounterForm(request.POST, is_cover=standing is not None and standing.is_cover)
    if standing is None or not form.is_valid():
        raise RuleBroken("These terms could not be read. Type them again.")
    counters.counter(visitor.offer, form.new_terms(standing.timezone), by=visitor.member)


def _knows_device(request: HttpRequest, visitor: Visitor) -> bool:
    if request.user.is_authenticated and request.user.pk == visitor.member.user_id:
        return True
    kept = request.get_signed_cookie(DEVICE, default="", salt=SALT, max_age=DEVICE_SECONDS)
    return constant_time_compare(kept or "", str(visitor.member.user_id))


def _remember(response: HttpResponse, visitor: Visitor) -> None:
    response.set_signed_cookie(
        DEVICE, str(visitor.member.user_id), salt=SALT, max_age=DEVICE_SECONDS, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def _key(visitor: Visitor) -> str:
    return f"offer-code:{visitor.delivery.pk}"


def _mail_code(visitor: Visitor) -> None:
    """Mail a code at once, as sign-in does: a lost one is asked for again, so it is no debt of the outbox."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    cache.set(_key(visitor), {"hash": links.hashed(code), "tries": 0}, CODE_SECONDS)
    values = {"code": code, "prime": visitor.offer.work_order.prime.name, "link": mail.link(visitor.delivery),
              "recipient_name": visitor.delivery.name}  # fmt: skip
    subject = render_to_string("emails/answer_code/subject.txt", values).strip()
    text = render_to_string("emails/answer_code/body.txt", values)
    letter = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [visitor.delivery.address])
    letter.attach_alternative(render_to_string("emails/answer_code/body.html", values), "text/html")
    letter.send()


def _code_is_right(visitor: Visitor, typed: str) -> bool:
    """Compare and use up: right once, and nothing after five wrong tries."""
    kept = cache.get(_key(visitor))
    if kept is None:
        return False
    if constant_time_compare(kept["hash"], links.hashed(typed)):
        return bool(cache.delete(_key(visitor)))
    if kept["tries"] + 1 >= TRIES:
        cache.delete(_key(visitor))
    else:
        cache.set(_key(visitor), kept | {"tries": kept["tries"] + 1}, CODE_SECONDS)
    return False


def _ask_for_code(
    request: HttpRequest, visitor: Visitor, token: str, *, step: str, wrong: bool
) -> HttpResponse:
    kept = [
        (name, value)
        for name, value in request.POST.items()
        if name not in ("code", "csrfmiddlewaretoken", "step")
    ]
    name, _, host = visitor.delivery.address.partition("@")
    context = {"token": token, "step": step, "kept": kept, "wrong": wrong, "address": f"{name[:1]}•••@{host}",
               "prime": visitor.offer.work_order.prime}  # fmt: skip
    return render(request, "engagements/door_code.html", context, status=200)
