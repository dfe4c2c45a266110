"""The channel's settings through LINE's API, the simulator being LINE."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from chalicelib.settings import Settings
from ops.line import Line
from ops.trouble import Trouble
from tests.ops.conftest import CHANNEL
from tests.receiving import receiving
from tests.simulated import Simulated


@pytest.fixture
def line(sim: Simulated) -> Iterator[Callable[..., Line]]:
    """Open the channel, by its token unless told."""
    made: list[Line] = []

    def open_it(**settings: str) -> Line:
        usual = {"LINE_API_BASE_URL": sim.line_url, "LINE_CHANNEL_ACCESS_TOKEN": sim.token}
        made.append(Line.of(Settings.read({**usual, **settings})))
        return made[-1]

    yield open_it
    for each in made:
        each.close()
    sim.reset()


def test_the_bot_is_known_by_its_token(line: Callable[..., Line]) -> None:
    assert line().info()["userId"] == CHANNEL.bot_id


def test_a_channel_without_a_token_is_opened_with_its_id_and_secret(
    line: Callable[..., Line], sim: Simulated
) -> None:
    stateless = line(
        LINE_CHANNEL_ACCESS_TOKEN="",
        LINE_CHANNEL_ID=CHANNEL.id,
        LINE_CHANNEL_SECRET=sim.secret,
    )
    assert stateless.info()["userId"] == CHANNEL.bot_id
    assert stateless.quota() == (200, 0)


def test_a_rejected_token_says_where_to_get_another(line: Callable[..., Line]) -> None:
    with pytest.raises(Trouble, match="does not accept the channel access token") as caught:
        line(LINE_CHANNEL_ACCESS_TOKEN="wrong").info()
    assert "wrong" not in caught.value.what + caught.value.do
    assert "Messaging API" in caught.value.do


def test_a_rejected_id_or_secret_says_where_to_find_them(line: Callable[..., Line]) -> None:
    stateless = line(
        LINE_CHANNEL_ACCESS_TOKEN="", LINE_CHANNEL_ID=CHANNEL.id, LINE_CHANNEL_SECRET="wrong"
    )
    with pytest.raises(Trouble, match="id and secret") as caught:
        stateless.info()
    assert "Basic settings" in caught.value.do


def test_the_webhook_is_pointed_and_tested(line: Callable[..., Line], sim: Simulated) -> None:
    channel = line()
    with receiving() as bot:
        channel.point_webhook(bot.url)
        assert channel.webhook() == {"endpoint": bot.url, "active": True}
        assert channel.test_webhook()["success"]
        bot.statuses.append(500)
        refused = channel.test_webhook()
    assert (refused["success"], refused["statusCode"]) == (False, 500)


def test_line_out_of_reach_is_told_by_its_address(line: Callable[..., Line]) -> None:
    with pytest.raises(Trouble, match=r"can.t be reached at http://127\.0\.0\.1:9"):
        line(LINE_API_BASE_URL="http://127.0.0.1:9").info()


def test_what_line_refuses_is_told_in_its_words(line: Callable[..., Line], sim: Simulated) -> None:
    sim.fault("/v2/bot/info", status=500, message="Internal Server Error", times=1)
    with pytest.raises(Trouble, match="500"):
        line().info()


def test_what_line_takes_no_more_of_says_when_to_go_on(
    line: Callable[..., Line], sim: Simulated
) -> None:
    sim.fault("/v2/bot/info", status=429, message="Too many requests", times=1)
    with pytest.raises(Trouble, match="takes no more GET /v2/bot/info") as caught:
        line().info()
    assert "hour" in caught.value.do


def test_files_go_to_lines_other_host_which_is_told_by_its_setting(
    line: Callable[..., Line],
) -> None:
    channel = line(LINE_DATA_API_BASE_URL="http://127.0.0.1:9")
    assert channel.info()
    for call in (lambda: channel.upload("/x", b"", kind="image/png"), lambda: channel.has("/x")):
        with pytest.raises(Trouble, match=r"can.t be reached at http://127\.0\.0\.1:9") as caught:
            call()
        assert "LINE_DATA_API_BASE_URL" in caught.value.do
