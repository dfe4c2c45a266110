"""What can be made to go wrong, as routes: LINE, the model, the webhooks, tokens and the quota.

The routes and their bodies are described in `control_api`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from simulator.faults import BadScript, Fault
from simulator.model_api import Behaviour, Model
from simulator.world import Unknown, World

Json = dict[str, Any]
Work = Callable[[Json], Awaitable[Any]]
MOST_COPIES = 5
MOST_TIMES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """The routes' home."""

    world: World
    model: Model

    def routes(self) -> dict[tuple[str, str], Work]:
        """Verb and path of everything that can go wrong."""
        return {
            ("POST", "/faults"): self.fault,
            ("DELETE", "/faults"): self.no_faults,
            ("DELETE", "/faults/{number}"): self.no_fault,
            ("PUT", "/model"): self.behave,
            ("DELETE", "/model"): self.usual_model,
            ("POST", "/expire"): self.expire,
            ("PUT", "/webhook"): self.webhook,
            ("PUT", "/quota"): self.quota,
            ("POST", "/reset"): self.reset,
        }

    async def fault(self, body: Json) -> Any:
        """Ask for a fault."""
        return {"id": self.world.faults.add(Fault.read(body))}

    async def no_faults(self, _: Json) -> Any:
        """Take all faults back; who was kept waiting is let go."""
        self.world.faults.clear()
        self.world.silence.end()
        return {}

    async def no_fault(self, body: Json) -> Any:
        """Take one fault back; who was kept waiting, by it or another, is let go."""
        if not self.world.faults.remove(int(body["number"])):
            raise Unknown(f"no fault {body['number']}: it was used up or taken back")
        self.world.silence.end()
        return {}

    async def behave(self, body: Json) -> Any:
        """Script the model."""
        times = body.pop("times", None)
        behaviour = Behaviour.read(body)
        if times is None:
            self.model.usual = behaviour
        elif not 0 <= int(times) <= MOST_TIMES:
            raise BadScript(f"times is 0 to {MOST_TIMES}, or left out")
        else:
            self.model.coming.extend([behaviour] * int(times))
        self.world.tell_state()
        return {}

    async def usual_model(self, _: Json) -> Any:
        """Let the model be itself again."""
        self.model.be_usual()
        self.world.tell_state()
        return {}

    async def expire(self, body: Json) -> Any:
        """End a reply token's life, or every one's."""
        if "token" not in body:
            return {"expired": self.world.tokens.expire_all()}
        if not self.world.tokens.expire(str(body["token"])):
            raise Unknown("no such reply token")
        return {"expired": 1}

    async def webhook(self, body: Json) -> Any:
        """Point the webhook elsewhere, switch it, slow it down, or send each more than once."""
        postman = self.world.postman
        hold = float(body.get("delay", postman.hold))
        copies = int(body.get("copies", postman.copies))
        if hold < 0 or not 1 <= copies <= MOST_COPIES:
            raise BadScript(f"delay is 0 seconds or more, copies is 1 to {MOST_COPIES}")
        postman.url = body.get("url", postman.url)
        postman.active = bool(body.get("active", postman.active))
        postman.hold, postman.copies = hold, copies
        self.world.tell_state()
        return postman.json()

    async def quota(self, body: Json) -> Any:
        """Set the quota, and what was used of it; null is no limit."""
        quota = body.get("quota", self.world.quota)
        self.world.quota = None if quota is None else int(quota)
        self.world.pushed = int(body.get("pushed", self.world.pushed))
        self.world.tell_state()
        return {"quota": self.world.quota, "pushed": self.world.pushed}

    async def reset(self, _: Json) -> Any:
        """Begin anew."""
        self.world.reset()
        self.model.reset()
        return {}
