"""Who gets people's words, for the privacy page: by the addresses that they are sent to.

An address tells more than a row does: a vendor's setting may lead somewhere else, such as to a
proxy, to another vendor or to the bot's own machine. An operator who knows better writes `vendor`
and `country` into `bot.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from chalicelib.domain.catalogue import ModelSpec, Vendor, address

#: A name, and a country's code or what the operator's row calls it; "" where it is unknown.
Receiver = tuple[str, str]

_HERE = ("localhost", "127.0.0.1", "::1")


def receivers(
    models: Iterable[ModelSpec], known: Iterable[Vendor], settings: Mapping[str, str]
) -> Sequence[Receiver]:
    """Name everybody to whom models' vendors are set to be, each once, in the models' order.

    Of a host that none of the known vendors has, the host is told. The bot's own machine is
    ("", ""). Raises SettingInvalid for a setting that is no address.
    """
    vendors = [*known]
    addresses = dict.fromkeys(address(spec.vendor, settings) for spec in models)
    return [*dict.fromkeys(_receiver(each, vendors) for each in addresses if each)]


def as_told(found: Iterable[Receiver], *, vendor: str, country: str) -> Sequence[Receiver]:
    """Put what the operator says in its place, where it is not ""."""
    return [*dict.fromkeys((vendor or name, country or code) for name, code in found)]


def _receiver(url: str, vendors: Sequence[Vendor]) -> Receiver:
    host = urlsplit(url).hostname or ""
    if host in _HERE:
        return "", ""
    running = (vendor for vendor in vendors if vendor.runs(host))
    return next(((vendor.name, vendor.country) for vendor in running), (host, ""))
