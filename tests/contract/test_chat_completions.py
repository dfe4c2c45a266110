"""Asking a model: what goes over the wire, what comes back, and what every failure means."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters.models import mishaps
from chalicelib.adapters.models.chat_completions import ChatCompletionsModel
from chalicelib.adapters.secrets.changing import Fixed
from chalicelib.domain.errors import Cause, ModelBusy, ModelError, ModelRefused, ModelUnavailable
from chalicelib.domain.prices import Price
from chalicelib.domain.prompt import Line, Prompt
from chalicelib.ports import Completion, Model
from tests.fakes import FakeSecret, FakeTelemetry
from tests.scripted import Reply, Scripted, free_port, scripted

KEY = "sk-proj-a-key-that-nobody-may-see"
WORDS = "這是一句只有兩個人知道的話"
PROMPT = Prompt(
    system="You are Liao.",
    lines=(
        Line(text="你好", by_bot=False),
        Line(text="你好！", by_bot=True),
        Line(text=WORDS, by_bot=False),
    ),
)
SOON = timedelta(seconds=5)


def answer(content: Any = "好的。", *, reason: str = "stop", **message: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": content, **message}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": "gpt-5.4-mini",
        "choices": [{"index": 0, "message": said, "finish_reason": reason}],
        "usage": {"prompt_tokens": 31, "completion_tokens": 7, "total_tokens": 38},
    }


def error(status: int, *, message: str = "x", headers: Any = None, **fields: Any) -> Reply:
    body = {"error": {"message": message, **fields}}
    return Reply(status=status, body=body, headers=headers or {})


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Scripted, ChatCompletionsModel, FakeTelemetry]]:
    """One server and one model for all: reading the system's certificates takes its time."""
    telemetry = FakeTelemetry()
    with scripted() as server:
        connected = ChatCompletionsModel.connect(
            api_key=Fixed(KEY),
            base_url=f"{server.url}/v1",
            model="gpt-5.4-mini",
            telemetry=telemetry,
        )
        yield server, connected, telemetry
        connected.close()


@pytest.fixture
def vendor(running: tuple[Scripted, ChatCompletionsModel, FakeTelemetry]) -> Scripted:
    server, _, telemetry = running
    server.usual = Reply(body=answer())
    server.replies.clear()
    server.asked.clear()
    telemetry.facts.clear()
    return server


@pytest.fixture
def model(
    vendor: Scripted, running: tuple[Scripted, ChatCompletionsModel, FakeTelemetry]
) -> ChatCompletionsModel:
    return running[1]


@pytest.fixture
def telemetry(
    vendor: Scripted, running: tuple[Scripted, ChatCompletionsModel, FakeTelemetry]
) -> FakeTelemetry:
    return running[2]


def ask(model: Model, *, within: timedelta = SOON, prompt: Prompt = PROMPT) -> Completion:
    return model.complete(prompt, within=within, max_tokens=800)


def failure(model: Model, *, within: timedelta = SOON) -> ModelError:
    with pytest.raises(ModelError) as caught:
        ask(model, within=within)
    return caught.value


# --- what goes over the wire -------------------------------------------------------------------


def test_a_call_carries_system_message_history_question_and_cap(
    vendor: Scripted, model: ChatCompletionsModel
) -> None:
    ask(model)
    (asked,) = vendor.asked
    assert (asked.method, asked.path) == ("POST", "/v1/chat/completions")
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.json == {
        "model": "gpt-5.4-mini",
        "messages": [
            {"role": "system", "content": "You are Liao."},
            {"role": "user", "content": "你好"},
            {"role": "assistant", "content": "你好！"},
            {"role": "user", "content": WORDS},
        ],
        "max_tokens": 800,
    }


