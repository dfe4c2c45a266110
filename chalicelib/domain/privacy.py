"""The privacy page: written from the settings, so that it cannot drift from what is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from chalicelib.domain.retention import BACKUPS, CHOICES, HISTORY, IDS, LEDGER, UNFOLLOWED, WORDS

_HTML = """\
<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
body {{ margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 38rem; line-height: 1.7;
  font-family: system-ui, sans-serif; }}
h1 {{ font-size: 1.5rem; line-height: 1.3; }}
h2 {{ font-size: 1.1rem; margin: 2rem 0 .5rem; }}
ul {{ padding-left: 1.25rem; margin: 0; }}
li {{ margin: .35rem 0; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{intro}</p>
{sections}
</body>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyFacts:
    """What the page tells beside the fixed times.

    vendors: everybody who may get people's words, as name and country. A name is "" for a model
    on the bot's own machine. A country is a code of the page's table or in the operator's words, ""
    where unknown. region: where on AWS the data lies, "" where it lies on the bot's own machine,
    which keeps no copies and mails nobody.
    """

    name: str
    vendors: Sequence[tuple[str, str]]
    contact: str
    region: str = ""


def page(facts: PrivacyFacts, table: Mapping[str, Any]) -> str:
    """Write the page as HTML in the language of `table` (a parsed file of `privacy/`)."""
    slots = {
        "name": facts.name,
        "history_days": HISTORY.days,
        "words_hours": int(WORDS.total_seconds() // 3600),
        "ids_days": IDS.days,
        "choices_days": CHOICES.days,
        "left_days": UNFOLLOWED.days,
        "usage_days": LEDGER.days,
        "backups_line": _on_aws(facts, table["backups"].format(days=BACKUPS.days)),
        "host_line": _on_aws(facts, table["host"].format(region=facts.region)),
        "staff_line": _on_aws(facts, table["staff"]),
        "vendor_line": _vendor_line(facts, table),
        "contact_line": _contact_line(facts, table),
    }
    sections = "\n".join(_section(section, slots) for section in table["sections"])
    return _HTML.format(
        lang=table["lang"],
        title=escape(table["title"].format(**slots)),
        intro=escape(table["intro"].format(**slots)),
        sections=sections,
    )


def _section(section: Mapping[str, Any], slots: Mapping[str, object]) -> str:
    said = (item.format(**slots) for item in section["items"])
    items = (f"<li>{escape(line)}</li>" for line in said if line)
    return f"<h2>{escape(section['heading'])}</h2>\n<ul>\n" + "\n".join(items) + "\n</ul>"


def _on_aws(facts: PrivacyFacts, line: str) -> str:
    return line if facts.region else ""


def _vendor_line(facts: PrivacyFacts, table: Mapping[str, Any]) -> str:
    away = [_vendor(name, country, table) for name, country in facts.vendors if name]
    if not away:
        return str(table["vendor_here"])
    form = table["vendor_one" if len(away) == 1 else "vendor_several"]
    return str(form.format(vendors=str(table["between"]).join(away)))


def _vendor(name: str, country: str, table: Mapping[str, Any]) -> str:
    told = table["countries"].get(country, country)
    form = table["vendor_known" if told else "vendor_host"]
    return str(form.format(vendor=name, country=told))


def _contact_line(facts: PrivacyFacts, table: Mapping[str, Any]) -> str:
    form = table["contact_known" if facts.contact else "contact_unknown"]
    return str(form.format(contact=facts.contact))
