"""Where settings come from: the environment, over `.env` on a laptop and parameters on AWS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.domain.names import Names

if TYPE_CHECKING:
    from pathlib import Path

    from chalicelib.adapters.secrets.parameters import Parameters
    from chalicelib.ports import Secret


def project() -> Path:
    """The folder that `app.py` lies in."""
    from pathlib import Path

    return Path(__file__).resolve().parent.parent.parent


def is_function() -> bool:
    """Tell whether this process is a function on AWS."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


def names(env: Mapping[str, str]) -> Names:
    """What a stage's resources on AWS are called, before its settings are read."""
    return Names(stage=env.get("LIAO_STAGE", "dev"))


def environment() -> Mapping[str, str]:
    """Every setting by its name. Raises SettingInvalid, StorageUnavailable."""
    if not is_function():
        return {**_file(), **os.environ}
    return {**_parameters().all(), **os.environ} if _has_parameters() else os.environ


def renewed() -> bool:
    """Read the parameters again, at most once a minute; True where anything is another now."""
    return _has_parameters() and _parameters().renewed()


def secret(name: str, value: str) -> Secret:
    """A setting that was read as this value, and may change where parameters are its source."""
    from chalicelib.adapters.secrets.changing import Changing, Fixed

    if not _has_parameters() or os.environ.get(name):
        return Fixed(value)
    return Changing(name=name, parameters=_parameters())


def _has_parameters() -> bool:
    """Tell whether settings come from there: who has secrets in the function has them all there."""
    return is_function() and not os.environ.get("LINE_CHANNEL_SECRET")


@cache
def _parameters() -> Parameters:
    from chalicelib.adapters.aws import client
    from chalicelib.adapters.secrets.parameters import Parameters

    account = client.Account.read(os.environ)
    return Parameters(client=client.ssm(account, client.WEBHOOK), path=names(os.environ).parameters)


def _file() -> dict[str, str]:
    from dotenv import dotenv_values

    return {name: value or "" for name, value in dotenv_values(project() / ".env").items()}
