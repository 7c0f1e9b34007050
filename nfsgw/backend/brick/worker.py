"""Named threads that work off what they are given.

LMDB ties a write transaction to the thread that began it, and a commit waits for the disk, so each
durable brick has one thread for that; fsyncs of data files share several.  Results come back on
the reactor's thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Protocol

from nfsgw.turn import Turn
from nfsgw.waiting import Wait

__all__ = ["CallFromThread", "Inline", "Worker", "WorkerThreads"]

CallFromThread = Callable[..., object]
"""``call_from_thread(function, *args)``: run it soon on the reactor's thread (thread-safe)."""


class Worker(Protocol):
    """Something that runs functions away from the caller."""

    def run(self, function: Callable[..., Any], *args: Any) -> Wait[Any]:  # noqa: ANN401
        """Begin ``function(*args)`` after all that was given before; return a Wait for it."""

    async def emptied(self) -> None:
        """Return when nothing is left to do of what was given."""

    def close(self) -> None:
        """End when all that was given is done; wait for that unless it may take for ever."""


class Inline:
    """A :class:`Worker` where nothing blocks: it runs each function where it is called."""

    def run(self, function: Callable[..., Any], *args: Any) -> Wait[Any]:  # noqa: ANN401
        """Run ``function(*args)`` now; the Wait is done."""
        wait: Wait[Any] = Wait()
        try:
            result = function(*args)
        except Exception as error:  # noqa: BLE001 - handed to whoever awaits the result
            wait.fail(error)
        else:
            wait.resolve(result)
        return wait

    async def emptied(self) -> None:
        """Return: there never is anything left to do."""

    def close(self) -> None:
        """Do nothing."""


class WorkerThreads:
    """A :class:`Worker` of real threads.

    :param name: what the threads are called.
    :param call_from_thread: ``reactor.callFromThread``.
    :param turn: results arrive within a turn.
    :param count: with one thread, functions run one after the other.
    """

    def __init__(
        self, name: str, call_from_thread: CallFromThread, turn: Turn, count: int = 1
    ) -> None:
        self._call_from_thread = call_from_thread
        self._turn = turn
        self._unfinished = 0
        self._emptied: list[Wait[None]] = []
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=name, daemon=True) for _ in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def run(self, function: Callable[..., Any], *args: Any) -> Wait[Any]:  # noqa: ANN401
        """Run ``function(*args)`` in a thread; the Wait is resolved on the reactor's thread."""
        wait: Wait[Any] = Wait()

        def job() -> None:
            try:
                result = function(*args)
            except BaseException as error:  # noqa: BLE001 - handed to whoever awaits the result
                self._call_from_thread(self._finish, wait.fail, error)
            else:
                self._call_from_thread(self._finish, wait.resolve, result)

        self._unfinished += 1
        self._queue.put(job)
        return wait

    def _finish(self, end: Callable[[Any], None], result: object) -> None:
        self._unfinished -= 1
        with self._turn:
            end(result)
            if not self._unfinished:
                emptied, self._emptied = self._emptied, []
                for wait in emptied:
                    wait.resolve(None)

    async def emptied(self) -> None:
        """Return when nothing is left to do of what was given."""
        while self._unfinished:
            wait: Wait[None] = Wait()
            self._emptied.append(wait)
            await wait

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            job()

    def close(self) -> None:
        """End the threads when all that was given is done.

        Threads that are at work are not waited for: their disk may never answer.
        """
        for _ in self._threads:
            self._queue.put(None)
        if not self._unfinished:
            for thread in self._threads:
                thread.join()
