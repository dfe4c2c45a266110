"""What only SQS's queue has to promise: what an entry tells, what is one, and what a no means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace

import pytest

from chalicelib.adapters.aws.client import WEBHOOK, Account, sqs
from chalicelib.adapters.queue.sqs import SqsQueue, from_entry, to_entry
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.events import Lane
from tests.contract.wakes.backends import NAME, SqsPost, on_sqs
from tests.contract.wakes.test_wakes import AMY, BEN, GROUP
from tests.scripted import Reply, Scripted, scripted

EVENT = "01HXAMYSEVENT0000000000000"
TAKEN = Reply(body={"Successful": [{"Id": "0"}], "Failed": []})
URL = Reply(body={"QueueUrl": f"https://sqs.test/123456789012/{NAME}"})


@pytest.fixture
def post() -> Iterator[SqsPost]:
    with ExitStack() as cleanup:
        yield on_sqs(cleanup)


@contextmanager
def speaking_to(server: Scripted) -> Iterator[SqsQueue]:
    env = {"AWS_REGION": "x", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"}
    account = Account.read({**env, "AWS_ENDPOINT_URL": server.url})
    ids = iter("abcdefgh")
    with closing(
        SqsQueue(client=sqs(account, WEBHOOK), name=NAME, new_id=lambda: next(ids))
    ) as made:
        yield made


def actions(server: Scripted) -> list[str]:
    return [asked.headers["x-amz-target"] for asked in server.asked]


# --- what an entry tells -----------------------------------------------------------------------


def test_no_word_and_no_id_stands_where_sqs_and_its_metrics_show_it(post: SqsPost) -> None:
    for chat in (AMY, GROUP):
        for lane in Lane:
            post.queue.wake(chat, lane, once=EVENT)
    entries = post.entries()
    assert len(entries) == 4
    for entry in entries:
        seen = entry["Attributes"]
        for name in ("MessageGroupId", "MessageDeduplicationId"):
            assert len(seen[name]) == 32
            assert set(seen[name]) <= set("0123456789abcdef")
        assert set(json.loads(entry["Body"])) == {"chat", "lane"}
        assert "MessageAttributes" not in entry


def test_a_chats_lanes_are_groups_and_no_other_chat_shares_them(post: SqsPost) -> None:
    for chat in (AMY, BEN, GROUP, Chat(ChatKind.GROUP, AMY.id)):
        for lane in Lane:
            post.queue.wake(chat, lane)
    groups = [entry["Attributes"]["MessageGroupId"] for entry in post.entries()]
    assert len(set(groups)) == len(groups) == 8


@pytest.mark.parametrize("chat", [AMY, GROUP, Chat(ChatKind.ROOM, "R:with:colons")])
@pytest.mark.parametrize("lane", Lane)
def test_an_entry_is_read_back_as_it_was_written(chat: Chat, lane: Lane) -> None:
    assert from_entry(to_entry(chat, lane)) == (chat, lane)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "a word somebody wrote",
        "[]",
        "null",
        '{"chat": "user:U-private"}',
        '{"chat": "nobody", "lane": "turns"}',
        '{"chat": "alien:U-private", "lane": "turns"}',
        '{"chat": "user:U-private", "lane": "sky"}',
        '{"chat": 5, "lane": "turns"}',
        "[" * 100_000,
    ],
)
def test_what_is_no_entry_of_ours_is_refused_and_not_quoted(body: str) -> None:
    with pytest.raises(ValueError, match=r"^an entry of the queue is not a wake$") as caught:
        from_entry(body)
    assert caught.value.__cause__ is None


# --- what is one -------------------------------------------------------------------------------


def test_wakes_by_the_same_event_are_one_for_five_minutes_even_when_it_was_worked_off(
    post: SqsPost,
) -> None:
    post.queue.wake(AMY, Lane.TURNS, once=EVENT)
    taken = post.take(Lane.TURNS)
    assert taken
    taken.done()
    post.aws.clock.advance(299)
    post.queue.wake(AMY, Lane.TURNS, once=EVENT)
    assert post.take(Lane.TURNS) is None
    post.aws.clock.advance(2)
    post.queue.wake(AMY, Lane.TURNS, once=EVENT)
    assert post.take(Lane.TURNS)


def test_a_wake_without_an_event_is_always_one_of_its_own(post: SqsPost) -> None:
    post.queue.wake(AMY, Lane.TURNS, once=EVENT)
    for _ in range(3):
        post.queue.wake(AMY, Lane.TURNS)
    found = 0
    while taken := post.take(Lane.TURNS):
        taken.done()
        found += 1
    assert found == 4


def test_a_wake_whose_worker_died_comes_again_before_later_ones(post: SqsPost) -> None:
    post.queue.wake(AMY, Lane.TURNS, once="1")
    post.queue.wake(AMY, Lane.TURNS, once="2")
    assert post.take(Lane.TURNS)
    post.aws.clock.advance(181)
    again = post.entries()
    assert [entry["Attributes"]["ApproximateReceiveCount"] for entry in again] == ["2", "1"]


def test_a_try_that_is_made_again_is_the_same_wake() -> None:
    with scripted(TAKEN) as server, speaking_to(server) as queue:
        server.replies += [URL, Reply(status=500), TAKEN]
        queue.wake(AMY, Lane.TURNS)
        (_, first, second) = server.asked
        assert first.json == second.json


# --- what a no means ---------------------------------------------------------------------------


def test_the_queues_address_is_asked_for_once() -> None:
    with scripted(TAKEN) as server, speaking_to(server) as queue:
        server.replies.append(URL)
        for chat in (AMY, BEN, AMY):
            queue.wake(chat, Lane.TURNS)
        sent = [f"AmazonSQS.{name}" for name in ("GetQueueUrl", *["SendMessageBatch"] * 3)]
        assert actions(server) == sent


def test_an_address_that_could_not_be_had_is_asked_for_again() -> None:
    with scripted(TAKEN) as server, speaking_to(server) as queue:
        server.replies += [Reply(body={}), URL]
        with pytest.raises(StorageUnavailable, match=NAME):
            queue.wake(AMY, Lane.TURNS)
        queue.wake(AMY, Lane.TURNS)
        assert len(server.asked) == 3


def test_a_wake_that_failed_in_an_answer_that_says_200_could_not_be_kept(post: SqsPost) -> None:
    post.aws.queues.refuse(1)
    with pytest.raises(StorageUnavailable, match=f"{NAME}: InternalError"):
        post.queue.wake(AMY, Lane.TURNS, once=EVENT)
    assert post.take(Lane.TURNS) is None
    post.queue.wake(AMY, Lane.TURNS, once=EVENT)
    assert post.take(Lane.TURNS)


def test_a_queue_that_is_not_there_is_named(post: SqsPost) -> None:
    lost = replace(post.queue, name="liao-lost-wakes.fifo", _url=[])
    with pytest.raises(StorageUnavailable, match=r"GetQueueUrl on liao-lost-wakes\.fifo"):
        lost.wake(AMY, Lane.TURNS)


@pytest.mark.parametrize("code", ["AccessDeniedException", "com.amazonaws.sqs#KmsAccessDenied"])
def test_a_queue_that_may_not_be_written_to_is_named_with_what_was_refused(code: str) -> None:
    with scripted() as server, speaking_to(server) as queue:
        refusal = Reply(status=403, body={"__type": code, "message": "user U-private may not"})
        server.replies += [URL, refusal]
        with pytest.raises(StorageUnavailable) as caught:
            queue.wake(AMY, Lane.TURNS)
    name = code.rpartition("#")[2]
    assert str(caught.value) == f"sqs refused SendMessageBatch on {NAME}: {name}"


def test_workers_on_lambda_come_as_they_are_needed(post: SqsPost) -> None:
    for _ in range(3):
        post.queue.wake(AMY, Lane.TURNS)
    assert not post.queue.is_pressed(Lane.TURNS)
