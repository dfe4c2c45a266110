"""Asks vendors which models they run: `GET /models`, as OpenAI's dialect has it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib.domain.catalogue import Vendor, address, undated
from ops.trouble import Trouble

_TIMEOUT: Final = urllib3.Timeout(connect=3, read=10)
_OK: Final = 200
_REFUSED: Final = (400, 401, 403)
_NONE: Final = (404, 405, 501)
#: Anthropic speaks OpenAI's dialect, but lists its models in its own.
_OWN_DIALECT: Final = {"anthropic-version": "2023-06-01"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendors:
    """All vendors, asked with a stage's settings."""

    settings: Mapping[str, str] = field(repr=False)
    http: urllib3.PoolManager = field(repr=False)

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> Vendors:
        """Vendors with these settings; no request is made yet."""
        return cls(settings=settings, http=urllib3.PoolManager(retries=False, timeout=_TIMEOUT))

    def close(self) -> None:
        """Close the connections that are kept open."""
        self.http.clear()

    def names(self, vendor: Vendor) -> frozenset[str]:
        """What a vendor calls its models; none where it doesn't tell. Raises Trouble."""
        status, answer = self._ask(vendor, "/models")
        if status in _NONE:
            return frozenset()
        found = answer.get("data") if isinstance(answer, dict) else answer
        if status != _OK or not isinstance(found, list):
            told = f"status {status}" if status != _OK else "something else than a list of models"
            raise Trouble(
                f"{vendor.name} answers GET {self._base(vendor)}/models with {told}",
                f"Check {_setting(vendor)}, or run this again.",
            )
        return frozenset(plain(str(each.get("id", ""))) for each in found if isinstance(each, dict))

    def knows(self, vendor: Vendor, name: str) -> bool:
        """Tell whether it knows a name that is not in its list, which may be long or not whole."""
        status, _ = self._ask(vendor, f"/models/{quote(name, safe='/:')}")
        return status == _OK

    def _ask(self, vendor: Vendor, path: str) -> tuple[int, Any]:
        """Ask, by each way to show the key until one is taken. Raises Trouble."""
        status, raw = 0, b""
        for headers in _signed(self.settings.get(vendor.key_setting, "").strip()):
            try:
                got = self.http.request("GET", self._base(vendor) + path, headers=headers)
            except HTTPError as exc:
                raise Trouble(
                    f"{vendor.name} can't be reached at {self._base(vendor)}",
                    f"Check the network and {_setting(vendor)}.",
                ) from exc
            status, raw = got.status, got.data
            if status not in _REFUSED:
                break
        if status in _REFUSED and vendor.key_setting:
            raise Trouble(
                f"{vendor.name} does not accept the key ({status})",
                f"Write another into {vendor.key_setting}.",
            )
        try:
            return status, json.loads(raw or b"null")
        except ValueError:
            return status, None

    def _base(self, vendor: Vendor) -> str:
        return address(vendor, self.settings)


def plain(name: str) -> str:
    """A model's name without what vendors write around it: a folder, a tag, a snapshot's date."""
    return undated(name.removeprefix("models/").removesuffix(":latest"))


def _setting(vendor: Vendor) -> str:
    return vendor.url_setting or "its base_url in the catalogue"


def _signed(key: str) -> Sequence[Mapping[str, str]]:
    if not key:
        return ({},)
    return {"Authorization": f"Bearer {key}"}, {"x-api-key": key, **_OWN_DIALECT}
