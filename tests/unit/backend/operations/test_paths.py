"""From inode numbers to paths."""

from __future__ import annotations

from nfsgw.backend.brick import operations
from nfsgw.backend.brick.attributes import DIRECTORY_BYTES
from nfsgw.backend.brick.keys import cookie_key, inode_key
from nfsgw.backend.brick.schema import Inode, pack_cookie, pack_inode
from nfsgw.backend.brick.view import DictView, Table
from tests.unit.backend.operations.tree import ADMIN, Tree

PLENTY = 1000


def test_paths_from_the_root(tree: Tree) -> None:
    """Files and directories at any depth are found, the root too; names beside them are shared."""
    outer = tree.directory(b"outer")
    inner = tree.directory(b"in ner", parent=outer)
    deep, beside = tree.file(b"\xff", parent=inner), tree.file(b"beside", parent=inner)
    top = tree.file(b"top")
    assert operations.paths(tree.view, tree.root, [deep, beside, top, inner, tree.root], 6) == {
        deep: b"/outer/in ner/\xff",
        beside: b"/outer/in ner/beside",
        top: b"/top",
        inner: b"/outer/in ner",
        tree.root: b"/",
    }


def test_renamed_files_are_found(tree: Tree) -> None:
    """A file is looked for where it was renamed to last, and so is what is above it."""
    one, two = tree.directory(b"one"), tree.directory(b"two")
    file = tree.file(b"a", parent=one)
    tree.do(operations.rename, ADMIN, one, b"a", two, b"b")
    assert operations.paths(tree.view, tree.root, [file], PLENTY) == {file: b"/two/b"}
    tree.do(operations.rename, ADMIN, tree.root, b"two", one, b"three")
    assert operations.paths(tree.view, tree.root, [file], PLENTY) == {file: b"/one/three/b"}


def test_what_is_gone_or_elsewhere_is_left_out(tree: Tree) -> None:
    """Numbers of nothing, and a file whose last name is not where it was made, have no path."""
    one = tree.directory(b"one")
    gone, moved = tree.file(b"gone"), tree.file(b"moved")
    tree.do(operations.remove, ADMIN, tree.root, b"gone")
    tree.do(operations.link, ADMIN, moved, one, b"elsewhere")
    tree.do(operations.remove, ADMIN, tree.root, b"moved")
    assert operations.paths(tree.view, tree.root, [gone, moved, 12345], PLENTY) == {}


def test_bound_counts_all_directories(tree: Tree) -> None:
    """No more entries are looked at than may be; what was found until then is given."""
    outer = tree.directory(b"outer")
    files = [tree.file(b"%d" % number, parent=outer) for number in range(10)]
    found = operations.paths(tree.view, tree.root, files, 5)
    assert found == {}  # five names, but not the name of their directory
    found = operations.paths(tree.view, tree.root, files[:4], 5)
    assert found == {file: b"/outer/%d" % number for number, file in enumerate(files[:4])}


def test_circles_on_damaged_disks_end() -> None:
    """Directories that are in each other, which no operation makes, are not found."""
    view = DictView()
    attributes = (2).to_bytes(4, "big") + bytes(16) + DIRECTORY_BYTES.to_bytes(8, "big")
    for inode, parent in ((7, 8), (8, 7), (9, 8)):
        record = pack_inode(Inode(attributes + bytes(84 - len(attributes)), parent=parent))
        view.tables[Table.INODE][inode_key(inode)] = record
        view.tables[Table.COOKIE][cookie_key(parent, inode)] = pack_cookie(inode, b"x")
    assert operations.paths(view, 1, [9], PLENTY) == {}
