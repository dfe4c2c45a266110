"""All sides of the simulator on one port of this machine.

/            the page
/line        LINE's Messaging API: the bot's LINE_API_BASE_URL
/openai/v1   a model: the bot's DEMO_BASE_URL
/sim         the simulator's own
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from simulator import control_api, line_routes, model_api
from simulator.journal import shortened
from simulator.model_api import Model
from simulator.world import World

HOST = "127.0.0.1"
PAGE = Path(__file__).parent / "page"
TRIES = 50
BACKLOG = 1_024
T = TypeVar("T")


class NoPort(OSError):
    """Nothing can listen where it was asked to; the message says where."""


class _Page(StaticFiles):
    """The page's files; browsers ask again each time, so that a new version shows at once."""

    def file_response(self, *args: Any, **more: Any) -> Response:
        response = super().file_response(*args, **more)
        response.headers["cache-control"] = "no-cache"
        return response


def application(world: World, model: Model) -> Starlette:
    """Make the ASGI application of a world and a model; the feed tells what the model is asked."""
    model.told = lambda entry: world.feed.tell({"type": "model", "request": shortened(entry)})
    model.changed = world.tell_state
    return Starlette(
        routes=[
            Mount("/line", routes=line_routes.routes(world)),
            Mount("/openai/v1", routes=model_api.routes(model)),
            Mount("/sim", routes=control_api.routes(world, model)),
            Mount("/", app=_Page(directory=PAGE, html=True)),
        ],
        exception_handlers={ValueError: _bad_request, ClientDisconnect: _nobody_there},
    )


async def _nobody_there(_: Request, __: Exception) -> Response:
    """Whoever asked went away in the middle of it: nothing is left to be said, or to be logged."""
    return Response(status_code=400)


async def _bad_request(_: Request, exc: Exception) -> Response:
    return JSONResponse({"error": str(exc)}, 400)


def listen(port: int, *, or_next: bool = False) -> socket.socket:
    """Listen on this machine only; 0 is any free port, `or_next` tries the ones above.

    Raises NoPort.
    """
    for candidate in range(port, port + (TRIES if or_next else 1)):
        # the protocol is named because asyncio turns Nagle off only for sockets that name it
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, candidate))
            sock.listen(BACKLOG)
        except OSError:
            sock.close()
        else:
            return sock
    above = f" nor the {TRIES - 1} above it" if or_next else ""
    raise NoPort(f"port {port} on {HOST} is taken{above}: choose another one")


def free_port(port: int, *, or_next: bool = False) -> int:
    """Find a port nobody listens on, as `listen` does, and leave it free. Raises NoPort."""
    with listen(port, or_next=or_next) as sock:
        return int(sock.getsockname()[1])


class _Server(uvicorn.Server):
    """uvicorn, which first ends what never ends by itself: streams to the pages, and silence."""

    def __init__(self, config: uvicorn.Config, world: World, model: Model) -> None:
        super().__init__(config)
        self._world, self._model = world, model

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._world.close()
        self._model.silence.end()
        await super().shutdown(sockets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a running simulator is."""

    url: str

    @property
    def line(self) -> str:
        """The bot's LINE_API_BASE_URL."""
        return f"{self.url}/line"

    @property
    def openai(self) -> str:
        """The bot's DEMO_BASE_URL."""
        return f"{self.url}/openai/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Here(Address):
    """A running simulator of this process, and the loop its world lives on."""

    loop: asyncio.AbstractEventLoop = field(repr=False)

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin work in the world; whoever asks may wait for its end, or cancel it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)


def address(sock: socket.socket) -> Address:
    """The address of a listening socket."""
    return Address(url=f"http://{HOST}:{sock.getsockname()[1]}")


@contextmanager
def serving(world: World, model: Model, sock: socket.socket) -> Iterator[Here]:
    """Serve in a thread of its own until the block ends; the socket is closed then."""
    config = uvicorn.Config(
        application(world, model),
        lifespan="off",
        http="h11",
        ws="none",
        access_log=False,
        log_level="error",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config, world, model)
    loop = asyncio.new_event_loop()

    def run() -> None:
        with suppress(asyncio.CancelledError), asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(server.serve(sockets=[sock]))

    thread = threading.Thread(target=run, name="simulator", daemon=True)
    thread.start()
    try:
        yield Here(url=address(sock).url, loop=loop)
    finally:
        server.should_exit = True
        thread.join(5)
        sock.close()
