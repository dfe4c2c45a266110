"""Which words are commands.

A command has names in every language. With a slash in front a name works anywhere; without one
only in a private chat, and only as the whole message, so that ordinary talk never sets one off.
Full-width letters, slashes and spaces count as the plain ones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from itertools import chain
from typing import Any

from chalicelib.domain.bot import localized, offered
from chalicelib.domain.events import TextSent
from chalicelib.domain.invites import gives_code
from chalicelib.domain.texts import Texts

#: How alike two words are that are one and the same misspelt: ``hlep`` and ``help`` are 0.75.
_NEARLY = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """A command's data: its id, its names by language (the first is shown), its texts.

    words: by argument, the words in any language that give it behind a name. admins: only who runs
    the bot may give it, and help shows it to nobody else. groups: it is about groups alone.
    """

    id: str
    names: Mapping[str, tuple[str, ...]]
    texts: Texts
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    admins: bool = False
    groups: bool = False

    def shown_name(self, language: str) -> str:
        """The name that help shows in this language, without a slash."""
        name: str = localized(self.names, language)[0]
        return name

    @classmethod
    def read(cls, command_id: str, table: Mapping[str, Any]) -> CommandSpec:
        """Make a spec of a parsed TOML file with the tables ``names``, ``texts`` and ``words``."""
        return cls(
            id=command_id,
            names=_tuples(table["names"]),
            texts=Texts(table.get("texts", {})),
            words=_tuples(table.get("words", {})),
            admins=table.get("admins") is True,
            groups=table.get("groups") is True,
        )

    def written(self) -> Iterator[tuple[str, Given]]:
        """Every way to write it, folded, and what each gives."""
        for name in chain.from_iterable(self.names.values()):
            yield normalized(name), Given(self.id)
            for argument, words in self.words.items():
                for word in words:
                    yield normalized(f"{name} {word}"), Given(self.id, argument)


@dataclass(frozen=True, slots=True)
class Given:
    """A command that a message gives: its id, and what stood behind the name, "" for nothing."""

    command: str
    argument: str = ""


@dataclass(frozen=True)
class CommandList:
    """The commands on offer, found by what people write.

    Every message is looked up, so all ways to write them are folded once.
    """

    specs: tuple[CommandSpec, ...]

    @classmethod
    def offering(cls, ids: Sequence[str], specs: Mapping[str, CommandSpec]) -> CommandList:
        """Choose the commands the operator offers, in their order; ``*`` is all others there are.

        Raises SettingInvalid for an id that is no command's.
        """
        return cls(tuple(specs[name] for name in offered(ids, sorted(specs), "commands")))

    def find(self, text: str, *, private: bool) -> Given | None:
        """Find the command that a message gives."""
        words = normalized(text)
        if not words.startswith("/") and not private:
            return None
        return self._by_name.get(words.removeprefix("/").strip())

    def gives(self, event: TextSent) -> bool:
        """Tell whether a message is a command, by the rules of its chat.

        An invitation's code is one too: it stands alone.
        """
        return gives_code(event) or self.find(event.text, private=event.chat.is_private) is not None

    def nearly(self, text: str) -> bool:
        """Tell whether a slash word was probably meant as a command: a letter or two are off."""
        slash, word = normalized(text)[:1], normalized(text)[1:]
        if slash != "/" or " " in word or "/" in word:
            return False
        return bool(get_close_matches(word, self._by_name, n=1, cutoff=_NEARLY))

    @cached_property
    def _by_name(self) -> dict[str, Given]:
        return dict(chain.from_iterable(spec.written() for spec in self.specs))


def _tuples(table: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in table.items()}


def normalized(text: str) -> str:
    """Fold width, case and white space: ``／Ｈｅｌｐ　`` is ``/help``."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
