"""Names that tell nobody whose they are: for keys, paths and ids that others may see."""

from __future__ import annotations

from hashlib import blake2b

_BYTES = 16


def digest(name: str) -> str:
    """Name something by 32 hexadecimal digits, the same for the same name; nothing leads back."""
    return blake2b(name.encode(), digest_size=_BYTES).hexdigest()
