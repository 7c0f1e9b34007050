"""News of reboots, spread: ours to the hosts that our kernel has locks on, others' to our kernel.

Our kernel is called on the loopback address, from a reserved port, since it believes nobody else
(Linux: ``nlm_privileged_requester``).  Other hosts are called by SM_NOTIFY over UDP.
"""

from __future__ import annotations

from collections import deque
from ipaddress import ip_address
from typing import Final

from twisted.logger import Logger

from nfsgw.errors import NfsgwError
from nfsgw.nsm.errands import Errands, Outside
from nfsgw.nsm.interests import Interest
from nfsgw.nsm.monitors import MONITORS_MAX, Debt, Monitors
from nfsgw.nsm.names import numeric_address
from nfsgw.rpc.client import Remote
from nfsgw.rpc.program import Unanswered
from nfsgw.waiting import gather, step
from nfsgw.xdr.generated import sm_inter as wire

__all__ = ["Herald", "KernelNews"]

GIVE_UP_S: Final = 900.0
"""How long hosts are told of our reboot before those who do not answer are forgotten."""
PAUSES_S: Final = (1.0, 60.0)
"""The first and the longest pause before they are told again; it doubles."""
TELLERS: Final = 16
"""So many hosts are told at a time."""
ADDRESSES_MAX: Final = 8
"""So many addresses of one host are tried."""
KERNEL_TRIES: Final = 6
KERNEL_PAUSE_S: Final = 0.5
LOOPBACK: Final = "127.0.0.1"

_NOTIFY: Final = Remote(
    wire.SM_PROG,
    wire.SM_VERS,
    wire.SM_NOTIFY,
    wire.SM_INTERPacker,
    wire.SM_INTERUnpacker,
    wire.SM_INTERPacker.pack_stat_chge,
    lambda unpacker: None,
)


class Herald:
    """Tells the hosts that were monitored before a boot that there was one.

    Addresses of this machine are those of a client of our own gateway, which was this kernel: its
    locks are freed here.
    """

    log = Logger()

    def __init__(self, outside: Outside, errands: Errands, monitors: Monitors) -> None:
        self._outside = outside
        self._errands = errands
        self._monitors = monitors
        self._running = False
        self._freeing: set[Debt] = set()

    def start(self) -> None:
        """Begin to tell everyone to whom it is owed."""
        if not self._running and self._monitors.debts:
            self._running = True
            self._errands.start(self._tell_all(), "telling other hosts of the reboot")

    async def _tell_all(self) -> None:
        try:
            deadline = self._outside.now_s() + GIVE_UP_S
            pause_s, longest_s = PAUSES_S
            while waiting := self._waiting():
                told: list[Debt] = []
                tellers = [self._tell_some(waiting, told) for _ in range(TELLERS)]
                await gather(*map(step, tellers))
                await self._settle(told)
                if not self._waiting():
                    return
                if self._outside.now_s() + pause_s > deadline:
                    await self._give_up()
                    return
                await self._errands.sleep(pause_s)
                pause_s = min(2 * pause_s, longest_s)
        finally:
            self._running = False

    def _waiting(self) -> deque[Debt]:
        return deque(debt for debt in self._monitors.debts if debt not in self._freeing)

    async def _tell_some(self, waiting: deque[Debt], told: list[Debt]) -> None:
        while waiting:
            debt = waiting.popleft()
            if await self._tell(debt):
                told.append(debt)

    async def _tell(self, debt: Debt) -> bool:
        """Tell one host, by whichever of its addresses answers."""
        addresses = await self._errands.wait_for(_addresses_of(self._outside, debt.host))
        local = set(self._outside.local_addresses())
        if any(address in local or _is_loopback(address) for address in addresses):
            self._freeing.add(debt)
            self._errands.start(self._free(debt), "freeing the locks of before the reboot")
            return False
        for address in addresses:
            try:
                port = await self._errands.wait_for(
                    self._outside.find_port(address, wire.SM_PROG, wire.SM_VERS, "udp")
                )
                news = wire.stat_chge(debt.my_name, self._monitors.number)
                await self._errands.call("udp", address, port, _NOTIFY, news)
            except NfsgwError as error:
                self.log.debug(
                    "{host} ({address}) was not told of the reboot: {error}",
                    host=debt.host,
                    address=address,
                    error=error,
                )
            else:
                return True
        return False

    async def _free(self, debt: Debt) -> None:
        """Free what this machine had locked through its own gateway."""
        try:
            number = self._monitors.number
            for address in {LOOPBACK, *self._outside.local_addresses()}:
                await self._free_at(address, debt.my_name, number)
            await self._settle([debt])
        finally:
            self._freeing.discard(debt)

    async def _free_at(self, address: str, name: bytes, number: int) -> None:
        while True:
            try:
                await self._errands.wait_for(self._outside.rebooted(address, name, number))
            except Unanswered:
                # Too many others are at it, or the kernel itself has said so meanwhile.
                await self._errands.sleep(PAUSES_S[0])
            else:
                return

    async def _give_up(self) -> None:
        left = list(self._waiting())
        self.log.warn(
            "{count} hosts did not answer when told of the reboot, {host} among them: locks that"
            " this machine's kernel had on them stay until they are cleared there",
            count=len(left),
            host=left[0].host.decode("ascii", "replace"),
        )
        await self._settle(left)

    async def _settle(self, debts: list[Debt]) -> None:
        if not debts:
            return
        try:
            await self._monitors.settle(debts)
        except OSError as error:
            self.log.warn("the monitor list was not saved: {error}", error=error)


