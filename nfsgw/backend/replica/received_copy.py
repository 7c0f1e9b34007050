"""A copy of all tables that is being received, beside the brick's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.store import Store, Transaction
from nfsgw.backend.replica.member import MemberFailed
from nfsgw.backend.replica.received_tables import ReceivedTables
from nfsgw.waiting import Wait

__all__ = ["ReceivedCopy"]

T = TypeVar("T")


class ReceivedCopy:
    """One try at copying all tables: it begins, and ends with :meth:`adopt` or :meth:`drop`."""

    def __init__(self, brick: LocalBrick) -> None:
        self._brick = brick
        self._store: Store | None = None
        self._tables: ReceivedTables | None = None
        self._dropped: str | None = None
        self._over: Wait[None] = Wait()

    async def begin(self, earlier: Wait[None]) -> None:
        """Make the empty tables.

        :param earlier: done when those of the try before are closed.
        :raises StoreFailed: the disk.
        :raises MemberFailed: it was dropped meanwhile.
        """
        await earlier
        try:
            store: Store = await self._brick.threads.run(self._brick.copy.begin)
        except BaseException:
            self._over.resolve(None)
            raise
        if self._dropped is not None:
            self._close(store)
            raise MemberFailed(self._dropped)
        self._store = store
        self._tables = ReceivedTables(store, self._brick.log)

    async def run(self, work: Callable[[Transaction], T]) -> T:
        """Run a transaction in the copy.

        :raises StoreFailed: the disk.
        :raises MemberFailed: it refuses, or the copy was dropped, or is still being begun.
        """
        if self._tables is None:
            raise MemberFailed("the copy of the tables has not begun")
        return await self._tables.run(work)

    @property
    def store(self) -> Store:
        """Return its tables; only after something has been done in them."""
        assert self._store is not None
        return self._store

    async def adopt(self) -> None:
        """End it, and put its tables in the place of the brick's own, which nobody uses any more.

        :raises StoreFailed: the disk; nobody knows which tables are in force.
        """
        assert self._tables is not None
        await self._tables.stop("the copy of the tables has ended")
        try:
            await self._brick.threads.run(self._brick.copy.adopt, self.store)
        except BaseException:
            self._close(self.store)
            raise
        self._over.resolve(None)

    def drop(self, reason: str) -> Wait[None]:
        """End it; return a Wait for the closing of its tables, when nothing is under way there."""
        self._dropped = reason
        if self._tables is not None and self._store is not None:
            self._tables.stop(reason).add_callback(partial(self._close, self._store))
        return self._over

    def _close(self, store: Store) -> None:
        store.close()
        self._over.resolve(None)
