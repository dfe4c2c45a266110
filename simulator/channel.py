"""What the simulated channel is: secrets, bot, and those numbers of LINE's that tests shorten."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.ids import user_id

DEMO_SECRET = "simulated-channel-secret"  # noqa: S105 - opens nothing but this simulator
DEMO_TOKEN = "simulated-channel-access-token"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One Messaging API channel.

    id: the channel's id, which with the secret gives stateless access tokens.
    reply_life: seconds a reply token lives after the webhook (LINE: a minute).
    reply_longest: seconds after the event at which no redelivery revives it (LINE: 20 minutes).
    webhook_timeout: seconds the bot has to answer a webhook (LINE: 2).
    redelivery: seconds to wait before each redelivery of a webhook that failed.
    quota: pushes a month (a free plan: 200); None means no limit.
    """

    id: str = "1234567890"
    secret: str = field(default=DEMO_SECRET, repr=False)
    access_token: str = field(default=DEMO_TOKEN, repr=False)
    bot_id: str = user_id("the bot")
    bot_name: str = "Liao"
    basic_id: str = "@000simul"
    reply_life: float = 60
    reply_longest: float = 20 * 60
    webhook_timeout: float = 2
    redelivery: tuple[float, ...] = (1, 3, 10)
    quota: int | None = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What is known of the bot behind the channel, for the page's status strip.

    model: the model's name, None where nobody told; demo: it is the simulator's own.
    """

    model: str | None = None
    demo: bool = False
