"""A brick on a store whose commits end when told to: who sees what, who waits, what survives."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from nfsgw.backend.api import ROOT, CreateMode, DirectoryChanged, Found, Made, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.brick import Brick
from nfsgw.backend.brick.check import check_view
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.replies import ReplyBounds
from nfsgw.backend.brick.schema import pack_time
from nfsgw.backend.brick.starting import Options
from nfsgw.backend.brick.view import Change, Table, View
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait, result_of, step
from tests.support.bricks import FSID, Workshop, memory_brick
from tests.support.stores import MemoryStore

KEY = b"some key"


class Rig:
    """A brick whose commits are held."""

    def __init__(self, held: bool = True, options: Options | None = None) -> None:
        self.options = options
        self.workshop = Workshop()
        self.store = MemoryStore()
        self.brick = memory_brick(self.store, self.workshop, options)
        self.store.held = held
        self.requests = 0

    def request(self) -> bytes:
        """Return a new request id."""
        self.requests += 1
        return b"client01" + self.requests.to_bytes(20, "big")

    def run(self, start: Callable[[], Any]) -> Wait[Any]:
        """Start a coroutine in a turn of its own."""
        with self.workshop.turn:
            return step(start())

    def create(self, name: bytes, request: bytes | None = None) -> Wait[Made]:
        """Start a CREATE."""
        return self.run(lambda: self.creating(name, request))

    def creating(self, name: bytes, request: bytes | None = None) -> Any:  # noqa: ANN401
        """Return a coroutine that creates a file, guarded."""
        return self.brick.change(
            operations.create,
            ROOT,
            1,
            name,
            CreateMode.GUARDED,
            NewAttributes(),
            None,
            request=request,
        )

    def lookup(self, name: bytes) -> Wait[Found]:
        """Start a LOOKUP."""
        return self.run(lambda: self.brick.read(operations.lookup, ROOT, 1, name))

    def writing(self) -> bool:
        """Say whether a commit is under way."""
        return self.store.writing

    def complete(self) -> None:
        """Let the commit under way end."""
        with self.workshop.turn:
            self.store.complete()

    def restart(self, start_id: bytes = b"2") -> None:
        """Crash: what the store has not committed is gone."""
        self.store = MemoryStore(of=self.store)
        self.brick = memory_brick(self.store, self.workshop, self.options, start_id)
        self.store.held = True


def put(change: Change, value: bytes) -> bytes:
    """Set a key: the smallest operation that changes something."""
    change.put(Table.XATTR, KEY, value)
    return value


def get(view: View) -> bytes | None:
    """Read that key."""
    return view.get(Table.XATTR, KEY)


def code_of(wait: Wait[Any]) -> FsCode:
    """Return the error that a call has ended with."""
    with pytest.raises(FsError) as raised:
        wait.result()
    return raised.value.code


def test_change_is_answered_when_it_is_committed() -> None:
    """An answer means that the change is on the disk."""
    rig = Rig()
    made = rig.create(b"a")
    assert rig.store.writing
    assert not made.done
    rig.complete()
    assert made.result().inode == 2


def test_read_of_an_uncommitted_change_waits_for_it() -> None:
    """Nobody is shown what a crash could still take back."""
    rig = Rig()
    rig.create(b"a")
    found = rig.lookup(b"a")
    other = rig.run(lambda: rig.brick.read(get))
    assert not found.done
    assert other.done
    rig.complete()
    assert found.result().inode == 2


def test_error_that_shows_an_uncommitted_change_waits_too() -> None:
    """EEXIST is not answered while the existing file could still vanish."""
    rig = Rig()
    rig.create(b"a")
    second = rig.create(b"a")
    assert not second.done
    rig.complete()
    assert code_of(second) is FsCode.EXIST


def test_what_queues_during_a_commit_goes_with_the_next_one() -> None:
    """Group commit: many changes share one fsync."""
    rig = Rig()
    before = rig.store.commits
    waits = [rig.create(b"%d" % n) for n in range(20)]
    rig.complete()
    assert [wait.done for wait in waits] == [True] + [False] * 19
    rig.complete()
    assert all(wait.done for wait in waits)
    assert rig.store.commits == before + 2
    assert not rig.store.writing


def test_one_turn_is_one_commit() -> None:
    """All changes of one received buffer are committed together."""
    rig = Rig(held=False)
    before = rig.store.commits
    with rig.workshop.turn:
        waits = [step(rig.creating(b"%d" % n)) for n in range(32)]
        assert not any(wait.done for wait in waits)
    assert all(wait.done for wait in waits)
    assert rig.store.commits == before + 1


def test_keys_stay_pending_while_a_later_record_has_them() -> None:
    """A commit removes from the view only what nothing newer has changed."""
    rig = Rig()
    rig.run(lambda: rig.brick.change(put, b"1"))
    rig.run(lambda: rig.brick.change(put, b"2"))
    rig.complete()
    read = rig.run(lambda: rig.brick.read(get))
    assert not read.done
    rig.complete()
    assert read.result() == b"2"
    after = rig.run(lambda: rig.brick.read(get))
    assert after.result() == b"2"


def test_retransmission_gets_the_first_answer_and_no_second_effect() -> None:
    """A repeated REMOVE says what the first one said, not NOENT."""
    rig = Rig(held=False)
    rig.create(b"a")
    request = rig.request()

    def remove() -> Any:  # noqa: ANN401
        return rig.brick.change(operations.remove, ROOT, 1, b"a", request=request)

    first = rig.run(remove).result()
    sequence = rig.brick.sequence
    again = rig.run(remove).result()
    assert again == first
    assert type(again) is DirectoryChanged
    assert rig.brick.sequence == sequence


def test_duplicate_of_an_uncommitted_change_waits_for_it() -> None:
    """The duplicate of a call in progress is answered with it, not before."""
    rig = Rig()
    request = rig.request()
    first = rig.create(b"a", request)
    second = rig.create(b"a", request)
    assert not second.done
    rig.complete()
    assert second.result() == first.result()


def test_first_answer_survives_a_crash() -> None:
    """A client that never heard the answer gets it from the restarted server."""
    rig = Rig()
    request = rig.request()
    first = rig.create(b"a", request)
    rig.complete()
    rig.restart()
    again = rig.create(b"a", request)
    assert again.result() == first.result()


@pytest.mark.parametrize("reached_disk", [False, True])
def test_crash_between_commits_keeps_all_or_nothing(reached_disk: bool) -> None:
    """Whatever the moment of the crash, answered changes are there and the brick is sound."""
    rig = Rig()
    answered = rig.create(b"answered", rig.request())
    rig.complete()
    assert answered.done
    under_way = rig.request()
    unanswered = rig.create(b"under way", under_way)
    queued = rig.create(b"queued")
    if reached_disk:
        rig.store.reach_disk()
    rig.restart()
    assert not unanswered.done
    assert not queued.done
    assert rig.lookup(b"answered").result().inode == 2
    if reached_disk:
        assert rig.lookup(b"under way").result().inode == 3
        assert rig.create(b"under way", under_way).result().inode == 3
    else:
        assert code_of(rig.lookup(b"under way")) is FsCode.NOENT
    assert code_of(rig.lookup(b"queued")) is FsCode.NOENT
    snapshot = rig.store.snapshot()
    assert check_view(snapshot, FSID).findings == []


def test_failed_commit_fails_everyone_who_waits_and_stops_the_brick() -> None:
    """After a failed commit nothing is built on values that may not exist."""
    rig = Rig()
    verifier = rig.brick.verifier
    first, reader = rig.create(b"a"), rig.lookup(b"a")
    queued = rig.create(b"b")
    with rig.workshop.turn:
        rig.store.fail()
    assert [code_of(wait) for wait in (first, reader, queued)] == [FsCode.IO] * 3
    assert code_of(rig.lookup(b"a")) is FsCode.IO
    assert code_of(rig.create(b"c")) is FsCode.IO
    assert not rig.store.writing
    assert rig.brick.verifier != verifier
    rig.restart()
    assert code_of(rig.lookup(b"a")) is FsCode.NOENT


def test_failed_fsync_of_data_fails_the_brick() -> None:
    """A client learns from the verifier that its UNSTABLE data may be lost."""
    rig = Rig()
    verifier = rig.brick.verifier
    waiting = rig.create(b"a")
    rig.brick.flush_failed(OSError(5, "Input/output error"))
    assert code_of(waiting) is FsCode.IO
    assert rig.brick.verifier != verifier
    with rig.workshop.turn:
        rig.store.complete()
    assert rig.brick.failure is not None


def test_failure_found_by_one_waiter_does_not_take_back_what_is_committed() -> None:
    """Whoever's change is on the disk hears so, even if the brick fails in the same moment."""
    rig = Rig()

    async def change_and_fail() -> None:
        await rig.brick.change(put, b"1")
        rig.brick.flush_failed(OSError(5, "Input/output error"))

    with rig.workshop.turn:
        first, second = step(change_and_fail()), step(rig.creating(b"a"))
    rig.complete()
    assert first.done
    assert second.result().inode == 2


