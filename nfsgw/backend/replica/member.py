"""What a primary asks of another brick of its set: the procedures of the brick program.

A :class:`Member` may be in this process or on another machine; nothing here tells.  Calls reach it
in the order in which they were made, and it carries them out in that order as far as it matters:
bytes of one file as they came, records as they are numbered.  Each call returns at once with a
Wait, which may never be resolved (a disk that hangs, a machine that is gone): the caller has its
own patience.  A Wait fails with :class:`MemberFailed` only.

``epoch`` is the caller's.  A member that has heard of a later one refuses (:class:`StaleEpoch`),
so a primary that was replaced without knowing it cannot change anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import Extent
from nfsgw.backend.brick.view import Table
from nfsgw.errors import NfsgwError
from nfsgw.waiting import Wait

__all__ = [
    "Beat",
    "ExtentKey",
    "Item",
    "Member",
    "MemberFailed",
    "RangeDigest",
    "StaleEpoch",
    "Standing",
]

ExtentKey = tuple[int, int]
"""(inode, number of the extent)."""

Item = tuple[bytes, bytes]
"""(key, value) of a table."""


class MemberFailed(NfsgwError):
    """A brick cannot do what it was asked to, and must not count as in sync any more."""


class StaleEpoch(MemberFailed):
    """The caller is not the primary any more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a brick stands.

    :param start_id: random bytes of its start: a new one means that it was away.
    :param sequence: of its last record.
    :param tail: (sequence, epoch) of its last records, ascending: the last one that it cannot
        take back, if its log still has it, and all that it can (:meth:`Member.roll_back`).
    :param missing: how many extents it still lacks (:meth:`Member.missing`).
    """

    start_id: bytes
    sequence: int
    tail: tuple[tuple[int, int], ...]
    missing: int


class Beat(NamedTuple):
    """The answer to a heartbeat; found without touching the disk.

    :ivar room: on its file system, at most some seconds old; None if not known yet.
    :ivar granted_s: for how long from the sending of the question the primary may count on the
        member: it will not take part in a takeover before.
    """

    room: DiskSpace | None
    granted_s: float


class RangeDigest(NamedTuple):
    """What a range of a table holds: how many items, and a hash of all keys and values."""

    items: int
    digest: bytes


class Member(Protocol):
    """Another brick of the set, as its primary sees it."""

    @property
    def brick(self) -> str:
        """Return the brick's id."""

    # Belonging

    def attach(self, epoch: int) -> Wait[Standing]:
        """Follow this primary from now on, durably; say where the brick stands."""

    def release(self, epoch: int) -> None:
        """Take note that the primary has stopped for good: its lease is void."""

    def beat(self, epoch: int) -> Wait[Beat]:
        """Answer a heartbeat, and grant the primary a lease."""

    # Records

    def append(self, epoch: int, records: Sequence[Record], commit_point: int) -> Wait[None]:
        """Commit records that follow the brick's last one; done when they are durable.

        Until it is done once more with a higher ``commit_point``, they can be rolled back.
        """

    def roll_back(self, epoch: int, sequence: int) -> Wait[None]:
        """Take back all records above ``sequence``, newest first, in one transaction."""

    def replay(self, epoch: int, records: Sequence[Record], commit_point: int) -> Wait[None]:
        """Commit records of the past, for a brick that is catching up and did not see their bytes.

        Every extent that they put into a state is noted as missing, in the same transaction;
        data files that they removed or cut are removed or cut when it is done.
        """

    # A copy of all tables

    def begin_copy(self, epoch: int) -> Wait[None]:
        """Begin an empty set of tables beside the brick's own."""

    def load(self, epoch: int, table: Table, items: Sequence[Item]) -> Wait[None]:
        """Put items into the copy."""

    def replay_copy(self, epoch: int, records: Sequence[Record]) -> Wait[None]:
        """Apply records to the copy, log entries included; the first of them begins its log."""

    def end_copy(self, epoch: int) -> Wait[Standing]:
        """Put the copy in the place of the brick's tables, with every extent in it missing.

        Data files that it does not name are removed.
        """

    # Bytes

    def write(self, epoch: int, inode: int, offset: int, data: bytes | memoryview) -> Wait[None]:
        """Write into a data file; done when the bytes are in the page cache.

        ``data`` must not change as long as anybody has a reference to it.
        """

    def create(self, epoch: int, inode: int, data: bytes) -> Wait[None]:
        """Make a data file with these bytes, durably; what lay there is dropped."""

    def cut(self, epoch: int, inode: int, size: int) -> Wait[None]:
        """Set the length of a data file, durably; one that is missing stays so."""

    def remove(self, epoch: int, inode: int) -> Wait[None]:
        """Remove a data file, durably, if it is there."""

    def sync(self, epoch: int, inode: int) -> Wait[None]:
        """Make all bytes of a data file durable that were written before this call."""

    # Comparing and mending

    def checksums(
        self, epoch: int, inode: int, extents: Sequence[tuple[int, int]]
    ) -> Wait[list[Extent]]:
        """Make a data file durable, and return checksums of (extent number, bytes at most).

        As :func:`nfsgw.backend.brick.bytes.extents.checksum` returns them; of length 0 if the
        file is missing or cannot be read.
        """

    def read(self, epoch: int, inode: int, offset: int, count: int) -> Wait[bytes]:
        """Return bytes of a data file; fewer at its end, none if it is missing."""

    def put_extent(self, epoch: int, inode: int, number: int, data: bytes) -> Wait[None]:
        """Replace an extent by ``data``; if that is shorter than an extent, the file ends there.

        The data file is made if need be.  Not durable before :meth:`settle`.
        """

    def missing(self, epoch: int) -> Wait[list[ExtentKey]]:
        """Return the extents that the brick lacks: noted by replay or a copy, or open then."""

    def settle(self, epoch: int, extents: Sequence[ExtentKey]) -> Wait[None]:
        """Make extents durable that were put, and strike them off what is missing, durably."""

    def digest(
        self, epoch: int, table: Table, after: bytes, upto: bytes | None
    ) -> Wait[RangeDigest]:
        """Digest the items with ``after`` < key <= ``upto`` (None: to the table's end).

        Items that are local to a brick are left out (:func:`nfsgw.backend.replica.tables.shared`).
        """

    def rows(self, epoch: int, table: Table, after: bytes, upto: bytes | None) -> Wait[list[Item]]:
        """Return the items that :meth:`digest` digests; ask for small ranges only."""

    def mend(
        self, epoch: int, table: Table, after: bytes, upto: bytes | None, items: Sequence[Item]
    ) -> Wait[None]:
        """Make the items of a range exactly these."""
