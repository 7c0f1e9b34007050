"""Cut the text of a ``.x`` file into tokens (RFC 4506, section 6.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

__all__ = ["Kind", "SpecificationError", "Token", "tokenize"]


class SpecificationError(Exception):
    """The specification is wrong; the message says where."""


class Kind(Enum):
    """What a token is."""

    NAME = auto()
    NUMBER = auto()
    SIGN = auto()
    COMMENT = auto()
    PRAGMA = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the line that it stands on, counted from 1."""

    kind: Kind
    text: str
    line: int


_PATTERN: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<COMMENT>/\*.*?\*/)
    |(?P<PRAGMA>^%[^\n]*)
    |(?P<NAME>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<NUMBER>-?(?:0[xX][0-9a-fA-F]+|[0-9]+))
    |(?P<SIGN>[][<>(){};:,=*])""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def tokenize(text: str, origin: str) -> Iterator[Token]:
    """Yield the tokens of ``text``, comments included, and an END.

    :param origin: the file's name, for messages.
    :raises SpecificationError: a character that begins no token.
    """
    position, line = 0, 1
    while position < len(text):
        match = _PATTERN.match(text, position)
        if match is None:
            raise SpecificationError(f"{origin}:{line}: unexpected {text[position]!r}")
        if match.lastgroup is not None and match.lastgroup != "space":
            yield Token(Kind[match.lastgroup], match.group(), line)
        line += match.group().count("\n")
        position = match.end()
    yield Token(Kind.END, "", line)
