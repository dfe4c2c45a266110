"""Languages the bot speaks, and how a profile's language tag leads to one of them."""

from __future__ import annotations

DEFAULT = "zh-Hant"
FALLBACK = "en"

#: What each language is called by those who speak it.
NAMES = {"zh-Hant": "繁體中文", "en": "English", "ja": "日本語", "th": "ไทย"}
_BY_PREFIX = {"zh": "zh-Hant", "en": "en", "ja": "ja", "th": "th"}
#: Every language that texts may be written in.
LANGUAGES = tuple(_BY_PREFIX.values())


def match(tag: str | None) -> str | None:
    """Find the bot's language for a BCP 47 tag such as ``zh-TW``; None if it speaks none."""
    prefix = (tag or "").replace("_", "-").split("-")[0].lower()
    return _BY_PREFIX.get(prefix)


def preferred(accept_language: str) -> str | None:
    """Find the first language of an ``Accept-Language`` header that the bot speaks."""
    tags = (part.split(";")[0].strip() for part in accept_language.split(","))
    return next((language for tag in tags if (language := match(tag))), None)
