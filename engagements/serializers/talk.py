"""Questions and messages as JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from engagements.actions import talk
from engagements.models import Message, Question
from partnernet.core.rest import Input


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """A question about an offer. Which offer, and so who asked, stands only before the asker and the firm that answers.

    `warnings` are for the firm that answers: words that give its client or a firm away.
    """

    known: dict[UUID, list[str]] | None = None
    offer = serializers.SerializerMethodField(allow_null=True)
    ours = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = Question
        fields = ["id", "offer", "ours", "text", "asked_at", "answer", "answered_at", "warnings"]
        read_only_fields = fields

    def get_offer(self, question: Question) -> str | None:
        known = self._is_ours(question) or question.offer.work_order.prime_id == self.context["firm"]
        return str(question.offer_id) if known else None

    def get_ours(self, question: Question) -> bool:
        return self._is_ours(question)

    def get_warnings(self, question: Question) -> list[str]:
        if question.offer.work_order.prime_id != self.context["firm"] or not question.answer:
            return []
        if self.known is None:  # once for all that are shown together
            shown = self.parent.instance if self.parent else self.instance
            self.known = talk.warnings_for([shown] if isinstance(shown, Question) else list(shown or []))
        return self.known[question.pk]

    def _is_ours(self, question: Question) -> bool:
        return bool(question.offer.firm_id == self.context["firm"])


class QuestionInput(Input):
    offer = serializers.UUIDField()
    text = serializers.CharField(max_length=500)


class AnswerInput(Input):
    """The answer goes to every firm of the round, without names."""

    text = serializers.CharField(max_length=1000)


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A message beside an order; `new` until the caller has marked it as read."""

    author_name = serializers.CharField(source="author.user.called", read_only=True)
    new = serializers.SerializerMethodField()

    class Meta:
        model = Message
        fields = ["id", "audience", "firm", "author_name", "text", "written_at", "new"]
        read_only_fields = fields

    def get_new(self, message: Message) -> bool:
        return message.pk in self.context["new"]


class MessageInput(Input):
    """`shared` is for both firms, `internal` for one's own alone."""

    text: Any = serializers.CharField(max_length=2000)
    audience = serializers.ChoiceField(choices=Message.Audience.choices, default=Message.Audience.SHARED)
