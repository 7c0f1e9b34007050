"""Files whose bytes move, and files that are kept still."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend.brick.bytes.stillness import Stillness
from nfsgw.waiting import Wait, step

INODE = 7
OTHER = 8


class Bench:
    """Those who move files or keep them still, until the test ends what they do.

    :ivar at_it: what everybody is doing: ``"moving 7"``.
    """

    def __init__(self) -> None:
        self.stillness = Stillness()
        self.at_it: list[str] = []

    def move(self, inode: int = INODE) -> Wait[None]:
        """Begin to move a file; return what ends it."""
        end: Wait[None] = Wait()

        async def run() -> None:
            async with self.stillness.moving(inode):
                await self._work(f"moving {inode}", end)

        step(run())
        return end

    def keep(self, inode: int = INODE) -> Wait[None]:
        """Begin to keep a file still; return what ends it."""
        end: Wait[None] = Wait()

        async def run() -> None:
            async with self.stillness.still(inode):
                await self._work(f"still {inode}", end)

        step(run())
        return end

    async def _work(self, what: str, end: Wait[None]) -> None:
        self.at_it.append(what)
        self.check()
        try:
            await end
        finally:
            self.at_it.remove(what)

    def check(self) -> None:
        """Check that no file moves while it is kept still, nor is kept still by two."""
        for inode in (INODE, OTHER):
            kept = self.at_it.count(f"still {inode}")
            assert kept <= 1
            assert not (kept and f"moving {inode}" in self.at_it)


def test_several_move_a_file_at_the_same_time() -> None:
    """Writes go side by side."""
    bench = Bench()
    bench.move()
    bench.move()
    assert bench.at_it == ["moving 7", "moving 7"]


def test_file_is_kept_still_when_nobody_moves_it_any_more() -> None:
    """All who have begun end first."""
    bench = Bench()
    ends = [bench.move(), bench.move()]
    bench.keep()
    ends[0].resolve(None)
    assert bench.at_it == ["moving 7"]
    ends[1].resolve(None)
    assert bench.at_it == ["still 7"]


def test_file_moves_again_when_nobody_keeps_it_still() -> None:
    """Those who came meanwhile go on together."""
    bench = Bench()
    end = bench.keep()
    bench.move()
    bench.move()
    assert bench.at_it == ["still 7"]
    end.resolve(None)
    assert bench.at_it == ["moving 7", "moving 7"]


def test_writers_do_not_keep_a_file_moving() -> None:
    """Who comes after the one who wants it still waits for that one."""
    bench = Bench()
    moved = bench.move()
    kept = bench.keep()
    bench.move()
    assert bench.at_it == ["moving 7"]
    moved.resolve(None)
    assert bench.at_it == ["still 7"]
    kept.resolve(None)
    assert bench.at_it == ["moving 7"]


def test_file_is_kept_still_by_one_at_a_time() -> None:
    """Each of them may overwrite bytes."""
    bench = Bench()
    ends = [bench.keep(), bench.keep(), bench.keep()]
    for end in ends:
        assert bench.at_it == ["still 7"]
        end.resolve(None)
    assert bench.at_it == []


def test_other_files_move_meanwhile() -> None:
    """Each file for itself."""
    bench = Bench()
    bench.keep()
    bench.move(OTHER)
    assert bench.at_it == ["still 7", "moving 8"]


def test_failure_lets_go_of_the_file() -> None:
    """Whoever fails keeps nobody waiting."""
    bench = Bench()
    bench.keep().fail(OSError("broken"))
    end = bench.move()
    bench.keep()
    end.fail(OSError("broken"))
    assert bench.at_it == ["still 7"]


def test_mover_begins_and_ends_by_hand() -> None:
    """For what does not fit a block."""
    bench = Bench()
    assert step(bench.stillness.begin(INODE)).done
    bench.keep()
    assert bench.at_it == []
    bench.stillness.end(INODE)
    assert bench.at_it == ["still 7"]
    begun = step(bench.stillness.begin(INODE))
    assert not begun.done


def test_nothing_is_remembered_of_a_file_that_nothing_happens_to() -> None:
    """A brick has very many files."""
    bench = Bench()
    moved = bench.move()
    kept = bench.keep()
    for end in (moved, kept, bench.move(), bench.keep()):
        end.resolve(None)
    assert bench.at_it == []
    assert not any(vars(bench.stillness).values())


@pytest.mark.parametrize("numbers", [1, 2])
@given(seed=st.integers(0, 1 << 32))
def test_everybody_gets_a_turn_whatever_the_order(numbers: int, seed: int) -> None:
    """Movers and keepers in any order: nobody waits for ever."""
    random = Random(seed)
    bench = Bench()
    ends: list[Wait[None]] = []
    for _ in range(random.randrange(30)):
        if ends and random.random() < 0.4:
            ends.pop(random.randrange(len(ends))).resolve(None)
        else:
            begin = random.choice((bench.move, bench.move, bench.keep))
            ends.append(begin(INODE + random.randrange(numbers)))
        bench.check()
    random.shuffle(ends)
    for end in ends:
        end.resolve(None)
        bench.check()
    assert bench.at_it == []
    assert not any(vars(bench.stillness).values())
