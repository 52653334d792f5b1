"""What every test stands on: real servers, a fast hasher, mail in memory."""

from __future__ import annotations

import os

import pytest
from django.conf import settings as django_settings
from django.template import engines
from hypothesis import HealthCheck
from hypothesis import settings as drawing

from tests import migrated
from tests.factories.partners import People, people_of
from tests.undefined import Loud

# The synchronous Playwright API runs a loop of its own; the ORM is used beside it in journeys.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How long a draw takes says what else the machine does, not whether the strategy is sound.
drawing.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
drawing.load_profile("house")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Let pytest-django copy a migrated database instead of migrating one of its own."""
    django_settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated.template()


@pytest.fixture(scope="session", autouse=True)
def files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what is handed in apart from the data folder: set once, before any storage has looked."""
    django_settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")
    django_settings.SEAL_KEPT_AT = tmp_path_factory.mktemp("seal") / "seal.pem"


@pytest.fixture(autouse=True)
def quiet_world(settings):
    """Hash fast, keep mail in memory, and let tests say which deliveries are paid."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    # Otherwise every test client reads all static files anew: 0.1 s before its first answer.
    settings.WHITENOISE_AUTOREFRESH = True
    # No template of ours names what it was not given; said anew each time, for a changed setting makes a new engine.
    engines["django"].engine.string_if_invalid = Loud()


@pytest.fixture
def prime(db) -> People:
    """Halcyon Managed of Garden City, New York: it owns the client."""
    return people_of("Halcyon Managed", "halcyon.example")


@pytest.fixture
def sub(db) -> People:
    """Blue Mesa IT of Hicksville, New York: it does the work."""
    place = {"town": "Hicksville", "postcode": "11801", "latitude": 40.7623, "longitude": -73.5231}
    return people_of("Blue Mesa IT", "bluemesa.example", **place)


@pytest.fixture
def stranger(db) -> People:
    """Cold Harbor Systems: it has nothing to do with either."""
    return people_of("Cold Harbor Systems", "coldharbor.example", town="Huntington", postcode="11743")
