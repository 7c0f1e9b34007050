"""The way of a brick that is not in sync until it is.

1. It follows the primary (attach), and gives up records that the primary does not have.
2. If the primary's log reaches back to its last record, it gets the records after that one.  If
   not, it gets a copy of all tables, read piece by piece *while changes go on*, and then every
   record since the copy was begun: they are puts and deletes of exact keys, so that whatever the
   copy saw of them, the result is the state after the last one.
3. When it is level, at a moment at which no batch is under way, it begins to get what all others
   get (include): all records, and the bytes of all extents but those that it still lacks.
4. Those are fetched one after the other (:mod:`.fetching`).
5. When it lacks nothing it counts as in sync (admit).

Whatever goes wrong ends this attempt, and the brick begins again at 1.  What it has got by then is
not lost: records and copied tables stay, and which extents it lacks it keeps in its own tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nfsgw.backend.brick.keys import inode_of
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import unpack_number
from nfsgw.backend.brick.starting import CallLater
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.fetching import Fetching
from nfsgw.backend.replica.health import Work
from nfsgw.backend.replica.member import ExtentKey, Item, Member, MemberFailed, Standing
from nfsgw.backend.replica.missing import Missing, extent_of, extents_put
from nfsgw.backend.replica.patience import Patience
from nfsgw.backend.replica.progress import Progress
from nfsgw.backend.replica.source import Source
from nfsgw.backend.replica.tables import SHARED_TABLES
from nfsgw.clock import Clock
from nfsgw.errors import FsError
from nfsgw.waiting import Wait

__all__ = ["Joining", "Pace"]

_ROUNDS: Final = 16
"""Pieces of the log after which less of it must be left than before, or clients are held up."""
_INCLUDE_TRIES: Final = 10
_CUTS_AT_REST_MAX: Final = 32
_ADD_EXTENTS: Final = 1000
"""Extents whose sizes are looked up at a time."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard a brick is worked on.

    :param piece_bytes: of tables or of the log, sent at a time: clients wait as long as one takes.
    :param width: files whose bytes are fetched side by side.
    :param pause_s: between two pieces, for the clients' sake.
    :param patience_s: how long the brick may leave everything unanswered.
    """

    piece_bytes: int = 256 << 10
    width: int = 1
    pause_s: float = 0.0
    patience_s: float = 30.0


class Joining:
    """One attempt to bring a brick in sync.

    :param full: copy all tables and all bytes, whatever the brick has.
    """

    def __init__(
        self,
        source: Source,
        member: Member,
        clock: Clock,
        call_later: CallLater,
        pace: Pace = Pace(),
        full: bool = False,
    ) -> None:
        self._source = source
        self._member = member
        self._epoch = source.epoch
        self._clock = clock
        self._pace = pace
        self._full = full
        self._patience = Patience(clock, call_later, pace.patience_s)
        self._progress = Progress(clock)
        self._missing = Missing(source)
        self._at: int | None = None
        self._included = False

    @property
    def work(self) -> Work:
        """Return what is left to do."""
        self._note_records()
        return self._progress.work(len(self._missing.keys), self._missing.bytes_left)

    def cancel(self, reason: str) -> None:
        """End :meth:`run` with MemberFailed: the brick failed, or is not wanted any more.

        It ends at once unless it waits for the source, which must end that by itself.
        """
        self._patience.stop(MemberFailed(reason))

    async def run(self) -> None:
        """Return when the brick is in sync; call it once.

        :raises MemberFailed: the brick failed, or was cancelled.
        :raises FsError: the source is not primary any more.
        :raises NfsgwError: the source could not admit it.
        """
        try:
            await self._become_level()
            await self._include()
            self._progress.begin("bytes")
            await self._fetching().run()
            self._patience.check()
            await self._source.admit(self._member)
        except Exception as error:
            self._leave(str(error) or repr(error))
            raise
        self._patience.close()

    def _leave(self, reason: str) -> None:
        self._patience.close()
        try:
            self._source.pin_log(self._member, None)
            if self._included:
                self._source.exclude(self._member, reason)
        except FsError:
            # It is not primary any more, and has let go of everything by itself.
            pass

    # Records

    async def _become_level(self) -> None:
        """Bring the brick's tables up to a recent record."""
        answer = self._patience.answer
        standing = await answer(self._member.attach(self._epoch))
        common = None if self._full else self._common(standing)
        if common is None:
            await self._copy_tables()
        else:
            self._source.pin_log(self._member, common + 1)
            if common < standing.sequence:
                await answer(self._member.roll_back(self._epoch, common))
            self._at = common
        self._progress.begin("log")
        # Exactly what the brick has noted: the primary leaves these extents out, so one that is
        # not noted would be forgotten if the brick stops.  From here on the records tell which
        # further ones it notes.
        missing = await answer(self._member.missing(self._epoch))
        self._missing.clear()
        await self._add_missing(missing)
        await self._catch_up()

    def _common(self, standing: Standing) -> int | None:
        """Return the last record that both have, if it is known, and all later ones are there.

        Equal sequence and epoch make equal records, and equal records before them: only one
        brick numbers records in an epoch.
        """
        for sequence, epoch in reversed(standing.tail):
            if self._source.epoch_of(sequence) == epoch:
                return sequence
        return None

    async def _add_missing(self, extents: Sequence[ExtentKey]) -> None:
        for start in range(0, len(extents), _ADD_EXTENTS):
            self._missing.add(extents[start : start + _ADD_EXTENTS])
            await self._patience.pause(0)

    async def _catch_up(self) -> None:
        """Replay the log up to the last piece."""
        before = self._left
        rounds = 0
        while records := self._next_records():
            if records[-1].sequence == self._source.sequence:
                return
            await self._replay(records)
            await self._patience.pause(self._pace.pause_s)
            rounds += 1
            if rounds % _ROUNDS == 0:
                if self._left >= before:
                    await self._catch_up_holding()
                    return
                before = self._left

    async def _catch_up_holding(self) -> None:
        """Replay the log up to the last piece though it grows faster than the brick takes it.

        Between two batches of the clients it gets so much that less is left each time.
        """
        left = self._left
        while records := self._next_records():
            if records[-1].sequence == self._source.sequence:
                return
            async with self._source.at_rest():
                while self._left >= left:
                    await self._replay(self._next_records())
            left = self._left
            await self._patience.pause(0)

    async def _replay(self, records: Sequence[Record]) -> None:
        point = self._source.commit_point
        await self._patience.answer(self._member.replay(self._epoch, records, point))
        self._missing.add(extents_put(records))
        self._passed(records)

    def _passed(self, records: Sequence[Record]) -> None:
        self._at = records[-1].sequence
        self._source.pin_log(self._member, self._at + 1)
        self._note_records()
        self._progress.moved(sum(map(_bytes_of, records)))

    @property
    def _left(self) -> int:
        """Return how many records the brick lacks."""
        return self._source.sequence - self._level

    @property
    def _level(self) -> int:
        assert self._at is not None, "its level is not known yet"
        return self._at

    def _next_records(self) -> list[Record]:
        """Return records that follow the brick's last one; none if it is level.

        :raises MemberFailed: the log does not reach back so far.
        """
        records = self._source.records(self._level, self._pace.piece_bytes)
        first = records[0].sequence if records else self._source.sequence + 1
        if first != self._level + 1:
            raise MemberFailed(f"the log has lost the records after {self._level} meanwhile")
        return records

    def _note_records(self) -> None:
        if self._at is None:
            return
        if self._included:
            self._progress.records_left = 0
            return
        try:
            self._progress.records_left = max(0, self._source.sequence - self._at)
        except FsError:
            # It is not primary any more: what was known last will do until somebody ends this.
            pass

    # Tables

    async def _copy_tables(self) -> None:
        """Replace the brick's tables by a copy of the source's, as they are at some record."""
        answer = self._patience.answer
        first = self._source.sequence
        self._source.pin_log(self._member, first)
        self._at = first - 1
        self._progress.begin("tables")
        await answer(self._member.begin_copy(self._epoch))
        for table in SHARED_TABLES:
            await self._copy_table(table)
        # What was copied is a mixture of states up to this record, and is whole only after it.
        until = self._source.sequence
        while self._level < until:
            records = self._next_records()
            await answer(self._member.replay_copy(self._epoch, records))
            self._passed(records)
            await self._patience.pause(self._pace.pause_s)
        standing = await answer(self._member.end_copy(self._epoch))
        if standing.sequence != self._level:
            raise MemberFailed(f"its copy ends with {standing.sequence}, not {self._level}")

    async def _copy_table(self, table: Table) -> None:
        after = b""
        while items := self._source.items(table, after, self._pace.piece_bytes):
            await self._patience.answer(self._member.load(self._epoch, table, items))
            after = items[-1][0]
            if table is Table.EXTENT:
                # Only for the figures; what counts is what the brick says afterwards.
                self._missing.add(extent_of(key) for key, _ in items)
            self._progress.moved(sum(len(key) + len(value) for key, value in items))
            await self._patience.pause(self._pace.pause_s)

    # Belonging

    async def _include(self) -> None:
        """Let the brick get what all others get, from one record on to the next."""
        done: set[Item] = set()
        for _ in range(_INCLUDE_TRIES):
            async with self._source.at_rest():
                while records := self._next_records():
                    await self._replay(records)
                cuts = [item for item in self._cuts() if item not in done]
                if len(cuts) <= _CUTS_AT_REST_MAX:
                    await self._cut(cuts)
                    self._patience.check()
                    self._included = self._source.include(self._member, self._missing.keys)
            if self._included:
                self._source.pin_log(self._member, None)
                return
            await self._cut(cuts)
            done.update(cuts)
            await self._patience.pause(0)
        raise MemberFailed("no moment was found at which it had all records")

    def _cuts(self) -> list[Item]:
        """Return the cuts of data files that are ordered and not over.

        The others are carrying them out.  When the record that ends one comes to this brick, it
        must have been cut here as well.
        """
        after = b""
        found: list[Item] = []
        while items := self._source.items(Table.TRIM, after, self._pace.piece_bytes):
            found += items
            after = items[-1][0]
        return found

    async def _cut(self, cuts: Sequence[Item]) -> None:
        """Cut data files on the brick, whose records are committed."""
        member, epoch = self._member, self._epoch
        waits: list[Wait[None]] = []
        for key, value in cuts:
            inode, size = inode_of(key), unpack_number(value)
            waits.append(member.cut(epoch, inode, size) if size else member.remove(epoch, inode))
        for wait in waits:
            await self._patience.answer(wait)

    def _fetching(self) -> Fetching:
        return Fetching(
            self._source,
            self._member,
            self._missing,
            self._patience,
            self._progress,
            self._clock,
            self._pace.width,
            self._pace.pause_s,
        )


def _bytes_of(record: Record) -> int:
    """Return about how many bytes a record takes."""
    return sum(len(key) + len(value or b"") for (_, key), value in record.changes.items())
