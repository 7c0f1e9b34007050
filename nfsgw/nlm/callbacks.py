"""GRANTED: telling a client that the lock which it waited for is its own.

An offer (``backend/locks/api.py``) keeps others out until the client has answered, so the call
is repeated until it has, or until the offer is gone: the client cancelled it, asked for the lock
again and got it, unlocked it, or was rebooted.

A client refuses a lock that it no longer waits for, and that gives the lock to the next one.  But
a client that has the lock refuses as well: it took a GRANTED whose answer was lost, and waits no
longer.  So a refusal counts only if no GRANTED before it can have been taken.  Otherwise the offer
stands: whoever has the lock will unlock it, and whoever does not want it will cancel it.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final, NamedTuple

from twisted.logger import Logger

from nfsgw.backend.locks.api import Locks, Offer
from nfsgw.errors import FsError, NfsgwError
from nfsgw.nlm.dialect import DIALECTS
from nfsgw.nlm.hosts import CallLater, Host, Hosts
from nfsgw.nlm.places import Places
from nfsgw.rpc.client import CallTimeout, ConnectionFailed
from nfsgw.rpc.holding import HELD
from nfsgw.rpc.message import RemoteFault
from nfsgw.rpc.peers import Complaints
from nfsgw.waiting import Wait, step
from nfsgw.xdr.generated import nlm as wire

__all__ = ["Callbacks"]

CALLS_MAX: Final = 1024
CALLS_PER_ADDRESS_MAX: Final = 64
PAUSE_FIRST_S: Final = 1.0
PAUSE_MAX_S: Final = 30.0
TCP_TIMEOUT_S: Final = 5.0
UDP_TIMEOUT_S: Final = 2.0
HEARD_MAX: Final = 16384

_PERHAPS_HEARD: Final = (CallTimeout, ConnectionFailed, RemoteFault)
"""After these a client may have taken a lock.  Other errors say that it was not even asked."""


class _Volume(NamedTuple):
    """A volume whose offers are served.

    :param number: tells it from others, and from itself before it was stopped.
    """

    number: int
    locks: Locks


class _Heard(NamedTuple):
    """What is known of a client's mind about an offer.

    :param answer: what it answered, if the volume has not noted it yet.
    :param doubtful: it may have taken the lock already, without our knowing.
    """

    answer: bool | None = None
    doubtful: bool = False


class _Task:
    """One offer that its client is to be told of."""

    __slots__ = ("heard", "host", "locks", "offer")

    def __init__(self, locks: Locks, offer: Offer, heard: _Heard) -> None:
        self.locks = locks
        self.offer = offer
        self.heard = heard
        callback = offer.callback
        self.host = Host(
            offer.wanted.owner.client.address,
            callback.version,
            callback.transport,
            callback.local_address,
        )


class Callbacks:
    """Calls GRANTED for the offers of all volumes.

    :param complaints: says in the log, once per client, why one cannot be called.
    """

    log = Logger()

    def __init__(self, hosts: Hosts, call_later: CallLater, complaints: Complaints) -> None:
        self._hosts = hosts
        self._call_later = call_later
        self._complaints = complaints
        self._places = Places(CALLS_MAX, CALLS_PER_ADDRESS_MAX)
        self._followed = 0
        self._tasks: dict[tuple[int, int], Wait[None]] = {}
        # Of offers that went away unsettled, as all do between two primaries of a volume.
        self._heard: dict[tuple[int, int], _Heard] = {}
        self._sleeping: dict[Wait[None], Any] = {}
        self._stopping = False
        self.granted = 0
        """Offers that were taken."""
        self.refused = 0
        """Offers that were declined."""
        self.failed = 0
        """GRANTED calls without an answer."""

    @property
    def waiting(self) -> int:
        """Return how many offers wait for their client's answer."""
        return len(self._tasks)

    def follow(self, locks: Locks) -> None:
        """Serve the offers of a volume from now on, until it is stopped."""
        self._followed += 1
        volume = _Volume(self._followed, locks)
        locks.watch(partial(self._offered, volume))

    async def stop(self) -> None:
        """End everything; offers that are not answered stay, and are made again at a start."""
        self._stopping = True
        tasks = list(self._tasks.values())
        sleeping, self._sleeping = self._sleeping, {}
        for wait, timer in sleeping.items():
            timer.cancel()
            wait.resolve(None)
        self._hosts.close()
        for task in tasks:
            await task

    def _offered(self, volume: _Volume, offer: Offer, fresh: bool) -> None:
        """Begin to serve an offer, unless that is being done.

        :param fresh: else another daemon, or another life of this one, may have called for it.
        """
        key = (volume.number, offer.number)
        if key in self._tasks or self._stopping:
            return
        begun: Wait[None] = Wait()
        self._tasks[key] = begun
        task = _Task(volume.locks, offer, self._heard.pop(key, _Heard(doubtful=not fresh)))

        def begin() -> None:
            served = step(self._serve(task))
            served.add_callback(lambda: self._ended(key, task, begun, served))

        # After the end of this turn: the reply BLOCKED to the request itself leaves with it.
        self._sleep(0.0).add_callback(begin)

    def _ended(
        self, key: tuple[int, int], task: _Task, begun: Wait[None], served: Wait[None]
    ) -> None:
        del self._tasks[key]
        if task.heard != _Heard():
            if len(self._heard) >= HEARD_MAX:
                del self._heard[next(iter(self._heard))]
            self._heard[key] = task.heard
        try:
            served.result()
        except Exception:  # noqa: BLE001 - our bug: there is nobody else to tell
            self.log.failure("GRANTED to {client} failed", client=task.host.address)
        begun.resolve(None)

    async def _serve(self, task: _Task) -> None:
        """Call GRANTED until it is answered, or the offer is gone."""
        pause_s = PAUSE_FIRST_S
        while task.heard.answer is None:
            await self._places.enter(task.host.address)
            try:
                if self._open(task):
                    await self._ask(task)
            finally:
                self._places.leave(task.host.address)
            if not self._open(task):
                return
            if task.heard.answer is None:
                await self._sleep(pause_s)
                pause_s = min(2 * pause_s, PAUSE_MAX_S)
        await self._note(task, task.heard.answer)

    def _open(self, task: _Task) -> bool:
        return not self._stopping and task.locks.is_offered(task.offer.number)

    async def _ask(self, task: _Task) -> None:
        """Call GRANTED once, and remember what that tells."""
        host, offer = task.host, task.offer
        dialect = DIALECTS[host.version]
        arguments = dialect.offer(offer.callback, offer.wanted)
        timeout_s = UDP_TIMEOUT_S if host.transport == "udp" else TCP_TIMEOUT_S
        try:
            result = await self._hosts.call(
                host, dialect.granted(host.version), arguments, timeout_s
            )
        except NfsgwError as error:
            self.failed += 1
            if isinstance(error, _PERHAPS_HEARD):
                task.heard = _Heard(doubtful=True)
            if not self._stopping:
                self._complaints.warn(host.address, "NLM GRANTED is not answered", error)
            return
        # Both groups of versions have the same numbers here.
        status = result.stat.stat
        if status == wire.NLM4_GRANTED:
            task.heard = _Heard(True)
        elif status != wire.NLM4_DENIED_GRACE_PERIOD and not task.heard.doubtful:
            task.heard = _Heard(False)

    async def _note(self, task: _Task, accepted: bool) -> None:
        """Tell the volume what the client answered, as soon as it takes notes."""
        while self._open(task):
            try:
                await task.locks.answered(task.offer.number, accepted)
            except FsError as error:
                if error.code not in HELD:
                    raise
                await self._sleep(PAUSE_FIRST_S)
                continue
            task.heard = _Heard()
            if accepted:
                self.granted += 1
            else:
                self.refused += 1
            return

    def _sleep(self, seconds: float) -> Wait[None]:
        wait: Wait[None] = Wait()
        if self._stopping:
            wait.resolve(None)
        else:
            self._sleeping[wait] = self._call_later(seconds, partial(self._wake, wait))
        return wait

    def _wake(self, wait: Wait[None]) -> None:
        del self._sleeping[wait]
        wait.resolve(None)
