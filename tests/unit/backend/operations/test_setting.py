"""SETATTR: who may set what, and what it does besides."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import Credentials, FileType, NewAttributes, ServerTime
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.attributes import OFFSET_MAX
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.schema import DATA_IN_FILE, pack_number, pack_time, time_ns, wcc_of
from nfsgw.backend.brick.view import Change, Table
from nfsgw.errors import FsCode
from tests.unit.backend.operations.tree import ADMIN, ANN, BOB, CAT, Tree

setattr_ = operations.setattr
NOW = ServerTime.NOW
THEN = pack_time(1_000_000_007)


def ctime_ns(tree: Tree, inode: int) -> int:
    """Return the ctime in nanoseconds."""
    return time_ns(tree.record(inode)[76:84])


def mtime_ns(tree: Tree, inode: int) -> int:
    """Return the mtime in nanoseconds."""
    return time_ns(tree.record(inode)[68:76])


def test_chmod_by_the_owner(tree: Tree) -> None:
    """The owner's new mode is stored, the ctime moves, and the reply shows before and after."""
    inode = tree.file(b"f", ANN, 0o644)
    before = tree.record(inode)
    updated = tree.do(setattr_, ANN, inode, NewAttributes(mode=0o4750))
    assert tree.stat(inode).mode == 0o4750
    assert updated == (wcc_of(before), tree.record(inode)[:84])
    assert ctime_ns(tree, inode) == tree.now_ns
    assert tree.record(inode)[68:76] == before[68:76]


def test_chmod_keeps_only_mode_bits(tree: Tree) -> None:
    """Type bits that some clients send along are dropped."""
    inode = tree.file(b"f", ANN)
    tree.do(setattr_, ANN, inode, NewAttributes(mode=0o100600))
    assert tree.stat(inode).mode == 0o600


def test_chmod_by_anybody_else_is_refused(tree: Tree) -> None:
    """Only the owner and uid 0 change a mode; write permission does not help."""
    inode = tree.file(b"f", ANN, 0o666)
    before = tree.record(inode)
    error = tree.refuse(FsCode.PERM, setattr_, BOB, inode, NewAttributes(mode=0o777))
    assert (error.attributes, error.before) == (before[:84], wcc_of(before))
    tree.do(setattr_, ADMIN, inode, NewAttributes(mode=0o700))
    assert tree.stat(inode).mode == 0o700


def test_chmod_outside_the_group_drops_set_gid(tree: Tree) -> None:
    """An owner who is not in the file's group cannot lend that group's rights."""
    for kind in (tree.file, tree.directory):
        inode = kind(kind.__name__.encode(), ANN)
        tree.do(setattr_, ADMIN, inode, NewAttributes(gid=777))
        tree.do(setattr_, ANN, inode, NewAttributes(mode=0o6755))
        assert tree.stat(inode).mode == 0o4755
        tree.do(setattr_, ADMIN, inode, NewAttributes(mode=0o2755))
        assert tree.stat(inode).mode == 0o2755


def test_chmod_inside_the_group_keeps_set_gid(tree: Tree) -> None:
    """Of a group that the caller is in, supplementary ones included, set-gid is kept."""
    inode = tree.file(b"f", ANN)
    tree.do(setattr_, ANN, inode, NewAttributes(gid=500))
    tree.do(setattr_, ANN, inode, NewAttributes(mode=0o2755))
    assert tree.stat(inode).mode == 0o2755


def test_the_mode_of_a_symbolic_link_stays(tree: Tree) -> None:
    """Asking for a link's mode is ignored, by anybody, because tar and rsync do ask."""
    made = tree.do(operations.symlink, ANN, tree.root, b"l", b"t", NewAttributes())
    tree.do(setattr_, ANN, made.inode, NewAttributes(mode=0))
    tree.do(setattr_, BOB, made.inode, NewAttributes(mode=0))
    assert tree.stat(made.inode).mode == 0o777


