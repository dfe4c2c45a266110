"""Who sent this? Anybody can post to a webhook's address; only LINE knows the channel's secret."""

from __future__ import annotations

import base64
import hashlib
import hmac

from chalicelib.domain.errors import BadSignature


def verify(body: bytes, signature: str | None, *, secret: str) -> None:
    """Compare a body with its signature, in constant time. Raises BadSignature.

    LINE: `x-line-signature` is the base64 of HMAC-SHA256 over the raw bytes, keyed by the channel
    secret. An empty secret vouches for nobody.
    """
    if not signature or not secret:
        raise BadSignature("the request is not signed" if secret else "there is no channel secret")
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    # Compared as bytes: a header may hold any character, and text must be ASCII to be compared.
    if not hmac.compare_digest(base64.b64encode(digest), signature.encode("utf-8", "replace")):
        raise BadSignature("the signature does not belong to this body")