def test_verifier_is_of_the_start() -> None:
    """A restarted server never has the verifier of an earlier start."""
    rig = Rig()
    verifiers = {rig.brick.verifier}
    for _ in range(3):
        rig.restart(b"same")
        verifiers.add(rig.brick.verifier)
    assert len(verifiers) == 4
    assert len(rig.brick.verifier) == 8


def test_early_change_is_answered_at_once_and_shown() -> None:
    """UNSTABLE writes do not wait for the disk, and neither do those who see them."""
    rig = Rig()
    early = rig.run(lambda: rig.brick.change(put, b"1", early=True))
    assert early.result() == b"1"
    assert rig.run(lambda: rig.brick.read(get)).result() == b"1"


def test_early_change_waits_for_what_it_was_built_on() -> None:
    """An UNSTABLE write does not show an uncommitted SETATTR."""
    rig = Rig()
    rig.run(lambda: rig.brick.change(put, b"0"))

    def append(change: Change) -> bytes:
        return put(change, (get(change) or b"") + b"1")

    early = rig.run(lambda: rig.brick.change(append, early=True))
    read = rig.run(lambda: rig.brick.read(get))
    assert not early.done
    assert not read.done
    rig.complete()
    assert early.result() == b"01"
    assert read.result() == b"01"


def test_early_changes_linger_until_somebody_waits() -> None:
    """A stream of UNSTABLE writes costs one commit, at COMMIT or after a while."""
    rig = Rig(options=Options(reserve_bytes=0, linger_s=1.0))
    commits = rig.store.commits
    for n in range(10):
        rig.run(partial(rig.brick.change, put, b"%d" % n, early=True))
    assert rig.store.commits == commits
    sequence = rig.brick.pending_sequence(Table.XATTR, KEY)
    assert sequence == rig.brick.sequence
    commit = rig.run(lambda: rig.brick.committed(sequence))
    assert rig.writing()
    rig.complete()
    assert commit.done
    assert rig.brick.pending_sequence(Table.XATTR, KEY) == 0
    rig.run(lambda: rig.brick.change(put, b"x", early=True))
    assert not rig.writing()
    rig.workshop.timers.run()
    assert rig.writing()


