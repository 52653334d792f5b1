"""People themselves, whatever firm they are in."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from partnernet.core.errors import Invalid
from partnernet.core.localtime import zone_names
from partnernet.core.models import User


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
