"""The plain handler, as tutorials write it: one function that does everything.

Both SDKs are imported at the top, the model is called inside the webhook, and LINE gets its 200
after the reply was sent. It remembers nothing, stores nothing, and loses what it was doing when it
is stopped.
"""

from __future__ import annotations

import os
from typing import Any

from chalice.app import BadRequestError, Chalice
from linebot.v3 import WebhookHandler  # type: ignore[import-untyped]
from linebot.v3.exceptions import InvalidSignatureError  # type: ignore[import-untyped]
from linebot.v3.messaging import (  # type: ignore[import-untyped]
    ApiClient,
    Configuration,
    MessagingApi,
    ReplyMessageRequest,
    TextMessage,
)
from linebot.v3.webhooks import (  # type: ignore[import-untyped]
    MessageEvent,
    TextMessageContent,
)
from openai import OpenAI

app = Chalice(app_name="plain")
handler = WebhookHandler(os.environ["LINE_CHANNEL_SECRET"])
configuration = Configuration(
    access_token=os.environ["LINE_CHANNEL_ACCESS_TOKEN"], host=os.environ["LINE_API_BASE_URL"]
)
model = OpenAI()


@app.route("/callback", methods=["POST"])
def callback() -> str:
    """Answer LINE's webhook."""
    request: Any = app.current_request
    try:
        handler.handle(request.raw_body.decode(), request.headers["x-line-signature"])
    except InvalidSignatureError as exc:
        raise BadRequestError("Invalid signature") from exc
    return "OK"


@app.route("/health")
def health() -> str:
    """Tell that the handler is there."""
    return "OK"


@handler.add(MessageEvent, message=TextMessageContent)  # type: ignore[untyped-decorator]
def answer(event: MessageEvent) -> None:
    """Ask the model, and reply with what it says."""
    completion = model.chat.completions.create(
        model=os.environ["LIAO_MODEL"],
        messages=[
            {"role": "system", "content": "You are a helpful assistant."},
            {"role": "user", "content": event.message.text},
        ],
    )
    words = completion.choices[0].message.content or ""
    with ApiClient(configuration) as client:
        MessagingApi(client).reply_message_with_http_info(
            ReplyMessageRequest(reply_token=event.reply_token, messages=[TextMessage(text=words)])
        )
