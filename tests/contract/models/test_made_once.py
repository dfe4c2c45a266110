"""Every model is made once, when it is needed; vendors share nothing but an address."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from chalicelib.adapters.models.vendors import ModelVendors
from chalicelib.domain.catalogue import Vendor
from chalicelib.ports import Secret
from tests.contract.models.speeches import PROMPT
from tests.contract.models.talk import ACME, SOON, Talk
from tests.fakes import FakeSecret, FakeTelemetry

ROOT = Path(__file__).parents[3]


@contextmanager
def made(
    address: Callable[[Vendor], str], secret: Callable[[str], Secret] = FakeSecret
) -> Iterator[ModelVendors]:
    vendors = ModelVendors(address=address, secret=secret, telemetry=FakeTelemetry())
    with closing(vendors):
        yield vendors


def no_secret(name: str) -> Secret:
    raise AssertionError(f"nobody needs {name!r}")


def test_a_model_is_made_once_whoever_asks_for_it(talk: Talk) -> None:
    with ThreadPoolExecutor(8) as pool:
        models = list(pool.map(talk.vendors.model, [talk.spec] * 32))
        ears = list(pool.map(talk.vendors.hearing, [talk.spec] * 32))
    assert len({id(each) for each in models}) == 1
    assert len({id(each) for each in ears}) == 1
    assert talk.vendors.model(talk.row()) is not models[0]


def test_a_model_at_home_needs_no_key(any_talk: Talk) -> None:
    spec = any_talk.row(vendor=replace(ACME, key_setting=""))
    with made(lambda _vendor: f"{any_talk.server.url}/v1", no_secret) as vendors:
        assert any_talk.speech.asks(vendors, spec, PROMPT, SOON).text == "好的。"
    assert any_talk.keys == ["none"]


def test_each_vendor_is_asked_at_its_own_address_with_its_own_key(talk: Talk) -> None:
    found: list[str] = []

    def address(vendor: Vendor) -> str:
        found.append(vendor.id)
        return f"{talk.server.url}/{vendor.id}"

    rows = [talk.row(vendor=replace(ACME, id=name, key_setting=f"key-{name}")) for name in "ab"]
    with made(address) as vendors:
        for row in rows:
            vendors.model(row)
        assert found == []
        for row in rows:
            talk.speech.asks(vendors, row, PROMPT, SOON)
    assert [asked.path[:3] for asked in talk.server.asked] == ["/a/", "/b/"]
    assert talk.keys == ["key-a", "key-b"]


def test_vendors_at_one_address_share_its_connections_until_all_are_closed(talk: Talk) -> None:
    rows = [talk.row(vendor=replace(ACME, id=name)) for name in "abab"]
    with made(lambda _vendor: f"{talk.server.url}/v1") as vendors:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda row: talk.speech.asks(vendors, row, PROMPT, SOON), rows))
        (client,) = vendors._clients.values()
        assert not client.is_closed()
        vendors.close()
        assert client.is_closed()
        assert talk.speech.asks(vendors, rows[0], PROMPT, SOON).text == "好的。"
        (another,) = vendors._clients.values()
    assert another.is_closed()


def test_the_sdk_is_imported_by_the_first_call_or_by_who_gets_ready() -> None:
    code = """
import sys
from chalicelib.adapters.models.vendors import ModelVendors
vendors = ModelVendors(address=None, secret=None, telemetry=None)
print("openai" in sys.modules, "httpx2" in sys.modules)
vendors.ready()
before = set(sys.modules)
from chalicelib.adapters.models.calling import client
made = client("http://127.0.0.1:9/v1")
made.chat.completions.create, made.responses.create
print({"openai.resources.chat.completions.completions", "openai.resources.responses.responses"}
    - before)
made.close()
"""
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert told.split("\n")[:2] == ["False False", "set()"]
