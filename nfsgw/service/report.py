"""What the daemon says about itself: its state, its metrics, and a dump for diagnosis."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import psutil

from nfsgw import __version__
from nfsgw.admin.api import Record
from nfsgw.clock import Clock
from nfsgw.config.settle import Settled
from nfsgw.service.gateway import Gateway
from nfsgw.service.locks import lock_samples
from nfsgw.service.mountline import libnfs_url, mount_command
from nfsgw.service.prometheus import Sample, exposition, rpc_samples
from nfsgw.service.sethealth import health_samples

__all__ = ["NodeReport"]


class NodeReport:
    """Reports on one daemon; looks at no disk.

    :param volumes: returns all volumes as they are shown (:mod:`nfsgw.service.sethealth`).
    :param locks: returns how many locks they have (``counts`` of :mod:`nfsgw.service.locks`).
    :param state: returns the daemon's state, a word.
    :param hosts: returns how many hosts NSM monitors for the local kernel; None if it does not.
    """

    def __init__(
        self,
        clock: Clock,
        settled: Settled,
        gateway: Gateway,
        volumes: Callable[[], Sequence[Record]],
        locks: Callable[[], Sequence[Record]],
        state: Callable[[], str],
        hosts: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._settled = settled
        self._gateway = gateway
        self._volumes = volumes
        self._locks = locks
        self._state = state
        self._hosts = hosts
        self._started_s = clock.seconds()

    def status(self) -> Record:
        """Return the node's state; ``mount`` says how each volume that is online is mounted."""
        ports = self._settled.ports
        shown = {
            "nfs": ports.nfs,
            "mount": ports.mount,
            "nlm": ports.nlm,
            "nsm": ports.nsm,
        }
        if ports.portmap and self._gateway.portmapping.registered:
            shown["portmap"] = ports.portmap
        return {
            "name": self._settled.name,
            "version": __version__,
            "pid": os.getpid(),
            "state": self._state(),
            "uptime_s": round(self._clock.seconds() - self._started_s, 1),
            "state_directory": str(self._settled.state),
            "ports": shown,
            "portmap": self._gateway.portmapping.state,
            "exports": self._gateway.exports_state,
            "connections": self._gateway.dispatcher.metrics.connections,
            "volumes": list(self._volumes()),
            "locks": list(self._locks()),
            "monitored_hosts": self._hosts(),
            "mount": self.ways_to_mount(),
        }

    def ways_to_mount(self) -> list[Record]:
        """Return how each volume that is online is mounted: by the kernel, and by libnfs."""
        host, ports = self._gateway.host, self._settled.ports
        registered = self._gateway.portmapping.registered
        return [
            {
                "volume": entry["name"],
                "host": host,
                "command": mount_command(host, f"/{entry['name']}", ports, registered=registered),
                "libnfs": libnfs_url(host, f"/{entry['name']}", ports),
            }
            for entry in self._volumes()
            if entry["online"]
        ]

    def mounts(self) -> Sequence[Record]:
        """Return the mount list."""
        listed = [] if self._gateway.mounts is None else self._gateway.mounts.entries()
        return [
            {"host": host, "directory": path.decode("utf-8", "backslashreplace")}
            for host, path in listed
        ]

    def metrics(self) -> str:
        """Return all metrics in Prometheus' text format."""
        process = psutil.Process()
        times = process.cpu_times()
        dispatcher = self._gateway.dispatcher
        uptime_s = round(self._clock.seconds() - self._started_s, 1)
        samples: list[Sample] = [
            ("nfsgw_info", "gauge", {"version": __version__, "node": self._settled.name}, 1),
            ("nfsgw_uptime_seconds", "gauge", {}, uptime_s),
            ("process_cpu_seconds_total", "counter", {}, times.user + times.system),
            ("process_resident_memory_bytes", "gauge", {}, process.memory_info().rss),
            ("process_open_fds", "gauge", {}, process.num_fds()),
        ]
        samples += health_samples(self._volumes())
        samples += lock_samples(self._locks(), self._hosts())
        if self._gateway.locking is not None:
            samples += self._gateway.locking.samples()
        programs = {program.number: program.name for program in dispatcher.programs}
        return exposition(samples + rpc_samples(dispatcher.metrics, programs))

    def dump(self) -> Record:
        """Return everything that helps to see what the daemon is doing."""
        dispatcher = self._gateway.dispatcher
        return {
            "status": dict(self.status()),
            "mounts": list(self.mounts()),
            "calls_in_flight": dispatcher.in_flight,
            "replay_entries": len(dispatcher.replay),
            "rpc": dispatcher.metrics.snapshot(),
        }
