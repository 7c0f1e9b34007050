"""What can be said of a specification only when all of it was read: lists, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from nfsgw.xdr.compiler.lexer import SpecificationError
from nfsgw.xdr.compiler.model import (
    Array,
    Definition,
    Enumeration,
    Field,
    Linked,
    Opaque,
    Optional,
    Primitive,
    Reference,
    Specification,
    Structure,
    Type,
    Typedef,
    Union,
)

__all__ = ["check", "link_lists"]


def link_lists(specification: Specification) -> None:
    """Turn structures that end in a pointer to their like into elements of lists.

    Lists are read and written in a loop: recursion would let a stranger overflow our stack.
    """
    definitions = specification.definitions
    linked = {name for name in definitions if _ends_in_itself(specification, name)}

    def convert(kind: Type) -> Type:
        match kind:
            case Optional(element=Reference(name=name)) if name in linked:
                return Linked(Reference(name))
            case Optional() | Array():
                return replace(kind, element=convert(kind.element))
        return kind

    for name in linked:
        structure = definitions[name]
        assert isinstance(structure, Structure)
        definitions[name] = replace(structure, fields=structure.fields[:-1], is_linked=True)
    for name, definition in definitions.items():
        definitions[name] = _with_types(definition, convert)


def _ends_in_itself(specification: Specification, name: str) -> bool:
    definition = specification.definitions[name]
    if not isinstance(definition, Structure) or not definition.fields:
        return False
    last = definition.fields[-1].type
    if isinstance(last, Reference):
        behind = specification.definitions.get(last.name)
        last = behind.type if isinstance(behind, Typedef) else last
    return last == Optional(Reference(name))


def _with_types(definition: Definition, convert: Callable[[Type], Type]) -> Definition:
    """Return the definition with every type in it converted."""

    def convert_field(member: Field) -> Field:
        return replace(member, type=convert(member.type))

    match definition:
        case Structure():
            return replace(definition, fields=tuple(map(convert_field, definition.fields)))
        case Typedef():
            return replace(definition, type=convert(definition.type))
        case Union():
            arms = tuple(
                replace(arm, field=arm.field and convert_field(arm.field))
                for arm in definition.arms
            )
            return replace(definition, arms=arms)
    return definition


def check(specification: Specification) -> None:
    """Refuse what cannot be compiled.

    :raises SpecificationError: an unknown name, a type that contains itself, a discriminant that
        is no number, a label twice, an array whose items may be empty (their count would not be
        bounded by the bytes left), or a ``%wire`` type that is neither a plain run nor a struct
        of variable size.
    """
    for definition in specification.definitions.values():
        try:
            _check_nesting(specification, definition, ())
            _check_definition(specification, definition)
        except SpecificationError as error:
            raise SpecificationError(
                f"{specification.name}.x: {definition.name}: {error}"
            ) from None


def _types(definition: Definition) -> Iterator[Type]:
    match definition:
        case Typedef():
            yield definition.type
        case Structure():
            yield from (member.type for member in definition.fields)
        case Union():
            yield definition.discriminant.type
            yield from (member.type for member in definition.fields)


def _check_nesting(
    specification: Specification, definition: Definition, path: tuple[str, ...]
) -> None:
    if definition.name in path:
        raise SpecificationError("contains itself")
    for kind in _types(definition):
        while isinstance(kind, Array | Optional | Linked):
            kind = kind.element
        if isinstance(kind, Reference):
            inner = specification.definitions.get(kind.name)
            if inner is None:
                raise SpecificationError(f"{kind.name} is not defined")
            _check_nesting(specification, inner, (*path, definition.name))


def _check_definition(specification: Specification, definition: Definition) -> None:
    for kind in _types(definition):
        if isinstance(kind, Array) and specification.size_min(kind.element) == 0:
            raise SpecificationError("an array of items that may be empty")
    if isinstance(definition, Union):
        _check_union(specification, definition)
    if definition.name in specification.wire and specification.size(Reference(definition.name)):
        _check_wire(specification, definition)


def _check_union(specification: Specification, union: Union) -> None:
    kind = specification.resolve(union.discriminant.type)
    is_number = isinstance(kind, Enumeration) or (isinstance(kind, Primitive) and kind.size == 4)
    if not is_number:
        raise SpecificationError("the discriminant is no int, bool or enum")
    values = [value for arm in union.arms for value in arm.values]
    if not union.arms or len(values) != len(set(values)):
        raise SpecificationError("no arm, or a label twice")
    if isinstance(kind, Enumeration) and not set(values) <= {v for _, v in kind.members}:
        raise SpecificationError("a label that the discriminant cannot have")


def _check_wire(specification: Specification, definition: Definition) -> None:
    """Demand that a wire type of fixed size is one run of numbers and opaques."""
    for kind in _types(definition):
        resolved = specification.resolve(kind)
        if isinstance(resolved, Structure) and resolved.name not in specification.wire:
            _check_wire(specification, resolved)
        elif not isinstance(resolved, Primitive | Enumeration | Opaque):
            raise SpecificationError("%wire asks for numbers and opaques only")
