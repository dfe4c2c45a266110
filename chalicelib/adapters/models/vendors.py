"""Every model of the catalogue, made when it is first asked for; a client for each address.

Nothing is imported and no address or key is looked up before the first call: a worker may have
thirty models on offer and ask one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.adapters.models.calling import Caller, client
from chalicelib.adapters.models.chat_completions import ChatCompletionsModel
from chalicelib.adapters.models.responses import ResponsesModel
from chalicelib.adapters.models.transcriptions import TranscriptionsModel
from chalicelib.domain.catalogue import Dialect, ModelSpec, Vendor
from chalicelib.ports import Hearing, Model, Secret, Telemetry

_MADE: Mapping[Dialect, Callable[..., Model]] = {
    Dialect.CHAT: ChatCompletionsModel,
    Dialect.RESPONSES: ResponsesModel,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVendors:
    """Implements `ports.Vendors`; safe for many threads.

    address: a vendor's base URL. secret: a key by the name of its setting.
    """

    address: Callable[[Vendor], str]
    secret: Callable[[str], Secret]
    telemetry: Telemetry
    _models: dict[str, Model] = field(default_factory=dict, repr=False)
    _hearing: dict[str, Hearing] = field(default_factory=dict, repr=False)
    _callers: dict[str, Caller] = field(default_factory=dict, repr=False)
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def model(self, spec: ModelSpec) -> Model:
        """The model that answers; see `ports.Vendors`."""
        with self._lock:
            if spec.id not in self._models:
                caller = self._caller(spec.vendor)
                self._models[spec.id] = _MADE[spec.dialect](spec=spec, caller=caller)
            return self._models[spec.id]

    def hearing(self, spec: ModelSpec) -> Hearing:
        """The model that writes down; see `ports.Vendors`."""
        with self._lock:
            if spec.id not in self._hearing:
                caller = self._caller(spec.vendor)
                self._hearing[spec.id] = TranscriptionsModel(spec=spec, caller=caller)
            return self._hearing[spec.id]

    def ready(self) -> None:
        """Import what the first question would import; the SDK's own parts come late too."""
        import openai.resources.chat.completions.completions
        import openai.resources.responses.responses  # noqa: F401

        from chalicelib.adapters.models import deadline  # noqa: F401

    def close(self) -> None:
        """Close the connections that are kept open."""
        with self._lock:
            for each in self._clients.values():
                each.close()
            self._clients.clear()

    def _caller(self, vendor: Vendor) -> Caller:
        """Whom the vendor's models share; called under the lock."""
        if vendor.id not in self._callers:
            self._callers[vendor.id] = Caller(
                client=lambda: self._client(self.address(vendor)),
                key=self.secret(vendor.key_setting) if vendor.key_setting else None,
                telemetry=self.telemetry,
            )
        return self._callers[vendor.id]

    def _client(self, base_url: str) -> Any:
        with self._lock:
            if base_url not in self._clients:
                self._clients[base_url] = client(base_url)
            return self._clients[base_url]
