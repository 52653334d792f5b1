"""Work that needs a thread of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")


def aside(act: Callable[[], Answer]) -> Answer:
    """Run `act` in another thread and wait: pyHanko starts an event loop, and the caller's thread may have one already."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(act).result()
