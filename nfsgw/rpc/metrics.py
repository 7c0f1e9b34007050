"""Counters of the RPC layer: plain integers, cheap enough for the hot path."""

from __future__ import annotations

from typing import Any

from nfsgw.errors import FsCode

__all__ = ["Metrics", "RowCounters"]


class RowCounters:
    """What happened to the calls of one procedure.

    Times are taken only of calls that waited: reading the clock twice would cost a call that is
    answered at once a tenth of its time.
    """

    __slots__ = (
        "calls",
        "duplicates",
        "errors",
        "faults",
        "garbage",
        "name",
        "shed",
        "waited",
        "waited_s",
        "waiting",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls = 0
        self.duplicates = 0
        """Calls answered from the replay cache, or joined to the one that runs."""
        self.garbage = 0
        """Calls with undecodable arguments."""
        self.faults = 0
        """Calls that met a defect of ours."""
        self.shed = 0
        """Calls refused with "try later" for overload."""
        self.waiting = 0
        """Calls that wait now."""
        self.waited = 0
        """Calls that waited and are answered."""
        self.waited_s = 0.0
        """The sum of the times that those took."""
        self.errors: dict[FsCode, int] = {}

    def count_error(self, code: FsCode) -> None:
        """Count a call that was answered with a file error."""
        self.errors[code] = self.errors.get(code, 0) + 1

    def snapshot(self) -> dict[str, Any]:
        """Return the counters as plain values."""
        return {
            "name": self.name,
            "calls": self.calls,
            "duplicates": self.duplicates,
            "garbage": self.garbage,
            "faults": self.faults,
            "shed": self.shed,
            "waiting": self.waiting,
            "waited": self.waited,
            "waited_s": self.waited_s,
            "errors": {code.name: count for code, count in self.errors.items()},
        }


class Metrics:
    """All counters of the RPC layer of one process."""

    __slots__ = (
        "connections",
        "connections_accepted",
        "connections_refused",
        "datagrams",
        "datagrams_dropped",
        "denied",
        "framing_errors",
        "malformed",
        "rows",
        "unavailable",
    )

    def __init__(self) -> None:
        self.connections = 0
        """Connections that are open now."""
        self.connections_accepted = 0
        self.connections_refused = 0
        """Connections closed at once, for a limit."""
        self.datagrams = 0
        self.datagrams_dropped = 0
        """Datagrams that came truncated, and replies that the socket did not take."""
        self.framing_errors = 0
        """Connections dropped because their records could not be followed."""
        self.malformed = 0
        """Messages that are no call."""
        self.denied = 0
        """Calls of another RPC version or with a refused credential."""
        self.unavailable = 0
        """Calls of an unknown program, version or procedure."""
        self.rows: dict[tuple[int, int, int], RowCounters] = {}

    def row(self, program: int, version: int, number: int, name: str) -> RowCounters:
        """Return the counters of a procedure; the same ones each time."""
        counters = self.rows.get((program, version, number))
        if counters is None:
            counters = self.rows[program, version, number] = RowCounters(name)
        return counters

    def snapshot(self) -> dict[str, Any]:
        """Return all counters as plain values; rows by ``"program.version.procedure"``."""
        values: dict[str, Any] = {
            name: getattr(self, name) for name in self.__slots__ if name != "rows"
        }
        values["rows"] = {
            ".".join(map(str, key)): counters.snapshot() for key, counters in self.rows.items()
        }
        return values
