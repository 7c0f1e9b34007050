"""A brick whose batches are committed by somebody else, and end when told: its role, and its end.

What is the same for a brick that commits by itself is in :mod:`.test_brick`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from nfsgw.backend.brick.applying import apply
from nfsgw.backend.brick.brick import Brick
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.starting import Options, begin_epoch
from nfsgw.backend.brick.store import StoreFailed
from nfsgw.backend.brick.view import Change, Table, View
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait, step
from tests.support.bricks import FSID, Workshop, memory_brick
from tests.support.stores import MemoryStore

KEY = b"some key"
REQUEST = b"client01" + bytes(20)


class ToldCommit:
    """A :class:`nfsgw.backend.brick.commit.Commit` whose batches end when told.

    :ivar batches: all that were begun.
    """

    def __init__(self, store: MemoryStore) -> None:
        self.batches: list[Sequence[Record]] = []
        self._store = store
        self._done: Callable[[StoreFailed | None], None] | None = None

    @property
    def under_way(self) -> bool:
        """Say whether a batch is under way."""
        return self._done is not None

    def begin(self, records: Sequence[Record], done: Callable[[StoreFailed | None], None]) -> None:
        """Begin a batch: this brick's own tables have it at once."""
        assert self._done is None, "two batches at a time"
        self._done = done
        self.batches.append(records)
        self._store.transact(lambda transaction: apply(transaction, records, keep_undo=False))

    def end(self, error: StoreFailed | None = None) -> None:
        """End the batch that is under way."""
        assert self._done is not None
        done, self._done = self._done, None
        done(error)


class Rig:
    """A brick that is primary of a set.

    :ivar failures: what it has failed by.
    """

    def __init__(self, lost: FsCode = FsCode.UNDECIDED, options: Options | None = None) -> None:
        self.shop = Workshop()
        self.store = MemoryStore()
        memory_brick(self.store, self.shop)
        self.commit = ToldCommit(self.store)
        self.failures: list[str] = []
        self.brick = Brick(
            Path("/nowhere"),
            self.store,
            self.store.transact(begin_epoch(FSID, 0, b"1")),
            self.shop.surroundings,
            options or Options(reserve_bytes=0),
            self.commit,
            lost,
            self.failures.append,
        )

    def begin(self, coroutine: Any) -> Wait[Any]:  # noqa: ANN401 - a coroutine of anything
        """Begin something in a turn of its own."""
        with self.shop.turn:
            return step(coroutine)

    def put(
        self, value: bytes = b"value", request: bytes | None = None, early: bool = False
    ) -> Wait[Any]:
        """Begin a change."""
        return self.begin(self.brick.change(put, value, request=request, early=early))

    def get(self) -> Wait[bytes | None]:
        """Begin a look."""
        return self.begin(self.brick.read(get))

    def end(self, error: StoreFailed | None = None) -> None:
        """End the batch under way."""
        with self.shop.turn:
            self.commit.end(error)


def put(change: Change, value: bytes) -> None:
    """Change something."""
    change.put(Table.XATTR, KEY, value)


def get(view: View) -> bytes | None:
    """Look at it."""
    return view.get(Table.XATTR, KEY)


def code_of(wait: Wait[Any]) -> FsCode:
    """Return the error that a call has ended with."""
    with pytest.raises(FsError) as raised:
        wait.result()
    return raised.value.code


# Batches


def test_call_is_answered_when_its_batch_is_over() -> None:
    """Not when this brick's own tables have it."""
    rig = Rig()
    changed, seen = rig.put(), rig.get()
    assert rig.store.tables[Table.XATTR] == {KEY: b"value"}
    assert not changed.done
    assert not seen.done
    rig.end()
    changed.result()
    assert seen.result() == b"value"


def test_one_batch_at_a_time() -> None:
    """What comes meanwhile goes together with the next one, in order."""
    rig = Rig()
    first = rig.brick.sequence
    waits = [rig.put(b"%d" % number) for number in range(5)]
    rig.end()
    assert [wait.done for wait in waits] == [True] + [False] * 4
    rig.end()
    assert all(wait.done for wait in waits)
    assert not rig.commit.under_way
    sequences = [[record.sequence - first for record in batch] for batch in rig.commit.batches]
    assert sequences == [[1], [2, 3, 4, 5]]


