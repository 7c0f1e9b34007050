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
    Opaque,
    Optional,
    Reference,
    Specification,
    Structure,
    Type,
    Typedef,
    Union,
)
from nfsgw.xdr.compiler.resolve import check, link_lists

__all__ = ["parse"]

_WORDS_MAX: Final = 1 << 32


def parse(text: str, name: str) -> Specification:
    """Return what the text of ``name.x`` defines.

    :raises SpecificationError: it is not well formed; the message says where.
    """
    parser = _Parser(text, name)
    parser.parse_all()
    link_lists(parser.specification)
    check(parser.specification)
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
        """Keep the numbers; what a procedure takes is said by its row in the program's table."""
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
