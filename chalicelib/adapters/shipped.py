"""The data files that ship with the code: texts, presets, commands' names, and bot.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.domain.bot import Bot, read
from chalicelib.domain.commands import CommandSpec
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.prices import Prices
from chalicelib.domain.texts import Texts

_HOME = Path(__file__).parent.parent


def texts() -> Texts:
    """Read what the bot says, a file a language."""
    return Texts({path.stem: _toml(path) for path in sorted((_HOME / "texts").glob("*.toml"))})


def privacy() -> Mapping[str, Mapping[str, Any]]:
    """Read the privacy page's texts, a file a language."""
    return {path.stem: _toml(path) for path in sorted((_HOME / "privacy").glob("*.toml"))}


def prices() -> Prices:
    """Read what models' tokens cost. Raises SettingInvalid, naming the file."""
    try:
        return Prices.read(_toml(_HOME / "prices.toml"))
    except (KeyError, TypeError, ValueError) as exc:
        raise SettingInvalid(f"prices.toml: a row is odd: {exc}") from exc


def commands() -> Mapping[str, CommandSpec]:
    """Read the names and texts of every command, by its id."""
    files = sorted((_HOME / "assistant" / "commands").glob("*.toml"))
    return {path.stem: CommandSpec.read(path.stem, _toml(path)) for path in files}


def bot(path: Path | None = None) -> Bot:
    """Read the operator's bot.toml over its preset. Raises SettingInvalid, naming the file."""
    file = path or _HOME / "bot.toml"
    table = _toml(file)
    preset = table.get("preset", "personal")
    presets = {found.stem: found for found in sorted((_HOME / "presets").glob("*.toml"))}
    if not isinstance(preset, str) or preset not in presets:
        raise SettingInvalid(f"{file.name}: preset {preset!r} is none of: {', '.join(presets)}")
    return read(table, preset=_toml(presets[preset]), source=file.name)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise SettingInvalid(f"{path.name} can't be read: {exc}") from exc
