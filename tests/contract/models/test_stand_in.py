"""The models that the project stands in with are asked just as a vendor's are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.adapters.models.vendors import ModelVendors
from chalicelib.adapters.secrets.changing import Fixed
from chalicelib.domain.catalogue import Ability, Dialect, ModelSpec
from chalicelib.domain.errors import Cause, ModelBusy, ModelRefused, ModelUnavailable
from chalicelib.domain.media import Medium
from chalicelib.ports import Completion, Source
from simulator.rich_menus import Picture
from tests.assembled import spec
from tests.contract.models.speeches import PROMPT, SCHEMA, VOICE, WORDS
from tests.fakes import FakeTelemetry
from tests.simulated import Simulated, simulated

SOON = timedelta(seconds=5)
ABLE = (Ability.VISION, Ability.WEB, Ability.JSON_SCHEMA, Ability.TEMPERATURE)
Ask = Callable[..., Completion]


def png(wide: int, high: int) -> Medium:
    """Only as much of a picture as tells its size."""
    size = wide.to_bytes(4, "big") + high.to_bytes(4, "big")
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + size + b"\x08\x02\x00\x00\x00\x00\x00\x00\x00"
    return Medium(content=head, content_type="image/png")


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Simulated, ModelVendors]]:
    with simulated() as sim:
        vendors = ModelVendors(
            address=lambda vendor: sim.openai_url,
            secret={"DEMO_API_KEY": Fixed("demo")}.__getitem__,
            telemetry=FakeTelemetry(),
        )
        with closing(vendors):
            yield sim, vendors


@pytest.fixture
def sim(running: tuple[Simulated, ModelVendors]) -> Simulated:
    running[0].usual_model()
    return running[0]


def row(dialect: Dialect, *abilities: Ability) -> ModelSpec:
    name = "-".join([dialect, *abilities])
    made = spec(name, *abilities, dialect=dialect)
    return replace(made, vendor=replace(made.vendor, key_setting="DEMO_API_KEY"))


@pytest.fixture(params=Dialect)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return Dialect(request.param)


@pytest.fixture
def ask(sim: Simulated, running: tuple[Simulated, ModelVendors], dialect: Dialect) -> Ask:
    """Ask a model that can do everything; with other fields of the prompt."""

    def ask(*, most: int = 800, within: timedelta = SOON, **fields: object) -> Completion:
        model = running[1].model(row(dialect, *ABLE))
        prompt = replace(PROMPT, **fields)  # type: ignore[arg-type]
        return model.complete(prompt, within=within, max_tokens=most)

    return ask


def test_it_answers_and_tells_what_it_used(ask: Ask) -> None:
    answer = ask(temperature=0.5)
    assert WORDS in answer.text
    assert not answer.cut
    assert answer.usage.tokens_in > 0 < answer.usage.tokens_out


def test_it_sees_pictures(ask: Ask) -> None:
    assert Picture.read(png(1024, 512).content)
    alone = ask().usage.tokens_in
    answer = ask(images=(png(1024, 512), png(8, 8)))
    assert "1024×512" in answer.text
    assert "8×8" in answer.text
    assert answer.usage.tokens_in > alone


def test_it_keeps_to_a_schema(ask: Ask) -> None:
    data = ask(schema=SCHEMA).data
    assert data
    assert set(data) == {"city"}


def test_it_ends_at_the_cap(ask: Ask) -> None:
    answer = ask(most=5)
    assert answer.cut
    assert answer.usage.tokens_out <= 5


@pytest.mark.parametrize(
    ("how", "kind", "cause"),
    [
        ({"status": 429, "retry_after": "7"}, ModelBusy, Cause.OVERLOADED),
        ({"status": 500}, ModelBusy, Cause.OVERLOADED),
        ({"status": 401}, ModelUnavailable, Cause.BAD_KEY),
        ({"status": 429, "code": "insufficient_quota"}, ModelUnavailable, Cause.NO_CREDIT),
        ({"status": 400, "code": "context_length_exceeded"}, ModelRefused, Cause.TOO_LONG),
        ({"text": ""}, ModelBusy, Cause.EMPTY),
        ({"hang": True}, ModelBusy, Cause.TIME_OUT),
    ],
)
def test_its_failures_are_named(
    sim: Simulated, ask: Ask, how: dict[str, object], kind: type[Exception], cause: Cause
) -> None:
    sim.model(**how)
    with pytest.raises(kind) as caught:
        ask(within=timedelta(seconds=0.3))
    assert getattr(caught.value, "cause", None) is cause
    assert getattr(caught.value, "retry_after", None) == (7.0 if "retry_after" in how else None)


@pytest.mark.parametrize("dialect", [Dialect.RESPONSES], indirect=True)
def test_it_searches_the_web_and_names_its_sources(ask: Ask) -> None:
    answer = ask(searches=True)
    assert answer.usage.searches == 1
    assert answer.sources == (
        Source(title="Weather of a demonstration", url="https://example.com/weather"),
        Source(title="Almanac of a demonstration", url="https://example.org/almanac"),
    )
    assert WORDS in answer.text
    assert "https://" not in answer.text


@pytest.mark.parametrize("dialect", [Dialect.RESPONSES], indirect=True)
def test_it_keeps_nothing(sim: Simulated, ask: Ask) -> None:
    ask()
    assert sim.model_requests()[-1]["body"]["store"] is False


def test_it_hears(sim: Simulated, running: tuple[Simulated, ModelVendors]) -> None:
    hearing = running[1].hearing(row(Dialect.CHAT, Ability.HEARING))
    transcript = hearing.transcribe(VOICE, within=SOON)
    assert "voice.m4a" in transcript.text
    assert transcript.usage.seconds > 0
    sim.model(text="")
    with pytest.raises(ModelRefused) as caught:
        hearing.transcribe(VOICE, within=SOON)
    assert caught.value.cause is Cause.EMPTY
