"""Why work ends early, as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from engagements.actions.endings import Ending
from engagements.endings import CAUSES
from partnernet.core.rest import Input


class EndInput(Input):
    """Why work ends early: one of the causes of the step, and your own words. The other firm reads both."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")

    @staticmethod
    def typed(kind: type[EndInput], body: Any) -> Ending:
        """Read a body. Raises a validation error with the fields that do not hold."""
        typed = kind.read(body)
        return Ending(typed["cause"], typed["reason"], typed.get("client_asked_for_more"))


class CancelInput(EndInput):
    cause = serializers.ChoiceField(choices=[(each.code, each.label) for each in CAUSES["cancel"]])


class RemoveInput(EndInput):
    cause = serializers.ChoiceField(choices=[(each.code, each.label) for each in CAUSES["remove"]])


class BackOutInput(EndInput):
    """`client_asked_for_more` is needed once something was done."""

    cause = serializers.ChoiceField(choices=[(each.code, each.label) for each in CAUSES["back_out"]])
    client_asked_for_more = serializers.BooleanField(required=False, allow_null=True, default=None)
