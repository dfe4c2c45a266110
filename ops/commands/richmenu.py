"""`ops richmenu`: tiles below the chat for what the bot offers, in each person's language."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import click

from chalicelib.adapters import shipped
from chalicelib.domain.commands import CommandList
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.languages import LANGUAGES
from chalicelib.settings import Settings
from ops.commands import stage_option
from ops.line import Line
from ops.models import values_of
from ops.richmenu.channel import Channel
from ops.richmenu.drawn import Drawn
from ops.richmenu.publishing import Publishing
from ops.richmenu.tiles import Menu, beside, menu
from ops.show import OPEN, Steps, Told, told_of
from ops.site import PROJECT
from ops.trouble import Trouble


@click.command("richmenu")
@stage_option()
@click.option("--yes", is_flag=True, help="Don't ask; for scripts.")
@click.option("--remove", is_flag=True, help="Take away what this made, and nothing else.")
@click.option(
    "--preview",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Only write the pictures there.",
)
@click.option(
    "--font",
    "fonts",
    metavar="PATH",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A font to try before this machine's; one for each language that needs it.",
)
def command(
    *, stage: str, yes: bool, remove: bool, folder: Path | None, fonts: Sequence[Path]
) -> None:
    """Show people a menu of the bot's commands, each in their language."""
    with told_of() as shown:
        if remove:
            with closing(Line.of(_settings(stage))) as line:
                shown.run("LINE channel", lambda _: _who(line))
                for title, work in Publishing.of(Channel(line)).removal():
                    shown.run(title, work)
        elif folder is not None:
            _write(shown, _drawn(shown, fonts), folder)
        else:
            settings = _settings(stage)
            drawn = _drawn(shown, fonts)
            with closing(Line.of(settings)) as line:
                shown.run("LINE channel", lambda _: _who(line))
                publishing = Publishing.of(Channel(line))
                if publishing.stranger and not yes:
                    _ask(shown, publishing.stranger)
                for title, work in publishing.steps(drawn, language=settings.language):
                    shown.run(title, work)


def _settings(stage: str) -> Settings:
    """The stage's, with what opens its channel. Raises Trouble."""
    try:
        settings = Settings.read(values_of(PROJECT, stage, os.environ))
        if not settings.needed_access_token():
            settings.needed_channel_secret()
    except SettingInvalid as exc:
        raise Trouble(str(exc)) from exc
    return settings


def _who(line: Line) -> str:
    bot = line.info()
    return f"{bot.get('displayName', '')} ({bot.get('basicId', '')})"


def _drawn(shown: Steps, fonts: Sequence[Path]) -> list[Drawn]:
    """Draw every language's menu. Raises Trouble."""
    commands = _commands()
    found: list[Drawn] = []

    def work(told: Told) -> str:
        for language in LANGUAGES:
            told(language)
            found.append(_put_together(menu(commands, language), tuple(fonts)))
        return f"{', '.join(LANGUAGES)}; {len(found[0].body['areas'])} tiles"

    shown.run("Pictures", work)
    if left := beside(commands):
        names = ", ".join(f"/{name}" for name in left)
        shown.line(OPEN, "Not on the menu, which is full", f"{names}; help lists them")
    return found


def _commands() -> CommandList:
    """Those that people are offered. Raises Trouble where there are none."""
    try:
        commands = CommandList.offering(shipped.bot().commands, shipped.commands())
    except SettingInvalid as exc:
        raise Trouble(str(exc), "`python -m ops doctor` looks at it.") from exc
    if not menu(commands, LANGUAGES[0]).tiles:
        raise Trouble("bot.toml offers people no command", "Name some in `commands`.")
    return commands


@cache
def _put_together(menu: Menu, fonts: tuple[Path, ...]) -> Drawn:
    """Draw a menu, once however often it is looked at."""
    try:
        from ops.richmenu.drawing import draw, png  # Pillow takes a while, and only this needs it
    except ImportError as exc:
        raise Trouble(
            "Pillow, which draws the menus, is not installed",
            "Install what commands need: pip install -r requirements-run.txt",
        ) from exc
    picture = draw(menu, fonts=fonts)
    return Drawn.of(menu, pixels=picture.tobytes(), picture=png(picture))


def _write(shown: Steps, drawn: Sequence[Drawn], folder: Path) -> None:
    for each in drawn:
        file = folder.expanduser() / f"{each.language}.png"

        def work(_: Told, each: Drawn = each, file: Path = file) -> str:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(each.picture)
            except OSError as exc:
                raise Trouble(f"can't be written: {exc.strerror or exc}") from exc
            return f"{len(each.picture) / 1_000:,.0f} kB"

        shown.run(str(file), work)


def _ask(shown: Steps, other: str) -> None:
    """Ask whether another menu may be replaced; ends the command where it may not."""
    try:
        sure = click.confirm(f"Everybody sees the menu “{other}”. Show this one in its place?")
    except click.Abort as exc:
        raise Trouble(
            f"everybody sees another menu, “{other}”, and nobody is here to be asked",
            "Add --yes to show this one in its place; the other is kept.",
        ) from exc
    if not sure:
        shown.out.print("Nothing was changed.")
        raise click.exceptions.Exit(1)
