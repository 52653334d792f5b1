"""Pages that no address opens by itself: the next step of signing up, of signing in, of a new password."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from playwright.sync_api import Page

from partnernet.core import clock
from partnernet.core.models import User
from tests.guards.doors.world import World, browser
from tests.look.camera import Camera
from tests.proven import prove

PASSWORD = "correct horse battery"
WALKED = {
    "account_email_verification_sent", "account_confirm_login_code", "account_confirm_password_reset_code",
    "account_complete_password_reset", "mfa_authenticate", "socialaccount_signup", "account_set_password",
    "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
    "mfa_edit_webauthn",
}  # fmt: skip


def walk(camera: Camera, world: World) -> None:
    """Take each way up to the page in between, and keep that."""
    for way in (_sign_up, _code_by_mail, _second_step, _new_password, _from_elsewhere, _passkey):
        page = camera.page()
        way(camera, page, world)
        page.context.close()


def _sign_up(camera: Camera, page: Page, world: World) -> None:
    page.goto(camera.site + reverse("account_signup"))
    page.get_by_label("Name").first.fill("Nina Newcomer")
    page.fill("input[name=email]", "nina@newcomer.example")
    page.fill("input[name=password1]", "a long and lonely sentence")
    _go_on(camera, page, "account_email_verification_sent")


def _code_by_mail(camera: Camera, page: Page, world: World) -> None:
    page.goto(camera.site + reverse("account_request_login_code"))
    page.fill("input[name=email]", world.ids["careful"].user.email)
    _go_on(camera, page, "account_confirm_login_code")


def _second_step(camera: Camera, page: Page, world: World) -> None:
    page.goto(camera.site + reverse("account_login"))
    page.fill("input[name=login]", world.ids["careful"].user.email)
    page.fill("input[name=password]", PASSWORD)
    _go_on(camera, page, "mfa_authenticate")


def _new_password(camera: Camera, page: Page, world: World) -> None:
    page.goto(camera.site + reverse("account_reset_password"))
    page.fill("input[name=email]", world.prime["viewer"].user.email)
    _go_on(camera, page, "account_confirm_password_reset_code")
    # The mailed code is known to the session alone.
    state = next(kept for kept in _session(page).values() if isinstance(kept, dict) and "code" in kept)
    page.fill("input[name=code]", state["code"])
    _go_on(camera, page, "account_complete_password_reset")


def _from_elsewhere(camera: Camera, page: Page, world: World) -> None:
    """Google says who somebody is whom nobody here knows yet."""
    page.goto(camera.site + reverse("account_login"))
    session = SessionStore()
    known = SocialLogin(
        user=User(email="gina@newcomer.example", name="Gina Newcomer", date_joined=clock.now()),
        account=SocialAccount(provider="google", uid="1"),
    )
    known.provider = known.account.get_provider()
    session["socialaccount_sociallogin"] = known.serialize()
    session.save()
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key or "", "url": camera.site}
    page.context.add_cookies([cookie])  # type: ignore[list-item] # a plain dict will do
    camera.picture(page, reverse("socialaccount_signup"), "between-socialaccount_signup")


def _passkey(camera: Camera, page: Page, world: World) -> None:
    """A key that the browser itself plays: it is added for good, then shown wherever a key is asked for."""
    careful = world.ids["careful"]
    let_in(page, camera.site, careful)
    chrome = page.context.new_cdp_session(page)
    chrome.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    chrome.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    camera.picture(page, reverse("mfa_add_webauthn"), "between-mfa_add_webauthn")
    page.fill("input[name=name]", "Phone in my pocket")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/add/" not in url)
    key = Authenticator.objects.get(user=careful.user, type=Authenticator.Type.WEBAUTHN)
    for name in ("mfa_list_webauthn", "mfa_reauthenticate_webauthn"):
        camera.picture(page, reverse(name), f"between-{name}")
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        camera.picture(page, reverse(name, args=[key.pk]), f"between-{name}")


def let_in(page: Page, site: str, member: Any) -> None:
    """Give the browser a session whose person has just shown who they are. Any: a member, or a user."""
    client, user = browser(member), getattr(member, "user", member)
    prove(client, user.pk)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


def _go_on(camera: Camera, page: Page, name: str) -> None:
    """Send the form that is open, and keep where it leads."""
    page.locator("main form:not([hidden]) button[type=submit], main form button:not([type])").first.click()
    page.wait_for_url(f"**{reverse(name)}*")
    camera.keep(page, f"between-{name}")


def _session(page: Page) -> Any:
    """Return the session of a browser. Any: Django's stubs know no typed session."""
    kept = {one.get("name"): one.get("value") for one in page.context.cookies()}
    return SessionStore(kept[settings.SESSION_COOKIE_NAME])
