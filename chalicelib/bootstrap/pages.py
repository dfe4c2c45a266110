"""Pages for browsers, which the webhook never needs."""

from __future__ import annotations

import os

from chalicelib.adapters import shipped
from chalicelib.domain.languages import FALLBACK, preferred
from chalicelib.domain.privacy import PrivacyFacts, page
from chalicelib.domain.vendors import vendor_of
from chalicelib.settings import Settings


def privacy_page(settings: Settings, accept_language: str) -> str:
    """Write the privacy page from the settings, in the first wanted language that it is in."""
    bot, tables = shipped.bot(), shipped.privacy()
    language = preferred(accept_language) or settings.language
    vendor, country = vendor_of(settings.openai_url)
    facts = PrivacyFacts(
        name=bot.name,
        vendor=bot.vendor or vendor,
        country=bot.country or country,
        contact=bot.privacy_contact or bot.contact,
        region=os.environ.get("AWS_REGION", "") if settings.backend == "aws" else "",
    )
    return page(facts, tables.get(language) or tables[FALLBACK])
