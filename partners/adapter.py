"""What sign-in does our way: its mails in our frame."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth.hashers import make_password
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from partnernet.core import clock, sessions
from partnernet.core.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # the package has no types
    """allauth's mails keep their text and get the HTML form of all our mails."""

    def login(self, request: HttpRequest, user: User) -> None:
        """Time the session, whichever way somebody signs in."""
        super().login(request, user)
        sessions.begin(request)

    def new_user(self, request: HttpRequest) -> User:
        """Say when they came, rather than leave it to the database: what Google told waits in the session, as JSON."""
        user: User = super().new_user(request)
        user.date_joined = clock.now()
        return user

    def render_mail(
        self, template_prefix: str, email: str, context: Any, headers: Any = None
    ) -> EmailMessage:
        """Add the HTML form to a mail that has only text."""
        mail: EmailMessage = super().render_mail(template_prefix, email, context, headers)
        if isinstance(mail, EmailMultiAlternatives) and not mail.alternatives:
            html = render_to_string("emails/_account_news.html", {"text": mail.body})
            mail.attach_alternative(html, "text/html")
        return mail

    def send_account_already_exists_mail(self, email: str) -> None:
        """Take as long as signing up anew does, where a password is hashed: time must not say who has an account."""
        make_password("no password of anybody's")
        super().send_account_already_exists_mail(email)

    def post_login(self, request: HttpRequest, user: User, **known: Any) -> HttpResponse:
        """Remember that whoever signs up has just typed the code from the mail: it is how they proved who they are."""
        if known["signup"]:
            record_authentication(request, user, method="code", email=known["email"])
        answer: HttpResponse = super().post_login(request, user, **known)
        return answer
