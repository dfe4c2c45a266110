"""What importing the app costs, and what a webhook loads: looked at from a fresh process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.app.happenings import AMY, BOT
from tests.running import PROJECT, environment, unset

EVENT = (
    '{"type":"message","mode":"active","timestamp":1462629479859,"replyToken":"t",'
    f'"source":{{"type":"user","userId":"{AMY}"}},"webhookEventId":"01H","deliveryContext":'
    '{"isRedelivery":false},"message":{"id":"1","type":"text","text":"hi there?"}}'
)

IMPORT_ALONE = """
import sys
import app
from chalicelib import bootstrap
assert bootstrap._liao is None
print([name for name in ("linebot", "openai", "dotenv") if name in sys.modules])
"""

ANSWER_A_WEBHOOK = """
import sys
import threading
from chalice.test import Client
import app
from simulator.webhooks import sign
body = sys.argv[1].encode()
with Client(app.app, "dev") as client:
    answer = client.http.post("/callback", body=body, headers={
        "content-type": "application/json", "x-line-signature": sign(body, "s")})
    assert answer.status_code == 200, answer.body
    assert client.http.get("/health").json_body["queue_depth"] == 1
heavy = ("linebot", "openai", "httpx2", "pydantic", "aiohttp", "requests")
print([name for name in heavy if name in sys.modules], threading.active_count())
"""


def alone(code: str, folder: Path, *words: str, **settings: str) -> str:
    """Run code in a process of its own, with these settings; returns what it printed last."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *words],
        cwd=PROJECT,
        env=environment(folder, **{**unset(), **settings}),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_importing_the_app_needs_no_setting_and_opens_nothing(tmp_path: Path) -> None:
    assert alone(IMPORT_ALONE, tmp_path) == "[]"
    assert not list(tmp_path.iterdir())


def test_answering_a_webhook_imports_no_sdk_and_starts_no_thread(tmp_path: Path) -> None:
    settings = {"LINE_CHANNEL_SECRET": "s", "LIAO_DATA_DIR": str(tmp_path / "data")}
    body = f'{{"destination":"{BOT}","events":[{EVENT}]}}'
    assert alone(ANSWER_A_WEBHOOK, tmp_path, body, **settings) == "[] 1"
