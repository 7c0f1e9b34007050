"""The tables of one brick as a disk holds them: sorted, and changed as a whole by commits."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

from nfsgw.backend.brick.view import Table

__all__ = ["Changes", "Content", "Tables"]

Changes = list[dict[bytes, bytes | None]]
"""By table: what a transaction puts (bytes) and deletes (None)."""


class Content:
    """One table.

    :ivar keys: ascending.
    :ivar version: raised by each change, so that a scan notices one.
    """

    __slots__ = ("keys", "values", "version")

    def __init__(self) -> None:
        self.keys: list[bytes] = []
        self.values: dict[bytes, bytes] = {}
        self.version = 0

    def scan(self, prefix: bytes, after: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value), ascending, of the keys that start with ``prefix``."""
        keys = self.keys
        values = self.values
        version = self.version
        at = bisect_right(keys, after) if after > prefix else bisect_left(keys, prefix)
        if after == prefix and at < len(keys) and after and keys[at] == after:
            at += 1
        while at < len(keys) and keys[at].startswith(prefix):
            assert self.version == version, "a scan goes on behind a commit"
            key = keys[at]
            yield key, values[key]
            at += 1

    def apply(self, changes: dict[bytes, bytes | None]) -> None:
        """Put and delete."""
        keys = self.keys
        values = self.values
        self.version += 1
        for key, value in changes.items():
            if value is not None:
                if key not in values:
                    if not keys or key > keys[-1]:
                        keys.append(key)
                    else:
                        insort(keys, key)
                values[key] = value
            elif values.pop(key, None) is not None:
                del keys[bisect_left(keys, key)]


class Tables:
    """All tables of a brick; they outlive the process that has them open.

    :ivar unsure: a commit whose end is not known to be as shown, because it failed, or because
        the process died in it: power loss may bring this state about.  None: the disk holds
        what is shown.
    """

    def __init__(self) -> None:
        self.contents = [Content() for _ in Table]
        self.unsure: Changes | None = None

    def get(self, table: Table, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""
        return self.contents[table].values.get(key)

    def scan(
        self, table: Table, prefix: bytes, after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value), ascending, of the keys that start with ``prefix``."""
        return self.contents[table].scan(prefix, after)

    def items(self, table: Table) -> dict[bytes, bytes]:
        """Return a whole table, for checkers; not to be changed."""
        return self.contents[table].values

    def apply(self, changes: Changes) -> None:
        """Carry out a transaction."""
        for content, changed in zip(self.contents, changes, strict=True):
            if changed:
                content.apply(changed)

    def undo(self, changes: Changes) -> Changes:
        """Return the changes that take a transaction back, if it is carried out now."""
        return [
            {key: content.values.get(key) for key in changed}
            for content, changed in zip(self.contents, changes, strict=True)
        ]

    def used(self) -> int:
        """Return about how many bytes they take."""
        return sum(
            sum(map(len, content.keys)) + sum(map(len, content.values.values()))
            for content in self.contents
        )
