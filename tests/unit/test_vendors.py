"""Who gets people's words, by the address they are sent to."""

from __future__ import annotations

import pytest

from chalicelib.domain.vendors import vendor_of


@pytest.mark.parametrize(
    ("url", "vendor", "country"),
    [
        ("https://api.openai.com/v1", "OpenAI", "US"),
        ("https://eu.api.openai.com/v1", "OpenAI", "US"),
        ("https://API.OpenAI.com/v1", "OpenAI", "US"),
        ("https://generativelanguage.googleapis.com/v1beta/openai", "Google", "US"),
        ("https://api.anthropic.com/v1", "Anthropic", "US"),
        ("https://api.deepseek.com", "DeepSeek", "CN"),
        ("https://api.mistral.ai/v1", "Mistral AI", "FR"),
        (
            "https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1",
            "Amazon Web Services",
            "US",
        ),
    ],
)
def test_a_known_vendor_is_named_with_its_country(url: str, vendor: str, country: str) -> None:
    assert vendor_of(url) == (vendor, country)


@pytest.mark.parametrize(
    "url",
    ["http://localhost:11434/v1", "http://127.0.0.1:8000", "http://[::1]:11434/v1"],
)
def test_a_model_on_the_same_machine_has_no_vendor(url: str) -> None:
    assert vendor_of(url) == ("", "")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://llm.example.net/v1", "llm.example.net"),
        ("http://192.168.1.5:11434/v1", "192.168.1.5"),
        ("https://notapi.openai.com.evil.example", "notapi.openai.com.evil.example"),
        ("https://fakeapi.x.ai/v1", "fakeapi.x.ai"),
    ],
)
def test_of_a_stranger_only_the_host_is_told(url: str, host: str) -> None:
    assert vendor_of(url) == (host, "")
