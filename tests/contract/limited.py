"""Which of the simulator's rules have a limit, so that one that nothing tries is noticed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator import limits
from simulator.limits import flex
from simulator.rules import Each, Items, Later, OneOf, Path, Rule, Text, Thing, Whole

MOST = 2**31 - 1
ROOTS: Mapping[str, Rule] = {
    name: rule for name in limits.__all__ if hasattr(rule := getattr(limits, name), "problems")
}


def limited() -> dict[int, str]:
    """Every rule with a limit that a request can meet, by identity, and where it is first met."""
    seen: dict[int, tuple[Rule, str]] = {}

    def walk(rule: Rule, where: str) -> None:
        if id(rule) not in seen:
            seen[id(rule)] = rule, where
            for name, inner in _within(rule):
                walk(inner, f"{where}/{name}")

    for name, rule in ROOTS.items():
        walk(rule, name)
    return {key: where for key, (rule, where) in seen.items() if _is_limited(rule)}


def _is_limited(rule: Rule) -> bool:
    if isinstance(rule, Text):
        return rule.high is not None
    return isinstance(rule, Whole | Each) or (isinstance(rule, Items) and rule.high < MOST)


def _within(rule: Rule) -> Iterator[tuple[str, Rule]]:
    if isinstance(rule, Thing):
        yield from {**rule.must, **rule.may}.items()
        if rule is flex.BOX:
            yield from {"box": flex.IN_BOX, "line": flex.IN_LINE}.items()
    elif isinstance(rule, OneOf):
        yield from rule.of.items()
    elif isinstance(rule, Items | Each):
        yield "each", rule.of
    elif isinstance(rule, Later):
        yield "later", rule.rule()


def rule_at(rule: Rule, value: Any, path: Path) -> Rule:
    """The rule that a part of a body has to follow."""
    if isinstance(rule, Later):
        return rule_at(rule.rule(), value, path)
    if isinstance(rule, OneOf):
        return rule_at(rule.of[rule.by(value)], value, path)
    if not path:
        return rule
    step, rest = path[0], path[1:]
    inner = rule.of if isinstance(rule, Items | Each) else dict(_within(rule)).get(str(step))
    if inner is None or (rule is flex.BOX and step == "contents"):
        inner = Items(of=flex.IN_BOX, high=MOST)
    return rule_at(inner, value[step], rest)
