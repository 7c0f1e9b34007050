"""Batches on their way to all bricks."""

from __future__ import annotations

from typing import Any

from nfsgw.backend.replica.calls import failed_wait
from nfsgw.backend.replica.member import MemberFailed
from nfsgw.backend.replica.secondary import Secondary
from tests.unit.backend.replica.set_bench import SetBench


class _Failing:
    """A member that refuses records at once, from some time on."""

    refuses = False

    def __init__(self, member: Secondary) -> None:
        self._member = member

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a member has
        if name == "append" and self.refuses:
            return lambda *args: failed_wait(MemberFailed("for a test"))
        return getattr(self._member, name)


def test_member_that_fails_at_once_does_not_make_a_batch_pass() -> None:
    """The last other brick is dropped before this brick's own commit has begun."""
    members: list[_Failing] = []

    def reach(secondary: Secondary) -> Any:  # noqa: ANN401 - a Member
        members.append(_Failing(secondary))
        return members[-1]

    bench = SetBench(reach=reach)
    for member in members:
        member.refuses = True
    waiting = bench.begin(bench.creating(b"new"))
    assert bench.in_sync == (bench.leading.brick,)
    assert bench.leading.store.writing
    assert not waiting.done
    bench.until(lambda: waiting.done)
    waiting.result()
