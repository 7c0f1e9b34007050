"""REMOVE and RMDIR, and what goes with the last name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nfsgw.backend.api import Credentials, DirectoryChanged, FileType, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.keys import inode_key, xattr_key
from nfsgw.backend.brick.schema import DATA_IN_FILE, pack_number, time_ns, wcc_of
from nfsgw.backend.brick.view import Change, Table
from nfsgw.errors import FsCode
from tests.unit.backend.operations.tree import ADMIN, ANN, BOB, CAT, Tree

remove, rmdir = operations.remove, operations.rmdir
Remover = Callable[[Change, Credentials, int, bytes], DirectoryChanged]
both = pytest.mark.parametrize("take", [remove, rmdir])


def make(tree: Tree, take: Remover, name: bytes, owner: Credentials, parent: int) -> int:
    """Create what ``take`` can remove."""
    if take is remove:
        return tree.file(name, owner, 0o666, parent)
    return tree.directory(name, owner, 0o777, parent)


@both
def test_the_name_and_the_object_go(tree: Tree, take: Remover) -> None:
    """What had one name is gone, and the directory shows the change."""
    inode = make(tree, take, b"x", ANN, tree.root)
    before = tree.record(tree.root)
    changed = tree.do(take, BOB, tree.root, b"x")
    assert changed == (wcc_of(before), tree.record(tree.root)[:84])
    assert not tree.exists(inode)
    assert b"x" not in tree.names()
    root = tree.record(tree.root)
    assert time_ns(root[68:76]) == time_ns(root[76:84]) == tree.now_ns
    assert tree.stat(tree.root).nlink == 2


@both
@pytest.mark.parametrize(
    ("name", "code"),
    [
        (b"missing", FsCode.NOENT),
        (b"", FsCode.ACCES),
        (b"a/b", FsCode.INVAL),
        (b"a\0b", FsCode.INVAL),
        (b"n" * 256, FsCode.NAMETOOLONG),
    ],
)
def test_names_that_are_not_there(tree: Tree, take: Remover, name: bytes, code: FsCode) -> None:
    """A missing or impossible name is refused with the directory's attributes."""
    error = tree.refuse(code, take, ADMIN, tree.root, name)
    assert error.attributes == tree.record(tree.root)[:84]
    assert error.before == wcc_of(tree.record(tree.root))


def test_the_dots_are_never_removed(tree: Tree) -> None:
    """REMOVE of a dot is ACCES, RMDIR is INVAL, in every directory."""
    inner = tree.directory(b"d")
    for directory in (tree.root, inner):
        for name in (b".", b".."):
            tree.refuse(FsCode.ACCES, remove, ADMIN, directory, name)
            tree.refuse(FsCode.INVAL, rmdir, ADMIN, directory, name)


@both
def test_it_takes_write_and_search_permission(tree: Tree, take: Remover) -> None:
    """Either right alone is not enough, and without search not even NOENT is told."""
    directory = tree.directory(b"d", ADMIN, 0o773)
    make(tree, take, b"x", ANN, directory)
    for mode, missing in ((0o774, FsCode.ACCES), (0o775, FsCode.NOENT), (0o776, FsCode.ACCES)):
        tree.chmod(directory, mode)
        error = tree.refuse(FsCode.ACCES, take, ANN, directory, b"x")
        assert error.attributes == tree.record(directory)[:84]
        tree.refuse(missing, take, ANN, directory, b"missing")


@both
def test_a_sticky_directory(tree: Tree, take: Remover) -> None:
    """In /tmp others' things stay, PERM; their owner, the directory's owner and uid 0 may."""
    directory = tree.directory(b"tmp", CAT, 0o1777)
    for count, who in enumerate((ANN, CAT, ADMIN)):
        name = b"%d" % count
        make(tree, take, name, ANN, directory)
        tree.refuse(FsCode.PERM, take, BOB, directory, name)
        tree.do(take, who, directory, name)


