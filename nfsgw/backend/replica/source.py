"""What a primary offers to those who bring other bricks up to date, or compare them.

The seam between the primary and its slow companions (:mod:`.joining`, :mod:`.verify`): they decide
what to send next, and know neither how operations become records nor how clients are served.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import Extent
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.member import ExtentKey, Item, Member, RangeDigest

__all__ = ["Source"]


class Source(Protocol):
    """The primary of a set.  Its methods raise FsError if it is not the primary any more."""

    @property
    def epoch(self) -> int:
        """Return the set's epoch."""

    @property
    def sequence(self) -> int:
        """Return the sequence of the last record that is committed on this brick's own tables."""

    @property
    def commit_point(self) -> int:
        """Return the sequence up to which every in-sync brick has committed."""

    @property
    def in_sync(self) -> Sequence[Member]:
        """Return the other bricks that are in sync."""

    # The log

    def pin_log(self, member: Member, sequence: int | None) -> None:
        """Keep the records from ``sequence`` on for a member, however old; None: no more."""

    def epoch_of(self, sequence: int) -> int | None:
        """Return the epoch of a record of the log; None if it is not there (any more)."""

    def records(self, after: int, bytes_max: int) -> list[Record]:
        """Return committed records that follow ``after``, at least one unless it is the last.

        Empty too if the log does not reach back so far: ask :meth:`epoch_of` of ``after + 1``.
        """

    # Tables

    def items(self, table: Table, after: bytes, bytes_max: int) -> list[Item]:
        """Return the next shared items of a table as they are committed; empty at its end."""

    def at_rest(self) -> AbstractAsyncContextManager[None]:
        """Keep the set's tables still: no batch is under way on any brick, and none begins.

        For a moment only, since every change of a client waits.
        """

    def digest(self, table: Table, after: bytes, upto: bytes | None) -> RangeDigest:
        """Digest a range of its own tables, as :meth:`Member.digest` does."""

    # Bytes

    def still(self, inode: int) -> AbstractAsyncContextManager[None]:
        """Keep a file's bytes still: no write, cut or cleaning of it is under way."""

    def read(self, inode: int, offset: int, count: int) -> Coroutine[Any, Any, bytes | None]:
        """Return bytes of its own data file, fewer at its end; None if there is no such file."""

    def checksums(
        self, inode: int, extents: Sequence[tuple[int, int]]
    ) -> Coroutine[Any, Any, list[Extent]]:
        """Return checksums of its own data file, as :meth:`Member.checksums` does."""

    def put_extent(self, inode: int, number: int, data: bytes) -> Coroutine[Any, Any, None]:
        """Replace one of its own extents, durably; it must be :meth:`still`."""

    # Members

    def include(self, member: Member, missing: set[ExtentKey]) -> bool:
        """Send the live stream to a member too, from the next batch on, and wait for it there.

        Bytes for extents in ``missing`` are left out; whoever fetches one takes it out of the set
        while the file is :meth:`still`.

        :returns: False, and nothing is done, unless the member has all records up to
            :attr:`sequence` and no batch is under way.
        """

    def exclude(self, member: Member, reason: str) -> None:
        """Send a member nothing any more; if it was in sync, it is dropped."""

    def admit(self, member: Member) -> Coroutine[Any, Any, None]:
        """Count an included member that lacks nothing as in sync: swap the set's record."""
