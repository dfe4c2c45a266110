"""Fetching what people sent: in time, never more than was wanted, and with an error that tells what
to say where it can't be had.
"""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters.line.access import Access, LongLived
from chalicelib.adapters.line.content import LineContent
from chalicelib.adapters.secrets.changing import Fixed
from chalicelib.domain.errors import ContentBusy, ContentError, ContentGone, ContentTooLarge
from chalicelib.domain.media import Medium
from chalicelib.ports import Content
from simulator.model_api.images import paint
from tests.fakes import FakeSecret, FakeTelemetry
from tests.scripted import Reply, Scripted, free_port, scripted
from tests.simulated import Simulated, simulated

MESSAGE = "461230966842064897"
TOKEN = "access-token-of-the-channel"
CONTENT = f"/v2/bot/message/{MESSAGE}/content"
STATE = f"{CONTENT}/transcoding"
PICTURE = paint("x", 64, 80)
SENT = Reply(body=PICTURE, headers={"content-type": "image/png", "X-Line-Request-Id": "f70d-499a"})
PREPARING = Reply(status=202)


def state(status: str) -> Reply:
    return Reply(body={"status": status})


@pytest.fixture
def line() -> Iterator[Scripted]:
    with scripted(SENT) as server:
        yield server


@pytest.fixture
def telemetry() -> FakeTelemetry:
    return FakeTelemetry()


@contextmanager
def connected_to(
    url: str, telemetry: FakeTelemetry | None = None, access: Access | None = None
) -> Iterator[LineContent]:
    made = LineContent.connect(
        access=access or LongLived(Fixed(TOKEN)),
        base_url=url,
        telemetry=telemetry or FakeTelemetry(),
    )
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def content(line: Scripted, telemetry: FakeTelemetry) -> Iterator[LineContent]:
    with connected_to(line.url, telemetry) as made:
        yield made


def fetch(
    content: LineContent, *, within: float = 5, most: int = 100_000, message: str = MESSAGE
) -> Medium:
    return content.fetch(message, within=timedelta(seconds=within), most=most)


def paths(line: Scripted) -> list[str]:
    return [asked.path for asked in line.asked]


class _Pouring(socketserver.ThreadingTCPServer):
    """Sends a head, then pieces for as long as somebody takes them; `poured` counts their bytes."""

    daemon_threads = False
    poured = 0


@contextmanager
def pouring(head: bytes, piece: bytes = b"", times: int = 1) -> Iterator[tuple[str, _Pouring]]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(5)
            self.request.recv(65_536)
            try:
                self.request.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
                for _ in range(times):
                    self.request.sendall(piece)
                    server.poured += len(piece)
            except OSError:
                """Whoever asked went away: that is what some tests are about."""

    with _Pouring(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", server
        finally:
            server.shutdown()
            thread.join()


# --- what goes over the wire -------------------------------------------------------------------


def test_it_keeps_to_the_port(content: LineContent) -> None:
    port: Content = content
    assert port is content


def test_what_was_sent_comes_whole_with_its_kind(line: Scripted, content: LineContent) -> None:
    assert fetch(content) == Medium(content=PICTURE, content_type="image/png")
    (asked,) = line.asked
    assert (asked.method, asked.path) == ("GET", CONTENT)
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"


def test_a_base_url_may_have_a_path_and_an_id_may_hold_anything(line: Scripted) -> None:
    with connected_to(f"{line.url}/line/") as content:
        fetch(content, message="../a b?c")
    assert paths(line) == ["/line/v2/bot/message/..%2Fa%20b%3Fc/content"]


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("image/png", "image/png"),
        ("IMAGE/JPEG; charset=binary", "image/jpeg"),
        ("audio/x-m4a", "audio/x-m4a"),
        ("application/octet-stream", "image/png"),
        ("", "image/png"),
        (None, "image/png"),
    ],
)
def test_its_kind_is_what_line_tells_or_else_what_its_bytes_are(
    line: Scripted, content: LineContent, told: str | None, kind: str
) -> None:
    line.usual = Reply(body=PICTURE, headers={} if told is None else {"content-type": told})
    assert fetch(content).content_type == kind


