"""Makes one reply of one or several answers: headings, pages, and the buttons for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.taps import CONTINUE, Taps
from chalicelib.domain.chat import Chat
from chalicelib.domain.cutting import clip_graphemes
from chalicelib.domain.events import Sent
from chalicelib.domain.messages import Buttons, Message, Tap, Text
from chalicelib.domain.pages import ANSWERS, Page, lay_out, under_heading
from chalicelib.domain.texts import Voice
from chalicelib.domain.turns import Turn
from chalicelib.ports import Outbox, Shown

#: A turn's id, and which message of its answer.
Place = tuple[str, int]
#: How much of a question is repeated above its late answer.
_HEADING_LENGTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply's messages, and the ids of turns whose answers it offers to show again.

    places: for each message what it shows: a turn's id and the place in its answer; None for what
    belongs to no answer, such as a button that continues.
    """

    messages: tuple[Message, ...]
    offered: tuple[str, ...] = ()
    places: tuple[Place | None, ...] = ()

    def unquoted(self) -> tuple[Message, ...]:
        """The same messages, quoting nothing."""
        return tuple(replace(m, quote="") if isinstance(m, Text) else m for m in self.messages)

    def shown(self, ids: Sequence[str]) -> tuple[Shown, ...]:
        """What LINE made of the messages, by their ids."""
        return tuple(
            Shown(message_id=message_id, turn_id=place[0], place=place[1])
            for message_id, place in zip(ids, self.places, strict=False)
            if place is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Turns answers into the messages of one reply."""

    outbox: Outbox
    taps: Taps
    speaking: Speaking

    def reply(self, turns: Sequence[Turn], *, token: str, offset: int = 0) -> Reply:
        """Lay out the answers that go by this token, oldest first, and store their buttons.

        The answer to the token's own event stands plain; any other says what it answers. Earlier
        answers that may not have arrived are offered by a button.
        """
        chat = turns[0].chat
        shown = {turn.id for turn in turns}
        doubtful = [
            turn for turn in self.outbox.unsure(chat) if turn.id not in shown and turn.arrivals
        ]
        pages = lay_out(turns, offset=offset, extra=bool(doubtful))
        messages: list[Message] = []
        places: list[Place | None] = []
        for page in pages:
            told = self._page(page, token, alone=len(pages) == 1)
            messages += told if offset else _quoting(told, page)
            places += _places(page, len(told), offset)
        rest = self._rest(pages, chat)
        offered = () if rest else tuple(doubtful[-ANSWERS:])
        return Reply(
            messages=(*messages, *rest, *self._doubt(offered, chat)),
            offered=tuple(turn.id for turn in offered),
            places=tuple(places),
        )

    def _page(self, page: Page, token: str, *, alone: bool) -> tuple[Message, ...]:
        tokens = {arrival.event.token for arrival in page.turn.arrivals}
        if token in tokens or alone or not page.messages:
            return page.messages
        voice = self.speaking.voice(page.turn.chat)
        words = clip_graphemes(" ".join(page.turn.words.split()), _HEADING_LENGTH)
        heading = voice("you_asked", words=words) if words else voice("earlier")
        return under_heading(page, heading)

    def _rest(self, pages: Sequence[Page], chat: Chat) -> tuple[Message, ...]:
        cut = [page for page in pages if page.following is not None]
        if not cut:
            return ()
        voice = self.speaking.voice(chat)
        buttons = tuple(self._continue(page, voice) for page in cut)
        return (Buttons(text=voice("more", count=sum(page.left for page in cut)), buttons=buttons),)

    def _continue(self, page: Page, voice: Voice) -> Tap:
        return self.taps.make(
            voice("more_button"),
            chat=page.turn.chat,
            action=CONTINUE,
            subject=page.turn.id,
            offset=page.following or 0,
        )

    def _doubt(self, turns: Sequence[Turn], chat: Chat) -> tuple[Message, ...]:
        if not turns:
            return ()
        voice = self.speaking.voice(chat)
        buttons = tuple(
            self.taps.make(voice("unsure_button"), chat=chat, action=CONTINUE, subject=turn.id)
            for turn in turns
        )
        return (Buttons(text=voice("unsure"), buttons=buttons),)


def _quoting(messages: tuple[Message, ...], page: Page) -> tuple[Message, ...]:
    """In a group let an answer's first words quote the question: others may speak meanwhile."""
    turn = page.turn
    event = turn.latest.event if turn.arrivals else None
    if turn.chat.is_private or not isinstance(event, Sent) or not event.quote_token:
        return messages
    place = next((n for n, each in enumerate(messages) if isinstance(each, Text)), None)
    if place is None:
        return messages
    first = messages[place]
    quoting = replace(first, quote=event.quote_token) if isinstance(first, Text) else first
    return (*messages[:place], quoting, *messages[place + 1 :])


def _places(page: Page, count: int, offset: int) -> list[Place | None]:
    """What each of a page's messages shows; a heading in front of them shows nothing."""
    headings: list[Place | None] = [None] * (count - len(page.messages))
    return [*headings, *((page.turn.id, offset + n) for n in range(len(page.messages)))]
