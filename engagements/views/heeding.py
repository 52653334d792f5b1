"""Warnings that are read before something is sent: once they were shown, sending goes through."""

from collections.abc import Sequence

from django.forms import BaseForm
from django.http import HttpRequest


def sealed(warnings: Sequence[str]) -> str:
    """Return what a page sends back to say that it showed these warnings."""
    return " ".join(warnings)


def heeded(request: HttpRequest, form: BaseForm, warnings: Sequence[str]) -> bool:
    """Say whether the page that was sent had shown these warnings; else they are put above the form."""
    if not warnings or request.POST.get("seen") == sealed(warnings):
        return True
    form.add_error(None, f"{sealed(warnings)} Nothing was sent yet. Send it again if that is what you want.")
    return False
