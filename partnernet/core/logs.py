"""Structured logs: one line an event, with the request's id, the person and the firm."""

from __future__ import annotations

import re
from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


QUIET = ("request_started",)
# What a mailed link carries in its address, and a key: 43 characters are 256 random bits.
SECRET = re.compile(r"(?<![\w-])(?:pnk_)?[\w-]{43}(?![\w-])", re.ASCII)


def without_secrets(_logger: Any, _method: str, event: Any) -> Any:
    """Take what opens a door out of every text."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = SECRET.sub("[secret]", value)
    return event


def for_people(_logger: Any, _method: str, event: Any) -> Any:
    """Keep one line a request, without what only machines read."""
    name = event.get("event")
    if name in QUIET or str(event.get("request", "")).endswith("/inbox/bell/"):
        raise structlog.DropEvent
    if name == "request_finished":
        event["event"] = f"{event.pop('code', '')} {event.pop('request', '')}"
    for key in ("logger", "user_agent", "ip", "user_id"):
        event.pop(key, None)
    return event


def logging_for(*, json: bool, level: str) -> dict[str, Any]:
    """Return Django's LOGGING: JSON lines for machines, coloured lines for people."""
    structlog.configure(
        processors=[
            *SHARED,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # Plain: where the library is at hand that draws them in boxes, it takes 0.6 s for each and shows local variables.
    people = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    show: Any = structlog.processors.JSONRenderer() if json else people
    readable: list[Any] = [] if json else [for_people]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    without_secrets,
                    *readable,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    show,
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["console"], "level": level, "propagate": False},
            "celery": {"level": "WARNING"},
            "kombu": {"level": "ERROR"},
            # It writes a traceback for each seal that does not hold; what it found is an answer of ours.
            "pyhanko": {"level": "CRITICAL"},
            "pyhanko_certvalidator": {"level": "CRITICAL"},
        },
    }
