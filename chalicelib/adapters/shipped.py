"""The data files that ship with the code: texts, presets, commands' names, and bot.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.domain.assistants import Assistant
from chalicelib.domain.assistants import read as read_assistants
from chalicelib.domain.bot import Bot, read
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.catalogue_rows import read as read_catalogue
from chalicelib.domain.commands import CommandSpec
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.money import Currency, currencies
from chalicelib.domain.texts import Texts

_HOME = Path(__file__).parent.parent


def texts() -> Texts:
    """Read what the bot says, a file a language."""
    return Texts({path.stem: _shipped(path) for path in sorted((_HOME / "texts").glob("*.toml"))})


def privacy() -> Mapping[str, Mapping[str, Any]]:
    """Read the privacy page's texts, a file a language."""
    return {path.stem: _shipped(path) for path in sorted((_HOME / "privacy").glob("*.toml"))}


def catalogue(named: str | Path = "") -> Catalogue:
    """Read the models, and over them the operator's own.

    named: the operator's file; where none is named, ``my-catalogue.toml`` if there is one. Raises
    SettingInvalid, naming the file, or LIAO_CATALOGUE where the one named is not there.
    """
    own = Path(named).expanduser() if named else None
    if own and not own.is_file():
        raise SettingInvalid(f"LIAO_CATALOGUE={str(own)!r} is not a file; write a path to one")
    return read_catalogue(_with_own("catalogue.toml", own))


def currency(code: str) -> Currency:
    """Read what amounts are shown in. Raises SettingInvalid for a currency without a rate."""
    known = currencies(_shipped(_HOME / "rates.toml"))
    if code not in known:
        raise SettingInvalid(f"LIAO_CURRENCY={code!r} is not one of: {', '.join(known)}")
    return known[code]


def assistants(own: Path | None = None) -> Mapping[str, Assistant]:
    """Read the assistants, and over them the operator's own, from ``my-assistants.toml`` if any.

    Raises SettingInvalid, naming the file.
    """
    return read_assistants(_with_own("assistants.toml", own))


def commands() -> Mapping[str, CommandSpec]:
    """Read the names and texts of every command, by its id."""
    files = sorted((_HOME / "assistant" / "commands").glob("*.toml"))
    return {path.stem: CommandSpec.read(path.stem, _shipped(path)) for path in files}


def bot(path: Path | None = None) -> Bot:
    """Read the operator's bot.toml over its preset. Raises SettingInvalid, naming the file."""
    file = path or _HOME / "bot.toml"
    table = _toml(file)
    preset = table.get("preset", "personal")
    presets = {found.stem: found for found in sorted((_HOME / "presets").glob("*.toml"))}
    if not isinstance(preset, str) or preset not in presets:
        raise SettingInvalid(f"{file.name}: preset {preset!r} is none of: {', '.join(presets)}")
    return read(table, preset=_shipped(presets[preset]), source=file.name)


def _with_own(name: str, own: Path | None) -> list[tuple[str, Mapping[str, Any]]]:
    """Read a file of ours and the operator's over it, each with its name.

    own: the operator's; where none is named, ``my-`` and our file's name, if there is one.
    """
    tables = [(name, _shipped(_HOME / name))]
    mine = own or _HOME / f"my-{name}"
    if own or mine.is_file():
        tables.append((mine.name, _toml(mine)))
    return tables


@cache
def _shipped(path: Path) -> Mapping[str, Any]:
    """Parse a file of ours once a process: only the operator's own ones may change meanwhile."""
    return _toml(path)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise SettingInvalid(f"{path.name} can't be read: {exc}") from exc
