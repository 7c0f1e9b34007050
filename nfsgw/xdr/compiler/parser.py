"""Read a ``.x`` file into the model (RFC 4506, section 6.3; RFC 5531, section 12).

Not understood, because no protocol here needs it: floating point, types declared without a name
inside others, recursion other than lists.  Ours: lines ``%wire TYPE``, ``%bulk STRUCT.FIELD``
and ``%file_range STRUCT.FIELD``, which choose a Python representation and change no byte.
"""

from __future__ import annotations

import keyword
import textwrap
from dataclasses import replace
from typing import Final

from nfsgw.xdr.compiler.lexer import Kind, SpecificationError, Token, tokenize
from nfsgw.xdr.compiler.model import (
    PRIMITIVES,
    Arm,
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

__all__ = ["parse"]

_WORDS_MAX: Final = 1 << 32


def parse(text: str, name: str) -> Specification:
    """Return what the text of ``name.x`` defines.

    :raises SpecificationError: it is not well formed; the message says file and line.
    """
    parser = _Parser(text, name)
    parser.parse_all()
    _link_lists(parser.specification)
    _check_references(parser.specification)
    return parser.specification


class _Parser:
    """A cursor over the tokens of one file."""

    def __init__(self, text: str, name: str) -> None:
        self.specification = Specification(name)
        self.origin = f"{name}.x"
        self.tokens = list(tokenize(text, self.origin))
        self.index = 0
        self.comment = ""
        self.pragmas: list[tuple[Token, list[str]]] = []
        if self.tokens[0].kind is Kind.COMMENT:
            self.specification.doc = _comment_text(self.tokens[0].text)
            self.index = 1

    def fail(self, message: str, token: Token | None = None) -> SpecificationError:
        token = token or self.tokens[self.index]
        return SpecificationError(f"{self.origin}:{token.line}: {message}")

    def peek(self) -> Token:
        """Return the next token of the language, setting comments and pragmas aside."""
        while (token := self.tokens[self.index]).kind in (Kind.COMMENT, Kind.PRAGMA):
            if token.kind is Kind.PRAGMA:
                self.pragmas.append((token, token.text[1:].split()))
            else:
                text = _comment_text(token.text)
                self.comment = "" if text.startswith("----") else text
            self.index += 1
        return token

    def take(self, text: str | None = None) -> str:
        token = self.peek()
        if text is not None and token.text != text:
            raise self.fail(f"{text!r} expected, not {token.text!r}")
        self.index += 1
        return token.text

    def skip(self, text: str) -> bool:
        if self.peek().text != text:
            return False
        self.index += 1
        return True

    def name(self) -> str:
        token = self.peek()
        if token.kind is not Kind.NAME:
            raise self.fail(f"a name expected, not {token.text!r}")
        self.index += 1
        return token.text + "_" if keyword.iskeyword(token.text) else token.text

    def number(self) -> int:
        token = self.peek()
        self.index += 1
        if token.kind is Kind.NUMBER:
            return int(token.text, 0)
        if token.text in ("TRUE", "FALSE"):
            return int(token.text == "TRUE")
        try:
            return self.specification.constants[token.text]
        except KeyError:
            raise self.fail(f"{token.text!r} is no constant", token) from None

    def define_constant(self, name: str, value: int) -> None:
        if self.specification.constants.setdefault(name, value) != value:
            raise self.fail(f"{name} already has another value")

    def define(self, definition: Definition) -> None:
        if definition.name in self.specification.definitions:
            raise self.fail(f"{definition.name} is defined twice")
        self.specification.definitions[definition.name] = definition

    def parse_all(self) -> None:
        parts = {
            "const": self.parse_constant,
            "typedef": self.parse_typedef,
            "enum": self.parse_enumeration,
            "struct": self.parse_structure,
            "union": self.parse_union,
            "program": self.parse_program,
        }
        while (token := self.peek()).kind is not Kind.END:
            part = parts.get(token.text)
            if part is None:
                raise self.fail(f"a definition expected, not {token.text!r}")
            self.index += 1
            doc, self.comment = self.comment, ""
            part(doc)
            self.take(";")
            self.comment = ""
        for pragma, words in self.pragmas:
            self.apply_pragma(pragma, words)

    def parse_constant(self, doc: str) -> None:
        name = self.name()
        self.take("=")
        self.define_constant(name, self.number())

    def parse_typedef(self, doc: str) -> None:
        declared = self.declaration()
        if declared is None:
            raise self.fail("a typedef of void")
        self.define(Typedef(declared.name, declared.type, doc))

    def parse_enumeration(self, doc: str) -> None:
        name = self.name()
        members: list[tuple[str, int]] = []
        self.take("{")
        while True:
            member = self.name()
            self.take("=")
            members.append((member, self.number()))
            self.define_constant(*members[-1])
            if not self.skip(","):
                break
        self.take("}")
        self.define(Enumeration(name, tuple(members), doc))

    def parse_structure(self, doc: str) -> None:
        name = self.name()
        fields: list[Field] = []
        self.take("{")
        while not self.skip("}"):
            declared = self.declaration()
            if declared is None:
                raise self.fail("void is no field")
            fields.append(declared)
            self.take(";")
        self.define(Structure(name, tuple(fields), doc=doc))

    def parse_union(self, doc: str) -> None:
        name = self.name()
        self.take("switch")
        self.take("(")
        discriminant = self.declaration()
        if discriminant is None:
            raise self.fail("a union needs a discriminant")
        self.take(")")
        self.take("{")
        arms: list[Arm] = []
        while not self.skip("}"):
            arms.append(self.arm())
        self.define(Union(name, discriminant, tuple(arms), doc))

    def arm(self) -> Arm:
        labels: list[str] = []
        values: list[int] = []
        if self.skip("default"):
            self.take(":")
        else:
            while self.skip("case"):
                labels.append(self.peek().text)
                values.append(self.number())
                self.take(":")
            if not labels:
                raise self.fail("'case' or 'default' expected")
        declared = self.declaration()
        self.take(";")
        return Arm(tuple(labels), tuple(values), declared)

    def parse_program(self, doc: str) -> None:
        """Keep the numbers; which types a procedure takes is said by its row in the program's table."""
        program = self.name()
        self.take("{")
        while not self.skip("}"):
            self.take("version")
            version = self.name()
            self.take("{")
            while not self.skip("}"):
                self.procedure()
            self.take("=")
            self.define_constant(version, self.number())
            self.take(";")
        self.take("=")
        self.define_constant(program, self.number())

    def procedure(self) -> None:
        self.type_name()
        name = self.name()
        self.take("(")
        self.type_name()
        self.take(")")
        self.take("=")
        self.define_constant(name, self.number())
        self.take(";")

    def type_name(self) -> Type | None:
        """Read a type without its declarator; None is void."""
        word = self.take()
        if word == "void":
            return None
        if word == "unsigned":
            if self.peek().text in ("int", "hyper"):
                return PRIMITIVES[f"unsigned {self.take()}"]
            return PRIMITIVES["unsigned int"]
        if word in PRIMITIVES:
            return PRIMITIVES[word]
        if word in ("struct", "union", "enum"):
            return Reference(self.name())
        if word in ("float", "double", "quadruple"):
            raise self.fail(f"{word} is not supported")
        return Reference(word)

    def declaration(self) -> Field | None:
        """Read a type and the name declared with it; None is void."""
        if self.peek().text in ("opaque", "string"):
            is_string = self.take() == "string"
            name = self.name()
            if self.skip("[") and not is_string:
                count = self.number()
                self.take("]")
                return Field(name, Opaque(count))
            return Field(name, Opaque(None, self.bound()))
        kind = self.type_name()
        if kind is None:
            return None
        if self.skip("*"):
            return Field(self.name(), Optional(kind))
        name = self.name()
        if self.skip("["):
            count = self.number()
            self.take("]")
            return Field(name, Array(kind, count))
        if self.peek().text == "<":
            return Field(name, Array(kind, None, self.bound()))
        return Field(name, kind)

    def bound(self) -> int | None:
        self.take("<")
        bound = None if self.peek().text == ">" else self.number()
        self.take(">")
        if bound is not None and not 0 <= bound < _WORDS_MAX:
            raise self.fail("the bound is no length")
        return bound

    def apply_pragma(self, token: Token, words: list[str]) -> None:
        definitions = self.specification.definitions
        match words:
            case ["wire", name] if isinstance(definitions.get(name), Structure):
                self.specification.wire.add(name)
            case ["bulk" | "file_range" as mark, path] if path.count(".") == 1:
                name, wanted = path.split(".")
                structure = definitions.get(name)
                if not isinstance(structure, Structure):
                    raise self.fail(f"{name} is no struct", token)
                fields = tuple(
                    _marked(member, mark) if member.name == wanted else member
                    for member in structure.fields
                )
                if fields == structure.fields:
                    raise self.fail(f"{path} is no variable opaque", token)
                definitions[name] = replace(structure, fields=fields)
            case _:
                raise self.fail(f"not understood: {token.text}", token)


def _marked(member: Field, mark: str) -> Field:
    if not isinstance(member.type, Opaque) or member.type.count is not None:
        return member
    if mark == "bulk":
        return replace(member, type=replace(member.type, is_bulk=True))
    return replace(member, type=replace(member.type, is_file_range=True))


def _comment_text(comment: str) -> str:
    lines = [line.strip().removeprefix("*").strip() for line in comment[2:-2].splitlines()]
    return textwrap.dedent("\n".join(lines)).strip()


def _link_lists(specification: Specification) -> None:
    """Turn structures that end in a pointer to their like into elements of lists.

    Lists are read and written in a loop: recursion would let a stranger overflow our stack.
    """
    definitions = specification.definitions
    linked: dict[str, Structure] = {}
    for name, definition in definitions.items():
        if isinstance(definition, Structure) and definition.fields:
            last = definition.fields[-1].type
            if isinstance(last, Reference) and last.name in definitions:
                resolved = specification.resolve(last)
                last = resolved if isinstance(resolved, Optional) else last
            if last == Optional(Reference(name)):
                linked[name] = replace(definition, fields=definition.fields[:-1], is_linked=True)

    def convert(kind: Type) -> Type:
        match kind:
            case Optional(element=Reference(name=name)) if name in linked:
                return Linked(definitions_final[name])
            case Optional() | Array():
                return replace(kind, element=convert(kind.element))
        return kind

    def convert_fields(fields: tuple[Field, ...]) -> tuple[Field, ...]:
        return tuple(replace(member, type=convert(member.type)) for member in fields)

    definitions_final: dict[str, Structure] = {}
    for name, structure in linked.items():
        # A list inside a list (groups in exports) has been defined before the list around it.
        definitions_final[name] = replace(structure, fields=convert_fields(structure.fields))
    for name, definition in list(definitions.items()):
        match definition:
            case Structure() if name in linked:
                definitions[name] = definitions_final[name]
            case Structure():
                definitions[name] = replace(definition, fields=convert_fields(definition.fields))
            case Typedef():
                definitions[name] = replace(definition, type=convert(definition.type))
            case Union():
                arms = tuple(
                    replace(arm, field=arm.field and convert_fields((arm.field,))[0])
                    for arm in definition.arms
                )
                definitions[name] = replace(definition, arms=arms)


def _check_references(specification: Specification) -> None:
    """Refuse unknown names and types that contain themselves."""

    def visit(kind: Type, path: tuple[str, ...]) -> None:
        match kind:
            case Primitive() | Opaque():
                return
            case Linked():
                for member in kind.element.fields:
                    visit(member.type, (*path, kind.element.name))
            case Array() | Optional():
                visit(kind.element, path)
            case Reference(name=name):
                if name not in specification.definitions:
                    raise SpecificationError(f"{specification.name}.x: {name} is not defined")
                if name in path:
                    raise SpecificationError(f"{specification.name}.x: {name} contains itself")
                visit_definition(specification.definitions[name], (*path, name))

    def visit_definition(definition: Definition, path: tuple[str, ...]) -> None:
        match definition:
            case Typedef():
                visit(definition.type, path)
            case Structure():
                for member in definition.fields:
                    visit(member.type, path)
            case Union():
                visit(definition.discriminant.type, path)
                for member in definition.fields:
                    visit(member.type, path)

    for definition in list(specification.definitions.values()):
        visit_definition(definition, (definition.name,))
