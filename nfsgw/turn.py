"""The end of a turn: what is done once for everything that one received buffer caused.

A connection handles all calls of a received buffer in one go.  Three kinds of work are then due
once, not per call: committing what the calls changed (which releases their replies), sending the
replies, and letting go of the read transaction.  Whoever has such work registers it here, and
whoever begins a turn (a received buffer, a datagram, a finished thread, a timer) runs it at the
end.
Work registered outside any turn makes one of its own as soon as the reactor is free.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

__all__ = ["Turn"]


class Turn:
    """Work for the end of the current turn, in three stages: commit, send, release.

    Use as a context manager around everything that may register work; nesting is allowed and
    only the outermost exit runs it.

    :param call_soon: runs a function when the reactor is next free
        (``lambda f: reactor.callLater(0, f)``); the simulator passes its own.
    """

    __slots__ = ("_call_soon", "_commits", "_depth", "_releases", "_scheduled", "_sends")

    def __init__(self, call_soon: Callable[[Callable[[], None]], object]) -> None:
        self._call_soon = call_soon
        self._depth = 0
        self._scheduled = False
        self._commits: list[Callable[[], None]] = []
        self._sends: list[Callable[[], None]] = []
        self._releases: list[Callable[[], None]] = []

    def commit(self, work: Callable[[], None]) -> None:
        """Run ``work`` first, once: it may resolve waits, whose coroutines may register more."""
        self._commits.append(work)
        if not self._depth:
            self._ensure()

    def send(self, work: Callable[[], None]) -> None:
        """Run ``work`` when nothing is left to commit."""
        self._sends.append(work)
        if not self._depth:
            self._ensure()

    def release(self, work: Callable[[], None]) -> None:
        """Run ``work`` last of all."""
        self._releases.append(work)
        if not self._depth:
            self._ensure()

    def __enter__(self) -> Turn:
        self._depth += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._depth > 1:
            self._depth -= 1
            return
        try:
            self._run()
        finally:
            self._depth = 0
            if self._commits or self._sends or self._releases:
                # A piece of work raised: the rest, other clients' replies, must not go with it.
                self._ensure()

    def _ensure(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._call_soon(self._alone)

    def _alone(self) -> None:
        self._scheduled = False
        with self:
            pass

    def _run(self) -> None:
        commits, sends, releases = self._commits, self._sends, self._releases
        while stage := commits or sends or releases:
            work = stage[::-1]
            stage.clear()
            try:
                while work:
                    work.pop()()
            finally:
                if work:
                    stage[:0] = work[::-1]
