"""`python -m simulator`: the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from simulator import launcher
from simulator.bot import REPOSITORY
from simulator.channel import DEMO_SECRET, DEMO_TOKEN, Channel
from simulator.launcher import BOT_PORT, PORT, Choice
from simulator.load.command import Load
from simulator.load.crowd import QUESTION, Plan

DESCRIPTION = "A LINE platform on your own machine: chat with a bot without any account."
#: Of a load: so many chats, each with so many messages, and a time nobody waits longer than.
MOST = 1_000
LONGEST = 3_600


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = argparse.ArgumentParser(prog="python -m simulator", description=DESCRIPTION)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _run(commands.add_parser("run", help="this project's bot behind the simulator"))
    _line(commands.add_parser("line", help="this project's bot on the real channel of .env"))
    _serve(
        commands.add_parser(
            "serve", help="the simulator alone, for any LINE bot (also: --webhook URL by itself)"
        )
    )
    _load(commands.add_parser("load", help="many people write to a bot at once"))
    return top


def _page(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=int, help=f"the port [{PORT}, or the next free one]")


def _project(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--project-dir", type=Path, default=REPOSITORY, help="the Chalice project [this one]"
    )
    command.add_argument(
        "--bot-port", type=int, help=f"the bot's port [{BOT_PORT}, or the next free one]"
    )


def _data(command: argparse.ArgumentParser, data: str) -> None:
    command.add_argument(
        "--data-dir", type=Path, help=f"where the bot's data lies [~/.local/share/liao/{data}]"
    )


def _run(command: argparse.ArgumentParser) -> None:
    command.description = "The simulator, and this project's bot behind it. No account is needed."
    _page(command)
    _project(command)
    _data(command, "simulator")
    command.add_argument("--quiet", action="store_true", help="don't show the bot's log")
    command.set_defaults(
        work=lambda given: launcher.run(
            project=given.project_dir.resolve(),
            port=Choice(port=given.port, usual=PORT),
            bot_port=Choice(port=given.bot_port, usual=BOT_PORT),
            data=given.data_dir,
            logs=not given.quiet,
        )
    )


def _line(command: argparse.ArgumentParser) -> None:
    command.description = "This project's bot, on the real LINE channel of .env."
    _project(command)
    _data(command, "line")
    command.set_defaults(
        work=lambda given: launcher.line(
            project=given.project_dir.resolve(),
            bot_port=Choice(port=given.bot_port, usual=BOT_PORT),
            data=given.data_dir,
        )
    )


def _channel(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--channel-secret", default=DEMO_SECRET, help="signs webhooks [%(default)s]"
    )
    command.add_argument("--access-token", default=DEMO_TOKEN, help="your bot's [%(default)s]")
    command.add_argument(
        "--reply-token-life", type=float, default=60, metavar="S", help="in seconds [60]"
    )
    command.add_argument(
        "--redelivery",
        type=float,
        nargs="*",
        default=[1, 3, 10],
        metavar="S",
        help="seconds before each redelivery of a webhook that failed [1 3 10]",
    )


def _channel_of(given: argparse.Namespace, *, bot_name: str, quota: int | None) -> Channel:
    return Channel(
        secret=given.channel_secret,
        access_token=given.access_token,
        bot_name=bot_name,
        reply_life=given.reply_token_life,
        redelivery=tuple(given.redelivery),
        quota=quota,
    )


def _serve(command: argparse.ArgumentParser) -> None:
    command.description = "The simulator alone. Any LINE bot can stand behind it, by HTTP."
    command.add_argument("--webhook", metavar="URL", help="where your bot takes webhooks")
    _page(command)
    _channel(command)
    command.add_argument("--bot-name", default="Bot", help="shown on the page [%(default)s]")
    command.add_argument("--model-name", help="the model behind the bot, shown on the page")
    command.add_argument("--quota", type=int, default=200, help="pushes a month [%(default)s]")
    command.set_defaults(
        work=lambda given: launcher.serve(
            channel=_channel_of(given, bot_name=given.bot_name, quota=given.quota),
            webhook=given.webhook,
            port=Choice(port=given.port, usual=PORT),
            model=given.model_name,
        )
    )


def _load(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Many people write to a bot at once, each in a chat of their own: a message, its answer, "
        "the next message. Ends with 0 where every message got one answer, else with 1."
    )
    command.add_argument(
        "--webhook",
        metavar="URL",
        help="where your bot takes webhooks; it calls LINE on --port [this project's bot, started "
        "for this on data of its own]",
    )
    command.add_argument(
        "--chats", type=_count, default=100, metavar="N", help="side by side [%(default)s]"
    )
    command.add_argument(
        "--messages", type=_count, default=10, metavar="N", help="in each chat [%(default)s]"
    )
    command.add_argument(
        "--within", type=_seconds, default=60, metavar="S", help="later is too late [%(default)s]"
    )
    command.add_argument(
        "--pause", type=_seconds, default=0, metavar="S", help="before each next one [%(default)s]"
    )
    command.add_argument("--text", default=QUESTION, help="what they write [%(default)s]")
    command.add_argument(
        "--model-delay",
        type=_seconds,
        default=0,
        metavar="S",
        help="seconds the simulator's model takes [%(default)s]",
    )
    command.add_argument("--json", type=Path, metavar="FILE", help="write the summary there, too")
    _page(command)
    _channel(command)
    _project(command)
    command.set_defaults(
        work=lambda given: Load(
            plan=Plan(
                chats=given.chats,
                messages=given.messages,
                within=given.within,
                pause=given.pause,
                text=given.text,
            ),
            channel=_channel_of(given, bot_name="Bot", quota=None),
            webhook=given.webhook,
            port=Choice(port=given.port, usual=PORT),
            project=given.project_dir.resolve(),
            bot_port=Choice(port=given.bot_port, usual=BOT_PORT),
            delay=given.model_delay,
            report=given.json,
        ).run()
    )


def _count(word: str) -> int:
    """A number of chats or messages. Raises ArgumentTypeError."""
    if not (word.isascii() and word.isdigit() and 1 <= int(word) <= MOST):
        raise argparse.ArgumentTypeError(f"{word} is no number from 1 to {MOST:,}")
    return int(word)


def _seconds(word: str) -> float:
    """A span of time. Raises ArgumentTypeError."""
    try:
        seconds = float(word)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= LONGEST:
        raise argparse.ArgumentTypeError(f"{word} is no number of seconds from 0 to {LONGEST:,}")
    return seconds


def main(words: list[str]) -> int:
    """Do what the command line says; options without a command mean `serve`."""
    alone = bool(words) and words[0].startswith("-") and words[0] not in ("-h", "--help")
    given = parser().parse_args(["serve", *words] if alone else words)
    code: int = given.work(given)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