@pytest.mark.parametrize(
    ("base_url", "cap"),
    [
        (None, "max_completion_tokens"),
        ("https://api.openai.com/v1", "max_completion_tokens"),
        ("https://eu.api.openai.com/v1/", "max_completion_tokens"),
        ("https://api.groq.com/openai/v1", "max_tokens"),
        ("http://127.0.0.1:11434/v1", "max_tokens"),
    ],
)
def test_the_cap_has_the_name_its_vendor_knows(base_url: str | None, cap: str) -> None:
    model = ChatCompletionsModel.connect(
        api_key=Fixed(KEY), base_url=base_url, model="m", telemetry=FakeTelemetry()
    )
    model.close()
    assert model.cap == cap


def test_openai_is_where_a_model_without_a_base_url_lives() -> None:
    model = ChatCompletionsModel.connect(
        api_key=Fixed(KEY), base_url=None, model="m", telemetry=FakeTelemetry()
    )
    model.close()
    assert str(model.client.base_url) == "https://api.openai.com/v1/"


@pytest.mark.parametrize("key", ["", "  "])
@pytest.mark.parametrize("base_url", [None, "https://api.openai.com/v1"])
def test_openai_is_never_asked_without_a_key(base_url: str | None, key: str) -> None:
    model = ChatCompletionsModel.connect(
        api_key=Fixed(key), base_url=base_url, model="m", telemetry=FakeTelemetry()
    )
    caught = failure(model)
    assert (type(caught), caught.cause) == (ModelUnavailable, Cause.NO_KEY)
    assert model.client is None
    model.close()


@pytest.mark.parametrize("key", ["", "  "])
def test_a_model_at_home_may_need_no_key(vendor: Scripted, key: str) -> None:
    model = ChatCompletionsModel.connect(
        api_key=Fixed(key), base_url=vendor.url, model="m", telemetry=FakeTelemetry()
    )
    assert ask(model).text == "好的。"
    model.close()


def test_halves_of_surrogate_pairs_can_be_asked_about(
    vendor: Scripted, model: ChatCompletionsModel
) -> None:
    ask(model, prompt=Prompt(system="", lines=(Line(text="a\ud83d", by_bot=False),)))
    assert vendor.asked[0].json["messages"] == [{"role": "user", "content": "a\ufffd"}]


# --- what comes back ---------------------------------------------------------------------------


def test_an_answer_is_words_and_what_they_cost(model: ChatCompletionsModel) -> None:
    assert ask(model) == Completion(
        text="好的。", cut=False, model="gpt-5.4-mini", tokens_in=31, tokens_out=7
    )


def test_what_it_cost_is_known_where_the_models_price_is(
    vendor: Scripted, model: ChatCompletionsModel, telemetry: FakeTelemetry
) -> None:
    price = Price(tokens_in=0.75, tokens_out=4.5, as_of=date(2026, 10, 14))
    priced = replace(model, price=price)
    assert ask(priced).cost == pytest.approx((31 * 0.75 + 7 * 4.5) / 1_000_000)
    vendor.usual = Reply(body={**answer(), "usage": None})
    assert ask(priced).cost is None
    counted, uncounted = telemetry.named("model_called")
    assert counted["cost"] == pytest.approx(0.00005475)
    assert "cost" not in uncounted


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("\n 好的。\n", "好的。"),
        ("<think>\nThe user asks…\n</think>\n\n好的。", "好的。"),
        ("  <thinking>hm</thinking>好的。", "好的。"),
        ("標籤是 <think>這樣</think> 寫的", "標籤是 <think>這樣</think> 寫的"),
        ([{"type": "text", "text": "好"}, {"type": "text", "text": "的。"}], "好的。"),
        (
            [{"type": "thinking", "thinking": [{"text": "hm"}]}, {"type": "text", "text": "好"}],
            "好",
        ),
        ([None, 7, {"text": ["x"]}, {"text": "好"}], "好"),
        ("好\ud83d", "好\ufffd"),
    ],
)
def test_words_are_found_however_they_are_wrapped(
    vendor: Scripted, model: ChatCompletionsModel, content: Any, text: str
) -> None:
    vendor.usual = Reply(body=answer(content))
    assert ask(model).text == text


