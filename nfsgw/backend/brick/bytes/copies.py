"""The same data files on the other bricks of the set, as the data path sees them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

from nfsgw.backend.brick.schema import Extent
from nfsgw.waiting import Wait

__all__ = ["Copies"]


class Copies(Protocol):
    """Changes data files on all other bricks that follow this one.

    Calls reach every brick in the order in which they are made here.  What they return is done
    when all bricks that still count as in sync have done it; None means that it is done already.
    A Wait fails with FsError (UNDECIDED) only if this brick has stopped being primary.
    """

    @property
    def alone(self) -> bool:
        """Say whether no other brick is in sync: nobody could take over."""

    def write(self, inode: int, offset: int, data: bytes | memoryview) -> Wait[None] | None:
        """Write bytes; done when they are in every page cache."""

    def create(self, inode: int, data: bytes) -> Wait[None] | None:
        """Make a data file, durably."""

    def named(self, inode: int) -> None:
        """Take note that a committed record names the file that was made, or never will."""

    def cut(self, inode: int, size: int) -> Wait[None] | None:
        """Set the length of a data file, durably."""

    def remove(self, inode: int) -> Wait[None] | None:
        """Remove a data file, durably."""

    def sync(self, inode: int) -> Wait[None] | None:
        """Make all bytes durable that were written before."""

    def equalise(
        self,
        inode: int,
        extents: Sequence[tuple[int, Extent]],
        read: Callable[[int], Coroutine[Any, Any, bytes]],
    ) -> Coroutine[Any, Any, None]:
        """Compare extents with what they are here, and overwrite those that differ; durably.

        Nobody writes to them meanwhile.

        :param extents: (number, checksum of all bytes that it has here).
        :param read: gives the bytes of an extent here.
        """

    def read(
        self, inode: int, offset: int, count: int, is_good: Callable[[bytes], bool]
    ) -> Coroutine[Any, Any, bytes | None]:
        """Return bytes of another brick's data file, for what is lost here, within one extent.

        :param is_good: whether these are the right bytes; else another brick is asked.
        :returns: None if nobody has them.
        """
