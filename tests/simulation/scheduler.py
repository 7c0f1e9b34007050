"""Simulated time: a heap of events that steps from one due time to the next.

Nothing here looks at a real clock.  Events due at the same moment run in an order that the seed
decides.  What a process has scheduled belongs to its :class:`Life` and ends with it; the world
around it (clients, disks, faults) has a life of its own that never ends.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from math import ceil
from random import Random
from typing import Any, TypeVar

from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from zope.interface import implementer

from nfsgw.waiting import Wait

__all__ = ["START_NS", "Event", "Life", "Overrun", "Scheduler", "Trace"]

T = TypeVar("T")

START_NS = 1_700_000_000_000_000_000
_EVENTS_MAX = 1_000_000
_TIE_BITS = 16


class Overrun(AssertionError):
    """Events follow each other without end."""


class Trace:
    """What happened, as a hash: two runs of one seed must have the same.

    :param show: also gets every line; for people.
    """

    def __init__(self, show: Callable[[str], None] | None = None) -> None:
        self._hash = blake2b(digest_size=8)
        self._show = show

    def event(self, now_ns: int, event: Event) -> None:
        """Note an event that is about to run."""
        self._hash.update(b"%d %d\n" % (now_ns, event.number))
        if self._show is not None:
            function = event.function
            while isinstance(function, partial):
                function = function.func
            name = getattr(function, "__qualname__", str(function))
            self._show(f"{now_ns / 1e9:12.6f}     {event.life.name}: {name}")

    def note(self, now_ns: int, text: str) -> None:
        """Note something in words."""
        self._hash.update(text.encode())
        if self._show is not None:
            self._show(f"{now_ns / 1e9:12.6f} {text}")

    @property
    def digest(self) -> str:
        """Return the hash of everything so far."""
        return self._hash.hexdigest()


@implementer(IDelayedCall)
class Event:
    """Something that is going to happen."""

    __slots__ = ("due_ns", "function", "life", "number")

    def __init__(
        self, life: Life, due_ns: int, number: int, function: Callable[[], object]
    ) -> None:
        self.life = life
        self.due_ns = due_ns
        self.number = number
        self.function: Callable[[], object] | None = function

    def active(self) -> bool:
        """Say whether it is still going to happen."""
        return self.function is not None and self.life.alive

    def cancel(self) -> None:
        """Do not let it happen.

        :raises AlreadyCancelled: as Twisted does; AlreadyCalled likewise.
        """
        if self.function is None:
            raise AlreadyCalled if self.due_ns < 0 else AlreadyCancelled
        self.function = None

    def getTime(self) -> float:
        """Return when it is due."""
        return self.due_ns / 1e9

    def reset(self, secondsFromNow: float) -> None:  # noqa: N803 - Twisted's own name
        """Let it happen so long after now."""
        self._move(self.life.scheduler.now_ns + _ns(secondsFromNow))

    def delay(self, secondsLater: float) -> None:  # noqa: N803 - Twisted's own name
        """Let it happen so much later."""
        self._move(self.due_ns + _ns(secondsLater))

    def _move(self, due_ns: int) -> None:
        if self.function is None:
            raise AlreadyCalled if self.due_ns < 0 else AlreadyCancelled
        scheduler = self.life.scheduler
        scheduler.count += 1
        # A number of its own for each place in the heap, where the old one stays until it is due.
        self.number = scheduler.count
        self.due_ns = due_ns
        scheduler.push(self)


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)


@implementer(IReactorTime)
class Life:
    """One life of a process: its timers, and everything else that it waits for.

    :ivar alive: False once it was ended: none of its events happens any more.
    """

    def __init__(self, scheduler: Scheduler, name: str) -> None:
        self.scheduler = scheduler
        self.name = name
        self.alive = True

    def end(self) -> None:
        """End it: nothing that it has scheduled happens any more."""
        self.alive = False

    def call_later(self, delay_s: float, function: Callable[[], object]) -> Event:
        """Call a function after some time, if the process still lives then."""
        scheduler = self.scheduler
        if not self.alive:
            return scheduler.bury(Event(self, -1, 0, function))
        scheduler.count += 1
        # Never early: who looks again because a little time is left would do so for ever.
        due_ns = scheduler.now_ns + (ceil(delay_s * 1e9) if delay_s > 0 else 0)
        event = Event(self, due_ns, scheduler.count, function)
        scheduler.push(event)
        return event

    def call_soon(self, function: Callable[[], object]) -> Event:
        """Call a function at the same time, after what runs now."""
        return self.call_later(0.0, function)

    def sleep(self, seconds: float) -> Wait[None]:
        """Return a Wait that is resolved after some time."""
        wait: Wait[None] = Wait()
        self.call_later(seconds, partial(wait.resolve, None))
        return wait

    def seconds(self) -> float:
        """Return the monotonic time."""
        return self.scheduler.seconds()

    def callLater(
        self,
        delay: float,
        callable: Callable[..., Any],
        *args: Any,  # noqa: ANN401 - Twisted's own signature
        **kwargs: Any,  # noqa: ANN401
    ) -> IDelayedCall:
        """Call a function with arguments after some time."""
        return self.call_later(delay, partial(callable, *args, **kwargs))

    def getDelayedCalls(self) -> list[IDelayedCall]:
        """Return what is still going to happen in this life."""
        return [event for event in self.scheduler.pending() if event.life is self]


class Scheduler:
    """Time and what it brings; implements :class:`nfsgw.clock.Clock`.

    :param seed: decides the order of events of one moment.
    :ivar now_ns: since the start of the simulation.
    :ivar world: the life of everything outside the simulated process.
    """

    def __init__(self, seed: str, trace: Trace) -> None:
        self.trace = trace
        self.now_ns = 0
        self.count = 0
        self.ran = 0
        self.world = Life(self, "world")
        self._bits = Random(f"{seed}/ties").getrandbits
        self._wall_ns = START_NS
        self._heap: list[tuple[int, int, int, Event]] = []
        self._buried: list[object] = []

    def seconds(self) -> float:
        """Return the monotonic time."""
        return self.now_ns / 1e9

    def wall_ns(self) -> int:
        """Return the time of files."""
        return self._wall_ns + self.now_ns

    def step_wall(self, seconds: float) -> None:
        """Let somebody set the clock; monotonic time does not notice."""
        self._wall_ns += _ns(seconds)

    def note(self, text: str) -> None:
        """Note something in the trace."""
        self.trace.note(self.now_ns, text)

    def bury(self, remains: T) -> T:
        """Keep what a life has left behind until the run is over; return it.

        Were it dropped, coroutines that wait in it would be closed, and what they do at their end
        would happen although their process is dead.
        """
        self._buried.append(remains)
        return remains

    def push(self, event: Event) -> None:
        """Take an event in, or in anew after its time has changed."""
        heapq.heappush(self._heap, (event.due_ns, self._bits(_TIE_BITS), event.number, event))

    def pending(self) -> list[Event]:
        """Return all events to come, in order."""
        return [
            event
            for due_ns, _, _, event in sorted(self._heap)
            if event.active() and event.due_ns == due_ns
        ]

    def run_until(self, over: Callable[[], bool], limit_s: float) -> bool:
        """Let events happen until ``over()``; say whether that came before ``limit_s`` was over.

        :raises Overrun: there is no end of it.
        """
        limit_ns = self.now_ns + _ns(limit_s)
        heap = self._heap
        note = self.trace.event
        while not over():
            if not heap or heap[0][0] > limit_ns:
                self.now_ns = limit_ns
                return False
            due_ns, _, _, event = heapq.heappop(heap)
            function = event.function
            if function is None or event.due_ns != due_ns:
                continue
            if not event.life.alive:
                self.bury(event)
                continue
            self.now_ns = due_ns
            self.ran += 1
            if self.ran > _EVENTS_MAX:
                raise Overrun(f"{_EVENTS_MAX} events, and no end")
            note(due_ns, event)
            event.function = None
            event.due_ns = -1
            function()
        return True

    def run_for(self, seconds: float) -> None:
        """Let so much time pass."""
        self.run_until(_never, seconds)


def _never() -> bool:
    return False
