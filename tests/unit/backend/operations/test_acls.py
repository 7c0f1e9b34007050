"""GETACL and SETACL, ACLs that change with the mode, and what new files inherit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from nfsgw.backend.api import AclEntry, AclTag, CreateMode, Credentials, FileType, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.acl import ENTRIES_MAX
from nfsgw.backend.brick.bytes.records import end_trim, move_to_file
from nfsgw.backend.brick.permission import READ, SEARCH, WRITE, rights
from nfsgw.backend.brick.schema import DATA_IN_FILE, wcc_of
from nfsgw.backend.brick.view import Change
from nfsgw.errors import FsCode
from tests.unit.backend.operations.tree import ADMIN, ANN, BOB, CAT, Tree

setacl, getacl = operations.setacl, operations.getacl
Entries = Sequence[AclEntry]


def acl(owner: int, group: int, other: int, mask: int | None = None, **bob: int) -> list[AclEntry]:
    """Return an ACL, with a mask and an entry for BOB if asked for."""
    entries = [
        AclEntry(AclTag.USER_OBJ, 0, owner),
        AclEntry(AclTag.GROUP_OBJ, 0, group),
        AclEntry(AclTag.OTHER, 0, other),
    ]
    if "bob" in bob:
        entries.append(AclEntry(AclTag.USER, BOB.uid, bob["bob"]))
    if mask is not None:
        entries.append(AclEntry(AclTag.MASK, 0, mask))
    return sorted(entries)


def access_of(tree: Tree, inode: int) -> list[AclEntry]:
    """Return an access ACL as a client sees it."""
    return list(getacl(tree.view, inode).access)


def default_of(tree: Tree, inode: int) -> list[AclEntry]:
    """Return a default ACL as a client sees it."""
    return list(getacl(tree.view, inode).default)


def test_without_acl_the_mode_is_shown(tree: Tree) -> None:
    """Every file has an access ACL; high mode bits are not in it."""
    inode = tree.file(b"f", ANN, 0o4751)
    assert getacl(tree.view, inode) == (tree.record(inode)[:84], tuple(acl(7, 5, 1)), ())
    link = tree.do(operations.symlink, ANN, tree.root, b"l", b"t", NewAttributes()).inode
    assert access_of(tree, link) == acl(7, 7, 7)


def test_of_what_is_gone(tree: Tree) -> None:
    """No inode, no ACL."""
    tree.refuse(FsCode.STALE, setacl, ADMIN, 99, None, None)
    tree.refuse(FsCode.STALE, lambda change: getacl(change, 99))


def test_set_and_get(tree: Tree) -> None:
    """The ACL comes back, the mode is owner, mask and others, and the ctime moves alone."""
    inode = tree.file(b"f", ANN, 0o4600)
    before = tree.record(inode)
    wanted = acl(7, 5, 1, 6, bob=4)
    updated = tree.do(setacl, ANN, inode, wanted[::-1], None)
    record = tree.record(inode)
    assert access_of(tree, inode) == wanted
    assert tree.stat(inode).mode == 0o4761
    assert updated == (wcc_of(before), record[:84])
    assert record[76:84] > before[76:84]
    assert record[60:76] == before[60:76]
    assert record[84:124] == before[84:124]
    assert rights(record, BOB) == READ


def test_a_minimal_acl_is_a_mode(tree: Tree) -> None:
    """Three entries leave nothing behind but the mode, and take away what was there."""
    inode = tree.file(b"f", ANN, 0o600)
    tree.do(setacl, ANN, inode, acl(7, 5, 1, 6, bob=4), None)
    tree.do(setacl, ANN, inode, acl(6, 4, 0), None)
    assert len(tree.record(inode)) == 124
    assert tree.stat(inode).mode == 0o640


def test_lists_are_set_one_by_one(tree: Tree) -> None:
    """What is not given stays, what is given empty goes."""
    inode = tree.directory(b"d", ANN, 0o750)
    tree.do(setacl, ANN, inode, acl(7, 5, 0, 7, bob=7), acl(7, 7, 7))
    tree.do(setacl, ANN, inode, None, acl(7, 1, 0, 5, bob=5))
    assert access_of(tree, inode) == acl(7, 5, 0, 7, bob=7)
    tree.do(setacl, ANN, inode, acl(7, 7, 0, 3, bob=1), None)
    assert default_of(tree, inode) == acl(7, 1, 0, 5, bob=5)
    tree.do(setacl, ANN, inode, None, [])
    assert default_of(tree, inode) == []
    assert access_of(tree, inode) == acl(7, 7, 0, 3, bob=1)
    tree.do(setacl, ANN, inode, [], None)
    assert access_of(tree, inode) == acl(7, 3, 0)
    assert len(tree.record(inode)) == 124


def test_setting_nothing_changes_the_ctime_only(tree: Tree) -> None:
    """A call that names neither list succeeds."""
    inode = tree.directory(b"d", ANN, 0o2750)
    tree.do(setacl, ANN, inode, acl(7, 5, 0, 7, bob=7), acl(7, 7, 7))
    before = tree.record(inode)
    tree.do(setacl, ANN, inode, None, None)
    after = tree.record(inode)
    assert (after[:76], after[84:]) == (before[:76], before[84:])
    assert after[76:84] > before[76:84]


def test_an_empty_access_acl_and_a_default_one(tree: Tree) -> None:
    """That is what Linux's client sends after MKDIR where the mode says it all."""
    inode = tree.directory(b"d", ANN, 0o751)
    tree.do(setacl, ANN, inode, [], acl(7, 5, 0))
    assert tree.stat(inode).mode == 0o751
    assert default_of(tree, inode) == acl(7, 5, 0)


