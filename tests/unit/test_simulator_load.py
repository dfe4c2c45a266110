"""`python -m simulator load` drives any bot, and tells what became of every message."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from simulator.__main__ import parser
from simulator.bot import REPOSITORY
from simulator.channel import DEMO_TOKEN, Channel
from simulator.load.crowd import Crowd, Plan
from simulator.load.summary import Summary
from simulator.model_api import Model
from simulator.server import free_port, listen, serving
from simulator.world import World
from tests.receiving import Receiver, receiving
from tests.standin import chalice_project

Json = dict[str, Any]
PATIENCE = 30.0
#: Seconds in which a bot that answers has surely answered, and seconds after which it is too late.
SOON, TOO_LATE = 1.5, 2.0


@dataclass(slots=True, kw_only=True)
class Bot:
    """A small bot: what it does about the n-th message of a chat is in `ways`; else it replies."""

    line: str
    ways: Mapping[int, Callable[[Bot, Json], None]] = field(default_factory=dict)
    got: Counter[str] = field(default_factory=Counter)

    def __call__(self, event: Json) -> None:
        user = event["source"]["userId"]
        self.got[user] += 1
        self.ways.get(self.got[user], Bot.reply)(self, event)

    def reply(self, event: Json) -> None:
        """Answer in two bubbles of one call."""
        self._call("reply", replyToken=event["replyToken"])

    def push(self, event: Json) -> None:
        """Answer without a token."""
        self._call("push", to=event["source"]["userId"])

    def twice(self, event: Json) -> None:
        """Answer, and once more."""
        self.reply(event)
        self.push(event)

    def late(self, event: Json) -> None:
        """Answer when nobody waits any more."""
        time.sleep(TOO_LATE)
        self.reply(event)

    def drop(self, event: Json) -> None:
        """Say nothing."""

    def _call(self, kind: str, **to: str) -> None:
        messages = [{"type": "text", "text": text} for text in ("哈囉", "hello")]
        headers = {"authorization": f"Bearer {DEMO_TOKEN}", "content-type": "application/json"}
        body = json.dumps({**to, "messages": messages})
        line = urlsplit(self.line)
        with closing(http.client.HTTPConnection(line.netloc, timeout=PATIENCE)) as connection:
            connection.request("POST", f"{line.path}/v2/bot/message/{kind}", body, headers)
            connection.getresponse().read()


Ways = Mapping[int, Callable[[Bot, Json], None]]


# --- the crowd ---------------------------------------------------------------------------------


def driven(plan: Plan, ways: Ways, *, statuses: tuple[int, ...] = ()) -> Summary:
    """Let a crowd write to a bot, whose first webhooks are answered with these statuses."""
    channel = Channel(quota=None, redelivery=(0.01,))
    with receiving() as bot:
        world = World(channel, webhook_url=bot.url)
        with serving(world, Model(), listen(0)) as here:
            bot.statuses += statuses
            bot.does = Bot(line=here.line, ways=ways)
            crowd = Crowd(world=world, plan=plan)
            here.begin(crowd.write()).result(PATIENCE)
            return here.begin(crowd.summary()).result(PATIENCE)


def test_an_answer_of_several_bubbles_is_one_answer() -> None:
    found = driven(Plan(chats=4, messages=5, grace=0), {})
    assert (found.chats, found.messages, found.answered) == (4, 20, 20)
    assert found.flawless
    assert (found.failed, found.redeliveries, found.refused) == ({}, 0, {})


def test_an_answer_may_be_pushed() -> None:
    assert driven(Plan(chats=2, messages=2, grace=0), {1: Bot.push, 2: Bot.push}).flawless


def test_a_message_without_an_answer_is_lost_and_its_person_goes_on() -> None:
    found = driven(Plan(chats=4, messages=3, within=SOON, grace=0), {2: Bot.drop})
    assert (found.answered, found.lost, found.late, found.doubled) == (8, 4, 0, 0)


def test_a_second_answer_to_a_message_is_one_too_many() -> None:
    found = driven(Plan(chats=4, messages=3), {2: Bot.twice})
    assert (found.answered, found.lost, found.doubled) == (12, 0, 4)


def test_a_late_answer_is_told_and_answers_no_other_message() -> None:
    found = driven(Plan(chats=2, messages=2, within=SOON, grace=0), {1: Bot.late, 2: Bot.drop})
    assert (found.answered, found.lost, found.late, found.doubled) == (0, 4, 2, 0)


def test_a_webhook_that_fails_comes_again_and_loses_nothing() -> None:
    found = driven(Plan(chats=1, messages=2, grace=0), {}, statuses=(500,))
    assert found.flawless
    assert (found.failed, found.redeliveries) == ({"status 500": 1}, 1)


def test_calls_that_line_refuses_are_counted_by_their_status() -> None:
    def again(bot: Bot, event: Json) -> None:
        bot.reply(event)
        bot.reply(event)

    found = driven(Plan(chats=2, messages=1), {1: again})
    assert found.flawless
    assert found.refused == {"status 400": 2}


# --- the command -------------------------------------------------------------------------------


@contextmanager
def started(*words: str, port: int) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "simulator", "load", "--port", str(port), *words],
        cwd=REPOSITORY,
        env={name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ran(*words: str, port: int) -> tuple[int, str, str]:
    """The exit code of a load, what it said on standard output, and what on standard error."""
    with started(*words, port=port) as process:
        told, meanwhile = process.communicate(timeout=PATIENCE)
        return process.returncode, told, meanwhile


@contextmanager
def bot(ways: Ways) -> Iterator[tuple[Receiver, int]]:
    """A bot that runs, and the port on which it looks for LINE."""
    port = free_port(0)
    with receiving() as receiver:
        receiver.does = Bot(line=f"http://127.0.0.1:{port}/line", ways=ways)
        yield receiver, port


def test_a_bot_that_drops_and_doubles_is_told_exactly_and_ends_with_1(tmp_path: Path) -> None:
    report = tmp_path / "load.json"
    with bot({2: Bot.drop, 3: Bot.twice}) as (receiver, port):
        words = ("--webhook", receiver.url, "--chats", "3", "--messages", "4")
        code, told, _ = ran(*words, "--within", str(SOON), "--json", str(report), port=port)
    assert code == 1
    counts, times = told.split("\n\n")
    assert [line.rsplit(maxsplit=1) for line in counts.splitlines()][:-1] == [
        ["chats", "3"],
        ["messages", "12"],
        ["answered", "9"],
        ["lost", "3"],
        ["double answers", "3"],
        ["webhooks that failed", "0"],
        ["redeliveries", "0"],
        ["calls LINE refused", "0"],
    ]
    assert times.splitlines()[0].split() == ["milliseconds", "min", "p50", "p90", "p99", "max"]
    found = json.loads(report.read_text("utf-8"))
    assert (found["plan"]["within"], found["summary"]["lost"]) == (SOON, 3)


def test_a_bot_that_answers_everything_ends_with_0() -> None:
    with bot({}) as (receiver, port):
        words = ("--webhook", receiver.url, "--chats", "2", "--messages", "2")
        code, told, meanwhile = ran(*words, port=port)
    assert (code, told.splitlines()[2].split()) == (0, ["answered", "4"])
    assert f"http://127.0.0.1:{port}/line" in meanwhile


def test_ctrl_c_sums_up_what_was_done() -> None:
    with bot({2: Bot.drop}) as (receiver, port):
        words = ("--webhook", receiver.url, "--chats", "2", "--messages", "9")
        with started(*words, port=port) as process:
            receiver.wait_for_events(4, timeout=PATIENCE)
            process.send_signal(signal.SIGINT)
            told, meanwhile = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    counts = dict(line.rsplit(maxsplit=1) for line in told.split("\n\n")[0].splitlines())
    assert (counts["messages"], counts["  of which were written"]) == ("18", "4")
    assert (counts["answered"], counts["still waiting"], counts["lost"]) == ("2", "2", "0")
    assert "Traceback" not in meanwhile


def test_where_nothing_listens_is_one_clear_sentence() -> None:
    url = f"http://127.0.0.1:{free_port(0)}/callback"
    code, told, meanwhile = ran("--webhook", url, port=free_port(0))
    assert (code, told) == (2, "")
    assert f"Sorry: nothing can be sent to {url}" in meanwhile


@pytest.mark.parametrize(
    "words",
    [("--chats", "0"), ("--chats", "1001"), ("--messages", "many"), ("--within", "-1"),
     ("--pause", "nan")],
)  # fmt: skip
def test_a_load_without_bounds_is_refused(
    words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["load", *words])
    assert ended.value.code == 2
    assert "from" in capsys.readouterr().err.splitlines()[-1]


# --- a bot of its own --------------------------------------------------------------------------

APP = """
import json, os, pathlib, urllib.request
from chalice import Chalice
app = Chalice(app_name="standin")
dies = pathlib.Path("dies").exists()
pathlib.Path("data").write_text(os.environ["LIAO_DATA_DIR"])

