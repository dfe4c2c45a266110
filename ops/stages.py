"""Stages in `.chalice/config.json`: another LINE channel is another stage, made like an old one.

Everything on AWS is named after its stage, so a stage differs from another in its name and in the
file its settings stand in, `.env.<stage>`.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any, Final

from chalicelib.domain.names import Names
from ops import policies
from ops.trouble import Trouble

Json = dict[str, Any]

#: The functions of a stage as Chalice calls them, and their roles.
FUNCTIONS: Final = {"api_handler": "webhook", "worker": "worker", "sweep": "sweep"}

#: As the stack takes it; a bucket's name, with account and region, has at most 63 characters.
_NAME: Final = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_LONGEST: Final = 16


def read_config(project: Path) -> Json:
    """Read `.chalice/config.json`. Raises Trouble where it is none."""
    path = project / ".chalice" / "config.json"
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as exc:
        raise Trouble(f"{path} can't be read: {exc}", "Take it from git again.") from exc


def stage_config(project: Path, stage: str) -> Json:
    """What `.chalice/config.json` says of a stage that runs on AWS. Raises Trouble."""
    stages = read_config(project).get("stages", {})
    found: Json = stages.get(stage, {})
    if _backend(found) == "aws":
        return found
    on_aws = [name for name, it in stages.items() if _backend(it) == "aws"]
    what = f"stage {stage!r} is not in .chalice/config.json"
    if found:
        what = f"stage {stage!r} runs on a laptop"
    raise Trouble(
        what,
        f"Name one of: {', '.join(on_aws)}; or make it with `python -m ops stage {stage}`.",
    )


def on_this_machine(project: Path, stage: str) -> Json | None:
    """What the configuration sets for a stage of this machine; None where there is no such one."""
    found = read_config(project).get("stages", {}).get(stage, {})
    settings: Json = found.get("environment_variables", {})
    return settings if _backend(found) == "local" else None


def add(project: Path, stage: str, *, like: str) -> list[Path]:
    """Write a further stage and its policy files; returns the files written.

    Raises Trouble where the name won't do or is taken.
    """
    if not re.fullmatch(_NAME, stage) or len(stage) > _LONGEST:
        raise Trouble(
            f"{stage!r} can't be a stage's name",
            f"Use small letters, digits and single hyphens, at most {_LONGEST}; a letter first.",
        )
    config = read_config(project)
    if stage in config["stages"]:
        raise Trouble(
            f"stage {stage!r} is already in .chalice/config.json",
            f"Deploy it with `python -m ops deploy --stage {stage}`.",
        )
    made = copy.deepcopy(stage_config(project, like))
    made["environment_variables"]["LIAO_STAGE"] = stage
    # All APIs have the app's name: only by this are two stages told apart in an API's metrics.
    made["api_gateway_stage"] = stage
    for function, role in FUNCTIONS.items():
        own = made.setdefault("lambda_functions", {}).setdefault(function, {})
        own["iam_policy_file"] = policies.policy_file(stage, role)
    config["stages"][stage] = made
    folder = project / ".chalice"
    texts = policies.documents(Names(stage=stage))
    texts["config.json"] = json.dumps(config, indent=2, ensure_ascii=False) + "\n"
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def _backend(stage: Json) -> str:
    return str(stage.get("environment_variables", {}).get("LIAO_BACKEND", ""))
