"""Faces made of letters: `(*´∀`*)` is a smile, not emphasis around code.

A face stands in parentheses, is short, has no word in it, and has at least one letter that
sentences lack. Those of plain marks alone, such as `(*_*)`, look like no markup to begin with.
"""

from __future__ import annotations

import re

# An arm may stand before or behind: _(:3」∠)_, \(^o^)/, ¯\_(ツ)_/¯.
_FACE = re.compile(r"[\\_]{0,2}[(（]([^()（）\[\]$\n]{1,16}?)[)）](?:[_＿]?[/／]¯?|_)?")
_WORD = re.compile(r"[A-Za-z0-9]{2}|[\u0e00-\u0e7fぁ-ゟァ-ヺ一-龥가-힣]{2}|</?[A-Za-z]|\\")
_ODD = re.compile(r"[^\s\w*_~`\"'.,!?:;/\-+=%#&@|「」『』，。！？、：；]|[ツωДдεзﾟдシ]")


def face(source: str, start: int) -> int:
    """Where a face ends that begins at `start`; `start` where none does."""
    found = _FACE.match(source, start)
    if not found:
        return start
    inside = found[1]
    is_marked = inside[0] == inside[-1] == "`" or inside[:2] in ("**", "__", "~~")
    if is_marked or _WORD.search(inside) or not _ODD.search(inside):
        return start
    return found.end()
