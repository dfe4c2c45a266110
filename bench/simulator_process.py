"""The simulator as a process of its own, tied to the life of its parent.

In the load generator's process it would share the interpreter's lock with the clients whose waits
are measured.

    python -m bench.simulator_process PORT PARENT
"""

from __future__ import annotations

import sys

from simulator.__main__ import main as simulator
from simulator.bot_process import die_with

#: Webhooks are made first and sent later, so their tokens live longer than LINE's.
TOKEN_LIFE = "3600"


def main() -> int:
    """Run the simulator until it is told to end."""
    port, parent = sys.argv[1:]
    die_with(int(parent))
    return simulator(["serve", "--port", port, "--redelivery", "--reply-token-life", TOKEN_LIFE])


if __name__ == "__main__":
    sys.exit(main())
