"""The app as Chalice serves it, without a server: its own test client and a LINE that signs.

    def test_…(web: Web) -> None:
        assert web.sends(text("你好")).status_code == 200
        assert web.waiting() == 1

Every test imports `app.py` anew, over an empty data folder and an environment of its own.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from chalice.test import Client, HTTPResponse

from chalicelib import bootstrap
from chalicelib.adapters.queue.local import LocalQueue
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.inbox import SqliteInbox
from chalicelib.bootstrap.assembly import Liao
from simulator.webhooks import pack, sign
from tests.app.happenings import BOT, Json
from tests.running import PROJECT, environment, unset

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """What LINE and browsers can do to the app, and what is in its stores afterwards."""

    client: Client
    data: Path
    secret: str
    environment: pytest.MonkeyPatch = field(repr=False)

    @property
    def liao(self) -> Liao:
        """What the app is wired to."""
        return bootstrap.liao()

    def restarts(self) -> None:
        """The process ends, and a new one opens what it left."""
        self.liao.close()
        self.environment.setattr(bootstrap, "_liao", None)

    def setting(self, name: str, value: str) -> None:
        """Change a setting; what was built is not built again."""
        self.environment.setenv(name, value)

    def get(self, path: str, **headers: str) -> HTTPResponse:
        """Ask for a page; headers are written with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.http.get(path, headers=sent)

    def sends(self, *sent: Json) -> HTTPResponse:
        """LINE sends events in one signed webhook."""
        return self.sends_raw(pack(BOT, list(sent)))

    def sends_raw(self, body: bytes) -> HTTPResponse:
        """Whoever knows the secret sends any body."""
        return self.posts(body, {"x-line-signature": sign(body, self.secret)})

    def posts(self, body: bytes, headers: dict[str, str]) -> HTTPResponse:
        """Somebody posts a body to the webhook."""
        kind = {"Content-Type": "application/json; charset=utf-8", "Host": "bot.example"}
        return self.client.http.post("/callback", body=body, headers={**kind, **headers})

    def waiting(self) -> int:
        """How many events are stored and not worked off."""
        return self.liao.stores.inbox.depth()

    def woken(self) -> set[str]:
        """The chats whose worker was asked for."""
        queue = self.liao.queue
        assert isinstance(queue, LocalQueue)
        return {chat.key for chat, _ in queue.waiting}

    @property
    def database(self) -> Database:
        """The file behind the stores."""
        inbox = self.liao.stores.inbox
        assert isinstance(inbox, SqliteInbox)
        return inbox.db


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    data = tmp_path / "data"
    settings = {
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": "token",
        "LIAO_DATA_DIR": str(data),
    }
    for name in ("AWS_CHALICE_CLI_MODE", "AWS_LAMBDA_FUNCTION_NAME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment(tmp_path, **{**unset(), **settings}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(PROJECT)
    monkeypatch.delitem(sys.modules, "app", raising=False)
    monkeypatch.setattr(bootstrap, "_liao", None)
    client = Client(importlib.import_module("app").app, "dev", str(PROJECT))
    yield Web(client=client, data=data, secret=SECRET, environment=monkeypatch)
    if bootstrap._liao is not None:
        bootstrap._liao.close()
