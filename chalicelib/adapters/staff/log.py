"""The laptop's way: a line of the log, which whoever runs the laptop has before their eyes."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.ports import Appeal, Telemetry


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStaff:
    """`Staff` that reads the log. Nobody's words are in it: the chat is in LINE."""

    telemetry: Telemetry

    def tell(self, appeal: Appeal) -> bool:
        """Log that somebody waits, and until when the bot is silent."""
        self.telemetry.fact(
            "human_wanted",
            chat=appeal.chat.key,
            until=appeal.until.isoformat(timespec="minutes"),
        )
        return True
