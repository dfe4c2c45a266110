"""Pictures: which of them a model is shown, and what is said of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.assistant.choices import Choices
from chalicelib.assistant.fetch import Fetch
from chalicelib.assistant.trouble import Trouble
from chalicelib.domain.catalogue import Ability, ModelSpec
from chalicelib.domain.errors import ContentBusy, ContentError, ContentGone, ContentTooLarge
from chalicelib.domain.events import ImageSent
from chalicelib.domain.media import Medium
from chalicelib.domain.turns import Turn

#: What every vendor takes.
_SEEN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
PICTURES = 10
PICTURE_BYTES = 10_000_000
#: All of a question's pictures: a request holds them two or three times, and a worker has 512 MB.
PICTURES_BYTES = 20_000_000
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """Gets pictures that a model can look at."""

    fetch: Fetch
    choices: Choices

    def look(
        self, turn: Turn, sent: Sequence[ImageSent], chosen: ModelSpec, *, ends: datetime
    ) -> tuple[dict[str, Medium], list[Trouble]]:
        """Get the pictures by their message ids, and why each other can't be seen.

        chosen: the model that answers in this chat. Raises Withdrawn.
        """
        if not sent:
            return {}, []
        if not self.choices.line_up(chosen, Ability.VISION):
            return {}, [Trouble("no_eyes")]
        troubles: list[Trouble] = []
        seen: dict[str, Medium] = {}
        room = PICTURES_BYTES
        fetched = self.fetch.each(turn, sent[:PICTURES], most=PICTURE_BYTES, ends=ends)
        for event, found in fetched:
            if isinstance(found, ContentError):
                troubles.append(Trouble(_PICTURE[type(found)], PICTURE_BYTES // _MEGABYTE))
            elif found.content_type not in _SEEN:
                troubles.append(Trouble("picture_kind"))
            elif len(found.content) > room:
                break
            else:
                room -= len(found.content)
                seen[event.message_id] = found
        if len(seen) + len(troubles) < len(sent):
            troubles.append(Trouble("pictures_too_many", len(seen) + len(troubles)))
        return seen, list(dict.fromkeys(troubles))


#: What is said of a picture that could not be fetched.
_PICTURE: Mapping[type[ContentError], str] = {
    ContentGone: "picture_gone",
    ContentTooLarge: "picture_too_large",
    ContentBusy: "picture_busy",
}