def test_what_nobody_knows_is_some_bytes(line: Scripted, content: LineContent) -> None:
    line.usual = Reply(body=b"?")
    assert fetch(content).content_type == "application/octet-stream"


# --- how much ----------------------------------------------------------------------------------


def test_as_much_as_is_wanted_may_come_and_not_a_byte_more(
    line: Scripted, content: LineContent
) -> None:
    line.usual = Reply(body=b"x" * 1_000)
    assert len(fetch(content, most=1_000).content) == 1_000
    with pytest.raises(ContentTooLarge):
        fetch(content, most=999)
    assert len(line.asked) == 2


def test_what_is_known_to_be_too_large_is_not_read(line: Scripted, content: LineContent) -> None:
    line.usual = Reply(body=b"x", drips=300)
    begun = time.monotonic()
    with pytest.raises(ContentTooLarge):
        fetch(content, most=300)
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"connection: close", b"x" * 65_536),
        (b"transfer-encoding: chunked", b"10000\r\n" + b"x" * 65_536 + b"\r\n"),
    ],
)
def test_what_never_ends_is_read_no_further_than_is_wanted(head: bytes, piece: bytes) -> None:
    with pouring(head, piece, times=100_000) as (url, server), connected_to(url) as content:
        with pytest.raises(ContentTooLarge):
            fetch(content, most=100_000)
        assert server.poured < 20_000_000  # what systems keep on the way


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"connection: close", b"x" * 1_000),
        (b"transfer-encoding: chunked", b"3e8\r\n" + b"x" * 1_000 + b"\r\n0\r\n\r\n"),
        (b"content-length: none", b"x" * 1_000),
    ],
)
def test_a_length_need_not_be_told(head: bytes, piece: bytes) -> None:
    with pouring(head, piece) as (url, _), connected_to(url) as content:
        assert fetch(content, most=1_000).content == b"x" * 1_000


def test_a_length_beyond_all_numbers_is_too_large() -> None:
    head = b"content-length: " + b"9" * 5_000
    with (
        pouring(head) as (url, _),
        connected_to(url) as content,
        pytest.raises(ContentTooLarge),
    ):
        fetch(content)


# --- while it is prepared ----------------------------------------------------------------------


def test_what_line_prepares_is_waited_for(line: Scripted, content: LineContent) -> None:
    line.replies = [PREPARING, state("processing"), state("succeeded"), SENT]
    assert fetch(content).content == PICTURE
    assert paths(line) == [CONTENT, STATE, STATE, CONTENT]


@pytest.mark.parametrize("odd", [Reply(status=404), Reply(body=b"?"), Reply(body={"status": 5})])
def test_where_line_does_not_tell_how_far_it_is_the_content_is_asked_for_again(
    line: Scripted, content: LineContent, odd: Reply
) -> None:
    line.replies = [PREPARING, odd, PREPARING, odd, SENT]
    assert fetch(content).content == PICTURE
    assert paths(line) == [CONTENT, STATE] * 2 + [CONTENT]


def test_what_line_could_not_prepare_is_gone(line: Scripted, content: LineContent) -> None:
    line.replies = [PREPARING, state("failed")]
    with pytest.raises(ContentGone):
        fetch(content)


def test_what_was_taken_back_while_it_was_prepared_is_gone(
    line: Scripted, content: LineContent
) -> None:
    line.replies = [PREPARING, Reply(status=410), Reply(status=410)]
    with pytest.raises(ContentGone):
        fetch(content)


def test_nobody_waits_longer_than_there_is_time(line: Scripted, content: LineContent) -> None:
    line.replies = [PREPARING]
    line.usual = state("processing")
    begun = time.monotonic()
    with pytest.raises(ContentBusy, match="prepares"):
        fetch(content, within=1)
    assert 0.2 < time.monotonic() - begun < 1.5
    assert len(line.asked) > 1


# --- what goes wrong ---------------------------------------------------------------------------

