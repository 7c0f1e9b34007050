r"""The exports file: exports(5)'s syntax, read into rules, every mistake with file and line.

A line is a path and then clients, each with options in brackets right after it.  ``-options``
sets defaults for the clients that follow on that line; ``#`` begins a comment, a backslash at the
end of a line continues it, and a path with spaces is quoted or has octal escapes (``\040``).

What exports(5) reads in a way that people do not mean is an error here: ``host (rw)``, with a
space, would open the path to everybody, and so would a path without clients.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from nfsgw.errors import NfsgwError
from nfsgw.exports.hosts import Client, parse_client
from nfsgw.exports.options import OptionError, Options, apply_option

__all__ = ["ExportsError", "ParsedExport", "ParsedExports", "Problem", "Rule", "parse"]

FILE_BYTES_MAX: Final = 4 << 20
RULES_MAX: Final = 16384
_PROBLEMS_MAX: Final = 100
_PATH_BYTES_MAX: Final = 1024  # MNTPATHLEN, RFC 1813 section 5.1.1
_OCTAL = re.compile(r"\\([0-3][0-7]{2})")
# One word: quoted and plain stretches, where a bracket's content may hold no spaces.
_WORD = re.compile(r'(?:"[^"]*"|[^\s"])+')


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong (or worth noting) at a line of a file."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Return it as compilers do: ``file:line: text``."""
        return f"{self.file}:{self.line}: {self.text}"


class ExportsError(NfsgwError):
    """The exports file cannot be used; the rules in force stay.

    :param problems: all that were found, in the order of the file.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Rule:
    """What one client specification may do."""

    client: Client
    options: Options
    line: int = 0


@dataclass(frozen=True, slots=True)
class ParsedExport:
    """One exported path with its rules, from however many lines.

    :param directory: names from the volume's root down; empty for the whole volume.
    """

    volume: str
    directory: tuple[bytes, ...]
    rules: tuple[Rule, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class ParsedExports:
    """A whole file; ``notes`` are options that were accepted without effect."""

    exports: tuple[ParsedExport, ...]
    notes: tuple[Problem, ...]


def parse(data: bytes, file: str) -> ParsedExports:
    """Read an exports file.

    :param file: its name, for messages.
    :raises ExportsError: with every mistake in the file, up to a hundred.
    """
    reading = _Reading(file)
    if len(data) > FILE_BYTES_MAX:
        reading.problem(1, f"longer than {FILE_BYTES_MAX} bytes")
    else:
        for number, line in _logical_lines(data.decode("utf-8", "surrogateescape")):
            reading.line(number, line)
            if len(reading.problems) >= _PROBLEMS_MAX:
                reading.problem(number, "too many mistakes; reading ends here")
                break
    return reading.result()


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its number, continuations joined and comments cut."""
    begun, held = 0, ""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        line = line.removesuffix("\r")
        begun = begun or number
        if line.endswith("\\") and not line.endswith("\\\\"):
            held += line[:-1] + " "
            continue
        whole = _without_comment(held + line)
        if whole.strip():
            yield begun, whole
        begun, held = 0, ""
    if held.strip():
        yield begun, _without_comment(held)


def _without_comment(line: str) -> str:
    quoted = False
    for position, sign in enumerate(line):
        if sign == '"':
            quoted = not quoted
        elif sign == "#" and not quoted:
            return line[:position]
    return line


