"""What only a bucket of media has to promise: who may, what a no means, and lists of any length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from chalicelib.adapters.aws.client import WEBHOOK, Account
from chalicelib.adapters.aws.s3 import bucket
from chalicelib.adapters.media.s3 import S3Media
from chalicelib.domain.errors import SettingInvalid, StorageUnavailable
from tests.contract.media.cabinets import BUCKET, ORIGIN, Objects, s3
from tests.contract.media.test_media import AMY, CAT, DOG, GROUP, NOW, keep, read
from tests.scripted import Reply, Scripted, scripted

ENV = {
    "AWS_REGION": "ap-northeast-1",
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_SECRET_ACCESS_KEY": "s",
    "AWS_SESSION_TOKEN": "t/+=",
}


@pytest.fixture
def objects(tmp_path: Path) -> Iterator[Objects]:
    with ExitStack() as cleanup:
        yield s3(tmp_path, cleanup)


@contextmanager
def speaking_to(server: Scripted) -> Iterator[S3Media]:
    account = Account.read({**ENV, "AWS_ENDPOINT_URL": server.url})
    with closing(S3Media(bucket=bucket(account, WEBHOOK, BUCKET))) as media:
        yield media


def refusal(code: str, status: int = 403) -> Reply:
    body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Key>chats/secret</Key></Error>'
    return Reply(status=status, body=body.encode())


def test_objects_tell_their_type_and_when_they_were_kept(objects: Objects) -> None:
    keep(objects.media, AMY, "1")
    (name,) = objects.names()
    told = objects.client.head_object(Bucket=BUCKET, Key=name)
    assert told["ContentType"] == "image/png"
    assert told["Metadata"] == {"kept": str(int(NOW.timestamp()))}


def test_whoever_has_no_link_gets_nothing(objects: Objects) -> None:
    keep(objects.media, AMY, "1")
    link = objects.media.link(AMY, "1", origin=ORIGIN, seconds=60, now=NOW)
    with pytest.raises(HTTPError) as caught:
        urlopen(link.partition("?")[0], timeout=5)  # noqa: S310 - it is the stand-in's
    caught.value.close()
    assert caught.value.code == 403


def test_a_link_tells_until_when_it_is_good() -> None:
    with closing(S3Media(bucket=bucket(Account.read(ENV), WEBHOOK, BUCKET))) as media:
        link = media.link(AMY, "1", origin=ORIGIN, seconds=60, now=NOW)
    address, _, query = link.partition("?")
    assert address.startswith(f"https://{BUCKET}.s3.ap-northeast-1.amazonaws.com/chats/")
    assert f"X-Amz-Date={NOW:%Y%m%dT%H%M%SZ}" in query
    assert "X-Amz-Expires=60&" in query
    assert "X-Amz-Security-Token=t%2F%2B%3D&" in query


def test_no_link_leads_to_the_bot_itself(objects: Objects) -> None:
    keep(objects.media, AMY, "1")
    ticket = objects.media.link(AMY, "1", origin=ORIGIN, seconds=60, now=NOW).rpartition("/")[2]
    assert objects.media.shown(ticket, now=NOW) is None


def test_more_than_a_page_of_media_is_forgotten(objects: Objects) -> None:
    with speaking_to_in_pages() as (media, server):
        media.forget_person(AMY.id, keep_turn="")
        lists = [asked.path for asked in server.asked if asked.method == "GET"]
        deleted = [asked.body.decode() for asked in server.asked if asked.method == "POST"]
    assert ["continuation-token=a%2Fb%26c%3D" in path for path in lists] == [False, True, False]
    assert [body.count("<Key>") for body in deleted] == [1000, 501, 1, 1]
    assert deleted[2].count("<Key>chats/x/y</Key>") == 1
    assert deleted[3].count("<Key>people/z/x-y</Key>") == 1


@contextmanager
def speaking_to_in_pages() -> Iterator[tuple[S3Media, Scripted]]:
    def page(keys: list[str], more: str = "") -> Reply:
        told = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in keys)
        token = f"<NextContinuationToken>{more}</NextContinuationToken>" if more else ""
        return Reply(body=f"<ListBucketResult>{token}{told}</ListBucketResult>".encode())

    done = Reply(body=b"<DeleteResult/>")
    with scripted(done) as server, speaking_to(server) as media:
        many = [f"chats/a/{number}" for number in range(1000)]
        server.replies += [page(many, "a/b&amp;c="), page(many[:501]), done, done]
        server.replies += [page(["people/z/x-y"])]
        yield media, server


def test_a_delete_that_failed_in_an_answer_that_says_200_is_told() -> None:
    listed = Reply(body=b"<L><Contents><Key>chats/a/b</Key></Contents></L>")
    with scripted() as server, speaking_to(server) as media:
        error = b"<DeleteResult><Error><Code>InternalError</Code></Error></DeleteResult>"
        server.replies += [listed, Reply(body=error)]
        with pytest.raises(StorageUnavailable, match=f"s3 refused {BUCKET}: InternalError"):
            media.forget_chat(AMY, keep_turn="")


def test_a_bucket_that_is_not_there_is_named(objects: Objects) -> None:
    lost = S3Media(
        bucket=replace(objects.media.bucket, name="liao-lost", path="/liao-lost"),
    )
    with pytest.raises(StorageUnavailable, match="s3 refused liao-lost: NoSuchBucket"):
        keep(lost, AMY, "1")


def test_a_function_that_may_not_is_told_so_and_no_key_is() -> None:
    with scripted(refusal("AccessDenied")) as server, speaking_to(server) as media:
        calls: tuple[Callable[[], object], ...] = (
            lambda: keep(media, AMY, "1"),
            lambda: read(media, AMY, "1"),
            lambda: media.forget_chat(AMY, keep_turn=""),
        )
        for call in calls:
            with pytest.raises(StorageUnavailable) as caught:
                call()
            assert str(caught.value) == f"s3 refused {BUCKET}: AccessDenied"


@pytest.mark.parametrize("reply", [Reply(status=500), refusal("SlowDown", 503)])
def test_a_bucket_that_is_busy_is_asked_once_more(reply: Reply) -> None:
    with scripted() as server, speaking_to(server) as media:
        server.replies.append(reply)
        keep(media, AMY, "1", DOG)
        first, second = server.asked
        assert first.body == second.body == DOG.content
        assert first.path == second.path


def test_a_place_without_a_bucket_keeps_nothing_and_has_nothing_to_forget() -> None:
    with scripted() as server, speaking_to(server) as made:
        media = replace(made, bucket=replace(made.bucket, name=""))
        media.forget_person(AMY.id, keep_turn="")
        media.forget_chat(GROUP, keep_turn="")
        media.forget(AMY, "1")
        media.purge(now=NOW)
        for call in (
            lambda: keep(media, AMY, "1"),
            lambda: read(media, AMY, "1"),
            lambda: media.link(AMY, "1", origin=ORIGIN, seconds=1, now=NOW),
        ):
            with pytest.raises(SettingInvalid, match="LIAO_MEDIA_BUCKET"):
                call()
        assert server.asked == []


def test_the_lifecycle_deletes_and_the_purge_asks_for_nothing(objects: Objects) -> None:
    keep(objects.media, AMY, "1")
    objects.media.purge(now=NOW + timedelta(days=31))
    assert len(objects.names()) == 1
    assert read(objects.media, AMY, "1", days=31) is None
    assert read(objects.media, AMY, "1") == CAT
