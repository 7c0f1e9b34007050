"""Promises that end by themselves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend.replica.leases import Grant, Lease

TIMES = st.lists(
    st.tuples(st.floats(0, 10), st.floats(0, 10), st.floats(0, 10)), min_size=1, max_size=20
)


def test_lease_counts_from_the_question() -> None:
    """An answer that took long is worth less; an old one that comes late takes nothing away."""
    lease = Lease()
    assert lease.until_s < -1e9
    lease.note(100.0, 5.0)
    assert lease.until_s == 105.0
    lease.note(99.0, 5.0)
    assert lease.until_s == 105.0


def test_grant_runs_a_quarter_longer() -> None:
    """The granter counts from its answer, and longer than the holder."""
    grant = Grant(4.0)
    assert grant.over(0.0)
    assert grant.give(100.0) == 4.0
    assert not grant.over(104.9)
    assert grant.over(105.0)


def test_released_grant_is_over() -> None:
    """A primary that stops in good order keeps nobody waiting."""
    grant = Grant(4.0)
    grant.give(100.0)
    grant.release()
    assert grant.over(100.0)


def test_grant_that_was_forgotten_still_binds() -> None:
    """A brick that starts again does not know what it has promised before."""
    grant = Grant(4.0, since_s=50.0)
    assert not grant.over(54.9)
    assert grant.over(55.0)


@given(times=TIMES)
def test_holder_stops_before_the_granter(times: list[tuple[float, float, float]]) -> None:
    """However long questions and answers take: while the holder counts on it, it is kept."""
    lease, grant = Lease(), Grant(4.0)
    now = 0.0
    for before, there, back in times:
        sent = now = now + before
        now += there
        granted = grant.give(now)
        assert not grant.over(lease.until_s)
        now += back
        lease.note(sent, granted)
        assert not grant.over(lease.until_s)