def test_only_owner_and_superuser(tree: Tree) -> None:
    """Nobody else sets ACLs, not even who may write."""
    inode = tree.directory(b"d", ANN, 0o777)
    before = tree.record(inode)
    for who in (BOB, CAT):
        error = tree.refuse(FsCode.PERM, setacl, who, inode, acl(7, 7, 7), None)
        assert (error.attributes, error.before) == (before[:84], wcc_of(before))
        tree.refuse(FsCode.PERM, setacl, who, inode, None, acl(7, 7, 7))
    tree.do(setacl, ADMIN, inode, acl(7, 0, 0), acl(7, 0, 0))


def test_symbolic_links_have_none(tree: Tree) -> None:
    """NOTSUPP, whoever asks."""
    link = tree.do(operations.symlink, ANN, tree.root, b"l", b"t", NewAttributes()).inode
    for who in (ANN, BOB, ADMIN):
        tree.refuse(FsCode.NOTSUPP, setacl, who, link, acl(7, 7, 7), None)


def test_default_acl_is_for_directories(tree: Tree) -> None:
    """On anything else it is ACCES, and nothing is set; to take none away is no error."""
    inode = tree.file(b"f", ANN, 0o600)
    error = tree.refuse(FsCode.ACCES, setacl, ANN, inode, acl(7, 7, 7), acl(7, 7, 7))
    assert error.attributes == tree.record(inode)[:84]
    tree.do(setacl, ANN, inode, acl(6, 4, 0), [])
    assert tree.stat(inode).mode == 0o640


@pytest.mark.parametrize("place", [0, 1])
def test_lists_that_are_no_acls(tree: Tree, place: int) -> None:
    """Either list is refused if it is no ACL, or too long, and then nothing is set."""
    inode = tree.directory(b"d", ANN, 0o700)
    users = [AclEntry(AclTag.USER, number, 7) for number in range(ENTRIES_MAX)]
    bad = (acl(7, 7, 7)[1:], FsCode.INVAL), ([*acl(7, 7, 7, 7), *users], FsCode.NOSPC)
    for entries, code in bad:
        lists: list[Entries] = [acl(7, 7, 7), acl(7, 7, 7)]
        lists[place] = entries
        error = tree.refuse(code, setacl, ANN, inode, *lists)
        assert error.attributes == tree.record(inode)[:84]


