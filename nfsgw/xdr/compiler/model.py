"""What a specification says, as data: types, definitions, and questions about them.

The emitters and the reference codec of the tests read the same model, by different ways.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

__all__ = [
    "PRIMITIVES",
    "Arm",
    "Array",
    "Definition",
    "Enumeration",
    "Field",
    "Linked",
    "Opaque",
    "Optional",
    "Primitive",
    "Reference",
    "Resolved",
    "Specification",
    "Structure",
    "Type",
    "Typedef",
    "Union",
]


@dataclass(frozen=True, slots=True)
class Primitive:
    """A type of the language itself.

    :param code: the letter that the ``struct`` module has for its wire form.
    """

    name: str
    code: str
    size: int


PRIMITIVES: Final = {
    "int": Primitive("int", "i", 4),
    "unsigned int": Primitive("unsigned int", "I", 4),
    "hyper": Primitive("hyper", "q", 8),
    "unsigned hyper": Primitive("unsigned hyper", "Q", 8),
    "bool": Primitive("bool", "I", 4),
}


@dataclass(frozen=True, slots=True)
class Opaque:
    """``opaque x[count]``, ``opaque x<bound>`` or ``string x<bound>``: bytes in Python, all three.

    :param count: the length if it is fixed, else None.
    :param bound: the largest length if it is variable; None is unbounded.
    :param is_bulk: comes out as a view, not as a copy.
    :param is_file_range: may be packed as a range of an open file.
    """

    count: int | None
    bound: int | None = None
    is_bulk: bool = False
    is_file_range: bool = False


@dataclass(frozen=True, slots=True)
class Array:
    """``T x[count]`` or ``T x<bound>``."""

    element: Type
    count: int | None
    bound: int | None = None


@dataclass(frozen=True, slots=True)
class Optional:
    """``T *x``: nothing, or one value."""

    element: Type


@dataclass(frozen=True, slots=True)
class Linked:
    """``T *x`` where T ends in a pointer to its like: a Python list of T without that pointer."""

    element: Reference


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of a definition."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """A named member of a structure, or the value of a union's arm."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Enumeration:
    """``enum``: names for numbers."""

    name: str
    members: tuple[tuple[str, int], ...]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Structure:
    """``struct``.

    :param is_linked: it had a pointer to its like at the end, which is left out of ``fields``.
    """

    name: str
    fields: tuple[Field, ...]
    is_linked: bool = False
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of a union.

    :param labels: the discriminants that choose it, as the specification spells them; empty is
        ``default``.
    :param values: the same as numbers.
    :param field: what it holds; None is void.
    """

    labels: tuple[str, ...]
    values: tuple[int, ...]
    field: Field | None


@dataclass(frozen=True, slots=True)
class Union:
    """``union``: a discriminant that chooses one of the arms."""

    name: str
    discriminant: Field
    arms: tuple[Arm, ...]
    doc: str = ""

    @property
    def default(self) -> Arm | None:
        """Return the arm for all other discriminants, if there is one."""
        return next((arm for arm in self.arms if not arm.labels), None)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return the fields of the arms that are not void."""
        return tuple(arm.field for arm in self.arms if arm.field is not None)


@dataclass(frozen=True, slots=True)
class Typedef:
    """``typedef``: another name for a type."""

    name: str
    type: Type
    doc: str = ""


Type = Primitive | Opaque | Array | Optional | Linked | Reference
Definition = Enumeration | Structure | Union | Typedef
Resolved = Primitive | Opaque | Array | Optional | Linked | Enumeration | Structure | Union


@dataclass(slots=True)
class Specification:
    """Everything that one ``.x`` file defines, in its order.

    :param wire: types whose encoded bytes are accepted in place of their values (``%wire``).
    """

    name: str
    doc: str = ""
    constants: dict[str, int] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    wire: set[str] = field(default_factory=set)

    def resolve(self, kind: Type) -> Resolved:
        """Follow names and typedefs to the type behind them."""
        while isinstance(kind, Reference):
            definition = self.definitions[kind.name]
            if not isinstance(definition, Typedef):
                return definition
            kind = definition.type
        return kind

    def element(self, linked: Linked) -> Structure:
        """Return the structure of a list's elements."""
        definition = self.definitions[linked.element.name]
        assert isinstance(definition, Structure)
        return definition

    def size(self, kind: Type | Resolved) -> int | None:
        """Return how many bytes every value of the type takes, None if that varies."""
        resolved = self.resolve(kind) if isinstance(kind, Reference) else kind
        match resolved:
            case Primitive():
                return resolved.size
            case Enumeration():
                return 4
            case Opaque(count=int(count)):
                return count + 3 & ~3
            case Array(count=int(count)):
                size = self.size(resolved.element)
                return None if size is None else size * count
            case Structure(is_linked=False):
                sizes = [self.size(member.type) for member in resolved.fields]
                return None if None in sizes else sum(filter(None, sizes))
        return None

    def size_min(self, kind: Type | Resolved) -> int:
        """Return the fewest bytes that a value of the type can take.

        This is what bounds the count of an array before its items are read.
        """
        resolved = self.resolve(kind) if isinstance(kind, Reference) else kind
        match resolved:
            case Structure():
                return sum(self.size_min(member.type) for member in resolved.fields)
            case Array(count=int(count)):
                return count * self.size_min(resolved.element)
            case Union():
                return 4
        size = self.size(resolved)
        return 4 if size is None else size

    def is_wire(self, kind: Type | Resolved) -> bool:
        """Say whether values of the type may be, or if its size is fixed are, encoded bytes."""
        resolved = self.resolve(kind) if isinstance(kind, Reference) else kind
        return isinstance(resolved, Structure) and resolved.name in self.wire

    def wire_size(self, kind: Type | Resolved) -> int | None:
        """Return the size if values of this type always are encoded bytes, else None."""
        return self.size(kind) if self.is_wire(kind) else None
