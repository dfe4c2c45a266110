"""`python -m ops.chalice deploy|delete STAGE`: Chalice's own deployer, with our zip.

It runs in a process of its own, because deploying imports `app.py` as the stage's environment has
it. What it prints are Chalice's own lines, one a step.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from chalice.awsclient import TypedAWSClient
from chalice.cli.factory import CLIFactory
from chalice.deploy import deployer
from chalice.utils import UI

from ops.packaging import CompiledPackager
from ops.trouble import Trouble

#: Seconds: sending 20 MB three times over a slow line.
_CONNECTION: Final = 120


def configuration(project: Path, stage: str, architecture: str = "") -> Any:
    """A stage's configuration, Chalice's `Config`; architecture: instead of the configured one."""
    factory = CLIFactory(str(project), environ=os.environ)
    overlay = {"lambda_architecture": architecture} if architecture else {}
    return factory.create_config_obj(chalice_stage_name=stage, user_provided_params=overlay)


def run(
    verb: str,
    project: Path,
    stage: str,
    *,
    architecture: str = "",
    told: Callable[[str], None],
    environ: Mapping[str, str],
) -> None:
    """Run a verb in a process of its own, in this environment; told: hears each line.

    Raises Trouble with Chalice's own last words.
    """
    command = [sys.executable, "-m", "ops.chalice", verb, stage, architecture]
    lines: list[str] = []
    with subprocess.Popen(  # noqa: S603 - our own program
        command,
        cwd=project,
        env=dict(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        for line in process.stdout:
            if line.strip():
                lines.append(line.rstrip())
                told(line.strip())
    if process.returncode:
        raise Trouble(
            f"chalice {verb} failed: " + "\n".join(lines[-12:]),
            "Mend what it names, then run this again: it goes on where it stopped.",
        )


def _main(verb: str, stage: str, architecture: str = "") -> None:
    os.environ["AWS_CHALICE_CLI_MODE"] = "true"  # as Chalice's own commands set it
    project = Path.cwd()
    factory = CLIFactory(str(project), environ=os.environ)
    config = configuration(project, stage, architecture)
    session = factory.create_botocore_session(connection_timeout=_CONNECTION)
    if verb == "deploy":
        vars(deployer)["LambdaDeploymentPackager"] = CompiledPackager  # the name it looks up
        made = factory.create_default_deployer(session, config, UI())
    else:
        made = deployer.create_deletion_deployer(TypedAWSClient(session), UI())
    made.deploy(config, chalice_stage_name=stage)


if __name__ == "__main__":
    try:
        _main(*sys.argv[1:])
    except (Trouble, RuntimeError, deployer.ChaliceDeploymentError) as exc:
        sys.exit(str(exc))
