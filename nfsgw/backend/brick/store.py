"""The store below a brick, as an interface: consistent looks, and transactions that end later.

LMDB keeps the tables on a machine (:mod:`nfsgw.backend.brick.lmdb_store`); tests and the simulator
bring stores whose commits end, fail or are lost when they say so.  At most one transaction is
under way at a time; whoever writes sees to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from nfsgw.backend.brick.view import Table, View
from nfsgw.errors import NfsgwError

__all__ = ["Snapshot", "Store", "StoreFailed", "Transaction"]

T = TypeVar("T")


class StoreFailed(NfsgwError):
    """The store could not commit, or not be opened or read; the message says why.

    After a failed commit nobody knows which of its effects a reader would see, so the brick
    counts as failed.
    """


class Snapshot(View, Protocol):
    """The state after some commit, unchanged by later ones until it is closed."""

    def last(self, table: Table) -> tuple[bytes, bytes] | None:
        """Return the item with the largest key, or None."""

    def close(self) -> None:
        """Let go of it; its scans end too."""


class Transaction(View, Protocol):
    """A write transaction; reads see its own writes."""

    def put_many(self, table: Table, items: Sequence[tuple[bytes, bytes]]) -> None:
        """Set values; ascending keys are fastest."""

    def delete_many(self, table: Table, keys: Iterable[bytes]) -> None:
        """Remove keys; missing ones do no harm."""

    def last(self, table: Table) -> tuple[bytes, bytes] | None:
        """Return the item with the largest key, or None."""

    def table_bytes(self, table: Table) -> int:
        """Return about how much room a table takes."""


class Store(Protocol):
    """Tables with snapshots and one writer."""

    def snapshot(self) -> Snapshot:
        """Begin a look at the last committed state.

        :raises StoreFailed: it cannot be read.
        """

    def write(
        self, work: Callable[[Transaction], object], done: Callable[[StoreFailed | None], None]
    ) -> None:
        """Start one transaction with ``work`` in it; when its commit is durable, call ``done``.

        ``work`` may run in another thread and must touch nothing but the transaction and what it
        was given.  ``done`` is called on the caller's thread within a turn: before this returns if
        the store waits for no disk, else later; with an error if nothing or not all was committed.
        """

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Do the same at once, waiting for the disk: for start, rollback and offline work.

        :raises StoreFailed: the commit failed.
        """

    def close(self) -> None:
        """Close; no transaction may be under way."""
