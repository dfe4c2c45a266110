"""Calls a bot's entry point in this process, without a server around it, and times each call.

    python -m bench.in_process ENTRY WEBHOOKS TIMES

ENTRY is `receive`, the use case that Liao's webhook is, or `app`, the Chalice project in the
working directory through Chalice's own test client. WEBHOOKS is a JSON file of `{body, signature}`;
the seconds each took are written to TIMES. What the bot logs goes to standard output.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Take = Callable[[bytes, str], None]


@contextmanager
def receive() -> Iterator[Take]:
    """Liao's use case; no worker runs."""
    from chalicelib import bootstrap

    liao = bootstrap.liao()

    def take(body: bytes, signature: str) -> None:
        liao.receive(body, signature, origin="http://127.0.0.1")

    yield take
    liao.close()


@contextmanager
def app() -> Iterator[Take]:
    """The project's `app`, with Chalice's routing around it."""
    from chalice.test import Client

    with Client(importlib.import_module("app").app) as client:

        def take(body: bytes, signature: str) -> None:
            headers = {"content-type": "application/json", "x-line-signature": signature}
            response = client.http.post("/callback", headers=headers, body=body)
            if response.status_code != 200:
                raise SystemExit(f"/callback answers {response.status_code}: {response.body!r}")

        yield take


ENTRIES = {"receive": receive, "app": app}


def main(entry: str, webhooks: Path, times: Path) -> None:
    """Call it once a webhook, one after the other."""
    given = [
        (item["body"].encode(), item["signature"]) for item in json.loads(webhooks.read_text())
    ]
    seconds = []
    with ENTRIES[entry]() as take:
        for body, signature in given:
            begun = time.perf_counter()
            take(body, signature)
            seconds.append(time.perf_counter() - begun)
    times.write_text(json.dumps(seconds))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