def test_set_gid_goes_when_the_caller_is_not_in_the_group(tree: Tree) -> None:
    """As with chmod; a default ACL alone does not touch the mode."""
    inode = tree.directory(b"d", ANN)
    tree.do(operations.setattr, ADMIN, inode, NewAttributes(gid=777, mode=0o2755))
    tree.do(setacl, ANN, inode, None, acl(7, 7, 7))
    assert tree.stat(inode).mode == 0o2755
    tree.do(setacl, ADMIN, inode, acl(7, 7, 7, 5, bob=7), None)
    assert tree.stat(inode).mode == 0o2757
    tree.do(setacl, ANN, inode, acl(7, 7, 7, 5, bob=7), None)
    assert tree.stat(inode).mode == 0o757


def test_chmod_changes_owner_mask_and_others(tree: Tree) -> None:
    """The group bits are the mask, so chmod g-w takes the right from all of them at once."""
    inode = tree.file(b"f", ANN, 0o600)
    tree.do(setacl, ANN, inode, acl(7, 6, 1, 7, bob=7), None)
    tree.do(operations.setattr, ANN, inode, NewAttributes(mode=0o654))
    assert access_of(tree, inode) == acl(6, 6, 4, 5, bob=7)
    assert rights(tree.record(inode), BOB) == READ | SEARCH
    assert rights(tree.record(inode), CAT) == READ


def test_mode_bits_go_as_always(tree: Tree) -> None:
    """Writing and chown take set-uid and set-gid by the mode, whose group bits are the mask."""
    inode = tree.file(b"f", ANN, 0o6777)
    tree.do(setacl, ADMIN, inode, acl(7, 0, 0, 7, bob=7), None)
    tree.do(operations.extend, BOB, inode, 10)
    assert tree.stat(inode).mode == 0o770
    tree.do(operations.setattr, ADMIN, inode, NewAttributes(uid=CAT.uid))
    assert access_of(tree, inode) == acl(7, 0, 0, 7, bob=7)


def test_an_acl_stays_with_its_file(tree: Tree) -> None:
    """Times, sizes, names, links, and where the bytes are: none of it touches the ACL."""
    wanted = acl(6, 4, 0, 6, bob=6)
    inode = tree.file(b"f", ANN, 0o600)
    tree.do(setacl, ANN, inode, wanted, None)
    directory = tree.directory(b"d", ANN, 0o777)
    tree.do(operations.link, ANN, inode, directory, b"second")
    tree.do(operations.rename, ANN, tree.root, b"f", directory, b"first")
    tree.do(operations.setattr, ANN, inode, NewAttributes(size=100, mtime=bytes(8)))
    tree.do(operations.extend, BOB, inode, 1000)
    tree.do(move_to_file, inode, [0])
    assert tree.inode(inode).flags & DATA_IN_FILE
    assert access_of(tree, inode) == wanted
    tree.do(operations.setattr, ANN, inode, NewAttributes(size=0))
    tree.do(end_trim, inode, 0)
    assert not tree.inode(inode).flags & DATA_IN_FILE
    assert access_of(tree, inode) == wanted
    tree.do(operations.remove, ANN, directory, b"first")
    assert access_of(tree, inode) == wanted
    tree.do(operations.remove, ANN, directory, b"second")
    assert not tree.exists(inode)


def test_an_acl_stays_with_its_directory(tree: Tree) -> None:
    """Entries come and go, the directory moves: both lists stay."""
    lists = acl(7, 5, 0, 7, bob=7), acl(7, 4, 0, 6, bob=6)
    directory = tree.directory(b"d", ANN, 0o700)
    tree.do(setacl, ANN, directory, *lists)
    inner = tree.directory(b"inner", BOB, 0o700, parent=directory)
    tree.do(operations.rename, ADMIN, tree.root, b"d", tree.root, b"e")
    tree.do(operations.rename, ADMIN, directory, b"inner", tree.root, b"outer")
    assert tree.stat(inner).nlink == 2
    assert (access_of(tree, directory), default_of(tree, directory)) == lists


# What new files inherit

Make = Callable[[Tree, Credentials, int, int], int]


def _create(tree: Tree, who: Credentials, directory: int, mode: int) -> int:
    return tree.file(b"new", who, mode, directory)


