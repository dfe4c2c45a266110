"""Sixty answers as models write them, in four languages, and what becomes of each.

`python -m tests.unit.rendering.answers` writes the renderings anew; read the difference before you
keep it.
"""

from __future__ import annotations

from pathlib import Path

from chalicelib.domain.rendering import render
from tests.unit.rendering.dump import dump

FOLDER = Path(__file__).parent / "answers"
LANGUAGES = ("zh-Hant", "en", "ja", "th")
ANSWERS = tuple(sorted(FOLDER.glob("*/*.md")))


def name(answer: Path) -> str:
    """What an answer is called in a test's name."""
    return f"{answer.parent.name}/{answer.stem}"


def main() -> None:
    """Write every rendering beside its answer."""
    for answer in ANSWERS:
        text = dump(render(answer.read_text("utf-8")))
        answer.with_suffix(".txt").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
