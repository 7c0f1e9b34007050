"""LINK: one more name for a file."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.attributes import LINKS_MAX
from nfsgw.backend.brick.schema import time_ns, wcc_of
from nfsgw.errors import FsCode
from tests.unit.backend.operations.tree import ADMIN, ANN, BOB, Tree

link = operations.link


def test_a_second_name(tree: Tree) -> None:
    """Both names stand for the same file; link count and ctime change, the mtime does not."""
    inode = tree.file(b"a", ANN)
    inner = tree.directory(b"d", mode=0o777)
    mtime = tree.record(inode)[68:76]
    before = tree.record(inner)
    linked = tree.do(link, BOB, inode, inner, b"b")
    assert linked == (tree.record(inode)[:84], wcc_of(before), tree.record(inner)[:84])
    assert tree.stat(inode).nlink == 2
    assert tree.names()[b"a"] == tree.names(inner)[b"b"] == inode
    assert time_ns(tree.record(inode)[76:84]) == tree.now_ns
    assert tree.record(inode)[68:76] == mtime
    assert time_ns(tree.record(inner)[68:76]) == tree.now_ns


def test_a_symbolic_link_can_have_two_names(tree: Tree) -> None:
    """LINK does not follow: the second name is one of the link itself."""
    made = tree.do(operations.symlink, ADMIN, tree.root, b"l", b"t", NewAttributes())
    tree.do(link, ADMIN, made.inode, tree.root, b"m")
    assert tree.stat(made.inode).nlink == 2


def test_a_directory_has_one_name(tree: Tree) -> None:
    """Not even uid 0 gives a directory a second name."""
    inner = tree.directory(b"d")
    error = tree.refuse(FsCode.PERM, link, ADMIN, inner, tree.root, b"e")
    root = tree.record(tree.root)
    record = tree.record(inner)
    assert (error.attributes, error.before) == (root[:84], wcc_of(root))
    assert error.second == (wcc_of(record), record[:84])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (b"a", FsCode.EXIST),
        (b".", FsCode.EXIST),
        (b"..", FsCode.EXIST),
        (b"", FsCode.ACCES),
        (b"a/b", FsCode.INVAL),
        (b"\0", FsCode.INVAL),
        (b"n" * 256, FsCode.NAMETOOLONG),
    ],
)
def test_names_that_cannot_be_given(tree: Tree, name: bytes, code: FsCode) -> None:
    """A name that exists is EXIST even for the file itself; impossible ones are refused."""
    inode = tree.file(b"a")
    error = tree.refuse(code, link, ADMIN, inode, tree.root, name)
    assert error.second[1] == tree.record(inode)[:84]


def test_it_takes_write_and_search_permission(tree: Tree) -> None:
    """Either right alone is not enough; a name that exists is told to who may search."""
    inode = tree.file(b"a", ANN)
    inner = tree.directory(b"d")
    tree.file(b"x", parent=inner)
    for mode, known in ((0o776, FsCode.ACCES), (0o775, FsCode.EXIST)):
        tree.chmod(inner, mode)
        tree.refuse(FsCode.ACCES, link, ANN, inode, inner, b"b")
        tree.refuse(known, link, ANN, inode, inner, b"x")


def test_gone_or_no_directory(tree: Tree) -> None:
    """What is gone is STALE, with the attributes of what is left; a file holds no names."""
    inode = tree.file(b"a")
    record, root = tree.record(inode), tree.record(tree.root)
    error = tree.refuse(FsCode.STALE, link, ADMIN, 1 << 40, tree.root, b"b")
    assert (error.attributes, error.second) == (root[:84], (None, None))
    error = tree.refuse(FsCode.STALE, link, ADMIN, inode, 1 << 40, b"b")
    assert (error.attributes, error.second) == (None, (wcc_of(record), record[:84]))
    tree.refuse(FsCode.NOTDIR, link, ADMIN, inode, inode, b"b")


def test_too_many_names(tree: Tree) -> None:
    """At PATHCONF's linkmax the next name is MLINK."""
    inode = tree.file(b"a")
    record = tree.record(inode)
    tree.edit(inode, attributes=record[:8] + LINKS_MAX.to_bytes(4, "big") + record[12:84])
    tree.refuse(FsCode.MLINK, link, ADMIN, inode, tree.root, b"b")
    tree.edit(inode, attributes=record[:8] + (LINKS_MAX - 1).to_bytes(4, "big") + record[12:84])
    tree.do(link, ADMIN, inode, tree.root, b"b")
    assert tree.stat(inode).nlink == LINKS_MAX
    tree.edit(inode, attributes=record[:8] + (2).to_bytes(4, "big") + record[12:84])