FAILED = [
    Reply(status=429),
    Reply(status=500),
    Reply(status=503, body=b"<html>\xff"),
    Reply(breaks=True),
]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_what_line_does_not_have_is_gone_at_once(
    line: Scripted, content: LineContent, status: int
) -> None:
    line.usual = Reply(status=status, body={"message": "Not found"})
    with pytest.raises(ContentGone):
        fetch(content)
    assert len(line.asked) == 1


@pytest.mark.parametrize("answer", FAILED)
def test_a_call_that_failed_is_made_once_more(
    line: Scripted, content: LineContent, answer: Reply
) -> None:
    line.replies = [answer]
    assert fetch(content).content == PICTURE
    line.replies = [answer, answer]
    with pytest.raises(ContentBusy):
        fetch(content)
    assert len(line.asked) == 4


@pytest.mark.parametrize("answer", FAILED)
def test_a_call_is_not_made_again_where_there_is_no_time(
    line: Scripted, content: LineContent, answer: Reply
) -> None:
    line.usual = answer
    with pytest.raises(ContentBusy):
        fetch(content, within=0.2)
    assert len(line.asked) == 1


@pytest.mark.parametrize(
    "answer", [Reply(hangs=True), Reply(body=b"x", drips=500)], ids=["hangs", "drips"]
)
def test_all_of_it_ends_in_time(line: Scripted, content: LineContent, answer: Reply) -> None:
    line.usual = answer
    begun = time.monotonic()
    with pytest.raises(ContentBusy):
        fetch(content, within=0.7)
    assert time.monotonic() - begun < 2


def test_what_broke_off_is_not_taken_for_the_whole() -> None:
    with (
        pouring(b"content-length: 2000", b"x" * 1_000) as (url, _),
        connected_to(url) as content,
        pytest.raises(ContentBusy),
    ):
        fetch(content, within=1)


def test_where_nobody_listens_it_may_be_had_later() -> None:
    with connected_to(f"http://127.0.0.1:{free_port()}") as content, pytest.raises(ContentBusy):
        fetch(content, within=1)


@pytest.mark.parametrize(
    "answer", [Reply(body=b""), Reply(status=302, headers={"location": "/elsewhere"})]
)
def test_an_answer_without_content_is_none_and_leads_nowhere(
    line: Scripted, content: LineContent, answer: Reply
) -> None:
    line.replies = [answer]
    with pytest.raises(ContentBusy):
        fetch(content)
    assert paths(line) == [CONTENT]


# --- what opens the channel --------------------------------------------------------------------


def test_a_token_that_was_rejected_is_followed_by_a_new_one(line: Scripted) -> None:
    line.replies = [Reply(status=401)]
    access = LongLived(FakeSecret("old", coming=["new"]))
    with connected_to(line.url, access=access) as content:
        assert fetch(content).content == PICTURE
    tokens = [asked.headers["authorization"] for asked in line.asked]
    assert tokens == ["Bearer old", "Bearer new"]


@pytest.mark.parametrize("status", [401, 403])
def test_a_channel_that_stays_shut_is_the_operators_to_mend(
    line: Scripted, content: LineContent, status: int
) -> None:
    line.usual = Reply(status=status)
    with pytest.raises(ContentBusy):
        fetch(content)
    assert len(line.asked) == 1


def test_a_token_that_no_header_can_hold_is_not_told(line: Scripted) -> None:
    access = LongLived(Fixed("有\n中文"))
    with connected_to(line.url, access=access) as content, pytest.raises(ContentBusy) as caught:
        fetch(content)
    assert "中文" not in str(caught.value)


# --- what is logged, and many at once ----------------------------------------------------------


def test_every_call_leaves_one_fact_that_line_can_look_up(
    line: Scripted, content: LineContent, telemetry: FakeTelemetry
) -> None:
    line.replies = [PREPARING, state("succeeded"), SENT, Reply(status=404)]
    fetch(content)
    with pytest.raises(ContentGone):
        fetch(content)
    facts = telemetry.named("line_called")
    path = "/v2/bot/message/{messageId}/content"
    assert [(fact["path"], fact["status"]) for fact in facts] == [
        (path, 202),
        (f"{path}/transcoding", 200),
        (path, 200),
        (path, 404),
    ]
    assert {fact["method"] for fact in facts} == {"GET"}
    assert facts[2]["request_id"] == "f70d-499a"


