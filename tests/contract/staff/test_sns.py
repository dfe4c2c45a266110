"""What only mail through SNS has to promise: what is mailed, and no yes where nobody reads it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

import pytest

from chalicelib.adapters.aws.client import Account, AwsRefused
from chalicelib.adapters.aws.connections import Patience
from chalicelib.adapters.aws.sns import topic
from chalicelib.adapters.staff.letter import written
from chalicelib.adapters.staff.sns import PATIENCE, SnsStaff
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.ports import Said
from tests.contract.staff.offices import AMY, WORDS, Mailbox, appeal, mailbox, read_mailbox
from tests.fakes import NOON, FakeClock, FakeTelemetry
from tests.scripted import Reply, Scripted, free_port, scripted

ARN = "arn:aws:sns:ap-northeast-1:123456789012:liao-test-people"
ENV = {
    "AWS_REGION": "ap-northeast-1",
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_SECRET_ACCESS_KEY": "s",
}
#: Like the real one, in a tenth of the time.
HASTY = Patience(silence=0.15, total=0.3, tries=2)
NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"
PUBLISHED = Reply(
    body=f'<PublishResponse xmlns="{NAMESPACE}"><PublishResult><MessageId>94f20ce6</MessageId>'
    "</PublishResult></PublishResponse>".encode()
)


def subscribed(confirmed: int) -> Reply:
    counts = {"SubscriptionsPending": 3, "SubscriptionsConfirmed": confirmed}
    entries = "".join(
        f"<entry><key>{name}</key><value>{value}</value></entry>\n      "
        for name, value in {"Owner": 123456789012, **counts}.items()
    )
    told = (
        f"<GetTopicAttributesResult><Attributes>{entries}</Attributes></GetTopicAttributesResult>"
    )
    whole = f'<GetTopicAttributesResponse xmlns="{NAMESPACE}">{told}</GetTopicAttributesResponse>'
    return Reply(body=whole.encode())


def refusal(code: str, status: int) -> Reply:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{WORDS}</Message></Error>"
    body = f'<ErrorResponse xmlns="{NAMESPACE}">{error}</ErrorResponse>'
    return Reply(status=status, body=body.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A way to people through a server that is told what to say."""

    staff: SnsStaff
    server: Scripted
    clock: FakeClock
    telemetry: FakeTelemetry

    def actions(self) -> list[str]:
        return [parse_qs(asked.body.decode())["Action"][0] for asked in self.server.asked]


@contextmanager
def speaking_to(
    url: str, server: Scripted, *, arn: str = ARN, patience: Patience = PATIENCE
) -> Iterator[Spoken]:
    clock, telemetry = FakeClock(), FakeTelemetry()
    about = topic(Account.read({**ENV, "AWS_ENDPOINT_URL": url}), patience, arn)
    staff = SnsStaff(topic=about, bot="liao-test", clock=clock, telemetry=telemetry)
    with closing(staff):
        yield Spoken(staff=staff, server=server, clock=clock, telemetry=telemetry)


@pytest.fixture
def spoken() -> Iterator[Spoken]:
    with scripted() as server, speaking_to(server.url, server) as made:
        yield made


@pytest.fixture
def office() -> Iterator[Mailbox]:
    with ExitStack() as cleanup:
        yield read_mailbox(cleanup)


@pytest.fixture
def unread() -> Iterator[Mailbox]:
    with ExitStack() as cleanup:
        yield mailbox(cleanup)


# --- what is mailed ----------------------------------------------------------------------------


def test_the_mail_is_the_letter(office: Mailbox) -> None:
    assert office.staff.tell(appeal())
    letter = written(appeal(), bot="liao-test", now=NOON)
    assert office.mails() == [(letter.subject, letter.body)]
    assert WORDS in letter.body


def test_any_letters_arrive_as_they_were_written(office: Mailbox) -> None:
    odd = "50% + 50% & more = ？\n第二行 <b>ไทย</b> 😀 \x00\ud83d ~*'()"
    assert office.staff.tell(appeal(AMY, "王+&", Said(text=odd, by_bot=False)))
    ((_, body),) = office.mails()
    assert "王+&: 50% + 50% & more = ？\n    第二行 <b>ไทย</b> 😀  ~*'()" in body


def test_a_call_is_a_signed_form_for_the_topic(spoken: Spoken) -> None:
    spoken.server.replies += [subscribed(1), PUBLISHED]
    assert spoken.staff.tell(appeal())
    for asked in spoken.server.asked:
        assert (asked.method, asked.path) == ("POST", "/")
        assert asked.headers["content-type"].startswith("application/x-www-form-urlencoded")
        assert "/ap-northeast-1/sns/aws4_request" in asked.headers["authorization"]
        form = parse_qs(asked.body.decode())
        assert (form["TopicArn"], form["Version"]) == ([ARN], ["2010-03-31"])
    assert spoken.actions() == ["GetTopicAttributes", "Publish"]


# --- nobody would read it ----------------------------------------------------------------------


