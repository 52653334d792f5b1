#!/usr/bin/env python
"""Runs a management command; without DATABASE_URL and REDIS_URL, beside the embedded servers."""

import os
import sys

from django.core.management import execute_from_command_line

from partnernet.embedded.servers import running


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnernet.settings")
    with running() as urls:
        os.environ.update(urls)
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
