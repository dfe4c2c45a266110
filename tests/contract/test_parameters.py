"""Settings in Parameter Store: read once, again at most once a minute, and never half."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.adapters.aws.client import WEBHOOK, Account, ssm
from chalicelib.adapters.secrets.changing import Changing, Fixed
from chalicelib.adapters.secrets.parameters import Parameters
from chalicelib.domain.errors import SettingInvalid, StorageUnavailable
from tests.aws.cloud import Cloud, cloud
from tests.scripted import Reply, Scripted, scripted

PATH = "/liao/test/"
ENV = {"AWS_REGION": "x", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"}


class Clock:
    """Seconds that go on when told to."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Parameters in a stand-in for AWS, as an operator writes them."""

    aws: Cloud
    parameters: Parameters
    clock: Clock
    client: Any

    def put(self, name: str, value: str, *, kind: str = "SecureString", path: str = PATH) -> None:
        self.client.put_parameter(Name=path + name, Value=value, Type=kind, Overwrite=True)


@pytest.fixture
def store() -> Iterator[Store]:
    with ExitStack() as opened:
        aws, clock = opened.enter_context(cloud()), Clock()
        client = opened.enter_context(closing(ssm(Account.read(aws.environment()), WEBHOOK)))
        parameters = Parameters(client=client, path=PATH, clock=clock)
        yield Store(aws=aws, parameters=parameters, clock=clock, client=aws.client("ssm"))


@contextmanager
def speaking_to(server: Scripted, clock: Clock | None = None) -> Iterator[Parameters]:
    account = Account.read({**ENV, "AWS_ENDPOINT_URL": server.url})
    with closing(ssm(account, WEBHOOK)) as client:
        yield Parameters(client=client, path=PATH, clock=clock or Clock())


def page(*values: tuple[str, str], more: str | None = None) -> Reply:
    told: dict[str, Any] = {
        "Parameters": [{"Name": PATH + name, "Value": value} for name, value in values]
    }
    return Reply(body={**told, "NextToken": more} if more else told)


# --- reading -----------------------------------------------------------------------------------


def test_secrets_are_decrypted_and_named_like_settings(store: Store) -> None:
    store.put("LINE_CHANNEL_SECRET", "s3cret")
    store.put("LIAO_MEDIA_BUCKET", "liao-test-media-1-x", kind="String")
    assert store.parameters.all() == {
        "LINE_CHANNEL_SECRET": "s3cret",
        "LIAO_MEDIA_BUCKET": "liao-test-media-1-x",
    }


def test_no_other_stage_is_read(store: Store) -> None:
    store.put("LINE_CHANNEL_SECRET", "theirs", path="/liao/test2/")
    store.put("LINE_CHANNEL_SECRET", "theirs", path="/liao/")
    assert store.parameters.all() == {}


def test_more_than_a_page_of_them_is_read_whole(store: Store) -> None:
    wanted = {f"LIAO_SETTING_{number}": str(number) for number in range(23)}
    for name, value in wanted.items():
        store.put(name, value)
    assert store.parameters.all() == wanted


def test_they_are_read_once_a_container_by_whichever_thread_comes_first() -> None:
    with scripted(page(("A", "1"))) as server, speaking_to(server) as parameters:
        with ThreadPoolExecutor(4) as pool:
            found = [pool.submit(parameters.all) for _ in range(8)]
            assert [each.result(5) for each in found] == [{"A": "1"}] * 8
        (asked,) = server.asked
        assert asked.headers["x-amz-target"] == "AmazonSSM.GetParametersByPath"
        assert asked.json == {"Path": PATH, "WithDecryption": True}


def test_who_changes_what_was_told_changes_nothing(store: Store) -> None:
    store.put("A", "1")
    store.parameters.all()["A"] = "2"
    assert store.parameters.all() == {"A": "1"}


# --- again -------------------------------------------------------------------------------------


def test_a_changed_secret_is_found_after_a_minute_and_not_before(store: Store) -> None:
    store.put("LINE_CHANNEL_SECRET", "old")
    store.parameters.all()
    store.put("LINE_CHANNEL_SECRET", "new")
    store.clock.now += 59
    assert not store.parameters.renewed()
    assert store.parameters.all() == {"LINE_CHANNEL_SECRET": "old"}
    store.clock.now += 1
    assert store.parameters.renewed()
    assert store.parameters.all() == {"LINE_CHANNEL_SECRET": "new"}


def test_what_was_deleted_or_added_is_a_change_too(store: Store) -> None:
    store.put("A", "1")
    store.put("B", "2")
    store.parameters.all()
    store.client.delete_parameter(Name=f"{PATH}A")
    store.clock.now += 60
    assert store.parameters.renewed()
    store.put("C", "3")
    store.clock.now += 60
    assert store.parameters.renewed()
    assert store.parameters.all() == {"B": "2", "C": "3"}


