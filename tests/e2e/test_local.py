"""`chalice local` alone, with its settings in the environment or `.env`, is a working bot too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from simulator.channel import Channel
from tests.running import (
    Process,
    environment,
    fresh_copy,
    port,
    process,
    settings_behind,
    wait_until_healthy,
)
from tests.simulated import Simulated, simulated, wait_until

CHALICE = str(Path(sys.executable).with_name("chalice"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A plain `chalice local`."""

    url: str
    process: Process

    def language_of_privacy(self) -> str:
        """The language that the privacy page has by default."""
        page = httpx2.get(f"{self.url}/privacy", trust_env=False).text
        found = re.search('<html lang="([^"]+)">', page)
        assert found, page
        return found.group(1)


@pytest.fixture
def sim() -> Iterator[Simulated]:
    with simulated(redelivery=(1, 1, 2, 2, 4, 8)) as running:
        yield running


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return fresh_copy(tmp_path)


@contextmanager
def local(clone: Path, sim: Simulated, *words: str, **settings: str) -> Iterator[Local]:
    """Run `chalice local` in a project folder, with these settings and no others."""
    number = port()
    url = f"http://127.0.0.1:{number}"
    command = [CHALICE, "local", "--port", str(number), *words]
    given, log = environment(clone.parent, **settings), clone.parent / f"local-{number}.log"
    with process(command, folder=clone, environment=given, log=log) as running:
        wait_until_healthy(running, url)
        sim.webhook(f"{url}/callback")
        yield Local(url=url, process=running)


