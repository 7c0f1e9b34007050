"""How a primary's records become durable, as a seam: on its own tables, or on a whole set's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from nfsgw.backend.brick.applying import Batch, LogBounds
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.store import Store, StoreFailed

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

    def begin(self, records: Sequence[Record], done: Callable[[StoreFailed | None], None]) -> None:
        """Start a transaction with the batch."""
        self._store.write(Batch(records, self._bounds), done)