def test_a_call_without_an_answer_leaves_its_fact_too(
    line: Scripted, content: LineContent, telemetry: FakeTelemetry
) -> None:
    line.replies = [Reply(breaks=True)]
    fetch(content)
    broken, came = telemetry.named("line_called")
    assert (broken["error"], came["status"]) == ("ProtocolError", 200)


def test_neither_content_nor_token_is_shown(content: LineContent) -> None:
    shown = f"{content!r} {fetch(content)!r}"
    assert TOKEN not in shown
    assert "IHDR" not in shown


def test_many_pictures_are_fetched_side_by_side(line: Scripted, content: LineContent) -> None:
    def one(number: int) -> Any:
        return fetch(content, message=f"m{number}")

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(one, range(32)))
    assert {medium.content for medium in found} == {PICTURE}
    assert len({asked.path for asked in line.asked}) == 32


# --- with the simulator ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulated]:
    with simulated(redelivery=()) as sim:
        yield sim


@pytest.fixture
def from_sim(sim: Simulated) -> Iterator[LineContent]:
    with connected_to(sim.line_url, access=LongLived(Fixed(sim.token))) as content:
        yield content


def sent(sim: Simulated, raw: bytes, **more: Any) -> str:
    given = {"kind": "image", "media_type": "image/png", **more}
    found = sim.media(sim.user("Amy"), raw, **given).message_id
    assert found is not None
    return found


def test_a_picture_that_a_person_sent_is_what_the_bot_gets(
    sim: Simulated, from_sim: LineContent
) -> None:
    medium = fetch(from_sim, message=sent(sim, PICTURE))
    assert medium == Medium(content=PICTURE, content_type="image/png")


def test_a_voice_that_line_prepares_comes_when_it_is_ready(
    sim: Simulated, from_sim: LineContent
) -> None:
    voice = {"kind": "audio", "media_type": "audio/x-m4a", "preparing": 0.6, "duration": 2_000}
    medium = fetch(from_sim, message=sent(sim, b"\0\0\0\x1cftypM4A \0", **voice))
    assert medium.content_type == "audio/x-m4a"
    assert sim.calls()[-1]["status"] == 200


def test_what_the_sender_s_phone_called_some_bytes_is_looked_at(
    sim: Simulated, from_sim: LineContent
) -> None:
    message = sent(sim, PICTURE, media_type="application/octet-stream")
    assert fetch(from_sim, message=message).content_type == "image/png"


def test_what_a_person_took_back_and_what_never_was_are_gone(
    sim: Simulated, from_sim: LineContent
) -> None:
    amy, message = sim.user("Amy"), sent(sim, PICTURE)
    sim.unsend(amy, message)
    for gone in (message, "100000000000000001"):
        with pytest.raises(ContentGone):
            fetch(from_sim, message=gone)


@pytest.mark.parametrize(
    ("most", "error"), [(len(PICTURE), None), (len(PICTURE) - 1, ContentTooLarge)]
)
def test_a_picture_of_a_person_has_a_limit(
    sim: Simulated, from_sim: LineContent, most: int, error: type[ContentError] | None
) -> None:
    message = sent(sim, PICTURE)
    if error is None:
        assert fetch(from_sim, message=message, most=most).content == PICTURE
        return
    with pytest.raises(error):
        fetch(from_sim, message=message, most=most)


def test_a_fault_of_lines_is_survived(sim: Simulated, from_sim: LineContent) -> None:
    message = sent(sim, PICTURE)
    sim.fault(f"/v2/bot/message/{message}/content", times=1, status=500)
    assert fetch(from_sim, message=message).content == PICTURE
    assert [call["status"] for call in sim.calls()[-2:]] == [500, 200]
