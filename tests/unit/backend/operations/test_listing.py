"""READDIR: order, cookies, budget and eof."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import Credentials, Listing
from nfsgw.backend.brick import operations
from nfsgw.errors import FsCode
from tests.unit.backend.operations.tree import ADMIN, ANN, BOB, Tree

ENTRY_BYTES = 24


def listing(
    tree: Tree,
    directory: int,
    cookie: int = 0,
    bytes_max: int = 1 << 20,
    attributes: bool = False,
    who: Credentials = ADMIN,
) -> Listing:
    """List a directory."""
    return operations.readdir(
        tree.view, who, directory, cookie, attributes, bytes_max, ENTRY_BYTES
    )


def test_an_empty_directory_lists_its_dots(tree: Tree) -> None:
    """``.`` has cookie 1, ``..`` cookie 2, and that is the end."""
    inner = tree.directory(b"d")
    found = listing(tree, inner)
    assert found.attributes == tree.record(inner)[:84]
    assert found.entries == [(inner, b".", 1, None), (tree.root, b"..", 2, None)]
    assert found.eof
    assert listing(tree, inner, 1).entries == [(tree.root, b"..", 2, None)]
    for cookie in (2, 3, 99, (1 << 63) - 1, (1 << 64) - 1):
        assert listing(tree, inner, cookie)[1:] == ([], True)


def test_entries_come_in_the_order_of_creation(tree: Tree) -> None:
    """Cookies only grow, whatever the names."""
    inodes = [tree.file(name) for name in (b"z", b"a", b"m")]
    assert listing(tree, tree.root, 2).entries == [
        (inodes[0], b"z", 3, None),
        (inodes[1], b"a", 4, None),
        (inodes[2], b"m", 5, None),
    ]


def test_neighbouring_directories_do_not_mix(tree: Tree) -> None:
    """A listing ends where the directory ends, though another one's entries follow."""
    one = tree.directory(b"one")
    two = tree.directory(b"two")
    tree.file(b"in two", parent=two)
    tree.file(b"in one", parent=one)
    assert [entry.name for entry in listing(tree, one).entries] == [b".", b"..", b"in one"]


def test_attributes_come_on_demand(tree: Tree) -> None:
    """READDIRPLUS has the attributes of every entry, the dots included."""
    inner = tree.directory(b"d")
    inode = tree.file(b"f", parent=inner)
    expected = [tree.record(number)[:84] for number in (inner, tree.root, inode)]
    assert [
        entry.attributes for entry in listing(tree, inner, attributes=True).entries
    ] == expected


@pytest.mark.parametrize(
    ("bytes_max", "count", "eof"),
    [
        (0, 0, False),
        (27, 0, False),
        (28, 1, False),
        (55, 1, False),
        (56, 2, False),
        (83, 2, False),
        (84, 3, False),
        (84 + 31, 3, False),
        (84 + 32, 4, True),
        (1000, 4, True),
    ],
)
def test_the_budget_is_exact(tree: Tree, bytes_max: int, count: int, eof: bool) -> None:
    """An entry counts its fixed bytes and its name padded to four; not one byte is overdrawn."""
    tree.file(b"four")
    tree.file(b"fives")
    found = listing(tree, tree.root, 0, bytes_max)
    assert len(found.entries) == count
    assert found.eof is eof


def test_the_last_entry_exactly_fits(tree: Tree) -> None:
    """If the budget ends with the last entry, the listing ends too: eof."""
    tree.file(b"a")
    assert listing(tree, tree.root, 2, ENTRY_BYTES + 4)[1:] == ([(2, b"a", 3, None)], True)
    assert listing(tree, tree.root, 2, ENTRY_BYTES + 3)[1:] == ([], False)


@pytest.mark.parametrize("entries_at_once", [1, 2, 3, 7])
def test_a_listing_in_pieces_is_complete(tree: Tree, entries_at_once: int) -> None:
    """Going on after the last cookie neither skips nor repeats."""
    names = [b"%03d" % count for count in range(20)]
    for name in names:
        tree.file(name)
    seen: list[bytes] = []
    cookie = 0
    while True:
        found = listing(tree, tree.root, cookie, entries_at_once * (ENTRY_BYTES + 4))
        seen += [entry.name for entry in found.entries]
        if found.eof:
            break
        cookie = found.entries[-1].cookie
    assert seen == [b".", b"..", *names]


def test_the_cookie_of_a_removed_entry_means_after_it(tree: Tree) -> None:
    """``rm`` while listing: what is left is listed once, and new names come at the end."""
    for name in (b"a", b"b", b"c", b"d"):
        tree.file(name)
    cookie = listing(tree, tree.root, 0, 4 * (ENTRY_BYTES + 4)).entries[-1].cookie
    tree.do(operations.remove, ADMIN, tree.root, b"a")
    tree.do(operations.remove, ADMIN, tree.root, b"b")
    tree.file(b"a")
    assert [e.name for e in listing(tree, tree.root, cookie).entries] == [b"c", b"d", b"a"]


def test_renaming_while_listing_ends(tree: Tree) -> None:
    """A loop that renames each entry that it is shown sees each exactly once."""
    for count in range(5):
        tree.file(b"%d" % count)
    seen = []
    cookie = 2
    while entries := listing(tree, tree.root, cookie, ENTRY_BYTES + 8).entries:
        cookie = entries[0].cookie
        seen.append(entries[0].name)
        tree.do(operations.rename, ADMIN, tree.root, entries[0].name, tree.root, b"x" + seen[-1])
    assert seen == [b"0", b"1", b"2", b"3", b"4"]


def test_it_takes_read_permission(tree: Tree) -> None:
    """Search is not enough to list, and not needed; the owner has no exception."""
    inner = tree.directory(b"d", ANN, 0o374)
    error = tree.refuse(FsCode.ACCES, operations.readdir, ANN, inner, 0, False, 1000, ENTRY_BYTES)
    assert error.attributes == tree.record(inner)[:84]
    assert listing(tree, inner, who=BOB, attributes=True).entries


def test_only_directories_are_listed(tree: Tree) -> None:
    """A file is NOTDIR, what is gone STALE."""
    inode = tree.file(b"f")
    args = (0, False, 1000, ENTRY_BYTES)
    error = tree.refuse(FsCode.NOTDIR, operations.readdir, ADMIN, inode, *args)
    assert error.attributes == tree.record(inode)[:84]
    tree.refuse(FsCode.STALE, operations.readdir, ADMIN, 1 << 40, *args)
