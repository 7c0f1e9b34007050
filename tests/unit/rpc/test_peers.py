"""Counts and complaints per address."""

from __future__ import annotations

from typing import Any, cast

from twisted.logger import ILogObserver, globalLogPublisher

from nfsgw.limits import Limits
from nfsgw.rpc.peers import Census, Complaints


def test_connections_are_limited_per_address_and_in_all() -> None:
    """One address cannot take all connections, and all addresses not more than there are."""
    census = Census(Limits(connections_max=3, connections_per_address_max=2))
    assert [census.admit("a") for _ in range(3)] == [True, True, False]
    assert [census.admit("b"), census.admit("c")] == [True, False]
    census.leave("a")
    assert census.admit("c")
    assert census.total == 3


def test_peer_is_warned_of_once() -> None:
    """A peer that errs a thousand times is one line in the log, per kind of error."""
    events: list[dict[str, Any]] = []
    observer = cast(ILogObserver, events.append)
    globalLogPublisher.addObserver(observer)
    try:
        complaints = Complaints()
        for _ in range(5):
            complaints.warn("a", "one", "detail")
            complaints.warn("a", "two", "detail")
            complaints.warn("b", "one", "detail")
        assert [(event["client"], event["kind"]) for event in events] == [
            ("a", "one"),
            ("a", "two"),
            ("b", "one"),
        ]
        for number in range(3000):
            complaints.warn(str(number), "one", "detail")
        assert len(complaints._known) <= 1024
    finally:
        globalLogPublisher.removeObserver(observer)
