"""The tables of ``nfsgw.toml``, one frozen dataclass each; ``conf/nfsgw.toml`` shows them all.

A field's default is the key's default.  ``choices``, ``least`` and ``most`` in a field's metadata
bound its value; :mod:`nfsgw.config.load` checks them.  An empty string or a port 0 means
"choose": :func:`nfsgw.config.settle` does, once it is known whether we are root.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nfsgw.errors import NfsgwError
from nfsgw.limits import Limits

__all__ = ["AdminConfig", "Config", "ConfigError", "ListenConfig", "LogConfig", "NodeConfig"]

_PORT = {"least": 0, "most": 65535}


class ConfigError(NfsgwError):
    """The configuration cannot be used; the text says file, line and what to write instead."""


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """``[node]``: what this machine is in the pool, and where it keeps its state."""

    name: str = ""
    """The machine's name in the pool; empty: its host name."""
    roles: tuple[str, ...] = field(
        default=("gateway", "brick"), metadata={"choices": ("gateway", "brick")}
    )
    state_directory: str = ""
    """Empty: ``/var/lib/nfsgw`` as root, else ``~/.local/state/nfsgw``."""
    exports: str = "/etc/nfsgw/exports"
    """exports(5); if the file does not exist, volumes are exported to this machine only."""
    coordinator: str = field(default="embedded", metadata={"choices": ("embedded", "etcd")})
    drain_s: float = field(default=10.0, metadata={"least": 0, "most": 600})
    """How long a stop waits for the calls under way."""


@dataclass(frozen=True, slots=True)
class ListenConfig:
    """``[listen]``: addresses and ports; they survive a restart, because clients keep them."""

    addresses: tuple[str, ...] = ("0.0.0.0", "::")
    nfs_port: int = field(default=0, metadata=_PORT)
    """0: 2049 as root, else 12049."""
    mount_port: int = field(default=0, metadata=_PORT)
    """0: 20048 as root, else 12048."""
    nlm_port: int = field(default=0, metadata=_PORT)
    """The lock manager; 0: 4045 as root, else 14045."""
    nsm_port: int = field(default=0, metadata=_PORT)
    """The status monitor; 0: 4046 as root, else 14046."""
    portmap_port: int = field(default=0, metadata=_PORT)
    """0: 111; used only where we serve portmap ourselves."""
    portmap: str = field(default="auto", metadata={"choices": ("auto", "own", "system", "none")})
    tcp: bool = True
    udp: bool = True


@dataclass(frozen=True, slots=True)
class AdminConfig:
    """``[admin]``: where the commands reach the daemon, and the metrics' optional TCP port."""

    socket: str = ""
    """Empty: ``admin.sock`` in the state directory."""
    metrics_address: str = "127.0.0.1"
    metrics_port: int = field(default=0, metadata=_PORT)
    """0: metrics are on the admin socket only."""


@dataclass(frozen=True, slots=True)
class LogConfig:
    """``[log]``: the form and the least level of what goes to standard error."""

    format: str = field(default="auto", metadata={"choices": ("auto", "text", "json", "journal")})
    level: str = field(default="info", metadata={"choices": ("debug", "info", "warn", "error")})


@dataclass(frozen=True, slots=True)
class Config:
    """One ``nfsgw.toml``, checked; what is not in the file has its default."""

    node: NodeConfig = field(default_factory=NodeConfig)
    listen: ListenConfig = field(default_factory=ListenConfig)
    admin: AdminConfig = field(default_factory=AdminConfig)
    log: LogConfig = field(default_factory=LogConfig)
    limits: Limits = field(default_factory=Limits)
    source: Path | None = field(default=None, compare=False)
    """The file that it came from; None if there is none."""
