"""A stage's settings as the operator gave them: where each comes from, and what is missing.

The environment wins over the file, as on a laptop; the file is `.env.<stage>`, or else `.env`. What
neither names, the stage's stored parameters still hold, so a second machine needs no secrets to
deploy. Over all of it stands what `.chalice/config.json` says of the stage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from chalicelib.domain.errors import SettingInvalid
from chalicelib.settings import Settings
from ops.stages import stage_config
from ops.trouble import Trouble

_PREFIXES: Final = ("LIAO_", "LINE_", "OPENAI_")
#: What is the laptop's own, the function's own, or the stack's: never stored from a file.
_NEVER: Final = frozenset(
    {
        "LIAO_BACKEND",
        "LIAO_STAGE",
        "LIAO_ROLE",
        "LIAO_DATA_DIR",
        "LIAO_WORKERS",
        "LIAO_MEDIA_BUCKET",
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

    def settings(self, stored: Mapping[str, str]) -> Settings:
        """Everything parsed, over what is already stored. Raises Trouble: bad or missing ones."""
        whole = {**stored, **self.values, **self.fixed}
        try:
            settings = Settings.read(whole)
        except SettingInvalid as exc:
            raise Trouble(str(exc), f"Mend it in {self.file or 'the environment'}.") from exc
        if lacking := missing(settings):
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
    file = _own({name: value or "" for name, value in read.items()})
    around = _own(environ)
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


def missing(settings: Settings) -> list[str]:
    """Which secrets are missing, each with where to find it."""
    lacking = []
    if not settings.channel_secret:
        lacking.append("LINE_CHANNEL_SECRET (LINE Developers Console, tab “Basic settings”)")
    if not (settings.channel_access_token or settings.channel_id):
        lacking.append(
            "LINE_CHANNEL_ACCESS_TOKEN (tab “Messaging API”) or LINE_CHANNEL_ID "
            "(tab “Basic settings”)"
        )
    if not settings.openai_key:
        lacking.append("OPENAI_API_KEY (your model's vendor)")
    return lacking


def _own(values: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in values.items()
        if name.startswith(_PREFIXES) and name not in _NEVER
    }
