"""What is said and what is stored, by what comes, where, and what is chosen there: one table.

A   a model answers, and the conversation is remembered
w   a few words, without a model
K   nothing is said, and the words are kept as a line of the group's history
.   nothing is said; of a group nothing is stored either
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.media import Medium
from chalicelib.ports import YES, Choice
from tests.assembled import AMY, EARS, EYES, GROUP, Assembled, assembled

ROOM = Chat(ChatKind.ROOM, "Rroom")
#: A word that nothing but the message under test holds.
WORD = "zebra"
TABLE = """
                    private        group and room
                    plain  human   plain  listen  memory  both  human
talk                A      .       .      A       K       A     .
talk_about_name     A      .       .      A       K       A     .
mention             A      .       A      A       A       A     .
called_by_name      A      .       A      A       A       A     .
quote_of_an_answer  A      .       A      A       A       A     .
quote_of_talk       A      .       .      A       K       A     .
bare_mention        w      .       w      w       w       w     .
mention_of_all      A      .       .      A       K       A     .
command             w      w       w      w       w       w     w
command_bare        w      w       .      A       K       A     .
picture             A      .       .      A       .       A     .
voice               A      .       .      A       .       A     .
place               A      .       .      A       .       A     .
sticker             w      .       .      .       .       .     .
video               w      .       .      .       .       .     .
file                w      .       .      .       .       .     .
hologram            w      .       .      .       .       .     .
follow              w      w       -      -       -       -     -
unfollow            .      .       -      -       -       -     -
join                -      -       w      w       w       w     w
leave               -      -       .      .       .       .     .
newcomers           -      -       .      w       w       w     .
foreign_button      w      w       w      w       w       w     w
"""
Happening = Callable[[Assembled, Chat], object]
PICTURE = Medium(content=b"\x89PNG pixels", content_type="image/png")
VOICE = Medium(content=b"sound", content_type="audio/x-m4a")


def says(words: str, *, mention: bool = False, quotes: str = "") -> Happening:
    return lambda bot, chat: bot.hears(words, chat=chat, mention=mention, quotes=quotes)


def quotes_an_answer(bot: Assembled, chat: Chat) -> None:
    bot.hears(f"{WORD}?", chat=chat, mention=False, quotes="s1")


def sends(what: str, medium: Medium | None = None) -> Happening:
    def send(bot: Assembled, chat: Chat) -> None:
        event_id = bot.sees(what, chat=chat, work=False)
        if medium is not None:
            bot.content.sent[f"m-{event_id}"] = medium
        bot.clock.move(5)
        bot.works(chat)

    return send


HAPPENINGS: dict[str, Happening] = {
    "talk": says(f"I saw a {WORD}."),
    "talk_about_name": says(f"聊聊天吧 {WORD}"),
    "mention": says(f"What is a {WORD}?", mention=True),
    "called_by_name": says(f"聊聊，a {WORD}?"),
    "quote_of_an_answer": quotes_an_answer,
    "quote_of_talk": says(f"A {WORD}?", quotes="m-unknown"),
    "bare_mention": says("", mention=True),
    "mention_of_all": says(f"@All a {WORD}!"),
    "command": says("/help"),
    "command_bare": says("help"),
    "picture": sends("image", PICTURE),
    "voice": sends("audio", VOICE),
    "place": sends("location"),
    "sticker": sends("sticker"),
    "video": sends("video"),
    "file": sends("file"),
    "hologram": sends("hologram"),
    "follow": lambda bot, chat: bot.is_followed(chat=chat),
    "unfollow": lambda bot, chat: bot.is_left(chat=chat),
    "join": lambda bot, chat: bot.joins(chat=chat),
    "leave": lambda bot, chat: bot.is_left(chat=chat),
    "newcomers": lambda bot, chat: bot.newcomers(chat=chat),
    "foreign_button": lambda bot, chat: bot.taps_data("turns:of-another-chat", chat=chat),
}
SETTINGS = {
    "plain": (),
    "listen": (Choice.LISTENS,),
    "memory": (Choice.REMEMBERS,),
    "both": (Choice.LISTENS, Choice.REMEMBERS),
    "human": (),
}


def cases() -> Iterator[tuple[str, Chat, str, str]]:
    """Every cell of the table: what happens, where, what is chosen there, what comes of it."""
    _, heads, *rows = TABLE.strip("\n").splitlines()
    columns = heads.split()
    for row in rows:
        what, *cells = row.split()
        for place, (setting, becomes) in enumerate(zip(columns, cells, strict=True)):
            rooms = (GROUP, ROOM) if setting == "plain" else (GROUP,)
            for chat in (AMY,) if place < 2 else rooms:
                if becomes != "-":
                    yield what, chat, setting, becomes


def test_every_happening_is_in_the_table() -> None:
    assert {what for what, *_ in cases()} == set(HAPPENINGS)


@pytest.mark.parametrize(("what", "chat", "setting", "becomes"), list(cases()))
def test_what_is_said_and_what_is_stored(
    tmp_path: Path, what: str, chat: Chat, setting: str, becomes: str
) -> None:
    with assembled(tmp_path, models=(EYES, EARS)) as bot:
        bot.stores.chats.mark_introduced(chat, now=bot.clock.now())
        bot.vendors.hearing(EARS).script = ["一隻斑馬"]
        bot.hears("先說一句。", chat=chat)
        for choice in SETTINGS[setting]:
            bot.stores.chats.choose(chat, choice, YES, now=bot.clock.now())
        if setting == "human":
            bot.hears("/human", chat=chat)
        replies, asked = len(bot.messenger.replies), len(bot.vendors.model(EYES).asked)
        before = lines(bot, chat)
        HAPPENINGS[what](bot, chat)
        spoke = len(bot.messenger.replies) - replies
        thought = len(bot.vendors.model(EYES).asked) - asked
        more = len(lines(bot, chat)) - len(before)
        assert (spoke, thought) == {"A": (1, 1), "w": (1, 0), "K": (0, 0), ".": (0, 0)}[becomes]
        if what != "leave":
            assert more == {"A": 2, "K": 1}.get(becomes, 0)
        if becomes == "." and not chat.is_private and setting != "human":
            assert WORD.encode() not in everything(tmp_path)


def lines(bot: Assembled, chat: Chat) -> list[str]:
    """What the chat's history holds."""
    recent = bot.stores.history.recent(chat, limit=100, now=bot.clock.now())
    return [line.text for line in recent]


def everything(folder: Path) -> bytes:
    """All that is stored."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
