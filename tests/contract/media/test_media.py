"""What every place for media promises: read back as it was kept, linked to, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError

import pytest

from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.media import Medium
from chalicelib.ports import Media
from tests.contract.media.cabinets import CABINETS, ORIGIN, Cabinet

AMY = Chat(ChatKind.USER, "U206d25c2ea6bd87c17655609a1c37cb8")
BEN = Chat(ChatKind.USER, "U0047556f2e40dba2456887320ba7c76d")
GROUP = Chat(ChatKind.GROUP, "Ca56f94637c13414bb52ca25e9e5e2a9e")
NOW = datetime.now(UTC)
CAT = Medium(content=bytes(range(256)) * 40, content_type="image/png")
DOG = Medium(content="\r\n\n小狗".encode(), content_type="audio/mp4; codecs=x")


@pytest.fixture(params=sorted(CABINETS))
def cabinet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cabinet]:
    with ExitStack() as cleanup:
        yield CABINETS[request.param](tmp_path, cleanup)


@pytest.fixture
def media(cabinet: Cabinet) -> Media:
    return cabinet.media


def keep(
    media: Media, chat: Chat, media_id: str, medium: Medium = CAT, *, user: str | None = None
) -> None:
    media.keep(chat, media_id, medium, user=user, now=NOW)


def read(media: Media, chat: Chat, media_id: str, *, days: float = 0) -> Medium | None:
    return media.read(chat, media_id, now=NOW + timedelta(days=days))


# --- kept and read -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "medium", [CAT, DOG, Medium(content=b"", content_type="application/octet-stream")]
)
@pytest.mark.parametrize("media_id", ["468789577898262530", "圖 片/../~+?&%", "x" * 900])
def test_a_medium_is_read_back_as_it_was_kept(media: Media, medium: Medium, media_id: str) -> None:
    keep(media, AMY, media_id, medium)
    assert read(media, AMY, media_id) == medium


def test_what_was_never_kept_is_none(media: Media) -> None:
    assert read(media, AMY, "cat") is None


def test_an_id_is_its_chats_own(media: Media) -> None:
    keep(media, AMY, "1", CAT)
    keep(media, GROUP, "1", DOG)
    assert (read(media, AMY, "1"), read(media, GROUP, "1")) == (CAT, DOG)
    assert read(media, BEN, "1") is None


def test_what_is_kept_again_takes_the_place_of_what_was_there(
    cabinet: Cabinet, media: Media
) -> None:
    for medium in (CAT, CAT, DOG):
        keep(media, GROUP, "1", medium, user=AMY.id)
    assert read(media, GROUP, "1") == DOG
    assert len(cabinet.names()) == 2  # it, and the mark that says whose it is


def test_threads_keep_side_by_side(media: Media) -> None:
    kept = [Medium(content=b"x" * number, content_type="image/png") for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        for done in [
            pool.submit(keep, media, AMY, str(number), medium) for number, medium in enumerate(kept)
        ]:
            done.result(5)
    assert [read(media, AMY, str(number)) for number in range(20)] == kept


def test_no_id_of_anybody_stands_in_a_name_or_a_link(cabinet: Cabinet, media: Media) -> None:
    keep(media, GROUP, "468789577898262530", user=AMY.id)
    link = media.link(GROUP, "468789577898262530", origin=ORIGIN, seconds=60, now=NOW)
    for name in (*cabinet.names(), link):
        for told in (AMY.id, AMY.id[1:], GROUP.id, "468789577898262530"):
            assert told not in name


def test_no_content_is_seen_where_a_medium_is_printed() -> None:
    assert "content=" not in repr(CAT)


# --- links -------------------------------------------------------------------------------------


@pytest.mark.parametrize("medium", [CAT, DOG])
def test_whoever_has_a_link_gets_the_medium(cabinet: Cabinet, media: Media, medium: Medium) -> None:
    keep(media, GROUP, "1", medium)
    cabinet.clock.time = NOW
    assert cabinet.opened(media.link(GROUP, "1", origin=ORIGIN, seconds=60, now=NOW)) == medium


def test_links_to_different_media_or_of_different_times_differ(media: Media) -> None:
    links = {
        media.link(chat, name, origin=ORIGIN, seconds=60, now=NOW + timedelta(seconds=later))
        for chat in (AMY, GROUP)
        for name in ("1", "2")
        for later in (0, 1)
    }
    assert len(links) == 8


# --- forgotten ---------------------------------------------------------------------------------


def test_a_chat_is_forgotten_and_no_other(cabinet: Cabinet, media: Media) -> None:
    for chat in (AMY, BEN, GROUP):
        for name in ("1", "2"):
            keep(media, chat, name)
    media.forget_chat(GROUP, keep_turn="")
    media.forget_chat(GROUP, keep_turn="")
    assert [read(media, GROUP, name) for name in ("1", "2")] == [None, None]
    assert [read(media, chat, "2") for chat in (AMY, BEN)] == [CAT, CAT]
    assert len(cabinet.names()) == 4


def test_one_is_forgotten_and_no_other(media: Media) -> None:
    for chat, name in ((AMY, "1"), (AMY, "2"), (GROUP, "1")):
        keep(media, chat, name, user=AMY.id)
    for _ in range(2):
        media.forget(AMY, "1")
        media.forget(GROUP, "1")
        media.forget(BEN, "1")
    assert [read(media, chat, "1") for chat in (AMY, GROUP)] == [None, None]
    assert read(media, AMY, "2") == CAT


def test_what_was_forgotten_alone_can_be_kept_and_forgotten_again(media: Media) -> None:
    for medium in (CAT, DOG):
        keep(media, GROUP, "1", medium, user=AMY.id)
        assert read(media, GROUP, "1") == medium
        media.forget(GROUP, "1")
    media.forget_person(AMY.id, keep_turn="")
    assert read(media, GROUP, "1") is None


def test_a_link_to_what_was_forgotten_leads_nowhere(cabinet: Cabinet, media: Media) -> None:
    keep(media, AMY, "1")
    cabinet.clock.time = NOW
    link = media.link(AMY, "1", origin=ORIGIN, seconds=60, now=NOW)
    assert cabinet.opened(link) == CAT
    media.forget(AMY, "1")
    try:
        found = cabinet.opened(link)
    except HTTPError as gone:
        gone.close()
        found = None
    assert found is None


def test_a_person_is_forgotten_wherever_they_sent_something(cabinet: Cabinet, media: Media) -> None:
    keep(media, AMY, "sent")
    keep(media, AMY, "made by the bot", user=None)
    keep(media, GROUP, "amy's", user=AMY.id)
    keep(media, GROUP, "ben's", DOG, user=BEN.id)
    keep(media, BEN, "ben's", DOG, user=BEN.id)
    for _ in range(2):
        media.forget_person(AMY.id, keep_turn="")
    assert read(media, AMY, "sent") is None
    assert read(media, AMY, "made by the bot") is None
    assert read(media, GROUP, "amy's") is None
    assert [read(media, chat, "ben's") for chat in (GROUP, BEN)] == [DOG, DOG]
    assert len(cabinet.names()) == 3


def test_forgetting_a_person_nobody_knows_is_no_trouble(cabinet: Cabinet, media: Media) -> None:
    media.forget_person(AMY.id, keep_turn="")
    media.forget_chat(AMY, keep_turn="")
    media.purge(now=NOW)
    assert list(cabinet.names()) == []


def test_a_chat_that_was_forgotten_can_keep_again(media: Media) -> None:
    keep(media, GROUP, "1", user=AMY.id)
    media.forget_person(AMY.id, keep_turn="")
    keep(media, GROUP, "1", DOG, user=AMY.id)
    assert read(media, GROUP, "1") == DOG
    media.forget_person(AMY.id, keep_turn="")
    assert read(media, GROUP, "1") is None


def test_nothing_is_read_after_30_days(media: Media) -> None:
    keep(media, AMY, "1")
    assert read(media, AMY, "1", days=29.9) == CAT
    assert read(media, AMY, "1", days=30.1) is None


def test_a_purge_leaves_what_is_younger(media: Media) -> None:
    keep(media, AMY, "1")
    keep(media, GROUP, "1", user=AMY.id)
    media.purge(now=NOW + timedelta(days=29.9))
    assert [read(media, chat, "1") for chat in (AMY, GROUP)] == [CAT, CAT]
