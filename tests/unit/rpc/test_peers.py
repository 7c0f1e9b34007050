"""Counts and complaints per address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from twisted.logger import ILogObserver, globalLogPublisher

from nfsgw.limits import Limits
from nfsgw.rpc.peers import LINES_PER_MINUTE_MAX, REMEMBERED_MAX, Census, Complaints
from tests.unit.rpc.fakes import FakeClock


def test_connections_are_limited_per_address_and_in_all() -> None:
    """One address cannot take all connections, and all addresses not more than there are."""
    census = Census(Limits(connections_max=3, connections_per_address_max=2))
    assert [census.admit("a") for _ in range(3)] == [True, True, False]
    assert [census.admit("b"), census.admit("c")] == [True, False]
    census.leave("a")
    assert census.admit("c")
    assert census.total == 3


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    """Return the log events that a test causes."""
    events: list[dict[str, Any]] = []
    observer = cast(ILogObserver, events.append)
    globalLogPublisher.addObserver(observer)
    yield events
    globalLogPublisher.removeObserver(observer)


def test_peer_is_warned_of_once(logged: list[dict[str, Any]]) -> None:
    """A peer that errs a thousand times is one line in the log, per kind of error."""
    complaints = Complaints(FakeClock())
    for _ in range(5):
        complaints.warn("a", "one", "detail")
        complaints.warn("a", "two", "detail")
        complaints.warn("b", "one", "detail")
    assert [(event["client"], event["kind"]) for event in logged] == [
        ("a", "one"),
        ("a", "two"),
        ("b", "one"),
    ]


def test_forged_senders_do_not_fill_the_log(logged: list[dict[str, Any]]) -> None:
    """Beyond 60 lines a minute only their number is logged, by kind, in the minute after."""
    clock = FakeClock()
    complaints = Complaints(clock)
    for number in range(10_000):
        complaints.warn(str(number), "one" if number % 4 else "two", "detail")
    assert len(logged) == LINES_PER_MINUTE_MAX
    clock.now_s += 61
    # It was left out, so it is still the first of its kind.
    complaints.warn("9999", "one", "detail")
    assert len(logged) == LINES_PER_MINUTE_MAX + 2
    assert logged[-2]["count"] == 9940
    assert logged[-2]["kinds"] == "2485 of 'two', 7455 of 'one'"
    assert logged[-1]["client"] == "9999"


def test_peer_that_is_remembered_stays_so(logged: list[dict[str, Any]]) -> None:
    """Of too many the oldest is forgotten, not all: 1,024 in turn are each logged once."""
    clock = FakeClock()
    complaints = Complaints(clock)
    for number in (*range(REMEMBERED_MAX + 1), *range(1, REMEMBERED_MAX + 1)):
        clock.now_s += 2
        complaints.warn(str(number), "one", "detail")
    assert len(logged) == REMEMBERED_MAX + 1
