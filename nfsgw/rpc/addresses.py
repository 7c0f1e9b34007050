"""Sockets' addresses as the rest of the software sees them, and sockets bound to them."""

from __future__ import annotations

import os
import socket
import stat
import struct
from typing import Any, Final

from nfsgw.rpc.program import Peer

__all__ = [
    "LOCAL",
    "bind_inet",
    "bind_local",
    "local_address",
    "local_peer",
    "plain_address",
    "stream_peer",
]

LOCAL: Final = "local"
"""Stands for the address of a peer on a local socket."""

_MAPPED: Final = "::ffff:"
_UCRED: Final = struct.Struct("3i")


def plain_address(address: str) -> str:
    """Return an address without what only the socket needs.

    IPv4 on an IPv6 socket (``::ffff:192.0.2.1``) is given as IPv4, so that export rules and caches
    see one address per client; the zone of a link-local address is cut off.
    """
    if address.startswith(_MAPPED) and "." in address:
        return address[len(_MAPPED) :]
    return address.partition("%")[0]


def stream_peer(sock: socket.socket) -> Peer:
    """Return who is at the other end of a connected stream socket.

    :raises OSError: the peer is gone already.
    """
    if sock.family == socket.AF_UNIX:
        return local_peer(sock)
    theirs: tuple[Any, ...] = sock.getpeername()
    ours: tuple[Any, ...] = sock.getsockname()
    return Peer(plain_address(theirs[0]), theirs[1], plain_address(ours[0]), ours[1], "tcp")


def local_peer(sock: socket.socket) -> Peer:
    """Return who connected to a local socket, with the user id that the kernel vouches for."""
    raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    _pid, uid, _gid = _UCRED.unpack(raw)
    return Peer(LOCAL, 0, LOCAL, 0, LOCAL, uid)


def bind_inet(kind: socket.SocketKind, host: str, port: int) -> socket.socket:
    """Return a non-blocking TCP or UDP socket bound to an address.

    ``SO_REUSEADDR`` is set: clients expect a restarted server on its old port at once.

    :param kind: ``SOCK_STREAM`` or ``SOCK_DGRAM``.
    :param host: a numeric address.  ``""`` is every address, of IPv6 too where the machine has it;
        ``"0.0.0.0"`` is every IPv4 address.
    :param port: 0 lets the kernel choose.
    :raises OSError: the address is taken, or not ours, or not an address.
    """
    if host == "":
        try:
            return _bind(kind, socket.AF_INET6, "::", port, both=True)
        except OSError:
            # A machine without IPv6; if the port is the trouble, this says so.
            return _bind(kind, socket.AF_INET, "0.0.0.0", port, both=False)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return _bind(kind, family, host, port, both=False)


def _bind(
    kind: socket.SocketKind, family: socket.AddressFamily, host: str, port: int, *, both: bool
) -> socket.socket:
    sock = socket.socket(family, kind)
    try:
        if kind == socket.SOCK_STREAM:
            # On UDP this would let two servers share a port, one of which never hears anything.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if both else 1)
        # Resolves the zone of a link-local address too.
        flags = socket.AI_NUMERICHOST | socket.AI_PASSIVE
        address = socket.getaddrinfo(host, port, family, kind, 0, flags)[0][4]
        sock.bind(address)
        sock.setblocking(False)
    except BaseException:
        sock.close()
        raise
    return sock


def local_address(path: str) -> str:
    """Return the address of a local socket: ``@name`` is the abstract name ``name``."""
    return "\0" + path[1:] if path.startswith("@") else path


def bind_local(path: str, mode: int = 0o666) -> socket.socket:
    """Return a local stream socket bound to ``path``, or to an abstract name (``@name``).

    A socket file that nobody listens on is what a killed process left behind: it is replaced.

    :param mode: permissions of the socket file; who connects is checked per call.
    :raises OSError: somebody listens there, or the path is something else than a socket.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if not path.startswith("@"):
            _remove_stale(path)
        sock.bind(local_address(path))
        if not path.startswith("@"):
            os.chmod(path, mode)
        sock.setblocking(False)
    except BaseException:
        sock.close()
        raise
    return sock


def _remove_stale(path: str) -> None:
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            return
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
        except OSError:
            return
