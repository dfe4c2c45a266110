"""A laptop's pictures, voice and files: behind the bot's own links, and forgotten with the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

import pytest
from chalice.config import Config
from chalice.local import LocalDevServer

from chalicelib.bootstrap.backends import OPENED, Backend
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.media import Medium
from chalicelib.ports import Media
from chalicelib.settings import Settings
from tests.app.conftest import Web
from tests.fakes import NOON
from tests.running import PROJECT

AMY = Chat(ChatKind.USER, "U206d25c2ea6bd87c17655609a1c37cb8")
ORIGIN = "https://bot.example"
BYTES = b"\x89\xff\n<b>"


def media(web: Web) -> Media:
    return web.liao.backend.media()


def kept(web: Web, kind: str = "image/png", *, seconds: int = 60) -> str:
    """Keep a medium; the path of a link to it."""
    now = web.liao.clock.now()
    media(web).keep(AMY, "1", Medium(content=BYTES, content_type=kind), user=None, now=now)
    link = media(web).link(AMY, "1", origin=ORIGIN, seconds=seconds, now=now)
    return link.removeprefix(ORIGIN)


@contextmanager
def chalice_local(web: Web) -> Iterator[str]:
    """The server of `chalice local`, on a free port."""
    config = Config.create(project_dir=str(PROJECT), chalice_stage="dev")
    local = LocalDevServer(web.client.lambda_._app, config, "127.0.0.1", 0)
    thread = threading.Thread(target=local.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{local.server.server_address[1]}"
    finally:
        local.shutdown()
        thread.join()
        local.server.server_close()


@pytest.mark.parametrize("accept", ["*/*", "image/avif,image/webp,*/*;q=0.8"])
def test_whoever_has_a_link_gets_the_bytes_and_no_page_of_ours(
    web: Web, accept: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = ("image/png", "image/jpeg", "audio/mp4", "video/mp4", "application/pdf", "text/html")
    with chalice_local(web) as url:
        for kind in kinds:
            request = Request(url + kept(web, kind), headers={"Accept": accept})  # noqa: S310
            with urlopen(request, timeout=5) as answer:  # noqa: S310 - it is this test's own
                assert (answer.status, answer.read()) == (200, BYTES)
                assert answer.headers["Content-Type"] == kind
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Content-Security-Policy"] == "sandbox"


def test_a_link_that_is_over_or_forged_leads_nowhere(web: Web) -> None:
    over, good = kept(web, seconds=0), kept(web)
    for path in (over, good[:-1], good + "0", "/media/x", "/media/..%2F..%2Fliao.db"):
        assert web.get(path, Accept="*/*").status_code == 404


def test_a_link_outlives_a_restart(web: Web) -> None:
    path = kept(web)
    web.restarts()
    assert web.get(path, Accept="*/*").status_code == 200


def test_a_person_s_media_are_forgotten_with_everything_else_of_theirs(web: Web) -> None:
    path = kept(web)
    for store in web.liao.stores.forgetful:
        store.forget_person(AMY.id, keep_turn="")
    assert web.get(path, Accept="*/*").status_code == 404
    assert [each for each in (web.data / "media").rglob("*") if each.is_file()] == []


def on_aws(role: str) -> Backend:
    env = {
        "LIAO_BACKEND": "aws",
        "LIAO_ROLE": role,
        "LIAO_MEDIA_BUCKET": "liao-dev-media-1-x",
        "AWS_REGION": "ap-northeast-1",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_SECRET_ACCESS_KEY": "s",
    }
    return OPENED["aws"](Settings.read(env), lambda _: False, env)


@pytest.mark.parametrize("role", ["webhook", "worker", "sweep"])
def test_on_aws_media_lie_in_the_bucket_and_are_forgotten_with_the_rest(role: str) -> None:
    backend = on_aws(role)
    assert backend.stores().forgetful[1] is backend.media()
    link = backend.media().link(AMY, "1", origin="", seconds=9, now=NOON)
    backend.opened.close()
    assert link.startswith("https://liao-dev-media-1-x.s3.ap-northeast-1.amazonaws.com/")
