"""`make run` from its first line to its last process: how it begins, and how it ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.e2e.conftest import WholeSystem, whole_system
from tests.running import PROJECT, environment, fresh_copy, process
from tests.simulated import wait_until


def is_free(url: str) -> bool:
    """Tell whether nobody listens at an address any more."""
    host, _, number = url.removeprefix("http://").partition(":")
    with socket.socket() as sock:
        return sock.connect_ex((host, int(number))) != 0


def ended(system: WholeSystem) -> bool:
    return not system.process.left() and is_free(system.page) and is_free(system.bot)


def test_run_says_where_it_is_and_answers_and_ctrl_c_ends_everything(tmp_path: Path) -> None:
    with whole_system(tmp_path) as system:
        assert len(system.process.left()) == 2
        for said in (system.page, "the demo model", str(system.data), "Ctrl-C ends both."):
            assert said in system.process.output
        amy = system.sim.user("Amy", language="zh-TW")
        system.sim.model(delay=30)
        system.sim.text(amy, "你好嗎？", wait=True)
        wait_until(system.sim.model_requests, timeout=40, what="the model's request")
        with httpx2.stream("GET", f"{system.page}/sim/events", trust_env=False) as page:
            assert page.status_code == 200
            # Somebody chats, a page is open and the model thinks: it ends all the same.
            system.process.send(signal.SIGINT)
            assert system.process.wait() == 0
        wait_until(lambda: ended(system), what="the end of everything")
        assert "Traceback" not in system.process.output


def test_sigterm_ends_everything_too(tmp_path: Path) -> None:
    with whole_system(tmp_path) as system:
        system.process.send(signal.SIGTERM)
        assert system.process.wait() == 0
        wait_until(lambda: ended(system), what="the end of everything")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the bot looks once a second")
def test_a_launcher_that_is_killed_takes_the_bot_with_it(tmp_path: Path) -> None:
    with whole_system(tmp_path) as system:
        system.process.send(signal.SIGKILL)
        assert system.process.wait() == -signal.SIGKILL
        wait_until(lambda: ended(system), what="the end of everything")


def test_run_uses_the_simulators_channel_and_a_folder_of_its_own_whatever_env_says_about_line(
    tmp_path: Path,
) -> None:
    elsewhere = {
        "LINE_CHANNEL_SECRET": "real",
        "LINE_CHANNEL_ACCESS_TOKEN": "real",
        "LINE_API_BASE_URL": "http://127.0.0.1:9/real",
        "LIAO_DATA_DIR": str(tmp_path / "real"),
    }
    with whole_system(tmp_path, **elsewhere) as system:
        amy = system.sim.user("Amy", language="zh-TW")
        system.sim.text(amy, "你好嗎？")
        assert "你好嗎？" in system.sim.wait_for_texts(amy, timeout=40)[0]
        assert not (tmp_path / "real").exists()


def test_run_with_a_bad_setting_says_one_clear_sentence_and_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulator", "run", "--data-dir", str(tmp_path / "data")],
        cwd=fresh_copy(tmp_path),
        env=environment(tmp_path, LIAO_PUSH="maybe"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "liao: LIAO_PUSH='maybe' is not one of: never, late, all" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "simulator", "run", "--port", number]
        given = environment(tmp_path)
        log = tmp_path / "run.log"
        with process(command, folder=PROJECT, environment=given, log=log) as running:
            assert running.wait() == 2
            assert running.output.count("\n") == 1
            assert f"port {number}" in running.output
