"""`python -m simulator`: the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from simulator import launcher
from simulator.bot import REPOSITORY
from simulator.channel import DEMO_SECRET, DEMO_TOKEN, Channel
from simulator.launcher import BOT_PORT, PORT, Choice

DESCRIPTION = "A LINE platform on your own machine: chat with a bot without any account."


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
    return top


def _project(command: argparse.ArgumentParser, data: str) -> None:
    command.add_argument(
        "--project-dir", type=Path, default=REPOSITORY, help="the Chalice project [this one]"
    )
    command.add_argument(
        "--bot-port", type=int, help=f"the bot's port [{BOT_PORT}, or the next free one]"
    )
    command.add_argument(
        "--data-dir", type=Path, help=f"where the bot's data lies [~/.local/share/liao/{data}]"
    )


def _run(command: argparse.ArgumentParser) -> None:
    command.description = "The simulator, and this project's bot behind it. No account is needed."
    command.add_argument("--port", type=int, help=f"the page's port [{PORT}, or the next free one]")
    _project(command, "simulator")
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
    _project(command, "line")
    command.set_defaults(
        work=lambda given: launcher.line(
            project=given.project_dir.resolve(),
            bot_port=Choice(port=given.bot_port, usual=BOT_PORT),
            data=given.data_dir,
        )
    )


def _serve(command: argparse.ArgumentParser) -> None:
    command.description = "The simulator alone. Any LINE bot can stand behind it, by HTTP."
    command.add_argument("--webhook", metavar="URL", help="where your bot takes webhooks")
    command.add_argument("--port", type=int, help=f"the port [{PORT}, or the next free one]")
    command.add_argument(
        "--channel-secret", default=DEMO_SECRET, help="signs webhooks [%(default)s]"
    )
    command.add_argument("--access-token", default=DEMO_TOKEN, help="your bot's [%(default)s]")
    command.add_argument("--bot-name", default="Bot", help="shown on the page [%(default)s]")
    command.add_argument("--model-name", help="the model behind the bot, shown on the page")
    command.add_argument(
        "--reply-token-life", type=float, default=60, metavar="S", help="in seconds [60]"
    )
    command.add_argument("--quota", type=int, default=200, help="pushes a month [%(default)s]")
    command.add_argument(
        "--redelivery",
        type=float,
        nargs="*",
        default=[1, 3, 10],
        metavar="S",
        help="seconds before each redelivery of a webhook that failed [1 3 10]",
    )
    command.set_defaults(
        work=lambda given: launcher.serve(
            channel=Channel(
                secret=given.channel_secret,
                access_token=given.access_token,
                bot_name=given.bot_name,
                reply_life=given.reply_token_life,
                quota=given.quota,
                redelivery=tuple(given.redelivery),
            ),
            webhook=given.webhook,
            port=Choice(port=given.port, usual=PORT),
            model=given.model_name,
        )
    )


def main(words: list[str]) -> int:
    """Do what the command line says; options without a command mean `serve`."""
    alone = bool(words) and words[0].startswith("-") and words[0] not in ("-h", "--help")
    given = parser().parse_args(["serve", *words] if alone else words)
    code: int = given.work(given)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
