"""What the configuration leaves open, decided: standard or high ports, paths, host name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from nfsgw.config.model import Config, ConfigError

__all__ = ["DEFAULT_PATH", "HIGH_PORTS", "STANDARD_PORTS", "Ports", "Settled", "settle"]

DEFAULT_PATH = Path("/etc/nfsgw/nfsgw.toml")

_SOCKET_PATH_BYTES_MAX = 107  # sun_path of unix(7), without its final NUL


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of a gateway; ``portmap`` is 0 where no portmap is served or wanted."""

    nfs: int
    mount: int
    nlm: int
    nsm: int
    portmap: int


STANDARD_PORTS = Ports(2049, 20048, 4045, 4046, 111)
HIGH_PORTS = Ports(12049, 12048, 14045, 14046, 0)


@dataclass(frozen=True, slots=True)
class Settled:
    """A configuration without open choices.

    :param portmap: ``"auto"`` (the system's rpcbind if it runs, else our own), ``"own"``,
        ``"system"`` or ``"none"``.
    """

    config: Config
    name: str
    ports: Ports
    portmap: str
    state: Path
    socket: Path
    exports: Path


def settle(
    config: Config, *, root: bool, hostname: str, home: Path, state: Path | None = None
) -> Settled:
    """Decide what ``config`` leaves open.

    :param root: we may bind ports below 1024 (and write under ``/var/lib``).
    :param home: the user's home directory, for the state of a daemon that is not root's.
    :param state: overrides ``node.state_directory`` (the option ``--state``).
    :raises ConfigError: choices that exclude each other.
    """
    listen = config.listen
    standard = STANDARD_PORTS if root else HIGH_PORTS
    ports = {
        "nfs": listen.nfs_port or standard.nfs,
        "mount": listen.mount_port or standard.mount,
        "nlm": listen.nlm_port or standard.nlm,
        "nsm": listen.nsm_port or standard.nsm,
    }
    portmap = listen.portmap
    if portmap == "auto" and not root:
        portmap = "none"
    where = config.source or "the configuration"
    _check_apart(where, ports)
    if not (listen.tcp or listen.udp):
        raise ConfigError(f"{where}: listen.tcp and listen.udp are both false")
    if config.node.coordinator != "embedded":
        raise ConfigError(
            f'{where}: node.coordinator = "{config.node.coordinator}" is not built yet;'
            ' use "embedded"'
        )
    if set(config.node.roles) != {"gateway", "brick"}:
        raise ConfigError(
            f"{where}: a node with only some roles is not built yet;"
            ' use node.roles = ["gateway", "brick"]'
        )
    if state is None:
        chosen = config.node.state_directory
        usual = Path("/var/lib/nfsgw") if root else home / ".local" / "state" / "nfsgw"
        state = Path(chosen) if chosen else usual
    socket = Path(config.admin.socket) if config.admin.socket else state / "admin.sock"
    if len(str(socket.absolute()).encode()) > _SOCKET_PATH_BYTES_MAX:
        raise ConfigError(
            f"{where}: the admin socket's path is longer than {_SOCKET_PATH_BYTES_MAX} bytes:"
            f" {socket}; set admin.socket to a shorter one"
        )
    port = 0 if portmap in ("none", "system") else listen.portmap_port or STANDARD_PORTS.portmap
    return Settled(
        config=config,
        name=config.node.name or hostname,
        ports=Ports(**ports, portmap=port),
        portmap=portmap,
        state=state.absolute(),
        socket=socket.absolute(),
        exports=Path(config.node.exports).absolute(),
    )


def _check_apart(where: object, ports: Mapping[str, int]) -> None:
    """Refuse one port for two purposes.

    :raises ConfigError: there is one.
    """
    for one, other in combinations(ports, 2):
        if ports[one] == ports[other]:
            raise ConfigError(
                f"{where}: listen.{one}_port and listen.{other}_port are both {ports[one]}"
            )
