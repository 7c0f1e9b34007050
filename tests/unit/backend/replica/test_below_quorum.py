"""A set in which too few bricks are in sync for changes to be accepted."""

from __future__ import annotations

from nfsgw.backend.api import ROOT, Stability
from nfsgw.backend.replica.quorum import QuorumKind
from nfsgw.waiting import step
from tests.unit.backend.replica.set_bench import Place, SetBench

BOTH = (QuorumKind.FIXED, 2)


def lose_other(bench: SetBench) -> Place:
    """Let the secondary fail, for good."""
    other = bench.following
    other.refusal = "its disk was taken out"
    with bench.turn:
        bench.set.heal_full(other.brick)
    assert bench.in_sync == (bench.leading.brick,)
    return other


class TestStop:
    """A stop while nothing can be acknowledged."""

    def test_with_records_that_nobody_waits_for(self) -> None:
        """They are committed at the stop only."""
        bench = SetBench(quorum=BOTH, linger_s=1.0)
        inode = bench.file()
        bench.result(bench.writing(inode, 0, b"unstable", Stability.UNSTABLE))
        lose_other(bench)
        bench.result(bench.set.stop())

    def test_with_a_call_that_waits_for_the_quorum(self) -> None:
        """It is told that nobody knows."""
        bench = SetBench(quorum=BOTH)
        inode = bench.file()
        lose_other(bench)
        waiting = bench.begin(bench.writing(inode, 0, b"stable"))
        bench.pass_time(1)
        assert not waiting.done
        bench.result(bench.set.stop())
        assert waiting.done

    def test_with_a_record_of_a_read(self) -> None:
        """An access time needs a record too."""
        bench = SetBench(quorum=BOTH)
        inode = bench.file()
        lose_other(bench)
        bench.loop.now_s += 100_000
        bench.result(bench.primary.data.read(ROOT, inode, 0, 10))
        bench.result(bench.set.stop())


class TestRest:
    """Work on other bricks while a batch waits for them."""

    def test_a_batch_that_comes_to_rest_meanwhile_is_enough(self) -> None:
        """Else the brick that it waits for could never join."""
        bench = SetBench(quorum=BOTH)
        lose_other(bench)
        waiting = bench.begin(bench.creating(b"new"))

        async def rest() -> None:
            async with bench.primary.at_rest():
                pass

        # The batch is on its way to the disk just now.
        assert not bench.primary.shipping.held
        resting = step(rest())
        assert not resting.done
        bench.until(lambda: resting.done)
        assert not waiting.done

    def test_the_set_is_complete_again_when_the_brick_is_back(self) -> None:
        """Then the call that waited is answered."""
        bench = SetBench(quorum=BOTH)
        other = lose_other(bench)
        waiting = bench.begin(bench.creating(b"new"))
        other.refusal = None
        bench.until(lambda: waiting.done)
        assert len(bench.in_sync) == 2
