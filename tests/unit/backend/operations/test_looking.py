"""GETATTR, LOOKUP, ACCESS and READLINK."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import Access, Credentials, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.view import Table
from nfsgw.errors import FsCode
from tests.unit.backend.operations.tree import ADMIN, ANN, BOB, Tree

GONE = 1 << 40


def test_getattr_gives_the_stored_bytes(tree: Tree) -> None:
    """GETATTR of anything answers the 84 bytes of its record, for anybody."""
    inode = tree.file(b"f", ANN, 0)
    assert operations.getattr(tree.view, inode) == tree.record(inode)[:84]


def test_a_file_that_is_gone_is_stale(tree: Tree) -> None:
    """Whatever is asked of an inode that does not exist: STALE, without attributes."""
    view = tree.view
    for error in (
        tree.refuse(FsCode.STALE, lambda _: operations.getattr(view, GONE)),
        tree.refuse(FsCode.STALE, lambda _: operations.lookup(view, ADMIN, GONE, b"x")),
        tree.refuse(FsCode.STALE, lambda _: operations.access(view, ADMIN, GONE, 1)),
        tree.refuse(FsCode.STALE, lambda _: operations.readlink(view, ADMIN, GONE)),
        tree.refuse(FsCode.STALE, lambda _: operations.readable(view, ADMIN, GONE)),
        tree.refuse(FsCode.STALE, lambda _: operations.writable(view, ADMIN, GONE, 1)),
    ):
        assert error.attributes is None
        assert error.before is None


def test_lookup_finds_a_name(tree: Tree) -> None:
    """LOOKUP gives the file and the attributes of file and directory."""
    inode = tree.file(b"f")
    found = operations.lookup(tree.view, ANN, tree.root, b"f")
    assert found == (inode, tree.record(inode)[:84], tree.record(tree.root)[:84])


def test_lookup_of_the_dots(tree: Tree) -> None:
    """``.`` is the directory itself, ``..`` its parent, and of the root the root."""
    inner = tree.directory(b"d")
    assert operations.lookup(tree.view, ANN, inner, b".").inode == inner
    up = operations.lookup(tree.view, ANN, inner, b"..")
    assert up == (tree.root, tree.record(tree.root)[:84], tree.record(inner)[:84])
    assert operations.lookup(tree.view, ANN, tree.root, b"..").inode == tree.root


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (b"missing", FsCode.NOENT),
        (b"", FsCode.ACCES),
        (b"a/b", FsCode.INVAL),
        (b"/", FsCode.INVAL),
        (b"a\0", FsCode.INVAL),
        (b"n" * 255, FsCode.NOENT),
        (b"n" * 256, FsCode.NAMETOOLONG),
        (b"n" * 1000, FsCode.NAMETOOLONG),
    ],
)
def test_lookup_of_what_is_not_there(tree: Tree, name: bytes, code: FsCode) -> None:
    """A missing or impossible name is refused with the directory's attributes."""
    error = tree.refuse(code, operations.lookup, ADMIN, tree.root, name)
    assert error.attributes == tree.record(tree.root)[:84]


def test_lookup_takes_search_permission(tree: Tree) -> None:
    """Without x on the directory nothing is found in it, the dots included."""
    inner = tree.directory(b"d", ANN, 0o766)
    tree.file(b"f", ANN, parent=inner)
    for name in (b"f", b"missing", b".", b".."):
        error = tree.refuse(FsCode.ACCES, operations.lookup, BOB, inner, name)
        assert error.attributes == tree.record(inner)[:84]
    assert operations.lookup(tree.view, ANN, inner, b"f")


def test_lookup_in_a_file_is_notdir(tree: Tree) -> None:
    """A file holds no names."""
    inode = tree.file(b"f")
    error = tree.refuse(FsCode.NOTDIR, operations.lookup, ADMIN, inode, b".")
    assert error.attributes == tree.record(inode)[:84]


def test_lookup_of_an_entry_without_inode_is_an_io_error(tree: Tree) -> None:
    """A damaged brick answers IO, not a crash and not "no such file"."""
    inode = tree.file(b"f")
    record = tree.view.tables[Table.INODE].pop(inode_key(inode))
    tree.refuse(FsCode.IO, operations.lookup, ADMIN, tree.root, b"f")
    tree.view.tables[Table.INODE][inode_key(inode)] = record


@pytest.mark.parametrize("name", [b"\xff\xfe", b" ", b"...", b"-", b"\n", b"\xc3\xa4", b"n" * 255])
def test_names_are_bytes(tree: Tree, name: bytes) -> None:
    """Every name without slash and NUL works, whatever its encoding."""
    inode = tree.file(name)
    assert operations.lookup(tree.view, ANN, tree.root, name).inode == inode
    assert tree.names()[name] == inode


def test_access_answers_only_what_was_asked(tree: Tree) -> None:
    """Bits that were not asked for are not in the answer."""
    inode = tree.file(b"f", ANN, 0o640)
    both = Access.READ | Access.MODIFY | Access.EXTEND
    record = tree.record(inode)[:84]
    assert operations.access(tree.view, ANN, inode, 0x3F) == (record, both)
    assert operations.access(tree.view, ANN, inode, Access.READ) == (record, Access.READ)
    assert operations.access(tree.view, BOB, inode, 0x3F) == (record, 0)
    assert operations.access(tree.view, Credentials(5, 5, frozenset({100})), inode, 0x3F)[1] == 1


def test_readlink(tree: Tree) -> None:
    """READLINK gives the target's bytes to anybody, and INVAL for anything else."""
    made = tree.do(operations.symlink, ANN, tree.root, b"l", b"../\xff", NewAttributes())
    assert operations.readlink(tree.view, BOB, made.inode) == (
        tree.record(made.inode)[:84],
        b"../\xff",
    )
    error = tree.refuse(FsCode.INVAL, operations.readlink, ADMIN, tree.root)
    assert error.attributes == tree.record(tree.root)[:84]
    tree.refuse(FsCode.INVAL, operations.readlink, ADMIN, tree.file(b"f"))
