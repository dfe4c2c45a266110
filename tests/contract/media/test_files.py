"""What only a folder of media has to promise: nothing half, nothing left, nothing guessed."""

from __future__ import annotations

import stat
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.adapters.media.files import FileMedia
from chalicelib.domain.errors import StorageUnavailable
from tests.contract.media.cabinets import ORIGIN, files
from tests.contract.media.test_media import AMY, BEN, CAT, DOG, GROUP, NOW, keep, read


@pytest.fixture
def media(tmp_path: Path) -> FileMedia:
    with ExitStack() as cleanup:
        made = files(tmp_path, cleanup).media
    assert isinstance(made, FileMedia)
    return made


def every(media: FileMedia) -> list[Path]:
    return sorted(media.folder.rglob("*"))


def ticket(media: FileMedia, *, seconds: int = 60) -> str:
    link = media.link(AMY, "1", origin=ORIGIN, seconds=seconds, now=NOW)
    return link.removeprefix(f"{ORIGIN}/media/")


def test_nobody_else_on_this_machine_can_read_them(media: FileMedia) -> None:
    keep(media, GROUP, "1", user=AMY.id)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in every(media) if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in every(media) if path.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})


def test_no_folder_is_made_before_something_is_kept(media: FileMedia) -> None:
    read(media, AMY, "1")
    media.forget_person(AMY.id, keep_turn="")
    media.purge(now=NOW)
    assert not media.folder.exists()


def test_what_could_not_be_kept_leaves_what_was_there_and_nothing_beside_it(
    media: FileMedia,
) -> None:
    keep(media, AMY, "1")
    (held,) = [path for path in every(media) if path.is_file()]
    held.unlink()
    held.mkdir()  # as good as a full disk: the last step of keeping fails
    with pytest.raises(StorageUnavailable, match=r"^media: Is a directory$"):
        keep(media, AMY, "1", DOG)
    assert list(held.parent.iterdir()) == [held]


def test_a_purge_leaves_nothing_of_what_is_30_days_old(media: FileMedia) -> None:
    keep(media, AMY, "1")
    keep(media, GROUP, "1", user=AMY.id)
    late = NOW + timedelta(days=10)
    media.keep(BEN, "1", DOG, user=None, now=late)
    (media.folder / "people" / "draft-of-a-crash").touch()
    media.purge(now=NOW + timedelta(days=30.1))
    assert media.read(BEN, "1", now=late) == DOG
    assert len([path for path in every(media) if path.is_file()]) == 1
    media.purge(now=NOW + timedelta(days=41))
    assert [path for path in every(media) if path.is_file()] == []
    assert len(every(media)) <= 2


def test_a_link_ends(media: FileMedia) -> None:
    keep(media, AMY, "1")
    link = ticket(media, seconds=60)
    assert media.shown(link, now=NOW + timedelta(seconds=58)) == CAT
    assert media.shown(link, now=NOW + timedelta(seconds=60)) is None


def test_a_link_to_what_was_forgotten_leads_nowhere(media: FileMedia) -> None:
    keep(media, AMY, "1")
    media.forget_chat(AMY, keep_turn="")
    assert media.shown(ticket(media), now=NOW) is None


def test_no_link_is_good_that_was_not_made_here(media: FileMedia) -> None:
    keep(media, AMY, "1")
    good = ticket(media)
    chat, name, ends, signature = good.split("-")
    forged = [
        "",
        "..",
        good[:-1],
        good + "0",
        good.upper(),
        f"{chat}-{name}-{int(ends) + 1}-{signature}",
        f"{name}-{chat}-{ends}-{signature}",
        f"{chat}-{name}-{ends}-{'0' * 64}",
        f"{chat}-{name}-{ends}-{'é' * 64}",
        "../../../../etc/passwd",
    ]
    assert [media.shown(each, now=NOW) for each in forged] == [None] * len(forged)
    assert replace(media, key=b"another key").shown(good, now=NOW) is None
    assert media.shown(good, now=NOW) == CAT


def test_the_key_of_links_is_not_seen_where_it_is_printed(media: FileMedia) -> None:
    assert "a key" not in repr(media)
