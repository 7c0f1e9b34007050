"""Log lines on standard error: text for people, JSON for programs, levels for the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from twisted.logger import (
    ILogObserver,
    LogEvent,
    LogLevel,
    eventAsText,
    formatEvent,
    globalLogBeginner,
)
from zope.interface import implementer

__all__ = ["StreamObserver", "begin_logging", "choose_format"]

_PRIORITY = {"debug": 7, "info": 6, "warn": 4, "error": 3, "critical": 2}
"""syslog(3)'s numbers, which the journal reads as ``<6>`` before a line."""

_PLAIN = (str, int, float, bool, type(None))


def choose_format(configured: str, stream: TextIO, environment: Mapping[str, str]) -> str:
    """Return ``"text"``, ``"json"`` or ``"journal"`` for a configured value."""
    if configured != "auto":
        return configured
    if environment.get("JOURNAL_STREAM"):
        return "journal"
    return "text" if stream.isatty() else "json"


@implementer(ILogObserver)
class StreamObserver:
    """Writes events of at least ``level`` to ``stream``, one line each, in ``form``."""

    def __init__(self, stream: TextIO, form: str, level: str) -> None:
        self._stream = stream
        self._form = {"text": _text, "json": _json, "journal": _journal}[form]
        self._least = LogLevel.levelWithName(level)

    def __call__(self, event: LogEvent) -> None:
        """Write one event; a stream that cannot be written to is no reason to fail."""
        level = event.get("log_level", LogLevel.info)
        if level < self._least or (level == LogLevel.info and _is_chatter(event)):
            return
        try:
            self._stream.write(self._form(event))
            self._stream.flush()
        except (OSError, ValueError):
            return


def begin_logging(stream: TextIO, form: str, level: str) -> None:
    """Send all of Twisted's log events to ``stream``, from now on, and none elsewhere."""
    globalLogBeginner.beginLoggingTo(
        [StreamObserver(stream, form, level)], redirectStandardIO=False, discardBuffer=True
    )


def _is_chatter(event: LogEvent) -> bool:
    """Say whether an event is Twisted's account of its own ports and loop."""
    name = str(event.get("log_namespace", ""))
    return name == "log_legacy" or name.startswith("twisted.")


def _level(event: LogEvent) -> str:
    return str(getattr(event.get("log_level"), "name", "info"))


def _when(event: LogEvent) -> datetime:
    return datetime.fromtimestamp(event.get("log_time", 0.0), UTC)


def _text(event: LogEvent) -> str:
    time = _when(event).astimezone().strftime("%H:%M:%S")
    level = _level(event)
    mark = "" if level == "info" else f"{level}: "
    body = eventAsText(event, includeTimestamp=False, includeSystem=False)
    return f"{time} {mark}{body}\n"


def _journal(event: LogEvent) -> str:
    prefix = f"<{_PRIORITY[_level(event)]}>"
    body = eventAsText(event, includeTimestamp=False, includeSystem=False)
    # The journal takes every line for a message, so each needs its level.
    return "".join(f"{prefix}{line}\n" for line in body.splitlines())


def _json(event: LogEvent) -> str:
    document: dict[str, Any] = {
        "time": _when(event).isoformat(timespec="milliseconds"),
        "level": _level(event),
        "from": event.get("log_namespace", ""),
        "message": formatEvent(event),
    }
    for key, value in event.items():
        if key.startswith("log_") or key in ("time", "format", "message", "system", "isError"):
            continue
        document[key] = value if isinstance(value, _PLAIN) else str(value)
    if "log_failure" in event:
        document["traceback"] = event["log_failure"].getTraceback()
    return json.dumps(document, ensure_ascii=False) + "\n"
