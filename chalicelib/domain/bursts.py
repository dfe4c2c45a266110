"""Which waiting messages make one question.

People write in bursts: a sentence in three messages, four pictures at once, a picture and then
the words about it. Answered one by one they cost three answers and read oddly; waited for too
long, everybody waits. So: what already waits together is one turn, the pictures of a set wait
for each other, and a text that looks unfinished waits a moment for its next line. A voice message
is words that are finished.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from chalicelib.domain.events import ImageSent, TextSent, message_id_of
from chalicelib.domain.turns import Arrival, Wait

#: How long the pictures of one set wait for the missing ones.
SET_PATIENCE = timedelta(seconds=3)
#: How long pictures wait for the words about them, and how far apart the two may be.
CAPTION_PATIENCE = timedelta(seconds=2)
#: How long a text that looks unfinished waits for its next line.
LINE_PATIENCE = timedelta(seconds=1.5)
#: A longer text is taken as finished, unless a mark at its end says that it goes on.
SHORT = 12

_GOES_ON = ",，、:："
_PARTICLES = (
    "嗎", "吗", "呢", "吧", "啊", "呀", "喔", "哦", "啦", "耶", "囉", "嘛", "謝謝", "感謝", "拜託",
    "か", "ね", "よ", "です", "ます", "ください", "ありがとう",
    "ครับ", "ค่ะ", "คะ", "ไหม", "มั้ย", "หรือ", "นะ",
    "please", "thanks", "thank you",
)  # fmt: skip
_QUESTION_WORDS = re.compile(
    "什麼|什么|怎麼|怎么|為何|为何|如何|何時|何时|多少|幾|几|哪|誰|谁"
    "|何|どう|なぜ|いつ|どこ"
    "|อะไร|ยังไง|อย่างไร|เท่าไ|ที่ไหน|เมื่อไ|ใคร|ทำไม"
    r"|\b(?:what|how|why|when|where|who|which)\b"
)

IsCommand = Callable[[TextSent], bool]


def gather(
    waiting: Sequence[Arrival], *, now: datetime, is_command: IsCommand
) -> tuple[Arrival, ...] | Wait:
    """Choose the first turn among the waiting arrivals (at least one, oldest first).

    Returns the arrivals that belong together, or a `Wait` while more may come.
    """
    group = _belonging(waiting, is_command)
    if len(group) < len(waiting) or not _merges(group[0], is_command):
        return group
    until = _patience(group)
    return Wait(until) if until is not None and now < until else group


def groups(waiting: Sequence[Arrival], *, is_command: IsCommand) -> list[tuple[Arrival, ...]]:
    """Divide all waiting arrivals into the turns they would make if nothing more came."""
    found: list[tuple[Arrival, ...]] = []
    start = 0
    while start < len(waiting):
        group = _belonging(waiting[start:], is_command)
        found.append(group)
        start += len(group)
    return found


def looks_unfinished(text: str) -> bool:
    """Tell whether a next line seems likely: short, no closing mark, particle or question word."""
    words = text.strip().lower()
    if not (last := _last_character(words)):
        return False
    if last in _GOES_ON:
        return True
    if len(words) > SHORT or unicodedata.category(last)[0] != "L":
        return False
    return not words.endswith(_PARTICLES) and not _QUESTION_WORDS.search(words)


def _last_character(words: str) -> str:
    """The last character that is no mark on another: what a Thai vowel or ``❤️`` stands on."""
    bases = (char for char in reversed(words) if unicodedata.category(char)[0] != "M")
    return next(bases, "")


def _belonging(waiting: Sequence[Arrival], is_command: IsCommand) -> tuple[Arrival, ...]:
    first = waiting[0]
    if not _merges(first, is_command):
        return (first,)
    group = [first]
    for arrival in waiting[1:]:
        if not _merges(arrival, is_command) or not _same_person(arrival, first):
            break
        group.append(arrival)
    return tuple(group)


def _same_person(one: Arrival, other: Arrival) -> bool:
    """Two nameless people of a group are not taken for one."""
    user = one.event.user
    return user == other.event.user and (user is not None or one.event.chat.is_private)


def _merges(arrival: Arrival, is_command: IsCommand) -> bool:
    event = arrival.event
    if isinstance(event, TextSent):
        return not is_command(event)
    return message_id_of(event) is not None


def _patience(group: Sequence[Arrival]) -> datetime | None:
    """Until when this group, which nothing follows, waits for more; None if it is complete."""
    images = [item for item in group if isinstance(item.event, ImageSent)]
    waits = [item.received + SET_PATIENCE for item in images if _set_is_open(images, item)]
    last = group[-1]
    if isinstance(last.event, ImageSent) and len(images) == len(group):
        waits.append(last.received + CAPTION_PATIENCE)
    if isinstance(last.event, TextSent) and last.event.chat.is_private:
        waits += [last.received + LINE_PATIENCE] if looks_unfinished(last.event.text) else []
    return max(waits, default=None)


def _set_is_open(images: Sequence[Arrival], image: Arrival) -> bool:
    """Tell whether pictures of this picture's set are still missing."""
    if not isinstance(image.event, ImageSent) or image.event.set_total is None:
        return False
    set_id = image.event.set_id
    here = [i for i in images if isinstance(i.event, ImageSent) and i.event.set_id == set_id]
    return len(here) < image.event.set_total
