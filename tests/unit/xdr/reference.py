"""A second XDR codec, slow and obvious: xdrlib3 driven by the parsed specification.

The generated code is written by emitters that join, inline and branch; this walks the model and
asks xdrlib3 for each word.  Where the two disagree, one of them is wrong.
"""

# Values of all types go through here: Any is the truth, and the cases of a match are one table.
# ruff: noqa: ANN401, C901
from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import xdrlib3
from hypothesis import strategies as st

from nfsgw.xdr.compiler.emit_module import emit_module
from nfsgw.xdr.compiler.model import (
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
from nfsgw.xdr.compiler.parser import parse

__all__ = ["Protocol", "RefusedError", "compile_text"]

_RANGES = {
    "int": (-(1 << 31), (1 << 31) - 1),
    "unsigned int": (0, (1 << 32) - 1),
    "hyper": (-(1 << 63), (1 << 63) - 1),
    "unsigned hyper": (0, (1 << 64) - 1),
}


class RefusedError(Exception):
    """The reference finds that these bytes encode nothing."""


@dataclass
class Protocol:
    """A specification with the module that was generated from it."""

    specification: Specification
    module: Any

    def packer(self) -> Any:
        """Return a new generated packer."""
        return getattr(self.module, f"{self.specification.name.upper()}Packer")()

    def unpacker(self, data: bytes | memoryview = b"") -> Any:
        """Return a new generated unpacker."""
        return getattr(self.module, f"{self.specification.name.upper()}Unpacker")(data)

    def pack(self, name: str, value: object) -> bytes:
        """Encode with the generated code."""
        packer = self.packer()
        getattr(packer, f"pack_{name}")(value)
        return bytes(packer.get_buffer())

    def _resolve(self, kind: Type | Resolved) -> Resolved:
        return self.specification.resolve(kind) if isinstance(kind, Reference) else kind

    def _is_bytes(self, resolved: Resolved) -> bool:
        return self.specification.wire_size(resolved) is not None

    # ---- encode ----

    def encode(self, kind: Type | Resolved, value: Any) -> bytes:
        """Encode with xdrlib3."""
        packer = xdrlib3.Packer()
        self._encode(packer, self._resolve(kind), value)
        return bytes(packer.get_buffer())

    def _encode(self, packer: Any, kind: Resolved, value: Any) -> None:
        match kind:
            case Primitive(name=name):
                getattr(packer, f"pack_{_METHODS[name]}")(value)
            case Enumeration():
                packer.pack_enum(value)
            case Opaque(count=None):
                packer.pack_opaque(bytes(value))
            case Opaque(count=int(count)):
                packer.pack_fopaque(count, value)
            case Array(count=count):
                element = self._resolve(kind.element)
                pack_item = _bound(self._encode, packer, element)
                if count is None:
                    packer.pack_array(value, pack_item)
                else:
                    packer.pack_farray(count, value, pack_item)
            case Optional():
                packer.pack_bool(value is not None)
                if value is not None:
                    self._encode(packer, self._resolve(kind.element), value)
            case Linked():
                packer.pack_list(value, _bound(self._encode, packer, self._resolve(kind.element)))
            case Structure() if self._is_bytes(kind) and isinstance(value, bytes):
                packer.pack_fopaque(len(value), value)
            case Structure():
                for member in kind.fields:
                    self._encode(packer, self._resolve(member.type), getattr(value, member.name))
            case Union():
                switch = getattr(value, kind.discriminant.name)
                self._encode(packer, self._resolve(kind.discriminant.type), switch)
                arm = _arm(kind, switch)
                if arm is not None:
                    self._encode(packer, self._resolve(arm.type), getattr(value, arm.name))

    # ---- decode ----

    def decode(self, kind: Type | Resolved, data: bytes) -> tuple[Any, int]:
        """Decode with xdrlib3; return the value and how many bytes it took.

        :raises RefusedError: there is no such value.
        """
        unpacker = xdrlib3.Unpacker(data)
        try:
            value = self._decode(unpacker, self._resolve(kind))
        except EOFError:
            raise RefusedError("ends early") from None
        return value, unpacker.get_position()

    def _decode(self, unpacker: Any, kind: Resolved) -> Any:
        match kind:
            case Primitive(name="bool"):
                value = unpacker.unpack_uint()
                _demand(value < 2)
                return value == 1
            case Primitive(name=name):
                return getattr(unpacker, f"unpack_{_METHODS[name]}")()
            case Enumeration():
                value = unpacker.unpack_enum()
                _demand(value in dict(kind.members).values())
                return value
            case Opaque(count=None):
                count = unpacker.unpack_uint()
                _demand(kind.bound is None or count <= kind.bound)
                return unpacker.unpack_fopaque(count)
            case Opaque(count=int(count)):
                return unpacker.unpack_fopaque(count)
            case Array():
                count = unpacker.unpack_uint() if kind.count is None else kind.count
                _demand(kind.bound is None or count <= kind.bound)
                element = self._resolve(kind.element)
                return [self._decode(unpacker, element) for _ in range(count)]
            case Optional():
                if not self._flag(unpacker):
                    return None
                return self._decode(unpacker, self._resolve(kind.element))
            case Linked():
                items = []
                while self._flag(unpacker):
                    items.append(self._decode(unpacker, self._resolve(kind.element)))
                return items
            case Structure() if self._is_bytes(kind):
                return unpacker.unpack_fopaque(self.specification.size(kind))
            case Structure():
                return self.make(
                    kind, [self._decode(unpacker, self._resolve(m.type)) for m in kind.fields]
                )
            case Union():
                return self._decode_union(unpacker, kind)
        raise AssertionError(kind)

    def _decode_union(self, unpacker: Any, union: Union) -> Any:
        switch = self._decode(unpacker, self._resolve(union.discriminant.type))
        listed = any(switch in arm.values for arm in union.arms)
        _demand(listed or union.default is not None)
        arm = _arm(union, switch)
        made = getattr(self.module, union.name)(switch)
        if arm is not None:
            setattr(made, arm.name, self._decode(unpacker, self._resolve(arm.type)))
        return made

    def _flag(self, unpacker: Any) -> bool:
        value = unpacker.unpack_uint()
        _demand(value < 2)
        return bool(value)

    def make(self, structure: Structure, values: list[Any]) -> Any:
        """Return an instance of the generated class."""
        return getattr(self.module, structure.name)(*values)

    # ---- values ----

    def values(self, kind: Type | Resolved) -> st.SearchStrategy[Any]:
        """Return a strategy for values of a type."""
        resolved = self._resolve(kind)
        match resolved:
            case Primitive(name="bool"):
                return st.booleans()
            case Primitive(name=name):
                low, high = _RANGES[name]
                return st.integers(low, high)
            case Enumeration():
                return st.sampled_from([value for _, value in resolved.members])
            case Opaque(count=None):
                return st.binary(max_size=min(resolved.bound or 40, 70))
            case Opaque(count=int(count)):
                return st.binary(min_size=count, max_size=count)
            case Array(count=None):
                size = min(resolved.bound or 5, 16)
                return st.lists(self.values(resolved.element), max_size=size)
            case Array(count=int(count)):
                return st.lists(self.values(resolved.element), min_size=count, max_size=count)
            case Optional():
                return st.none() | self.values(resolved.element)
            case Linked():
                return st.lists(self.values(resolved.element), max_size=4)
            case Structure() if self._is_bytes(resolved):
                return self.objects(resolved).map(_bound(self.encode, resolved))
            case Structure():
                return self.objects(resolved)
            case Union():
                return self._union_values(resolved)
        raise AssertionError(resolved)

    def objects(self, structure: Structure) -> st.SearchStrategy[Any]:
        """Return a strategy for instances of a structure's class, even if it is a wire type."""
        return st.builds(
            getattr(self.module, structure.name),
            *(self.values(member.type) for member in structure.fields),
        )

    def _union_values(self, union: Union) -> st.SearchStrategy[Any]:
        made = getattr(self.module, union.name)
        choices = []
        listed = {value for arm in union.arms for value in arm.values}
        others = self.values(union.discriminant.type).filter(lambda value: value not in listed)
        for arm in union.arms:
            if not arm.values and listed == {0, 1}:
                continue
            switches = st.sampled_from(arm.values) if arm.values else others
            if arm.field is None:
                choices.append(st.builds(made, switches))
            else:
                content = {arm.field.name: self.values(arm.field.type)}
                choices.append(st.builds(made, switches, **content))
        return st.one_of(choices)


_METHODS = {
    "int": "int",
    "unsigned int": "uint",
    "hyper": "hyper",
    "unsigned hyper": "uhyper",
    "bool": "bool",
}


def _bound(function: Callable[..., Any], *arguments: Any) -> Callable[[Any], Any]:
    return lambda value: function(*arguments, value)


def _arm(union: Union, switch: int) -> Any:
    for arm in union.arms:
        if switch in arm.values:
            return arm.field
    return union.default.field if union.default is not None else None


def _demand(condition: bool) -> None:
    if not condition:
        raise RefusedError("not allowed by the specification")


def compile_text(text: str, name: str) -> Protocol:
    """Compile a specification and import what comes out."""
    specification = parse(text, name)
    module = ModuleType(f"tests.unit.xdr.compiled_{name}")
    # dataclasses looks the module up by name.
    sys.modules[module.__name__] = module
    exec(compile(emit_module(specification), f"<{name}>", "exec"), module.__dict__)
    return Protocol(specification, module)
