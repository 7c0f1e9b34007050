"""Witnesses of what the server does beside answering: what it logs, which files it touches."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent, globalLogPublisher
from zope.interface import implementer

__all__ = ["contents", "logged_failures", "touched_files"]

_OPENED = "open"
_NAMED = {"os.mkdir", "os.rmdir", "os.remove", "os.truncate", "os.chmod", "os.chown", "os.utime"}
_NAMED_TWICE = {"os.rename", "os.link", "os.symlink"}

_paths: list[str] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _paths is None:
        return
    if event == _OPENED or event in _NAMED:
        named = arguments[:1]
    elif event in _NAMED_TWICE:
        named = arguments[:2]
    else:
        return
    _paths.extend(os.fsdecode(path) for path in named if isinstance(path, str | bytes | Path))


@contextmanager
def touched_files() -> Iterator[list[str]]:
    """Collect the paths of all files that are opened, made, changed or removed by name."""
    global _paths
    if not _hooked:
        # A hook cannot be taken out again, so there is one for all.
        sys.addaudithook(_hook)
        _hooked.append(True)
    before, _paths = _paths, []
    try:
        yield _paths
    finally:
        _paths = before


_hooked: list[bool] = []


@contextmanager
def logged_failures() -> Iterator[list[str]]:
    """Collect what is logged as a failure or an error."""
    found: list[str] = []

    @implementer(ILogObserver)
    def observe(event: LogEvent) -> None:
        if "log_failure" in event or event["log_level"] >= LogLevel.error:
            trace = event["log_failure"].getTraceback() if "log_failure" in event else ""
            found.append(f"{formatEvent(event)}\n{trace}")

    globalLogPublisher.addObserver(observe)
    try:
        yield found
    finally:
        globalLogPublisher.removeObserver(observe)


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return everything below a folder: name, mode, and bytes or link target."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            data = os.fsencode(path.readlink())
        else:
            data = path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(folder))] = (path.lstat().st_mode, data)
    return found