def test_an_answer_that_ran_into_the_cap_is_cut(
    vendor: Scripted, model: ChatCompletionsModel
) -> None:
    vendor.usual = Reply(body=answer(reason="length"))
    assert ask(model).cut is True


@pytest.mark.parametrize("usage", [None, {}, [], {"prompt_tokens": None, "completion_tokens": "7"}])
def test_an_answer_without_usage_cost_an_unknown_amount(
    vendor: Scripted, model: ChatCompletionsModel, usage: Any
) -> None:
    vendor.usual = Reply(body={**answer(), "usage": usage})
    assert ask(model) == Completion(text="好的。", model="gpt-5.4-mini")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"choices": []},
        {"choices": None},
        {"choices": [None]},
        {"choices": [{"message": None}]},
        answer(None),
        answer(""),
        answer(" \n"),
        answer([]),
        answer({"text": "x"}),
        answer("<think>and no end", reason="length"),
    ],
)
def test_an_answer_without_words_is_worth_another_try(
    vendor: Scripted, model: ChatCompletionsModel, body: Any
) -> None:
    vendor.usual = Reply(body=body)
    assert type(caught := failure(model)) is ModelBusy
    assert caught.cause is Cause.EMPTY


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Welcome</html>", b'{"choices": [', b"\xff\xfe\xfd", b"[" * 100_000, b"9" * 9_999],
)
def test_an_answer_that_is_no_json_is_worth_another_try(
    vendor: Scripted, model: ChatCompletionsModel, body: bytes
) -> None:
    vendor.usual = Reply(body=body, headers={"content-type": "application/json"})
    assert type(caught := failure(model)) is ModelBusy
    assert caught.cause is Cause.MALFORMED


def test_an_answer_that_cannot_be_unpacked_is_worth_another_try(
    vendor: Scripted, model: ChatCompletionsModel
) -> None:
    vendor.usual = Reply(body=b"no gzip", headers={"content-encoding": "gzip"})
    assert failure(model).cause is Cause.MALFORMED


@pytest.mark.parametrize(
    "body",
    [
        answer(None, refusal="I can't help with that."),
        answer("好", reason="content_filter"),
        answer(None, reason="content_filter"),
    ],
)
def test_a_filtered_answer_is_not_asked_for_again(
    vendor: Scripted, model: ChatCompletionsModel, body: Any
) -> None:
    vendor.usual = Reply(body=body)
    assert type(caught := failure(model)) is ModelRefused
    assert caught.cause is Cause.FILTERED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "message", "content", "error", "usage", "text", "code"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(JSON)
def test_any_json_is_an_answer_or_an_error_of_ours(
    vendor: Scripted, model: ChatCompletionsModel, body: Any
) -> None:
    vendor.usual = Reply(body=body)
    try:
        ask(model)
    except ModelError as exc:
        assert exc.cause in Cause  # noqa: PT017 - an answer is fine too


