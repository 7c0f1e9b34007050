"""Ports: a taken one is reported with its holder, and systemd's sockets are used first."""

from __future__ import annotations

import os
import socket

import pytest

from nfsgw.service.lifecycle import StartError
from nfsgw.service.ports import SocketPool, holder_of, open_socket, usable_addresses

TCP = socket.SOCK_STREAM
UDP = socket.SOCK_DGRAM


def port_of(made: socket.socket) -> int:
    """Return the port that a socket got."""
    port: int = made.getsockname()[1]
    return port


def test_taken_port_names_its_holder() -> None:
    """A start that finds its port taken says by whom, and what to do."""
    with open_socket("127.0.0.1", 0, TCP, "NFS") as held:
        with pytest.raises(StartError) as caught:
            open_socket("127.0.0.1", port_of(held), TCP, "NFS")
        text = str(caught.value)
    assert f"NFS cannot use TCP port {port_of_text(text)} on 127.0.0.1" in text
    assert f"(pid {os.getpid()})" in text
    assert "listen.nfs_port" in text


def port_of_text(text: str) -> str:
    """Return the port that a message speaks of."""
    return text.split("port ")[1].split()[0]


def test_holder_of_udp_port() -> None:
    """The holder of a UDP port is found too."""
    with open_socket("127.0.0.1", 0, UDP, "NFS") as held:
        assert f"pid {os.getpid()}" in str(holder_of(port_of(held), UDP))


def test_free_port_has_no_holder() -> None:
    """A port that nobody holds has no holder."""
    with open_socket("127.0.0.1", 0, UDP, "NFS") as held:
        port = port_of(held)
    assert holder_of(port, UDP) is None


def test_foreign_address_is_said() -> None:
    """An address that this machine does not have is named."""
    with pytest.raises(StartError, match="does not have that address"):
        open_socket("203.0.113.7", 0, TCP, "NFS")


def test_pool_uses_inherited_sockets() -> None:
    """A socket from systemd for the port and transport is used, others are closed."""
    given = open_socket("127.0.0.1", 0, TCP, "NFS")
    other = open_socket("127.0.0.1", 0, UDP, "NFS")
    pool = SocketPool([given, other])
    assert pool.open(["127.0.0.1"], port_of(given), TCP, "NFS") == [given]
    assert len(pool.close_unused()) == 1
    assert other.fileno() == -1
    given.close()


def test_pool_closes_what_it_opened_before_an_error() -> None:
    """If the second address fails, the first one is not left listening."""
    with open_socket("127.0.0.1", 0, TCP, "NFS") as probe:
        port = port_of(probe)
    with pytest.raises(StartError):
        SocketPool().open(["127.0.0.1", "203.0.113.7"], port, TCP, "NFS")
    open_socket("127.0.0.1", port, TCP, "NFS").close()


def test_name_is_no_address() -> None:
    """A host name where an address should be is said to be one."""
    with pytest.raises(StartError, match="not a numeric address"):
        open_socket("localhost", 0, TCP, "NFS")


def test_machine_without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without IPv6 serves IPv4 with the default addresses; a lone :: stays an error."""
    monkeypatch.setattr(socket, "has_ipv6", False)
    assert usable_addresses(["0.0.0.0", "::"]) == ["0.0.0.0"]
    assert usable_addresses(["::"]) == ["::"]
