"""One named thread that works off what it is given, in order.

LMDB ties a write transaction to the thread that began it, and a commit waits for the disk, so each
durable brick has one of these.  Results come back on the reactor's thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Protocol

from nfsgw.turn import Turn
from nfsgw.waiting import Wait

__all__ = ["CallFromThread", "Worker", "WorkerThread"]

CallFromThread = Callable[..., object]
"""``call_from_thread(function, *args)``: run it soon on the reactor's thread (thread-safe)."""


class Worker(Protocol):
    """Something that runs functions one after the other, away from the caller."""

    def run(self, function: Callable[..., Any], *args: Any) -> Wait[Any]:  # noqa: ANN401
        """Run ``function(*args)`` after all that was given before; return a Wait for that."""

    def close(self) -> None:
        """End when all that was given is done; wait for that."""


class WorkerThread:
    """A :class:`Worker` that is a thread.

    :param name: the thread's name.
    :param call_from_thread: ``reactor.callFromThread``.
    :param turn: results arrive within a turn.
    """

    def __init__(self, name: str, call_from_thread: CallFromThread, turn: Turn) -> None:
        self._call_from_thread = call_from_thread
        self._turn = turn
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(self, function: Callable[..., Any], *args: Any) -> Wait[Any]:  # noqa: ANN401
        """Run ``function(*args)`` in the thread; the Wait is resolved on the reactor's thread."""
        wait: Wait[Any] = Wait()

        def job() -> None:
            try:
                result = function(*args)
            except BaseException as error:  # noqa: BLE001 - handed to whoever awaits the result
                self._call_from_thread(self._finish, wait.fail, error)
            else:
                self._call_from_thread(self._finish, wait.resolve, result)

        self._queue.put(job)
        return wait

    def _finish(self, end: Callable[[Any], None], result: object) -> None:
        with self._turn:
            end(result)

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            job()

    def close(self) -> None:
        """End the thread when all that was given is done."""
        self._queue.put(None)
        self._thread.join()