@pytest.mark.parametrize("lost", [FsCode.IO, FsCode.UNDECIDED])
def test_batch_that_fails_is_the_end_of_the_brick(lost: FsCode) -> None:
    """Whoever waits is told so: for ever, or until another brick knows."""
    rig = Rig(lost)
    waits = [rig.put(), rig.put(), rig.get()]
    rig.end(StoreFailed("the disk is broken"))
    assert [code_of(wait) for wait in [*waits, rig.put(), rig.get()]] == [lost] * 5
    assert rig.brick.failure == "the disk is broken"
    assert rig.failures == ["the disk is broken"]
    assert len(rig.commit.batches) == 1


# Stepping down


def test_calls_under_way_are_undecided_when_the_role_ends() -> None:
    """The next primary may have their records, or not."""
    rig = Rig()
    changed = rig.put(request=REQUEST)
    seen = rig.get()
    verifier = rig.brick.verifier
    rig.brick.step_down("another brick has taken over")
    assert [code_of(wait) for wait in (changed, seen)] == [FsCode.UNDECIDED] * 2
    assert rig.failures == ["another brick has taken over"]
    assert rig.brick.verifier != verifier


def test_nothing_is_answered_after_the_end() -> None:
    """Neither what is known nor what is new."""
    rig = Rig()
    rig.put(request=REQUEST)
    rig.end()
    rig.brick.step_down("for a test")
    calls = [rig.put(request=REQUEST), rig.put(), rig.get(), rig.begin(rig.brick.committed(1))]
    assert [code_of(call) for call in calls] == [FsCode.UNDECIDED] * 4
    assert len(rig.commit.batches) == 1


@pytest.mark.parametrize("error", [None, StoreFailed("late")])
def test_batch_that_ends_after_the_role_changes_nothing(error: StoreFailed | None) -> None:
    """Its callers have been told, and the commit point stays."""
    rig = Rig()
    changed = rig.put()
    rig.put()
    point = rig.brick.commit_point
    rig.brick.step_down("for a test")
    rig.end(error)
    assert code_of(changed) is FsCode.UNDECIDED
    assert rig.brick.commit_point == point
    assert len(rig.commit.batches) == 1
    assert rig.failures == ["for a test"]


def test_role_ends_once() -> None:
    """The first reason counts."""
    rig = Rig()
    rig.brick.step_down("first")
    rig.brick.step_down("second")
    rig.brick.flush_failed(OSError("third"))
    assert rig.brick.failure == "first"
    assert rig.failures == ["first"]


def test_brick_that_was_closed_tells_to_come_again() -> None:
    """Nothing of a call has happened, and the volume may be started again."""
    rig = Rig()
    rig.begin(rig.brick.close()).result()
    assert [code_of(call) for call in (rig.put(), rig.get())] == [FsCode.TRY_LATER] * 2
    assert rig.failures == []


def test_everything_is_committed_before_it_is_closed() -> None:
    """Also what nobody waits for."""
    rig = Rig(options=Options(reserve_bytes=0, linger_s=60.0))
    rig.put(early=True).result()
    assert rig.commit.batches == []
    closing = rig.begin(rig.brick.close())
    assert rig.commit.under_way
    assert not closing.done
    rig.end()
    closing.result()


def test_end_of_the_role_ends_the_closing() -> None:
    """It would wait for ever."""
    rig = Rig()
    rig.put()
    closing = rig.begin(rig.brick.close())
    rig.brick.step_down("for a test")
    assert code_of(closing) is FsCode.UNDECIDED


def test_failed_brick_is_closed_at_once() -> None:
    """It has nothing to commit, and still says why."""
    rig = Rig()
    rig.put()
    rig.brick.step_down("for a test")
    rig.begin(rig.brick.close()).result()
    assert rig.brick.failure == "for a test"
    assert code_of(rig.get()) is FsCode.UNDECIDED


# Stalled


