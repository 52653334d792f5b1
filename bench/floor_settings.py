"""The same Django with the same middleware, serving nothing but floors."""

from partnernet.settings import *  # noqa: F403, TID251 - a settings module of its own

ROOT_URLCONF = "bench.floor_urls"
