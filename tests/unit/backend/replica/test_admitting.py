"""The last step of a brick that joins: it counts as in sync, or it does not."""

from __future__ import annotations

from typing import Any

from nfsgw.backend.replica.member import Beat
from nfsgw.backend.replica.secondary import Secondary
from nfsgw.waiting import Wait
from tests.unit.backend.replica.set_bench import SetBench


class _Far:
    """A member whose heartbeats are answered when the test says so."""

    held = False

    def __init__(self, member: Secondary) -> None:
        self._member = member
        self.beats: list[Wait[Beat]] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a member has
        return getattr(self._member, name)

    def beat(self, epoch: int) -> Wait[Beat]:
        """Note a heartbeat."""
        if not _Far.held:
            return self._member.beat(epoch)
        wait: Wait[Beat] = Wait()
        self.beats.append(wait)
        return wait


class TestAdmit:
    """The swap that makes a brick count."""

    def test_a_brick_that_is_lost_meanwhile_does_not_come_into_the_record(self) -> None:
        """It would count as in sync, and get nothing."""
        members: list[_Far] = []

        def reach(secondary: Secondary) -> Any:  # noqa: ANN401 - a Member
            members.append(_Far(secondary))
            return members[-1]

        bench = SetBench(reach=reach)
        bench.file()
        other = bench.following.brick
        _Far.held = True
        try:
            with bench.turn:
                bench.set.heal_full(other)
            assert bench.in_sync == (bench.leading.brick,)
            bench.until(lambda: bool(members[-1].beats))
            # It waits for the answer to be admitted.
            bench.primary.exclude(members[-1], "for a test")
        finally:
            _Far.held = False
        with bench.turn:
            for wait in members[-1].beats:
                wait.resolve(Beat(None, 5.0))
        assert bench.in_sync == (bench.leading.brick,)
        bench.until(lambda: len(bench.in_sync) == 2)
        assert len(bench.primary.in_sync) == 1
