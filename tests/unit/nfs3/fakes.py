"""A volume and an export that answer what the test says, for procedures without a backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nfsgw.backend.api import ROOT, Credentials
from nfsgw.errors import FsError
from nfsgw.limits import Limits
from nfsgw.nfs3.service import Nfs3
from nfsgw.rpc.holding import Holding
from nfsgw.rpc.program import Call, Credential, Peer

__all__ = ["ATTRIBUTES", "BEFORE", "FakeExport", "FakeExports", "Timers", "call", "service"]

ATTRIBUTES = bytes(range(84))
BEFORE = bytes(range(24))


class Timers:
    """A clock that is where the last timer was due."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.due: list[tuple[float, Callable[[], None]]] = []

    def seconds(self) -> float:
        """Return the time."""
        return self.now_s

    def wall_ns(self) -> int:
        """Return the time of files."""
        return int(self.now_s * 1e9)

    def call_later(self, delay_s: float, function: Callable[[], None]) -> None:
        """Note a timer."""
        self.due.append((self.now_s + delay_s, function))

    def step(self) -> None:
        """Let the next timer go off."""
        self.due.sort(key=lambda item: item[0])
        due_s, function = self.due.pop(0)
        self.now_s = due_s
        function()


class FakeExport:
    """Answers every operation from ``answers``: a value, or an FsError to raise, in a list."""

    def __init__(self, export_id: int = 1) -> None:
        self.export_id = export_id
        self.no_acl = False
        self.answers: dict[str, list[Any]] = {}
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def handle(self, inode: int) -> bytes:
        """Return 32 bytes that show export and inode."""
        return b"%16d%16d" % (self.export_id, inode)

    def credentials(self, _call: Call) -> Credentials:
        """Return root."""
        return ROOT

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any operation
        if name.startswith("__"):
            raise AttributeError(name)

        async def operation(*args: Any) -> Any:  # noqa: ANN401
            self.calls.append((name, args))
            answer = self.answers[name].pop(0)
            if isinstance(answer, FsError):
                raise answer
            return answer

        return operation


class FakeExports:
    """Two exports; a handle is what :meth:`FakeExport.handle` made."""

    def __init__(self) -> None:
        self.exports = {1: FakeExport(1), 2: FakeExport(2)}

    def open(self, _call: Call, handle: bytes) -> tuple[Any, int]:
        """Return export and inode."""
        return self.exports[int(handle[:16])], int(handle[16:])


def service(timers: Timers | None = None) -> tuple[Nfs3, FakeExport, FakeExports]:
    """Return a service, its first export and all of them."""
    timers = timers or Timers()
    exports = FakeExports()
    limits = Limits()
    made = Nfs3(exports, limits, Holding(limits.hold_s, timers, timers.call_later))
    return made, exports.exports[1], exports


def call(transport: str = "tcp") -> Call:
    """Return a call of root."""
    peer = Peer("192.0.2.1", 900, "192.0.2.2", 2049, transport)
    return Call(peer, Credential(1, b"client", 0, 0), 3, b"r" * 28)
