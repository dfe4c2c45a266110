"""Buttons in chats: what a tap on an opaque id means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.adapters.storage.dynamodb.calls import Unmet, Write
from chalicelib.adapters.storage.dynamodb.items import home, is_elsewhere, membership
from chalicelib.adapters.storage.dynamodb.members import chats_of
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, place
from chalicelib.adapters.storage.moments import to_micros
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.ports import Button


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoButtons:
    """`ButtonStore` in DynamoDB. `ends` is exact, in microseconds; the time to live is seconds."""

    table: Table

    def put(self, buttons: Sequence[Button], *, until: datetime) -> None:
        """Keep buttons until they expire; one that is known already only gets a new end."""
        writes = [self._write(button, until) for button in buttons]
        elsewhere = {
            (button.user, button.chat)
            for button in buttons
            if button.user is not None and is_elsewhere(button.user, button.chat)
        }
        writes += [
            self.table.put(membership(user, chat, now=until, rev=self.table.tick()))
            for user, chat in elsewhere
            if user
        ]
        if writes:
            self.table.write(*writes)

    def get(self, chat: Chat, button_id: str, *, now: datetime) -> Button | None:
        """Find a button of this chat; None when unknown or expired."""
        item = self.table.get(home(chat), _sk(button_id))
        if item is None or int(str(item["ends"])) <= to_micros(now):
            return None
        return Button(
            id=button_id,
            chat=Chat.parse(str(item["chat"])),
            action=str(item["action"]),
            subject=str(item["subject"]),
            offset=int(str(item["page"])),
            user=_text(item, "user"),
            used_by=_text(item, "used_by"),
        )

    def use(self, chat: Chat, button_id: str, *, by: str, now: datetime) -> bool:
        """Use a button up; the same tap again is True too, another is False."""
        try:
            self.table.change_one(
                home(chat),
                _sk(button_id),
                "SET used_by = :by",
                {":by": by, ":now": to_micros(now)},
                condition="ends > :now AND (attribute_not_exists(used_by) OR used_by = :by)",
            )
        except Unmet:
            return False
        return True

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Erase a private chat's buttons, and in groups those only the person may tap.

        The button by which forgetting was asked stays until it expires: a retry taps it again.
        """
        self.forget_chat(Chat(ChatKind.USER, user), keep_turn=keep_turn)
        for chat in chats_of(self.table, user):
            mine = (item for item in self._all(chat) if item.get("user") == user)
            self._delete(mine, keep_turn)

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:
        """Erase a chat's buttons, but for the one by which it was asked."""
        self._delete(self._all(chat), keep_turn)

    def purge(self, *, now: datetime) -> None:
        """Leave it to DynamoDB's time to live: a button holds no words."""

    def _all(self, chat: Chat) -> list[Item]:
        return self.table.query(home(chat), "button#")

    def _delete(self, found: Iterable[Item], keep_turn: str) -> None:
        for item in found:
            if not self._was_used_by(item, keep_turn):
                self.table.delete_one(*place(item))

    def _write(self, button: Button, until: datetime) -> Write:
        fields: dict[str, Any] = {
            "chat": button.chat.key,
            "action": button.action,
            "subject": button.subject,
            "page": button.offset,
            "user": button.user,
            "used_by": button.used_by,
        }
        known = {name: value for name, value in fields.items() if value is not None}
        sets = [f"#{name} = if_not_exists(#{name}, :{name})" for name in known]
        values = {f":{name}": value for name, value in known.items()}
        return self.table.change(
            home(button.chat),
            _sk(button.id),
            f"SET {', '.join(sets)}, ends = :ends, #ttl = :ttl",
            {**values, ":ends": to_micros(until), ":ttl": int(until.timestamp())},
        )

    def _was_used_by(self, item: Item, turn_id: str) -> bool:
        used_by = item.get("used_by")
        event = self.table.get(str(item["pk"]), f"event#{used_by}") if used_by else None
        return event is not None and event.get("turn") == turn_id


def _sk(button_id: str) -> str:
    return f"button#{button_id}"


def _text(item: Item, name: str) -> str | None:
    return str(item[name]) if name in item else None
