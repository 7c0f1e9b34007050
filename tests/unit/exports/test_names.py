"""Names: netgroups as files write them, and lookups that never hold anybody up."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from nfsgw.exports.hosts import parse_client
from nfsgw.exports.names import ClientNames, SystemResolver, look_up_names, parse_netgroups
from nfsgw.waiting import result_of
from tests.unit.exports.fakes import FakeClock, FakeResolver

ADDRESS = ip_address("10.0.0.1")


def test_netgroups_nest_and_may_form_a_circle() -> None:
    """A netgroup's hosts are those of all groups in it; a circle of groups does no harm."""
    data = b"""# hosts
one (a,,) two \\
    (b.example.org, user, domain)
two\t(c,-,-) ( d , , ) one three
three (-,joe,) (,joe,)
"""
    assert parse_netgroups(data, "one") == frozenset({"a", "b.example.org", "c", "d"})
    assert parse_netgroups(data, "three") == frozenset()
    assert parse_netgroups(data, "four") is None
    circle = b"a b\nb c (h,,)\nc b\n"
    assert parse_netgroups(circle, "a") == frozenset({"h"})


def test_names_in_rules_become_addresses() -> None:
    """Hosts and members of netgroups are known by address before anybody calls."""
    resolver = FakeResolver()
    resolver.hosts = {"a": {ADDRESS}, "m": {ip_address("10.0.0.2")}}
    resolver.groups = {"g": ["m", "10.0.0.3", "gone"]}
    clients = [parse_client(text) for text in ("a", "b", "@g", "@none", "10.0.0.9", "*")]
    known, missing = result_of(look_up_names(resolver, clients, frozenset()))
    assert known.hosts == {"a": {ADDRESS}, "b": frozenset()}
    assert known.netgroups["g"] == {ip_address("10.0.0.2"), ip_address("10.0.0.3")}
    assert missing == ("@none", "b")


def test_client_names_are_kept_and_renewed_behind_the_scenes() -> None:
    """A client's name is looked up once; ten minutes later again, while the old one holds."""
    resolver, clock = FakeResolver(), FakeClock()
    resolver.clients[ADDRESS] = ("a.lan",)
    names = ClientNames(resolver, clock)
    assert names.get(ADDRESS) is None
    assert names.look_up(ADDRESS).done
    assert names.get(ADDRESS) == ("a.lan",)
    clock.now_s += 601
    resolver.at_once = False
    resolver.clients[ADDRESS] = ("b.lan",)
    assert names.get(ADDRESS) == ("a.lan",)
    assert len(resolver.waiting) == 1
    resolver.answer()
    assert names.get(ADDRESS) == ("b.lan",)


def test_name_server_that_is_away_takes_nobody_off_the_list() -> None:
    """While DNS is down, clients that were known by name stay known."""
    resolver, clock = FakeResolver(), FakeClock()
    resolver.hosts = {"a": {ADDRESS}}
    resolver.groups = {"g": ["a"]}
    resolver.clients[ADDRESS] = ("a.lan",)
    clients = [parse_client("a"), parse_client("@g")]
    names = ClientNames(resolver, clock)
    names.look_up(ADDRESS)
    before, _ = result_of(look_up_names(resolver, clients, frozenset()))
    resolver.down = True
    after, missing = result_of(look_up_names(resolver, clients, frozenset(), before))
    assert (after, missing) == (before, ())
    clock.now_s += 601
    assert [names.get(ADDRESS), names.get(ADDRESS)] == [("a.lan",), ("a.lan",)]
    resolver.down = False
    resolver.hosts = {}
    after, missing = result_of(look_up_names(resolver, clients, frozenset(), after))
    assert missing == ("@g", "a"), "a name that is really gone"


def test_known_clients_are_bounded() -> None:
    """Of very many clients the longest known are forgotten first."""
    names = ClientNames(FakeResolver(), FakeClock())
    for number in range(5000):
        names.look_up(ip_address(number))
    assert names.get(ip_address(0)) is None
    assert names.get(ip_address(4999)) == ()
    assert len(names._known) == 4096


def test_many_strangers_do_not_start_endless_lookups() -> None:
    """Calls from thousands of unknown addresses keep a bounded number of lookups busy."""
    resolver = FakeResolver()
    resolver.at_once = False
    names = ClientNames(resolver, FakeClock())
    for number in range(1000):
        names.look_up(ip_address(number))
    assert len(resolver.waiting) == 64
    again = names.look_up(ip_address(3))
    assert len(resolver.waiting) == 64
    assert not again.done
    resolver.answer()
    assert again.done


async def at_once(function: Callable[[], Any]) -> Any:  # noqa: ANN401 - the function's own
    """Run a blocking function here instead of in a thread."""
    return function()


def test_system_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own names resolve; "no such name" and "ask again later" are told apart."""
    resolver = SystemResolver(at_once, tmp_path / "netgroup")
    assert ip_address("127.0.0.1") in result_of(resolver.addresses("localhost"))
    assert "localhost" in result_of(resolver.names(ip_address("127.0.0.1")))
    assert result_of(resolver.addresses("a..b")) == frozenset()

    def fail(*arguments: object, **named: object) -> None:
        raise socket.gaierror(error, "as the test says")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    error = socket.EAI_NONAME
    assert result_of(resolver.addresses("x")) == frozenset()
    error = socket.EAI_AGAIN
    with pytest.raises(OSError, match="as the test says"):
        result_of(resolver.addresses("x"))


def test_system_netgroups(tmp_path: Path) -> None:
    """Netgroups come from the file; one that nobody knows is none."""
    resolver = SystemResolver(at_once, tmp_path / "netgroup")
    assert result_of(resolver.netgroup("nfsgw-none")) is None
    (tmp_path / "netgroup").write_text("staff (a,,) (b,,)\n")
    assert result_of(resolver.netgroup("staff")) == frozenset({"a", "b"})
    assert result_of(resolver.netgroup("--help")) is None
