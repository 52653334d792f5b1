"""Finds what a wheel carries without running its code: importing these two writes outside our folder."""

from importlib.util import find_spec
from pathlib import Path


def folder_of(package: str) -> Path:
    """Return the folder of an installed package, or raise ModuleNotFoundError."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        message = f"{package} is not installed. Run `make setup`."
        raise ModuleNotFoundError(message)
    return Path(spec.submodule_search_locations[0])
