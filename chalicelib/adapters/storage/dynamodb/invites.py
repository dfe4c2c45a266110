"""Codes that let somebody in; only a digest of each is kept, so that none can be read here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.storage.dynamodb.calls import Unmet
from chalicelib.adapters.storage.dynamodb.items import ttl
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import key
from chalicelib.adapters.storage.moments import to_micros
from chalicelib.domain.chat import Chat
from chalicelib.domain.digests import digest
from chalicelib.domain.retention import IDS
from chalicelib.ports import Role

_SK = "invite"


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoInvites:
    """`Invites` in DynamoDB. `ends` is exact, in microseconds; the time to live is seconds."""

    table: Table

    def issue(self, code: str, role: Role, *, until: datetime) -> None:
        """Keep a code until then, in place of the same one before."""
        kept = {"role": role.value, "ends": to_micros(until), "ttl": ttl(until, IDS)}
        self.table.write(self.table.put({**key(*_place(code)), **kept}))

    def redeem(self, code: str, *, by: str, now: datetime) -> Role | None:
        """Use a code up; the same message again is let in again, however late."""
        try:
            found = self.table.change_one(
                *_place(code),
                "SET used_by = :by",
                {":by": by, ":now": to_micros(now)},
                condition="used_by = :by OR (attribute_not_exists(used_by) AND ends > :now)",
            )
        except Unmet:
            return None
        return Role(str(found["role"]))

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Leave the codes: they know the message that used them by its bare id, and nobody."""

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:
        """Leave the codes: they know no chat."""

    def purge(self, *, now: datetime) -> None:
        """Leave it to DynamoDB's time to live: a code holds no words."""


def _place(code: str) -> tuple[str, str]:
    return f"invite#{digest(code)}", _SK