@both
def test_the_directory_must_be_one(tree: Tree, take: Remover) -> None:
    """Nothing is removed from a file, nor from what is gone."""
    tree.refuse(FsCode.NOTDIR, take, ADMIN, tree.file(b"f"), b"x")
    tree.refuse(FsCode.STALE, take, ADMIN, 1 << 40, b"x")


def test_each_call_removes_its_own_kind(tree: Tree) -> None:
    """REMOVE of a directory is ISDIR, RMDIR of anything else NOTDIR."""
    tree.directory(b"d")
    tree.file(b"f")
    tree.do(operations.symlink, ADMIN, tree.root, b"l", b"d", NewAttributes())
    tree.refuse(FsCode.ISDIR, remove, ADMIN, tree.root, b"d")
    tree.refuse(FsCode.NOTDIR, rmdir, ADMIN, tree.root, b"f")
    tree.refuse(FsCode.NOTDIR, rmdir, ADMIN, tree.root, b"l")


def test_a_directory_with_entries_stays(tree: Tree) -> None:
    """RMDIR of a directory that is not empty is NOTEMPTY, until it is."""
    inner = tree.directory(b"d")
    tree.file(b"f", parent=inner)
    tree.refuse(FsCode.NOTEMPTY, rmdir, ADMIN, tree.root, b"d")
    tree.do(remove, ADMIN, inner, b"f")
    tree.do(rmdir, ADMIN, tree.root, b"d")


def test_a_file_lives_until_its_last_name(tree: Tree) -> None:
    """Other names keep the file; its link count and ctime tell of the loss."""
    inode = tree.file(b"a")
    tree.put_inline(inode, b"hello")
    tree.do(operations.link, ADMIN, inode, tree.root, b"b")
    tree.do(remove, ADMIN, tree.root, b"a")
    assert tree.stat(inode).nlink == 1
    assert time_ns(tree.record(inode)[76:84]) == tree.now_ns
    assert tree.view.tables[Table.INLINE]
    tree.do(remove, ADMIN, tree.root, b"b")
    assert not tree.exists(inode)
    assert not tree.view.tables[Table.INLINE]


def test_everything_that_belongs_to_an_inode_goes(tree: Tree) -> None:
    """Targets, attributes and inline bytes leave no key behind; neighbours keep theirs."""
    first = tree.file(b"a")
    made = tree.do(operations.symlink, ADMIN, tree.root, b"l", b"t", NewAttributes())
    inner = tree.directory(b"d")
    xattr = tree.view.tables[Table.XATTR]
    for inode in (first, made.inode, inner, tree.root):
        xattr[xattr_key(inode, b"one")] = xattr[xattr_key(inode, b"two")] = b"value"
    tree.do(remove, ADMIN, tree.root, b"a")
    tree.do(remove, ADMIN, tree.root, b"l")
    tree.do(rmdir, ADMIN, tree.root, b"d")
    assert xattr.keys() == {xattr_key(tree.root, b"one"), xattr_key(tree.root, b"two")}
    assert not tree.view.tables[Table.SYMLINK]
    assert not tree.view.tables[Table.TRIM]
    assert tree.view.tables[Table.INODE].keys() == {inode_key(tree.root)}


def test_a_data_file_is_left_to_be_cut(tree: Tree) -> None:
    """The last name of a file with a data file leaves the durable order to cut it to nothing."""
    inode = tree.file(b"f")
    tree.edit(inode, flags=DATA_IN_FILE)
    trim = tree.view.tables[Table.TRIM]
    trim[inode_key(inode)] = pack_number(500)
    tree.do(operations.link, ADMIN, inode, tree.root, b"g")
    tree.do(remove, ADMIN, tree.root, b"f")
    assert trim == {inode_key(inode): pack_number(500)}
    tree.do(remove, ADMIN, tree.root, b"g")
    assert trim == {inode_key(inode): pack_number(0)}


def test_special_files_are_removed(tree: Tree) -> None:
    """A FIFO goes like a file."""
    made = tree.do(
        operations.mknod, ANN, tree.root, b"p", FileType.FIFO, (0, 0), NewAttributes(mode=0o600)
    )
    tree.do(remove, ANN, tree.root, b"p")
    assert not tree.exists(made.inode)
