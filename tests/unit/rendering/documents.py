"""Answers made of known words in known markup, so that it is known what a reader sees.

Every word is used once, so that finding it again means that this very one survived.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

SCRIPTS = ("w", "Word", "字", "かな", "คำ", "가", "слово", "é")
ADDRESS = "https://example.com/a_b/*c*/(d)?e=_f_"

#: Inline markup around one word.
WRAPS = (
    "{}", "**{}**", "*{}*", "***{}***", "__{}__", "_{}_", "~~{}~~", "`{}`", "`` {} ``",
    "**「{}」**", "**{}：**", "[{}](" + ADDRESS + ")", "[**{}**](" + ADDRESS + ")",
    "![{}](" + ADDRESS + ")", "<b>{}</b>", "<span style=\"color:red\">{}</span>", "\\*{}\\*",
    '<a href="' + ADDRESS + '">{}</a>', "<!-- x -->{}", "&lt;{}&gt;", "<think>{}</think>",
    "**_{}_**", "~~**{}**~~",
)  # fmt: skip
JOINTS = (" ", "，", "、", "。", ", ", ": ", "<br>", " & ", " | ")
#: Markup of a whole line or more, around inline text.
LINES = (
    "{}", "# {}", "### {} ###", "- {}", "  - {}", "1. {}", "   2) {}", "- [ ] {}", "* [x] {}",
    "> {}", "> - {}", ">> {}", "{}\n===", "{}\n-----", "<p>{}</p>", "<li>{}</li>",
    "+ ### {}", "- > {}",
)  # fmt: skip
MARKS_LEFT = ("**", "~~", "`", "](", "<b", "</", "<!--", "<span", "<a ", "<think", "| -", "&lt;")


@dataclass(slots=True)
class Written:
    """An answer under way. words: all; ordered: those whose order must be kept."""

    blocks: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    ordered: list[str] = field(default_factory=list)

    @property
    def markdown(self) -> str:
        return "\n".join(self.blocks)

    def word(self, script: str, *, in_order: bool = True) -> str:
        word = f"{script}{len(self.words):04}"
        self.words.append(word)
        if in_order:
            self.ordered.append(word)
        return word


@st.composite
def documents(draw: st.DrawFn, *, most: int = 12) -> Written:
    """Answers of up to so many blocks."""
    written = Written()
    for _ in range(draw(st.integers(1, most))):
        make: Callable[[st.DrawFn, Written], str] = draw(st.sampled_from(MAKERS))
        written.blocks.append(make(draw, written))
        if draw(st.booleans()):
            written.blocks.append("")
    return written


def _line(draw: st.DrawFn, written: Written) -> str:
    return draw(st.sampled_from(LINES)).format(_inline(draw, written))


def _inline(draw: st.DrawFn, written: Written) -> str:
    parts = [_wrapped(draw, written)]
    for _ in range(draw(st.integers(0, 3))):
        parts += [draw(st.sampled_from(JOINTS)), _wrapped(draw, written)]
    return "".join(parts)


def _wrapped(draw: st.DrawFn, written: Written) -> str:
    word = written.word(draw(st.sampled_from(SCRIPTS)))
    return draw(st.sampled_from(WRAPS)).format(word)


def _table(draw: st.DrawFn, written: Written) -> str:
    columns = draw(st.integers(1, 14))
    rows = draw(st.integers(0, 5))

    def row(length: int) -> str:
        scripts = [draw(st.sampled_from(SCRIPTS)) for _ in range(length)]
        cells = [written.word(script, in_order=False) for script in scripts]
        return "| " + " | ".join(f"**{cell}**" for cell in cells) + " |"

    lines = [row(columns), "|" + " :-: |" * columns]
    lines += [row(draw(st.integers(1, columns + 2))) for _ in range(rows)]
    return "\n".join([*lines, ""])


def _code(draw: st.DrawFn, written: Written) -> str:
    fence = draw(st.sampled_from(("```", "````", "~~~")))
    lines = [f"  {written.word('w')} = 1" for _ in range(draw(st.integers(0, 4)))]
    return "\n".join([f"{fence}python", *lines, fence])


def _rule(draw: st.DrawFn, _written: Written) -> str:
    return "\n" + draw(st.sampled_from(("---", "***", "_ _ _")))


MAKERS = (_line, _line, _line, _line, _table, _code, _rule)
