"""Access tokens from the channel's id and secret: issued, renewed in time, and never the message's
trouble while an old one is still good.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from chalicelib.adapters.line.access import Access, LongLived, Stateless
from chalicelib.adapters.line.sender import LineMessenger
from chalicelib.adapters.secrets.changing import Fixed
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import SendBusy, SendForbidden
from chalicelib.domain.messages import Text
from chalicelib.ports import Secret
from simulator.channel import Channel
from tests.fakes import FakeSecret, FakeTelemetry
from tests.scripted import Reply, Scripted, free_port, scripted
from tests.simulated import Simulated, simulated, wait_until

ISSUE = "/oauth2/v3/token"
REPLY = "/v2/bot/message/reply"
SECRET = "the-secret-of-the-channel"
SAID = [Text(text="你好")]
AMY = Chat(ChatKind.USER, "U206d25c2ea6bd87c17655609a1c37cb8")


def issued(token: str, *, life: int = 900) -> Reply:
    return Reply(body={"token_type": "Bearer", "access_token": token, "expires_in": life})


class Clock:
    """Seconds that go on when told to."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def line() -> Iterator[Scripted]:
    """A LINE that issues a first token, and takes everything."""
    with scripted(Reply(body={"sentMessages": []})) as server:
        server.replies.append(issued("first"))
        yield server


@pytest.fixture
def telemetry() -> FakeTelemetry:
    return FakeTelemetry()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(line: Scripted, telemetry: FakeTelemetry, clock: Clock) -> Iterator[Stateless]:
    made = stateless(line.url, telemetry)
    made.clock = clock
    yield made
    made.close()


def stateless(
    url: str, telemetry: FakeTelemetry | None = None, secret: Secret | None = None
) -> Stateless:
    return Stateless.connect(
        channel_id="1234567890",
        secret=secret or Fixed(SECRET),
        base_url=url,
        telemetry=telemetry or FakeTelemetry(),
    )


def messenger(access: Access, url: str) -> LineMessenger:
    return LineMessenger.connect(access=access, base_url=url, telemetry=FakeTelemetry())


def asked(line: Scripted) -> list[str]:
    """What LINE was asked for, in order: the token of each message, or that one was wanted."""
    return [
        "wanted" if one.path == ISSUE else one.headers["authorization"].removeprefix("Bearer ")
        for one in line.asked
    ]


# --- asking and renewing -----------------------------------------------------------------------


def test_a_token_is_asked_for_by_id_and_secret_and_kept(line: Scripted, access: Stateless) -> None:
    assert [access.token(), access.token()] == ["first", "first"]
    (wanted,) = line.asked
    form = wanted.body.decode()
    assert "grant_type=client_credentials" in form
    assert "client_id=1234567890" in form
    assert f"client_secret={SECRET}" in form
    assert "authorization" not in wanted.headers


def test_a_token_is_renewed_two_minutes_before_its_end(
    line: Scripted, access: Stateless, clock: Clock
) -> None:
    access.token()
    line.replies.append(issued("second"))
    clock.now += 779
    assert access.token() == "first"
    clock.now += 1
    assert access.token() == "second"


def test_a_token_of_a_short_life_is_renewed_at_half_of_it(
    line: Scripted, access: Stateless, clock: Clock
) -> None:
    line.replies[:] = [issued("short", life=60), issued("second")]
    access.token()
    clock.now += 31
    assert access.token() == "second"


def test_threads_that_need_a_first_token_ask_for_it_once(line: Scripted, access: Stateless) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(access.token) for _ in range(8)]
        assert {each.result(5) for each in found} == {"first"}
    assert asked(line) == ["wanted"]


def test_nobody_waits_for_a_renewal_while_the_old_token_is_good(
    line: Scripted, access: Stateless, clock: Clock
) -> None:
    access.token()
    clock.now += 800
    line.replies.append(replace(issued("second"), drips=50))
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(access.token)
        wait_until(lambda: len(line.asked) == 2)
        assert access.token() == "first"
        assert not renewing.done()
        assert renewing.result(5) == "second"


def test_a_renewal_that_fails_matters_only_once_the_old_token_has_ended(
    line: Scripted, access: Stateless, clock: Clock, telemetry: FakeTelemetry
) -> None:
    access.token()
    line.replies += [Reply(status=500), Reply(status=500), issued("third")]
    clock.now += 800
    assert access.token() == "first"
    assert access.token() == "first"
    assert asked(line) == ["wanted"] * 2
    assert len(telemetry.named("access_token_not_renewed")) == 1
    clock.now += 101
    with pytest.raises(SendBusy):
        access.token()
    assert access.token() == "third"


# --- what a failure means ----------------------------------------------------------------------


@pytest.mark.parametrize("answer", [Reply(status=500), Reply(status=429), Reply(breaks=True)])
def test_a_token_that_cannot_be_had_now_leaves_the_message_unsent(
    line: Scripted, access: Stateless, answer: Reply
) -> None:
    line.replies[:] = [answer]
    with pytest.raises(SendBusy) as caught:
        messenger(access, line.url).reply("token", SAID)
    assert not caught.value.ambiguous
    assert REPLY not in [one.path for one in line.asked]


def test_nobody_there_is_no_token_either() -> None:
    with pytest.raises(SendBusy) as caught:
        stateless(f"http://127.0.0.1:{free_port()}").token()
    assert not caught.value.ambiguous


