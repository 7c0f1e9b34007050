"""Work beside the reactor's own: blocking functions in threads, coroutines that nobody awaits."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from twisted.logger import Logger
from twisted.python.failure import Failure

from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step

__all__ = ["ReactorThreads", "Threads"]

T = TypeVar("T")


class ReactorThreads(Protocol):
    """The part of ``IReactorThreads`` that is used here."""

    def callInThread(self, callable: Callable[..., Any], *args: object) -> None:  # noqa: N802
        """Call in a thread of the reactor's pool."""

    def callFromThread(self, callable: Callable[..., Any], *args: object) -> None:  # noqa: N802
        """Call on the reactor, from any thread."""


class Threads:
    """Runs what would block (name services, looks at disks) in the reactor's threads."""

    log = Logger()

    def __init__(self, reactor: ReactorThreads, turn: Turn) -> None:
        self._reactor = reactor
        self._turn = turn

    def run(self, function: Callable[[], T]) -> Wait[T]:
        """Run a function in a thread; its result or its error is in the returned Wait."""
        wait: Wait[T] = Wait()
        self._reactor.callInThread(self._work, function, wait)
        return wait

    def begin(self, coroutine: Coroutine[Any, Any, T]) -> Wait[T]:
        """Start a coroutine outside of any call, in a turn of its own."""
        with self._turn:
            return step(coroutine)

    def watch(self, coroutine: Coroutine[Any, Any, object], what: str) -> Wait[object]:
        """Start a coroutine whose error can only be logged.

        :param what: for the log: what failed.
        """
        wait = self.begin(coroutine)

        def ended() -> None:
            try:
                wait.result()
            except Exception:  # noqa: BLE001 - nobody else would hear of it
                self.log.failure("{what} failed", failure=Failure(), what=what)  # type: ignore[no-untyped-call]

        wait.add_callback(ended)
        return wait

    def _work(self, function: Callable[[], T], wait: Wait[T]) -> None:
        try:
            result = function()
        except Exception as error:  # noqa: BLE001 - it is handed on, to whoever awaits the result
            self._reactor.callFromThread(self._end, wait.fail, error)
        else:
            self._reactor.callFromThread(self._end, wait.resolve, result)

    def _end(self, finish: Callable[[Any], None], value: object) -> None:
        with self._turn:
            finish(value)