def said_and_ended(clone: Path, *words: str, **settings: str) -> tuple[str, int]:
    """Run a `chalice local` that can't go on; returns its output and exit code."""
    done = subprocess.run(
        [CHALICE, "local", "--port", str(port()), *words],
        cwd=clone,
        env=environment(clone.parent, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout, done.returncode


def test_with_its_settings_in_the_environment_it_answers(
    clone: Path, sim: Simulated, tmp_path: Path
) -> None:
    with local(clone, sim, **settings_behind(sim, tmp_path / "data")):
        amy = sim.user("Amy", language="zh-TW")
        sim.text(amy, "你好嗎？")
        assert "你好嗎？" in sim.wait_for_texts(amy, timeout=40)[0]
        sim.text(amy, "那你會什麼？")
        assert "那你會什麼？" in sim.wait_for_texts(amy, 2, timeout=40)[1]
        assert len(sim.texts(amy)) == 2


def test_with_the_channels_id_instead_of_a_token_it_answers_too(
    clone: Path, sim: Simulated, tmp_path: Path
) -> None:
    settings = settings_behind(sim, tmp_path / "data")
    settings |= {"LINE_CHANNEL_ACCESS_TOKEN": "", "LINE_CHANNEL_ID": Channel().id}
    settings |= {"PYTHONDONTWRITEBYTECODE": "1"}  # or its own compiled files may restart it
    with local(clone, sim, **settings):
        amy = sim.user("Amy", language="zh-TW")
        sim.text(amy, "你好嗎？")
        assert "你好嗎？" in sim.wait_for_texts(amy, timeout=40)[0]
    assert len(sim.calls("/oauth2/v3/token")) == 1


def test_its_own_writes_do_not_restart_it_and_a_changed_file_does(
    clone: Path, sim: Simulated, tmp_path: Path
) -> None:
    # In a fresh clone Python's own compiled files restart it once or twice; not here.
    settings = settings_behind(sim, tmp_path / "data") | {"PYTHONDONTWRITEBYTECODE": "1"}
    with local(clone, sim, **settings) as bot:
        before = bot.process.left()
        amy = sim.user("Amy", language="zh-TW")
        sim.text(amy, "第一題？")
        sim.wait_for_texts(amy, timeout=40)
        time.sleep(2.5)  # it looks at its files once a second
        assert bot.process.left() == before
        greeting = clone / "chalicelib" / "bot.toml"
        greeting.write_text(greeting.read_text("utf-8") + "# mine\n", "utf-8")
        wait_until(lambda: bot.process.left() != before, timeout=40, what="its restart")
        sim.text(amy, "第二題？")
        assert "第二題？" in sim.wait_for_texts(amy, 2, timeout=40)[1]


def test_it_reads_env_and_the_environment_wins(clone: Path, sim: Simulated, tmp_path: Path) -> None:
    settings = settings_behind(sim, tmp_path / "data") | {"LIAO_LANGUAGE": "en"}
    lines = [f'{name}="{value}"\n' for name, value in settings.items()]
    (clone / ".env").write_text("".join(lines), "utf-8")
    with local(clone, sim, "--no-autoreload") as bot:
        assert bot.language_of_privacy() == "en"
        amy = sim.user("Amy")
        sim.text(amy, "Who are you?")
        assert "Privacy" in sim.wait_for_texts(amy, timeout=40)[0]
    with local(clone, sim, "--no-autoreload", LIAO_LANGUAGE="zh-Hant") as bot:
        assert bot.language_of_privacy() == "zh-Hant"


def test_a_second_process_on_the_same_data_says_so_in_one_sentence_and_ends(
    clone: Path, sim: Simulated, tmp_path: Path
) -> None:
    settings = settings_behind(sim, tmp_path / "data")
    with local(clone, sim, "--no-autoreload", **settings):
        output, code = said_and_ended(clone, "--no-autoreload", **settings)
        assert code == 1
        assert output.count("\n") == 1
        assert "liao: LIAO_DATA_DIR: another Liao is running on" in output
        assert str(tmp_path / "data") in output
        amy = sim.user("Amy")
        sim.text(amy, "還在嗎？")
        assert "還在嗎？" in sim.wait_for_texts(amy, timeout=40)[0]


GOOD = {"LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": "t"}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LIAO_PUSH", "maybe", "LIAO_PUSH='maybe' is not one of: never, late, all"),
        ("LINE_CHANNEL_SECRET", "", "LINE_CHANNEL_SECRET is missing: copy it from the LINE"),
        ("LINE_CHANNEL_ACCESS_TOKEN", "", "LINE_CHANNEL_ACCESS_TOKEN is missing: copy it"),
        ("LIAO_DATA_DIR", "data", "LIAO_DATA_DIR='data' lies inside the project"),
        ("LIAO_DATA_DIR", "/dev/null/liao", "LIAO_DATA_DIR='/dev/null/liao' can't be made"),
    ],
)
def test_a_setting_that_will_not_do_is_one_clear_sentence_and_an_exit_code(
    clone: Path, name: str, value: str, sentence: str
) -> None:
    output, code = said_and_ended(clone, "--no-autoreload", **{**GOOD, name: value})
    assert code == 1
    assert output.startswith(f"liao: {sentence}")
    assert output.count("\n") == 1


def test_with_autoreload_a_bad_setting_is_the_same_sentence_and_leaves_no_process(
    clone: Path,
) -> None:
    # Chalice's reloader answers with code 0 whatever its child ended with. It watches the .pyc
    # files too, so in a fresh clone it may restart once while they are written: none are here.
    quiet = {**GOOD, "PYTHONDONTWRITEBYTECODE": "1"}
    output, _ = said_and_ended(clone, **quiet, LIAO_PUSH="maybe")
    assert output == "liao: LIAO_PUSH='maybe' is not one of: never, late, all\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a file where a folder should be")
def test_a_data_file_that_is_none_is_one_clear_sentence(clone: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "liao.db").write_bytes(b"certainly not a database " * 100)
    output, code = said_and_ended(clone, "--no-autoreload", **GOOD, LIAO_DATA_DIR=str(data))
    assert code == 1
    assert output.count("\n") == 1
    assert "move it away to begin anew" in output
