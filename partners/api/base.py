"""The base of every viewset: who calls, for which firm, with what right."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework import exceptions, permissions, status, viewsets
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.serializer_helpers import ReturnDict
from rest_framework.views import APIView

from partnernet.core import conditional, idempotency
from partnernet.core.errors import WrongRole
from partnernet.core.models import User
from partnernet.core.rest import Problem
from partners.actions.roles import who
from partners.authentication import ApiKeyAuthentication
from partners.models import ApiKey, Firm, Member

FIRM_HEADER = "PartnerNet-Firm"
M = TypeVar("M", bound=Model)


class HasScope(permissions.BasePermission):
    """Reading takes the scope `read`, any step the viewset's own `scope`. Signed-in people have them all."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Deny by default: no member, no scope named, or a key without it."""
        if not request.user.is_authenticated:
            return False
        if not isinstance(request.auth, ApiKey):
            return True
        needed = "read" if request.method in permissions.SAFE_METHODS else getattr(view, "scope", "")
        if needed not in request.auth.scopes:
            raise exceptions.PermissionDenied(f"This key lacks the scope {needed or 'for this step'}.")
        return True


class IsSignedIn(permissions.BasePermission):
    """A person with a session: keys cannot sign, and cannot make keys."""

    message = "This takes a signed-in person. A key cannot do it."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Refuse keys."""
        return request.user.is_authenticated and not isinstance(request.auth, ApiKey)


class FirmViewSet(viewsets.GenericViewSet[M]):
    """A resource as one member of one firm sees it. `self.member` is that member; `scope` is what steps take.

    `open_to` names the roles that may read here, `writers` those that may send anything; `@action(open_to=…)` says
    otherwise for one address.
    """

    authentication_classes = [ApiKeyAuthentication, SessionAuthentication]
    permission_classes = [HasScope]
    scope = ""
    open_to: tuple[str, ...] = tuple(Member.Role.values)
    writers: tuple[str, ...] = ()
    member: Member

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authorise, then find the member, then make a keyed POST safe to repeat."""
        super().initial(request, *args, **kwargs)
        self.member = member_of(request)
        roles = self.open_to if request.method in permissions.SAFE_METHODS else self.writers
        if self.member.role not in roles:
            raise WrongRole(
                f"This takes {who(roles)}. Ask one in your firm." if roles else "Nothing is written here."
            )
        # The router has bound `post` to the action by now, if it takes one; only this request's instance is changed.
        step: Any = getattr(self, "post", None)
        if step and request.method == "POST" and idempotency.HEADER in request.headers:
            setattr(self, "post", partial(self._once, step))  # noqa: B010 - the same

    def _once(self, step: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # A key of the API is a program of its own, which knows nothing of its neighbours' idempotency keys.
        key = request.auth.pk if isinstance(request.auth, ApiKey) else None
        return idempotency.once(
            request,
            principal=f"key {key}" if key else f"member {self.member.pk}",
            act=lambda: self._named(step(request, *args, **kwargs)),
            refuse=self.handle_exception,
        )

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Name what is shown; an answer that was kept is named already, and is no `Response`."""
        if isinstance(response, Response):
            self._named(response)
            if request.method == "GET" and conditional.is_known(request, response):
                response = Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": response["ETag"]})
        return super().finalize_response(request, response, *args, **kwargs)

    def _named(self, answer: Response) -> Response:
        """Give a resource its ETag, and a new one its place."""
        if not self._is_resource(answer.data):
            return answer
        answer["ETag"] = conditional.tag_of(answer.data, viewer=self.member.pk)
        if answer.status_code == status.HTTP_201_CREATED and self.action == "create":
            answer["Location"] = reverse(f"{self.basename}-detail", args=[answer.data["id"]])
        return answer

    def _is_resource(self, shown: Any) -> bool:
        """Tell this address's own resource from lists, parts of it, and refusals."""
        return isinstance(shown, ReturnDict) and type(shown.serializer) is self.get_serializer_class()

    def to_change(self) -> M:
        """Return the row, locked until the transaction ends; raises a Problem of 412 when `If-Match` is stale."""
        key = self.get_object().pk
        row = self.get_queryset().select_for_update(of=("self",), no_key=True).order_by("pk").get(pk=key)
        conditional.refuse_stale(
            self.request, conditional.tag_of(self.get_serializer(row).data, viewer=self.member.pk)
        )
        return row


def member_of(request: Request) -> Member:
    """Return whom a request acts as: the key's member, or the session's in the firm it names or its only one."""
    if isinstance(request.auth, ApiKey):
        return request.auth.member
    assert isinstance(request.user, User)  # noqa: S101 - HasScope has refused everybody else
    members = (
        Member.objects.active()
        .filter(user=request.user, firm__status=Firm.Status.ACTIVE)
        .select_related("firm", "user")
        .order_by("joined_at", "id")
    )
    if named := request.headers.get(FIRM_HEADER):
        return _in_firm(members.filter(firm=_uuid(named)).first())
    found = list(members[:2])
    if len(found) > 1:
        raise Problem(
            400, f"You are in several firms. Name one in the header {FIRM_HEADER}.", code="firm_needed"
        )
    if not found:
        raise exceptions.PermissionDenied("You are in no firm yet. Name yours first.")
    return found[0]


def _in_firm(member: Member | None) -> Member:
    if member is None:
        raise exceptions.NotFound("There is nothing here, or it is not yours.")
    return member


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Problem(400, f"{FIRM_HEADER} is the firm's id, a UUID.", code="malformed") from error
