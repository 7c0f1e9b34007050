"""Our port mapper, asked by Debian's rpcinfo."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.portmap.namespace import Namespace, on_reactor
from tests.integration.portmap.server import Server

pytestmark = pytest.mark.system

EXPORTS = b"/web *\n"


@on_reactor
async def test_rpcinfo_p(reactor: Any, space: Namespace) -> None:  # noqa: ANN401
    """``rpcinfo -p`` lists the port mapper and MOUNT, by the network and by the local socket."""
    server = Server(reactor, space, EXPORTS)
    for where in ([], ["127.0.0.1"], ["::1"]):
        output, messages, code = await space.run("rpcinfo", "-p", *where)
        assert code == 0, messages
        lines = [line.split() for line in output.splitlines()]
        for version in "234":
            assert ["100000", version, "tcp", "111", "portmapper"] in lines
            assert ["100000", version, "udp", "111", "portmapper"] in lines
        assert ["100005", "3", "tcp", "20048", "mountd"] in lines
        assert ["100005", "1", "udp", "20048", "mountd"] in lines
    await server.stop()


@on_reactor
async def test_rpcinfo_of_one_program(reactor: Any, space: Namespace) -> None:  # noqa: ANN401
    """``rpcinfo -T`` reaches MOUNT through our port mapper on every transport."""
    server = Server(reactor, space, EXPORTS)
    for netid, host in (
        ("tcp", "127.0.0.1"),
        ("udp", "127.0.0.1"),
        ("tcp6", "::1"),
        ("udp6", "::1"),
    ):
        output, messages, code = await space.run("rpcinfo", "-T", netid, host, "mountd", "3")
        assert code == 0, (netid, messages)
        assert "program 100005 version 3 ready and waiting" in output
    output, messages, code = await space.run("rpcinfo", "-T", "tcp", "127.0.0.1", "mountd")
    assert "version 1 ready" in output
    assert "version 3 ready" in output
    _, messages, code = await space.run("rpcinfo", "-T", "tcp", "127.0.0.1", "mountd", "2")
    assert code != 0
    await server.stop()


@on_reactor
async def test_other_reports_of_rpcinfo(reactor: Any, space: Namespace) -> None:  # noqa: ANN401
    """The long list, the short list, the addresses and the statistics come out whole."""
    server = Server(reactor, space, EXPORTS)
    for arguments, expected in (
        ([], "::.78.80"),
        (["-s"], "mountd"),
        (["-s", "127.0.0.1"], "udp6,udp,tcp6,tcp"),
        (["-l", "127.0.0.1", "mountd", "3"], "127.0.0.1.78.80"),
        (["-m", "127.0.0.1"], "PORTMAP (version 2) statistics"),
    ):
        output, messages, code = await space.run("rpcinfo", *arguments)
        assert code == 0, (arguments, messages)
        assert expected in output, (arguments, output)
    await server.stop()


@on_reactor
async def test_rpcinfo_d_cannot_remove_us(reactor: Any, space: Namespace) -> None:  # noqa: ANN401
    """``rpcinfo -d`` by root takes out others' registrations, but not the gateway's."""
    server = Server(reactor, space, EXPORTS)
    _, _, code = await space.run("rpcinfo", "-d", "mountd", "3")
    assert code != 0
    output, _, _ = await space.run("rpcinfo", "-p")
    assert "100005    3   tcp  20048  mountd" in output
    await server.stop()


@on_reactor
async def test_second_address_is_given_to_its_clients(
    reactor: Any,  # noqa: ANN401
    space: Namespace,
) -> None:
    """On a machine with several addresses a client is sent to the one that it asked."""
    await space.run("ip", "addr", "add", "192.0.2.7/24", "dev", "lo")
    server = Server(reactor, space, EXPORTS)
    output, messages, code = await space.run("rpcinfo", "-l", "192.0.2.7", "mountd", "3")
    assert code == 0, messages
    assert "192.0.2.7.78.80" in output
    await server.stop()
