"""The lock manager and the status monitor, put together with what they need of the daemon."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from ipaddress import ip_address
from typing import Any

from twisted.logger import Logger

from nfsgw.backend.locks.api import Locks
from nfsgw.clock import Clock
from nfsgw.config.settle import Settled
from nfsgw.exports.names import SystemResolver
from nfsgw.exports.table import ExportTable
from nfsgw.nlm import Callbacks, Hosts, Messages, Nlm, connector, nlm_program
from nfsgw.nsm import Nsm, Outside, nsm_program
from nfsgw.portmap.lookup import PortLookup
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.holding import Holding
from nfsgw.rpc.outgoing import Outgoing
from nfsgw.service.portmapping import Portmapping
from nfsgw.service.prometheus import Sample
from nfsgw.service.reboots import Reboots
from nfsgw.service.threads import Threads

__all__ = ["Locking"]


class Locking:
    """NLM and NSM of a gateway.

    :param volumes: returns the locks of all volumes by the volumes' ids, None for those that are
        not started.
    :param local_addresses: returns all addresses of this machine.
    :param root: calls to clients come from ports below 1024.
    """

    log = Logger()

    def __init__(
        self,
        reactor: Any,  # noqa: ANN401 - Twisted's reactor has no one type
        settled: Settled,
        clock: Clock,
        threads: Threads,
        dispatcher: Dispatcher,
        portmapping: Portmapping,
        holding: Holding,
        exports: ExportTable,
        volumes: Callable[[], Mapping[int, Locks | None]],
        local_addresses: Callable[[], list[str]],
        draw_xid: Callable[[], int],
        boot_id: str,
        *,
        root: bool,
    ) -> None:
        self._addresses = settled.config.listen.addresses
        self._dispatcher = dispatcher
        self._volumes = volumes
        self._followed: list[Locks] = []
        turn, limits = dispatcher.turn, dispatcher.limits
        outgoing = Outgoing(reactor, turn, limits, draw_xid)
        lookup = PortLookup(outgoing.connect, local_addresses, portmapping.others)
        hosts = Hosts(
            lookup,
            connector(reactor, turn, limits, draw_xid, reserved=root),
            reactor.callLater,
        )
        complaints = dispatcher.complaints
        self.callbacks = Callbacks(hosts, reactor.callLater, complaints)
        self.messages = Messages(hosts, complaints)
        self._nlm = Nlm(exports, self._locks, holding, self.messages)
        self._reboots = Reboots(volumes, self._nlm.settled, holding)
        resolver = SystemResolver(threads.run)
        self.nsm = Nsm(
            settled.state / "nsm.json",
            boot_id,
            Outside(
                now_s=clock.seconds,
                wall_s=lambda: clock.wall_ns() / 1e9,
                watch=threads.watch,
                call_later=reactor.callLater,
                blocking=threads.run,
                find_port=lookup.find,
                connect=outgoing.connect,
                addresses=resolver.addresses,
                local_addresses=local_addresses,
                rebooted=self._reboots.rebooted,
                expect_change=portmapping.expect_change,
                complain=complaints.warn,
            ),
        )

    async def start(self) -> None:
        """Serve both programs, and begin to offer what clients wait for."""
        if not any(map(_is_local, self._addresses)):
            self.log.info(
                "listen.addresses leaves out 127.0.0.1: mounts of this machine from itself"
                " cannot lock, since its kernel looks for the status monitor there"
            )
        await self.nsm.start()
        self._dispatcher.add(nlm_program(self._nlm))
        self._dispatcher.add(nsm_program(self.nsm))
        self.follow()

    async def stop(self) -> None:
        """End the calls to clients; what they wait for is offered again after the next start."""
        await self.callbacks.stop()
        self._reboots.stop()
        await self.nsm.stop()

    def follow(self) -> None:
        """Offer to clients what they wait for in volumes that have been started meanwhile."""
        self._reboots.follow()
        for volume_id, locks in self._volumes().items():
            if locks is not None and not any(locks is known for known in self._followed):
                # First, so that nothing is offered to who is no more.
                caught_up = self._reboots.catch_up(volume_id, locks)
                caught_up.add_callback(partial(self._offer, volume_id, locks))
        self._followed = self._locks()

    def _offer(self, volume_id: int, locks: Locks) -> None:
        if self._volumes().get(volume_id) is locks:
            self.callbacks.follow(locks)

    def _locks(self) -> list[Locks]:
        """Return the locks of all volumes that are started."""
        return [locks for locks in self._volumes().values() if locks is not None]

    def samples(self) -> list[Sample]:
        """Return metrics of both programs: calls to clients, reboots, this machine's state."""
        callbacks, messages = self.callbacks, self.messages
        counters = {
            "granted": callbacks.granted,
            "refused": callbacks.refused,
            "unanswered": callbacks.failed,
        }
        return [
            ("nfsgw_nlm_offers", "gauge", {}, callbacks.waiting),
            *(
                ("nfsgw_nlm_callbacks_total", "counter", {"answer": answer}, count)
                for answer, count in counters.items()
            ),
            ("nfsgw_nlm_messages_dropped_total", "counter", {}, messages.dropped),
            ("nfsgw_nlm_results_failed_total", "counter", {}, messages.failed),
            ("nfsgw_nlm_messages_unanswered_total", "counter", {}, messages.unanswered),
            ("nfsgw_nsm_state", "gauge", {}, self.nsm.state),
            ("nfsgw_nsm_owed", "gauge", {}, self.nsm.owed),
            ("nfsgw_nsm_refused_total", "counter", {}, self.nsm.refused),
            ("nfsgw_nsm_notices_waiting", "gauge", {}, self._reboots.waiting),
        ]


def _is_local(listening: str) -> bool:
    """Say whether IPv4's loopback reaches a listening address."""
    address = ip_address(listening)
    return address.version == 4 and (address.is_loopback or address.is_unspecified)