@pytest.mark.parametrize("status", [302, 400, 401, 403])
def test_an_id_or_secret_that_is_refused_is_the_operators_to_mend(
    line: Scripted, access: Stateless, status: int
) -> None:
    line.replies[:] = [Reply(status=status, body={"error": "invalid_client"})]
    with pytest.raises(SendForbidden) as caught:
        access.token()
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"<html>", {"access_token": 5}, {"access_token": "x"}])
def test_an_answer_without_a_token_is_none(line: Scripted, access: Stateless, body: object) -> None:
    line.replies[:] = [Reply(body=body)]
    with pytest.raises(SendBusy, match="holds none"):
        access.token()


# --- a token that LINE rejects -----------------------------------------------------------------


def test_a_message_that_a_rejected_token_kept_out_is_sent_with_a_new_one(
    line: Scripted, access: Stateless
) -> None:
    line.replies += [Reply(status=401), issued("second")]
    messenger(access, line.url).reply("token", SAID)
    assert asked(line) == ["wanted", "first", "wanted", "second"]


def test_all_whose_token_was_rejected_together_get_the_new_one(
    line: Scripted, access: Stateless
) -> None:
    rejected = access.token()
    line.replies.append(issued("second"))
    assert access.renewed(rejected)
    assert access.renewed(rejected)
    assert [access.token(), access.token()] == ["second", "second"]


def test_a_channel_that_rejects_every_token_is_asked_for_one_more_a_minute(
    line: Scripted, access: Stateless, clock: Clock
) -> None:
    line.replies += [Reply(status=401), issued("second"), *[Reply(status=401)] * 2]
    sending = messenger(access, line.url)
    for _ in range(2):
        with pytest.raises(SendForbidden):
            sending.push(AMY, SAID, retry_key="123e4567-e89b-12d3-a456-426614174000")
    assert asked(line) == ["wanted", "first", "wanted", "second", "second"]
    clock.now += 61
    line.replies += [Reply(status=401), issued("third")]
    sending.reply("token", SAID)
    assert asked(line)[5:] == ["second", "wanted", "third"]


def test_the_long_lived_token_is_what_it_is(line: Scripted) -> None:
    line.replies[:] = [Reply(status=401)]
    with pytest.raises(SendForbidden):
        messenger(LongLived(Fixed("forever")), line.url).reply("token", SAID)
    assert asked(line) == ["forever"]


# --- a secret that changes meanwhile -----------------------------------------------------------


def test_a_message_whose_long_lived_token_was_rejected_is_sent_with_a_new_one(
    line: Scripted,
) -> None:
    line.replies[:] = [Reply(status=401)]
    sending = messenger(LongLived(FakeSecret("old", coming=["new"])), line.url)
    for _ in range(2):
        sending.reply("token", SAID)
    assert asked(line) == ["old", "new", "new"]


def test_a_long_lived_token_that_stays_is_not_tried_twice(line: Scripted) -> None:
    line.replies[:] = [Reply(status=401)] * 3
    secret = FakeSecret("old")
    sending = messenger(LongLived(secret), line.url)
    with pytest.raises(SendForbidden):
        sending.reply("token", SAID)
    secret.coming.append("new")
    with pytest.raises(SendForbidden):
        sending.reply("token", SAID)
    assert asked(line) == ["old", "old", "new"]


@pytest.mark.parametrize("status", [400, 401])
def test_a_secret_that_was_refused_is_followed_by_a_new_one(line: Scripted, status: int) -> None:
    line.replies[:] = [Reply(status=status, body={"error": "invalid_client"}), issued("first")]
    access = stateless(line.url, secret=FakeSecret("old-one", coming=["new-one"]))
    messenger(access, line.url).reply("token", SAID)
    access.close()
    assert asked(line) == ["wanted", "wanted", "first"]
    bodies = [one.body.decode() for one in line.asked[:2]]
    assert ["client_secret=old-one" in bodies[0], "client_secret=new-one" in bodies[1]] == [
        True
    ] * 2


def test_a_secret_that_stays_is_not_tried_twice(line: Scripted) -> None:
    line.replies[:] = [Reply(status=400, body={"error": "invalid_client"})] * 3
    secret = FakeSecret("old-one")
    access = stateless(line.url, secret=secret)
    with pytest.raises(SendForbidden):
        access.token()
    secret.coming.append("new-one")
    with pytest.raises(SendForbidden):
        access.token()
    access.close()
    assert asked(line) == ["wanted"] * 3


def test_a_token_endpoint_that_is_busy_is_no_reason_to_look_for_another_secret(
    line: Scripted,
) -> None:
    line.replies[:] = [Reply(status=500), Reply(status=429)]
    secret = FakeSecret("old-one", coming=["new-one"])
    access = stateless(line.url, secret=secret)
    for _ in range(2):
        with pytest.raises(SendBusy):
            access.token()
    access.close()
    assert secret.value() == "old-one"


# --- with the simulator ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulated]:
    with simulated(redelivery=()) as sim:
        yield sim


def test_line_takes_what_a_stateless_token_opens(sim: Simulated) -> None:
    amy = sim.user("Amy")
    channel = Channel()
    access = Stateless.connect(
        channel_id=channel.id,
        secret=Fixed(channel.secret),
        base_url=sim.line_url,
        telemetry=FakeTelemetry(),
    )
    messenger(access, sim.line_url).reply(sim.text(amy, "在嗎？").token or "", SAID)
    access.close()
    assert sim.texts(amy) == ["你好"]
    assert [call["path"] for call in sim.calls()] == [ISSUE, REPLY]
