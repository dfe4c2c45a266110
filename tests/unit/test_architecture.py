"""The house stays in order: thin entry points, light imports, documented and small modules."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
CODE = sorted((PROJECT / "chalicelib").rglob("*.py"))
MODULES = [PROJECT / "app.py", *CODE]

#: Statements in a body of `app.py`, its docstring not counted.
THIN = 6
#: Lines of a module. The ports are promises without code, best read in one place.
SMALL = 300
#: What the webhook's function must never load: each takes a second or so to import.
HEAVY = ("linebot", "openai", "boto3", "botocore", "pydantic", "urllib3")
#: What a webhook's function has no use for either: together they would double what it adds.
UNUSED = (
    *HEAVY,
    *("asyncio", "email", "http", "pathlib", "random", "sqlite3", "tomllib", "unicodedata", "uuid"),
    *("aws_lambda_powertools", "regex", "tzdata", "zoneinfo"),
    "chalicelib.adapters.shipped",
    "chalicelib.adapters.storage.dynamodb.stores",
    "chalicelib.bootstrap.wiring",
    "chalicelib.domain.bot",
    "chalicelib.domain.commands",
    "chalicelib.domain.messages",
    "chalicelib.domain.prompt",
    "chalicelib.domain.turns",
    "chalicelib.ports",
)
WEBHOOK = {
    "AWS_LAMBDA_FUNCTION_NAME": "liao-prod",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_REGION": "ap-northeast-1",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "none",
    "LIAO_BACKEND": "aws",
    "LIAO_ROLE": "webhook",
    "LINE_CHANNEL_SECRET": "secret",
}


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def name(file: Path) -> str:
    return str(file.relative_to(PROJECT))


def statements(function: ast.FunctionDef) -> int:
    """Count a function's statements; a `try` or an `if` is what its parts are, a docstring none."""
    inside = [node for line in function.body for node in ast.walk(line)]
    simple = [node for node in inside if isinstance(node, ast.stmt) and not hasattr(node, "body")]
    return len(simple) - (ast.get_docstring(function) is not None)


def imported(code: str, *argv: str, **env: str) -> set[str]:
    """What a fresh process, with no other setting, has loaded more after running this code."""
    told = (
        "import sys, json; sys.path.insert(0, '.'); before = {*sys.modules}\n"
        f"{code}\nprint(json.dumps([*({{*sys.modules}} - before)]))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", told, *argv],
        cwd=PROJECT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_entry_points_only_translate_delegate_and_return() -> None:
    functions = [node for node in ast.walk(tree(MODULES[0])) if isinstance(node, ast.FunctionDef)]
    assert functions
    assert {f.name: n for f in functions if (n := statements(f)) > THIN} == {}


def test_importing_the_app_needs_no_setting_and_loads_nothing_heavy() -> None:
    loaded = imported("import app")
    assert "chalicelib.bootstrap" in loaded
    assert loaded.isdisjoint(HEAVY)
    assert not any(module.split(".")[0] == "simulator" for module in loaded)


def test_a_webhook_s_function_loads_nothing_that_it_does_not_need() -> None:
    loaded = imported("import app; app.bootstrap.liao()", **WEBHOOK)
    assert "chalicelib.adapters.storage.dynamodb.incoming" in loaded
    assert loaded.intersection(UNUSED) == set()


def test_deploying_is_no_reason_to_start_workers() -> None:
    mark = "import os; os.environ['AWS_CHALICE_CLI_MODE'] = 'true'\n"
    assert "chalicelib.bootstrap.laptop" not in imported(mark + "import app", "deploy")


def test_no_module_opens_anything_when_it_is_imported() -> None:
    watched = """
import os, threading
opened = []
def audit(event, args):
    writes = event == 'open' and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
    if writes or event in ('sqlite3.connect', 'socket.connect', 'socket.bind'):
        opened.append((event, str(args[0])))
sys.dont_write_bytecode = True
sys.addaudithook(audit)
import app
assert opened == [], opened
assert threading.active_count() == 1
"""
    imported(watched)


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_every_module_opens_with_what_it_is_for(file: Path) -> None:
    said = ast.get_docstring(tree(file))
    assert said
    assert said.split("\n")[0].endswith((".", ":", "?", "!"))


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_every_module_is_small(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= SMALL


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_no_module_knows_the_simulator_or_the_tests(file: Path) -> None:
    for node in ast.walk(tree(file)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not [n for n in names if n.split(".")[0] in ("simulator", "tests", "bench")]


@pytest.mark.parametrize("file", CODE, ids=name)
def test_only_the_entry_points_know_chalice(file: Path) -> None:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            assert not [a.name for a in node.names if a.name.split(".")[0] == "chalice"]
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] != "chalice"


@pytest.mark.parametrize(
    "file", [f for f in CODE if f.parent.name in ("domain", "assistant", "commands")], ids=name
)
def test_below_the_adapters_nobody_looks_at_a_clock_a_file_or_the_environment(file: Path) -> None:
    forbidden = {"time", "random", "os", "uuid", "pathlib", "io", "tempfile", "shutil"}
    allowed = {"chalicelib/assistant/pushes.py": {"uuid"}}  # a name made of a name, no chance
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found = {alias.name for alias in node.names} & forbidden
            assert found <= allowed.get(name(file), set())
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in ("utcnow", "today")
            assert not (node.func.attr == "now" and _is_datetime(node.func.value))


def _is_datetime(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("datetime", "date")


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"}
    assert [name(file) for file in CODE if file.stem in drawers] == []