class KernelNews:
    """Tells the local kernel that hosts have rebooted which it monitors.

    One call per host is under way; of news that come meanwhile the latest is told after it.
    """

    log = Logger()

    def __init__(self, outside: Outside, errands: Errands, monitors: Monitors) -> None:
        self._outside = outside
        self._errands = errands
        self._monitors = monitors
        self._heard: dict[Interest, int] = {}
        self._news: dict[Interest, tuple[str, int]] = {}
        self._telling: set[Interest] = set()

    def take(self, address: str, name: bytes, state: int) -> None:
        """Pass on what a host says of itself, to whoever monitors it and does not know it yet.

        :param address: where it says so from: it must be the host's.
        """
        for interest in self._monitors.interests.meant(address, name):
            if self._heard.get(interest) != state:
                self._news[interest] = (address, state)
                if interest not in self._telling:
                    self._telling.add(interest)
                    self._errands.start(self._tell(interest), "telling the kernel of a reboot")

    async def _tell(self, interest: Interest) -> None:
        try:
            while interest in self._news:
                address, state = self._news.pop(interest)
                addresses = await self._errands.wait_for(
                    _addresses_of(self._outside, interest.host)
                )
                if address not in addresses:
                    self._outside.complain(address, "it is not the host that it says", interest)
                elif await self._call(interest, state):
                    if len(self._heard) >= MONITORS_MAX:
                        self._heard.clear()
                    self._heard[interest] = state
        finally:
            self._telling.discard(interest)

    async def _call(self, interest: Interest, state: int) -> bool:
        """Call the kernel until it answers or is not interested any more; say whether it did."""
        pause_s = KERNEL_PAUSE_S
        for _ in range(KERNEL_TRIES):
            priv = self._monitors.interests.get(interest)
            if priv is None:
                return False
            news = wire.status(interest.host, state, priv)
            for transport in ("udp", "tcp"):
                try:
                    await self._call_over(transport, interest, news)
                except NfsgwError as raised:
                    error = raised
                else:
                    return True
            await self._errands.sleep(pause_s)
            pause_s *= 2
        self.log.warn(
            "the local kernel was not told that {host} has rebooted: {error}",
            host=interest.host.decode("ascii", "replace"),
            error=error,
        )
        return False

    async def _call_over(self, transport: str, interest: Interest, news: wire.status) -> None:
        program, version, procedure = interest[2:]
        port = await self._errands.wait_for(
            self._outside.find_port(LOOPBACK, program, version, transport)
        )
        remote = Remote(
            program,
            version,
            procedure,
            wire.SM_INTERPacker,
            wire.SM_INTERUnpacker,
            wire.SM_INTERPacker.pack_status,
            lambda unpacker: None,
        )
        await self._errands.call(transport, LOOPBACK, port, remote, news, reserved=True)


async def _addresses_of(outside: Outside, host: bytes) -> list[str]:
    """Return the addresses of a host, IPv4 first; empty if it is not known now."""
    known = numeric_address(host)
    if known is not None:
        return [known]
    try:
        found = await outside.addresses(host.decode("ascii"))
    except (OSError, UnicodeError):
        return []
    ordered = sorted(found, key=lambda address: (address.version, address.packed))
    return [str(address) for address in ordered[:ADDRESSES_MAX]]


def _is_loopback(address: str) -> bool:
    return ip_address(address).is_loopback
