"""Put one generated module together: constants, types, the two codecs, the wire functions."""

from __future__ import annotations

from nfsgw.xdr.compiler.emit_pack import emit_encode, emit_pack
from nfsgw.xdr.compiler.emit_unpack import emit_decode, emit_unpack
from nfsgw.xdr.compiler.model import (
    Enumeration,
    Field,
    Reference,
    Specification,
    Structure,
    Typedef,
    Union,
)
from nfsgw.xdr.compiler.source import Layouts, annotation

__all__ = ["emit_module"]


def emit_module(specification: Specification) -> str:
    """Return the text of the Python module for a specification."""
    layouts = Layouts()
    packs = _emit_codec(specification, layouts, "Packer")
    unpacks = _emit_codec(specification, layouts, "Unpacker")
    functions = _emit_functions(specification, layouts)
    types = _emit_types(specification)
    body = [*packs, *unpacks, *functions]
    text = "\n".join(body)
    lines = _emit_head(specification, "\n".join([*types, *body]))
    lines += [f"{name}: Final = {value}" for name, value in specification.constants.items()]
    lines += [""]
    lines += _emit_value_sets(specification, text)
    lines += [*layouts.lines(), "", *types, *body]
    return "\n".join(lines).rstrip() + "\n"


def _emit_head(specification: Specification, text: str) -> list[str]:
    """Return docstring and imports, only of what the text uses."""
    codec = [
        name
        for name in ("PADDING", "Bulk", "Octets", "Packer", "Unpacker", "XdrError")
        if f"{name}" in text
    ]
    structs = [
        f"from struct import {name} as struct_{name}"
        for name in ("error", "pack", "unpack_from")
        if f"struct_{name}" in text
    ]
    return [
        f'"""{specification.doc.splitlines()[0] if specification.doc else specification.name}',
        "",
        f"Made from ``nfsgw/xdr/spec/{specification.name}.x`` by",
        "``python -m nfsgw.xdr.compiler``: change the specification, not this.",
        '"""',
        "",
        "# fmt: off",
        "# ruff: noqa",
        "from __future__ import annotations",
        "",
        "from dataclasses import dataclass",
        *(["from enum import IntEnum"] if "(IntEnum)" in text else []),
        "from struct import Struct",
        *structs,
        "from typing import Any, Final",
        "",
        f"from nfsgw.xdr.codec import {', '.join(codec)}",
        "",
    ]


def _emit_value_sets(specification: Specification, text: str) -> list[str]:
    lines = []
    for definition in specification.definitions.values():
        if isinstance(definition, Enumeration) and f"_{definition.name}_values" in text:
            values = ", ".join(str(value) for _, value in definition.members)
            lines.append(f"_{definition.name}_values: Final = frozenset(({values},))")
    return [*lines, ""] if lines else []


def _emit_types(specification: Specification) -> list[str]:
    lines: list[str] = []
    for definition in specification.definitions.values():
        match definition:
            case Enumeration():
                lines += ["", f"class {definition.name}(IntEnum):"]
                lines += _doc(definition.doc, f"XDR enum ``{definition.name}``.")
                lines += [f"    {name} = {value}" for name, value in definition.members]
                lines += [""]
            case Structure():
                lines += ["", "@dataclass(slots=True)", f"class {definition.name}:"]
                lines += _doc(definition.doc, f"XDR struct ``{definition.name}``.")
                lines += [
                    f"    {member.name}: {annotation(specification, member.type)}"
                    for member in definition.fields
                ]
                lines += [""]
            case Union():
                lines += ["", "@dataclass(slots=True)", f"class {definition.name}:"]
                lines += _doc(definition.doc, f"XDR union ``{definition.name}``.")
                lines += [f"    {definition.discriminant.name}: int"]
                lines += [_arm_line(specification, member) for member in definition.fields]
                lines += [""]
    return lines


def _arm_line(specification: Specification, member: Field) -> str:
    kind = annotation(specification, member.type).removesuffix(" | None")
    return f"    {member.name}: {kind} | None = None"


def _doc(doc: str, otherwise: str) -> list[str]:
    text = " ".join((doc or otherwise).split())
    return [f'    """{text}"""', ""]


def _emit_codec(specification: Specification, layouts: Layouts, base: str) -> list[str]:
    name = f"{specification.name.upper()}{base}"
    verb = "Pack" if base == "Packer" else "Unpack"
    lines = ["", f"class {name}({base}):"]
    lines += [f'    """{verb} the types of ``{specification.name}.x``."""', ""]
    lines += ["    __slots__ = ()", ""]
    emit = emit_pack if base == "Packer" else emit_unpack
    for definition in specification.definitions:
        lines += [*emit(specification, definition, layouts), ""]
    return lines


def _emit_functions(specification: Specification, layouts: Layouts) -> list[str]:
    lines: list[str] = []
    for name, definition in specification.definitions.items():
        if isinstance(definition, Typedef) or name not in specification.wire:
            continue
        if specification.wire_size(Reference(name)) is not None:
            lines += ["", *emit_encode(specification, name, layouts), ""]
            lines += ["", *emit_decode(specification, name, layouts), ""]
    return lines