@app.route("/health")
def health():
    return {}

@app.route("/callback", methods=["POST"])
def callback():
    for event in app.current_request.json_body["events"]:
        answer = {"replyToken": event["replyToken"], "messages": [{"type": "text", "text": "hi"}]}
        urllib.request.urlopen(urllib.request.Request(
            os.environ["LINE_API_BASE_URL"] + "/v2/bot/message/reply",
            json.dumps(answer).encode(),
            {"content-type": "application/json",
             "authorization": "Bearer " + os.environ["LINE_CHANNEL_ACCESS_TOKEN"]},
        ))
        if dies:
            print("last words", flush=True)
            os._exit(3)
    return {}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return chalice_project(tmp_path, APP)


def own(project: Path) -> tuple[str, ...]:
    place = ("--project-dir", str(project), "--bot-port", str(free_port(0)))
    return (*place, "--chats", "2", "--messages", "3")


def test_without_a_webhook_the_project_s_bot_is_started_and_its_data_goes_with_it(
    project: Path,
) -> None:
    code, told, _ = ran(*own(project), port=free_port(0))
    assert (code, told.splitlines()[2].split()) == (0, ["answered", "6"])
    data = Path((project / "data").read_text())
    assert data.parent != project
    assert not data.exists()


def test_a_bot_that_ends_meanwhile_is_told_beside_what_was_done(project: Path) -> None:
    (project / "dies").touch()
    code, told, meanwhile = ran(*own(project), port=free_port(0))
    assert code == 2
    assert told.startswith("chats")
    assert "last words" in meanwhile
    assert "Sorry: the bot ended with code 3" in meanwhile
