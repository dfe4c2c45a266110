"""Who gets people's words, by the addresses they are sent to."""

from __future__ import annotations

import pytest

from chalicelib.adapters import shipped
from chalicelib.domain.catalogue_rows import read
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.vendors import Receiver, as_told, receivers

CATALOGUE = shipped.catalogue()
KNOWN = CATALOGUE.vendors.values()


def told(**settings: str) -> list[Receiver]:
    """Who gets the words with these settings."""
    return [*receivers(CATALOGUE.reachable(settings), KNOWN, settings)]


@pytest.mark.parametrize(
    ("setting", "vendor", "country"),
    [
        ("OPENAI_API_KEY", "OpenAI", "US"),
        ("GEMINI_API_KEY", "Google", "US"),
        ("ANTHROPIC_API_KEY", "Anthropic", "US"),
        ("DEEPSEEK_API_KEY", "DeepSeek", "CN"),
        ("GROQ_API_KEY", "Groq", "US"),
        ("MISTRAL_API_KEY", "Mistral AI", "FR"),
        ("XAI_API_KEY", "xAI", "US"),
        ("OPENROUTER_API_KEY", "OpenRouter", "US"),
    ],
)
def test_a_vendor_whose_key_is_set_is_named_with_its_country(
    setting: str, vendor: str, country: str
) -> None:
    assert told(**{setting: "key"}) == [(vendor, country)]


def test_everybody_is_named_once_whose_models_can_be_asked() -> None:
    keys = {"DEEPSEEK_API_KEY": "k", "OPENAI_API_KEY": "k", "MISTRAL_API_KEY": ""}
    assert told(**keys) == [("OpenAI", "US"), ("DeepSeek", "CN")]


def test_whose_key_is_not_set_gets_nothing() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("url", "vendor", "country"),
    [
        ("https://eu.api.openai.com/v1", "OpenAI", "US"),
        ("https://API.OpenAI.com/v1", "OpenAI", "US"),
        ("https://api.deepseek.com/v1", "DeepSeek", "CN"),
        ("https://us-central1-aiplatform.googleapis.com/v1", "Google", "US"),
        (
            "https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1",
            "Amazon Web Services",
            "US",
        ),
    ],
)
def test_who_is_known_by_an_address_is_named_wherever_it_was_written(
    url: str, vendor: str, country: str
) -> None:
    assert told(OPENAI_API_KEY="k", OPENAI_BASE_URL=url) == [(vendor, country)]


def test_two_vendors_at_one_address_are_one() -> None:
    bedrock = "https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1"
    found = told(
        OPENAI_API_KEY="k",
        OPENAI_BASE_URL=bedrock,
        BEDROCK_BASE_URL=bedrock,
        AWS_BEARER_TOKEN_BEDROCK="k",
    )
    assert found == [("Amazon Web Services", "US")]


@pytest.mark.parametrize(
    "url",
    ["http://localhost:11434/v1", "http://127.0.0.1:8000", "http://[::1]:11434/v1"],
)
def test_a_model_on_the_same_machine_has_no_vendor(url: str) -> None:
    assert told(OLLAMA_BASE_URL=url) == [("", "")]


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
    assert told(OLLAMA_BASE_URL=url) == [(host, "")]


def test_an_operators_own_vendor_is_named_as_its_row_says() -> None:
    table = {
        "vendors": {"acme": {"name": "Acme", "country": "臺灣", "base_url": "https://a.example"}},
        "models": {
            "x": {"vendor": "acme", "label": "X", "good_for": "All", "context": 1, "free": True}
        },
    }
    own = read([("own.toml", table)])
    assert [*receivers(own.reachable({}), own.vendors.values(), {})] == [("Acme", "臺灣")]


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(SettingInvalid, match="OPENAI_BASE_URL='here'"):
        receivers([CATALOGUE.models["gpt-5.4-mini"]], KNOWN, {"OPENAI_BASE_URL": "here"})


@pytest.mark.parametrize(
    ("vendor", "country", "named"),
    [
        ("", "", [("OpenAI", "US"), ("Groq", "US")]),
        ("A reseller", "", [("A reseller", "US")]),
        ("A reseller", "TW", [("A reseller", "TW")]),
        ("", "TW", [("OpenAI", "TW"), ("Groq", "TW")]),
    ],
)
def test_what_the_operator_says_of_vendor_and_country_goes_before(
    vendor: str, country: str, named: list[Receiver]
) -> None:
    found = told(OPENAI_API_KEY="k", GROQ_API_KEY="k")
    assert as_told(found, vendor=vendor, country=country) == named
