"""A gate on the way between LINE, the bot and the model, at which something may be done.

Everything that the bot says or is told passes here, so "the moment when the reply has arrived at
LINE, but the bot doesn't know it yet" is not guessed by a timer but exact:

    gate.once(REPLY, Moment.DONE, bot.kill)

The request is held where it is until the deed is done.
"""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

#: The steps of a message's way, as the addresses of their requests.
WEBHOOK = "/callback"
PROFILE = "/v2/bot/profile/"
DOTS = "/v2/bot/chat/loading/start"
MODEL = "/chat/completions"
REPLY = "/v2/bot/message/reply"


class Moment(StrEnum):
    """Where a request is when the deed is done.

    ARRIVES: asked for, but nobody has it, and nobody will. DONE: carried out, but who asked will
    never hear of it. HEARD: carried out, and who asked has just heard of it.
    """

    ARRIVES = "arrives"
    DONE = "done"
    HEARD = "heard"


@dataclass(slots=True, kw_only=True)
class Trap:
    """One deed, waiting for its moment. `skip`: how many such moments are let pass."""

    step: str
    moment: Moment
    deed: Callable[[], None] = field(repr=False)
    skip: int = 0
    sprung: threading.Event = field(default_factory=threading.Event)

    def wait(self, timeout: float = 60) -> None:
        """Wait until the deed is done. Raises AssertionError."""
        assert self.sprung.wait(timeout), f"never came: {self.step} {self.moment}"


@dataclass(slots=True, kw_only=True)
class Gate:
    """The gate: `url` stands for the simulator towards the bot, `webhook` for the bot."""

    simulator: str
    bot: str = ""
    url: str = ""
    traps: list[Trap] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def webhook(self) -> str:
        """The webhook's address that LINE is given."""
        return self.url + WEBHOOK

    def once(self, step: str, moment: Moment, deed: Callable[[], None], *, skip: int = 0) -> Trap:
        """Let a deed be done at a moment, once."""
        trap = Trap(step=step, moment=moment, deed=deed, skip=skip)
        with self.lock:
            self.traps.append(trap)
        return trap

    def open(self) -> None:
        """Take every trap away."""
        with self.lock:
            self.traps.clear()

    def passes(self, path: str, moment: Moment) -> bool:
        """Do what was asked for this moment; False if something was done."""
        with self.lock:
            met = [trap for trap in self.traps if trap.moment is moment and trap.step in path]
            for trap in met:
                trap.skip -= 1
            ready = [trap for trap in met if trap.skip < 0]
            for trap in ready:
                self.traps.remove(trap)
        for trap in ready:
            trap.deed()
            trap.sprung.set()
        return not ready

    def ask(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any, bytes]:
        """Pass a request on to whom it is for; returns status, headers and body."""
        goal = self.bot if request.path.startswith(WEBHOOK) else self.simulator
        connection = http.client.HTTPConnection(urlsplit(goal).netloc, timeout=130)
        try:
            headers = {k: v for k, v in request.headers.items() if not _of_this_hop(k)}
            connection.request(request.command, request.path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.items(), answer.read()
        finally:
            connection.close()


def _of_this_hop(header: str) -> bool:
    return bool(re.fullmatch("host|connection|content-length|transfer-encoding", header.lower()))


@contextmanager
def gate(simulator: str) -> Iterator[Gate]:
    """Open a gate before a simulator, on a free port."""
    made = Gate(simulator=simulator)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            self.close_connection = True
            if not made.passes(self.path, Moment.ARRIVES):
                return
            try:
                status, headers, answer = made.ask(self, body)
            except (OSError, http.client.HTTPException):
                return  # nobody answers there: who asked sees the connection close
            if not made.passes(self.path, Moment.DONE):
                return
            with suppress(OSError):  # who asked may be gone by now
                self.send_response_only(status)
                for name, value in headers:
                    if not _of_this_hop(name):
                        self.send_header(name, value)
                self.send_header("content-length", str(len(answer)))
                self.send_header("connection", "close")
                self.end_headers()
                self.wfile.write(answer)
                self.wfile.flush()
            made.passes(self.path, Moment.HEARD)

        def do_GET(self) -> None:
            self.do_POST()

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, *_: object) -> None:
            """A caller that was killed is no error here."""

    with Server(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="gate")
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
