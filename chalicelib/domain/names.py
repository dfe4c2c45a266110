"""What a stage's resources on AWS are called.

Every name follows from the app and the stage, so nothing has to be copied from one place into
another: the stack makes a queue, the functions find it, and the policies allow it.
"""

from __future__ import annotations

from dataclasses import dataclass

APP = "liao"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of one stage; a stage is one bot on one LINE channel."""

    stage: str
    app: str = APP

    @property
    def prefix(self) -> str:
        """What every name begins with; also the stack, the table and the webhook's function."""
        return f"{self.app}-{self.stage}"

    @property
    def stack(self) -> str:
        """The CloudFormation stack."""
        return self.prefix

    @property
    def table(self) -> str:
        """The DynamoDB table."""
        return self.prefix

    @property
    def queue(self) -> str:
        """The FIFO queue that wakes workers."""
        return f"{self.prefix}-wakes.fifo"

    @property
    def dead_letters(self) -> str:
        """The FIFO queue of wakes whose worker died three times."""
        return f"{self.prefix}-wakes-dead.fifo"

    @property
    def parameters(self) -> str:
        """The path of the stage's parameters, with a slash at its end."""
        return f"/{self.app}/{self.stage}/"

    @property
    def topic(self) -> str:
        """The SNS topic of alarms."""
        return f"{self.prefix}-alarms"

    @property
    def people(self) -> str:
        """The SNS topic of people who want to talk to a human."""
        return f"{self.prefix}-people"

    @property
    def functions(self) -> dict[str, str]:
        """The functions' names, by role."""
        return {
            "webhook": self.prefix,
            "worker": f"{self.prefix}-worker",
            "sweep": f"{self.prefix}-sweep",
        }

    def bucket(self, what: str, *, account: str, region: str) -> str:
        """A bucket's name, which no other account may have: `what` is media or state."""
        return f"{self.prefix}-{what}-{account}-{region}"
