"""Clients' lock managers: found once, and again after a failure; connections kept for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from nfsgw.backend.locks.api import Callback, Client, Owner, Wanted
from nfsgw.errors import NfsgwError
from nfsgw.nlm.dialect import DIALECTS
from nfsgw.nlm.hosts import IDLE_MAX, SWEEP_S, Host, Hosts, Unreached
from nfsgw.rpc.client import CallTimeout, ConnectionFailed
from nfsgw.waiting import Wait, result_of, step
from tests.support.lockd import LockManagers
from tests.support.surroundings import Time

HOST = Host("192.0.2.7", 4, "tcp", "192.0.2.1")
_WANTED = Wanted(1, Owner(Client("192.0.2.7", b"a"), 1), 0, 1, True)
_OFFER = DIALECTS[4].offer(Callback(b"fh", b"oh", b"ck", 0, 1, 4, "tcp", "192.0.2.1"), _WANTED)


@dataclass
class _Bench:
    time: Time
    managers: LockManagers
    hosts: Hosts

    def call(self, host: Host = HOST) -> Wait[Any]:
        """Begin a call."""
        remote = DIALECTS[host.version].granted(host.version)
        offer = _OFFER if host.version == 4 else None
        assert offer is not None
        return step(self.hosts.call(host, remote, offer, 5.0))

    def send(self, host: Host = HOST) -> Wait[Wait[Any]]:
        """Begin to send a call."""
        return step(self.hosts.send(host, DIALECTS[4].granted(4), _OFFER, 5.0))

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        until_s = self.time.seconds() + seconds
        while self.time.step(until_s):
            pass
        self.time.now_ns = int(until_s * 1e9)


def bench() -> _Bench:
    """Return hosts over fake lock managers."""
    time = Time()
    managers = LockManagers(time.call_later)
    return _Bench(time, managers, Hosts(managers, managers.connect, time.call_later))


def test_port_is_asked_once() -> None:
    """The second call goes over the same connection."""
    it = bench()
    assert it.call().result().stat.stat == 0
    assert it.call().result().stat.stat == 0
    assert it.managers.asked == [("192.0.2.7", 100_021, 4, "tcp")]
    assert len(it.managers.links) == 1


def test_who_differs_has_a_connection_of_his_own() -> None:
    """Transport and our own address belong to a connection; the port is the transport's."""
    it = bench()
    for host in (
        HOST,
        HOST._replace(transport="udp"),
        HOST._replace(local_address="192.0.2.2"),
        HOST._replace(address="2001:db8::7", local_address="2001:db8::1"),
    ):
        assert it.call(host).result().stat.stat == 0
    assert len(it.managers.links) == 4
    assert len(it.managers.asked) == 3


def test_lost_connection_is_made_again_with_a_new_port() -> None:
    """A rebooted client listens elsewhere: after a failure its port is asked again."""
    it = bench()
    it.call().result()
    it.managers.answers = [ConnectionFailed("reset")]
    it.managers.port = 4002
    with pytest.raises(ConnectionFailed, match="reset"):
        it.call().result()
    assert it.managers.links[0].closed
    it.call().result()
    assert [call.port for call in it.managers.calls] == [4001, 4001, 4002]


def test_known_port_that_is_closed_is_asked_again_at_once() -> None:
    """A connection that was closed for want of use, and a port that has moved meanwhile."""
    it = bench()
    it.call().result()
    it.time.step(it.time.seconds() + SWEEP_S)
    it.time.step(it.time.seconds() + SWEEP_S)
    assert it.managers.links[0].closed
    it.managers.port = 4002
    it.managers.open = lambda port: port == 4002
    it.call().result()
    assert it.managers.calls[-1].port == 4002


@pytest.mark.parametrize("why", ["not registered", "refused"])
def test_unreached(why: str) -> None:
    """Who cannot be found or connected to has certainly not heard the call."""
    it = bench()
    if why == "refused":
        it.managers.open = lambda port: False
    else:
        it.managers.port = 0
    with pytest.raises(Unreached, match=why):
        it.call().result()
    it.managers.open, it.managers.port = lambda port: True, 4001
    assert it.call().result().stat.stat == 0


def test_time_out_is_not_unreached() -> None:
    """Who does not answer may have heard."""
    it = bench()
    it.managers.answers = [None]
    wait = it.call()
    assert it.time.step()
    with pytest.raises(CallTimeout):
        wait.result()


