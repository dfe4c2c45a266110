"""In which lists and quotes a line stands, and what is shown before it for them.

Lists are as deep as their indents say, however wide these are: CommonMark's rule needs the same
care that models lack. A quote within a list has its bars behind the list's indent; lists within a
quote begin anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

#: For each list that a line is in: as wide in every language.
INDENT: Final = "\u3000"
#: For each quote that it is in.
BAR: Final = "｜"

#: Lists and quotes are shown no deeper than this: a phone is narrow.
_DEEPEST: Final = 4
#: An item stands within another if it is indented by so many columns more.
_STEP: Final = 2


@dataclass(slots=True, kw_only=True)
class Nesting:
    """bars: how many quotes. items: the indents of the items that a line may belong to.

    outside: those of the list that the quote stands in, while it lasts.
    """

    bars: int = 0
    items: list[int] = field(default_factory=list)
    outside: list[int] = field(default_factory=list)

    def quote(self, bars: int, indent: int) -> None:
        """Go into a quote that is indented by so many columns, deeper into it, or out of it."""
        if not self.bars:
            self.leave(indent)
            self.outside, self.items = self.items, []
        elif bars:
            self.items = []
        else:
            self.outside, self.items = [], self.outside
        self.bars = bars

    def leave(self, indent: int) -> None:
        """Leave the items that a line of this indent doesn't belong to."""
        while self.items and indent < self.items[-1] + _STEP:
            self.items.pop()

    def before(self, depth: int) -> str:
        """What is shown before a line in so many lists of the innermost quote."""
        inside = BAR * min(self.bars, _DEEPEST) + INDENT * min(depth, _DEEPEST)
        return INDENT * min(len(self.outside), _DEEPEST) + inside
