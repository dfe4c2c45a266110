"""What the bot says, by language and key.

Texts are data (TOML, a file a language). Those that ship are complete, by test; a language may
still lack some, and what it lacks is said in English. A text's slots are written ``{name}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.languages import FALLBACK


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of all languages: ``tables[language][key]``."""

    tables: Mapping[str, Mapping[str, str]]

    def say(self, language: str, key: str, /, **slots: object) -> str:
        """Say a text. Raises KeyError for a key that not even English has."""
        text = self.tables.get(language, {}).get(key) or self.tables[FALLBACK][key]
        return text.format(**slots) if slots else text

    def spoken(self, language: str) -> Voice:
        """Bind a language, for code that says several texts in it."""
        return Voice(self, language)


@dataclass(frozen=True, slots=True)
class Voice:
    """The texts in one language: ``voice("late_note")``."""

    texts: Texts
    language: str

    def __call__(self, key: str, /, **slots: object) -> str:
        """Say a text. Raises KeyError for an unknown key."""
        return self.texts.say(self.language, key, **slots)