def test_time_never_steps_back() -> None:
    """Files made after a clock was set back are not older than those made before."""
    rig = Rig(held=False)
    times: list[int] = []

    def note(change: Change) -> None:
        times.append(change.now_ns)
        put(change, b"x")

    rig.run(lambda: rig.brick.change(note))
    rig.workshop.clock.advance(-3600)
    rig.run(lambda: rig.brick.change(note))
    rig.restart()
    rig.run(lambda: rig.brick.change(note))
    assert times == sorted(times)


def test_operation_that_changes_nothing_makes_no_record() -> None:
    """A call without effect costs no commit."""
    rig = Rig()
    sequence = rig.brick.sequence
    assert rig.run(lambda: rig.brick.change(get, request=rig.request())).done
    assert rig.brick.sequence == sequence


def test_failed_operation_leaves_no_trace() -> None:
    """An error in the middle of an operation undoes its first half."""
    rig = Rig()

    def half(change: Change) -> None:
        put(change, b"half")
        raise FsError(FsCode.ACCES)

    assert code_of(rig.run(lambda: rig.brick.change(half, request=rig.request()))) is FsCode.ACCES
    assert rig.run(lambda: rig.brick.read(get)).result() is None


def test_full_disk_refuses_growth_but_not_removal() -> None:
    """On a full disk files can still be removed."""
    rig = Rig(held=False, options=Options(reserve_bytes=1000))
    rig.create(b"a").result()
    rig.workshop.free_bytes = 999
    rig.workshop.clock.advance(1)
    rig.create(b"out of the reserve").result()
    assert code_of(rig.create(b"b")) is FsCode.NOSPC
    removed = rig.run(lambda: rig.brick.change(operations.remove, ROOT, 1, b"a", frees=True))
    assert removed.done
    removed.result()
    rig.workshop.free_bytes = 1000
    rig.create(b"b").result()


