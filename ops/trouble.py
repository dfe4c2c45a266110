"""What an operator is told when something can't go on: what is wrong, and what to do about it."""

from __future__ import annotations


class Trouble(Exception):
    """Something an operator has to put right. `what` is wrong; `do` says what helps."""

    def __init__(self, what: str, do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.do = do
