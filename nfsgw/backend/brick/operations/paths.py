"""Where files are: from inode numbers to paths, for what administrators are shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from nfsgw.backend.brick.attributes import parent_of
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.view import Table, View

__all__ = ["paths"]


def paths(view: View, root: int, inodes: Iterable[int], entries_max: int) -> dict[int, bytes]:
    """Return the path within the volume of each inode for which one can be found.

    An inode knows the directory that it was made in or renamed to; so a file is not found if it is
    gone, or if LINK and REMOVE have left it names in other directories only.  One of several names
    is given.

    :param root: the root's inode number; its path is ``/``.
    :param entries_max: look at no more entries of directories than this in all.
    """
    tracing = _Tracing(view, root, entries_max)
    wanted = set(inodes)
    ahead = wanted
    while ahead:
        ahead = tracing.climb(ahead)
    found = ((inode, tracing.path(inode)) for inode in wanted)
    return {inode: path for inode, path in found if path is not None}


class _Tracing:
    """Names that were found on the way up; a step lists a directory once for all that it needs."""

    def __init__(self, view: View, root: int, entries_max: int) -> None:
        self._view = view
        self._root = root
        self._left = entries_max
        self._tried: set[int] = set()
        self._names: dict[int, tuple[int, bytes]] = {}
        """Of each inode that was found: its directory, and its name there."""

    def climb(self, inodes: Collection[int]) -> set[int]:
        """Find the names of inodes; return the directories whose own names were not looked for."""
        self._tried.update(inodes, (self._root,))
        children: dict[int, set[int]] = {}
        for inode in sorted(inodes):
            record = self._view.get(Table.INODE, inode_key(inode))
            if record is not None and inode != self._root:
                children.setdefault(parent_of(record), set()).add(inode)
        for directory, missed in children.items():
            self._list(directory, missed)
        return children.keys() - self._tried

    def _list(self, directory: int, missed: set[int]) -> None:
        for _, value in self._view.scan(Table.COOKIE, inode_key(directory)):
            if not missed or not self._left:
                return
            self._left -= 1
            inode = int.from_bytes(value[:8], "big")
            if inode in missed:
                missed.remove(inode)
                self._names[inode] = directory, value[8:]

    def path(self, inode: int) -> bytes | None:
        names: list[bytes] = []
        while inode != self._root:
            if inode not in self._names or len(names) > len(self._names):
                return None  # not found, or (on a damaged disk) within itself
            inode, name = self._names[inode]
            names.append(name)
        return b"/" + b"/".join(reversed(names))
