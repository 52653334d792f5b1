"""Answers of firms off the network as JSON, written down by the firm that gives the work."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from engagements.actions.recorded import Answer, Spoken
from engagements.endings import CAUSES
from engagements.models import RecordedAnswer
from engagements.models.recorded import STEPS
from partnernet.core.rest import Input

OF_THE_ANSWER = ("offer", "revision", "about", "minutes", "units", "asked_for_more", "cause", "words")


class RecordedAnswerSerializer(serializers.ModelSerializer[RecordedAnswer]):
    """What was written down, and what the other side says against it, if it does."""

    class Meta:
        model = RecordedAnswer
        fields = [
            "id", "firm", "step", "said", "channel", "with_whom", "agreed_at", "recorded_at", "objected_at", "objection",
        ]  # fmt: skip
        read_only_fields = fields


class RecordInput(Input):
    """The answer, how it was given, with whom and when. An offer is named with the terms that were read out.

    `about` names the change that is agreed or refused, or the call-off that they are on (`on_it`) or have done (`ticket`, with the
    minutes worked); `tasks` are those that they say are done.
    """

    step = serializers.ChoiceField(choices=STEPS)
    offer = serializers.UUIDField(required=False)
    revision = serializers.UUIDField(required=False)
    about = serializers.UUIDField(required=False)
    minutes = serializers.IntegerField(required=False, min_value=0, max_value=1440)
    tasks = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=200)
    units = serializers.IntegerField(required=False, min_value=0, max_value=1_000_000)
    asked_for_more = serializers.BooleanField(required=False)
    cause = serializers.ChoiceField(required=False, choices=[each.code for each in CAUSES["back_out"]])
    words = serializers.CharField(required=False, max_length=300)
    channel = serializers.ChoiceField(choices=RecordedAnswer.Channel.choices)
    with_whom = serializers.CharField(max_length=120)
    agreed_at = serializers.DateTimeField()

    def answer(self) -> Answer:
        typed: dict[str, Any] = self.validated_data
        told = {name: typed[name] for name in OF_THE_ANSWER if name in typed}
        return Answer(typed["step"], tasks=tuple(typed.get("tasks", ())), **told)

    def spoken(self) -> Spoken:
        typed: dict[str, Any] = self.validated_data
        return Spoken(typed["channel"], typed["with_whom"], typed["agreed_at"])
