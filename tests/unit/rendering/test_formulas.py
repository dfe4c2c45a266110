"""Formulas in Unicode: readable, complete, and never an error."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.rendering.latex import unicode_formula

FORMULAS = (
    (r"x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}", "x = (-b ± √(b² - 4ac))/(2a)"),
    (r"\frac12 + \dfrac{a}{b}", "1/2 + a/b"),
    (r"\frac{1}{2}mv^2", "(1/2)mv²"),
    (r"\left( \frac{a}{b} \right)^2", "(a/b)²"),
    (r"\frac{dy}{dx}", "dy/dx"),
    (r"\sum_{i=1}^{n} i^2", "∑ᵢ₌₁ⁿ i²"),
    (r"\int_0^1 x\,dx", "∫₀¹ x dx"),
    (r"\lim_{x \to 0} \frac{\sin x}{x}", "lim(x→0) (sin x)/x"),
    (r"e^{i\pi} + 1 = 0", "e^(iπ) + 1 = 0"),
    (r"x^{\frac{1}{2}}", "x^(1/2)"),
    (r"x_{p,q}", "x_(p,q)"),
    (r"90^\circ", "90°"),
    (r"f''(x)", "f″(x)"),
    (r"2\pi r", "2πr"),
    (r"a\leq b\times c", "a ≤ b × c"),
    (r"x=\pm 3", "x = ±3"),
    (r"\sqrt[3]{8} + \sqrt[n]{x}", "∛8 + ⁿ√x"),
    (r"\vec{F} = m\hat{a}", "F⃗ = mâ"),
    (r"\not= \not\in", "≠ ∉"),
    (r"\mathbb{R} \mathcal{L} \mathbf{v}", "ℝ L v"),
    (r"\binom{n}{k}", "C(n, k)"),
    (r"P(A \mid B)", "P(A | B)"),
    (r"\{ x \mid x > 0 \}", "{x | x > 0}"),
    (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "[1, 2; 3, 4]"),
    (r"\begin{cases} x & x \ge 0 \\ -x & \text{else} \end{cases}", "{x, x ≥ 0; -x, else}"),
    (r"\begin{align*} a &= 1 \\ b &= 2 \end{align*}", "a = 1\nb = 2"),
    (r"\begin{array}{cc} a & b \end{array}", "a, b"),
    (r"\text{速度} = 3\ \text{m/s}", "速度 = 3 m/s"),
    (r"\ce{SO4^2- + 2H+ -> H2SO4}", "SO₄²⁻ + 2H+ → H₂SO₄"),
    (r"A \xrightarrow{f} B", "A ─f→ B"),
    (r"x \equiv 1 \pmod{5} \tag{1}", "x ≡ 1 (mod 5) (1)"),
    (r"1{,}000\%", "1,000%"),
    (r"\color{red}{x} + \textcolor{blue}{y}", "x + y"),
    (r"\unknown{x}", "unknown x"),
)
NAMES = ("frac", "sqrt", "alpha", "text", "times", "left(", "right)", "begin{cases}", "end{cases}")
TOKENS = ("{", "}", "^", "_", "\\\\", "&", "$", "a", "1", "字", " ", "[", "]", "(", "'", "\\")
BROKEN = st.lists(
    st.sampled_from([*TOKENS, *(f"\\{name}" for name in NAMES)]) | st.text(max_size=2), max_size=50
).map("".join)


@pytest.mark.parametrize(("latex", "expected"), FORMULAS)
def test_a_formula_reads_well(latex: str, expected: str) -> None:
    assert unicode_formula(latex) == expected


@settings(max_examples=300, deadline=None)
@given(BROKEN)
def test_a_broken_formula_is_written_as_far_as_it_goes(latex: str) -> None:
    unicode_formula(latex)


@pytest.mark.parametrize("deep", ["{", "\\frac", "\\sqrt{", "^", "\\begin{x}", "\\text{", "x_{"])
def test_a_deeply_nested_formula_is_no_error(deep: str) -> None:
    assert "7" in unicodedata.normalize("NFKC", unicode_formula(deep * 2_000 + "7"))


@st.composite
def formulas(draw: st.DrawFn, depth: int = 4) -> tuple[str, str]:
    """A formula of known letters, and these."""
    letter = draw(st.sampled_from("abcxyzABCRT0123456789"))
    kind = draw(st.sampled_from(KINDS)) if depth else "{}"
    inner = [draw(formulas(depth=depth - 1)) for _ in range(kind.count("{}"))] if depth else []
    if not inner:
        return letter, letter
    return kind.replace("{}", "{{{}}}").format(*(latex for latex, _ in inner)), "".join(
        letters for _, letters in inner
    )


KINDS = (
    r"\frac{}{}", r"\sqrt{}", r"{}^{}", r"{}_{}", r"{} + {}", r"{} \times {}", r"\vec{}", r"({})",
    r"\text{}", r"\mathbf{}", r"\left[{}\right]", r"\alpha {}", r"\overline{}", r"\unknown{}",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(formulas())
def test_every_letter_and_digit_of_a_formula_survives(formula: tuple[str, str]) -> None:
    latex, expected = formula
    flat = unicodedata.normalize("NFKC", unicode_formula(latex)).replace("unknown", "")
    found = [letter for letter in flat if letter.isascii() and letter.isalnum()]
    assert "".join(found) == expected
