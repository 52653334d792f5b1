"""A variable that a template of ours names and nobody gave it: an error in tests, an empty place in production."""

from __future__ import annotations

import sys

from django.conf import settings
from django.template import base

HOME = str(settings.BASE_DIR / "templates")
# Whoever writes `|default:…` has thought of it.
THOUGHT_OF = {"default", "default_if_none"}


class UndefinedVariable(AssertionError):
    """Says which variable, in which template."""


class Loud(str):
    """Stands for what was not found. Django asks whether it is empty, and here the one who asks is looked at.

    `{% if x %}`, `{% for … in x %}` and `{% firstof %}` never ask: there, absence is an answer. Templates that come
    with Django, allauth and others are theirs, and some of them count on it.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        asking = sys._getframe(1)
        if asking.f_code is not base.FilterExpression.resolve.__code__:
            return False
        expression, context = asking.f_locals["self"], asking.f_locals["context"]
        template = context.render_context.template or context.template
        filters = {function.__name__ for function, _ in expression.filters}
        if str(template.origin.name).startswith(HOME) and not filters & THOUGHT_OF:
            message = (
                f"{template.origin.name.removeprefix(HOME)} names {expression.var}, which nobody gave it."
            )
            raise UndefinedVariable(message)
        return False
