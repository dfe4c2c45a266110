"""What an address is that requests can be sent to: in settings, rows of data, vendors' words."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_address(text: str) -> bool:
    """Tell whether a text is an address that requests can be sent to."""
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets or a port that are none
        return False
    return known and text.split() == [text]
