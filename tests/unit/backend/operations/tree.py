"""A brick in dictionaries, with the operations as methods, and a proof that it is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest

from nfsgw.backend.api import CreateMode, Credentials, FileType, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.acl import is_sound
from nfsgw.backend.brick.keys import cookie_key, entry_key, inode_key
from nfsgw.backend.brick.schema import (
    Attributes,
    Inode,
    pack_cookie,
    pack_entry,
    pack_inode,
    put_root,
    unpack_attributes,
    unpack_inode,
)
from nfsgw.backend.brick.view import Change, DictView, Table
from nfsgw.errors import FsCode, FsError

P = ParamSpec("P")
T = TypeVar("T")

ADMIN = Credentials(0, 0)
ANN = Credentials(1000, 100, frozenset({500}))
BOB = Credentials(1001, 101)
CAT = Credentials(1002, 100)
"""ANN's colleague: in her group, not in 500."""

FSID = 0xFEDC_BA98_7654_3210
START_NS = 1_700_000_000_000_000_000
STEP_NS = 1_000_000_000


class Tree:
    """A brick's tables with a root directory of mode 0777, and a clock that a test can set."""

    def __init__(self, root_mode: int = 0o777) -> None:
        self.view = DictView()
        self.now_ns = START_NS
        self.step_ns = STEP_NS
        self.root = self.do(put_root, FSID)
        self.chmod(self.root, root_mode)

    def do(self, function: Callable[Concatenate[Change, P], T], *a: P.args, **k: P.kwargs) -> T:
        """Run an operation that changes, one second later, and apply what it changed."""
        self.now_ns += self.step_ns
        change = Change(self.view, self.now_ns)
        result = function(change, *a, **k)
        self.view.apply(change)
        return result

    def refuse(
        self,
        code: FsCode,
        function: Callable[..., object],
        *args: Any,  # noqa: ANN401 - the operation's own arguments
    ) -> FsError:
        """Run an operation that must be refused with ``code``; return the error."""
        with pytest.raises(FsError) as caught:
            function(Change(self.view, self.now_ns), *args)
        assert caught.value.code is code
        return caught.value

    def record(self, inode: int) -> bytes:
        """Return an inode's record."""
        return self.view.tables[Table.INODE][inode_key(inode)]

    def exists(self, inode: int) -> bool:
        """Say whether an inode has a record."""
        return inode_key(inode) in self.view.tables[Table.INODE]

    def stat(self, inode: int) -> Attributes:
        """Return an inode's attributes, decoded."""
        return unpack_attributes(self.record(inode))

    def inode(self, inode: int) -> Inode:
        """Return an inode's record, decoded."""
        return unpack_inode(self.record(inode))

    def chmod(self, inode: int, mode: int) -> None:
        """Set a mode as the superuser."""
        self.do(operations.setattr, ADMIN, inode, NewAttributes(mode=mode))

    def edit(self, inode: int, **fields: Any) -> None:  # noqa: ANN401 - fields of Inode
        """Change an inode's record behind the operations' back."""
        edited = pack_inode(self.inode(inode)._replace(**fields))
        self.view.tables[Table.INODE][inode_key(inode)] = edited

    def file(
        self, name: bytes, owner: Credentials = ADMIN, mode: int = 0o644, parent: int | None = None
    ) -> int:
        """Create a file and return its inode number."""
        where = self.root if parent is None else parent
        new = NewAttributes(mode=mode)
        return self.do(operations.create, owner, where, name, CreateMode.GUARDED, new).inode

    def directory(
        self, name: bytes, owner: Credentials = ADMIN, mode: int = 0o755, parent: int | None = None
    ) -> int:
        """Create a directory and return its inode number."""
        where = self.root if parent is None else parent
        return self.do(operations.mkdir, owner, where, name, NewAttributes(mode=mode)).inode

    def names(self, directory: int | None = None) -> dict[bytes, int]:
        """Return a directory's names and their inodes, dots included, as READDIR lists them."""
        where = self.root if directory is None else directory
        listing = operations.readdir(self.view, ADMIN, where, 0, False, 1 << 30, 24)
        assert listing.eof
        return {entry.name: entry.inode for entry in listing.entries}

    def put_inline(self, inode: int, data: bytes) -> None:
        """Store a small file's bytes, with its size."""

        def write(change: Change) -> None:
            change.put(Table.INLINE, inode_key(inode), data)
            operations.extend(change, ADMIN, inode, len(data))

        self.do(write)

    def check(self) -> None:
        """Prove that links, entries, cookies and counts agree, and that nothing is left over."""
        tables = self.view.tables
        names: Counter[int] = Counter()
        subdirectories: Counter[int] = Counter()
        for key, value in tables[Table.ENTRY].items():
            directory, name = int.from_bytes(key[:8], "big"), key[8:]
            inode, cookie = int.from_bytes(value[:8], "big"), int.from_bytes(value[8:], "big")
            assert value == pack_entry(inode, cookie)
            assert tables[Table.COOKIE][cookie_key(directory, cookie)] == pack_cookie(inode, name)
            assert 3 <= cookie < self.inode(directory).next_cookie
            names[inode] += 1
            if self.stat(inode).type == FileType.DIRECTORY:
                subdirectories[directory] += 1
                assert self.inode(inode).parent == directory
        for key, value in tables[Table.COOKIE].items():
            assert entry_key(int.from_bytes(key[:8], "big"), value[8:]) in tables[Table.ENTRY]
        assert len(tables[Table.COOKIE]) == len(tables[Table.ENTRY])
        for key in tables[Table.INODE]:
            inode = int.from_bytes(key, "big")
            entries = sum(1 for entry in tables[Table.ENTRY] if entry[:8] == key)
            stat = self.stat(inode)
            assert stat.fileid == inode
            assert stat.fsid == FSID
            assert is_sound(self.record(inode))
            assert self.inode(inode).entries == entries
            if stat.type == FileType.DIRECTORY:
                assert stat.nlink == 2 + subdirectories[inode]
                assert names[inode] == (0 if inode == self.root else 1)
            else:
                assert stat.nlink == names[inode] >= 1
        for table in (Table.SYMLINK, Table.INLINE):
            assert tables[table].keys() <= tables[Table.INODE].keys()
