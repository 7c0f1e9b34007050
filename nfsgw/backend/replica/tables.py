"""Which items of a brick's tables all bricks of a set share, and which are a brick's own."""

from __future__ import annotations

from typing import Final

from nfsgw.backend.brick.bytes.records import WRITING
from nfsgw.backend.brick.keys import NEXT_INODE
from nfsgw.backend.brick.view import Table

__all__ = ["SHARED_TABLES", "is_shared"]

SHARED_TABLES: Final = tuple(table for table in Table if table not in (Table.LOG, Table.UNDO))
"""Tables with items that are equal on all in-sync bricks.

Logs are equal too up to the commit point, but each is trimmed on its own.
"""


def is_shared(table: Table, key: bytes) -> bool:
    """Say whether an item is equal on all in-sync bricks; of META, only some are."""
    return table is not Table.META or key == NEXT_INODE or key.startswith(WRITING)
