"""`python -m simulator`: what the bot is told, and that both live and die together."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulator import bot
from simulator.__main__ import parser
from simulator.bot import REPOSITORY, Setup
from simulator.server import Address, NoPort, free_port, listen
from tests.simulated import Simulated, wait_until
from tests.standin import chalice_project

HERE = Address(url="http://127.0.0.1:8800")
APP = """
import os, threading
from chalice import Chalice
app = Chalice(app_name="standin")

@app.route("/health")
def health():
    return {"model": os.environ.get("DEMO_BASE_URL"), "data": os.environ["LIAO_DATA_DIR"]}

@app.route("/callback", methods=["POST"])
def callback():
    if any(e["message"]["text"] == "die" for e in app.current_request.json_body["events"]):
        print("last words", flush=True)
        threading.Timer(0.1, os._exit, [3]).start()
    return {}
"""


def behind(environment: dict[str, str] | None = None, **in_file: str) -> Setup:
    return bot.behind_simulator(
        HERE,
        secret="s",
        token="t",
        data=None,
        environment=environment or {},
        in_file=in_file,
    )


def test_the_bot_is_tied_to_the_simulated_channel_whatever_the_file_says() -> None:
    setup = behind({"PATH": "/bin"}, LINE_CHANNEL_SECRET="real", LINE_CHANNEL_ID="1")
    told = setup.environment
    assert told["LINE_CHANNEL_SECRET"] == "s"
    assert told["LINE_CHANNEL_ACCESS_TOKEN"] == "t"
    assert told["LINE_CHANNEL_ID"] == ""
    assert told["LINE_API_BASE_URL"] == told["LINE_DATA_API_BASE_URL"] == HERE.line
    assert told["LIAO_BACKEND"] == "local"
    assert told["PATH"] == "/bin"


def test_without_any_model_the_demo_model_answers() -> None:
    for setup in (behind(LIAO_MODEL="gpt-9"), behind({"OPENAI_API_KEY": ""}, LIAO_MODEL="gpt-9")):
        assert setup.demo
        assert setup.environment["DEMO_BASE_URL"] == HERE.openai
        assert setup.environment["DEMO_API_KEY"] == "demo"
        assert setup.environment["LIAO_MODEL"] == "demo"
        assert Path(setup.environment["LIAO_CATALOGUE"]).is_absolute()


def test_a_model_of_the_file_or_the_environment_is_left_alone() -> None:
    in_file = behind({"OPENAI_API_KEY": ""}, OPENAI_API_KEY="sk", LIAO_MODEL="gpt-9")
    assert not in_file.demo
    assert in_file.model == "gpt-9"
    assert in_file.environment.keys().isdisjoint({"OPENAI_API_KEY", "LIAO_CATALOGUE"})
    assert not behind({"OLLAMA_BASE_URL": "http://127.0.0.1:11434/v1"}).demo
    assert not behind(GEMINI_API_KEY="g").demo
    assert not behind(LIAO_CATALOGUE="/mine.toml").demo


def test_the_simulators_data_is_never_the_real_channels() -> None:
    setup = behind({"XDG_DATA_HOME": "/x", "LIAO_DATA_DIR": "/real"}, LIAO_DATA_DIR="/real")
    assert setup.data == Path("/x/liao/simulator")
    assert setup.environment["LIAO_DATA_DIR"] == "/x/liao/simulator"
    assert bot.data_dir("line", {}) == Path.home() / ".local/share/liao/line"


def test_the_real_channel_is_that_of_the_file() -> None:
    setup = bot.on_real_line(data=None, environment={"HOME": "/h"}, in_file={"LIAO_DATA_DIR": "/d"})
    assert not [name for name in setup.environment if name.startswith("LINE_")]
    assert setup.environment["LIAO_DATA_DIR"] == "/d"
    unnamed = bot.on_real_line(data=None, environment={"XDG_DATA_HOME": "/x"}, in_file={})
    assert unnamed.data == Path("/x/liao/line")


def test_settings_without_a_value_don_t_count(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPENAI_API_KEY=\nLIAO_MODEL='x' # the model\n")
    assert bot.dotenv(tmp_path) == {"LIAO_MODEL": "x"}
    assert bot.dotenv(tmp_path / "none") == {}


def test_a_taken_port_is_refused_or_the_next_one_found() -> None:
    with listen(0) as sock:
        taken = sock.getsockname()[1]
        with pytest.raises(NoPort, match=str(taken)):
            listen(taken)
        assert free_port(taken, or_next=True) > taken


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ["--help"],
        ["run", "--help"],
        ["line", "--help"],
        ["serve", "--help"],
        ["load", "--help"],
    ):
        with pytest.raises(SystemExit) as ended:
            parser().parse_args(words)
        assert ended.value.code == 0
    assert "--webhook" in capsys.readouterr().out


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return chalice_project(tmp_path, APP)


@contextmanager
def started(command: str, *more: str, project: Path | None) -> Iterator[subprocess.Popen[str]]:
    place = ["--project-dir", str(project), "--data-dir", str(project / "data")] if project else []
    hidden = ("OPENAI_", "LINE_", "LIAO_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", command, *more, *place],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout
    seen = ""
    for line in process.stdout:
        seen += line
        if words in line:
            return seen
    raise AssertionError(f"{words!r} never came: {seen}")


def ports() -> tuple[str, ...]:
    return ("--port", str(free_port(0)), "--bot-port", str(free_port(0)))


def answers(port: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_both_quietly(project: Path, sign: signal.Signals) -> None:
    where = ports()
    with started("run", *where, project=project) as launcher:
        told = read_until(launcher, "Ctrl-C")
        assert f"http://127.0.0.1:{where[1]}" in told
        assert "demo model" in told
        assert str(project / "data") in told
        assert answers(where[3])
        launcher.send_signal(sign)
        rest, _ = launcher.communicate(timeout=10)
        assert launcher.returncode == 0
        assert "Traceback" not in rest
        assert not answers(where[3])


def test_a_killed_launcher_leaves_no_orphan(project: Path) -> None:
    where = ports()
    with started("run", *where, project=project) as launcher:
        read_until(launcher, "Ctrl-C")
        launcher.kill()
        wait_until(lambda: not answers(where[3]))


def test_a_bot_that_cannot_start_is_shown(project: Path) -> None:
    (project / "app.py").write_text("raise RuntimeError('no such luck')\n")
    with started("run", *ports(), project=project) as launcher:
        told, _ = launcher.communicate(timeout=20)
        assert launcher.returncode == 2
        assert "no such luck" in told
        assert "Sorry: the bot ended with code 2" in told


def test_a_bot_that_dies_later_ends_the_launcher_with_its_code(project: Path) -> None:
    where = ports()
    with started("run", *where, "--quiet", project=project) as launcher:
        read_until(launcher, "Ctrl-C")
        with Simulated.at(f"http://127.0.0.1:{where[1]}") as sim:
            sim.text(sim.user("Amy"), "die", wait=True)
        told, _ = launcher.communicate(timeout=10)
        assert launcher.returncode == 3
        assert "last words" in told


def test_the_real_channel_s_bot_tells_its_webhook(project: Path) -> None:
    port = str(free_port(0))
    with started("line", "--bot-port", port, project=project) as launcher:
        assert f"http://127.0.0.1:{port}/callback" in read_until(launcher, "Ctrl-C")
        launcher.send_signal(signal.SIGINT)
        assert launcher.wait(10) == 0


def test_the_simulator_alone_needs_no_command() -> None:
    port = str(free_port(0))
    with started("--webhook", "http://127.0.0.1:9/hook", "--port", port, project=None) as alone:
        told = read_until(alone, "Ctrl-C")
        assert f"http://127.0.0.1:{port}/line" in told
        with Simulated.at(f"http://127.0.0.1:{port}") as sim:
            assert sim.state()["webhook"]["url"] == "http://127.0.0.1:9/hook"
        alone.send_signal(signal.SIGINT)
        assert alone.wait(10) == 0


def test_a_taken_port_is_one_clear_sentence() -> None:
    with listen(0) as sock:
        port = str(sock.getsockname()[1])
        with started("serve", "--port", port, project=None) as alone:
            told, _ = alone.communicate(timeout=10)
            assert alone.returncode == 2
            assert told.startswith(f"Sorry: port {port}")
