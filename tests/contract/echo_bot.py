"""Somebody else's LINE bot, as tutorials write it: it knows nothing of this project.

LINE's SDK, the standard library's web server, and OpenAI's SDK for those who say "ai".

    python echo_bot.py PORT

Of the usual tutorial one line differs: `Configuration(host=…)`.
"""

from __future__ import annotations

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from linebot.v3 import WebhookHandler  # type: ignore[import-untyped]
from linebot.v3.exceptions import InvalidSignatureError  # type: ignore[import-untyped]
from linebot.v3.messaging import (  # type: ignore[import-untyped]
    ApiClient,
    Configuration,
    MessagingApi,
    MessagingApiBlob,
    PostbackAction,
    QuickReply,
    QuickReplyItem,
    ReplyMessageRequest,
    TextMessage,
)
from linebot.v3.webhooks import (  # type: ignore[import-untyped]
    FollowEvent,
    ImageMessageContent,
    MessageEvent,
    PostbackEvent,
    TextMessageContent,
)
from openai import OpenAI

configuration = Configuration(
    host=os.environ["LINE_API_BASE"], access_token=os.environ["CHANNEL_ACCESS_TOKEN"]
)
handler = WebhookHandler(os.environ["CHANNEL_SECRET"])


def reply(event: Any, text: str, *labels: str) -> None:
    """Say something, with buttons that may be tapped."""
    chips = [QuickReplyItem(action=PostbackAction(label=one, data=one)) for one in labels]
    message = TextMessage(text=text, quick_reply=QuickReply(items=chips) if chips else None)
    with ApiClient(configuration) as client:
        request = ReplyMessageRequest(reply_token=event.reply_token, messages=[message])
        MessagingApi(client).reply_message(request)


@handler.add(FollowEvent)  # type: ignore[untyped-decorator]
def welcome(event: Any) -> None:
    """Greet a new friend by name."""
    with ApiClient(configuration) as client:
        profile = MessagingApi(client).get_profile(event.source.user_id)
    reply(event, f"Hello, {profile.display_name}!")


@handler.add(MessageEvent, message=TextMessageContent)  # type: ignore[untyped-decorator]
def echo(event: Any) -> None:
    """Repeat what was said, or let a model answer it."""
    said = event.message.text
    if said.startswith("ai "):
        reply(event, asked(said.removeprefix("ai ")))
    else:
        reply(event, said, "more")


@handler.add(MessageEvent, message=ImageMessageContent)  # type: ignore[untyped-decorator]
def look(event: Any) -> None:
    """Tell how large a picture is."""
    with ApiClient(configuration) as client:
        content = MessagingApiBlob(client).get_message_content(event.message.id)
    reply(event, f"{len(content)} bytes")


@handler.add(PostbackEvent)  # type: ignore[untyped-decorator]
def tapped(event: Any) -> None:
    """Tell which button was tapped."""
    reply(event, f"tapped: {event.postback.data}")


def asked(question: str) -> str:
    """What a model says, streamed as most bots do."""
    with OpenAI(base_url=os.environ["MODEL_BASE"], api_key="any") as client:
        pieces = client.chat.completions.create(
            model="demo", messages=[{"role": "user", "content": question}], stream=True
        )
        return "".join(piece.choices[0].delta.content or "" for piece in pieces)


class Callback(BaseHTTPRequestHandler):
    """Takes webhooks at any path."""

    def do_POST(self) -> None:
        """Handle a webhook's events."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            handler.handle(body, self.headers["X-Line-Signature"])
        except InvalidSignatureError:
            self.send_error(400)
        else:
            self.send_response(200)
            self.end_headers()


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Callback).serve_forever()
