"""Listening sockets: opened before anything else speaks, with errors that name the culprit."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Sequence

import psutil

from nfsgw.rpc.addresses import bind_inet
from nfsgw.service.lifecycle import StartError

__all__ = ["SocketPool", "holder_of", "open_socket", "usable_addresses"]

_BACKLOG = 1024


def holder_of(port: int, kind: int) -> str | None:
    """Say which process holds a port, as far as that can be known (root sees all).

    :param kind: ``SOCK_STREAM`` or ``SOCK_DGRAM``.
    """
    try:
        connections = psutil.net_connections("tcp" if kind == socket.SOCK_STREAM else "udp")
    except (psutil.Error, OSError):
        return None
    for connection in connections:
        listening = kind == socket.SOCK_DGRAM or connection.status == psutil.CONN_LISTEN
        if not listening or not connection.laddr or connection.laddr.port != port:
            continue
        if connection.pid is None:
            # Sockets of the kernel itself (nfsd, lockd) belong to no process.
            return "the kernel or another user's process"
        try:
            return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
        except psutil.Error:
            return f"pid {connection.pid}"
    return None


def open_socket(address: str, port: int, kind: socket.SocketKind, purpose: str) -> socket.socket:
    """Bind a non-blocking socket, and listen on it if it is a stream.

    :param purpose: what it is for, in messages (``"NFS"``).
    :raises StartError: it cannot be bound; the text says who holds it and what to do.
    """
    try:
        made = bind_inet(kind, address, port)
        if kind == socket.SOCK_STREAM:
            # Now, not when the server starts: of two daemons one must fail here.
            made.listen(_BACKLOG)
    except OSError as error:
        raise StartError(_explain(error, address, port, kind, purpose)) from error
    return made


def _explain(error: OSError, address: str, port: int, kind: int, purpose: str) -> str:
    transport = "TCP" if kind == socket.SOCK_STREAM else "UDP"
    shown = f"[{address}]" if ":" in address else address
    what = f"{purpose} cannot use {transport} port {port} on {shown}"
    key = f"listen.{purpose.lower()}_port"
    if error.errno == errno.EADDRINUSE:
        holder = holder_of(port, kind)
        who = f"it is held by {holder}" if holder else "another process holds it"
        return f"{what}: {who}. Stop that, or set {key} in nfsgw.toml to a free port"
    if error.errno == errno.EACCES:
        return f"{what}: ports below 1024 need root. Set {key} to a higher one"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{what}: this machine does not have that address. See listen.addresses"
    if isinstance(error, socket.gaierror):
        return f"{what}: that is not a numeric address. See listen.addresses"
    return f"{what}: {error.strerror}"


class SocketPool:
    """Where listening sockets come from: systemd's, if it gave any for a port, else our own.

    :param inherited: open sockets from socket activation; those that nobody asks for are closed
        by :meth:`close_unused`.
    """

    def __init__(self, inherited: Iterable[socket.socket] = ()) -> None:
        self._inherited = list(inherited)

    def open(
        self, addresses: Sequence[str], port: int, kind: socket.SocketKind, purpose: str
    ) -> list[socket.socket]:
        """Return the sockets for one port and transport: one for each address that works.

        An IPv6 wildcard is left out on a machine without IPv6.

        :raises StartError: as :func:`open_socket`.
        """
        given = [
            each
            for each in self._inherited
            if each.type == kind
            and each.family in (socket.AF_INET, socket.AF_INET6)
            and each.getsockname()[1] == port
        ]
        if given:
            for each in given:
                self._inherited.remove(each)
                each.setblocking(False)
            return given
        opened: list[socket.socket] = []
        try:
            for address in usable_addresses(addresses):
                opened.append(open_socket(address, port, kind, purpose))
        except StartError:
            for each in opened:
                each.close()
            raise
        return opened

    def close_unused(self) -> list[str]:
        """Close what systemd gave and nobody wanted; return a description of each."""
        unused = [str(each.getsockname()) for each in self._inherited]
        for each in self._inherited:
            each.close()
        self._inherited.clear()
        return unused


def usable_addresses(addresses: Sequence[str]) -> list[str]:
    """Return the addresses without an IPv6 wildcard that this machine cannot have.

    The default is both wildcards, and a machine without IPv6 must start with it all the same.
    """
    if "::" in addresses and len(addresses) > 1 and not _has_ipv6():
        return [address for address in addresses if address != "::"]
    return list(addresses)


def _has_ipv6() -> bool:
    if not socket.has_ipv6:
        return False
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::", 0))
    except OSError:
        return False
    return True
