"""The words around the code stay true: what the documents name is there, and as they say."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import chalicelib
from chalicelib.adapters import shipped
from chalicelib.domain.languages import LANGUAGES
from chalicelib.settings import Settings

PROJECT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-TW.md")
ADRS = tuple(f"docs/adr/{path.name}" for path in sorted(PROJECT.glob("docs/adr/*.md")))
DOCUMENTS = (
    *READMES,
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/on-aws.md",
    "docs/at-scale.md",
    "docs/money.md",
    "docs/rich-menu.md",
    *ADRS,
)

SWITCHES = (
    ("使用 Webhook", "Use webhook", "開"),
    ("Webhook 重新傳送", "Webhook redelivery", "開"),
    ("自動回應訊息", "Auto-reply messages", "關"),
    ("加入好友的歡迎訊息", "Greeting messages", "關"),
    ("接受邀請加入群組", "Allow bot to join group chats", "開"),
)
#: Words of the mainland, and Taiwan's for the same.
ELSEWHERE = {
    "信息": "訊息", "設置": "設定", "服務器": "伺服器", "軟件": "軟體", "程序": "程式",
    "用戶": "使用者", "默認": "預設", "數據": "資料", "文檔": "文件", "網絡": "網路",
    "支持": "支援", "視頻": "影片", "密鑰": "金鑰", "代碼": "程式碼", "項目": "專案",
    "文件夾": "資料夾", "群聊": "群組",
}  # fmt: skip

SETTING = re.compile(r"\b(?:LINE|OPENAI|LIAO)_[A-Z_]+\b")
#: Files that an operator may add.
OPERATORS = {
    f"{folder}{name}"
    for folder in ("", "chalicelib/")
    for name in ("my-catalogue.toml", "my-assistants.toml")
}
#: A path in a code span: with a folder, or with an ending that files of this project have.
PATH = re.compile(r"[a-z.][\w.-]*(?:/[\w.-]+)+/?|[a-z.]+/|[\w-]+\.(?:py|toml|md|txt)")


def read(name: str) -> str:
    return (PROJECT / name).read_text("utf-8")


def blocks(name: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", read(name), re.MULTILINE | re.DOTALL)


def prose(name: str) -> str:
    """A document without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", read(name), flags=re.MULTILINE | re.DOTALL)


def spans(text: str) -> list[str]:
    """What stands in code spans."""
    return re.findall(r"`([^`\n]+)`", text)


def rows(name: str) -> Iterator[list[str]]:
    """The cells of every row of every table."""
    for line in prose(name).splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def settings_named() -> set[str]:
    """Those of the code, and those of OpenAI's rows in the catalogue."""
    of_vendors = {name for name in shipped.catalogue().settings if SETTING.fullmatch(name)}
    return of_vendors | set(re.findall(rf'"({SETTING.pattern})"', read("chalicelib/settings.py")))


def example() -> dict[str, str]:
    """The settings of .env.example, with the # taken off."""
    lines = re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", read(".env.example"), re.MULTILINE)
    return dict(lines)


# --- settings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", READMES)
def test_both_readmes_explain_every_setting_and_no_other(name: str) -> None:
    explained = [cells[0].strip("`") for cells in rows(name) if SETTING.fullmatch(cells[0][1:-1])]
    assert sorted(explained) == sorted(settings_named())


@pytest.mark.parametrize("name", READMES)
def test_the_defaults_a_readme_tells_are_the_code_s(name: str) -> None:
    told = {c[0].strip("`"): c[1] for c in rows(name) if SETTING.fullmatch(c[0][1:-1])}
    defaults = {setting: cell.strip("`") for setting, cell in told.items() if cell[0] == "`"}
    assert len(defaults) > 10
    assert Settings.read(defaults) == Settings.read({})


def test_the_example_names_every_setting_and_its_default() -> None:
    assert set(example()) == settings_named()
    assert Settings.read(example()) == Settings.read({})


def test_the_example_sets_nothing_until_a_line_is_uncommented() -> None:
    assert all(line.startswith("#") or not line for line in read(".env.example").splitlines())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_names_a_setting_that_is_not_there(name: str) -> None:
    assert set(SETTING.findall(read(name))) <= settings_named()


