"""Registration with Debian's rpcbind, in a network of its own."""

from __future__ import annotations

import itertools
import socket
import subprocess
import time
from typing import Any

import pytest
from twisted.internet.task import deferLater

from nfsgw.limits import Limits
from nfsgw.portmap.displaced import Displaced
from nfsgw.portmap.lookup import NotRegistered, PortLookup
from nfsgw.portmap.registration import (
    Registration,
    find_rpcbind,
    make_entries,
    rpcbind_connector,
)
from nfsgw.rpc.outgoing import Outgoing
from nfsgw.turn import Turn
from nfsgw.waiting import step
from tests.integration.portmap.namespace import Namespace, on_reactor

pytestmark = pytest.mark.system

NETIDS = ("tcp", "udp", "tcp6", "udp6")
ENTRIES = [
    *make_entries(100003, [3], 2049, NETIDS),
    *make_entries(100005, [1, 3], 20048, NETIDS),
]
CHECK_S = 0.3


def start_rpcbind(space: Namespace) -> subprocess.Popen[bytes]:
    """Start rpcbind inside, and wait until it takes connections."""
    process = space.start("rpcbind", "-f")
    for _ in range(200):
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(space.path("/run/rpcbind.sock"))
            except OSError:
                time.sleep(0.02)
            else:
                return process
    raise AssertionError("rpcbind did not start")


def end(process: subprocess.Popen[bytes], space: Namespace) -> None:
    """Kill rpcbind; its socket file stays, as after a crash."""
    process.kill()
    process.wait()


def connector(reactor: Any) -> Any:  # noqa: ANN401 - Twisted's reactor has no one type
    """Return the way to an rpcbind, with xids from 1."""
    turn = Turn(lambda function: reactor.callLater(0, function))
    return rpcbind_connector(reactor, turn, Limits(), itertools.count(1).__next__)


def registration(reactor: Any, space: Namespace) -> Registration:  # noqa: ANN401 - likewise
    """Return a registration at the namespace's rpcbind."""
    place = space.path("/run/rpcbind.sock")
    return Registration(connector(reactor), place, reactor, ENTRIES, check_s=CHECK_S)


async def listed(space: Namespace, *arguments: str) -> list[list[str]]:
    """Return the lines of rpcinfo, as words."""
    output, messages, code = await space.run("rpcinfo", *arguments)
    assert code == 0, messages
    return [line.split() for line in output.splitlines()[1:]]


async def until_registered(reactor: Any, space: Namespace) -> None:  # noqa: ANN401 - likewise
    """Wait until NFS is registered."""
    for _ in range(50):
        if ["100003", "3", "tcp", "2049", "nfs"] in await listed(space, "-p"):
            return
        await deferLater(reactor, 0.1)
    raise AssertionError("not registered in 5 s")


@on_reactor
async def test_registered_while_we_run(reactor: Any, space: Namespace) -> None:  # noqa: ANN401
    """``rpcinfo`` shows NFS and MOUNT on all transports while the gateway runs, and not after."""
    start_rpcbind(space)
    ours = registration(reactor, space)
    await ours.start()
    assert not ours.missing
    by_port = await listed(space, "-p")
    for program, version, port, name in (
        ("100003", "3", "2049", "nfs"),
        ("100005", "1", "20048", "mountd"),
        ("100005", "3", "20048", "mountd"),
    ):
        for protocol in ("tcp", "udp"):
            assert [program, version, protocol, port, name] in by_port
    everything = await listed(space)
    assert ["100003", "3", "tcp6", "::.8.1", "nfs", "superuser"] in everything
    assert ["100003", "3", "udp", "0.0.0.0.8.1", "nfs", "superuser"] in everything
    await ours.stop()
    programs = {line[0] for line in await listed(space, "-p")}
    assert programs == {"100000"}


@on_reactor
async def test_killed_and_restarted_rpcbind_is_told_again(
    reactor: Any,  # noqa: ANN401
    space: Namespace,
) -> None:
    """After rpcbind was killed and started again, clients find NFS there within one check."""
    process = start_rpcbind(space)
    ours = registration(reactor, space)
    await ours.start()
    await until_registered(reactor, space)
    end(process, space)
    await deferLater(reactor, 3 * CHECK_S)
    assert len(ours.missing) == len(ENTRIES)
    start_rpcbind(space)
    await until_registered(reactor, space)
    await ours.check()
    assert not ours.missing
    await ours.stop()


