"""Where settings come from: the environment, over `.env` on a laptop and parameters on AWS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.adapters.secrets.parameters import Parameters

PROJECT = Path(__file__).resolve().parent.parent.parent


def environment() -> Mapping[str, str]:
    """Every setting by its name. Raises SettingInvalid, StorageUnavailable."""
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return {**_file(), **os.environ}
    if os.environ.get("LINE_CHANNEL_SECRET"):
        return os.environ  # an operator who puts secrets there puts them all there
    return {**_parameters().all(), **os.environ}


def renewed() -> bool:
    """Read the parameters again, at most once a minute; True where anything is another now."""
    on_aws = "AWS_LAMBDA_FUNCTION_NAME" in os.environ
    if not on_aws or os.environ.get("LINE_CHANNEL_SECRET"):
        return False
    return _parameters().renewed()


@cache
def _parameters() -> Parameters:
    from chalicelib.adapters.aws import client
    from chalicelib.adapters.secrets.parameters import Parameters
    from chalicelib.domain.names import Names

    account = client.Account.read(os.environ)
    names = Names(stage=os.environ.get("LIAO_STAGE", "dev"))
    return Parameters(client=client.ssm(account, client.WEBHOOK), path=names.parameters)


def _file() -> dict[str, str]:
    from dotenv import dotenv_values

    return {name: value or "" for name, value in dotenv_values(PROJECT / ".env").items()}
