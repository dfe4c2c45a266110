"""How answers are laid out in one reply.

LINE takes five messages a reply. One answer shows three and offers the rest by a button; where it
holds more than words, all five. Answers
that were left waiting go first; each gets at least one message, and the newest the most room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.messages import Buttons, Code, Message, Table, Text
from chalicelib.domain.turns import Turn

#: LINE: at most 5 messages a reply.
ROOM = 5
#: Messages of one answer that are shown at once.
PAGE = 3
#: Answers in one reply: each may need a "continue" button, and a template holds four.
ANSWERS = 4
#: Messages that a line can be put above within; others are cards.
_WORDS = (Text, Buttons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The part of one answer that a reply shows.

    following: where the next part begins; None when this is the end. spare: there is room for one
    message more, which a heading above cards needs.
    """

    turn: Turn
    messages: tuple[Message, ...]
    following: int | None
    spare: bool = False

    @property
    def left(self) -> int:
        """How many messages are still to come."""
        total = len(self.turn.answer.messages) if self.turn.answer else 0
        return 0 if self.following is None else total - self.following


def first_page(messages: Sequence[Message]) -> int:
    """How many messages of an answer show at once; what is no bubble of words goes along."""
    together = len(messages) <= ROOM and not all(isinstance(m, Text) for m in messages)
    return len(messages) if together else min(len(messages), PAGE)


def lay_out(turns: Sequence[Turn], *, offset: int = 0, extra: bool = False) -> tuple[Page, ...]:
    """Lay answers out in one reply, oldest first.

    turns: 1 to 4, each with an answer. offset: from which message on (for one turn alone).
    extra: a message is already promised beside them, so there is one less. Where anything is
    left over, one message is left free for the button that continues.
    """
    pages = _share(turns, offset, ROOM - extra)
    if any(page.following is not None for page in pages):
        pages = _share(turns, offset, ROOM - 1)
    return pages


def under_heading(page: Page, heading: str) -> tuple[Message, ...]:
    """A page's messages with a line above: in the first one's text, in front of a card a message.

    Where there is no room for that, cards have no heading.
    """
    if not page.messages:
        return ()
    first, *others = page.messages
    if isinstance(first, _WORDS):
        return (replace(first, text=f"{heading}\n{first.text}"), *others)
    return (Text(text=heading), *page.messages) if page.spare else page.messages


def with_line(messages: tuple[Message, ...], line: str) -> tuple[Message, ...]:
    """Put a line below an answer's last words that show at once.

    Where a card of code or a table stands below those, it is a message behind it; in front of all
    others where that leaves no room, or where nothing but buttons shows.
    """
    shown = first_page(messages)
    for place in reversed(range(shown)):
        message = messages[place]
        if isinstance(message, Text):
            longer = replace(message, text=f"{message.text}\n\n{line}")
            return (*messages[:place], longer, *messages[place + 1 :])
        if isinstance(message, Code | Table):
            break
    if shown == len(messages) < ROOM and isinstance(messages[-1], Code | Table):
        return (*messages, Text(text=line))
    return (Text(text=line), *messages)


def _share(turns: Sequence[Turn], offset: int, room: int) -> tuple[Page, ...]:
    free = room - len(turns)
    pages: list[Page] = []
    for turn in reversed(turns):
        messages = turn.answer.messages[offset:] if turn.answer else ()
        shown = min(first_page(messages), 1 + free)
        free -= max(shown - 1, 0)
        following = offset + shown if shown < len(messages) else None
        pages.append(Page(turn=turn, messages=messages[:shown], following=following))
    return tuple(_with_spares(reversed(pages), free)) if len(pages) > 1 else tuple(pages)


def _with_spares(pages: Iterable[Page], free: int) -> Iterator[Page]:
    """Give places that no message needs to pages that begin with a card, for their headings."""
    for page in pages:
        needs = bool(page.messages) and not isinstance(page.messages[0], _WORDS)
        spare = needs and free > 0
        free -= spare
        yield replace(page, spare=spare)