def _exclusive(tree: Tree, who: Credentials, directory: int, mode: int) -> int:
    """As Linux's client does it: the mode comes with a SETATTR."""
    how = CreateMode.EXCLUSIVE
    new = NewAttributes()
    made = tree.do(operations.create, who, directory, b"new", how, new, b"verifier")
    tree.do(operations.setattr, who, made.inode, NewAttributes(mode=mode))
    return made.inode


def _mkdir(tree: Tree, who: Credentials, directory: int, mode: int) -> int:
    return tree.directory(b"new", who, mode, directory)


def _mknod(tree: Tree, who: Credentials, directory: int, mode: int) -> int:
    new, kind = NewAttributes(mode=mode), FileType.FIFO
    made = tree.do(operations.mknod, who, directory, b"new", kind, (0, 0), new)
    return made.inode


every_make = pytest.mark.parametrize("make", [_create, _exclusive, _mkdir, _mknod])
DEFAULT = acl(7, 6, 5, 7, bob=6)


def _parent(tree: Tree, default: Entries, access: Entries = ()) -> int:
    directory = tree.directory(b"parent", ADMIN, 0o777)
    tree.do(setacl, ADMIN, directory, access or None, default)
    return directory


@every_make
def test_a_new_file_has_the_default_acl_masked_by_its_mode(tree: Tree, make: Make) -> None:
    """Owner, mask and others are what both the ACL and the client's mode grant."""
    inode = make(tree, ANN, _parent(tree, DEFAULT), 0o751)
    assert access_of(tree, inode) == acl(7, 6, 1, 5, bob=6)
    assert tree.stat(inode).mode == 0o751
    assert rights(tree.record(inode), BOB) == READ
    assert default_of(tree, inode) == (DEFAULT if make is _mkdir else [])


@every_make
def test_the_client_may_compute_the_inheritance_itself(tree: Tree, make: Make) -> None:
    """Linux's client masks the mode and sends SETACL after CREATE: the file is the same."""
    for default in (DEFAULT, acl(7, 5, 1)):
        found = []
        for client_does_it in (False, True):
            inner = Tree()
            directory = _parent(inner, default)
            mode = 0o751
            if not client_does_it:
                if make is _exclusive:
                    mode &= _mode(default)  # a later SETATTR is not masked by anybody else
                inode = make(inner, ANN, directory, mode)
            else:
                inode = make(inner, ANN, directory, mode & _mode(default))
                _as_linux(inner, inode, default, mode, make is _mkdir)
            acls = getacl(inner.view, inode)
            found.append((inner.stat(inode).mode, acls.access, acls.default))
        assert found[0] == found[1]


def _mode(default: Entries) -> int:
    """Return the nine mode bits that a default ACL grants."""
    by_tag = {entry.tag: entry.permissions for entry in default}
    middle = by_tag.get(AclTag.MASK, by_tag[AclTag.GROUP_OBJ])
    return by_tag[AclTag.USER_OBJ] << 6 | middle << 3 | by_tag[AclTag.OTHER]


def _as_linux(tree: Tree, inode: int, default: Entries, mode: int, directory: bool) -> None:
    """Send what the client sends after it has made something: nothing if there is nothing."""
    shift = {AclTag.USER_OBJ: 6, AclTag.MASK: 3, AclTag.OTHER: 0}
    access: list[AclEntry] = []
    if any(entry.tag == AclTag.MASK for entry in default):
        access = [
            entry._replace(permissions=entry.permissions & mode >> shift[AclTag(entry.tag)])
            if entry.tag in shift
            else entry
            for entry in default
        ]
    if access or directory:
        tree.do(setacl, ANN, inode, access, default if directory else None)


@every_make
def test_a_minimal_default_acl_only_takes_from_the_mode(tree: Tree, make: Make) -> None:
    """Without a mask there is nothing but the mode to inherit, in the group's place too."""
    inode = make(tree, ANN, _parent(tree, acl(7, 5, 0)), 0o777)
    if make is _exclusive:
        # The mode came with SETATTR, which is not creation.
        assert tree.stat(inode).mode == 0o777
    else:
        assert tree.stat(inode).mode == 0o750
    assert default_of(tree, inode) == (acl(7, 5, 0) if make is _mkdir else [])


