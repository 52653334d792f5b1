"""Every model of ours can be made in a test, says what it is, and names its promises."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from django.apps import apps
from django.db import models
from factory.base import FactoryMetaClass

from tests import factories
from tests.guards.test_source import APPS

OURS = sorted(
    (
        model
        for model in apps.get_models()
        if model.__module__.partition(".")[0] in APPS and not model._meta.proxy
    ),
    key=lambda model: model._meta.label,
)
every_model = pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)


def _made() -> dict[type[models.Model], list[FactoryMetaClass]]:
    """Return the factories of each model."""
    found: dict[type[models.Model], list[FactoryMetaClass]] = {}
    for part in pkgutil.iter_modules(factories.__path__, f"{factories.__name__}."):
        for made in vars(importlib.import_module(part.name)).values():
            if isinstance(made, FactoryMetaClass) and not made._meta.abstract:
                found.setdefault(made._meta.get_model_class(), []).append(made)
    return found


MADE = _made()


def test_the_models_are_found() -> None:
    assert {"WorkOrder", "Agreement", "Invoice", "Firm", "Client", "User"} <= {each.__name__ for each in OURS}


@every_model
def test_every_model_has_a_factory(model: type[models.Model]) -> None:
    assert model in MADE


@every_model
@pytest.mark.django_db
def test_every_factory_makes_a_row_that_says_what_it_is(model: type[models.Model]) -> None:
    for factory in MADE[model]:
        row = factory()

        assert type(row).objects.filter(pk=row.pk).exists()
        assert str(row).strip()


@every_model
def test_every_model_says_itself_what_it_is(model: type[models.Model]) -> None:
    written = next(kind for kind in model.__mro__ if "__str__" in vars(kind))

    assert written.__module__.partition(".")[0] in APPS


@every_model
def test_every_promise_of_a_model_has_a_name_of_ours(model: type[models.Model]) -> None:
    """A list of fields in `unique_together` gets a name that nobody chose, and no sentence can be given for it."""
    assert not model._meta.unique_together
    assert all(constraint.name for constraint in model._meta.constraints)
