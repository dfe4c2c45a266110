"""What every failure means, whatever was asked for: each is named by what to do next."""

from __future__ import annotations

import pytest

from chalicelib.adapters.models import mishaps
from chalicelib.domain.errors import Cause, ModelBusy, ModelError, ModelRefused, ModelUnavailable
from tests.contract.models.talk import Talk, error
from tests.scripted import Reply

HTML = b"<html><h1>502 Bad Gateway</h1>your input was flagged</html>"
REPLIES: list[tuple[Reply, type[ModelError], Cause]] = [
    (error(401, code="invalid_api_key"), ModelUnavailable, Cause.BAD_KEY),
    (error(403), ModelUnavailable, Cause.BAD_KEY),
    (error(404, code="model_not_found"), ModelUnavailable, Cause.UNKNOWN_MODEL),
    (Reply(status=404, body=b"<html>"), ModelUnavailable, Cause.UNKNOWN_MODEL),
    (error(405), ModelUnavailable, Cause.UNKNOWN_MODEL),
    (error(410), ModelUnavailable, Cause.UNKNOWN_MODEL),
    (error(503, code="model_not_found"), ModelUnavailable, Cause.UNKNOWN_MODEL),
    (error(402), ModelUnavailable, Cause.NO_CREDIT),
    (error(429, code="insufficient_quota"), ModelUnavailable, Cause.NO_CREDIT),
    (error(429, type="insufficient_quota"), ModelUnavailable, Cause.NO_CREDIT),
    (error(429, code="billing_hard_limit_reached"), ModelUnavailable, Cause.NO_CREDIT),
    (error(429, code="rate_limit_exceeded"), ModelBusy, Cause.OVERLOADED),
    (error(429, message="check your billing details", code=429), ModelBusy, Cause.OVERLOADED),
    (Reply(status=429, body=HTML), ModelBusy, Cause.OVERLOADED),
    (error(500), ModelBusy, Cause.OVERLOADED),
    (Reply(status=502, body=HTML), ModelBusy, Cause.OVERLOADED),
    (Reply(status=503, body=b"\xff"), ModelBusy, Cause.OVERLOADED),
    (error(529, type="overloaded_error"), ModelBusy, Cause.OVERLOADED),
    (error(408), ModelBusy, Cause.TIME_OUT),
    (error(409), ModelBusy, Cause.OVERLOADED),
    (error(400, code="context_length_exceeded"), ModelRefused, Cause.TOO_LONG),
    (error(400, message="maximum context length is 8192 tokens"), ModelRefused, Cause.TOO_LONG),
    (error(400, message="prompt is too long: 9 > 8"), ModelRefused, Cause.TOO_LONG),
    (error(413), ModelRefused, Cause.TOO_LONG),
    (Reply(status=413, body=HTML), ModelRefused, Cause.TOO_LONG),
    (error(400, code="content_filter"), ModelRefused, Cause.FILTERED),
    (error(400, code="content_policy_violation"), ModelRefused, Cause.FILTERED),
    (error(400, code="invalid_prompt"), ModelRefused, Cause.FILTERED),
    (error(403, message="your input was flagged"), ModelRefused, Cause.FILTERED),
    (error(400, message="API key not valid."), ModelUnavailable, Cause.BAD_KEY),
    (error(400, message="Your credit balance is too low"), ModelUnavailable, Cause.NO_CREDIT),
    (error(400), ModelRefused, Cause.REJECTED),
    (error(422), ModelRefused, Cause.REJECTED),
    (Reply(status=400, body=[{"error": {"message": "?"}}]), ModelRefused, Cause.REJECTED),
    (Reply(status=400, body={"error": "just words"}), ModelRefused, Cause.REJECTED),
    (Reply(status=400, body=b"[" * 100_000), ModelRefused, Cause.REJECTED),
    (Reply(status=418), ModelRefused, Cause.REJECTED),
    (Reply(status=302, headers={"location": "/x"}), ModelUnavailable, Cause.UNKNOWN_MODEL),
    (Reply(status=307, headers={"location": "/v1/x"}), ModelUnavailable, Cause.UNKNOWN_MODEL),
    (Reply(breaks=True), ModelBusy, Cause.UNREACHABLE),
]
INSIDE_OF_SUCCESSES: list[tuple[object, type[ModelError], Cause]] = [
    ({"message": "x"}, ModelBusy, Cause.OVERLOADED),
    ({"code": "server_error"}, ModelBusy, Cause.OVERLOADED),
    ({"code": 429}, ModelBusy, Cause.OVERLOADED),
    ({"code": 402}, ModelUnavailable, Cause.NO_CREDIT),
    ({"code": 403, "message": "your input was flagged"}, ModelRefused, Cause.FILTERED),
    ({"code": "invalid_image_format"}, ModelRefused, Cause.REJECTED),
    ({"code": "image_content_policy_violation"}, ModelRefused, Cause.FILTERED),
    ({"code": 0}, ModelBusy, Cause.OVERLOADED),
    ({"code": 886_912_345_678}, ModelBusy, Cause.OVERLOADED),
    ({"code": True, "type": ["x"], "status": {}}, ModelBusy, Cause.OVERLOADED),
]


@pytest.mark.parametrize(("reply", "kind", "cause"), REPLIES)
def test_every_failure_says_what_to_do_next(
    any_talk: Talk, reply: Reply, kind: type[ModelError], cause: Cause
) -> None:
    any_talk.server.usual = reply
    caught = any_talk.failure()
    assert (type(caught), caught.cause) == (kind, cause)
    assert len(any_talk.server.asked) == 1  # nothing is repeated behind our back, nor led elsewhere


@pytest.mark.parametrize(("told", "kind", "cause"), INSIDE_OF_SUCCESSES)
def test_an_error_inside_of_a_success_is_an_error(
    any_talk: Talk, told: object, kind: type[ModelError], cause: Cause
) -> None:
    any_talk.says(any_talk.speech.answer(error=told))
    caught = any_talk.failure()
    assert (type(caught), caught.cause) == (kind, cause)
    assert "886" not in str(caught)


# --- when to try again -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        (
            {
                "retry-after": "Sun, 22 Nov 2026 04:00:30 GMT",
                "date": "Sun, 22 Nov 2026 04:00:00 GMT",
            },
            30.0,
        ),
        ({"retry-after": "Sun, 22 Nov 2026 04:00:30 GMT"}, None),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "86400"}, 3600.0),
    ],
)
def test_the_vendors_wish_for_a_pause_is_kept(
    headers: dict[str, str], seconds: float | None
) -> None:
    busy = mishaps.of_status(429, None, headers)
    assert isinstance(busy, ModelBusy)
    assert busy.retry_after == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"RETRY-AFTER": "12"}, 12.0), ({"retry-after": "9"}, 9.0), ({}, None)]
)
def test_the_wish_is_found_whatever_the_case_of_its_header(
    any_talk: Talk, headers: dict[str, str], seconds: float | None
) -> None:
    for status in (429, 503, 529):
        any_talk.server.usual = error(status, headers=headers)
        caught = any_talk.failure()
        assert isinstance(caught, ModelBusy)
        assert caught.retry_after == seconds
