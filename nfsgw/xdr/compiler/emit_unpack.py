"""Write the ``unpack_...`` methods.

Fixed runs are read by one ``unpack_from`` on the received buffer.  Reading beyond the window but
inside the buffer does no harm, since nothing is believed before ``position`` was compared with
``end``; reading beyond the buffer is a ``struct.error``, caught once per method.  Lengths are
compared with both bounds before anything is sliced.
"""

from __future__ import annotations

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

__all__ = ["emit_decode", "emit_unpack"]


def emit_unpack(specification: Specification, name: str, layouts: Layouts) -> list[str]:
    """Return the lines of ``unpack_NAME``, a method."""
    kind = Reference(name)
    method = Method(1)
    body = _UnpackBody(specification, layouts, method)
    result = annotation(specification, kind)
    if specification.is_wire(kind) and specification.size(kind) is None:
        result = name
    with method.block(f"def unpack_{name}(self) -> {result}:"):
        method.line("data: Any = self.data")
        method.line("position = self.position")
        method.line("end = self.end")
        with method.block("try:"):
            definition = specification.resolve(kind)
            if isinstance(definition, Structure | Union) and not specification.wire_size(kind):
                expression = body.unpack_in_place(definition, "value")
            else:
                expression = body.unpack(kind, "value")
            body.flush()
            body.settle()
        with method.block("except struct_error:"):
            method.line(f'raise XdrError("{name}: ends early") from None')
        body.check_end(name)
        method.line("self.position = position")
        if expression.isidentifier():
            # What came out of a Struct is Any to the type checker.
            method.line(f"result: {result} = {expression}")
            expression = "result"
        method.line(f"return {expression}")
    return method.lines


def emit_decode(specification: Specification, name: str, layouts: Layouts) -> list[str]:
    """Return the lines of ``decode_NAME``, the function that reads the bytes of a wire type."""
    structure = specification.resolve(Reference(name))
    assert isinstance(structure, Structure)
    size = specification.size(structure)
    method = Method(0)
    body = _UnpackBody(specification, layouts, method, position="0")
    with method.block(f"def decode_{name}(data: Octets) -> {name}:"):
        method.line(f'"""Return the ``{name}`` that {size} bytes stand for."""')
        with method.block(f"if len(data) != {size}:"):
            method.line(f'raise XdrError(f"{name}: {{len(data)}} bytes, not {size}")')
        expression = body.unpack_structure(structure)
        body.flush()
        method.line(f"return {expression}")
    return method.lines


