"""`ops invite`: a code that lets somebody in, so that nobody has to find out a LINE user id."""

from __future__ import annotations

import secrets
import string
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from rich.text import Text

from chalicelib.adapters import shipped
from chalicelib.assistant.admission import CODE_LIFE
from chalicelib.domain.invites import CODE, code_of
from chalicelib.ports import Role
from ops import stores
from ops.commands import stage_option
from ops.show import GOOD, told_of

_HALF: Final = 4
#: What a code may be made of.
_SIGNS: Final = tuple(
    sign for sign in string.digits + string.ascii_uppercase if CODE.fullmatch(2 * _HALF * sign)
)


@click.command("invite")
@stage_option()
@stores.data_option()
@click.option("--admin", is_flag=True, help="Let in somebody who runs the bot.")
def command(*, stage: str, data: Path | None, admin: bool) -> None:
    """Make a code that lets in who sends it to the bot, once, within ten minutes."""
    with told_of() as shown, stores.opened(stage, data=data) as here:
        code = f"{_signs()}-{_signs()}"
        role = Role.ADMIN if admin else Role.GUEST
        until = datetime.now(UTC) + CODE_LIFE
        here.stores.invites.issue(code_of(code), role, until=until)
        shown.line(GOOD, f"A code for one {role}", here.place)
        shown.out.print(Text(f"\n    {code}\n", style="bold"))
        local = until.astimezone(here.settings.timezone)
        shown.out.print(
            f"Send it to the bot in LINE before {local:%H:%M} ({here.settings.zone}); "
            "it works once."
        )
        for line in _for_admin() if admin else _for_guest(here.settings.access):
            shown.out.print(line)


def _signs() -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(_HALF))


def _for_admin() -> list[str]:
    specs = [spec for spec in shipped.commands().values() if spec.admins]
    names = ", ".join(f"/{spec.shown_name('en')}" for spec in specs)
    return [
        f"Whoever sends it runs the bot: they may give commands that others don't have ({names})",
        "and read in their private chat why an answer failed.",
        "Sent in a group it lets in the group, too.",
    ]


def _for_guest(access: str) -> list[str]:
    lines = ["Sent in a private chat it lets in that person, in a group it lets in the group."]
    if access == "open":
        lines.append("LIAO_ACCESS is open: everybody may talk to the bot, and nobody needs a code.")
    return lines
