"""Calls that we make to others, again and again until they are answered, in the background."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final, Protocol, TypeVar

from nfsgw.nsm.monitors import Blocking
from nfsgw.rpc.client import Caller, Remote
from nfsgw.waiting import Wait, gather, step

__all__ = ["Connect", "Errands", "FindPort", "Outside", "Stopped"]

T = TypeVar("T")

CALL_TIMEOUT_S: Final = 5.0


class Stopped(Exception):
    """The daemon stops; what is under way ends here."""


class Connect(Protocol):
    """Makes RPC clients; ``rpc.outgoing.Outgoing.connect`` is one."""

    async def __call__(
        self,
        transport: str,
        address: str,
        port: int,
        *,
        reserved: bool = False,
        timeout_s: float = 10.0,
    ) -> Caller:
        """Connect over ``"tcp"`` or ``"udp"``; NfsgwError if that cannot be.

        :param reserved: from a port below 1024.
        """


class FindPort(Protocol):
    """Finds programs; ``portmap.lookup.PortLookup.find`` is one."""

    async def __call__(self, address: str, program: int, version: int, transport: str) -> int:
        """Return the port of a program at an address; NfsgwError if there is none.

        At an address of this machine that is the port of the machine's own daemon, not ours.
        """


class Timer(Protocol):
    """A delayed call of the reactor."""

    def cancel(self) -> object:
        """Do not run it."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What NSM asks of the rest of the daemon.

    :param now_s: monotonic seconds.
    :param wall_s: seconds since 1970.
    :param watch: starts a coroutine whose error is logged; the text says what failed.
    :param call_later: ``reactor.callLater``.
    :param blocking: runs a blocking function in a thread.
    :param addresses: returns the addresses of a host name; OSError if nobody can be asked.
    :param local_addresses: returns all addresses of this machine.
    :param rebooted: frees the locks that the host at an address had before it rebooted, given the
        name that it calls itself and its new state number; returns when that is done, or raises
        Unanswered.
    :param expect_change: is told when the local kernel's lock daemon comes or goes.
    :param complain: warns of a peer once: its address, what is wrong, and more about it.
    """

    now_s: Callable[[], float]
    wall_s: Callable[[], float]
    watch: Callable[[Coroutine[Any, Any, object], str], Wait[object]]
    call_later: Callable[[float, Callable[[], None]], Timer]
    blocking: Blocking
    find_port: FindPort
    connect: Connect
    addresses: Callable[[str], Awaitable[Collection[IPv4Address | IPv6Address]]]
    local_addresses: Callable[[], Collection[str]]
    rebooted: Callable[[str, bytes, int], Coroutine[Any, Any, None]]
    expect_change: Callable[[], None]
    complain: Callable[[str, str, object], None]


class Errands:
    """What is under way, so that a stop can end it."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._stopping = False
        self._running: set[Wait[object]] = set()
        self._pauses: set[Wait[None]] = set()

    def start(self, errand: Coroutine[Any, Any, None], what: str) -> None:
        """Start an errand; :class:`Stopped` may end it.

        :param what: for the log, should it fail.
        """
        if self._stopping:
            errand.close()
            return
        wait = self._outside.watch(_unless_stopped(errand), what)
        self._running.add(wait)
        wait.add_callback(lambda: self._running.discard(wait))

    async def sleep(self, seconds: float) -> None:
        """Wait.

        :raises Stopped: the daemon stops.
        """
        pause: Wait[None] = Wait()
        timer = self._outside.call_later(seconds, lambda: pause.resolve(None))
        try:
            await self._until(pause)
        except Stopped:
            timer.cancel()
            raise

    async def wait_for(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Wait for something that a stop must not wait for.

        :raises Stopped: the daemon stops; the coroutine is left to itself.
        """
        running = step(coroutine)
        pause: Wait[None] = Wait()
        running.add_callback(lambda: None if pause.done else pause.resolve(None))
        await self._until(pause)
        return running.result()

    async def call(
        self,
        transport: str,
        address: str,
        port: int,
        remote: Remote,
        arguments: object,
        *,
        reserved: bool = False,
    ) -> None:
        """Call a procedure of somebody else.

        :raises NfsgwError: it was not answered.
        :raises Stopped: the daemon stops.
        """
        client = await self.wait_for(
            self._outside.connect(
                transport, address, port, reserved=reserved, timeout_s=CALL_TIMEOUT_S
            )
        )
        try:
            await self.wait_for(client.call(remote, arguments))
        finally:
            client.close()

    async def stop(self) -> None:
        """End what is under way."""
        self._stopping = True
        for pause in list(self._pauses):
            if not pause.done:
                pause.fail(Stopped())
        await gather(*list(self._running))

    async def _until(self, pause: Wait[None]) -> None:
        if self._stopping:
            raise Stopped
        self._pauses.add(pause)
        try:
            await pause
        finally:
            self._pauses.discard(pause)


async def _unless_stopped(errand: Coroutine[Any, Any, None]) -> None:
    try:
        await errand
    except Stopped:
        return
