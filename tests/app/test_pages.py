"""The two pages anybody may ask for: how the bot fares, and what it does with people's words."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from chalicelib import __version__
from chalicelib.adapters import shipped
from tests.app.conftest import Web
from tests.app.happenings import mention, text


def test_health_tells_version_backend_and_depth_and_no_secret(web: Web) -> None:
    web.sends(text("你好嗎？"), mention("在嗎？"))
    answer = web.get("/health")
    assert answer.status_code == 200
    assert answer.json_body == {"version": __version__, "backend": "local", "queue_depth": 2}


@pytest.mark.parametrize(
    ("path", "accepted", "language"),
    [
        ("/privacy?lang=zh-Hant", "en", "zh-Hant"),
        ("/privacy?lang=en", "zh-TW", "en"),
        ("/privacy", "zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("/privacy", "en-GB,en;q=0.9", "en"),
        ("/privacy?lang=ja", "zh-TW", "ja"),
        ("/privacy", "th-TH,th;q=0.9,en;q=0.8", "th"),
        ("/privacy", "fr-FR,en;q=0.5", "en"),
        ("/privacy", "", "zh-Hant"),
        ("/privacy?lang=klingon", "", "zh-Hant"),
    ],
)
def test_the_privacy_page_is_in_the_wanted_language(
    web: Web, path: str, accepted: str, language: str
) -> None:
    answer = web.get(path, accept_language=accepted)
    assert answer.status_code == 200
    assert header(answer.headers, "content-type") == "text/html; charset=utf-8"
    page = answer.body.decode()
    assert f'<html lang="{language}">' in page
    assert "30" in page
    assert shipped.commands()["delete"].shown_name(language) in page


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "OpenAI"),
        ("https://api.deepseek.com/v1", "DeepSeek"),
        ("https://models.example.tw/v1", "models.example.tw"),
    ],
)
def test_the_privacy_page_names_who_gets_the_words(web: Web, address: str, told: str) -> None:
    web.setting("OPENAI_BASE_URL", address)
    assert told in web.get("/privacy?lang=zh-Hant").body.decode()
    assert told in web.get("/privacy?lang=en").body.decode()


def test_the_privacy_page_of_a_model_on_this_machine_names_nobody(web: Web) -> None:
    web.setting("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")
    assert "OpenAI" not in web.get("/privacy?lang=zh-Hant").body.decode()


def test_the_privacy_page_needs_no_secret_and_opens_no_store(web: Web) -> None:
    web.setting("LINE_CHANNEL_SECRET", "")
    assert web.get("/privacy").status_code == 200
    assert not web.data.exists()


def header(headers: Mapping[str, object], name: str) -> str:
    """A header's one value, however its name is written."""
    values = {key.lower(): value for key, value in headers.items()}
    value = values[name]
    return str(value[0] if isinstance(value, list) else value)
