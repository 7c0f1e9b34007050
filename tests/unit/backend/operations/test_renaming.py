"""RENAME in all its cases."""

from __future__ import annotations

import pytest

from nfsgw.backend.brick import operations
from nfsgw.backend.brick.attributes import DIRECTORY_LINKS_MAX
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.schema import DATA_IN_FILE, pack_number, time_ns, wcc_of
from nfsgw.backend.brick.view import Change, Table
from nfsgw.errors import FsCode
from tests.unit.backend.operations.tree import ADMIN, ANN, BOB, CAT, Tree

rename = operations.rename


def cookies(tree: Tree, directory: int) -> dict[bytes, int]:
    """Return the cookies of a directory's names."""
    listing = operations.readdir(tree.view, ADMIN, directory, 0, False, 1 << 30, 24)
    return {entry.name: entry.cookie for entry in listing.entries}


def modified(tree: Tree, inode: int) -> bool:
    """Say whether mtime and ctime are those of the last operation."""
    record = tree.record(inode)
    return time_ns(record[68:76]) == time_ns(record[76:84]) == tree.now_ns


def test_a_new_name_in_the_same_directory(tree: Tree) -> None:
    """The file keeps its place in the listing, so that a lister sees it exactly once."""
    inode = tree.file(b"a")
    tree.file(b"later")
    place = cookies(tree, tree.root)[b"a"]
    mtime = tree.record(inode)[68:76]
    before = wcc_of(tree.record(tree.root))
    renamed = tree.do(rename, ANN, tree.root, b"a", tree.root, b"b")
    after = tree.record(tree.root)[:84]
    assert renamed == (before, after, before, after)
    assert tree.names() == {b".": tree.root, b"..": tree.root, b"b": inode, b"later": inode + 1}
    assert cookies(tree, tree.root)[b"b"] == place
    assert modified(tree, tree.root)
    assert time_ns(tree.record(inode)[76:84]) == tree.now_ns
    assert tree.record(inode)[68:76] == mtime


def test_a_move_to_another_directory(tree: Tree) -> None:
    """The name leaves one directory and enters the other; both replies tell both states."""
    inode = tree.file(b"a")
    inner = tree.directory(b"d", mode=0o777)
    outer_before, inner_before = wcc_of(tree.record(tree.root)), wcc_of(tree.record(inner))
    renamed = tree.do(rename, ANN, tree.root, b"a", inner, b"b")
    assert renamed == (
        outer_before,
        tree.record(tree.root)[:84],
        inner_before,
        tree.record(inner)[:84],
    )
    assert tree.names(inner)[b"b"] == inode
    assert b"a" not in tree.names()
    assert modified(tree, tree.root)
    assert modified(tree, inner)
    assert tree.inode(inode).parent == inner


def test_a_moved_directory_has_a_new_parent(tree: Tree) -> None:
    """Its ".." is the new parent, and the link counts of both parents follow."""
    moved = tree.directory(b"m")
    inner = tree.directory(b"d")
    assert (tree.stat(tree.root).nlink, tree.stat(inner).nlink) == (4, 2)
    tree.do(rename, ADMIN, tree.root, b"m", inner, b"m")
    assert (tree.stat(tree.root).nlink, tree.stat(inner).nlink) == (3, 3)
    assert operations.lookup(tree.view, ADMIN, moved, b"..").inode == inner
    tree.do(rename, ADMIN, inner, b"m", tree.root, b"back")
    assert operations.lookup(tree.view, ADMIN, moved, b"..").inode == tree.root


@pytest.mark.parametrize("crosses", [False, True])
def test_an_existing_file_is_replaced(tree: Tree, crosses: bool) -> None:
    """The target's last name goes, and with it the file and its bytes."""
    inner = tree.directory(b"d", mode=0o777)
    where = inner if crosses else tree.root
    inode = tree.file(b"a", ANN)
    old = tree.file(b"b", BOB, parent=where)
    tree.put_inline(old, b"gone")
    tree.do(rename, CAT, tree.root, b"a", where, b"b")
    assert tree.names(where)[b"b"] == inode
    assert not tree.exists(old)
    assert not tree.view.tables[Table.INLINE]


