"""Calls that are held while a backend cannot serve: for how long, and what ends it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nfsgw.errors import FsCode, FsError
from nfsgw.rpc.holding import Holding
from nfsgw.waiting import Wait, step
from tests.support.surroundings import Time

HOLD_S = 10.0
LATER = FsCode.TRY_LATER
UNKNOWN = FsCode.UNDECIDED


class Bench:
    """A call that is held; it ends as the test says.

    :param ends: of the call, one each time it is repeated; the last one from then on.
    :ivar tried_s: when it was repeated, in seconds since it was first told to wait.
    """

    def __init__(self, *ends: FsCode | str, first: FsCode = LATER) -> None:
        self.time = Time()
        self.ends = list(ends)
        self.tried_s: list[float] = []
        self._began_s = self.time.seconds()
        holding = Holding(HOLD_S, self.time, self.time.call_later)
        self.wait: Wait[str] = step(holding.repeat(self.call, first))

    async def call(self) -> str:
        """End in the next way."""
        self.tried_s.append(self.passed_s)
        end = self.ends.pop(0) if len(self.ends) > 1 else self.ends[0]
        if isinstance(end, FsCode):
            raise FsError(end)
        return end

    @property
    def passed_s(self) -> float:
        """Return the time since the call was first told to wait."""
        return self.time.seconds() - self._began_s

    def run(self, limit_s: float = 1000.0) -> str:
        """Let time pass until the call is over; return its result."""
        while not self.wait.done:
            assert self.passed_s < limit_s, "it never ends"
            assert self.time.step()
        return self.wait.result()


def test_call_is_served_soon_after_the_backend_can() -> None:
    """A failover that takes no time costs a client next to none."""
    bench = Bench("served")
    assert bench.run() == "served"
    assert bench.tried_s == [pytest.approx(0.05)]


def test_pauses_become_longer_but_not_longer_than_a_second() -> None:
    """A backend that is away for long is not asked all the time, nor left alone for long."""
    bench = Bench(*[LATER] * 8, "served")
    assert bench.run() == "served"
    times = [0.0, *bench.tried_s]
    pauses = [after - before for before, after in pairwise(times)]
    assert pauses == pytest.approx([0.05, 0.1, 0.2, 0.4, 0.8, 1, 1, 1, 1], rel=1e-4)


def test_call_without_effect_is_given_back_after_the_limit() -> None:
    """At that very moment it is tried for the last time."""
    bench = Bench(LATER)
    with pytest.raises(FsError) as raised:
        bench.run()
    assert raised.value.code is LATER
    assert bench.passed_s == pytest.approx(HOLD_S)
    assert bench.tried_s[-1] == pytest.approx(HOLD_S)


def test_call_is_served_at_the_last_moment() -> None:
    """The last pause is shorter, so that the limit is neither missed nor passed."""
    bench = Bench(LATER)
    while bench.passed_s < HOLD_S - 0.9:
        bench.time.step()
    bench.ends = ["served"]
    assert bench.run() == "served"
    assert bench.passed_s == pytest.approx(HOLD_S)


@pytest.mark.parametrize("first", [LATER, UNKNOWN])
def test_call_that_may_have_taken_effect_is_never_given_back(first: FsCode) -> None:
    """Whenever it is told so: the client would repeat it as a new call."""
    bench = Bench(*([UNKNOWN] if first is LATER else []), *[LATER] * 100, "served", first=first)
    assert bench.run() == "served"
    assert bench.passed_s > 90


def test_undecided_call_ends_soon_after_somebody_knows() -> None:
    """It is asked for every second, however long that takes."""
    bench = Bench(UNKNOWN, first=UNKNOWN)
    while bench.passed_s < 1000:
        bench.time.step()
    bench.ends = ["served"]
    assert bench.run(2000) == "served"
    assert bench.passed_s < 1002


@pytest.mark.parametrize("first", [LATER, UNKNOWN])
def test_any_other_error_is_an_answer(first: FsCode) -> None:
    """The client gets it at once."""
    bench = Bench(LATER, FsCode.STALE, first=first)
    with pytest.raises(FsError) as raised:
        bench.run()
    assert raised.value.code is FsCode.STALE
    assert len(bench.tried_s) == 2