def test_disk_that_does_not_tell_its_room_is_believed_to_have_it() -> None:
    """An error of statvfs alone keeps no client waiting; a commit will tell what is wrong."""
    rig = Rig(held=False)

    def broken() -> int:
        raise OSError(5, "broken")

    rig.brick._free_bytes = broken
    rig.workshop.clock.advance(1)
    rig.create(b"a").result()


def test_access_time_rides_on_the_next_record() -> None:
    """Reading a file costs no commit of its own."""
    rig = Rig(held=False)
    inode = rig.create(b"a").result().inode
    atime = rig.workshop.clock.now_ns + 5_000_000_000
    before = rig.brick.sequence
    rig.brick.touch(inode, atime)
    assert rig.brick.sequence == before
    rig.create(b"b")
    assert rig.brick.sequence == before + 1
    assert rig.run(lambda: rig.brick.read(operations.getattr, inode)).result()[60:68] == pack_time(
        atime
    )


def test_access_time_is_set_by_a_timer_if_nothing_else_happens() -> None:
    """An access time on a quiet volume is kept after a few seconds; a removed file's is not."""
    rig = Rig(held=False)
    inode = rig.create(b"a").result().inode
    atime = rig.workshop.clock.now_ns + 5_000_000_000
    rig.brick.touch(inode, atime)
    rig.brick.touch(999, atime)
    rig.workshop.timers.run()
    value = rig.store.tables[Table.INODE][inode_key(inode)]
    assert value[60:68] == pack_time(atime)
    assert inode_key(999) not in rig.store.tables[Table.INODE]


def test_replies_expire_with_later_records() -> None:
    """The table of replies stays bounded, and a known request stays known while it counts."""
    rig = Rig(held=False, options=Options(reserve_bytes=0, replies=ReplyBounds(per_client_max=10)))
    requests = [rig.request() for _ in range(30)]
    for n, request in enumerate(requests):
        rig.create(b"%d" % n, request).result()
    assert set(rig.store.tables[Table.REPLY]) == set(requests[-10:])
    assert code_of(rig.create(b"0", requests[0])) is FsCode.EXIST
    assert rig.create(b"29", requests[29]).result().inode == 31
    rig.restart()
    assert rig.create(b"29", requests[29]).result().inode == 31


def test_close_commits_what_has_queued() -> None:
    """A stop in good order loses nothing, UNSTABLE writes included."""
    rig = Rig(options=Options(reserve_bytes=0, linger_s=1.0))
    rig.run(lambda: rig.brick.change(put, b"kept", early=True))
    closed = rig.run(rig.brick.close)
    assert rig.writing()
    rig.complete()
    assert closed.done
    assert rig.store.tables[Table.XATTR][KEY] == b"kept"
    assert code_of(rig.lookup(b"a")) is FsCode.TRY_LATER


def test_empty_log_is_not_started() -> None:
    """A brick without history is damaged, and is not served."""
    rig = Rig()
    rig.store.tables[Table.LOG].clear()
    with pytest.raises(Exception, match="log is empty"):
        rig.restart()


def test_many_changes_leave_a_sound_brick() -> None:
    """A mixed load, committed in groups, passes the check."""
    rig = Rig()
    waits: list[Wait[Any]] = []
    for n in range(60):
        waits.append(rig.create(b"f%d" % n, rig.request()))
        if n % 3 == 0:
            name = b"d%d" % n
            waits.append(
                rig.run(
                    partial(rig.brick.change, operations.mkdir, ROOT, 1, name, NewAttributes())
                )
            )
        if n % 4 == 3:
            name = b"f%d" % (n - 2)
            waits.append(rig.run(partial(rig.brick.change, operations.remove, ROOT, 1, name)))
        if n % 7 == 0 and rig.store.writing:
            rig.complete()
    while rig.store.writing:
        rig.complete()
    for wait in waits:
        wait.result()
    snapshot = rig.store.snapshot()
    report = check_view(snapshot, FSID)
    assert report.findings == []
    assert report.entries == 60 + 20 - 15


def test_brick_is_what_the_interface_says() -> None:
    """The data path and the volume can rely on the interface."""
    from nfsgw.backend.brick.api import BrickOperations

    brick: BrickOperations = Rig().brick
    assert isinstance(brick, Brick)
    assert result_of(brick.read(get)) is None
