"""Errors in the shapes in which vendors are known to send them; a surprise gets a row here."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import Cause, ModelBusy, ModelError, ModelRefused, ModelUnavailable
from tests.contract.models.speeches import CHAT, WORDS
from tests.contract.models.talk import Talk
from tests.scripted import Reply

GEMINI_QUOTA = {
    "code": 429,
    "message": "You exceeded your current quota, please check your plan and billing details.",
    "status": "RESOURCE_EXHAUSTED",
    "details": [
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": []},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "22s"},
    ],
}
KEY_OF_XAI = "Incorrect API key provided: xa***3d. You can obtain an API key from console.x.ai."
NO_CREDITS_AT_XAI = "Your team has either used all available credits or reached its limit."
ERRORS: list[tuple[str, Reply, type[ModelError], Cause]] = [
    (
        "OpenAI: no money left",
        Reply(status=429, body={"error": {"code": "insufficient_quota", "message": "…"}}),
        ModelUnavailable,
        Cause.NO_CREDIT,
    ),
    (
        "OpenAI: a parameter that the model does not take",
        Reply(
            status=400,
            body={"error": {"code": "unsupported_parameter", "type": "invalid_request_error"}},
        ),
        ModelRefused,
        Cause.REJECTED,
    ),
    (
        "Gemini: a wrong key, in a list",
        Reply(
            status=400,
            body=[{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID"}}],
        ),
        ModelUnavailable,
        Cause.BAD_KEY,
    ),
    (
        "Gemini: a wish to wait, in a list",
        Reply(status=429, body=[{"error": GEMINI_QUOTA}]),
        ModelBusy,
        Cause.OVERLOADED,
    ),
    (
        "Gemini: a country where it may not be used",
        Reply(
            status=400,
            body=[{"error": {"message": "User location is not supported for the API use."}}],
        ),
        ModelUnavailable,
        Cause.BAD_KEY,
    ),
    (
        "Gemini: a filter's own word",
        Reply(body=CHAT.answer(None, finish_reason="PROHIBITED_CONTENT")),
        ModelRefused,
        Cause.FILTERED,
    ),
    (
        "Gemini: no choice at all",
        Reply(body={"choices": [], "usage": {"prompt_tokens": 9}}),
        ModelBusy,
        Cause.EMPTY,
    ),
    (
        "Claude: overloaded",
        Reply(status=529, body={"type": "error", "error": {"type": "overloaded_error"}}),
        ModelBusy,
        Cause.OVERLOADED,
    ),
    (
        "Claude: no money left",
        Reply(status=400, body={"error": {"message": "Your credit balance is too low to access"}}),
        ModelUnavailable,
        Cause.NO_CREDIT,
    ),
    (
        "Claude: too long",
        Reply(
            status=400,
            body={"error": {"message": "prompt is too long: 208310 tokens > 200000 maximum"}},
        ),
        ModelRefused,
        Cause.TOO_LONG,
    ),
    (
        "DeepSeek: no money left",
        Reply(status=402, body={"error": {"message": "Insufficient Balance", "code": "x"}}),
        ModelUnavailable,
        Cause.NO_CREDIT,
    ),
    (
        "DeepSeek: broken off for want of machines",
        Reply(body=CHAT.answer("半句", finish_reason="insufficient_system_resource")),
        ModelBusy,
        Cause.OVERLOADED,
    ),
    (
        "Groq: the model broke the schema",
        Reply(
            status=400,
            body={"error": {"code": "json_validate_failed", "failed_generation": WORDS}},
        ),
        ModelBusy,
        Cause.MALFORMED,
    ),
    (
        "Groq: more at once than a minute may hold",
        Reply(status=413, body={"error": {"code": "rate_limit_exceeded", "type": "tokens"}}),
        ModelRefused,
        Cause.TOO_LONG,
    ),
    (
        "Groq: no capacity",
        Reply(status=498, body={"error": {"message": "Flex tier capacity exceeded"}}),
        ModelBusy,
        Cause.OVERLOADED,
    ),
    (
        "Mistral: an error without a wrapping",
        Reply(
            status=400,
            body={
                "object": "error",
                "message": "Prompt is too large for model with 131072 maximum context length",
                "code": "3051",
            },
        ),
        ModelRefused,
        Cause.TOO_LONG,
    ),
    (
        "Mistral: words alone",
        Reply(status=401, body={"detail": "Unauthorized"}),
        ModelUnavailable,
        Cause.BAD_KEY,
    ),
    (
        "xAI: a wrong key, in words",
        Reply(
            status=400, body={"code": "Client specified an invalid argument", "error": KEY_OF_XAI}
        ),
        ModelUnavailable,
        Cause.BAD_KEY,
    ),
    (
        "xAI: no money left, in words",
        Reply(status=429, body={"code": "Some resource", "error": NO_CREDITS_AT_XAI}),
        ModelUnavailable,
        Cause.NO_CREDIT,
    ),
    (
        "OpenRouter: a vendor's error in a success",
        Reply(body={"error": {"code": 502, "message": "Provider returned error"}}),
        ModelBusy,
        Cause.OVERLOADED,
    ),
    (
        "OpenRouter: the input was flagged",
        Reply(
            status=403,
            body={
                "error": {
                    "code": 403,
                    "message": "Your chosen model requires moderation and your input was flagged",
                    "metadata": {"flagged_input": WORDS},
                }
            },
        ),
        ModelRefused,
        Cause.FILTERED,
    ),
    (
        "Z.AI: broken off on its way",
        Reply(body=CHAT.answer("半句", finish_reason="network_error")),
        ModelBusy,
        Cause.OVERLOADED,
    ),
    (
        "Bedrock: the model behind it failed",
        Reply(status=424, body={"error": {"message": "…", "type": "model_error"}}),
        ModelBusy,
        Cause.OVERLOADED,
    ),
    (
        "Ollama: a model that nobody has pulled",
        Reply(status=404, body={"error": {"message": 'model "x" not found', "type": "api_error"}}),
        ModelUnavailable,
        Cause.UNKNOWN_MODEL,
    ),
    (
        "a router without a vendor for the model",
        Reply(status=503, body={"error": {"code": "model_not_found", "message": "no channel"}}),
        ModelUnavailable,
        Cause.UNKNOWN_MODEL,
    ),
]


@pytest.mark.parametrize(
    ("reply", "kind", "cause"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS]
)
def test_every_vendors_error_is_understood(
    chat: Talk, reply: Reply, kind: type[ModelError], cause: Cause
) -> None:
    chat.server.usual = reply
    caught = chat.failure()
    assert (type(caught), caught.cause) == (kind, cause)
    assert WORDS not in f"{caught} {chat.telemetry.facts}"


def test_geminis_wish_to_wait_is_kept(chat: Talk) -> None:
    chat.server.usual = Reply(status=429, body=[{"error": GEMINI_QUOTA}])
    caught = chat.failure()
    assert isinstance(caught, ModelBusy)
    assert caught.retry_after == 22.0
