"""The tables of a brick that follows a primary: one transaction after the other, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.store import Snapshot, Store, Transaction
from nfsgw.backend.replica import receiving
from nfsgw.backend.replica.member import MemberFailed
from nfsgw.waiting import Wait

__all__ = ["ReceivedTables"]

T = TypeVar("T")

Done = Callable[[Exception | None], None]


class _Job:
    """One transaction, and those who wait for it."""

    __slots__ = ("_refusal", "_result", "waits")

    def __init__(self) -> None:
        self._result: Any = None
        self._refusal: MemberFailed | None = None
        self.waits: list[Wait[Any]] = [Wait()]

    def begin(self, store: Store, done: Done) -> None:
        """Begin; call ``done`` at the end."""
        store.write(self._work, done)

    def _carry_out(self, transaction: Transaction) -> object:
        raise NotImplementedError

    def _work(self, transaction: Transaction) -> None:
        # In another thread, maybe.
        try:
            self._result = self._carry_out(transaction)
        except MemberFailed as error:
            # Before it changed anything, so what is committed now is nothing.
            self._refusal = error

    def end(self, error: Exception | None) -> None:
        """Tell all who wait."""
        error = error or self._refusal
        for wait in self.waits:
            if error is None:
                wait.resolve(self._result)
            else:
                wait.fail(error)


class _Work(_Job):
    """Whatever a function does in a transaction."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[[Transaction], object]) -> None:
        super().__init__()
        self._function = function

    def _carry_out(self, transaction: Transaction) -> object:
        return self._function(transaction)


class _Append(_Job):
    """A transaction that appends records; it takes in what is to be appended behind it."""

    __slots__ = ("_bounds", "_commit_point", "_records")

    def __init__(self, records: Sequence[Record], bounds: LogBounds, commit_point: int) -> None:
        super().__init__()
        self._records = list(records)
        self._bounds = bounds
        self._commit_point = commit_point

    def _carry_out(self, transaction: Transaction) -> None:
        receiving.append(transaction, self._records, self._bounds, self._commit_point)

    def take(self, records: Sequence[Record], commit_point: int) -> Wait[None] | None:
        """Append these too; None if they do not follow, so that one mistake spoils one call."""
        if not records or not self._records:
            return None
        if records[0].sequence != self._records[-1].sequence + 1:
            return None
        self._records += records
        self._commit_point = max(commit_point, self._commit_point)
        wait: Wait[None] = Wait()
        self.waits.append(wait)
        return wait


class _Replace(_Job):
    """Not a transaction: another store is put in the place of this one."""

    __slots__ = ("_adopt", "store")

    def __init__(self, store: Store, adopt: Callable[[], Wait[None]]) -> None:
        super().__init__()
        self._adopt = adopt
        self.store = store

    def begin(self, store: Store, done: Done) -> None:
        """Begin; the old store is not used any more."""
        wait = self._adopt()

        def ended() -> None:
            try:
                wait.result()
            except Exception as error:  # noqa: BLE001 - handed to whoever waits
                done(error)
            else:
                done(None)

        wait.add_callback(ended)


class ReceivedTables:
    """A store, and what is being done to it.

    What the methods return fails with StoreFailed if the commit failed, after which there is no
    other; with MemberFailed if the work refused before it changed anything, or if it has not begun
    when everything is stopped.

    :param bounds: of the log.
    """

    def __init__(self, store: Store, bounds: LogBounds) -> None:
        self._store = store
        self._bounds = bounds
        self._queue: deque[_Job] = deque()
        self._current: _Job | None = None
        self._beginning = False
        self._stopped: str | None = None
        self._quiet: Wait[None] = Wait()

    def look(self, function: Callable[[Snapshot], T]) -> T:
        """Return what ``function`` finds in the last committed state.

        :raises MemberFailed: another store is just being put in the place of this one.
        :raises StoreFailed: it cannot be read.
        """
        if isinstance(self._current, _Replace):
            raise MemberFailed("its tables are being replaced")
        snapshot = self._store.snapshot()
        try:
            return function(snapshot)
        finally:
            snapshot.close()

    def run(self, work: Callable[[Transaction], T]) -> Wait[T]:
        """Run a transaction; return a Wait for what ``work`` returns, once that is durable."""
        return self._add(_Work(work))

    def append(self, records: Sequence[Record], commit_point: int) -> Wait[None]:
        """Append records; those of calls that queue up are committed together."""
        if self._queue:
            last = self._queue[-1]
            taken = last.take(records, commit_point) if isinstance(last, _Append) else None
            if taken is not None:
                return taken
        return self._add(_Append(records, self._bounds, commit_point))

    def replace(self, store: Store, adopt: Callable[[], Wait[None]]) -> Wait[None]:
        """Let ``adopt`` put another store in this one's place while nothing else is under way."""
        return self._add(_Replace(store, adopt))

    def stop(self, reason: str) -> Wait[None]:
        """Begin nothing any more; return a Wait for the end of what is under way."""
        if self._stopped is None:
            self._stopped = reason
            while self._queue:
                self._queue.popleft().end(MemberFailed(reason))
            if self._current is None:
                self._quiet.resolve(None)
        return self._quiet

    def _add(self, job: _Job) -> Wait[Any]:
        wait = job.waits[0]
        if self._stopped is not None:
            wait.fail(MemberFailed(self._stopped))
        else:
            self._queue.append(job)
            self._begin()
        return wait

    def _begin(self) -> None:
        if self._beginning:
            # A commit that ended at once: the loop below goes on, where a call per commit would
            # nest as deep as the queue is long.
            return
        self._beginning = True
        try:
            while self._queue and self._current is None:
                job = self._current = self._queue.popleft()
                job.begin(self._store, partial(self._ended, job))
        finally:
            self._beginning = False

    def _ended(self, job: _Job, error: Exception | None) -> None:
        if error is not None:
            # Whatever comes next would see, or not see, effects of what has failed.
            self.stop(str(error))
        elif isinstance(job, _Replace):
            self._store = job.store
        self._current = None
        job.end(error)
        if self._stopped is None:
            self._begin()
        elif not self._quiet.done:
            self._quiet.resolve(None)