def test_where_nobody_is_subscribed_nothing_is_sent_and_it_says_so(unread: Mailbox) -> None:
    assert not unread.staff.tell(appeal())
    assert unread.mails() == []
    assert unread.telemetry.facts == [
        ("staff_not_told", {"chat": AMY.key, "cause": "nobody_subscribed"})
    ]


def test_who_has_not_confirmed_reads_nothing(unread: Mailbox) -> None:
    unread.subscribe()
    assert not unread.staff.tell(appeal())
    assert unread.mails() == []


def test_without_a_topic_nobody_is_told_and_nothing_is_asked() -> None:
    with scripted() as server, speaking_to(server.url, server, arn="") as spoken:
        assert not spoken.staff.tell(appeal())
        assert spoken.telemetry.named("staff_not_told") == [{"chat": AMY.key, "cause": "no_topic"}]
        assert server.asked == []


def test_who_confirms_hears_of_the_next_at_once(unread: Mailbox) -> None:
    unread.subscribe()
    assert not unread.staff.tell(appeal())
    unread.confirm()
    assert unread.staff.tell(appeal())


def test_who_unsubscribed_is_noticed_within_five_minutes(office: Mailbox) -> None:
    (subscription,) = office.client.list_subscriptions()["Subscriptions"]
    assert office.staff.tell(appeal())
    office.client.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    office.clock.move(5 * 60)
    assert not office.staff.tell(appeal())


def test_that_somebody_reads_is_asked_once_in_five_minutes(spoken: Spoken) -> None:
    spoken.server.replies += [subscribed(1), PUBLISHED, PUBLISHED, subscribed(1), PUBLISHED]
    for pause in (0, 299, 1):
        spoken.clock.move(pause)
        assert spoken.staff.tell(appeal())
    ask, tell = "GetTopicAttributes", "Publish"
    assert spoken.actions() == [ask, tell, tell, ask, tell]


# --- it failed ---------------------------------------------------------------------------------


def test_a_topic_that_is_gone_is_trouble_and_no_yes(office: Mailbox) -> None:
    office.client.delete_topic(TopicArn=office.arn)
    assert not office.staff.tell(appeal())
    (trouble,) = office.telemetry.named("staff_not_told")
    assert isinstance(trouble["error"], AwsRefused)
    assert str(trouble["error"]) == "NotFound"


@pytest.mark.parametrize("reply", [refusal("AuthorizationError", 403), refusal("KMSDisabled", 400)])
def test_a_no_is_logged_by_its_name_and_not_asked_for_again(spoken: Spoken, reply: Reply) -> None:
    spoken.server.replies += [subscribed(1), reply]
    assert not spoken.staff.tell(appeal())
    (trouble,) = spoken.telemetry.named("staff_not_told")
    assert str(trouble["error"]) in ("AuthorizationError", "KMSDisabled")
    assert spoken.actions() == ["GetTopicAttributes", "Publish"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500),
        refusal("InternalError", 500),
        refusal("Throttled", 429),
        refusal("KMSThrottling", 400),
        Reply(body=b"<html>all is well</html>"),
        Reply(breaks=True),
    ],
)
def test_what_may_pass_is_tried_once_more_and_then_a_no(spoken: Spoken, reply: Reply) -> None:
    spoken.server.replies += [subscribed(1), reply, PUBLISHED]
    assert spoken.staff.tell(appeal())
    spoken.server.replies += [reply, reply]
    assert not spoken.staff.tell(appeal())
    (trouble,) = spoken.telemetry.named("staff_not_told")
    assert isinstance(trouble["error"], StorageUnavailable)
    assert str(trouble["error"]).startswith("sns Publish: no answer: ")


def test_after_a_failure_it_is_asked_anew_whether_anybody_reads(spoken: Spoken) -> None:
    spoken.server.replies += [subscribed(1), refusal("NotFound", 404), subscribed(0)]
    assert not spoken.staff.tell(appeal())
    assert not spoken.staff.tell(appeal())
    assert spoken.actions()[-1] == "GetTopicAttributes"


def test_nobody_waits_long_for_a_topic_that_is_silent() -> None:
    assert Patience(silence=1.5, total=3.0, tries=2) == PATIENCE
    silent = replace(PUBLISHED, hangs=True)
    with (
        scripted(silent) as server,
        speaking_to(server.url, server, patience=HASTY) as spoken,
    ):
        server.replies.append(subscribed(1))
        began = time.monotonic()
        assert not spoken.staff.tell(appeal())
        assert time.monotonic() - began < 2


def test_nobody_listening_is_a_no() -> None:
    server = Scripted()
    with speaking_to(f"http://127.0.0.1:{free_port()}", server) as spoken:
        assert not spoken.staff.tell(appeal())
        assert len(spoken.telemetry.named("staff_not_told")) == 1


def test_no_word_of_the_appeal_is_in_the_log(spoken: Spoken) -> None:
    spoken.server.replies += [subscribed(1), refusal("InvalidParameter", 400)]
    spoken.staff.tell(appeal())
    assert WORDS not in str(spoken.telemetry.facts)
