"""The people behind the bot, and what reaches them, for the contract that each way is held to.

A new way is one function and one line in `OFFICES`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from chalicelib.adapters.aws.client import Account
from chalicelib.adapters.aws.sns import topic
from chalicelib.adapters.staff.log import LogStaff
from chalicelib.adapters.staff.sns import PATIENCE, SnsStaff
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.ports import Appeal, Said, Staff
from tests.aws.cloud import Cloud, cloud
from tests.aws.topics import confirm, published
from tests.fakes import NOON, FakeClock, FakeTelemetry

TOPIC = "liao-test-people"
MAIL = "staff@example.com"
AMY = Chat(ChatKind.USER, "U206d25c2ea6bd87c17655609a1c37cb8")
GROUP = Chat(ChatKind.GROUP, "Ca56f94637c13414bb52ca25e9e5e2a9e")
WORDS = "I want my money back"


def appeal(chat: Chat = AMY, name: str = "Amy 王小明", *said: Said) -> Appeal:
    """Somebody wants a human, for two hours."""
    lines = said or (
        Said(text=WORDS, by_bot=False, user=AMY.id),
        Said(text="Which order is it?", by_bot=True),
    )
    until = (NOON + timedelta(hours=2)).astimezone(ZoneInfo("Asia/Taipei"))
    return Appeal(chat=chat, name=name, lines=lines, until=until)


class Office(Protocol):
    """Where people hear of it."""

    @property
    def staff(self) -> Staff:
        """The way to them."""

    @property
    def telemetry(self) -> FakeTelemetry:
        """The log."""

    def heard(self) -> int:
        """How often they heard that somebody wants them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Laptop:
    """Whoever runs the bot reads its log."""

    staff: LogStaff
    telemetry: FakeTelemetry

    def heard(self) -> int:
        return len(self.telemetry.named("human_wanted"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A topic in a stand-in for AWS, which sends no mail but remembers it."""

    aws: Cloud = field(repr=False)
    staff: SnsStaff
    telemetry: FakeTelemetry
    clock: FakeClock
    client: Any

    @property
    def arn(self) -> str:
        return self.staff.topic.arn

    def subscribe(self) -> None:
        """Name an address to be mailed."""
        self.client.subscribe(TopicArn=self.arn, Protocol="email", Endpoint=MAIL)

    def confirm(self) -> None:
        """Whoever reads at the address opens the link in AWS's mail."""
        confirm(self.aws.account, self.aws.region, self.arn)

    def mails(self) -> list[tuple[str, str]]:
        """Subject and body of everything that was published."""
        return published(self.aws.account, self.aws.region, self.arn)

    def heard(self) -> int:
        return len(self.mails())


def laptop(_cleanup: ExitStack) -> Laptop:
    """The log."""
    telemetry = FakeTelemetry()
    return Laptop(staff=LogStaff(telemetry=telemetry), telemetry=telemetry)


def mailbox(cleanup: ExitStack) -> Mailbox:
    """A topic of its own, to which nobody is subscribed."""
    aws, clock, telemetry = cleanup.enter_context(cloud()), FakeClock(), FakeTelemetry()
    client = aws.client("sns")
    arn = client.create_topic(Name=TOPIC)["TopicArn"]
    about = topic(Account.read(aws.environment()), PATIENCE, arn)
    staff = SnsStaff(topic=about, bot="liao-test", clock=clock, telemetry=telemetry)
    cleanup.enter_context(closing(staff))
    return Mailbox(aws=aws, staff=staff, telemetry=telemetry, clock=clock, client=client)


def read_mailbox(cleanup: ExitStack) -> Mailbox:
    """A topic whose mail somebody reads."""
    made = mailbox(cleanup)
    made.subscribe()
    made.confirm()
    return made


OFFICES: dict[str, Callable[[ExitStack], Office]] = {"log": laptop, "sns": read_mailbox}