def test_a_replaced_file_with_other_names_stays(tree: Tree) -> None:
    """It loses one link and has a new ctime; its data file is not touched."""
    tree.file(b"a")
    old = tree.file(b"b")
    tree.edit(old, flags=DATA_IN_FILE)
    tree.do(operations.link, ADMIN, old, tree.root, b"c")
    tree.do(rename, ADMIN, tree.root, b"a", tree.root, b"b")
    assert tree.stat(old).nlink == 1
    assert time_ns(tree.record(old)[76:84]) == tree.now_ns
    assert not tree.view.tables[Table.TRIM]
    tree.file(b"e")
    tree.do(rename, ADMIN, tree.root, b"e", tree.root, b"c")
    assert tree.view.tables[Table.TRIM] == {inode_key(old): pack_number(0)}


@pytest.mark.parametrize("crosses", [False, True])
def test_an_empty_directory_is_replaced(tree: Tree, crosses: bool) -> None:
    """The link counts of the parents come out right."""
    moved = tree.directory(b"m")
    where = tree.directory(b"d") if crosses else tree.root
    old = tree.directory(b"old", parent=where)
    tree.do(rename, ADMIN, tree.root, b"m", where, b"old")
    assert not tree.exists(old)
    assert tree.names(where)[b"old"] == moved


def test_nothing_to_do(tree: Tree) -> None:
    """Onto itself, or onto another name of the same file: success without any change."""
    inode = tree.file(b"a")
    inner = tree.directory(b"d")
    tree.do(operations.link, ADMIN, inode, inner, b"b")
    tree.chmod(tree.root, 0o555)
    for names in (
        (tree.root, b"a", tree.root, b"a"),
        (tree.root, b"a", inner, b"b"),
        (tree.root, b"d", tree.root, b"d"),
    ):
        change = Change(tree.view, tree.now_ns + 5)
        renamed = rename(change, ANN, *names)
        assert not change.changes
        source, target = tree.record(names[0]), tree.record(names[2])
        assert renamed == (wcc_of(source), source[:84], wcc_of(target), target[:84])


def test_into_its_own_subtree(tree: Tree) -> None:
    """A directory cannot become its own descendant: INVAL, at any depth."""
    top = tree.directory(b"top")
    middle = tree.directory(b"middle", parent=top)
    bottom = tree.directory(b"bottom", parent=middle)
    for inside in (top, middle, bottom):
        tree.refuse(FsCode.INVAL, rename, ADMIN, tree.root, b"top", inside, b"x")
    tree.refuse(FsCode.INVAL, rename, ADMIN, tree.root, b"top", top, b"middle")
    tree.do(rename, ADMIN, middle, b"bottom", tree.root, b"bottom")
    tree.do(rename, ADMIN, tree.root, b"top", bottom, b"top")


def test_onto_an_ancestor(tree: Tree) -> None:
    """The target is a directory that holds the source, so it is not empty."""
    top = tree.directory(b"top")
    middle = tree.directory(b"middle", parent=top)
    tree.directory(b"bottom", parent=middle)
    tree.refuse(FsCode.NOTEMPTY, rename, ADMIN, middle, b"bottom", tree.root, b"top")
    tree.refuse(FsCode.NOTEMPTY, rename, ADMIN, middle, b"bottom", top, b"middle")


def test_kinds_must_agree(tree: Tree) -> None:
    """File onto directory is ISDIR, directory onto file NOTDIR, onto a full one NOTEMPTY."""
    tree.file(b"f")
    tree.directory(b"empty")
    full = tree.directory(b"full")
    tree.file(b"x", parent=full)
    root = tree.root
    tree.refuse(FsCode.ISDIR, rename, ADMIN, root, b"f", root, b"empty")
    tree.refuse(FsCode.ISDIR, rename, ADMIN, root, b"f", root, b"full")
    tree.refuse(FsCode.NOTDIR, rename, ADMIN, root, b"empty", root, b"f")
    tree.refuse(FsCode.NOTEMPTY, rename, ADMIN, root, b"empty", root, b"full")


def test_failures_show_both_directories(tree: Tree) -> None:
    """The reply to a failure has the attributes of source and target directory."""
    inner = tree.directory(b"d")
    error = tree.refuse(FsCode.NOENT, rename, ADMIN, tree.root, b"x", inner, b"y")
    source, target = tree.record(tree.root), tree.record(inner)
    assert (error.attributes, error.before) == (source[:84], wcc_of(source))
    assert error.second == (wcc_of(target), target[:84])


