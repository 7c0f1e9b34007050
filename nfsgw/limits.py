"""Every bound that a stranger can run into, in one frozen place.

Everything from the network is checked against one of these before it is believed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the network side; ``nfsgw.toml``'s ``[limits]`` may change them.

    Units are the last word of each name.
    """

    transfer_bytes_max: int = field(default=1 << 20, metadata={"least": 4096, "most": 4 << 20})
    """rtmax and wtmax over TCP."""
    udp_transfer_bytes_max: int = field(
        default=32 << 10, metadata={"least": 1024, "most": 56 << 10}
    )
    """rtmax and wtmax over UDP; with its headers it must fit in one datagram of 64 KiB."""
    record_overhead_bytes: int = field(default=4096, metadata={"least": 4096, "most": 1 << 20})
    """A record may be this much longer than the largest transfer."""
    record_fragments_max: int = 256
    """Fragments in one record; more is a peer that wastes our time."""
    record_idle_s: float = 60.0
    """A record that has begun must end within this time."""
    connection_idle_s: float = 3600.0
    """A connection without calls is closed after this time."""
    connections_max: int = 4096
    connections_per_address_max: int = 256
    calls_in_flight_max: int = 1024
    """Per connection: beyond this many unanswered calls we stop reading."""
    calls_in_flight_total_max: int = 16384
    output_bytes_max: int = 8 << 20
    """Per connection: beyond this much unsent output we stop reading."""
    headers_cached_max: int = 4096
    """Distinct call headers (credential + program + procedure) kept decoded."""
    replay_entries_max: int = 16384
    replay_bytes_max: int = 32 << 20
    replay_age_s: float = 600.0
    hold_s: float = 10.0
    """How long a call is held while the backend cannot serve, before JUKEBOX."""
    mount_entries_max: int = 16384
    portmap_entries_max: int = 1024
    handles_cached_max: int = 65536

    @property
    def record_bytes_max(self) -> int:
        """Return the largest record that is believed, on every socket."""
        return self.transfer_bytes_max + self.record_overhead_bytes
