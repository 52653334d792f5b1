"""Pages about the firm's own clients. Nobody outside the firm can open or search them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.actions import clients as actions
from clients.actions import imports
from clients.forms import ClientForm, ContactForm, MappingForm, SiteForm, UploadForm
from clients.importing import TOO_LARGE
from clients.models import Client, ClientImport, ClientSuccession, Contact, Site
from partnernet.core import clock, uploads
from partnernet.core.pages import page_of
from partners.http import MemberRequest, answer, for_roles, tried

PREVIEW = 100
readers = for_roles("owner", "dispatcher", "finance", "viewer")
writers = for_roles(*actions.WRITERS)


@require_safe
@readers
def clients(request: MemberRequest, firm: UUID) -> HttpResponse:
    """The list, searched by name, alias, domain or town."""
    sought = request.GET.get("q", "").strip()[:100]
    found = Client.objects.visible_to(firm).named_like(sought).with_counts().with_successor().with_sorting()
    page = page_of(found, request, by=("sorting",))
    may_write = request.member.role in actions.WRITERS
    return render(request, "clients/clients.html", {"page": page, "sought": sought, "may_write": may_write})


@require_safe
@readers
def client(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Client.objects.visible_to(firm).select_related("firm"), pk=pk)
    context = {
        "client": found,
        "sites": found.sites.in_order(),
        "contacts": found.contacts.order_by("name", "pk"),
        "successions": ClientSuccession.objects.about(found).with_people().newest_first(),
        "may_write": request.member.role in actions.WRITERS,
    }
    return render(request, "clients/client.html", context)


@require_http_methods(["GET", "POST"])
@writers
def add_client(request: MemberRequest, firm: UUID) -> HttpResponse:
    form = ClientForm(request.POST or None)
    made: list[Client] = []
    if form.is_valid() and tried(
        form, lambda: made.append(actions.add_client(form.facts(), by=request.member))
    ):
        return redirect("site-add", firm, made[0].pk)
    return _form(request, form, title="New client", back=reverse("clients", args=[firm]))


@require_http_methods(["GET", "POST"])
@writers
def change_client(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Client.objects.visible_to(firm), pk=pk)
    form = ClientForm(request.POST or None, initial=ClientForm.of(found))
    page = reverse("client", args=[firm, pk])
    if form.is_valid() and tried(form, lambda: actions.change_client(found, form.facts(), by=request.member)):
        return redirect(page)
    return _form(request, form, title=found.name, back=page)


@require_http_methods(["GET", "POST"])
@writers
def add_site(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Client.objects.visible_to(firm), pk=pk)
    form = SiteForm(request.POST or None)
    page = reverse("client", args=[firm, pk])
    if form.is_valid() and tried(form, lambda: actions.add_site(found, form.facts(), by=request.member)):
        return redirect(page)
    return _form(request, form, title=f"New site of {found.name}", back=page)


@require_http_methods(["GET", "POST"])
@writers
def change_site(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Site.objects.visible_to(firm).select_related("client"), pk=pk)
    form = SiteForm(request.POST or None, initial=SiteForm.of(found))
    page = reverse("client", args=[firm, found.client_id])
    if form.is_valid() and tried(form, lambda: actions.change_site(found, form.facts(), by=request.member)):
        return redirect(page)
    return _form(request, form, title=f"{found.name}, {found.client.name}", back=page)


@require_http_methods(["GET", "POST"])
@writers
def add_contact(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Client.objects.visible_to(firm), pk=pk)
    form = ContactForm(request.POST or None)
    page = reverse("client", args=[firm, pk])
    if form.is_valid() and tried(form, lambda: actions.add_contact(found, form.facts(), by=request.member)):
        return redirect(page)
    return _form(request, form, title=f"New contact at {found.name}", back=page)


@require_http_methods(["GET", "POST"])
@writers
def change_contact(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = _contact(firm, pk)
    form = ContactForm(request.POST or None, initial=ContactForm.of(found))
    page = reverse("client", args=[firm, found.client_id])
    if form.is_valid() and tried(
        form, lambda: actions.change_contact(found, form.facts(), by=request.member)
    ):
        return redirect(page)
    return _form(request, form, title=found.name, back=page)


@require_POST
@writers
def remove_contact(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = _contact(firm, pk)
    page = reverse("client", args=[firm, found.client_id])
    return answer(
        request,
        lambda: actions.remove_contact(found, by=request.member),
        to=page,
        said=f"{found.name} is off the list.",
    )


@require_http_methods(["GET", "POST"])
@writers
def begin_import(request: MemberRequest, firm: UUID) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if uploads.was_stopped(request):
        form.fields["file"].error_messages["required"] = TOO_LARGE
    begun: list[ClientImport] = []

    def begin() -> None:
        file = form.cleaned_data["file"]
        begun.append(imports.begin(by=request.member, file_name=file.name, content=file.read()))

    if form.is_valid() and tried(form, begin):
        return redirect("client-import-preview", firm, begun[0].pk)
    return render(request, "clients/import.html", {"form": form})


@require_http_methods(["GET", "POST"])
@writers
def show_import(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Map the columns and look at what would happen; after the import, say what did."""
    batch = get_object_or_404(ClientImport, pk=pk, firm=firm)
    form = MappingForm(batch, request.POST or None)
    if form.is_valid() and tried(form, lambda: imports.remap(batch, form.mapping(), by=request.member)):
        return redirect("client-import-preview", firm, pk)
    rows = imports.preview(batch) if "name" in batch.mapping and not batch.imported_at else []
    context = {
        "batch": batch,
        "form": form,
        "rows": rows[:PREVIEW],
        "left": max(0, len(rows) - PREVIEW),
        "adding": sum(row.adds for row in rows),
        "undoable": imports.undoable(batch, clock.now()),
    }
    return render(request, "clients/import_preview.html", context)


@require_POST
@writers
def run_import(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    batch = get_object_or_404(ClientImport, pk=pk, firm=firm)
    page = reverse("client-import-preview", args=[firm, pk])
    return answer(
        request, lambda: imports.carry_out(batch, by=request.member), to=page, said="The list is imported."
    )


@require_POST
@writers
def undo_import(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    batch = get_object_or_404(ClientImport, pk=pk, firm=firm)
    page = reverse("client-import-preview", args=[firm, pk])
    return answer(
        request,
        lambda: imports.undo(batch, by=request.member),
        to=page,
        said="Undone: your list is as it was before.",
    )


def _contact(firm: UUID, pk: UUID) -> Contact:
    return get_object_or_404(Contact.objects.select_related("client"), pk=pk, client__firm=firm)


def _form(request: HttpRequest, form: object, *, title: str, back: str) -> HttpResponse:
    return render(request, "clients/form.html", {"form": form, "title": title, "back": back})
