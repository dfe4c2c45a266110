"""Who gets people's words, by the address they are sent to, for the privacy page.

A row is a host's ending, the company behind it and the country of its seat. An operator who knows
better writes `vendor` and `country` into `bot.toml`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

_VENDORS = (
    ("api.openai.com", "OpenAI", "US"),
    ("googleapis.com", "Google", "US"),
    ("api.anthropic.com", "Anthropic", "US"),
    ("api.deepseek.com", "DeepSeek", "CN"),
    ("api.groq.com", "Groq", "US"),
    ("api.mistral.ai", "Mistral AI", "FR"),
    ("api.x.ai", "xAI", "US"),
    ("openrouter.ai", "OpenRouter", "US"),
    ("amazonaws.com", "Amazon Web Services", "US"),
)
_HERE = ("localhost", "127.0.0.1", "::1")


def vendor_of(url: str) -> tuple[str, str]:
    """Name a model's vendor and country code; country is "" where only the host is known.

    A model on the same machine is ("", "").
    """
    host = urlsplit(url).hostname or ""
    if host in _HERE:
        return "", ""
    for ending, vendor, country in _VENDORS:
        if host == ending or host.endswith("." + ending):
            return vendor, country
    return host, ""
