"""Threads that take simulated time, as long as their disk needs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from nfsgw.errors import NfsgwError
from nfsgw.turn import Turn
from nfsgw.waiting import Wait
from tests.simulation.medium import Died, Medium
from tests.simulation.scheduler import Life

__all__ = ["SimWorker"]

_BEFORE_S = 0.0005
_AFTER_S = 0.0015
_CALLS_MAX = 8

_Job = tuple[Callable[..., Any], tuple[Any, ...], Wait[Any]]


class SimWorker:
    """A :class:`nfsgw.backend.brick.worker.Worker`.

    A job has its effect at one moment, and its Wait is resolved at a later one; a process that is
    killed between the two never hears of it.

    :param count: with one thread, jobs run one after the other; with more, in any order.
    """

    def __init__(self, life: Life, turn: Turn, medium: Medium, count: int) -> None:
        self._life = life
        self._turn = turn
        self._medium = medium
        self._count = self._free = count
        self._queue: deque[_Job] = deque()
        # Begun, and without effect yet.
        self._begun: dict[int, _Job] = {}
        self._number = 0
        self._emptied: list[Wait[None]] = []
        self._closed = False

    @property
    def idle(self) -> bool:
        """Say whether nothing is left to do."""
        return self._free == self._count and not self._queue

    async def emptied(self) -> None:
        """Return when nothing is left to do."""
        while not self.idle:
            wait: Wait[None] = Wait()
            self._emptied.append(wait)
            await wait

    def run(self, function: Callable[..., Any], *args: Any) -> Wait[Any]:  # noqa: ANN401
        """Begin ``function(*args)`` when a thread is free; return a Wait for it.

        What is given after :meth:`close` is never done, as with real threads.
        """
        wait: Wait[Any] = Wait()
        if not self._closed:
            self._queue.append((function, args, wait))
            self._next()
        return wait

    def close(self) -> None:
        """Take no more work; what was given still runs."""
        self._closed = True

    def _next(self) -> None:
        while self._free and self._queue:
            self._free -= 1
            self._number += 1
            self._begun[self._number] = self._queue.popleft()
            self._medium.wait(self._life, _BEFORE_S, partial(self._effect, self._number))

    def _effect(self, number: int) -> None:
        function, args, wait = self._begun.pop(number)
        medium = self._medium
        medium.in_thread = True
        try:
            result = function(*args)
        except Exception as error:  # noqa: BLE001 - handed to whoever awaits the result
            end = partial(wait.fail, error)
        else:
            end = partial(wait.resolve, result)
        finally:
            medium.in_thread = False
        medium.wait(self._life, _AFTER_S, partial(self._end, end))

    def _end(self, end: Callable[[], None]) -> None:
        self._free += 1
        self._next()
        with self._turn:
            end()
            emptied, self._emptied = self._emptied, []
            for wait in emptied:
                wait.resolve(None)

    def kill(self, random: Random) -> None:
        """Let the process die: what has begun happens wholly, in part or not at all."""
        if self._medium.hung:
            return
        for function, args, _ in self._begun.values():
            if random.random() < 0.5:
                continue
            self._medium.in_thread = True
            self._medium.die_after(random.randrange(_CALLS_MAX))
            try:
                function(*args)
            except (Died, OSError, NfsgwError):
                pass
            finally:
                self._medium.die_after(None)
                self._medium.in_thread = False
