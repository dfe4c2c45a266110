"""A stage's settings as the operator gave them: where each comes from, and what is missing.

The environment wins over the file, as on a laptop; the file is `.env.<stage>`, or else `.env`. What
neither names, the stage's stored parameters still hold, so a second machine needs no secrets to
deploy. Over all of it stands what `.chalice/config.json` says of the stage.

Vendors of models are rows of the catalogue, which names the settings of their keys and addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from chalicelib.adapters import shipped
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.errors import SettingInvalid
from chalicelib.settings import Settings
from ops.stages import stage_config
from ops.trouble import Trouble

_PREFIXES: Final = ("LIAO_", "LINE_")
#: What is the laptop's own, the function's own, or the stack's: never stored from a file.
_NEVER: Final = frozenset(
    {
        "LIAO_BACKEND",
        "LIAO_STAGE",
        "LIAO_ROLE",
        "LIAO_DATA_DIR",
        "LIAO_WORKERS",
        "LIAO_MEDIA_BUCKET",
        "LIAO_PEOPLE_TOPIC",
        "LINE_BOT_USER_ID",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the operator gave for a stage. `given` makes one.

    file: the file's name, "" where there is none. values: the settings by name; an empty one says
    that nothing shall be stored. overriding: those names of the file that the environment changes.
    fixed: what `.chalice/config.json` says.
    """

    stage: str
    file: str
    values: Mapping[str, str] = field(repr=False)
    overriding: tuple[str, ...]
    fixed: Mapping[str, str] = field(repr=False)

    def over(self, stored: Mapping[str, str]) -> dict[str, str]:
        """Every setting by its name, over what is already stored."""
        return {**stored, **self.values, **self.fixed}

    def settings(self, stored: Mapping[str, str]) -> Settings:
        """Everything parsed, over what is already stored. Raises Trouble: bad or missing ones."""
        whole = self.over(stored)
        try:
            settings = Settings.read(whole)
            lacking = [*missing_of_channel(settings), *missing_of_vendors(whole)]
        except SettingInvalid as exc:
            raise Trouble(str(exc), f"Mend it in {self.file or 'the environment'}.") from exc
        if lacking:
            raise Trouble(
                f"missing for stage {self.stage}: {'; '.join(lacking)}",
                f"Write them into .env.{self.stage}, one NAME=value a line; see .env.example.",
            )
        return settings


def given(project: Path, stage: str, environ: Mapping[str, str]) -> Given:
    """Read a stage's file and the environment. Raises Trouble for a stage that isn't on AWS."""
    fixed = stage_config(project, stage).get("environment_variables", {})
    paths = (project / f".env.{stage}", project / ".env")
    path = next((each for each in paths if each.is_file()), None)
    read = dotenv_values(path, interpolate=False) if path else {}
    written = {name: value or "" for name, value in read.items()}
    of_vendors = _of_vendors({**written, **environ})
    file, around = _own(written, of_vendors), _own(environ, of_vendors)
    return Given(
        stage=stage,
        file=path.name if path else "",
        values={name: value.strip() for name, value in {**file, **around}.items()},
        overriding=tuple(sorted(name for name in around if file.get(name, "") != around[name])),
        fixed=fixed,
    )


def address(values: Mapping[str, str]) -> str:
    """Where LINE reaches the API if not at its own address, "" where nothing is set."""
    return values.get("LIAO_URL", "").rstrip("/")


def catalogue(values: Mapping[str, str]) -> Catalogue:
    """The models of a stage with these settings. Raises SettingInvalid."""
    return shipped.catalogue(values.get("LIAO_CATALOGUE", "").strip())


def missing_of_channel(settings: Settings) -> list[str]:
    """Which of the channel's secrets are missing, each with where to find it."""
    lacking = []
    if not settings.channel_secret:
        lacking.append("LINE_CHANNEL_SECRET (LINE Developers Console, tab “Basic settings”)")
    if not (settings.channel_access_token or settings.channel_id):
        lacking.append(
            "LINE_CHANNEL_ACCESS_TOKEN (tab “Messaging API”) or LINE_CHANNEL_ID "
            "(tab “Basic settings”)"
        )
    return lacking


def missing_of_vendors(values: Mapping[str, str]) -> list[str]:
    """The key that is missing where no model can answer; values: all settings by name.

    Raises SettingInvalid where the catalogue or a vendor's address can't be read.
    """
    if any(spec.chats for spec in catalogue(values).reachable(values)):
        return []
    return ["OPENAI_API_KEY, or another vendor's key (chalicelib/catalogue.toml)"]


def _of_vendors(values: Mapping[str, str]) -> frozenset[str]:
    """The names of the vendors' settings; none where the operator's rows can't be read.

    That is told when the settings are parsed.
    """
    try:
        return catalogue(values).settings
    except SettingInvalid:
        return frozenset()


def _own(values: Mapping[str, str], of_vendors: frozenset[str]) -> dict[str, str]:
    return {
        name: value
        for name, value in values.items()
        if (name.startswith(_PREFIXES) or name in of_vendors) and name not in _NEVER
    }
