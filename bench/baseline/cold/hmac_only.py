"""Chalice and a look at the signature: a webhook that stores nothing and tells nobody."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import Any

from chalice.app import BadRequestError, Chalice

app = Chalice(app_name="hmac-only")


@app.route("/callback", methods=["POST"])
def callback() -> dict[str, str]:
    """Verify LINE's signature."""
    request: Any = app.current_request
    secret = os.environ["LINE_CHANNEL_SECRET"].encode()
    signed = base64.b64encode(hmac.new(secret, request.raw_body, hashlib.sha256).digest())
    if not hmac.compare_digest(signed.decode(), request.headers["x-line-signature"]):
        raise BadRequestError("Invalid signature")
    return {}
