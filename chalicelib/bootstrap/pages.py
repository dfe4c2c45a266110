"""Pages for browsers, which the webhook never needs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from chalicelib.adapters import shipped
from chalicelib.bootstrap.menu import menu
from chalicelib.bootstrap.source import environment
from chalicelib.domain.bot import Bot
from chalicelib.domain.languages import FALLBACK, preferred
from chalicelib.domain.privacy import PrivacyFacts, page
from chalicelib.domain.vendors import Receiver, as_told, receivers
from chalicelib.settings import Settings


def privacy_page(settings: Settings, accept_language: str) -> str:
    """Write the privacy page from the settings, in the first wanted language that it is in."""
    bot, tables = shipped.bot(), shipped.privacy()
    language = preferred(accept_language) or settings.language
    facts = PrivacyFacts(
        name=bot.name,
        vendors=_vendors(settings, environment(), bot),
        contact=bot.privacy_contact or bot.contact,
        region=os.environ.get("AWS_REGION", "") if settings.backend == "aws" else "",
    )
    return page(facts, tables.get(language) or tables[FALLBACK])


def _vendors(settings: Settings, env: Mapping[str, str], bot: Bot) -> Sequence[Receiver]:
    """Everybody who may get people's words; what `bot.toml` says of them goes before."""
    choice = menu(settings, env, bot)
    models = [choice.default, *choice.models.values()]
    known = [*(spec.vendor for spec in models), *shipped.catalogue().vendors.values()]
    found = receivers(models, known, env)
    return as_told(found, vendor=bot.vendor, country=bot.country)
