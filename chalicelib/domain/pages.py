"""How answers are laid out in one reply.

LINE takes five messages a reply. One answer shows three and offers the rest by a button. Answers
that were left waiting go first; each gets at least one message, and the newest the most room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.messages import Message
from chalicelib.domain.turns import Turn

#: LINE: at most 5 messages a reply.
ROOM = 5
#: Messages of one answer that are shown at once.
PAGE = 3
#: Answers in one reply: each may need a "continue" button, and a template holds four.
ANSWERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The part of one answer that a reply shows.

    following: where the next part begins; None when this is the end.
    """

    turn: Turn
    messages: tuple[Message, ...]
    following: int | None

    @property
    def left(self) -> int:
        """How many messages are still to come."""
        total = len(self.turn.answer.messages) if self.turn.answer else 0
        return 0 if self.following is None else total - self.following


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


def headed(message: Message, heading: str) -> Message:
    """Put a line above a message's text."""
    return replace(message, text=f"{heading}\n{message.text}")


def _share(turns: Sequence[Turn], offset: int, room: int) -> tuple[Page, ...]:
    free = room - len(turns)
    pages: list[Page] = []
    for turn in reversed(turns):
        messages = turn.answer.messages[offset:] if turn.answer else ()
        shown = min(len(messages), PAGE, 1 + free)
        free -= max(shown - 1, 0)
        following = offset + shown if shown < len(messages) else None
        pages.append(Page(turn=turn, messages=messages[:shown], following=following))
    return tuple(reversed(pages))