# --- what every failure means ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "kind", "cause"),
    [
        (error(401, code="invalid_api_key"), ModelUnavailable, Cause.BAD_KEY),
        (error(403), ModelUnavailable, Cause.BAD_KEY),
        (error(404, code="model_not_found"), ModelUnavailable, Cause.UNKNOWN_MODEL),
        (Reply(status=404, body=b"<html>"), ModelUnavailable, Cause.UNKNOWN_MODEL),
        (error(402), ModelUnavailable, Cause.NO_CREDIT),
        (error(429, code="insufficient_quota"), ModelUnavailable, Cause.NO_CREDIT),
        (error(429, type="insufficient_quota"), ModelUnavailable, Cause.NO_CREDIT),
        (error(429, code="billing_hard_limit_reached"), ModelUnavailable, Cause.NO_CREDIT),
        (error(429, code="rate_limit_exceeded"), ModelBusy, Cause.OVERLOADED),
        (error(429, message="check your billing details", code=429), ModelBusy, Cause.OVERLOADED),
        (error(500), ModelBusy, Cause.OVERLOADED),
        (error(502), ModelBusy, Cause.OVERLOADED),
        (Reply(status=503, body=b"\xff"), ModelBusy, Cause.OVERLOADED),
        (error(529, type="overloaded_error"), ModelBusy, Cause.OVERLOADED),
        (error(408), ModelBusy, Cause.TIME_OUT),
        (error(409), ModelBusy, Cause.OVERLOADED),
        (error(400, code="context_length_exceeded"), ModelRefused, Cause.TOO_LONG),
        (
            error(400, message="This model's maximum context length is 8192 tokens"),
            ModelRefused,
            Cause.TOO_LONG,
        ),
        (error(400, message="prompt is too long: 9 > 8"), ModelRefused, Cause.TOO_LONG),
        (error(413), ModelRefused, Cause.TOO_LONG),
        (error(400, code="content_filter"), ModelRefused, Cause.FILTERED),
        (error(400, code="content_policy_violation"), ModelRefused, Cause.FILTERED),
        (error(403, message="your input was flagged"), ModelRefused, Cause.FILTERED),
        (error(400, message="API key not valid."), ModelUnavailable, Cause.BAD_KEY),
        (error(400, message="Your credit balance is too low"), ModelUnavailable, Cause.NO_CREDIT),
        (error(400), ModelRefused, Cause.REJECTED),
        (error(422), ModelRefused, Cause.REJECTED),
        (Reply(status=400, body=[{"error": {"message": "?"}}]), ModelRefused, Cause.REJECTED),
        (Reply(status=400, body={"error": "just words"}), ModelRefused, Cause.REJECTED),
        (Reply(status=418), ModelRefused, Cause.REJECTED),
        (error(405), ModelUnavailable, Cause.UNKNOWN_MODEL),
        (
            Reply(status=307, headers={"location": "/v1/elsewhere"}),
            ModelUnavailable,
            Cause.UNKNOWN_MODEL,
        ),
        (Reply(body={"error": {"code": 429, "message": "x"}}), ModelBusy, Cause.OVERLOADED),
        (Reply(body={"error": {"message": "x"}}), ModelBusy, Cause.OVERLOADED),
        (Reply(body={"error": {"code": 402}, "choices": []}), ModelUnavailable, Cause.NO_CREDIT),
        (Reply(breaks=True), ModelBusy, Cause.UNREACHABLE),
    ],
)
def test_every_failure_says_what_to_do_next(
    vendor: Scripted,
    model: ChatCompletionsModel,
    reply: Reply,
    kind: type[ModelError],
    cause: Cause,
) -> None:
    vendor.usual = reply
    caught = failure(model)
    assert (type(caught), caught.cause) == (kind, cause)
    assert len(vendor.asked) == 1  # nothing is repeated behind our back


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_a_vendor_that_is_not_there_is_unreachable(host: str) -> None:
    model = ChatCompletionsModel.connect(
        api_key=Fixed(KEY),
        base_url=f"http://{host}:{free_port()}/v1",
        model="m",
        telemetry=FakeTelemetry(),
    )
    assert type(caught := failure(model)) is ModelBusy
    assert caught.cause is Cause.UNREACHABLE
    model.close()


@pytest.mark.parametrize("key", ["sk-有中文", "sk-a\nb"])
def test_a_key_that_no_header_can_hold_is_the_operators_to_mend(vendor: Scripted, key: str) -> None:
    model = ChatCompletionsModel.connect(
        api_key=Fixed(key), base_url=vendor.url, model="m", telemetry=FakeTelemetry()
    )
    caught = failure(model)
    assert (type(caught), caught.cause) == (ModelUnavailable, Cause.BAD_KEY)
    assert key not in str(caught)
    model.close()


# --- a key that changes meanwhile --------------------------------------------------------------


@contextmanager
def with_key(vendor: Scripted, key: FakeSecret) -> Iterator[ChatCompletionsModel]:
    model = ChatCompletionsModel.connect(
        api_key=key, base_url=vendor.url, model="m", telemetry=FakeTelemetry()
    )
    yield model
    model.close()


