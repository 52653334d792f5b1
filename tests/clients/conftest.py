"""Browsers and keys, borrowed from where firms are tested."""

from tests.partners.conftest import api_of, browser_of

__all__ = ["api_of", "browser_of"]
