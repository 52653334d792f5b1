"""The operator's admin: behind the same sign-in as everything, read-only where history matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partnernet.core.errors import RuleBroken
from partnernet.core.models import User
from partners.actions import documents, firms, scores
from partners.http import download
from partners.models import Document, Firm, Member, ScoreExclusion, ScoreReply

if TYPE_CHECKING:  # Django's own classes take no parameters at run time
    AnyAdmin = admin.ModelAdmin[Any]
    ExclusionForm = forms.ModelForm[ScoreExclusion]
    DocumentForm = forms.ModelForm[Document]
else:
    AnyAdmin, ExclusionForm, DocumentForm = admin.ModelAdmin, forms.ModelForm, forms.ModelForm

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = "PartnerNet, the operator's side"


class ReadOnly(AnyAdmin):
    """Shows rows and changes none."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows come from actions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows change by actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What another firm has seen is not deleted."""
        return False


@admin.register(Firm)
class FirmAdmin(ReadOnly):
    """Firms, to verify."""

    list_display = (
        "name",
        "legal_name",
        "status",
        "country",
        "state",
        "web_domain",
        "joined_at",
        "verified_at",
    )
    list_filter = ("status", ("verified_at", admin.EmptyFieldListFilter), "country")
    search_fields = ("name", "legal_name", "web_domain")
    ordering = ("-created_at", "-id")
    actions = ("verify",)

    @admin.action(description="Verify: this firm is what it says it is")
    def verify(self, request: HttpRequest, queryset: QuerySet[Firm]) -> None:
        """Take the action for each chosen firm."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has refused everybody else
        for firm in queryset.order_by("pk"):
            try:
                firms.verify(firm, by=request.user)
            except RuleBroken as refusal:
                messages.error(request, f"{firm.name}: {refusal}")
            else:
                messages.success(request, f"{firm.name} is verified.")


@admin.register(Member)
class MemberAdmin(ReadOnly):
    """Who is in which firm."""

    list_display = ("user", "firm", "role", "is_active", "joined_at")
    list_filter = ("role", "is_active")
    list_select_related = ("user", "firm")
    search_fields = ("user__email", "firm__name")
    ordering = ("-joined_at", "-id")


class DecisionForm(ExclusionForm):
    """The operator's decision, with its reason."""

    granted = forms.TypedChoiceField(
        label="Decision",
        choices=[("", "Choose"), ("1", "It does not count"), ("0", "It counts")],
        coerce=lambda value: value == "1",
    )
    answer = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), help_text="Shown beside the event.")

    class Meta:
        model = ScoreExclusion
        fields = ("granted", "answer")


@admin.register(ScoreExclusion)
class ScoreExclusionAdmin(ReadOnly):
    """Requests that evidence should not count."""

    form = DecisionForm
    list_display = ("__str__", "reason", "asked_at", "granted", "decided_at")
    list_filter = (("decided_at", admin.EmptyFieldListFilter),)
    ordering = ("-asked_at", "-id")
    readonly_fields = ("event", "payment", "reason", "asked_at", "asked_by", "decided_at", "decided_by")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Decide once."""
        undecided = not (isinstance(obj, ScoreExclusion) and obj.decided_at)
        return undecided and request.user.has_perm("partners.change_scoreexclusion")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - called so by Django
        """Decide by the action instead of saving."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has refused everybody else
        typed = form.cleaned_data
        try:
            scores.decide_exclusion(obj, by=request.user, granted=typed["granted"], answer=typed["answer"])
        except RuleBroken as refusal:
            messages.error(request, str(refusal))


class PaperDecisionForm(DocumentForm):
    """The operator's decision on a paper; a reason is needed for no."""

    decision = forms.ChoiceField(
        choices=[("", "Choose"), ("accept", "It says what was typed: accept"), ("reject", "Do not accept")]
    )
    reason = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The firm reads it.",
    )

    class Meta:
        model = Document
        fields = ("reason",)

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where the action would."""
        typed = super().clean() or {}
        if typed.get("decision") == "reject" and not typed.get("reason", "").strip():
            self.add_error("reason", "Say why. The firm reads it.")
        return typed


@admin.register(Document)
class DocumentAdmin(ReadOnly):
    """Papers to compare with what was typed; the file opens as a download."""

    form = PaperDecisionForm
    list_display = ("__str__", "firm", "status", "expires_on", "sent_at", "decided_at")
    list_filter = ("status", "kind", "policy")
    list_select_related = ("firm",)
    search_fields = ("firm__name", "carrier", "number")
    ordering = ("-sent_at", "-id")
    readonly_fields = (
        "firm", "kind", "policy", "name", "carrier", "number", "limit_each", "limit_total", "currency", "effective_on",
        "expires_on", "open_file", "sha256", "status", "sent_at", "sent_by", "decided_at", "decided_by",
    )  # fmt: skip
    exclude = ("file", "file_name", "content_type", "size", "withdrawn_at", "withdrawn_by")

    def get_urls(self) -> list[URLPattern]:
        """Add the door of the file."""
        door = path("<uuid:pk>/file/", self.admin_site.admin_view(self.file), name="partners_document_file")
        return [door, *super().get_urls()]

    def file(self, request: HttpRequest, pk: UUID) -> FileResponse:
        """Serve the file to an operator who may look at papers."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        paper = get_object_or_404(Document, pk=pk)
        return download(paper.file, name=paper.file_name, content_type=paper.content_type)

    @admin.display(description="File")
    def open_file(self, paper: Document) -> SafeString:
        """Link to the file."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:partners_document_file", args=[paper.pk]), paper.file_name
        )

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Decide once."""
        undecided = not (isinstance(obj, Document) and obj.status != Document.Status.PENDING)
        return undecided and request.user.has_perm("partners.change_document")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - called so by Django
        """Decide by the action instead of saving."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has refused everybody else
        typed = form.cleaned_data
        try:
            if typed["decision"] == "accept":
                documents.accept(obj, by=request.user)
            else:
                documents.reject(obj, by=request.user, reason=typed["reason"])
        except RuleBroken as refusal:
            messages.error(request, str(refusal))


@admin.register(ScoreReply)
class ScoreReplyAdmin(ReadOnly):
    """What firms say to their own evidence."""

    list_display = ("__str__", "text", "replied_by", "replied_at")
    list_select_related = ("event", "payment", "replied_by")
    ordering = ("-replied_at", "-id")
