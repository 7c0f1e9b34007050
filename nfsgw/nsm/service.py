"""What the procedures of NSM do."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Final

from twisted.logger import Logger

from nfsgw.nsm.errands import Errands, Outside
from nfsgw.nsm.interests import Interest
from nfsgw.nsm.monitors import Monitors
from nfsgw.nsm.names import NAME_BYTES_MAX, is_plausible
from nfsgw.nsm.news import Herald, KernelNews
from nfsgw.rpc.addresses import LOCAL
from nfsgw.rpc.program import Peer

__all__ = ["Nsm"]

NLM_PROGRAM: Final = 100021
_PRIVILEGED_PORTS_END: Final = 1024


class Nsm:
    """The status monitor of one machine.

    :param file: where the state number and the monitor list are kept.
    :param boot_id: the kernel's id of this boot.
    """

    log = Logger()

    def __init__(self, file: Path, boot_id: str, outside: Outside) -> None:
        self._outside = outside
        self._monitors = Monitors(file, boot_id, outside.wall_s, outside.blocking)
        self._errands = Errands(outside)
        self._herald = Herald(outside, self._errands, self._monitors)
        self._kernel = KernelNews(outside, self._errands, self._monitors)
        self.refused = 0
        """Calls that are for this machine's kernel and came from somebody else."""

    async def start(self) -> None:
        """Read the lists; after a boot, begin to tell those who were monitored before.

        Without a disk to write to nobody can be monitored, but all else goes on.
        """
        try:
            await self._monitors.start()
        except OSError as error:
            self.log.error("the monitor list cannot be saved: {error}", error=error)
        self._herald.start()

    async def stop(self) -> None:
        """End what is under way; who was not told yet is told after the next start."""
        await self._errands.stop()

    @property
    def state(self) -> int:
        """Return this machine's state number."""
        return self._monitors.number

    @property
    def hosts(self) -> int:
        """Return how many hosts the local kernel monitors."""
        return len(self._monitors.interests)

    @property
    def owed(self) -> int:
        """Return how many hosts are still to be told of this machine's reboot."""
        return len(self._monitors.debts)

    def could_monitor(self, peer: Peer, host: bytes) -> bool:
        """Say whether the caller could have a host monitored (STAT)."""
        return self._is_kernel(peer, "STAT") and is_plausible(host)

    async def monitor(self, peer: Peer, interest: Interest, priv: bytes) -> bool:
        """Monitor a host for the local kernel (MON); True once that is durable.

        :param priv: 16 bytes that come back with the news.
        """
        if not self._is_kernel(peer, "MON"):
            return False
        self._outside.expect_change()
        names = is_plausible(interest.host) and is_plausible(interest.my_name)
        numbers = interest.version > 0 and interest.procedure > 0
        if not names or not numbers or interest.program != NLM_PROGRAM:
            self._outside.complain(peer.address, "it asks NSM for what cannot be", interest)
            return False
        try:
            return await self._monitors.add(interest, priv)
        except OSError as error:
            self.log.error("the monitor list cannot be saved: {error}", error=error)
            return False

    async def unmonitor(self, peer: Peer, interest: Interest) -> None:
        """Monitor a host no more (UNMON)."""
        if self._is_kernel(peer, "UNMON"):
            await self._remove([interest])

    async def unmonitor_all(
        self, peer: Peer, my_name: bytes, program: int, version: int, procedure: int
    ) -> None:
        """Monitor nobody any more for one procedure (UNMON_ALL)."""
        if self._is_kernel(peer, "UNMON_ALL"):
            who = (my_name, program, version, procedure)
            await self._remove([each for each in self._monitors.interests if each[1:] == who])

    async def simulate_crash(self, peer: Peer) -> None:
        """Do what a reboot of this machine would do (SIMU_CRASH)."""
        if not self._is_kernel(peer, "SIMU_CRASH"):
            return
        self.log.warn("a crash is simulated: this machine's state number goes up")
        try:
            await self._monitors.begin_anew()
        except OSError as error:
            self.log.error("the monitor list cannot be saved: {error}", error=error)
        self._herald.start()

    async def notify(self, peer: Peer, host: bytes, state: int) -> None:
        """Take note that a host has rebooted (NOTIFY), and return when its locks are free.

        Whatever name it gives, it speaks for the address that it speaks from.

        :raises Unanswered: too many wait, or the host has called again meanwhile.
        """
        if peer.transport == LOCAL or len(host) > NAME_BYTES_MAX:
            return
        self._kernel.take(peer.address, host, state)
        await self._outside.rebooted(peer.address, host, state)

    async def _remove(self, interests: list[Interest]) -> None:
        self._outside.expect_change()
        try:
            await self._monitors.remove(interests)
        except OSError as error:
            self.log.warn("the monitor list was not saved: {error}", error=error)

    def _is_kernel(self, peer: Peer, what: str) -> bool:
        """Say whether a call is from root of this machine, as the kernel's are.

        Over the loopback interface only a port below 1024 proves that.
        """
        if peer.transport == LOCAL:
            trusted = peer.uid == 0
        else:
            loopback = ip_address(peer.address).is_loopback
            trusted = loopback and peer.port < _PRIVILEGED_PORTS_END
        if not trusted:
            self.refused += 1
            self._outside.complain(peer.address, "NSM serves only this machine's kernel", what)
        return trusted
