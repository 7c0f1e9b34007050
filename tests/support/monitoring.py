"""What surrounds a status monitor without sockets: other hosts, name services, this kernel."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any, NamedTuple

from nfsgw.nsm import Nsm, Outside
from nfsgw.portmap.lookup import NotRegistered
from nfsgw.rpc.client import CallTimeout, ConnectionFailed, Remote
from nfsgw.rpc.program import Peer
from nfsgw.waiting import Wait, step
from tests.support.surroundings import Time

__all__ = ["KERNEL", "LOCAL_ADDRESSES", "Called", "Network", "at_once", "stored_nowhere"]

KERNEL = Peer("127.0.0.1", 700, "127.0.0.1", 4046, "udp")
LOCAL_ADDRESSES = ("127.0.0.1", "192.0.2.1")


class Called(NamedTuple):
    """A call that NSM made; ``arguments`` are encoded."""

    transport: str
    address: str
    port: int
    reserved: bool
    program: int
    version: int
    procedure: int
    arguments: bytes


def stored_nowhere() -> Callable[[Callable[[], Any]], Coroutine[Any, Any, None]]:
    """Return a disk for one monitor: nothing is found on it, everything can be written to it."""
    first = [True]

    async def run(function: Callable[[], Any]) -> None:
        if first:
            first.clear()
            raise FileNotFoundError

    return run


async def at_once(function: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it returns
    """Run a blocking function here."""
    return function()


class Network:
    """All that NSM asks of others.

    :ivar ports: what port mappers say, by address, program and transport.
    :ivar deaf: addresses where nobody answers calls.
    :ivar names: addresses by host name; others are unknown to name services that are away.
    :ivar calls: what NSM called, answered or not.
    :ivar rebooted: what it was told: address, name, state.
    :ivar free: is called with that in the end, if a test sets it.
    :ivar no_quorum: while this is set, locks cannot be freed, and calls that would do it wait.
    """

    def __init__(self, time: Time) -> None:
        self.time = time
        self.ports: dict[tuple[str, int, str], int] = {}
        self.deaf: set[str] = set()
        self.names: dict[str, set[str]] = {}
        self.calls: list[Called] = []
        self.connections = 0
        self.rebooted: list[tuple[str, bytes, int]] = []
        self.free: Callable[[str, bytes, int], Coroutine[Any, Any, None]] | None = None
        self.no_quorum: Wait[None] | None = None
        self.complaints: list[tuple[str, str]] = []
        self.expected_changes = 0
        self.errands: list[Wait[object]] = []

    def monitor(
        self,
        file: Path,
        boot: str = "first boot",
        blocking: Callable[[Callable[[], Any]], Any] = at_once,
    ) -> Nsm:
        """Return a status monitor of this machine, not started."""
        return Nsm(file, boot, self.outside(blocking))

    def outside(self, blocking: Callable[[Callable[[], Any]], Any] = at_once) -> Outside:
        """Return what it is given."""
        return Outside(
            now_s=self.time.seconds,
            wall_s=self.time.seconds,
            watch=self._watch,
            call_later=self.time.call_later,
            blocking=blocking,
            find_port=self._find_port,
            connect=self._connect,
            addresses=self._addresses,
            local_addresses=lambda: LOCAL_ADDRESSES,
            rebooted=self._rebooted,
            expect_change=self._expect_change,
            complain=lambda address, kind, detail: self.complaints.append((address, kind)),
        )

    def run(self, seconds: float) -> None:
        """Let time pass."""
        until_s = self.time.seconds() + seconds
        while self.time.step(until_s):
            pass
        self.time.now_ns = int(until_s * 1e9)

    def _watch(self, errand: Coroutine[Any, Any, object], what: str) -> Wait[object]:
        wait = step(errand)
        self.errands.append(wait)
        return wait

    async def _find_port(self, address: str, program: int, version: int, transport: str) -> int:
        try:
            return self.ports[address, program, transport]
        except KeyError:
            raise NotRegistered(address) from None

    async def _connect(
        self,
        transport: str,
        address: str,
        port: int,
        *,
        reserved: bool = False,
        timeout_s: float = 10.0,
    ) -> _Client:
        if transport == "tcp" and address in self.deaf:
            raise ConnectionFailed(address)
        self.connections += 1
        return _Client(self, transport, address, port, reserved)

    async def _addresses(self, name: str) -> Collection[IPv4Address | IPv6Address]:
        if name not in self.names:
            raise OSError("no name service")
        return {ip_address(address) for address in self.names[name]}

    async def _rebooted(self, address: str, name: bytes, state: int) -> None:
        if self.no_quorum is not None:
            await self.no_quorum
        self.rebooted.append((address, name, state))
        if self.free is not None:
            await self.free(address, name, state)

    def _expect_change(self) -> None:
        self.expected_changes += 1


class _Client:
    """A connection of NSM's to somebody."""

    def __init__(
        self, network: Network, transport: str, address: str, port: int, reserved: bool
    ) -> None:
        self._network = network
        self._where = (transport, address, port, reserved)

    async def call(
        self, remote: Remote, arguments: object = None, timeout_s: float | None = None
    ) -> Any:  # noqa: ANN401 - likewise
        """Note a call, and answer it unless the host is deaf."""
        packer = remote.packer()
        remote.encode(packer, arguments)
        what = (remote.program, remote.version, remote.number, bytes(packer.get_buffer()))
        self._network.calls.append(Called(*self._where, *what))
        if self._where[1] in self._network.deaf:
            raise CallTimeout("no reply in time")
        unpacker = remote.unpacker(b"")
        result = remote.decode(unpacker)
        unpacker.done()
        return result

    def close(self) -> None:
        """Count the connection out."""
        self._network.connections -= 1