class _Reading:
    """The state of reading one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.rules: dict[tuple[str, tuple[bytes, ...]], list[Rule]] = {}
        self.first_lines: dict[tuple[str, tuple[bytes, ...]], int] = {}
        self.count = 0

    def problem(self, line: int, text: str) -> None:
        self.problems.append(Problem(self.file, line, text))

    def result(self) -> ParsedExports:
        if self.problems:
            raise ExportsError(tuple(self.problems))
        exports = tuple(
            ParsedExport(volume, directory, tuple(rules), self.first_lines[volume, directory])
            for (volume, directory), rules in self.rules.items()
        )
        return ParsedExports(exports, tuple(self.notes))

    def line(self, number: int, line: str) -> None:
        if line.count('"') % 2:
            self.problem(number, 'a quotation mark (") is not closed')
            return
        words = _WORD.findall(line)
        try:
            volume, directory = _split_path(_unquoted(words[0]))
        except ValueError as error:
            self.problem(number, str(error))
            return
        rules = self.rules.setdefault((volume, directory), [])
        self.first_lines.setdefault((volume, directory), number)
        before = len(self.problems)
        any_client = self.clients(number, words[1:], rules)
        if not any_client and len(self.problems) == before:
            self.problem(number, "no client given; write *(ro) if everybody really may read this")

    def clients(self, number: int, words: list[str], rules: list[Rule]) -> bool:
        defaults = Options()
        any_client = False
        for word in words:
            if word.startswith("-"):
                defaults = self.options(number, Options(), word[1:])
                continue
            any_client = True
            rule = self.client(number, word, defaults)
            if rule is None:
                continue
            first = next((other for other in rules if other.client.text == rule.client.text), None)
            if first is not None:
                where = "" if first.line == number else f", first in line {first.line}"
                self.problem(number, f"{rule.client.text} is given twice for this path{where}")
                continue
            self.count += 1
            if self.count == RULES_MAX + 1:
                self.problem(number, f"more than {RULES_MAX} rules")
            rules.append(rule)
        return any_client

    def client(self, number: int, word: str, defaults: Options) -> Rule | None:
        name, bracket, rest = word.partition("(")
        if not name:
            self.problem(
                number,
                f"no client before {word}: options follow a client without a space, as in "
                "host(rw); for everybody write *(...)",
            )
            return None
        options = defaults
        if bracket:
            if not rest.endswith(")") or "(" in rest or ")" in rest[:-1]:
                self.problem(number, f"{word}: brackets do not match (no spaces within them)")
                return None
            options = self.options(number, defaults, rest[:-1])
        elif ")" in name:
            self.problem(number, f"{word}: brackets do not match (no spaces within them)")
            return None
        try:
            return Rule(parse_client(_unquoted(name)), options, number)
        except ValueError as error:
            self.problem(number, str(error))
            return None

    def options(self, number: int, options: Options, text: str) -> Options:
        for word in text.split(","):
            if not word:
                continue
            try:
                options, note = apply_option(options, word)
            except OptionError as error:
                self.problem(number, str(error))
            else:
                if note is not None:
                    self.notes.append(Problem(self.file, number, note))
        return options


def _unquoted(word: str) -> str:
    plain = word.replace('"', "")
    return _OCTAL.sub(_octal, plain) if "\\" in plain else plain


def _octal(found: re.Match[str]) -> str:
    # An escape stands for one byte; those that are not ASCII travel as surrogates, like all raw
    # bytes of the file.
    value = int(found[1], 8)
    return chr(value) if value < 0x80 else chr(0xDC00 + value)


def _split_path(path: str) -> tuple[str, tuple[bytes, ...]]:
    """Return the volume and the directory within it.

    :raises ValueError: the path cannot be an export; the text says why.
    """
    if not path.startswith("/"):
        raise ValueError(f"{path!r}: an exported path begins with '/': /VOLUME or /VOLUME/DIR")
    encoded = path.encode("utf-8", "surrogateescape")
    names = [name for name in encoded.split(b"/") if name]
    if not names:
        raise ValueError("'/' cannot be exported; name a volume: /VOLUME")
    if len(encoded) > _PATH_BYTES_MAX:
        raise ValueError(f"the path is longer than {_PATH_BYTES_MAX} bytes")
    for name in names:
        if name in (b".", b".."):
            raise ValueError(f"{path!r}: '.' and '..' cannot be part of an exported path")
        if len(name) > 255 or b"\0" in name:
            raise ValueError(f"{path!r}: holds a name that no file can have")
    try:
        volume = names[0].decode("ascii")
    except UnicodeDecodeError:
        raise ValueError(f"{path!r}: names of volumes are ASCII") from None
    return volume, tuple(names[1:])
