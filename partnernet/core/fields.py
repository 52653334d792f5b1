"""Columns that Django has no word for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class LocalTimeField(models.Field):  # type: ignore[type-arg] # Django cannot subscript it at run time
    """A wall-clock time without a zone (`timestamp without time zone`), kept beside a zone and an instant.

    Django's DateTimeField always means an instant; what people agree to keep in local time is not one
    until a zone's rules are applied (see `partnernet.core.localtime`).
    """

    description = "Local date and time without a zone"

    def db_type(self, connection: Any) -> str:
        return "timestamp without time zone"

    def to_python(self, value: Any) -> datetime | None:
        if value in (None, ""):
            return None
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError as error:
                raise ValidationError("Write the time as YYYY-MM-DD HH:MM.") from error
        if not isinstance(value, datetime) or value.tzinfo is not None:
            raise ValidationError("A local time has no zone of its own.")
        return value

    def get_prep_value(self, value: Any) -> datetime | None:
        return self.to_python(value)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return value.isoformat() if value else ""
