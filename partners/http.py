"""What pages of a firm share: the request with its member, roles, and the answer to a step."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeAlias

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from partnernet.core.errors import RuleBroken, WrongRole, WrongSide
from partnernet.core.models import User
from partners.actions.roles import who
from partners.models import Member

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request below /f/<firm>/: the middleware has found the member."""

    user: User
    member: Member
    htmx: HtmxDetails


View: TypeAlias = Callable[Concatenate[MemberRequest, P], HttpResponse]


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


def tried(form: BaseForm, act: Callable[[], object]) -> bool:
    """Take a step with what a form read; a refusal lands beside its field, or above the form. True when it was taken."""
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


def for_roles(*roles: str) -> Callable[[View[P]], View[P]]:
    """Open a page to these roles; the others are told whom to ask (403)."""

    def decorate(view: View[P]) -> View[P]:
        def guarded(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.member.role not in roles:
                raise PermissionDenied(f"This takes {who(roles)}. Ask one in your firm.")
            return view(request, *args, **kwargs)

        return update_wrapper(guarded, view)

    return decorate
