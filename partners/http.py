"""What pages of a firm share: the request with its member, roles, and the answer to a step."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, TypeAlias, cast
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models.fields.files import FieldFile
from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from partnernet.core.errors import RuleBroken, WrongRole, WrongSide
from partnernet.core.models import User
from partners.actions.roles import who
from partners.models import Firm, Member

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request below /f/<firm>/: the middleware has found the member."""

    user: User
    member: Member
    htmx: HtmxDetails


def found_member(user: User | AnonymousUser, firm: UUID) -> Member:
    """Return a person's membership of an active firm, looked up anew; 404 for strangers and those who left."""
    member = (
        Member.objects.active()
        .of(firm)
        .filter(user=user.pk, firm__status=Firm.Status.ACTIVE)
        .select_related("firm")
        .first()
    )
    if member is None:
        raise Http404("There is nothing here, or it is not yours.")
    member.user = cast(User, user)
    return member


View: TypeAlias = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def answer(request: HttpRequest, act: Callable[[], object], *, to: str, said: str) -> HttpResponse:
    """Take one step and go to a page, saying what happened, or why nothing did. `to` is an address."""
    try:
        act()
    except (WrongSide, WrongRole) as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(to)
    return HttpResponseRedirect(to)


def download(file: FieldFile, *, name: str, content_type: str) -> FileResponse:
    """Serve a kept file as a download that no browser runs, whatever its bytes look like."""
    served = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=content_type)
    served["X-Content-Type-Options"] = "nosniff"
    return served


def tried(form: BaseForm, act: Callable[[], object]) -> bool:
    """Take a step with what a form read; True when it was taken.

    Nothing is tried with a form that was not sent or does not hold; a refusal lands beside its field, or above
    the form.
    """
    if not form.is_valid():
        return False
    try:
        act()
    except (WrongSide, WrongRole) as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except RuleBroken as refusal:
        for name, sentences in (refusal.fields or {"": [str(refusal)]}).items():
            for sentence in sentences:
                form.add_error(name if name in form.fields else None, sentence)
        return False
    return True


def for_roles(*roles: str, posting: tuple[str, ...] = ()) -> Callable[[View[P]], View[P]]:
    """Open a page to these roles; the others are told whom to ask (403). `posting` says who may send its form."""

    def decorate(view: View[P]) -> View[P]:
        def guarded(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            _require(request, posting if posting and request.method == "POST" else roles)
            return view(request, *args, **kwargs)

        return update_wrapper(guarded, view)

    return decorate


def reauthenticated(*roles: str) -> Callable[[View[P]], View[P]]:
    """Open a page to these roles, who give the password or the second step again unless that was in the last five minutes.

    What was posted is kept meanwhile and taken up afterwards; allauth does that without our middleware, so the
    member is looked up here.
    """

    def decorate(view: View[P]) -> View[P]:
        asked: Any = reauthentication_required(view)

        def guarded(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not hasattr(request, "member"):
                request.member = found_member(request.user, cast(UUID, kwargs["firm"]))
            _require(request, roles)
            answer: HttpResponseBase = asked(request, *args, **kwargs)
            return answer

        return update_wrapper(guarded, view)

    return decorate


def _require(request: MemberRequest, roles: tuple[str, ...]) -> None:
    if request.member.role not in roles:
        raise PermissionDenied(f"This takes {who(roles)}. Ask one in your firm.")
