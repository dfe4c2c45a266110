"""Whom to trust: the authorities of this machine, read once.

Reading them takes 15 to 25 ms, without Python's lock, so whoever starts a function begins with it
in a thread of its own. That is why this module imports next to nothing.
"""

from __future__ import annotations

import ssl
import threading

_lock = threading.Lock()
_known: list[ssl.SSLContext] = []


def trust() -> ssl.SSLContext:
    """Give the one context; who comes while it is being made waits for it."""
    with _lock:
        if not _known:
            _known.append(ssl.create_default_context())
        return _known[0]
