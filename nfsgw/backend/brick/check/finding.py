"""What a check can find."""

from __future__ import annotations

from enum import Enum, unique
from typing import NamedTuple

__all__ = ["Fault", "Finding"]


@unique
class Fault(Enum):
    """Kinds of findings; the values are stable names for reports."""

    VALUE = "value"
    """A key or value cannot be read, or contradicts its key."""
    ENTRY_INODE = "entry-without-inode"
    ENTRY_DIRECTORY = "entry-outside-directory"
    ENTRY_COOKIE = "entry-without-cookie"
    COOKIE_ENTRY = "cookie-without-entry"
    COOKIE_RANGE = "cookie-out-of-range"
    ENTRY_COUNT = "entry-count"
    LINK_COUNT = "link-count"
    PARENT = "parent"
    CYCLE = "directory-cycle"
    ORPHAN = "inode-without-entry"
    COUNTER = "inode-counter"
    SYMLINK = "symbolic-link"
    INLINE = "inline-bytes"
    OWNER = "value-without-inode"
    EXTENT = "extent"
    WRITING = "list-of-extents-being-written"
    TRIM = "trim"
    FILE_UNKNOWN = "data-file-without-inode"
    FILE_MISSING = "data-file-missing"
    CHECKSUM = "checksum"
    LOCK = "locks"
    LOG = "log"
    LOG_TABLES = "log-against-tables"
    UNDO = "undo"
    REPLY = "replies"


class Finding(NamedTuple):
    """One contradiction.

    :ivar where: the object, in words (``inode 2``, ``entry b'a' in 1``).
    """

    fault: Fault
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.fault.value}: {self.where}: {self.text}"
