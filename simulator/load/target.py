"""Which bot may be driven, and whether it is there.

LINE forbids load tests against itself. The load goes to the bot alone, so a webhook URL at LINE can
only be a mistake.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from simulator.webhooks import Outcome

LINE = "line.me"


class CannotRun(Exception):
    """Nothing can be measured; the message says why."""


def checked(url: str) -> str:
    """A webhook URL that may be driven, as it was given. Raises CannotRun."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise CannotRun(f"{url!r} is no URL: {exc}") from exc
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise CannotRun(f"{url!r} is no URL of a webhook, such as http://127.0.0.1:8000/callback")
    host = parts.hostname.rstrip(".")
    if host == LINE or host.endswith(f".{LINE}"):
        raise CannotRun(f"{host} is LINE itself, which forbids load tests: name your bot's webhook")
    return url


def must_be_there(url: str, outcome: Outcome) -> None:
    """Look at the answer to a webhook without events, LINE's own check. Raises CannotRun.

    A bot that only stumbles over it, or is slow to wake up, may still answer people.
    """
    if outcome.reason == "could_not_connect":
        raise CannotRun(f"nothing can be sent to {url}: {outcome.error}")
    if 300 <= outcome.status < 500:
        raise CannotRun(
            f"the bot answers a webhook without events, as LINE checks a URL, with status "
            f"{outcome.status}: are the URL and the channel secret its own?"
        )
