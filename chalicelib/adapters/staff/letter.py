"""The mail about somebody who wants a human: who, until when the bot is silent, and what to do.

What people wrote is quoted in it, so it must not be able to pass for anything else: control
characters and what turns the direction of writing are taken out, and every further line of a
message is indented, so that none looks like a speaker's or like ours.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.chat import ChatKind
from chalicelib.domain.cutting import clip
from chalicelib.ports import Appeal

#: SNS: a subject is shorter than 100 characters, all ASCII, without control characters.
_SUBJECT: Final = 99
#: UTF-16 code units, each three bytes at most: so many lines are a third of what SNS takes.
_NAME: Final = 60
_LINE: Final = 700
_LINES: Final = 40
_INDENT: Final = "    "
#: Who the bot is before its lines.
_BOT: Final = "Bot"
_WHERE: Final = {
    ChatKind.USER: "their private chat",
    ChatKind.GROUP: "a group",
    ChatKind.ROOM: "a chat of several people",
}
#: What turns the direction of writing, and two that XML, which SNS speaks, can't hold.
_NEVER: Final = frozenset(
    "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff"
)
_BODY: Final = """\
{name} wants to talk to a human, in {where} with {bot}.

Asked on      {now}
Bot silent    until {until} ({zone})

What to do

1. Open the chat in LINE Official Account Manager and answer there:
   https://chat.line.biz/
   Chat has to be switched on in its response settings.
2. Then do nothing more: the bot answers in this chat again after the time
   above, or sooner where somebody taps the button that brings it back.

What was said last

{said}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An e-mail in plain text."""

    subject: str
    body: str


def written(appeal: Appeal, *, bot: str, now: datetime) -> Letter:
    """Write the mail, in English for the operator; times are in the time zone of `until`.

    bot: which bot it is, in ASCII. Whatever was said, SNS takes it: no control character but the
    line feed, no half of a surrogate pair, 100,000 bytes at most.
    """
    zone = appeal.until.tzinfo
    asked = f"{now.astimezone(zone):%Y-%m-%d %H:%M}"
    name = _shown_name(appeal.name) or "Somebody"
    said = "\n".join(_quoted(appeal, name))
    return Letter(
        subject=f"{bot}: somebody wants to talk to a human, {asked}"[:_SUBJECT],
        body=_BODY.format(
            name=name,
            where=_WHERE[appeal.chat.kind],
            bot=bot,
            now=asked,
            until=f"{appeal.until:%Y-%m-%d %H:%M}",
            zone=zone,
            said=said or "(nothing is kept)",
        ),
    )


def _shown_name(name: str) -> str:
    """A name as a mail can show it, "" for none: nobody is called what the bot is called there."""
    shown = clip(" ".join(" ".join(_lines(name)).split()), units=_NAME)
    return "" if shown.casefold() == _BOT.casefold() else shown


def _quoted(appeal: Appeal, name: str) -> Iterator[str]:
    """Quote the last lines, each behind its speaker.

    People of a group whose names LINE doesn't tell are numbered as they come.
    """
    numbers: dict[str | None, int] = {}
    for line in appeal.lines[-_LINES:]:
        speaker = name
        if line.by_bot:
            speaker = _BOT
        elif not appeal.chat.is_private:
            number = numbers.setdefault(line.user, len(numbers) + 1)
            speaker = _shown_name(appeal.names.get(line.user or "", "")) or f"Person {number}"
        if said := f"\n{_INDENT}".join(_lines(line.text)).strip():
            yield f"{speaker}: {clip(said, units=_LINE)}"


def _lines(text: str) -> list[str]:
    """The lines of a text, of what a mail can show alone."""
    return ["".join(filter(_is_shown, line.replace("\t", " "))) for line in text.splitlines()]


def _is_shown(letter: str) -> bool:
    return letter not in _NEVER and unicodedata.category(letter) not in ("Cc", "Cs")