def test_clients_wait_while_promises_are_over() -> None:
    """Another brick may have become primary; nothing is shown, and nothing begins."""
    rig = Rig()
    rig.put(b"old")
    rig.end()
    rig.brick.stalled = True
    assert code_of(rig.get()) is FsCode.TRY_LATER
    assert code_of(rig.put(b"new", request=REQUEST)) is FsCode.TRY_LATER
    assert len(rig.commit.batches) == 1
    rig.brick.stalled = False
    assert rig.get().result() == b"old"
    rig.put(b"new", request=REQUEST)
    rig.end()
    assert rig.get().result() == b"new"


def test_work_of_its_own_goes_on_while_promises_are_over() -> None:
    """Nobody is told of it, and it ends when its batch does."""
    rig = Rig()
    rig.brick.stalled = True
    changed = rig.put()
    assert rig.commit.under_way
    rig.end()
    changed.result()


def test_known_call_gets_its_answer_though_promises_are_over() -> None:
    """To come later would make it a new call."""
    rig = Rig()
    first = rig.put(b"old", request=REQUEST)
    rig.brick.stalled = True
    second = rig.put(b"new", request=REQUEST)
    assert not second.done
    rig.end()
    first.result()
    second.result()
    assert rig.store.tables[Table.XATTR] == {KEY: b"old"}


def test_failed_brick_says_so_though_promises_are_over() -> None:
    """Then there is more to say than to come later."""
    rig = Rig()
    rig.brick.stalled = True
    rig.brick.step_down("for a test")
    assert [code_of(call) for call in (rig.get(), rig.put(request=REQUEST))] == (
        [FsCode.UNDECIDED] * 2
    )


# Rest


def resting(rig: Rig, held: bool = False) -> Wait[None]:
    """Begin a rest."""
    return rig.begin(rig.brick.rest(held))


def test_no_batch_begins_during_a_rest() -> None:
    """Tables of all bricks stay as they are; what was asked for is done afterwards."""
    rig = Rig()
    resting(rig).result()
    changed = rig.put()
    rig.shop.run_soon()
    assert rig.commit.batches == []
    with rig.shop.turn:
        rig.brick.go_on()
    assert rig.commit.under_way
    rig.end()
    changed.result()


def test_rest_begins_when_the_batch_under_way_is_over() -> None:
    """And the next one, though it is waited for, does not begin."""
    rig = Rig()
    rig.put()
    second = rig.put()
    rest = resting(rig)
    assert not rest.done
    rig.end()
    rest.result()
    assert not rig.commit.under_way
    with rig.shop.turn:
        rig.brick.go_on()
    rig.end()
    second.result()


def test_all_who_want_rest_must_have_had_it() -> None:
    """A brick that joins and one that is compared do not know of each other."""
    rig = Rig()
    rig.put()
    rests = [resting(rig), resting(rig)]
    rig.end()
    assert all(rest.done for rest in rests)
    rig.put()
    with rig.shop.turn:
        rig.brick.go_on()
    assert not rig.commit.under_way
    with rig.shop.turn:
        rig.brick.go_on()
    assert rig.commit.under_way


def test_batch_that_cannot_end_for_now_is_rest_enough() -> None:
    """It waits for a brick that needs a rest to be brought up to date."""
    rig = Rig()
    first, second = rig.put(), rig.put()
    resting(rig, held=True).result()
    rig.end()
    first.result()
    under_way = [bool(rig.commit.under_way)]
    with rig.shop.turn:
        rig.brick.go_on()
    assert [*under_way, bool(rig.commit.under_way)] == [False, True]
    assert not second.done


def test_batch_may_turn_out_not_to_end_for_now() -> None:
    """It was under way when the rest was asked for, and is everywhere now."""
    rig = Rig()
    rig.put()
    rest = resting(rig)
    rig.brick.rested()
    rest.result()
    rig.put()
    rig.end()
    assert not rig.commit.under_way


def test_end_of_the_role_ends_a_rest() -> None:
    """Whoever waits for one, and whoever asks for one later."""
    rig = Rig()
    rig.put()
    rest = resting(rig)
    rig.brick.step_down("for a test")
    assert code_of(rest) is FsCode.UNDECIDED
    assert code_of(resting(rig)) is FsCode.UNDECIDED
