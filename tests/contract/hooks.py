"""Webhooks as LINE sends them, made piece by piece, and read by the reader.

Any part of one can be replaced by anything; `...` in its place leaves it out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from chalicelib.adapters.line.webhook import LineWebhookReader
from chalicelib.domain.events import Batch, TextSent

# LINE's documentation gives these three.
SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
KNOWN_BODY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
KNOWN_SIGNATURE = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="

AMY = "U206d25c2ea6bd87c17655609a1c37cb8"
GROUP = "Ca56f94637cc4347f90a25382909b24b9"
ULID = "01H810YECXQQZ37VAXPF6H9E6T"  # made 118 ms after the timestamp that goes with it
Json = dict[str, Any]


def signed(body: bytes, secret: str = SECRET) -> str:
    """LINE's signature of a body."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def read_body(body: bytes) -> Batch:
    """What a signed body brings."""
    return LineWebhookReader(secret=SECRET).read(body, signed(body))


def read(*events: object) -> Batch:
    """What a webhook of these events brings."""
    body = json.dumps({"destination": "U8e74", "events": events}).encode()
    return read_body(body)


def event(kind: str = "message", **parts: Any) -> Json:
    """An event in a private chat, with its own parts."""
    usual: Json = {
        "type": kind,
        "mode": "active",
        "timestamp": 1_692_251_666_727,
        "webhookEventId": ULID,
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": AMY},
        "replyToken": "757913772c4646b784d4b7ce46d12671",
    }
    return {name: value for name, value in {**usual, **parts}.items() if value is not ...}


def text(words: str = "你好", **parts: Any) -> Json:
    """A text; parts: of the event, `message` of the text itself."""
    message = {"id": "468789577898262530", "type": "text", "text": words}
    return event(message={**message, **parts.pop("message", {})}, **parts)


def in_group(**parts: Any) -> Json:
    """A text in a group."""
    return text(source={"type": "group", "groupId": GROUP, "userId": AMY}, **parts)


def edit(words: str = "您好", **parts: Any) -> Json:
    """New words of a message in a group."""
    return in_group(words=words, **parts) | {"type": "messageEdited"}


def said(batch: Batch) -> TextSent:
    """The one text that was read."""
    (sent,) = batch.events
    assert isinstance(sent, TextSent)
    return sent
