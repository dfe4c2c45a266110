"""A stage's settings in SSM Parameter Store, encrypted; written only where they differ.

The stack owns parameters of its own beside these (plain strings): they are read, never written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.names import Names
from ops.aws import Aws, explained

_SECURE: Final = "SecureString"
_A_CALL: Final = 10  # AWS deletes so many at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is stored. values: every parameter by name; own: the names of those that ops wrote."""

    values: Mapping[str, str]
    own: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What storing would change: names only, for these are secrets."""

    write: tuple[str, ...]
    remove: tuple[str, ...]

    def __str__(self) -> str:
        parts = [("store", self.write), ("remove", self.remove)]
        return "; ".join(f"{verb} {', '.join(names)}" for verb, names in parts if names)


def read(aws: Aws, names: Names) -> Stored:
    """Read a stage's parameters, decrypted. Raises Trouble."""
    with explained("reading the stored settings"):
        found = list(
            aws.pages(
                "ssm",
                "get_parameters_by_path",
                "Parameters",
                Path=names.parameters,
                WithDecryption=True,
            )
        )
    values = {each["Name"].removeprefix(names.parameters): str(each["Value"]) for each in found}
    own = (each["Name"] for each in found if each["Type"] == _SECURE)
    return Stored(values=values, own=frozenset(name.rsplit("/", 1)[-1] for name in own))


def difference(stored: Stored, wanted: Mapping[str, str]) -> Difference:
    """Compare; an empty wanted value means that nothing shall be stored."""
    return Difference(
        write=tuple(
            sorted(
                name for name, value in wanted.items() if value and stored.values.get(name) != value
            )
        ),
        remove=tuple(
            sorted(name for name, value in wanted.items() if not value and name in stored.own)
        ),
    )


def apply(aws: Aws, names: Names, wanted: Mapping[str, str], what: Difference) -> None:
    """Make the difference. Raises Trouble; what was written before stays."""
    ssm = aws.client("ssm")
    with explained("storing the settings"):
        for name in what.write:
            ssm.put_parameter(
                Name=names.parameters + name, Value=wanted[name], Type=_SECURE, Overwrite=True
            )
    remove(aws, names, what.remove)


def remove(aws: Aws, names: Names, which: Iterable[str]) -> None:
    """Delete parameters; one that is gone already is no error. Raises Trouble."""
    paths = [names.parameters + name for name in sorted(which)]
    with explained("removing stored settings"):
        for start in range(0, len(paths), _A_CALL):
            aws.client("ssm").delete_parameters(Names=paths[start : start + _A_CALL])
