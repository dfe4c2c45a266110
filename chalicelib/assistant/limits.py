"""What is said when something is used up or nearly so: whose it is, and when it goes on."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.errors import LiaoError
from chalicelib.domain.ledger import Period
from chalicelib.domain.texts import Voice


class LimitReached(LiaoError):
    """Something is used up; the text `key` says when it goes on.

    whose: the key of the account. soon: within a minute.
    """

    def __init__(self, key: str, whose: str, *, soon: bool = False, **slots: object) -> None:
        super().__init__(key)
        self.key = key
        self.whose = whose
        self.soon = soon
        self.slots = slots

    def told(self, voice: Voice) -> str:
        """Say it."""
        return voice(self.key, **self.slots)


#: The texts, by whose budget it is.
USED_UP: Mapping[tuple[str, Period], str] = {
    ("person", Period.DAY): "budget_person_day",
    ("person", Period.MONTH): "budget_person_month",
    ("group", Period.DAY): "budget_group_day",
    ("group", Period.MONTH): "budget_group_month",
    ("all", Period.DAY): "budget_all_day",
    ("all", Period.MONTH): "budget_all_month",
}
NEARLY_USED_UP: Mapping[tuple[str, Period], str] = {
    ("person", Period.DAY): "nearly_person_day",
    ("person", Period.MONTH): "nearly_person_month",
    ("group", Period.DAY): "nearly_group_day",
    ("group", Period.MONTH): "nearly_group_month",
}
