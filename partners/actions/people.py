"""People themselves, whatever firm they are in."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from partnernet.core import clock
from partnernet.core.errors import Invalid
from partnernet.core.localtime import zone_names
from partnernet.core.models import User
from partners.actions import members
from partners.models import Member


def describe(user: User, *, name: str, timezone: str) -> User:
    """Change a person's own name and time zone."""
    wrong: dict[str, list[str]] = {}
    if not name.strip():
        wrong["name"] = ["Write your name. Other firms see it on what you sign and send."]
    if timezone not in zone_names():
        wrong["timezone"] = [f"{timezone} is no time zone we know."]
    if wrong:
        raise Invalid(wrong)

    user.name, user.timezone = name.strip(), timezone
    user.save(update_fields=["name", "timezone"])
    return user


def confirm_email(user: User) -> None:
    """Vouch for a person's address as the operator, so that a password alone signs in."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


@transaction.atomic
def forget(user: User, *, now: datetime | None = None) -> User:
    """Forget who a person is, when they ask for it: memberships end, nobody can sign in, the profile says nothing any more.

    What contracts and invoices need stays: a signature keeps the name and address that it was given with, because it proves what two
    firms agreed on. Raises RuleBroken while a firm would be left without an owner.
    """
    user = User.objects.select_for_update(of=("self",), no_key=True).order_by("pk").get(pk=user.pk)
    now = now or clock.now()
    for member in Member.objects.active().filter(user=user).select_related("firm", "user").order_by("pk"):
        members.remove(member, by=member, now=now)

    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    user.name, user.email, user.is_active = "Former member", f"{user.pk}@forgotten.invalid", False
    user.set_unusable_password()
    user.save(update_fields=["name", "email", "is_active", "password"])
    return user