def test_until_its_mode_is_set_an_exclusive_file_is_closed(tree: Tree) -> None:
    """Mode 0 masks all of the inherited entries; the owner is let in by NFS's exception alone."""
    directory = _parent(tree, DEFAULT)
    how, new = CreateMode.EXCLUSIVE, NewAttributes()
    made = tree.do(operations.create, ANN, directory, b"x", how, new, b"verifier")
    assert tree.stat(made.inode).mode == 0
    assert access_of(tree, made.inode) == acl(0, 6, 0, 0, bob=6)
    for who in (ANN, BOB, CAT):
        assert rights(tree.record(made.inode), who) == 0
    again = tree.do(operations.create, ANN, directory, b"x", how, new, b"verifier")
    assert again.inode == made.inode


def test_a_symbolic_link_inherits_nothing(tree: Tree) -> None:
    """Links have no ACLs."""
    directory = _parent(tree, DEFAULT)
    made = tree.do(operations.symlink, ANN, directory, b"l", b"target", NewAttributes())
    assert len(tree.record(made.inode)) == 124
    assert tree.stat(made.inode).mode == 0o777


def test_set_gid_is_inherited_besides(tree: Tree) -> None:
    """A set-gid directory passes on its group and the bit, and its default ACL."""
    directory = _parent(tree, DEFAULT)
    tree.do(operations.setattr, ADMIN, directory, NewAttributes(mode=0o2777, gid=777))
    inode = tree.directory(b"new", ANN, 0o700, directory)
    assert (tree.stat(inode).mode, tree.stat(inode).gid) == (0o2700, 777)
    assert access_of(tree, inode) == acl(7, 6, 0, 0, bob=6)


def test_opening_an_existing_file_inherits_nothing(tree: Tree) -> None:
    """CREATE of a name that exists leaves its ACL alone."""
    directory = _parent(tree, DEFAULT)
    inode = tree.file(b"f", ANN, 0o600, directory)
    tree.do(setacl, ANN, inode, acl(6, 0, 0), None)
    new = NewAttributes(mode=0o666, size=0)
    tree.do(operations.create, ANN, directory, b"f", CreateMode.UNCHECKED, new)
    assert access_of(tree, inode) == acl(6, 0, 0)


# Rights of directories


def _as_change(function: Callable[..., object], *args: object) -> Callable[[Change], object]:
    return lambda change: function(change, *args)


def test_what_changes_a_directory_takes_both_rights_of_one_entry(tree: Tree) -> None:
    """Write by one group and search by another are not enough to create, remove or rename."""
    groups = [
        AclEntry(AclTag.GROUP, 100, SEARCH),
        AclEntry(AclTag.GROUP, 500, WRITE),
        AclEntry(AclTag.MASK, 0, 7),
    ]
    directory = tree.directory(b"d", ADMIN, 0o777)
    inode = tree.file(b"f", ADMIN, 0o666, directory)
    tree.directory(b"inner", ADMIN, 0o777, directory)
    other = tree.directory(b"other", ADMIN, 0o777)
    tree.do(setacl, ADMIN, directory, [*acl(7, 0, 0), *groups], None)
    new = NewAttributes()
    for attempt in (
        _as_change(operations.create, ANN, directory, b"n", CreateMode.GUARDED, new),
        _as_change(operations.mkdir, ANN, directory, b"n", new),
        _as_change(operations.symlink, ANN, directory, b"n", b"t", new),
        _as_change(operations.link, ANN, inode, directory, b"n"),
        _as_change(operations.remove, ANN, directory, b"f"),
        _as_change(operations.rmdir, ANN, directory, b"inner"),
        _as_change(operations.rename, ANN, directory, b"f", other, b"f"),
        _as_change(operations.rename, ANN, tree.root, b"other", directory, b"n"),
    ):
        tree.refuse(FsCode.ACCES, attempt)
    assert operations.lookup(tree.view, ANN, directory, b"f").inode == inode
