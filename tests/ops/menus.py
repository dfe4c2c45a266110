"""For the stories of `ops richmenu`: menus that are quickly made, and whether there are fonts."""

from __future__ import annotations

import pytest

from chalicelib.domain.languages import LANGUAGES
from ops.richmenu.drawn import OURS, Drawn
from ops.richmenu.fonts import face
from ops.trouble import Trouble
from tests.contract.operations import MENU
from tests.menus import PICTURE

#: A letter that each language's fonts have.
_LETTERS = {"zh-Hant": "說", "en": "a", "ja": "ヘ", "th": "ช"}


def _lacking() -> str:
    """Which language this machine has no font for."""
    for language, letter in _LETTERS.items():
        try:
            face(language, letter, bold=True)
        except Trouble as exc:
            return f"{exc.what}. {exc.do}"
    return ""


needs_fonts = pytest.mark.skipif(bool(_lacking()), reason=_lacking())


def small(content: str) -> list[Drawn]:
    """Menus of this content, a language each."""
    return [
        Drawn(
            language=language,
            body={**MENU, "name": f"{OURS}{language}:{content}"},
            picture=PICTURE,
        )
        for language in LANGUAGES
    ]
