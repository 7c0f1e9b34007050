"""A brick that is primary: runs operations, makes records of them, commits in groups.

All of this happens on the reactor's thread, one operation after the other.  An operation sees the
pending view, so it builds on changes that are not on disk yet; its caller hears of the result when
the commit point has passed everything that the result shows.  Who commits a batch, this brick
alone or all bricks of a set, is the business of its :class:`~nfsgw.backend.brick.commit.Commit`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, TypeVar, TypeVarTuple

from twisted.logger import Logger

from nfsgw.backend.brick.commit import Commit, OwnTables
from nfsgw.backend.brick.pending import Pending, PendingChange, PendingView
from nfsgw.backend.brick.record import REQUEST_BYTES_MAX, Record, unpack_reply
from nfsgw.backend.brick.replies import Replies
from nfsgw.backend.brick.results import decode_result, encode_result
from nfsgw.backend.brick.starting import Delayed, Options, Start, Surroundings
from nfsgw.backend.brick.store import Snapshot, Store, StoreFailed
from nfsgw.backend.brick.touches import Touches
from nfsgw.backend.brick.view import Table, View
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait

__all__ = ["Brick"]

Arguments = TypeVarTuple("Arguments")
T = TypeVar("T")

_CLOSED: Final = "closed"
_LINGERING_MAX: Final = 1024
"""Records of UNSTABLE writes that may wait for company before they are committed."""


class Brick:
    """One brick's tables, open; implements :class:`nfsgw.backend.brick.api.BrickOperations`.

    :param path: its directory.
    :param store: its tables.
    :param start: what :func:`nfsgw.backend.brick.starting.begin` found and settled.
    :param surroundings: clock, turn and timers.
    :param options: bounds and intervals.
    :param commit: commits batches; None: on this brick's own tables.
    :param lost: what calls are told when the brick fails: IO, or UNDECIDED where another brick
        can take over.
    :param failed: called once with the reason when the brick fails.
    """

    log = Logger()

    def __init__(
        self,
        path: Path,
        store: Store,
        start: Start,
        surroundings: Surroundings,
        options: Options,
        commit: Commit | None = None,
        lost: FsCode = FsCode.IO,
        failed: Callable[[str], None] | None = None,
    ) -> None:
        self.path = path
        self.epoch = start.epoch
        self.commit_point = start.sequence
        self.failure: str | None = None
        self.stalled = False
        """Answer nothing for now: another brick may have become primary.

        What this brick does for itself (extents going clean, cuts) goes on: nobody is told of it,
        and it ends when its batch does.
        """
        self._commit = commit or OwnTables(store, options.log)
        self.lost = lost
        self._failed = failed
        self._resting = 0
        self._rest: list[Wait[None]] = []
        self._start = start
        self._store = store
        self._clock = surroundings.clock
        self._turn = surroundings.turn
        self._call_later = surroundings.call_later
        self._free_bytes = surroundings.free_bytes
        self._options = options
        self._sequence = start.sequence
        self._last_ns = start.time_ns
        self._failed_flushes = start.failed_flushes
        self._pending = Pending()
        self._replies = Replies(options.replies)
        self._touches = Touches()
        self._snapshot: Snapshot | None = None
        self._queue: list[Record] = []
        self._in_flight: list[Record] | None = None
        self._flush_due = False
        self._timer_call: Delayed | None = None
        self._wanted = 0
        self._waits: dict[int, Wait[None]] = {}
        self._room_checked_s = float("-inf")
        self._is_full = False
        self._verifier = self._make_verifier()
        self._load_replies()
        self._look_at_room()

    def _load_replies(self) -> None:
        snapshot = self._store.snapshot()
        try:
            self._replies.load(snapshot.scan(Table.REPLY, b""))
        finally:
            snapshot.close()

    # What is known of the brick

    @property
    def verifier(self) -> bytes:
        """Return the 8 bytes that change whenever acknowledged UNSTABLE data may be lost."""
        return self._verifier

    @property
    def sequence(self) -> int:
        """Return the sequence number of the newest record."""
        return self._sequence

    def _make_verifier(self) -> bytes:
        start = self._start
        text = f"{start.volume:x} {start.replica_set} {self.epoch} {self._failed_flushes} "
        return blake2b(text.encode() + start.start_id, digest_size=8).digest()

    def pending_sequence(self, table: Table, key: bytes) -> int:
        """Return the sequence of the last change of a key that is not committed, or 0."""
        pending = self._pending.get(table, key)
        return 0 if pending is None else pending[1]

    # Reading

    def view(self) -> View:
        """Return the newest state, for a look that shows nothing to a client."""
        return PendingView(self._snapshot or self._begin(), self._pending)

    async def read(self, function: Callable[[View, *Arguments], T], *args: *Arguments) -> T:
        """Run an operation that only looks; wait until all that it saw is committed.

        :raises FsError: what the function raised, after the same wait; IO if the brick failed.
        """
        if self.stalled:
            self._check_alive()
            raise FsError(FsCode.TRY_LATER)
        # A failed brick has no snapshot, so this is also the check whether it may answer.
        snapshot = self._snapshot or self._begin()
        if self._pending.empty:
            return function(snapshot, *args)
        view = PendingView(snapshot, self._pending)
        try:
            result = function(view, *args)
        except FsError:
            if view.waits_for > self.commit_point:
                await self._wait(view.waits_for)
            raise
        if view.waits_for > self.commit_point:
            await self._wait(view.waits_for)
        return result

    def _begin(self) -> Snapshot:
        self._check_alive()
        try:
            self._snapshot = snapshot = self._store.snapshot()
        except StoreFailed as error:
            self._fail(str(error))
            raise FsError(self.lost) from error
        self._turn.release(self._release)
        return snapshot

    def _release(self) -> None:
        snapshot, self._snapshot = self._snapshot, None
        if snapshot is not None:
            snapshot.close()

    # Changing

    async def change(
        self,
        function: Callable[..., T],
        *args: Any,  # noqa: ANN401 - the operation's own arguments, handed through
        request: bytes | None = None,
        early: bool = False,
        frees: bool = False,
    ) -> T:
        """Run ``function(change, *args)``, make its changes one record, and wait for its commit.

        See :meth:`nfsgw.backend.brick.api.BrickOperations.change`.
        """
        self._check_alive()
        if request is not None:
            if request in self._replies:
                first: T = await self._first_result(request)
                return first
            if self.stalled:
                raise FsError(FsCode.TRY_LATER)
        if self._is_full and not frees:
            self._check_room()
        change = self._new_change()
        try:
            result = function(change, *args)
        except FsError:
            if change.waits_for > self.commit_point:
                await self._wait(change.waits_for)
            raise
        if change.changes:
            if not early and self._touches:
                self._touches.ride_on(change)
            self._make_record(change, request, result, early)
        waits_for = change.waits_for if early or not change.changes else self._sequence
        if waits_for > self.commit_point:
            await self._wait(waits_for)
        return result

    def _new_change(self) -> PendingChange:
        now_ns = max(self._clock.wall_ns(), self._last_ns)
        return PendingChange(self._snapshot or self._begin(), self._pending, now_ns)

    def is_known(self, request: bytes) -> bool:
        """Say whether a change under this request id has been made; its result is kept."""
        return request in self._replies

    async def _first_result(self, request: bytes) -> Any:  # noqa: ANN401
        view = PendingView(self._snapshot or self._begin(), self._pending)
        value = view.get(Table.REPLY, request)
        assert value is not None, "the order of replies names one that the table lacks"
        if view.waits_for > self.commit_point:
            await self._wait(view.waits_for)
        return decode_result(unpack_reply(value)[2])

    def _make_record(
        self,
        change: PendingChange,
        request: bytes | None,
        result: object,
        early: bool,
    ) -> None:
        changes = change.changes
        encoded = b""
        if request is not None:
            assert 8 <= len(request) <= REQUEST_BYTES_MAX
            encoded = encode_result(result)
            for expired in self._replies.expire(request, change.now_ns):
                changes[Table.REPLY, expired] = None
            self._replies.add(request, change.now_ns)
        self._sequence += 1
        self._last_ns = change.now_ns
        record = Record(
            self._sequence, self.epoch, change.now_ns, changes, request or b"", encoded
        )
        self._pending.add(record, change.waits_for if early else record.sequence)
        self._queue.append(record)
        self._flush_soon()

    def touch(self, inode: int, atime_ns: int) -> None:
        """Set an access time with the next record that is made anyway, or a few seconds later."""
        if self.failure is not None:
            return
        self._touches.add(inode, atime_ns)
        self._start_timer(self._options.touch_s)

    def _record_touches(self) -> None:
        while self._touches:
            change = self._new_change()
            self._touches.ride_on(change)
            if change.changes:
                self._make_record(change, None, None, early=True)

    def _look_at_room(self) -> None:
        now_s = self._clock.seconds()
        if now_s - self._room_checked_s >= self._options.room_s:
            self._room_checked_s = now_s
            self._measure_room()

    def _measure_room(self) -> None:
        # An error leaves what was known: it must not stop a flush, and commits tell of bad disks.
        with suppress(OSError):
            self._is_full = self._free_bytes() < self._options.reserve_bytes

    def _check_room(self) -> None:
        """Refuse growth below the reserve, while a refusal still harms nobody."""
        self._measure_room()
        if self._is_full:
            raise FsError(FsCode.NOSPC)

    # Committing

    async def committed(self, sequence: int) -> None:
        """Wait until the commit point has reached ``sequence``.

        :raises FsError: IO if the brick failed before.
        """
        self._check_alive()
        if sequence > self.commit_point:
            await self._wait(sequence)

    def _wait(self, sequence: int) -> Wait[None]:
        assert sequence <= self._sequence, "nobody may wait for a record that is not made"
        wait = self._waits.get(sequence)
        if wait is None:
            self._check_alive()
            wait = self._waits[sequence] = Wait()
        if sequence > self._wanted:
            self._wanted = sequence
            self._flush_soon()
        return wait

    def _flush_soon(self) -> None:
        if not self._flush_due:
            self._flush_due = True
            self._turn.commit(self._flush)

    def _flush(self) -> None:
        """Start the commit of all that has queued, unless one is under way: group commit."""
        self._flush_due = False
        if self._in_flight is not None or self._resting or not self._queue:
            return
        if self._wanted <= self.commit_point and self._may_linger():
            return
        self._look_at_room()
        batch, self._queue = self._queue, []
        self._in_flight = batch
        self._commit.begin(batch, self._committed)

    def _may_linger(self) -> bool:
        """Say whether what nobody waits for (UNSTABLE writes, access times) may wait on."""
        if not self._options.linger_s or len(self._queue) >= _LINGERING_MAX:
            return False
        self._start_timer(self._options.linger_s)
        return True

    def _start_timer(self, delay_s: float) -> None:
        # One timer serves lingering records and access times: whichever starts it, both go.
        if self._timer_call is None:
            self._timer_call = self._call_later(delay_s, self._timer)

    def _timer(self) -> None:
        self._timer_call = None
        if self.failure is not None:
            return
        with self._turn:
            self._record_touches()
            self._wanted = self._sequence
            self._flush_soon()

    def _committed(self, error: StoreFailed | None) -> None:
        """Pass the commit point over a batch: its keys leave the view, its waiters go on."""
        batch = self._in_flight
        self._in_flight = None
        if self.failure is not None:
            return
        if error is not None:
            self._fail(str(error))
            return
        assert batch is not None
        self.commit_point = point = batch[-1].sequence
        if self._queue:
            for record in batch:
                self._pending.passed(record, point)
            self._flush_soon()
        else:
            self._pending.clear()
        # Whoever reads from here on must see in the store what has just left the view.
        self._release()
        # Taken out first: whoever goes on may wait anew, or find that the brick has to fail.
        passed = [sequence for sequence in self._waits if sequence <= point]
        for wait in [self._waits.pop(sequence) for sequence in passed]:
            wait.resolve(None)
        if self._rest:
            self._rested()

    async def rest(self, held: bool = False) -> None:
        """Return when no batch is under way; none begins before :meth:`go_on`.

        :param held: a batch that is under way will not end for now, and need not.
        :raises FsError: the brick has failed.
        """
        self._check_alive()
        self._resting += 1
        if self._in_flight is None or held:
            return
        wait: Wait[None] = Wait()
        self._rest.append(wait)
        try:
            await wait
        except FsError:
            self._resting -= 1
            raise

    def rested(self) -> None:
        """Let those go on who wait for :meth:`rest`: the batch under way has come to rest.

        It is on all bricks, and stays there; but it waits for more of them.
        """
        self._rested()

    def _rested(self, error: FsError | None = None) -> None:
        waits, self._rest = self._rest, []
        for wait in waits:
            if error is None:
                wait.resolve(None)
            else:
                wait.fail(error)

    def go_on(self) -> None:
        """End one :meth:`rest`."""
        self._resting -= 1
        if not self._resting and self._queue:
            self._flush_soon()

    # Failing and closing

    def _check_alive(self) -> None:
        if self.failure is not None:
            # Closed is for calls that were under way when the volume was stopped: nothing of
            # them has happened, and it may be started again.
            raise FsError(FsCode.TRY_LATER if self.failure is _CLOSED else self.lost)

    def flush_failed(self, error: OSError) -> None:
        """Take note of a failed fsync of data: the page cache cannot be trusted any more."""
        self._fail(f"its disk has failed: {error}")

    def step_down(self, reason: str) -> None:
        """Stop for good, answering nothing: this brick must not be primary any more."""
        self._fail(reason)

    def _fail(self, reason: str) -> None:
        """Stop for good: nothing may build on values of which nobody knows whether they exist."""
        if self.failure is not None:
            return
        self.failure = reason
        self.log.critical("brick {path} has failed: {reason}", path=self.path, reason=reason)
        self._failed_flushes += 1
        self._verifier = self._make_verifier()
        self._queue.clear()
        self._pending.clear()
        self._release()
        waits, self._waits = self._waits, {}
        for wait in waits.values():
            wait.fail(FsError(self.lost))
        self._rested(FsError(self.lost))
        if self._failed is not None:
            self._failed(reason)

    async def close(self) -> None:
        """Commit what has queued, then let go of the store; nobody may start operations any more.

        The caller closes the store.
        """
        if self.failure is None:
            with self._turn:
                self._record_touches()
                last = self._sequence
                wait = self._wait(last) if last > self.commit_point else None
            if wait is not None:
                await wait
        self.failure = self.failure or _CLOSED
        if self._timer_call is not None:
            self._timer_call.cancel()
            self._timer_call = None
        self._release()