def test_gone_or_no_directories(tree: Tree) -> None:
    """STALE and NOTDIR at either end, with what is known of the other."""
    inode = tree.file(b"f")
    root = tree.record(tree.root)
    error = tree.refuse(FsCode.STALE, rename, ADMIN, 1 << 40, b"f", tree.root, b"g")
    assert (error.attributes, error.second) == (None, (wcc_of(root), root[:84]))
    error = tree.refuse(FsCode.STALE, rename, ADMIN, tree.root, b"f", 1 << 40, b"g")
    assert (error.attributes, error.second) == (root[:84], (None, None))
    tree.refuse(FsCode.NOTDIR, rename, ADMIN, inode, b"f", tree.root, b"g")
    tree.refuse(FsCode.NOTDIR, rename, ADMIN, tree.root, b"f", inode, b"g")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (b"", FsCode.ACCES),
        (b".", FsCode.INVAL),
        (b"..", FsCode.INVAL),
        (b"a/b", FsCode.INVAL),
        (b"a\0", FsCode.INVAL),
        (b"n" * 256, FsCode.NAMETOOLONG),
    ],
)
def test_impossible_names(tree: Tree, name: bytes, code: FsCode) -> None:
    """They are refused at both ends."""
    tree.file(b"f")
    tree.refuse(code, rename, ADMIN, tree.root, b"f", tree.root, name)
    tree.refuse(code, rename, ADMIN, tree.root, name, tree.root, b"g")


def test_it_takes_write_and_search_permission_at_both_ends(tree: Tree) -> None:
    """Either right missing in either directory is ACCES."""
    one = tree.directory(b"one", mode=0o777)
    two = tree.directory(b"two", mode=0o777)
    tree.file(b"f", parent=one)
    for weak, mode in ((one, 0o775), (one, 0o776), (two, 0o775), (two, 0o776)):
        tree.chmod(weak, mode)
        tree.refuse(FsCode.ACCES, rename, ANN, one, b"f", two, b"g")
        tree.chmod(weak, 0o777)
    tree.do(rename, ANN, one, b"f", two, b"g")


def test_a_sticky_directory_protects_source_and_target(tree: Tree) -> None:
    """Others' files are neither renamed away nor replaced in /tmp."""
    sticky = tree.directory(b"tmp", mode=0o1777)
    tree.file(b"anns", ANN, parent=sticky)
    tree.file(b"bobs", BOB, parent=sticky)
    tree.refuse(FsCode.PERM, rename, BOB, sticky, b"anns", tree.root, b"x")
    tree.refuse(FsCode.PERM, rename, BOB, sticky, b"bobs", sticky, b"anns")
    tree.do(rename, BOB, sticky, b"bobs", sticky, b"mine")
    tree.do(rename, ADMIN, sticky, b"mine", sticky, b"anns")


def test_a_directory_that_changes_parents_is_written_to(tree: Tree) -> None:
    """Who may not write a directory cannot change its "..", but may rename it where it is."""
    inner = tree.directory(b"d", mode=0o777)
    tree.directory(b"m", BOB, 0o755)
    tree.refuse(FsCode.ACCES, rename, ANN, tree.root, b"m", inner, b"m")
    tree.do(rename, ANN, tree.root, b"m", tree.root, b"n")
    tree.do(rename, BOB, tree.root, b"n", inner, b"m")


def test_a_directory_with_too_many_subdirectories(tree: Tree) -> None:
    """A full target directory is MLINK, unless the move replaces one of its own."""
    inner = tree.directory(b"d")
    tree.directory(b"m")
    tree.directory(b"old", parent=inner)
    record = tree.record(inner)
    nlink = DIRECTORY_LINKS_MAX.to_bytes(4, "big")
    tree.edit(inner, attributes=record[:8] + nlink + record[12:84])
    tree.refuse(FsCode.MLINK, rename, ADMIN, tree.root, b"m", inner, b"new")
    tree.do(rename, ADMIN, tree.root, b"m", inner, b"old")
    assert tree.stat(inner).nlink == DIRECTORY_LINKS_MAX
    tree.edit(inner, attributes=record[:84])
