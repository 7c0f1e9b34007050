"""Names: netgroups as files write them, and lookups that never hold anybody up."""

from __future__ import annotations

from ipaddress import ip_address

from nfsgw.exports.hosts import parse_client
from nfsgw.exports.names import ClientNames, look_up_names, parse_netgroups
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


def test_client_names_are_kept_for_a_while() -> None:
    """A client's name is looked up once, and again when ten minutes have passed."""
    resolver, clock = FakeResolver(), FakeClock()
    resolver.clients[ADDRESS] = ("a.lan",)
    names = ClientNames(resolver, clock)
    assert names.get(ADDRESS) is None
    assert names.look_up(ADDRESS).done
    assert names.get(ADDRESS) == ("a.lan",)
    clock.now_s += 601
    assert names.get(ADDRESS) is None


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