def keys(vendor: Scripted) -> list[str]:
    return [asked.headers["authorization"].removeprefix("Bearer ") for asked in vendor.asked]


@pytest.mark.parametrize("rejection", [error(401, code="invalid_api_key"), error(403)])
def test_a_call_whose_key_was_rejected_is_made_again_with_a_new_one(
    vendor: Scripted, rejection: Reply
) -> None:
    with with_key(vendor, FakeSecret("old", coming=["new"])) as model:
        vendor.replies.append(rejection)
        assert ask(model).text == "好的。"
        assert ask(model).text == "好的。"
    assert keys(vendor) == ["old", "new", "new"]


def test_a_key_that_stays_is_not_tried_twice_nor_a_new_one_a_third_time(vendor: Scripted) -> None:
    key = FakeSecret("old")
    with with_key(vendor, key) as model:
        vendor.usual = error(401)
        assert failure(model).cause is Cause.BAD_KEY
        key.coming.append("new")
        assert failure(model).cause is Cause.BAD_KEY
    assert keys(vendor) == ["old", "old", "new"]


def test_no_other_failure_is_a_reason_to_look_for_another_key(vendor: Scripted) -> None:
    key = FakeSecret("old", coming=["new"])
    with with_key(vendor, key) as model:
        for status in (402, 404, 429, 500):
            vendor.replies.append(error(status))
            failure(model)
    assert key.coming == ["new"]
    assert keys(vendor) == ["old"] * 4


def test_both_calls_together_end_in_time(vendor: Scripted) -> None:
    key = FakeSecret("old", coming=["new"], takes=0.2)
    with with_key(vendor, key) as model:
        vendor.usual = Reply(body=answer(), drips=500)
        vendor.replies.append(error(401))
        begun = time.monotonic()
        assert failure(model, within=timedelta(seconds=0.5)).cause is Cause.TIME_OUT
        assert time.monotonic() - begun < 2
        vendor.replies.append(error(401))
        key.coming.append("newer")
        caught = failure(model, within=timedelta(seconds=0.15))
    assert caught.cause is Cause.BAD_KEY
    assert keys(vendor) == ["old", "new", "new"]


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
    ],
)
def test_the_vendors_wish_for_a_pause_is_kept(
    headers: dict[str, str], seconds: float | None
) -> None:
    busy = mishaps.of_status(429, None, headers)
    assert isinstance(busy, ModelBusy)
    assert busy.retry_after == seconds


def test_the_wish_is_found_whatever_the_case_of_its_header(
    vendor: Scripted, model: ChatCompletionsModel
) -> None:
    vendor.usual = error(503, headers={"RETRY-AFTER": "12"})
    caught = failure(model)
    assert isinstance(caught, ModelBusy)
    assert caught.retry_after == 12.0


# --- it ends in time ---------------------------------------------------------------------------

LIMIT = timedelta(seconds=0.4)


def assert_in_time(model: ChatCompletionsModel) -> None:
    begun = time.monotonic()
    caught = failure(model, within=LIMIT)
    took = time.monotonic() - begun
    assert (type(caught), caught.cause) == (ModelBusy, Cause.TIME_OUT)
    assert took < LIMIT.total_seconds() + 1.5  # the drips would go on for five


def test_a_silent_server_is_left_in_time(vendor: Scripted, model: ChatCompletionsModel) -> None:
    vendor.usual = Reply(hangs=True)
    assert_in_time(model)


def test_a_server_that_drips_its_answer_is_left_in_time(
    vendor: Scripted, model: ChatCompletionsModel
) -> None:
    vendor.usual = Reply(body=answer(), drips=500)
    assert_in_time(model)


def test_an_error_that_drips_is_left_in_time(vendor: Scripted, model: ChatCompletionsModel) -> None:
    vendor.usual = Reply(status=500, drips=500)
    assert_in_time(model)


@contextmanager
def dripping_headers() -> Iterator[str]:
    """Serve one caller a header that never ends, a byte every hundredth of a second."""
    over = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nx-slow: ")
            while not over.wait(0.01):
                try:
                    connection.sendall(b"z")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        over.set()
        thread.join()


