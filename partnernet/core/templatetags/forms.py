"""Dresses form controls in the look's classes, and ties an error to its control."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()

CHECKS = (forms.CheckboxInput,)
CHOICES = (forms.CheckboxSelectMultiple, forms.RadioSelect)


@register.filter
def is_check(field: BoundField) -> bool:
    return isinstance(field.field.widget, CHECKS)


@register.filter
def may_stay_empty(field: BoundField) -> bool:
    """Say whether a field is wanted of nobody; one that another answer calls for stands in `DEPENDS`."""
    return not field.field.required and field.name not in getattr(field.form, "DEPENDS", ())


@register.filter
def dressed(field: BoundField) -> SafeString:
    """Render the control with its class, marked and described when it is in error."""
    widget = field.field.widget
    attrs: dict[str, Any] = {"class": f"{widget.attrs.get('class', '')} {_class_of(widget)}".strip()}
    if field.errors:
        attrs["class"] += " is-invalid"
        attrs["aria-invalid"] = "true"
        attrs["aria-describedby"] = f"{field.auto_id}_error"
    return field.as_widget(attrs=attrs)


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, CHOICES):
        return "choices"
    if isinstance(widget, CHECKS):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"
