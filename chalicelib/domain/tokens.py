"""How large a text is for a model, before any model has seen it.

History is kept within a budget of tokens, and each vendor counts with a tokenizer of its own that
is too heavy to ship. A character's script tells enough: English shares a token among four or five
letters, Chinese spends about one a character. This is an estimate for windows, never for bills.
"""

from __future__ import annotations

import re
from typing import Final

#: Tokens a hundred characters, by script. Punctuation of full width counts as its neighbours do.
HAN: Final = 100
KANA: Final = 80
THAI: Final = 45
OTHER: Final = 22

#: A text is Japanese where at least one in so many East Asian characters is kana: a lone の in a
#: Chinese shop's name changes nothing. Its kanji then count as kana do, 0.8 a character in all.
_KANA_SHARE: Final = 5

_HAN_RUNS = re.compile(
    "[\u2e80-\u303f\u3100-\u312f\u3190-\u31ef\u3200-\u9fff\uf900-\ufaff\ufe30-\ufe4f"
    "\uff01-\uff64\uffe0-\uffe6\U00020000-\U0003ffff]+"
)
_KANA_RUNS = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff65-\uff9f\U0001aff0-\U0001b16f]+")
_THAI_RUNS = re.compile("[\u0e00-\u0e7f]+")


def estimate(text: str) -> int:
    """Estimate a text's tokens, rounded up; an empty text has none.

    About 1.0 a character of Chinese, 0.8 of Japanese (see `_KANA_SHARE`), 0.45 of Thai and 0.22
    of anything else.
    """
    if text.isascii():
        return _rounded_up(len(text) * OTHER)
    han, kana, thai = (_count(runs, text) for runs in (_HAN_RUNS, _KANA_RUNS, _THAI_RUNS))
    is_japanese = kana and kana * _KANA_SHARE >= han + kana
    other = len(text) - han - kana - thai
    weight = han * (KANA if is_japanese else HAN) + kana * KANA + thai * THAI + other * OTHER
    return _rounded_up(weight)


def _count(runs: re.Pattern[str], text: str) -> int:
    return sum(map(len, runs.findall(text)))


def _rounded_up(hundredths: int) -> int:
    return -(-hundredths // 100)
