"""From the text of ``nfsgw.toml`` to a :class:`~nfsgw.config.model.Config`.

Every mistake is reported with file and line, and a mistyped name with the nearest right one:
an ignored key is a setting that somebody believes to be in force.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import Field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from nfsgw.config.model import (
    AdminConfig,
    Config,
    ConfigError,
    ListenConfig,
    LogConfig,
    NodeConfig,
)
from nfsgw.limits import Limits

__all__ = ["load_config", "parse_config"]

T = TypeVar("T")

_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9_.\"'-]+)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_\"'-]+)\s*=")

_TABLES: Mapping[str, type[Any]] = {
    "node": NodeConfig,
    "listen": ListenConfig,
    "admin": AdminConfig,
    "log": LogConfig,
    "limits": Limits,
}


def load_config(path: Path) -> Config:
    """Read and check a configuration file.

    :raises ConfigError: it cannot be read, is not TOML, or says something that we do not know.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"{path}: cannot read the configuration: {reason}") from error
    return parse_config(text, path)


def parse_config(text: str, path: Path) -> Config:
    """Check a configuration's text; ``path`` is for messages, and for ``Config.source``.

    :raises ConfigError: as :func:`load_config`.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        line = f":{found[1]}" if found else ""
        message = str(error)[: found.start()] if found else str(error)
        raise ConfigError(f"{path}{line}: this is not TOML: {message}") from error
    lines = _key_lines(text)
    for name, value in document.items():
        where = f"{path}:{lines.get((name, ''), lines.get(('', name), 1))}"
        if name not in _TABLES:
            raise ConfigError(f"{where}: {_unknown('table', name, _TABLES)}")
        if not isinstance(value, dict):
            raise ConfigError(f"{where}: {name!r} is a table; write [{name}]")
    made = {
        name: _table(kind, name, document.get(name, {}), lines, path)
        for name, kind in _TABLES.items()
    }
    return Config(**made, source=path)


def _table(
    kind: type[T],
    name: str,
    values: Mapping[str, object],
    lines: Mapping[tuple[str, str], int],
    path: Path,
) -> T:
    """Check one table against its dataclass."""
    known: dict[str, Field[Any]] = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    types = get_type_hints(kind)
    checked: dict[str, object] = {}
    for key, value in values.items():
        where = f"{path}:{lines.get((name, key), lines.get((name, ''), 1))}"
        if key not in known:
            raise ConfigError(f"{where}: {_unknown(f'key in [{name}]', key, known)}")
        try:
            checked[key] = _value(types[key], known[key].metadata, value)
        except ValueError as error:
            raise ConfigError(f"{where}: {name}.{key} {error}") from None
    return kind(**checked)


def _value(kind: Any, bounds: Mapping[str, Any], value: object) -> object:  # noqa: ANN401
    """Return ``value`` as a field of ``kind`` holds it.

    :raises ValueError: with the rest of a sentence that begins with the key.
    """
    if get_origin(kind) is tuple:
        if not isinstance(value, list) or not value:
            raise ValueError(f'must be a list such as ["..."], not {_shown(value)}')
        return tuple(_value(get_args(kind)[0], bounds, item) for item in value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    # bool is a kind of int in Python, but not in TOML.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        names = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}
        raise ValueError(f"must be {names[kind]}, not {_shown(value)}")
    choices = bounds.get("choices")
    if choices and value not in choices:
        near = get_close_matches(str(value), choices, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"must be one of {', '.join(choices)}, not {value!r}{hint}")
    if isinstance(value, int | float) and not isinstance(value, bool):
        least, most = bounds.get("least", 1), bounds.get("most")
        if value < least or (most is not None and value > most):
            upper = "" if most is None else f" and at most {most}"
            raise ValueError(f"must be at least {least}{upper}, not {value}")
    return value


def _shown(value: object) -> str:
    """Return a value as it would stand in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _unknown(what: str, name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    return f"unknown {what}: {name!r}; {hint}"


def _key_lines(text: str) -> dict[tuple[str, str], int]:
    """Return the line of every (table, key); a table's own line has the key ``""``.

    tomllib does not tell; our tables are flat, so headers and ``key =`` at line starts suffice.
    """
    lines: dict[tuple[str, str], int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = header[1].strip("\"'")
            lines.setdefault((table, ""), number)
        elif key := _KEY.match(line):
            lines.setdefault((table, key[1].strip("\"'")), number)
    return lines