def test_whoever_knocks_often_has_them_read_once_a_minute() -> None:
    clock = Clock()
    with scripted(page(("A", "1"))) as server, speaking_to(server, clock) as parameters:
        parameters.all()
        for _ in range(120):
            clock.now += 1
            assert not parameters.renewed()
        assert len(server.asked) == 3


# --- what fails --------------------------------------------------------------------------------


def test_a_function_that_may_not_read_them_says_what_to_do() -> None:
    with scripted() as server, speaking_to(server) as parameters:
        server.usual = Reply(status=400, body={"__type": "AccessDeniedException", "message": "x"})
        with pytest.raises(SettingInvalid) as caught:
            parameters.all()
    assert PATH in str(caught.value)
    assert "policy" in str(caught.value)
    assert "ssm:GetParametersByPath" in str(caught.value)


def test_a_first_reading_that_failed_is_made_again_at_the_next_need() -> None:
    with scripted() as server, speaking_to(server) as parameters:
        server.replies += [Reply(status=500)] * 2
        with pytest.raises(StorageUnavailable, match="ssm GetParametersByPath"):
            parameters.all()
        server.replies.append(page(("A", "1")))
        assert parameters.all() == {"A": "1"}


def test_a_second_page_that_fails_leaves_what_was_known() -> None:
    clock = Clock()
    with scripted() as server, speaking_to(server, clock) as parameters:
        server.replies.append(page(("A", "1")))
        parameters.all()
        clock.now += 60
        server.replies += [page(("A", "2"), more="token"), *[Reply(status=500)] * 2]
        with pytest.raises(StorageUnavailable):
            parameters.renewed()
        assert parameters.all() == {"A": "1"}


def test_another_refusal_is_a_store_that_is_not_there() -> None:
    with scripted() as server, speaking_to(server) as parameters:
        server.usual = Reply(status=400, body={"__type": "ValidationException"})
        with pytest.raises(StorageUnavailable, match=f"{PATH}: ValidationException"):
            parameters.all()


# --- one of them, as those who use it see it ---------------------------------------------------


def test_a_secret_is_looked_for_again_when_it_is_rejected(store: Store) -> None:
    key = Changing(name="OPENAI_API_KEY", parameters=store.parameters)
    store.put("OPENAI_API_KEY", " sk-old\n")
    assert key.value() == "sk-old"
    store.put("OPENAI_API_KEY", "sk-new")
    assert not key.renewed("sk-old")
    store.clock.now += 60
    assert key.renewed("sk-old")
    assert key.value() == "sk-new"
    assert not key.renewed("sk-new")


def test_all_who_were_rejected_together_find_the_new_one(store: Store) -> None:
    store.put("OPENAI_API_KEY", "sk-old")
    store.put("LINE_CHANNEL_ACCESS_TOKEN", "old")
    key = Changing(name="OPENAI_API_KEY", parameters=store.parameters)
    token = Changing(name="LINE_CHANNEL_ACCESS_TOKEN", parameters=store.parameters)
    assert (key.value(), token.value()) == ("sk-old", "old")
    store.put("OPENAI_API_KEY", "sk-new")
    store.put("LINE_CHANNEL_ACCESS_TOKEN", "new")
    store.clock.now += 60
    assert key.renewed("sk-old")
    assert key.renewed("sk-old")
    assert token.renewed("old")


def test_another_secret_that_changed_is_no_new_one(store: Store) -> None:
    store.put("OPENAI_API_KEY", "sk-old")
    key = Changing(name="OPENAI_API_KEY", parameters=store.parameters)
    assert key.value() == "sk-old"
    store.put("LINE_CHANNEL_ACCESS_TOKEN", "new")
    store.clock.now += 60
    assert not key.renewed("sk-old")


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException"])
def test_a_rejection_stays_what_is_wrong_where_the_parameters_cannot_be_read(code: str) -> None:
    clock = Clock()
    with scripted(page(("A", "1"))) as server, speaking_to(server, clock) as parameters:
        secret = Changing(name="A", parameters=parameters)
        assert secret.value() == "1"
        clock.now += 60
        server.replies.append(Reply(status=400, body={"__type": code}))
        assert not secret.renewed("1")
        assert secret.value() == "1"


def test_what_is_fixed_stays() -> None:
    assert Fixed("s3cret").value() == "s3cret"
    assert not Fixed("s3cret").renewed("s3cret")
    assert "s3cret" not in repr(Fixed("s3cret"))


def test_no_secret_is_seen_where_they_are_printed(store: Store) -> None:
    store.put("LINE_CHANNEL_SECRET", "s3cret")
    store.parameters.all()
    assert "s3cret" not in repr(store.parameters)