def test_only_the_superuser_gives_files_away(tree: Tree) -> None:
    """The owner cannot change the owner, except to himself; others cannot even do that."""
    inode = tree.file(b"f", ANN, 0o777)
    tree.refuse(FsCode.PERM, setattr_, ANN, inode, NewAttributes(uid=BOB.uid))
    tree.refuse(FsCode.PERM, setattr_, BOB, inode, NewAttributes(uid=BOB.uid))
    tree.refuse(FsCode.PERM, setattr_, BOB, inode, NewAttributes(uid=ANN.uid))
    tree.do(setattr_, ANN, inode, NewAttributes(uid=ANN.uid))
    tree.do(setattr_, ADMIN, inode, NewAttributes(uid=BOB.uid))
    assert tree.stat(inode).uid == BOB.uid


def test_the_owner_chooses_among_own_groups(tree: Tree) -> None:
    """Chgrp goes to groups that the owner is in, and to the group that the file has."""
    inode = tree.file(b"f", ANN)
    tree.do(setattr_, ANN, inode, NewAttributes(gid=500))
    assert tree.stat(inode).gid == 500
    tree.refuse(FsCode.PERM, setattr_, ANN, inode, NewAttributes(gid=501))
    tree.refuse(FsCode.PERM, setattr_, CAT, inode, NewAttributes(gid=100))
    tree.do(setattr_, ADMIN, inode, NewAttributes(gid=777))
    tree.do(setattr_, ANN, inode, NewAttributes(gid=777))
    assert tree.stat(inode).gid == 777


@pytest.mark.parametrize("who", [ANN, ADMIN])
@pytest.mark.parametrize(
    ("before", "after"),
    [(0o6755, 0o755), (0o6711, 0o711), (0o6744, 0o2744), (0o4644, 0o644), (0o755, 0o755)],
)
def test_chown_of_a_file_takes_set_uid_and_set_gid(
    tree: Tree, who: Credentials, before: int, after: int
) -> None:
    """A changed owner or group disarms a program, whoever changes it."""
    inode = tree.file(b"f", ANN, before)
    tree.do(setattr_, who, inode, NewAttributes(gid=500))
    assert tree.stat(inode).mode == after


def test_chown_disarms_a_mode_that_comes_with_it(tree: Tree) -> None:
    """A new mode in the same call is disarmed as well."""
    inode = tree.file(b"f", ANN)
    tree.do(setattr_, ADMIN, inode, NewAttributes(uid=1, mode=0o6755))
    assert tree.stat(inode).mode == 0o755


def test_chown_of_a_directory_keeps_its_mode(tree: Tree) -> None:
    """Set-gid on a directory means inheritance, and a chown leaves it."""
    inode = tree.directory(b"d", ANN, 0o2755)
    tree.do(setattr_, ANN, inode, NewAttributes(gid=500))
    assert tree.stat(inode).mode == 0o2755


def test_times_of_choice_are_the_owners(tree: Tree) -> None:
    """utimes(2) with times: the owner and uid 0; write permission is not enough."""
    inode = tree.file(b"f", ANN, 0o666)
    tree.do(setattr_, ANN, inode, NewAttributes(atime=THEN, mtime=THEN))
    record = tree.record(inode)
    assert record[60:68] == record[68:76] == THEN
    assert ctime_ns(tree, inode) == tree.now_ns
    tree.refuse(FsCode.PERM, setattr_, BOB, inode, NewAttributes(mtime=THEN))
    tree.refuse(FsCode.PERM, setattr_, BOB, inode, NewAttributes(atime=THEN, mtime=NOW))
    tree.do(setattr_, ADMIN, inode, NewAttributes(mtime=pack_time(5)))
    assert mtime_ns(tree, inode) == 5


def test_times_to_now_take_write_permission_or_ownership(tree: Tree) -> None:
    """touch(1) works for whoever may write; others get ACCES."""
    inode = tree.file(b"f", ANN, 0o602)
    tree.do(setattr_, BOB, inode, NewAttributes(atime=NOW, mtime=NOW))
    assert mtime_ns(tree, inode) == ctime_ns(tree, inode) == tree.now_ns
    tree.refuse(FsCode.ACCES, setattr_, CAT, inode, NewAttributes(mtime=NOW))
    tree.chmod(inode, 0)
    tree.do(setattr_, ANN, inode, NewAttributes(atime=NOW))
    assert time_ns(tree.record(inode)[60:68]) == tree.now_ns


