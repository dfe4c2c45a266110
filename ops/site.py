"""A stage as a command finds it: the project, the account, the settings and the channel."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chalicelib.adapters import shipped
from chalicelib.domain.commands import CommandList
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.names import Names
from chalicelib.settings import Settings
from ops import configuration, parameters
from ops.aws import Aws
from ops.configuration import Given
from ops.deployed import Deployed
from ops.line import Line
from ops.parameters import Stored
from ops.show import GOOD, Steps, Told
from ops.stack import Stack
from ops.stages import stage_config
from ops.trouble import Trouble

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(slots=True, kw_only=True)
class Site:
    """Everything a command works with. `opened` makes one."""

    project: Path
    stage: str
    names: Names
    given: Given = field(repr=False)
    aws: Aws = field(repr=False)
    stored: Stored = field(repr=False)
    settings: Settings
    line: Line = field(repr=False)
    bot: dict[str, str]

    def deployed(self) -> Deployed:
        """What Chalice has to remember."""
        return remembered(self.aws, self.project, self.stage)

    def stack(self, **given: str) -> Stack:
        """The stage's stack, with parameters to set beside its name."""
        return stack(self.aws, self.project, self.names, **given)


def remembered(aws: Aws, project: Path, stage: str) -> Deployed:
    """What Chalice has to remember of a stage."""
    api_stage = str(stage_config(project, stage).get("api_gateway_stage", "api"))
    return Deployed(aws=aws, names=Names(stage=stage), project=project, api_stage=api_stage)


def stack(aws: Aws, project: Path, names: Names, **given: str) -> Stack:
    """A stage's stack; given: parameters to set, those that are "" are left as they are."""
    api_stage = str(stage_config(project, names.stage).get("api_gateway_stage", "api"))
    own = {"App": names.app, "Stage": names.stage, "ApiStage": api_stage}
    more = {name: value for name, value in given.items() if value}
    return Stack.of(aws, project, names.stack, {**own, **more})


@contextmanager
def opened(steps: Steps, stage: str, *, project: Path = PROJECT) -> Iterator[Site]:
    """Sign in, read the settings and ask LINE who the bot is, a shown step each; only looks."""
    given = configuration.given(project, stage, os.environ)
    names = Names(stage=stage)
    aws = Aws.connect()
    try:
        steps.line(GOOD, "AWS account", f"{aws.account}, {aws.region}")
        stored = parameters.read(aws, names)
        settings = given.settings(stored.values)
        steps.line(GOOD, "Settings", _from(given))
        steps.line(GOOD, "bot.toml", bot_of(project))
        line = Line.of(settings)
        try:
            site = Site(
                project=project,
                stage=stage,
                names=names,
                given=given,
                aws=aws,
                stored=stored,
                settings=settings,
                line=line,
                bot={},
            )
            steps.run("LINE channel", lambda told: _who(site, told))
            yield site
        finally:
            line.close()
    finally:
        aws.close()


def _who(site: Site, told: Told) -> str:
    told("asking LINE who the bot is")
    site.bot = site.line.info()
    return f"{site.bot.get('displayName', '')} ({site.bot.get('basicId', '')})"


def bot_of(project: Path) -> str:
    """What `bot.toml` makes: name and commands offered. Raises Trouble for what it may not say."""
    path = project / "chalicelib" / "bot.toml"
    try:
        bot = shipped.bot(path)
        offered = CommandList.offering(bot.commands, shipped.commands())
    except SettingInvalid as exc:
        raise Trouble(str(exc), f"Mend it in {path}.") from exc
    return f"{bot.name}, {len(offered.specs)} commands offered"


def _from(given: Given) -> str:
    source = given.file or ("the environment" if given.values else "as stored on AWS")
    if given.file and given.overriding:
        source += f"; from the environment: {', '.join(given.overriding)}"
    return source
