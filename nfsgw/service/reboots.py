"""Reboots of clients: what they had locked before is freed, in the order in which they report.

A report concerns all volumes.  On those that are started it takes effect as soon as they can
serve; those that are not hear of it when they come back, which is remembered in memory only.  A
later report of a client takes the place of those that have not taken effect: a client that reboots
again while there is no quorum says so under another state number, and to carry out the report
before that one afterwards would free what the client has locked since.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

from twisted.logger import Logger

from nfsgw.backend.locks.api import Locks
from nfsgw.rpc.holding import Holding
from nfsgw.rpc.program import Unanswered
from nfsgw.waiting import Wait, gather, step

__all__ = ["CALLS_MAX", "MISSED_MAX", "Reboots"]

CALLS_MAX: Final = 256
"""So many reports, of different clients, wait at a time."""
MISSED_MAX: Final = 4096
"""So many clients' reports, the newest, are remembered for each volume that is not started."""


class _Call:
    """A report whose sender waits for its effect.

    :ivar left: the volumes on which it has none yet.
    """

    __slots__ = ("answer", "error", "left", "state")

    def __init__(self, state: int) -> None:
        self.state = state
        self.left: set[int] = set()
        self.error: Exception | None = None
        self.answer: Wait[None] = Wait()

    def end(self) -> None:
        """Let its sender have the answer."""
        if self.error is None:
            self.answer.resolve(None)
        else:
            self.answer.fail(self.error)


class _Queue:
    """What clients at one address have reported and one volume has not taken note of.

    :ivar reports: states by the client's name, in the order in which they came.
    """

    __slots__ = ("done", "reports")

    def __init__(self) -> None:
        self.reports: dict[bytes, int] = {}
        self.done: Wait[None] = Wait()


