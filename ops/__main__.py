"""`python -m ops`: the commands, one small file each, found by listing."""

from __future__ import annotations

import importlib
import pkgutil

import click

from ops import commands


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Deploy Liao to AWS and look after it.

    A stage is one bot on one LINE channel; prod is there, `stage` makes further ones.
    """


for _module in sorted(each.name for each in pkgutil.iter_modules(commands.__path__)):
    main.add_command(importlib.import_module(f"ops.commands.{_module}").command)

if __name__ == "__main__":
    main(prog_name="python -m ops")
