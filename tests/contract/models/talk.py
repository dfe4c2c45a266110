"""A scripted vendor, the models that it is asked through, and what was logged of it."""

from __future__ import annotations

import itertools
import re
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, cast

import pytest

from chalicelib.adapters.models.vendors import ModelVendors
from chalicelib.domain.catalogue import Ability, ModelSpec, Vendor
from chalicelib.domain.errors import ModelError
from chalicelib.domain.prices import Price
from chalicelib.domain.prompt import Prompt
from chalicelib.ports import Completion, Secret
from tests.contract.models.speeches import CHAT, PROMPT, Speech
from tests.fakes import FakeSecret, FakeTelemetry
from tests.scripted import Asked, Reply, Scripted, scripted

KEY = "sk-proj-a-key-that-nobody-may-see"
SOON = timedelta(seconds=5)
PRICE = Price(tokens_in=0.75, cached=0.075, tokens_out=4.5, search=0.01, as_of=date(2026, 10, 14))
ACME = Vendor(
    id="acme",
    name="Acme",
    country="TW",
    base_url="",
    url_setting="",
    key_setting="ACME_KEY",
    cap="max_tokens",
)
_NUMBERS = itertools.count(1)


@dataclass(slots=True, kw_only=True)
class Talk:
    """What is spoken with a vendor, one way or another.

    addresses, secrets: of vendors that are not the usual one, by id and by setting. named: the
    usual row's id, since every row is made once.
    """

    server: Scripted
    vendors: ModelVendors
    telemetry: FakeTelemetry
    addresses: dict[str, str]
    secrets: dict[str, Secret]
    speech: Speech = CHAT
    spec: ModelSpec = field(init=False, repr=False)

    def begun(self, speech: Speech) -> Talk:
        """Begin anew, in this way: a vendor that answers well, and nothing logged."""
        self.server.usual = Reply(body=speech.answer())
        self.server.replies.clear()
        self.server.asked.clear()
        self.telemetry.facts.clear()
        begun = replace(self, speech=speech)
        begun.spec = begun.row()
        return begun

    def row(self, *abilities: Ability, vendor: Vendor = ACME, **more: Any) -> ModelSpec:
        """A row of the catalogue that nobody has asked yet."""
        given: dict[str, Any] = {
            "id": f"{self.speech.name}-{next(_NUMBERS)}",
            "name": "gpt-5.4-mini",
            "vendor": vendor,
            "label": "GPT",
            "good_for": {},
            "dialect": self.speech.dialect,
            "abilities": frozenset(abilities),
            "context": 128_000,
            "price": PRICE,
        }
        return ModelSpec(**{**given, **more})

    def with_key(self, key: Secret) -> ModelSpec:
        """A row of a vendor with a key of its own."""
        name = f"KEY_{next(_NUMBERS)}"
        self.secrets[name] = key
        return self.row(vendor=replace(ACME, id=name, key_setting=name))

    def at(self, url: str) -> ModelSpec:
        """A row of a vendor that listens elsewhere."""
        name = f"vendor-{next(_NUMBERS)}"
        self.addresses[name] = url
        return self.row(vendor=replace(ACME, id=name))

    def says(self, body: Any, **more: Any) -> None:
        """Let the vendor say this from now on."""
        self.server.usual = Reply(body=body, **more)

    def ask(
        self, spec: ModelSpec | None = None, *, prompt: Prompt = PROMPT, within: timedelta = SOON
    ) -> Completion:
        """Ask once. Of transcripts, only what completions have too may be looked at."""
        said = self.speech.asks(self.vendors, spec or self.spec, prompt, within)
        return cast("Completion", said)

    def failure(
        self, spec: ModelSpec | None = None, *, prompt: Prompt = PROMPT, within: timedelta = SOON
    ) -> ModelError:
        """Ask in vain."""
        with pytest.raises(ModelError) as caught:
            self.ask(spec, prompt=prompt, within=within)
        return caught.value

    @property
    def asked(self) -> Asked:
        """What the vendor was asked last."""
        return self.server.asked[-1]

    @property
    def keys(self) -> list[str]:
        """The keys that the vendor was shown."""
        return [
            asked.headers["authorization"].removeprefix("Bearer ") for asked in self.server.asked
        ]

    @property
    def facts(self) -> list[dict[str, object]]:
        """What was logged of each call, but for how long it took."""
        told = self.telemetry.named("model_called")
        assert all(fact.pop("ms") >= 0 for fact in told)  # type: ignore[operator]
        return told


@contextmanager
def talking() -> Iterator[Talk]:
    """Start a vendor."""
    addresses: dict[str, str] = {}
    secrets: dict[str, Secret] = {"ACME_KEY": FakeSecret(KEY)}
    telemetry = FakeTelemetry()
    with scripted() as server:
        vendors = ModelVendors(
            address=lambda vendor: addresses.get(vendor.id, f"{server.url}/v1"),
            secret=secrets.__getitem__,
            telemetry=telemetry,
        )
        vendors.ready()
        with closing(vendors):
            yield Talk(
                server=server,
                vendors=vendors,
                telemetry=telemetry,
                addresses=addresses,
                secrets=secrets,
            )


def error(status: int, *, message: str = "x", headers: Any = None, **fields: Any) -> Reply:
    """An error as OpenAI words it."""
    body = {"error": {"message": message, **fields}}
    return Reply(status=status, body=body, headers=headers or {})


@contextmanager
def serving(pieces: Iterable[bytes]) -> Iterator[str]:
    """Serve one caller these bytes, a hundredth of a second apart, and hang up."""
    over = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        connection.settimeout(5)
        with connection:
            _read(connection)
            for piece in pieces:
                try:
                    connection.sendall(piece)
                except OSError:
                    return
                if over.wait(0.01):
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        over.set()
        thread.join()


def _read(connection: socket.socket) -> None:
    """Read a whole request."""
    with connection.makefile("rb") as incoming:
        head = b"".join(iter(incoming.readline, b"\r\n"))
        told = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        incoming.read(int(told[1]) if told else 0)
