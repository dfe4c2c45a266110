"""Code stays as it is, letter by letter, wherever it begins and however long it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cutting import utf16_length
from chalicelib.domain.messages import Code, Text
from chalicelib.domain.rendering import listings, render
from tests.unit.rendering.dump import seen

CODE = "def f(x):\n\treturn x**2  # *not* <b>markup</b>\n\n\nprint(f(3))"


def test_code_is_kept_letter_by_letter_with_its_language() -> None:
    assert render(f"```python\n{CODE}\n```") == (Code(text=CODE, language="python"),)


def test_text_and_code_keep_their_order() -> None:
    messages = render("一\n```\na\n```\n二\n```\nb\n```")
    assert messages == (Text(text="一"), Code(text="a"), Text(text="二"), Code(text="b"))


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("```\na\n```", Code(text="a")),
        ("~~~\na\n~~~", Code(text="a")),
        ("````\n```\na\n```\n````", Code(text="```\na\n```")),
        ("```\n~~~\n```", Code(text="~~~")),
        ("```js title='x.js'\na\n```", Code(text="a", language="js")),
        ("```{.python}\na\n```", Code(text="a", language="python")),
        ("```python:app.py\na\n```", Code(text="a", language="python:app.py")),
        ("```c++\na\n```", Code(text="a", language="c++")),
        ("```$ ls -la\n```", Code(text="$ ls -la")),
        ("```npm install x\n```", Code(text="npm install x")),
        ("```\n\n\n  a\n\n```", Code(text="  a")),
        ("  ```\n  a\n    b\n  ```", Code(text="a\n  b")),
        ("```python\na\nb", Code(text="a\nb", language="python")),
        ("> ```\n> a\n>  b\n> ```", Code(text="a\n b")),
        ("> ```\n> a\n", Code(text="a")),
        (
            "```markdown\n# a\n```python\nb\n```\nc\n```",
            Code(text="# a\n```python\nb\n```\nc", language="markdown"),
        ),
        ("<pre><code class='language-js'>a &lt; b</code></pre>", Code(text="a < b", language="js")),
        ("    x = f(1);\n    y = 2;", Code(text="x = f(1);\ny = 2;")),
        ("\tif (a) {\n\t\tb();\n\t}", Code(text="if (a) {\n    b();\n}")),
    ],
)
def test_code_is_recognised_however_it_is_marked(markdown: str, expected: Code) -> None:
    assert render(markdown) == (expected,)


@pytest.mark.parametrize("empty", ["```\n```", "```python\n\n  \n```", "~~~\n~~~", "```"])
def test_empty_code_vanishes(empty: str) -> None:
    assert render(f"一\n\n{empty}") == (Text(text="一"),)


@pytest.mark.parametrize("wave", ["~~~", "~~~好喔", "~~~ 好"])
def test_a_wave_without_an_end_is_no_fence(wave: str) -> None:
    assert render(f"好\n{wave}\n\n**字**") == (Text(text=f"好\n{wave}\n\n字"),)


def test_code_belongs_to_the_item_it_stands_in_and_loses_its_indent() -> None:
    messages = render("1. 一\n   ```sh\n   ls\n     -l\n   ```\n2. 二")
    assert messages == (
        Text(text="1. 一"),
        Code(text="ls\n  -l", language="sh"),
        Text(text="2. 二"),
    )


def test_code_may_begin_on_an_items_first_line() -> None:
    messages = render("- ```sh\n  ls\n  ```\n1. ```sh\n   ls\n   ```")
    assert messages == (
        Code(text="ls", language="sh"),
        Text(text="1."),
        Code(text="ls", language="sh"),
    )


def test_code_may_begin_behind_words_on_the_same_line() -> None:
    messages = render("程式如下：```python\nprint(1)\n```\n**完成**")
    assert messages == (
        Text(text="程式如下："),
        Code(text="print(1)", language="python"),
        Text(text="完成"),
    )


def test_ticks_at_a_line_s_end_that_nothing_closes_are_no_fence() -> None:
    assert render("用三個 ```\n字") == (Text(text="用三個 ```\n字"),)


def test_code_among_words_loses_its_ticks_and_the_space_that_keeps_them_apart() -> None:
    assert render("用 `` `a` `` 和 `b  c` 吧") == (Text(text="用 `a` 和 b  c 吧"),)


def test_a_formula_in_a_fence_of_its_own_is_a_formula() -> None:
    assert render("```math\na^2 + \\frac{1}{2}\n```") == (Text(text="a² + 1/2"),)


@pytest.mark.parametrize(
    "indented",
    ["    這是縮排的一段文字，不是程式（真的）。", "    a plain line of words", "    **粗體** = 1"],
)
def test_indented_words_are_no_code(indented: str) -> None:
    assert all(isinstance(message, Text) for message in render(f"一\n\n{indented}"))


def test_indented_lines_of_a_list_are_no_code() -> None:
    assert render("- 一\n\n      x = f(1);")[0] == Text(text="• 一\n\n\u3000x = f(1);")


def test_long_code_is_divided_at_line_ends() -> None:
    code = "\n".join(f"line {number} = '{'x' * 60}'" for number in range(120))
    parts = render(f"```python\n{code}\n```")
    assert len(parts) == 3
    assert "\n".join(part.text for part in parts if isinstance(part, Code)) == code


@given(st.lists(st.text("a👍é\n \t字", max_size=3_000), min_size=1, max_size=4).map("\n".join))
def test_divided_code_is_whole_again_when_put_together(code: str) -> None:
    parts = listings.divided(code, "python")
    joined = "".join("".join(part.text.split()) for part in parts)
    assert joined == "".join(code.split())
    assert all(utf16_length(part.text) <= 4_000 and part.text.strip() for part in parts)


def test_a_line_longer_than_a_bubble_is_cut_between_graphemes() -> None:
    parts = listings.divided("👍🏽" * 3_000, "")
    assert "".join(part.text for part in parts) == "👍🏽" * 3_000
    assert all(part.text.endswith("🏽") for part in parts)


@pytest.mark.parametrize("answer", ["看 ```ls\n```", "*```ls\n```\n", "x ```ls\n\n```"])
def test_what_might_be_a_language_is_kept_where_no_code_follows_it_behind_words(
    answer: str,
) -> None:
    assert "ls" in seen(render(answer))
