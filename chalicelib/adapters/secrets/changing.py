"""A secret as those who use it see it: one that stays, or one that an operator may change.

A container lives for hours. An operator who issues a new token or key need not deploy again: who
is rejected asks whether there is another one, and tries it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.adapters.secrets.parameters import Parameters
from chalicelib.domain.errors import SettingInvalid, StorageUnavailable


@dataclass(frozen=True, slots=True)
class Fixed:
    """`Secret` that stays what it is until the process ends, as a laptop's do."""

    known: str = field(repr=False)

    def value(self) -> str:
        """The secret."""
        return self.known

    def renewed(self, rejected: str) -> bool:  # noqa: ARG002 - there is no other
        """Never."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """`Secret` in a parameter, which is read again at most once a minute."""

    name: str
    parameters: Parameters

    def value(self) -> str:
        """The secret, as it was last read."""
        return self.parameters.all().get(self.name, "").strip()

    def renewed(self, rejected: str) -> bool:
        """Look whether there is another one; whoever looked before may have found it."""
        if self.value() == rejected:
            try:
                self.parameters.renewed()
            except (StorageUnavailable, SettingInvalid):
                return False  # the rejection is what the caller has to tell
        return self.value() != rejected
