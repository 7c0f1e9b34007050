"""Blocking functions in threads, awaited by coroutines on the reactor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from nfsgw.turn import Turn
from nfsgw.waiting import Wait

__all__ = ["ReactorThreads", "Threads"]

T = TypeVar("T")


class ReactorThreads(Protocol):
    """The part of ``IReactorThreads`` that is used here."""

    def callInThread(self, callable: Callable[..., Any], *args: object) -> None:  # noqa: N802
        """Call in a thread of the reactor's pool."""

    def callFromThread(self, callable: Callable[..., Any], *args: object) -> None:  # noqa: N802
        """Call on the reactor, from any thread."""


class Threads:
    """Runs what would block (name services, checks of directories) in the reactor's threads."""

    def __init__(self, reactor: ReactorThreads, turn: Turn) -> None:
        self._reactor = reactor
        self._turn = turn

    def run(self, function: Callable[[], T]) -> Wait[T]:
        """Run a function in a thread; its result or its error is in the returned Wait."""
        wait: Wait[T] = Wait()
        self._reactor.callInThread(self._work, function, wait)
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