class Reboots:
    """Frees what clients had locked before they rebooted.

    :param volumes: returns the locks of all volumes by the volumes' ids, None for those that are
        not started.
    :param settled: returns when no LOCK in a volume is under way that a client at an address has
        sent so far.
    """

    log = Logger()

    def __init__(
        self,
        volumes: Callable[[], Mapping[int, Locks | None]],
        settled: Callable[[str, Locks], Coroutine[Any, Any, None]],
        holding: Holding,
    ) -> None:
        self._volumes = volumes
        self._settled = settled
        self._holding = holding
        self._calls: dict[tuple[str, bytes], _Call] = {}
        self._queues: dict[tuple[int, str], _Queue] = {}
        self._missed: dict[int, dict[tuple[str, bytes], int]] = {}
        self._caught_up: dict[int, Locks] = {}
        self._stopping = False

    @property
    def waiting(self) -> int:
        """Return how many reports wait for their effect."""
        return len(self._calls)

    async def rebooted(self, address: str, name: bytes, state: int) -> None:
        """Free what a client had before it rebooted; return when that is done.

        Volumes that are not started are told later, which is not waited for.

        :raises Unanswered: too many wait, or the same client has reported again meanwhile, which
            then goes on instead.
        :raises FsError: IO: a volume's locks cannot be read.
        """
        key = (address, name)
        earlier = self._calls.get(key)
        if self._stopping or (earlier is None and len(self._calls) >= CALLS_MAX):
            raise Unanswered
        call = self._calls[key] = _Call(state)
        try:
            if earlier is not None:
                earlier.answer.fail(Unanswered())
            self._begin(call, address, name)
            await call.answer
        finally:
            if self._calls.get(key) is call:
                del self._calls[key]

    def follow(self) -> None:
        """Forget what is kept for volumes that are gone."""
        volumes = self._volumes()
        for volume_id in self._missed.keys() - volumes.keys():
            del self._missed[volume_id]
        for volume_id, locks in list(self._caught_up.items()):
            if volumes.get(volume_id) is not locks:
                del self._caught_up[volume_id]

    def catch_up(self, volume_id: int, locks: Locks) -> Wait[None]:
        """Tell a volume that has been started what it has missed.

        :returns: done when it has taken note of everything that was reported so far.
        """
        self._tell_missed(volume_id, locks)
        told = [queue.done for (of, _), queue in self._queues.items() if of == volume_id]
        return step(gather(*told))

    def stop(self) -> None:
        """Leave those who wait without an answer; they report again."""
        self._stopping = True
        for call in list(self._calls.values()):
            call.answer.fail(Unanswered())

    def _begin(self, call: _Call, address: str, name: bytes) -> None:
        volumes = self._volumes()
        started = {each: locks for each, locks in volumes.items() if locks is not None}
        for volume_id in volumes.keys() - started.keys():
            self._miss(volume_id, address, name, call.state)
        call.left.update(started)
        if not started:
            call.end()
        for volume_id, locks in started.items():
            # What it has missed came before this.
            self._tell_missed(volume_id, locks)
            self._put(volume_id, address, name, call.state)

    def _miss(self, volume_id: int, address: str, name: bytes, state: int) -> None:
        """Remember a report for a volume that cannot take note of it now."""
        missed = self._missed.setdefault(volume_id, {})
        missed.pop((address, name), None)
        missed[address, name] = state
        if len(missed) > MISSED_MAX:
            del missed[next(iter(missed))]

    def _tell_missed(self, volume_id: int, locks: Locks) -> None:
        """Begin to tell a volume what it has missed, once after each start of it."""
        if self._caught_up.get(volume_id) is locks:
            return
        self._caught_up[volume_id] = locks
        for (address, name), state in self._missed.pop(volume_id, {}).items():
            self._put(volume_id, address, name, state)

    def _put(self, volume_id: int, address: str, name: bytes, state: int) -> None:
        queue = self._queues.get((volume_id, address))
        if queue is not None:
            queue.reports.pop(name, None)
            queue.reports[name] = state
            return
        queue = self._queues[volume_id, address] = _Queue()
        queue.reports[name] = state
        step(self._work(volume_id, address, queue))

    async def _work(self, volume_id: int, address: str, queue: _Queue) -> None:
        """Have a volume take note of one report after the other; nothing is raised."""
        reports = queue.reports
        while reports:
            name, state = next(iter(reports.items()))
            error: Exception | None = None
            try:
                await self._free(volume_id, address, name, reports)
            except Exception as raised:  # noqa: BLE001 - whoever waits for it is told
                error = raised
            if reports.get(name) == state:
                del reports[name]
                self._ended(volume_id, address, name, state, error)
        del self._queues[volume_id, address]
        queue.done.resolve(None)

    async def _free(
        self, volume_id: int, address: str, name: bytes, reports: Mapping[bytes, int]
    ) -> None:
        """Free a client's locks on a volume, unless the report is overtaken by a later one."""
        state = reports[name]

        async def attempt() -> None:
            if self._stopping or reports.get(name) != state:
                return
            volumes = self._volumes()
            locks = volumes.get(volume_id)
            if locks is not None:
                if locks.knows(address):
                    await locks.rebooted(address, name, state)
            elif volume_id in volumes:
                self._miss(volume_id, address, name, state)

        if not self._stopping:
            locks = self._volumes().get(volume_id)
            if locks is not None:
                await self._settled(address, locks)
            await self._holding.run(attempt, patient=True)

    def _ended(
        self, volume_id: int, address: str, name: bytes, state: int, error: Exception | None
    ) -> None:
        if error is not None:
            self._miss(volume_id, address, name, state)
        call = self._calls.get((address, name))
        if call is not None and call.state == state and volume_id in call.left:
            call.error = call.error or error
            call.left.remove(volume_id)
            if not call.left:
                call.end()
        elif error is not None:
            self.log.error(
                "what {client} had locked before it rebooted cannot be freed: {error}",
                client=address,
                error=error,
            )
