"""Who wants a human is told in the way of the place the bot runs in, and no webhook loads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.adapters.staff.log import LogStaff
from chalicelib.adapters.staff.sns import SnsStaff
from chalicelib.bootstrap.backends import OPENED
from chalicelib.settings import Settings
from tests.app.conftest import Web
from tests.app.test_imports import alone
from tests.fakes import FakeClock, FakeTelemetry

ARN = "arn:aws:sns:ap-northeast-1:123456789012:liao-shop-people"
ON_AWS = {
    "LIAO_BACKEND": "aws",
    "LIAO_STAGE": "shop",
    "AWS_REGION": "ap-northeast-1",
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_SECRET_ACCESS_KEY": "s",
}
OPEN_AS_A_WEBHOOK = """
import os
import sys
from chalicelib.bootstrap.assembly import Liao
from chalicelib.settings import Settings
made = Liao(Settings.read(os.environ), os.environ)
made.backend.media()
print([name for name in sys.modules if "staff" in name or name.endswith("aws.sns")])
"""


def test_on_a_laptop_it_is_a_line_of_the_log(web: Web) -> None:
    made = web.liao.backend.staff(FakeClock(), FakeTelemetry())
    assert isinstance(made, LogStaff)


@pytest.mark.parametrize("arn", [ARN, ""])
def test_on_aws_it_is_published_to_the_stages_topic(arn: str) -> None:
    env = {**ON_AWS, "LIAO_ROLE": "worker", "LIAO_PEOPLE_TOPIC": arn}
    backend = OPENED["aws"](Settings.read(env), lambda _: False, env)
    made = backend.staff(FakeClock(), FakeTelemetry())
    backend.opened.close()
    assert isinstance(made, SnsStaff)
    assert (made.topic.arn, made.bot) == (arn, "liao-shop")
    assert made.topic.connections.url == "https://sns.ap-northeast-1.amazonaws.com"


def test_a_webhook_on_aws_loads_nothing_of_it(tmp_path: Path) -> None:
    settings = {**ON_AWS, "LIAO_ROLE": "webhook", "LINE_CHANNEL_SECRET": "s"}
    assert alone(OPEN_AS_A_WEBHOOK, tmp_path, **settings) == "[]"
