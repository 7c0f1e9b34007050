"""What both emitters need: lines, names for locals, the ``Struct`` table, facts about types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from nfsgw.xdr.compiler.model import (
    Arm,
    Array,
    Enumeration,
    Linked,
    Opaque,
    Optional,
    Primitive,
    Reference,
    Resolved,
    Specification,
    Structure,
    Type,
    Union,
)

__all__ = [
    "Layouts",
    "Method",
    "annotation",
    "branches",
    "is_bool",
    "is_called",
    "is_signed",
    "pad_code",
]

_CALL_WEIGHT_MIN: Final = 12


@dataclass(slots=True)
class Layouts:
    """The precompiled ``Struct`` methods that a module needs: one line for each format."""

    packs: set[str] = field(default_factory=set)
    unpacks: set[str] = field(default_factory=set)

    def pack(self, code: str) -> str:
        """Return the name of ``Struct(">" + code).pack``."""
        code = _squeezed(code)
        self.packs.add(code)
        return f"_pack_{_as_name(code)}"

    def unpack(self, code: str) -> str:
        """Return the name of ``Struct(">" + code).unpack_from``."""
        code = _squeezed(code)
        self.unpacks.add(code)
        return f"_unpack_{_as_name(code)}"

    def lines(self) -> list[str]:
        """Return the definitions, sorted."""
        packs = [
            f'_pack_{_as_name(code)}: Final = Struct(">{code}").pack'
            for code in sorted(self.packs)
        ]
        unpacks = [
            f'_unpack_{_as_name(code)}: Final = Struct(">{code}").unpack_from'
            for code in sorted(self.unpacks)
        ]
        return packs + unpacks


def _squeezed(code: str) -> str:
    """Write ``IIQ`` as ``2IQ``."""

    def shorten(match: re.Match[str]) -> str:
        count = len(match.group())
        return match.group()[0] if count == 1 else f"{count}{match.group()[0]}"

    pieces = re.split(r"(\d+[sx]\??)", code)
    return "".join(
        piece if index % 2 else re.sub(r"(.)\1*", shorten, piece)
        for index, piece in enumerate(pieces)
    )


def _as_name(code: str) -> str:
    return code.replace("3x?", "b")


def pad_code(count: int) -> str:
    """Return the format of ``count`` opaque bytes and their filling."""
    filling = -count & 3
    return f"{count}s" + (f"{filling}x" if filling else "")


class Method:
    """The lines of one function, and fresh names for its locals."""

    def __init__(self, depth: int) -> None:
        self.lines: list[str] = []
        self.depth = depth
        self.counter = 0

    def line(self, text: str) -> None:
        """Add a line at the current depth."""
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add ``head`` and indent what follows."""
        self.line(head)
        self.depth += 1
        yield
        self.depth -= 1

    def fresh(self, stem: str) -> str:
        """Return a name that no other local has."""
        self.counter += 1
        return f"{stem.rstrip('_')}_{self.counter}"


def annotation(specification: Specification, kind: Type | Resolved) -> str:
    """Return the Python type of values of this XDR type."""
    resolved = specification.resolve(kind) if isinstance(kind, Reference) else kind
    match resolved:
        case Primitive():
            return "bool" if resolved.name == "bool" else "int"
        case Enumeration():
            return "int"
        case Opaque():
            if resolved.is_file_range:
                return "Bulk"
            return "Octets" if resolved.is_bulk else "bytes"
        case Array() | Linked():
            return f"list[{annotation(specification, resolved.element)}]"
        case Optional():
            return f"{annotation(specification, resolved.element)} | None"
        case Structure() if specification.wire_size(resolved) is not None:
            return "bytes"
        case Structure() if specification.is_wire(resolved):
            return f"{resolved.name} | bytes"
    return resolved.name


def is_called(specification: Specification, resolved: Structure | Union) -> bool:
    """Say whether a nested type is coded by a call of its own method, not in place.

    In place is faster; but types that are both large and used often would swell the module.
    """
    if specification.is_wire(resolved):
        return True
    return _weight(specification, resolved) > _CALL_WEIGHT_MIN and (
        sum(
            specification.resolve(member.type) is resolved
            for definition in specification.definitions.values()
            if isinstance(definition, Structure | Union)
            for member in definition.fields
        )
        > 1
    )


def _weight(specification: Specification, kind: Type | Resolved) -> int:
    resolved = specification.resolve(kind) if isinstance(kind, Reference) else kind
    if specification.wire_size(resolved) is not None:
        return 1
    match resolved:
        case Structure():
            return sum(_weight(specification, member.type) for member in resolved.fields)
        case Union():
            return 1 + sum(_weight(specification, member.type) for member in resolved.fields)
        case Array() | Optional() | Linked():
            return 1 + _weight(specification, resolved.element)
    return 1


def is_signed(kind: Resolved) -> bool:
    """Say whether a discriminant or enumeration has to be read as a signed number."""
    if isinstance(kind, Enumeration):
        return any(value < 0 for _, value in kind.members)
    return isinstance(kind, Primitive) and kind.code == "i"


def is_bool(kind: Resolved) -> bool:
    """Say whether this is the language's ``bool``."""
    return isinstance(kind, Primitive) and kind.name == "bool"


def branches(
    kind: Resolved, union: Union, switch: str, *, is_truth: bool
) -> Iterator[tuple[Arm, str]]:
    """Yield a union's arms and their conditions on the local ``switch``, the default arm last.

    An empty condition means "anything else".  If the last one is not empty, a value that meets
    none is an error.

    :param is_truth: a bool is a Python truth value, not a number that may be more than 1.
    """
    for arm in union.arms:
        if len(arm.values) > 1:
            yield arm, f"{switch} in {arm.values}"
        elif arm.values and is_bool(kind) and is_truth:
            is_last = arm is union.arms[-1] and len(union.arms) == 2
            yield arm, "" if is_last else ("" if arm.values[0] else "not ") + switch
        elif arm.values:
            yield arm, f"{switch} == {arm.values[0]}"
    if union.default is not None:
        if isinstance(kind, Enumeration):
            yield union.default, f"{switch} in _{kind.name}_values"
        else:
            yield union.default, f"{switch} < 2" if is_bool(kind) and not is_truth else ""