# --- what a newcomer does ----------------------------------------------------------------------


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_target_a_document_names_is_in_the_makefile(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    code = "\n".join([*spans(prose(name)), *blocks(name, "sh")])
    named = set(re.findall(r"\bmake ([a-z]+)\b", code))
    assert named <= targets


@pytest.mark.parametrize("name", READMES)
def test_a_readme_leads_through_run_line_and_check(name: str) -> None:
    code = "\n".join(blocks(name, "sh"))
    assert re.findall(r"^make ([a-z]+)$", code, re.MULTILINE) == ["run", "line", "check"]


@pytest.mark.parametrize("name", READMES)
def test_every_bot_a_readme_shows_can_be_read(name: str, tmp_path: Path) -> None:
    shown = blocks(name, "toml")
    assert len(shown) == 2
    for number, block in enumerate(shown):
        path = tmp_path / f"{number}.toml"
        path.write_text(block, "utf-8")
        bot = shipped.bot(path)
        assert bot.greeting.keys() == {"zh-Hant", "en"}


@pytest.mark.parametrize("name", READMES)
def test_a_readme_explains_every_name_of_bot_toml(name: str) -> None:
    explained = {span.strip("[]") for cells in rows(name) for span in spans(cells[0])}
    assert explained >= set(shipped.bot().__dataclass_fields__)


@pytest.mark.parametrize("name", READMES)
def test_a_readme_names_the_five_switches_in_line_s_own_words(name: str) -> None:
    found = [cells for cells in rows(name) if {cells[0], cells[1]} & {s[0] for s in SWITCHES}]
    assert [({*cells[:2]}, cells[2][0]) for cells in found] == [
        ({chinese, english}, state) for chinese, english, state in SWITCHES
    ]


@pytest.mark.parametrize("name", READMES)
def test_a_readme_lists_every_command_by_its_first_name_in_every_language(name: str) -> None:
    names = {spec.names["en"][0]: spec.names for spec in shipped.commands().values()}
    listed = [cells[:4] for cells in rows(name) if cells[1].strip("`") in names]
    assert listed == [
        [f"`{names[cells[1].strip('`')][language][0]}`" for language in LANGUAGES]
        for cells in listed
    ]
    assert len(listed) == len(names)


# --- links and paths ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_relative_link_leads_to_a_file(name: str) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", prose(name))
    inside = [link for link in links if not link.startswith(("http://", "https://", "#"))]
    home = (PROJECT / name).parent
    assert [link for link in inside if not (home / link.partition("#")[0]).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_every_link_within_a_readme_leads_to_one_of_its_headings(name: str) -> None:
    titles = re.findall(r"^#+ (.+)$", prose(name), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", prose(name))) <= anchors


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_a_document_names_is_there(name: str) -> None:
    named = [span for span in spans(prose(name)) if PATH.fullmatch(span)]
    missing = {path for path in named if not (PROJECT / path).exists()}
    assert sorted(missing - OPERATORS) == []


@pytest.mark.parametrize("name", [*DOCUMENTS, ".env.example", ".ci/run"])
def test_no_document_knows_the_machine_it_was_written_on(name: str) -> None:
    assert re.findall(r"(?<![\w.~:])/(?:home|Users|root|work|tmp|mnt|opt)/\S*", read(name)) == []


# --- the documents among themselves ------------------------------------------------------------


def test_both_readmes_have_the_same_sections() -> None:
    levels = [re.findall(r"^(#+) ", prose(name), re.MULTILINE) for name in READMES]
    assert levels[0] == levels[1]


def test_both_readmes_show_the_same_commands() -> None:
    shown = [re.sub(r"#.*|<.*?>", "", "\n".join(blocks(name, "sh"))) for name in READMES]
    assert shown[0] == shown[1]


def test_the_chinese_readme_uses_taiwan_s_words() -> None:
    text = read("README.zh-TW.md")
    assert {word: taiwan for word, taiwan in ELSEWHERE.items() if word in text} == {}


def test_every_decision_is_linked_and_has_its_three_parts() -> None:
    linked = re.findall(r"\]\((adr/[^)]+)\)", read("docs/architecture.md"))
    assert [f"docs/{link}" for link in linked] == list(ADRS)
    for number, name in enumerate(ADRS, start=1):
        assert read(name).startswith(f"# {number}. ")
        parts = re.findall(r"^## (.+)$", read(name), re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences"]


def test_the_changelog_s_newest_version_is_the_code_s() -> None:
    versions = re.findall(r"^## \[(\d[^\]]+)\] - \d{4}-\d\d-\d\d$", read("CHANGELOG.md"), re.M)
    assert versions[0] == chalicelib.__version__
    assert f'version = "{chalicelib.__version__}"' in read("pyproject.toml")


def test_the_gate_of_ci_can_be_run() -> None:
    assert os.access(PROJECT / ".ci" / "run", os.X_OK)
    assert read(".ci/run").startswith("#!/usr/bin/env bash\n")
