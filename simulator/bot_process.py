"""The bot's process: `chalice local`, mended and tied to the life of its parent.

Chalice's local server answers a keep-alive request only after 44 ms (Nagle with split writes) and
resets connections beyond a backlog of 5. Three class attributes mend that. Should the launcher be
killed, this process must not go on alone: on Linux the kernel sees to it, elsewhere a thread.

    python -m simulator.bot_process PORT PARENT
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
LOOK_EVERY = 1.0


def die_with(parent: int) -> None:
    """End this process when its parent ends, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os._exit(1)


def mend_local_server() -> None:
    """Make Chalice's local server fast enough to be measured."""
    from chalice.local import ChaliceRequestHandler, ThreadedHTTPServer

    ChaliceRequestHandler.disable_nagle_algorithm = True
    ChaliceRequestHandler.wbufsize = -1
    ThreadedHTTPServer.request_queue_size = 256


def main() -> None:
    """Run `chalice local` on a port of this machine, in the working directory's project."""
    port, parent = sys.argv[1:]
    die_with(int(parent))
    mend_local_server()
    from chalice.cli import main as chalice

    sys.argv = ["chalice", "local", "--no-autoreload"]
    sys.argv += ["--host", "127.0.0.1", "--port", port, "--stage", "dev"]
    sys.exit(chalice())


if __name__ == "__main__":
    main()