@on_reactor
async def test_left_over_registration_is_replaced(
    reactor: Any,  # noqa: ANN401
    space: Namespace,
) -> None:
    """Another port that a crashed run left with rpcbind is replaced by ours."""
    start_rpcbind(space)
    crashed = Registration(
        connector(reactor),
        space.path("/run/rpcbind.sock"),
        reactor,
        make_entries(100003, [3], 9999, ["tcp", "udp"]),
        check_s=1000,
    )
    await crashed.start()
    assert ["100003", "3", "tcp", "9999", "nfs"] in await listed(space, "-p")
    ours = registration(reactor, space)
    await ours.start()
    ports = {line[3] for line in await listed(space, "-p") if line[0] == "100003"}
    assert ports == {"2049"}
    await crashed.stop()
    await until_registered(reactor, space)
    await ours.stop()


@on_reactor
async def test_rpcbind_is_found(reactor: Any, space: Namespace) -> None:  # noqa: ANN401
    """Start-up tells a serving rpcbind from none, and from a socket file that a dead one left."""
    places = [space.path("/run/rpcbind.sock")]
    assert await find_rpcbind(connector(reactor), places) is None
    process = start_rpcbind(space)
    assert await find_rpcbind(connector(reactor), places) == places[0]
    end(process, space)
    assert await find_rpcbind(connector(reactor), places) is None


@on_reactor
async def test_kernel_takes_our_place_for_a_moment(
    reactor: Any,  # noqa: ANN401
    space: Namespace,
) -> None:
    """A mount on this machine hides our lock manager for a fraction of a second only.

    The kernel's lock daemon unsets 100021 for everybody and sets its own, at the first mount; at
    the last unmount it unsets it once more.
    """
    start_rpcbind(space)
    place = space.path("/run/rpcbind.sock")
    netids = ("tcp", "udp")
    displaced = Displaced()
    ours = Registration(
        connector(reactor),
        place,
        reactor,
        make_entries(100021, [1, 3, 4], 4045, netids),
        check_s=1000,
        displaced=displaced,
    )
    await ours.start()
    kernel = Registration(
        connector(reactor),
        place,
        reactor,
        make_entries(100021, [1, 3, 4], 51201, netids),
        check_s=1000,
    )

    async def ports() -> set[str]:
        return {line[3] for line in await listed(space, "-p") if line[0] == "100021"}

    ours.expect_change()
    await kernel.start()
    await deferLater(reactor, 0.4)
    assert await ports() == {"4045"}
    assert {key: address for key, address in displaced.items() if key[2] == "udp"} == {
        (100021, version, "udp"): "0.0.0.0.200.1" for version in (1, 3, 4)
    }
    for version in "134":
        await space.run("rpcinfo", "-d", "100021", version)
    assert await ports() == set()
    ours.expect_change()
    await deferLater(reactor, 0.4)
    assert await ports() == {"4045"}
    assert displaced[100021, 4, "udp"] == "0.0.0.0.200.1"
    await kernel.stop()
    await ours.stop()


@on_reactor
async def test_ports_are_looked_up(reactor: Any, space: Namespace) -> None:  # noqa: ANN401
    """Debian's rpcbind tells us ports by both families and both transports."""
    start_rpcbind(space)
    ours = registration(reactor, space)
    await ours.start()
    turn = Turn(lambda function: reactor.callLater(0, function))
    outgoing = Outgoing(reactor, turn, Limits(), itertools.count(1).__next__)

    async def connect(*where: Any, **how: Any) -> Any:  # noqa: ANN401 - as Outgoing's
        """Connect in the other network; sockets stay in the one that they were made in."""
        return await space.inside(lambda: step(outgoing.connect(*where, **how)))

    lookup = PortLookup(connect, lambda: (), lambda: None)
    for address in ("127.0.0.1", "::1"):
        for transport in ("tcp", "udp"):
            assert await lookup.find(address, 100003, 3, transport) == 2049
            assert await lookup.find(address, 100005, 1, transport, address) == 20048
            with pytest.raises(NotRegistered):
                await lookup.find(address, 100021, 4, transport)
    await ours.stop()
