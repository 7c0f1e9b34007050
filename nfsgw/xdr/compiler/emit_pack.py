"""Write the ``pack_...`` methods.

What is of fixed size and adjacent becomes one ``Struct.pack``, across nested structures, and
includes the length word of an opaque and the discriminant of a union.  Constants next to bytes
become a literal.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from nfsgw.xdr.compiler.source import (
    Layouts,
    Method,
    annotation,
    branches,
    is_bool,
    is_called,
    is_signed,
    pad_code,
)

__all__ = ["emit_encode", "emit_pack"]

_ERRORS: Final = "(struct_error, TypeError, AttributeError)"


@dataclass(frozen=True, slots=True)
class _Item:
    """One member of a run: its format, the expression, and what is known of it."""

    code: str
    expression: str
    constant: int | None = None
    raw_size: int | None = None


def emit_pack(specification: Specification, name: str, layouts: Layouts) -> list[str]:
    """Return the lines of ``pack_NAME``, a method."""
    kind = Reference(name)
    body = _PackBody(specification, layouts, Method(1))
    method = body.method
    with method.block(f"def pack_{name}(self, value: {annotation(specification, kind)}) -> None:"):
        method.line("append = self.parts.append")
        with method.block("try:"):
            definition = specification.resolve(kind)
            if isinstance(definition, Structure | Union) and not specification.wire_size(kind):
                body.pack_in_place(definition, "value")
            else:
                body.pack(kind, "value", name)
            body.flush()
        with method.block(f"except {_ERRORS} as error:"):
            method.line(f'raise XdrError(f"{name}: {{error}}") from error')
    return method.lines


def emit_encode(specification: Specification, name: str, layouts: Layouts) -> list[str]:
    """Return the lines of ``encode_NAME``, the function that makes the bytes of a wire type."""
    structure = specification.resolve(Reference(name))
    assert isinstance(structure, Structure)
    body = _PackBody(specification, layouts, Method(0))
    method = body.method
    with method.block(f"def encode_{name}(value: {name}) -> bytes:"):
        method.line(f'"""Return the {specification.size(structure)} bytes of a ``{name}``."""')
        with method.block("try:"):
            body.pack_structure(structure, "value")
            code, arguments = body.take_run()
            method.line(f"return {layouts.pack(code)}({arguments})")
        with method.block(f"except {_ERRORS} as error:"):
            method.line(f'raise XdrError(f"{name}: {{error}}") from error')
    return method.lines


class _PackBody:
    """Writes statements that append a value's pieces, holding back a run that may go on."""

    def __init__(self, specification: Specification, layouts: Layouts, method: Method) -> None:
        self.specification = specification
        self.layouts = layouts
        self.method = method
        self.run: list[_Item] = []

    def constant(self, value: int) -> None:
        value &= 0xFFFFFFFF
        self.run.append(_Item("I", str(value), constant=value))

    def take_run(self) -> tuple[str, str]:
        code = "".join(item.code for item in self.run)
        arguments = ", ".join(item.expression for item in self.run)
        self.run = []
        return code, arguments

    def flush(self) -> None:
        """Write the append of the run."""
        if not self.run:
            return
        constants = [item.constant for item in self.run if item.constant is not None]
        literal = b"".join(value.to_bytes(4, "big") for value in constants)
        text = 'b"' + "".join(f"\\x{byte:02x}" for byte in literal) + '"'
        last = self.run[-1]
        if len(constants) == len(self.run):
            self.method.line(f"append({text})")
            self.run = []
        elif (
            last.raw_size is not None
            and last.raw_size % 4 == 0
            and (len(constants) == len(self.run) - 1)
        ):
            prefix = f"{text} + " if literal else ""
            self.method.line(f"append({prefix}{last.expression})")
            self.run = []
        else:
            code, arguments = self.take_run()
            self.method.line(f"append({self.layouts.pack(code)}({arguments}))")

    def local(self, stem: str, expression: str) -> str:
        """Write an assignment to a fresh local, unless the expression is a plain name."""
        if expression.isidentifier():
            return expression
        name = self.method.fresh(stem)
        self.method.line(f"{name} = {expression}")
        return name

    def refuse(self, condition: str, message: str) -> None:
        with self.method.block(f"if {condition}:"):
            self.method.line(f'raise XdrError(f"{message}")')

    def pack(self, kind: Type | Resolved, expression: str, stem: str) -> None:
        """Write what packs the value of ``expression``.

        :param stem: what the value is called in the specification.
        """
        resolved = self.specification.resolve(kind) if isinstance(kind, Reference) else kind
        match resolved:
            case Primitive(name="bool"):
                self.run.append(_Item("3x?", expression))
            case Primitive():
                self.run.append(_Item(resolved.code, expression))
            case Enumeration():
                self.pack_enumeration(resolved, self.local(stem, expression))
            case Opaque(count=int(count)):
                self.pack_fixed_bytes(count, self.local(stem, expression), stem)
            case Opaque():
                self.pack_opaque(resolved, self.local(stem, expression), stem)
            case Array():
                self.pack_array(resolved, self.local(stem, expression), stem)
            case Optional():
                self.pack_optional(resolved, self.local(stem, expression), stem)
            case Linked():
                self.pack_linked(resolved, expression)
            case Structure() | Union():
                self.pack_nested(resolved, expression, stem)

    def pack_nested(self, nested: Structure | Union, expression: str, stem: str) -> None:
        """Write a structure or union that is part of another type: as bytes, call or in place."""
        size = self.specification.wire_size(nested)
        if size is not None:
            self.pack_fixed_bytes(size, self.local(stem, expression), nested.name)
        elif is_called(self.specification, nested):
            self.pack_call(nested, expression)
        else:
            self.pack_in_place(nested, expression)

    def pack_in_place(self, definition: Structure | Union, expression: str) -> None:
        stem = expression.rpartition(".")[2]
        if isinstance(definition, Union):
            self.pack_union(definition, self.local(stem, expression))
        elif self.specification.is_wire(definition):
            self.pack_wire(definition, self.local(stem, expression))
        else:
            self.pack_structure(definition, expression)

    def pack_call(self, definition: Structure | Union, expression: str) -> None:
        self.flush()
        self.method.line(f"self.pack_{definition.name}({expression})")

    def pack_enumeration(self, enumeration: Enumeration, value: str) -> None:
        name = enumeration.name
        self.refuse(f"{value} not in _{name}_values", f"{name} of {{{value}}}")
        self.run.append(_Item("i" if is_signed(enumeration) else "I", value))

    def pack_fixed_bytes(self, count: int, value: str, what: str) -> None:
        self.refuse(f"len({value}) != {count}", f"{what}: {{len({value})}} bytes, not {count}")
        self.run.append(_Item(pad_code(count), value, raw_size=count))

    def pack_opaque(self, opaque: Opaque, value: str, what: str) -> None:
        count = self.method.fresh("count")
        self.method.line(f"{count} = len({value})")
        if opaque.bound is not None:
            self.refuse(
                f"{count} > {opaque.bound}", f"{what}: {{{count}}} bytes, at most {opaque.bound}"
            )
        self.run.append(_Item("I", count))
        self.flush()
        self.method.line(f"append({value})")
        with self.method.block(f"if {count} & 3:"):
            self.method.line(f"append(PADDING[{count} & 3])")

    def pack_array(self, array: Array, value: str, what: str) -> None:
        count = str(array.count)
        if array.count is not None:
            self.refuse(f"len({value}) != {count}", f"{what}: {{len({value})}} items, not {count}")
        else:
            count = self.method.fresh("count")
            self.method.line(f"{count} = len({value})")
            if array.bound is not None:
                self.refuse(
                    f"{count} > {array.bound}",
                    f"{what}: {{{count}}} items, at most {array.bound}",
                )
            self.run.append(_Item("I", count))
        self.flush()
        element = self.specification.resolve(array.element)
        if isinstance(element, Primitive) and element.name != "bool":
            self.method.line(f'append(struct_pack(f">{{{count}}}{element.code}", *{value}))')
            return
        item = self.method.fresh("item")
        with self.method.block(f"for {item} in {value}:"):
            self.pack(array.element, item, what)
            self.flush()

    def pack_optional(self, optional: Optional, value: str, stem: str) -> None:
        run = self.run
        with self.method.block(f"if {value} is None:"):
            self.run = list(run)
            self.constant(0)
            self.flush()
        with self.method.block("else:"):
            self.run = list(run)
            self.constant(1)
            self.pack(optional.element, value, stem)
            self.flush()

    def pack_linked(self, linked: Linked, expression: str) -> None:
        self.flush()
        item = self.method.fresh("item")
        with self.method.block(f"for {item} in {expression}:"):
            self.constant(1)
            self.pack_structure(self.specification.element(linked), item)
            self.flush()
        self.constant(0)

    def pack_structure(self, structure: Structure, expression: str) -> None:
        value = expression
        if len(structure.fields) > 1:
            value = self.local(expression.rpartition(".")[2], expression)
        for member in structure.fields:
            self.pack(member.type, f"{value}.{member.name}", member.name)

    def pack_wire(self, structure: Structure, value: str) -> None:
        """Write both ways: bytes that are already encoded, or a value."""
        self.flush()
        with self.method.block(f"if isinstance({value}, bytes):"):
            self.refuse(
                f"len({value}) & 3", f"{structure.name}: {{len({value})}} bytes of encoding"
            )
            self.method.line(f"append({value})")
        with self.method.block("else:"):
            self.pack_structure(structure, value)
            self.flush()

    def pack_union(self, union: Union, value: str) -> None:
        """Write a branch per arm; each takes the run that came before along into its own."""
        kind = self.specification.resolve(union.discriminant.type)
        name = union.discriminant.name
        switch = self.local(name, f"{value}.{name}")
        run, word = self.run, "if"
        for arm, condition in branches(kind, union, switch, is_truth=True):
            with self.method.block(f"{word} {condition}:" if condition else "else:"):
                self.run = list(run)
                if len(arm.values) == 1:
                    self.constant(arm.values[0])
                elif arm.values or not is_bool(kind):
                    self.run.append(_Item("i" if is_signed(kind) else "I", switch))
                else:
                    self.run.append(_Item("3x?", switch))
                self.pack_arm(arm, value, union.name)
            word = "elif"
        if condition:
            with self.method.block("else:"):
                self.method.line(f'raise XdrError(f"{union.name}.{name} of {{{switch}}}")')

    def pack_arm(self, arm: Arm, value: str, what: str) -> None:
        member = arm.field
        if member is not None:
            content = self.local(member.name, f"{value}.{member.name}")
            with self.method.block(f"if {content} is None:"):
                self.method.line(f'raise XdrError("{what}.{member.name} is missing")')
            definition = self.specification.resolve(member.type)
            if not arm.labels and isinstance(definition, Structure | Union):
                # The default arm is the failure: rarer, so smaller is better than faster.
                self.pack_call(definition, content)
            else:
                self.pack(member.type, content, member.name)
        self.flush()
