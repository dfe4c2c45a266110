"""A stage under examination: what looks share, opened when the first of them needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.names import Names
from chalicelib.settings import Settings
from ops import configuration, parameters
from ops.aws import Aws
from ops.configuration import Given
from ops.line import Line
from ops.parameters import Stored
from ops.trouble import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line: good or not, what was looked at, how it is, and what to do."""

    good: bool
    what: str
    detail: str = ""
    do: str = ""


@dataclass(slots=True, kw_only=True)
class Patient:
    """A stage. `of` makes one; what can't be had raises Trouble."""

    project: Path
    stage: str
    names: Names
    given: Given = field(repr=False)
    _aws: Aws | None = field(default=None, repr=False)
    _no_aws: Trouble | None = field(default=None, repr=False)
    _stored: Stored | None = field(default=None, repr=False)
    _line: Line | None = field(default=None, repr=False)

    @classmethod
    def of(cls, project: Path, stage: str, environ: Mapping[str, str]) -> Patient:
        """A stage of `.chalice/config.json`. Raises Trouble."""
        given = configuration.given(project, stage, environ)
        return cls(project=project, stage=stage, names=Names(stage=stage), given=given)

    @property
    def deploy(self) -> str:
        """What mends most of what can be wrong."""
        return f"Run `python -m ops deploy --stage {self.stage}`."

    def signed_in(self) -> Aws:
        """The account. Raises Trouble that says why there is none."""
        if self._no_aws:
            raise self._no_aws
        if self._aws is None:
            try:
                self._aws = Aws.connect()
            except Trouble as exc:
                self._no_aws = exc
                raise
        return self._aws

    @property
    def aws(self) -> Aws:
        """The account. Raises Trouble in short, for why is told once."""
        try:
            return self.signed_in()
        except Trouble as exc:
            raise Trouble("not looked at", "Sign in to AWS first.") from exc

    @property
    def stored(self) -> Stored:
        """The stored settings. Raises Trouble."""
        if self._stored is None:
            self._stored = parameters.read(self.aws, self.names)
        return self._stored

    @property
    def line(self) -> Line:
        """The channel. Raises Trouble where the settings won't do."""
        if self._line is None:
            self._line = Line.of(self.given.settings(self.known()))
        return self._line

    def known(self) -> Mapping[str, str]:
        """The stored settings, {} where they can't be read."""
        try:
            return self.stored.values
        except Trouble:
            return {}

    @property
    def address(self) -> str:
        """The operator's own address of the API, "" where there is none."""
        return configuration.address({**self.known(), **self.given.values})

    def parsed(self) -> tuple[Settings, list[str]]:
        """The settings without those that are bad, and what is wrong with each of these."""
        values = {**self.known(), **self.given.values, **self.given.fixed}
        wrong: list[str] = []
        while True:
            try:
                return Settings.read(values), wrong
            except SettingInvalid as exc:
                wrong.append(str(exc))
                del values[str(exc).partition("=")[0]]

    def close(self) -> None:
        """Close the connections that are kept open."""
        for opened in (self._aws, self._line):
            if opened is not None:
                opened.close()