def test_connection_that_others_use_is_closed_later() -> None:
    """A call that times out does not take the others on its connection with it."""
    it = bench()
    it.managers.answers = [None, None]
    slow = it.call()
    it.time.now_ns += 3_000_000_000
    slower = it.call()
    it.time.step(it.time.seconds() + 2.5)
    assert [slow.done, slower.done] == [True, False]
    assert not it.managers.links[0].closed
    it.time.step(it.time.seconds() + 3)
    assert slower.done
    assert it.managers.links[0].closed


def test_idle_connections_are_closed() -> None:
    """A connection that nobody uses goes, one in use stays, and then no timer runs."""
    it = bench()
    it.call().result()
    it.call(HOST._replace(address="192.0.2.8")).result()
    assert it.time.step(it.time.seconds() + SWEEP_S)
    it.call().result()
    assert it.time.step(it.time.seconds() + SWEEP_S)
    assert [link.closed for link in it.managers.links] == [False, True]
    assert it.time.step(it.time.seconds() + SWEEP_S)
    assert [link.closed for link in it.managers.links] == [True, True]
    assert not it.time.step()


def test_connections_are_bounded() -> None:
    """Beyond the bound that which was idle longest gives way; those in use do not count."""
    it = bench()
    it.managers.answers = [None] * 300
    for number in range(300):
        it.call(HOST._replace(address=f"10.2.{number // 256}.{number % 256}"))
    hosts = [HOST._replace(address=f"10.1.{n // 256}.{n % 256}") for n in range(IDLE_MAX + 1)]
    for host in hosts[:-1]:
        it.call(host).result()
    it.call(hosts[0]).result()
    it.call(hosts[-1]).result()
    closed = [link.host for link in it.managers.links if link.closed]
    assert closed == [hosts[1]]
    it.call(hosts[1]).result()
    assert [link.host for link in it.managers.links if link.closed] == hosts[1:3]


def test_send_does_not_wait() -> None:
    """A call that need not be answered has been sent when it returns; no answer is no failure."""
    it = bench()
    it.managers.answers = [None]
    sent = it.send().result()
    assert ([sent.done], len(it.managers.calls)) == ([False], 1)
    assert it.time.step(it.time.seconds() + 5)
    with pytest.raises(CallTimeout):
        sent.result()
    it.call().result()
    assert (len(it.managers.asked), len(it.managers.links)) == (1, 1)


def test_silent_port_is_asked_again_after_a_while() -> None:
    """A client that was rebooted may listen elsewhere, and nobody says that the port is closed."""
    it = bench()
    it.managers.answers = [None] * 100
    for _ in range(12):
        it.send().result()
        it.pass_time(6)
    assert 2 <= len(it.managers.asked) <= 3
    it.managers.answers = []
    for _ in range(12):
        it.send().result()
        it.pass_time(6)
    assert len(it.managers.asked) <= 4


def test_send_over_a_broken_connection() -> None:
    """The next one makes a new connection, and asks for the port."""
    it = bench()
    it.managers.answers = [ConnectionFailed("reset")]
    sent = it.send().result()
    with pytest.raises(ConnectionFailed):
        sent.result()
    assert it.managers.links[0].closed
    assert it.send().result().done
    assert (len(it.managers.asked), len(it.managers.links)) == (2, 2)
    it.managers.port = 0
    with pytest.raises(Unreached):
        it.send(HOST._replace(address="192.0.2.9")).result()


def test_close() -> None:
    """At the end calls under way fail, and no new ones are made."""
    it = bench()
    it.managers.answers = [None]
    wait = it.call()
    it.hosts.close()
    with pytest.raises(ConnectionFailed):
        wait.result()
    with pytest.raises(Unreached):
        it.call().result()
    assert len(it.managers.links) == 1


def test_close_while_connecting() -> None:
    """A connection that comes too late is closed too."""
    time = Time()
    managers = LockManagers(time.call_later)
    opening: Wait[None] = Wait()

    async def connect(host: Host, port: int) -> Any:  # noqa: ANN401 - a link
        await opening
        return await managers.connect(host, port)

    hosts = Hosts(managers, connect, time.call_later)
    wait = step(hosts.call(HOST, DIALECTS[4].granted(4), _OFFER, 5.0))
    hosts.close()
    opening.resolve(None)
    with pytest.raises(NfsgwError):
        wait.result()
    assert managers.links[0].closed


def test_port_mapper_is_asked_for_udp() -> None:
    """The transport of the LOCK is the transport that is looked for."""
    it = bench()
    host = HOST._replace(transport="udp", version=4)
    result_of(it.hosts.call(host, DIALECTS[4].granted(4), _OFFER, 1.0))
    assert it.managers.asked == [("192.0.2.7", 100_021, 4, "udp")]