@pytest.mark.parametrize("time", [b"\0\0\0\1\x3b\x9a\xca\x00", b"\0\0\0\1\xff\xff\xff\xff"])
def test_a_time_with_too_many_nanoseconds_is_invalid(tree: Tree, time: bytes) -> None:
    """Nanoseconds of a billion and more would show up in every client as nonsense."""
    inode = tree.file(b"f", ANN)
    tree.refuse(FsCode.INVAL, setattr_, ANN, inode, NewAttributes(mtime=time))
    tree.refuse(FsCode.INVAL, setattr_, ADMIN, inode, NewAttributes(atime=time))


def test_the_guard_must_match_the_ctime(tree: Tree) -> None:
    """A client that saw an older state changes nothing."""
    inode = tree.file(b"f", ANN)
    seen = tree.record(inode)[76:84]
    tree.do(setattr_, ANN, inode, NewAttributes(mode=0o600), seen)
    error = tree.refuse(FsCode.NOT_SYNC, setattr_, ANN, inode, NewAttributes(mode=0o777), seen)
    assert error.attributes == tree.record(inode)[:84]
    assert tree.stat(inode).mode == 0o600


def test_an_empty_setattr_changes_nothing(tree: Tree) -> None:
    """Nothing to set: success for anybody, and no new ctime."""
    inode = tree.file(b"f", ANN)
    change = Change(tree.view, tree.now_ns + 1)
    assert setattr_(change, BOB, inode, NewAttributes()).attributes == tree.record(inode)[:84]
    assert not change.changes


def test_ctime_moves_even_if_the_clock_does_not(tree: Tree) -> None:
    """Two changes within one tick, or with a clock set back, still differ in ctime."""
    inode = tree.file(b"f", ANN)
    tree.step_ns = 0
    start = ctime_ns(tree, inode)
    for count in range(1, 4):
        tree.do(setattr_, ANN, inode, NewAttributes(mode=0o600))
        assert ctime_ns(tree, inode) == start + count
    tree.now_ns -= 10**12
    tree.do(setattr_, ANN, inode, NewAttributes(mode=0o600))
    assert ctime_ns(tree, inode) == start + 4


def test_all_or_nothing(tree: Tree) -> None:
    """A call that may set one value but not another sets neither."""
    inode = tree.file(b"f", ANN, 0o644)
    before = tree.record(inode)
    new = NewAttributes(mode=0o600, size=5, uid=BOB.uid)
    tree.refuse(FsCode.PERM, setattr_, ANN, inode, new)
    tree.refuse(FsCode.ACCES, setattr_, BOB, inode, new._replace(uid=None))
    assert tree.record(inode) == before


def test_setattr_keeps_the_exclusive_verifier(tree: Tree) -> None:
    """The SETATTR after an exclusive CREATE leaves the verifier for a repeated CREATE."""
    inode = tree.file(b"f", ANN)
    tree.edit(inode, verifier=b"verifier")
    tree.do(setattr_, ANN, inode, NewAttributes(mode=0o600, mtime=THEN, atime=THEN, size=1))
    assert tree.inode(inode).verifier == b"verifier"


# Sizes


def test_size_takes_write_permission_or_ownership(tree: Tree) -> None:
    """The owner truncates in spite of the mode, others need the w bit."""
    inode = tree.file(b"f", ANN, 0o040)
    tree.do(setattr_, ANN, inode, NewAttributes(size=10))
    tree.refuse(FsCode.ACCES, setattr_, CAT, inode, NewAttributes(size=0))
    tree.chmod(inode, 0o020)
    tree.do(setattr_, CAT, inode, NewAttributes(size=20))
    assert tree.stat(inode).size == 20


def test_size_moves_the_mtime_even_if_it_is_the_same(tree: Tree) -> None:
    """ftruncate(2) is a modification, and the time of choice wins if one comes with it."""
    inode = tree.file(b"f", ANN)
    tree.do(setattr_, ANN, inode, NewAttributes(size=0))
    assert mtime_ns(tree, inode) == ctime_ns(tree, inode) == tree.now_ns
    tree.do(setattr_, ANN, inode, NewAttributes(size=3, mtime=THEN))
    assert tree.record(inode)[68:76] == THEN


