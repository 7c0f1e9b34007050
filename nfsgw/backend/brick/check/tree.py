"""Check the tree: inodes, entries, cookies, link counts, parents.

Two passes over the inodes.  The first looks at each directory with its entries, and collects
which inode every entry names; the second compares those counts with the link counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nfsgw.backend.brick.acl import is_sound
from nfsgw.backend.brick.check.counting import Counts
from nfsgw.backend.brick.check.finding import Fault, Finding
from nfsgw.backend.brick.keys import (
    COUNTER_MAX,
    NEXT_INODE,
    cookie_key,
    entry_key,
    inode_key,
    inode_number,
    inode_of,
)
from nfsgw.backend.brick.schema import (
    COOKIE_FIRST,
    INODE_BYTES,
    NAME_BYTES_MAX,
    ROOT_COUNTER,
    Inode,
    type_of,
    unpack_attributes,
    unpack_cookie,
    unpack_entry,
    unpack_inode,
    unpack_number,
)
from nfsgw.backend.brick.view import Table, View

__all__ = ["Tree"]

_DIRECTORY: Final = 2
_AFTER_GROUP: Final = b"\xff" * 300
"""Behind every name and cookie, so a scan after (directory + this) begins at the next one."""
_CONNECTED_MAX: Final = 1 << 18


class Tree:
    """The check of one brick's tree.

    :param volume: the file-system id that every inode must carry.
    :ivar inodes: how many there are; ``entries`` likewise.
    """

    def __init__(self, view: View, volume: int) -> None:
        self._view = view
        self._volume = volume
        self._counts = Counts()
        self._connected: set[int] = set()
        self.root = inode_number(0, ROOT_COUNTER)
        self.inodes = 0
        self.entries = 0

    def check(self) -> Iterator[Finding]:
        """Yield everything that is wrong."""
        yield from self._check_inodes()
        yield from self._check_outside(Table.ENTRY, "entries")
        yield from self._check_outside(Table.COOKIE, "cookies")
        yield from self._check_links()

    def _check_inodes(self) -> Iterator[Finding]:
        last = 0
        for key, value in self._view.scan(Table.INODE, b""):
            if len(key) != 8 or len(value) < INODE_BYTES:
                yield Finding(Fault.VALUE, f"inode {key.hex()}", "key or value of a wrong length")
                continue
            number = last = inode_of(key)
            self.inodes += 1
            attributes = unpack_attributes(value)
            if attributes.fileid != number or attributes.fsid != self._volume:
                text = f"says it is {attributes.fileid} of volume {attributes.fsid:016x}"
                yield Finding(Fault.VALUE, f"inode {number}", text)
            if not 1 <= attributes.type <= 7:
                yield Finding(Fault.VALUE, f"inode {number}", f"is of type {attributes.type}")
            if not is_sound(value):
                yield Finding(Fault.VALUE, f"inode {number}", "what follows the inode is no ACL")
            if attributes.type == _DIRECTORY:
                yield from self._check_directory(number, unpack_inode(value), attributes.nlink)
        yield from self._check_counter(last)

    def _check_counter(self, last: int) -> Iterator[Finding]:
        value = self._view.get(Table.META, NEXT_INODE)
        if value is None or len(value) != 8:
            yield Finding(Fault.COUNTER, "meta", "there is no counter of inode numbers")
        elif unpack_number(value) & COUNTER_MAX <= last & COUNTER_MAX:
            text = f"the next number is {unpack_number(value)}, but {last} is in use"
            yield Finding(Fault.COUNTER, "meta", text)
        if self._view.get(Table.INODE, inode_key(self.root)) is None:
            yield Finding(Fault.ORPHAN, f"inode {self.root}", "the root directory is missing")

    def _check_directory(self, number: int, inode: Inode, links: int) -> Iterator[Finding]:
        where = f"directory {number}"
        prefix = inode_key(number)
        entries = subdirectories = 0
        for key, value in self._view.scan(Table.ENTRY, prefix):
            entries += 1
            name = key[8:]
            child = self._view.get(Table.INODE, value[:8]) if len(value) == 16 else None
            if child is not None and type_of(child) == _DIRECTORY:
                subdirectories += 1
                if unpack_inode(child).parent != number:
                    text = f"its parent is not {number}, where it is {name!r}"
                    yield Finding(Fault.PARENT, f"directory {inode_of(value)}", text)
            yield from self._check_entry(number, inode.next_cookie, name, value, child)
        self.entries += entries
        yield from self._check_cookies(number, prefix)
        if entries != inode.entries:
            text = f"has {entries} entries and counts {inode.entries}"
            yield Finding(Fault.ENTRY_COUNT, where, text)
        if links != 2 + subdirectories:
            text = f"has {subdirectories} subdirectories and {links} links"
            yield Finding(Fault.LINK_COUNT, where, text)
        yield from self._check_ancestors(number, inode.parent)

    def _check_entry(
        self, directory: int, next_cookie: int, name: bytes, value: bytes, child: bytes | None
    ) -> Iterator[Finding]:
        where = f"entry {name!r} in {directory}"
        if len(value) != 16 or not 0 < len(name) <= NAME_BYTES_MAX or b"/" in name:
            yield Finding(Fault.VALUE, where, "cannot be a name, or its value is damaged")
            return
        inode, cookie = unpack_entry(value)
        if child is None:
            yield Finding(Fault.ENTRY_INODE, where, f"names inode {inode}, which is not there")
        else:
            self._counts.add(inode)
        if not COOKIE_FIRST <= cookie < next_cookie:
            text = f"has cookie {cookie}; the directory's next one is {next_cookie}"
            yield Finding(Fault.COOKIE_RANGE, where, text)
        behind = self._view.get(Table.COOKIE, cookie_key(directory, cookie))
        if behind is None or unpack_cookie(behind) != (inode, name):
            yield Finding(Fault.ENTRY_COOKIE, where, f"cookie {cookie} does not name it")

    def _check_cookies(self, directory: int, prefix: bytes) -> Iterator[Finding]:
        for key, value in self._view.scan(Table.COOKIE, prefix):
            name = unpack_cookie(value)[1]
            entry = self._view.get(Table.ENTRY, entry_key(directory, name))
            if entry is None or entry[8:] != key[8:] or entry[:8] != value[:8]:
                where = f"cookie {int.from_bytes(key[8:], 'big')} in {directory}"
                text = f"names {name!r}, which has another cookie or is not there"
                yield Finding(Fault.COOKIE_ENTRY, where, text)

    def _check_ancestors(self, number: int, parent: int) -> Iterator[Finding]:
        """Follow the parents up to the root, or to a directory that is known to lead there."""
        way = {number}
        while number != self.root and parent not in self._connected:
            value = self._view.get(Table.INODE, inode_key(parent))
            if value is None or len(value) < INODE_BYTES or type_of(value) != _DIRECTORY:
                text = f"its parent {parent} is not a directory"
                yield Finding(Fault.PARENT, f"directory {number}", text)
                return
            if parent in way:
                text = f"its parents lead back to {parent} and never to the root"
                yield Finding(Fault.CYCLE, f"directory {number}", text)
                return
            way.add(parent)
            number, parent = parent, unpack_inode(value).parent
        if len(self._connected) > _CONNECTED_MAX:
            self._connected.clear()
        self._connected |= way

    def _check_outside(self, table: Table, what: str) -> Iterator[Finding]:
        """Find entries or cookies of directories that are not there."""
        after = b""
        while (item := next(iter(self._view.scan(table, b"", after)), None)) is not None:
            prefix = item[0][:8]
            value = self._view.get(Table.INODE, prefix)
            if value is None or type_of(value) != _DIRECTORY:
                text = f"has {what} but is not a directory"
                yield Finding(Fault.ENTRY_DIRECTORY, f"inode {prefix.hex()}", text)
            after = prefix + _AFTER_GROUP

    def _check_links(self) -> Iterator[Finding]:
        counts = self._counts.merged()
        counted, count = next(counts, (None, 0))
        for key, value in self._view.scan(Table.INODE, b""):
            if len(key) != 8 or len(value) < INODE_BYTES:
                continue
            number = inode_of(key)
            while counted is not None and counted < number:
                counted, count = next(counts, (None, 0))
            yield from self._check_count(number, value, count if counted == number else 0)
        self._counts.close()

    def _check_count(self, number: int, value: bytes, entries: int) -> Iterator[Finding]:
        where = f"inode {number}"
        if type_of(value) == _DIRECTORY:
            wanted = 0 if number == self.root else 1
            if entries > wanted:
                text = f"a directory is named by {entries} entries"
                yield Finding(Fault.LINK_COUNT, where, text)
            elif entries < wanted:
                yield Finding(Fault.ORPHAN, where, "no entry names this directory")
        elif not entries:
            yield Finding(Fault.ORPHAN, where, "no entry names it")
        elif entries != unpack_attributes(value).nlink:
            text = f"{entries} entries name it, and it counts {unpack_attributes(value).nlink}"
            yield Finding(Fault.LINK_COUNT, where, text)