def test_headers_that_drip_are_left_in_time(telemetry: FakeTelemetry) -> None:
    with dripping_headers() as url:
        model = ChatCompletionsModel.connect(
            api_key=Fixed(KEY), base_url=url, model="m", telemetry=telemetry
        )
        assert_in_time(model)
        model.close()


def test_a_connection_used_before_is_bounded_too(
    vendor: Scripted, model: ChatCompletionsModel
) -> None:
    ask(model)
    vendor.usual = Reply(body=answer(), drips=500)
    assert_in_time(model)


def test_no_time_at_all_is_over_at_once(model: ChatCompletionsModel) -> None:
    assert failure(model, within=timedelta(0)).cause is Cause.TIME_OUT
    assert failure(model, within=timedelta(seconds=-5)).cause is Cause.TIME_OUT


def test_white_space_before_an_answer_in_time_is_no_trouble(
    vendor: Scripted, model: ChatCompletionsModel
) -> None:
    vendor.usual = Reply(body=answer(), drips=10)
    assert ask(model).text == "好的。"


def test_a_late_call_leaves_no_thread_behind(vendor: Scripted, model: ChatCompletionsModel) -> None:
    def ours() -> list[str]:
        return [
            thread.name for thread in threading.enumerate() if "process_request" not in thread.name
        ]

    before = ours()
    vendor.usual = Reply(hangs=True)
    assert_in_time(model)
    assert ours() == before


def test_after_a_late_call_the_next_one_works(
    vendor: Scripted, model: ChatCompletionsModel
) -> None:
    vendor.replies = [Reply(body=answer(), drips=500)]
    assert_in_time(model)
    assert ask(model).text == "好的。"


def test_many_workers_share_one_model_and_each_has_its_own_time(
    vendor: Scripted, model: ChatCompletionsModel
) -> None:
    vendor.usual = Reply(body=answer(), drips=60)

    def work(number: int) -> str:
        within = LIMIT if number % 2 else timedelta(seconds=10)
        try:
            return ask(model, within=within).text
        except ModelBusy as exc:
            return str(exc.cause)

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(work, range(8)))
    assert said == ["好的。", "time_out"] * 4


# --- what is logged ----------------------------------------------------------------------------


def test_every_call_leaves_one_fact(
    vendor: Scripted, model: ChatCompletionsModel, telemetry: FakeTelemetry
) -> None:
    ask(model)
    vendor.usual = error(429, code="rate_limit_exceeded")
    failure(model)
    good, bad = telemetry.named("model_called")
    assert good.pop("ms") >= 0  # type: ignore[operator]
    assert bad.pop("ms") >= 0  # type: ignore[operator]
    assert good == {"model": "gpt-5.4-mini", "tokens_in": 31, "tokens_out": 7}
    assert bad == {
        "model": "gpt-5.4-mini",
        "cause": "overloaded",
        "error": "overloaded: 429 rate_limit_exceeded",
    }


def test_words_and_keys_are_nowhere(
    vendor: Scripted,
    model: ChatCompletionsModel,
    telemetry: FakeTelemetry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = f"{WORDS} {KEY}"
    vendor.replies = [
        Reply(body=answer(WORDS)),
        error(400, message=told, code=told, type=told),
        error(401, message=f"Incorrect API key provided: {KEY[:8]}***{KEY[-4:]}"),
        error(500, message=told),
        Reply(body={"error": {"message": told, "code": told}}),
        Reply(body=told.encode()),
        Reply(breaks=True),
    ]
    errors = []
    with caplog.at_level(logging.DEBUG):
        for _ in range(7):
            try:
                ask(model)
            except ModelError as exc:
                errors.append(str(exc))
    everything = f"{telemetry.facts} {errors} {model!r} {caplog.text}"
    assert len(errors) == 6
    for secret in (WORDS, json.dumps(WORDS)[1:-1], KEY, KEY[:8], "You are Liao"):
        assert secret not in everything
