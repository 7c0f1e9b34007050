"""How a primary's records become durable, as a seam: on its own tables, or on a whole set's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from nfsgw.backend.brick.applying import Batch, LogBounds, forget_undo
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.store import Store, StoreFailed, Transaction

__all__ = ["Commit", "OwnTables"]


class Commit(Protocol):
    """Commits one batch of records at a time."""

    def begin(self, records: Sequence[Record], done: Callable[[StoreFailed | None], None]) -> None:
        """Start to commit a batch that follows the last one.

        ``done`` is called within a turn, perhaps before this returns, when the commit point may
        pass the batch; with an error if that will never be known here.
        """


class OwnTables:
    """The commits of a brick that is alone: its own commit is the commit point."""

    def __init__(self, store: Store, bounds: LogBounds) -> None:
        self._store = store
        self._bounds = bounds
        self._first = True

    def begin(self, records: Sequence[Record], done: Callable[[StoreFailed | None], None]) -> None:
        """Start a transaction with the batch."""
        batch = Batch(records, self._bounds)
        self._store.write(partial(_begin_alone, batch) if self._first else batch, done)
        self._first = False


def _begin_alone(batch: Batch, transaction: Transaction) -> None:
    """Carry out a first batch; what is left from when there were other bricks is final now."""
    forget_undo(transaction)
    batch(transaction)
