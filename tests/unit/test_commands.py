"""Which words are commands, and which are only talk."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from chalicelib.adapters import shipped
from chalicelib.assistant import commands
from chalicelib.domain.commands import CommandList, CommandSpec, Given
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.languages import LANGUAGES

SPECS = shipped.commands()
OFFERED = CommandList.offering(["*"], SPECS)
EVERY_NAME = [
    (spec.id, name) for spec in SPECS.values() for names in spec.names.values() for name in names
]


@pytest.mark.parametrize(("command", "name"), EVERY_NAME)
def test_every_name_in_every_language_works_everywhere_with_a_slash(
    command: str, name: str
) -> None:
    assert OFFERED.find(f"/{name}", private=True) == Given(command)
    assert OFFERED.find(f"/{name}", private=False) == Given(command)


@pytest.mark.parametrize(("command", "name"), EVERY_NAME)
def test_without_a_slash_a_name_works_in_private_chats_alone(command: str, name: str) -> None:
    assert OFFERED.find(name, private=True) == Given(command)
    assert OFFERED.find(name, private=False) is None


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("/listen on", Given("listen", "on")),
        ("/聆聽　關", Given("listen", "off")),
        ("/Memory ON", Given("memory", "on")),
        ("/language 日本語", Given("language", "ja")),
        ("/human back", Given("human", "back")),
        ("/listen please", None),
        ("/listen on please", None),
        ("listen on", None),
    ],
)
def test_a_word_behind_a_name_says_more(written: str, given: Given | None) -> None:
    assert OFFERED.find(written, private=False) == given


@pytest.mark.parametrize(
    "written",
    [
        "/help",
        "／help",
        "／ｈｅｌｐ",
        "/HELP",
        "/Help ",
        "\u3000／Ｈｅｌｐ\u3000",
        "/ help",
        "/help\n",
        "/說明",
        "／說明",
        "/ 說明",
        "/ヘルプ",
        "/ﾍﾙﾌﾟ",
        "/ช่วยเหลือ",
    ],
)
def test_width_case_and_space_make_no_difference(written: str) -> None:
    assert OFFERED.find(written, private=False) == Given("help")


def test_a_name_of_several_words_may_be_spaced_as_one_likes() -> None:
    assert OFFERED.find("/Delete  my\u3000data", private=False) == Given("delete")


@pytest.mark.parametrize(
    "talk",
    [
        "help me with my homework",
        "我需要幫助",
        "說明一下這個",
        "what is new?",
        "/",
        "／",
        "",
        "   ",
        "//help",
        "/help me",
        "help!",
        "/etc",
        "/r/taiwan",
        "new\nidea",
    ],
)
def test_ordinary_talk_never_sets_a_command_off(talk: str) -> None:
    assert OFFERED.find(talk, private=True) is None
    assert OFFERED.find(talk, private=False) is None


@pytest.mark.parametrize("slip", ["/hlep", "/hellp", "/hep", "／ｈｌｅｐ", "/privcy", "/隱私權政"])
def test_a_slip_of_the_finger_is_nearly_a_command(slip: str) -> None:
    assert OFFERED.find(slip, private=True) is None
    assert OFFERED.nearly(slip)


@pytest.mark.parametrize(
    "other",
    [
        "/etc",
        "/etc/hosts",
        "/r/taiwan",
        "/r/help",
        "/var/new",
        "/help me",
        "/help/",
        "hlep",
        "/",
        "",
        "/ok",
        "/吃飯",
        "/shrug",
        "/" + "x" * 5000,
    ],
)
def test_paths_and_other_slash_words_are_conversation(other: str) -> None:
    assert not OFFERED.nearly(other)


def test_a_command_that_is_not_offered_is_conversation() -> None:
    shop = CommandList.offering(["help", "privacy"], SPECS)
    assert shop.find("/new", private=True) is None
    assert shop.find("新對話", private=True) is None
    assert shop.find("/help", private=True) == Given("help")


def test_commands_are_offered_in_the_operators_order() -> None:
    offered = CommandList.offering(["privacy", "help"], SPECS)
    assert [spec.id for spec in offered.specs] == ["privacy", "help"]


def test_a_star_offers_all_others_behind_those_that_are_named() -> None:
    everything = CommandList.offering(["privacy", "*"], SPECS)
    assert [spec.id for spec in everything.specs] == [
        "privacy",
        *sorted(SPECS.keys() - {"privacy"}),
    ]


def test_a_command_that_is_named_twice_is_offered_once() -> None:
    offered = CommandList.offering(["help", "new", "help"], SPECS)
    assert [spec.id for spec in offered.specs] == ["help", "new"]


def test_offering_an_unknown_command_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingInvalid, match=r"'commands' names 'dance', .*delete, help, .*new"):
        CommandList.offering(["help", "dance"], SPECS)


def test_no_name_belongs_to_two_commands() -> None:
    owners: dict[str, set[Given]] = defaultdict(set)
    for spec in SPECS.values():
        for written, given in spec.written():
            owners[written].add(given)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def test_every_command_has_a_name_in_every_language_of_the_bot() -> None:
    for spec in SPECS.values():
        assert set(spec.names) == set(LANGUAGES), spec.id
        assert all(spec.names.values()), spec.id


def test_every_module_of_a_command_has_its_texts_beside_it_and_loads() -> None:
    assert set(commands.ids()) == set(SPECS)
    handlers = commands.load()
    assert set(handlers.commands) == set(SPECS)
    assert {action.partition(".")[0] for action in handlers.actions} <= set(SPECS)
    assert handlers.lasting <= set(handlers.actions)


def test_help_shows_a_command_by_its_first_name_in_the_persons_language() -> None:
    spec = CommandSpec.read(
        "new", {"names": {"en": ["new", "reset"], "ja": ["リセット"]}, "texts": {}}
    )
    assert spec.shown_name("ja") == "リセット"
    assert spec.shown_name("th") == "new"


@given_any(st.text(), st.booleans())
def test_any_message_can_be_looked_up(text: str, private: bool) -> None:
    given = OFFERED.find(text, private=private)
    assert given is None or given.command in SPECS
    assert OFFERED.nearly(text) in (True, False)