@pytest.mark.parametrize(("who", "after"), [(ANN, 0o755), (CAT, 0o755), (ADMIN, 0o6755)])
def test_size_disarms_unless_the_superuser_sets_it(
    tree: Tree, who: Credentials, after: int
) -> None:
    """A changed program loses set-uid and set-gid, as with write(2)."""
    inode = tree.file(b"f", ANN, 0o6775)
    tree.do(setattr_, who, inode, NewAttributes(size=1))
    assert tree.stat(inode).mode == after | 0o020


def test_a_mode_with_the_size_is_the_owners_wish(tree: Tree) -> None:
    """Who sets size and mode in one call gets the mode that he asks for."""
    inode = tree.file(b"f", ANN)
    tree.do(setattr_, ANN, inode, NewAttributes(size=1, mode=0o4755))
    assert tree.stat(inode).mode == 0o4755


def test_size_of_what_is_not_a_file(tree: Tree) -> None:
    """A directory has no settable size (ISDIR), nor has anything else (INVAL)."""
    directory = tree.directory(b"d", ANN)
    made = tree.do(operations.symlink, ANN, tree.root, b"l", b"t", NewAttributes())
    fifo = tree.do(
        operations.mknod, ANN, tree.root, b"p", FileType.FIFO, (0, 0), NewAttributes(mode=0o666)
    )
    tree.refuse(FsCode.ISDIR, setattr_, ANN, directory, NewAttributes(size=0))
    tree.refuse(FsCode.INVAL, setattr_, ANN, made.inode, NewAttributes(size=0))
    tree.refuse(FsCode.INVAL, setattr_, ANN, fifo.inode, NewAttributes(size=0))


def test_the_largest_size(tree: Tree) -> None:
    """2^63 - 1 is allowed, one more is FBIG."""
    inode = tree.file(b"f", ANN)
    tree.do(setattr_, ANN, inode, NewAttributes(size=OFFSET_MAX))
    assert tree.stat(inode).size == OFFSET_MAX
    assert tree.stat(inode).used == OFFSET_MAX + 1
    tree.refuse(FsCode.FBIG, setattr_, ANN, inode, NewAttributes(size=OFFSET_MAX + 1))
    tree.refuse(FsCode.FBIG, setattr_, ANN, inode, NewAttributes(size=(1 << 64) - 1))


def test_inline_bytes_are_cut_with_the_size(tree: Tree) -> None:
    """A small file that shrinks and grows again reads zeros where it was cut."""
    inode = tree.file(b"f", ANN)
    tree.put_inline(inode, b"0123456789")
    inline = tree.view.tables[Table.INLINE]
    tree.do(setattr_, ANN, inode, NewAttributes(size=4))
    assert inline[inode_key(inode)] == b"0123"
    tree.do(setattr_, ANN, inode, NewAttributes(size=8))
    assert inline[inode_key(inode)] == b"0123"
    assert tree.stat(inode).size == 8
    tree.do(setattr_, ANN, inode, NewAttributes(size=0))
    assert inode_key(inode) not in inline
    assert not tree.view.tables[Table.TRIM]


def test_a_data_file_is_cut_later(tree: Tree) -> None:
    """Shrinking orders a durable cut at the smallest size since the last one; growing does not."""
    inode = tree.file(b"f", ANN)
    tree.edit(inode, flags=DATA_IN_FILE)
    trim = tree.view.tables[Table.TRIM]
    tree.do(setattr_, ANN, inode, NewAttributes(size=1000))
    assert not trim
    tree.do(setattr_, ANN, inode, NewAttributes(size=1000))
    assert not trim
    for size, ordered in ((900, 900), (950, 900), (940, 900), (100, 100), (0, 0)):
        tree.do(setattr_, ANN, inode, NewAttributes(size=size))
        assert trim[inode_key(inode)] == pack_number(ordered)
        assert tree.stat(inode).size == size