class _UnpackBody:
    """Writes statements that read a value; the expressions it returns are valid after a flush.

    ``offset`` is how far reading is ahead of the local ``position``; ``is_checked`` says whether
    that place is known to be inside the window.
    """

    def __init__(
        self,
        specification: Specification,
        layouts: Layouts,
        method: Method,
        position: str = "position",
    ) -> None:
        self.specification = specification
        self.layouts = layouts
        self.method = method
        self.position = position
        self.offset = 0
        self.is_checked = True
        self.run: list[tuple[str, str, int]] = []
        self.checks: list[tuple[str, str]] = []

    def read(self, code: str, stem: str, size: int) -> str:
        """Add a member to the run; return the local that will hold it."""
        name = self.method.fresh(stem)
        self.run.append((code, name, size))
        return name

    def here(self, ahead: int = 0) -> str:
        total = self.offset + ahead
        return f"{self.position} + {total}" if total else self.position

    def flush(self) -> None:
        """Write the read of the run, then the checks of what it read."""
        if self.run:
            names = ", ".join(name for _, name, _ in self.run)
            call = self.layouts.unpack("".join(code for code, _, _ in self.run))
            comma = "," if len(self.run) == 1 else ""
            self.method.line(f"({names}{comma}) = {call}(data, {self.here()})")
            self.offset += sum(size for _, _, size in self.run)
            self.is_checked = False
            self.run = []
        for condition, message in self.checks:
            self.refuse(condition, message)
        self.checks = []

    def settle(self) -> None:
        """Bring ``position`` up to where reading is."""
        if self.offset:
            self.method.line(f"position += {self.offset}")
            self.offset = 0

    def refuse(self, condition: str, message: str) -> None:
        with self.method.block(f"if {condition}:"):
            self.method.line(f'raise XdrError(f"{message}")')

    def check_end(self, what: str) -> None:
        if not self.is_checked:
            with self.method.block("if position > end:"):
                self.method.line(f'raise XdrError("{what}: ends early")')
            self.is_checked = True

    def unpack(self, kind: Type | Resolved, stem: str) -> str:
        """Write what reads a value; return the expression that makes it.

        :param stem: what the value is called in the specification.
        """
        resolved = self.specification.resolve(kind) if isinstance(kind, Reference) else kind
        match resolved:
            case Primitive(name="bool"):
                value = self.read("I", stem, 4)
                self.checks.append((f"{value} > 1", f"{stem}: a bool of {{{value}}}"))
                return f"{value} == 1"
            case Primitive():
                return self.read(resolved.code, stem, resolved.size)
            case Enumeration(name=name):
                value = self.read("i" if is_signed(resolved) else "I", stem, 4)
                self.checks.append((f"{value} not in _{name}_values", f"{name} of {{{value}}}"))
                return value
            case Opaque(count=int(count)):
                return self.read(pad_code(count), stem, count + 3 & ~3)
            case Opaque():
                return self.unpack_opaque(resolved, stem)
            case Array():
                return self.unpack_array(resolved, stem)
            case Optional():
                return self.unpack_optional(resolved, stem)
            case Linked():
                return self.unpack_linked(resolved, stem)
            case Structure() | Union():
                return self.unpack_nested(resolved, stem)

    def unpack_nested(self, nested: Structure | Union, stem: str) -> str:
        """Write a structure or union that is part of another type: as bytes, call or in place."""
        size = self.specification.wire_size(nested)
        if size is not None:
            return self.read(f"{size}s", stem, size)
        if is_called(self.specification, nested):
            return self.unpack_call(nested, stem)
        return self.unpack_in_place(nested, stem)

    def unpack_in_place(self, definition: Structure | Union, stem: str) -> str:
        if isinstance(definition, Union):
            return self.unpack_union(definition, stem)
        return self.unpack_structure(definition)

    def unpack_structure(self, structure: Structure) -> str:
        values = [self.unpack(member.type, member.name) for member in structure.fields]
        return f"{structure.name}({', '.join(values)})"

    def unpack_call(self, definition: Structure | Union, stem: str) -> str:
        self.flush()
        self.method.line(f"self.position = {self.here()}")
        value = self.method.fresh(stem)
        self.method.line(f"{value} = self.unpack_{definition.name}()")
        self.method.line("position = self.position")
        self.offset, self.is_checked = 0, True
        return value

    def unpack_opaque(self, opaque: Opaque, stem: str) -> str:
        count = self.read("I", "count", 4)
        self.flush()
        bound = f"{count} > {opaque.bound} or " if opaque.bound is not None else ""
        self.method.line(f"start = {self.here()}")
        self.method.line(f"position = start + ({count} + 3 & ~3)")
        self.refuse(f"{bound}position > end", f"{stem}: a length of {{{count}}}")
        self.offset, self.is_checked = 0, True
        value = self.method.fresh(stem)
        piece = f"data[start : start + {count}]"
        if opaque.is_bulk:
            piece = f"memoryview(data)[start : start + {count}]"
            self.method.line(f"{value} = {piece}")
        else:
            # Calling bytes() on what is bytes already costs as much as the slice itself.
            self.method.line(f"{value} = {piece}")
            with self.method.block(f"if {value}.__class__ is not bytes:"):
                self.method.line(f"{value} = bytes({value})")
        return value

    def unpack_array(self, array: Array, stem: str) -> str:
        count = str(array.count)
        if array.count is None:
            count = self.read("I", "count", 4)
        self.flush()
        self.settle()
        size = self.specification.size_min(array.element)
        bound = f"{count} > {array.bound} or " if array.bound is not None else ""
        message = f"{stem}: {{{count}}} items"
        self.refuse(f"{bound}{count} * {size} > end - position", message)
        value = self.method.fresh(stem)
        element = self.specification.resolve(array.element)
        if isinstance(element, Primitive) and element.name != "bool":
            code = f'f">{{{count}}}{element.code}"'
            self.method.line(f"{value} = list(struct_unpack_from({code}, data, position))")
            self.method.line(f"position += {element.size} * {count}")
            self.is_checked = True
            return value
        item_type = annotation(self.specification, array.element)
        self.method.line(f"{value}: list[{item_type}] = []")
        with self.method.block(f"for _ in range({count}):"):
            item = self.unpack(array.element, stem)
            self.flush()
            self.settle()
            self.check_end(stem)
            self.method.line(f"{value}.append({item})")
        self.is_checked = True
        return value

    def unpack_optional(self, optional: Optional, stem: str) -> str:
        flag = self.read("I", "follows", 4)
        self.checks.append((f"{flag} > 1", f"{stem}: a bool of {{{flag}}}"))
        self.flush()
        value = self.method.fresh(stem)
        self.method.line(f"{value}: {annotation(self.specification, optional)}")
        offset = self.offset
        with self.method.block(f"if {flag}:"):
            content = self.unpack(optional.element, stem)
            self.flush()
            self.settle()
            self.method.line(f"{value} = {content}")
        with self.method.block("else:"):
            self.offset = offset
            self.settle()
            self.method.line(f"{value} = None")
        self.is_checked = False
        return value

    def unpack_linked(self, linked: Linked, stem: str) -> str:
        """Write a loop; the flag that says whether another item follows is read with each item."""
        element = self.specification.element(linked)
        more = self.read("I", "more", 4)
        self.flush()
        self.settle()
        value = self.method.fresh(stem)
        self.method.line(f"{value}: list[{element.name}] = []")
        with self.method.block(f"while {more} == 1:"):
            item = self.unpack_structure(element)
            self.run.append(("I", more, 4))
            self.flush()
            self.settle()
            self.check_end(element.name)
            self.method.line(f"{value}.append({item})")
        self.refuse(more, f"{stem}: a bool of {{{more}}}")
        self.is_checked = False
        return value

    def unpack_union(self, union: Union, stem: str) -> str:
        kind = self.specification.resolve(union.discriminant.type)
        name = union.discriminant.name
        switch = self.read("i" if is_signed(kind) else "I", name, 4)
        self.flush()
        value = self.method.fresh(stem)
        offset, word = self.offset, "if"
        for arm, condition in branches(kind, union, switch, is_truth=False):
            chosen = switch
            if is_bool(kind):
                chosen = str(arm.values == (1,)) if arm.values else f"{switch} == 1"
            self.offset = offset
            with self.method.block(f"{word} {condition}:" if condition else "else:"):
                self.unpack_arm(union, arm, chosen, value)
            word = "elif"
        if condition:
            with self.method.block("else:"):
                self.method.line(f'raise XdrError(f"{union.name}.{name} of {{{switch}}}")')
        self.is_checked = False
        return value

    def unpack_arm(self, union: Union, arm: Arm, switch: str, value: str) -> None:
        arguments = [switch]
        if arm.field is not None:
            definition = self.specification.resolve(arm.field.type)
            if not arm.labels and isinstance(definition, Structure | Union):
                # The default arm is the failure: rarer, so smaller is better than faster.
                content = self.unpack_call(definition, arm.field.name)
            else:
                content = self.unpack(arm.field.type, arm.field.name)
            self.flush()
            for member in union.fields:
                if member == arm.field:
                    arguments.append(content)
                    break
                arguments.append("None")
        self.settle()
        self.method.line(f"{value} = {union.name}({', '.join(arguments)})")
