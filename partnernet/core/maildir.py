"""The development mailbox: each email becomes a file that a person can open."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from partnernet.core.ids import new_id

log = structlog.get_logger(__name__)


class EmailBackend(BaseEmailBackend):
    """Writes `.eml` files into the data folder's `mail/`, named so that they sort by time."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = settings.DATA_DIR / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = folder / f"{new_id()}.eml"
            path.write_bytes(message.message().as_bytes())
            log.info("email", to=", ".join(message.to), subject=message.subject, file=str(path.name))
        return len(email_messages)
