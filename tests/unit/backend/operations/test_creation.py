"""CREATE, MKDIR, SYMLINK and MKNOD."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from nfsgw.backend.api import CreateMode, Credentials, FileType, Made, NewAttributes, ServerTime
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.attributes import DIRECTORY_LINKS_MAX, OFFSET_MAX
from nfsgw.backend.brick.keys import COUNTER_MAX, NEXT_INODE, inode_key
from nfsgw.backend.brick.schema import pack_number, pack_time, time_ns, wcc_of
from nfsgw.backend.brick.view import Change, Table
from nfsgw.errors import FsCode
from tests.unit.backend.operations.tree import ADMIN, ANN, BOB, CAT, FSID, Tree

UNCHECKED, GUARDED, EXCLUSIVE = CreateMode.UNCHECKED, CreateMode.GUARDED, CreateMode.EXCLUSIVE
NEW = NewAttributes(mode=0o644)
create = operations.create

Maker = Callable[[Change, Credentials, int, bytes], Made]


def _create(c: Change, who: Credentials, directory: int, name: bytes) -> Made:
    return create(c, who, directory, name, GUARDED, NEW)


def _mkdir(c: Change, who: Credentials, directory: int, name: bytes) -> Made:
    return operations.mkdir(c, who, directory, name, NEW)


def _symlink(c: Change, who: Credentials, directory: int, name: bytes) -> Made:
    return operations.symlink(c, who, directory, name, b"target", NEW)


def _mknod(c: Change, who: Credentials, directory: int, name: bytes) -> Made:
    return operations.mknod(c, who, directory, name, FileType.FIFO, (0, 0), NEW)


MAKERS = [_create, _mkdir, _symlink, _mknod]
every_maker = pytest.mark.parametrize("make", MAKERS)


@every_maker
def test_a_new_object_has_a_name_and_attributes(tree: Tree, make: Maker) -> None:
    """It belongs to the caller, is dated now, and the directory shows the change."""
    before = tree.record(tree.root)
    made = tree.do(make, ANN, tree.root, b"new")
    assert made.attributes == tree.record(made.inode)[:84]
    assert made.directory_before == wcc_of(before)
    assert made.directory == tree.record(tree.root)[:84] != before[:84]
    stat = tree.stat(made.inode)
    assert (stat.uid, stat.gid, stat.fsid, stat.fileid) == (1000, 100, FSID, made.inode)
    record = tree.record(made.inode)
    assert [time_ns(record[i : i + 8]) for i in (60, 68, 76)] == [tree.now_ns] * 3
    root = tree.record(tree.root)
    assert time_ns(root[68:76]) == time_ns(root[76:84]) == tree.now_ns
    assert root[60:68] == before[60:68]
    assert tree.names()[b"new"] == made.inode
    assert tree.inode(made.inode).parent == tree.root


@every_maker
def test_an_existing_name_is_refused(tree: Tree, make: Maker) -> None:
    """EXIST comes before any question of write permission, with the directory as it is."""
    tree.file(b"f")
    tree.directory(b"d")
    tree.chmod(tree.root, 0o755)
    for name in (b"f", b"d"):
        error = tree.refuse(FsCode.EXIST, make, ANN, tree.root, name)
        assert error.attributes == tree.record(tree.root)[:84]
        assert error.before == wcc_of(tree.record(tree.root))


@every_maker
@pytest.mark.parametrize(
    ("name", "code"),
    [
        (b"", FsCode.ACCES),
        (b".", FsCode.EXIST),
        (b"..", FsCode.EXIST),
        (b"a/b", FsCode.INVAL),
        (b"a\0b", FsCode.INVAL),
        (b"n" * 256, FsCode.NAMETOOLONG),
    ],
)
def test_impossible_names_are_refused(tree: Tree, make: Maker, name: bytes, code: FsCode) -> None:
    """No such name can be created, by whatever call."""
    error = tree.refuse(code, make, ADMIN, tree.root, name)
    assert error.attributes == tree.record(tree.root)[:84]


@every_maker
def test_it_takes_write_and_search_permission(tree: Tree, make: Maker) -> None:
    """Either right alone is not enough to add a name."""
    for mode in (0o774, 0o775, 0o776):
        directory = tree.directory(b"d%o" % mode, ADMIN, mode)
        error = tree.refuse(FsCode.ACCES, make, ANN, directory, b"new")
        assert error.attributes == tree.record(directory)[:84]
    tree.do(make, ANN, tree.directory(b"ok", ADMIN, 0o773), b"new")


@every_maker
def test_the_directory_must_be_one(tree: Tree, make: Maker) -> None:
    """In a file nothing is created, and in what is gone neither."""
    tree.refuse(FsCode.NOTDIR, make, ADMIN, tree.file(b"f"), b"new")
    tree.refuse(FsCode.STALE, make, ADMIN, 1 << 40, b"new")


@every_maker
def test_a_set_gid_directory_gives_its_group(tree: Tree, make: Maker) -> None:
    """Everything in a set-gid directory belongs to its group, and subdirectories pass it on."""
    directory = tree.directory(b"d", ADMIN, 0o777)
    tree.do(operations.setattr, ADMIN, directory, NewAttributes(gid=777, mode=0o2777))
    made = tree.do(make, ANN, directory, b"new")
    stat = tree.stat(made.inode)
    assert (stat.uid, stat.gid) == (ANN.uid, 777)
    assert bool(stat.mode & 0o2000) is (stat.type == FileType.DIRECTORY)


@every_maker
def test_only_the_superuser_creates_for_others(tree: Tree, make: Maker) -> None:
    """Uid and gid in the call count for uid 0 only; from others they are ignored."""
    new = NewAttributes(mode=0o600, uid=5, gid=6)

    def run(who: Credentials, name: bytes) -> tuple[int, int]:
        calls: dict[Any, Callable[[], Made]] = {
            _create: partial(tree.do, create, who, tree.root, name, GUARDED, new),
            _mkdir: partial(tree.do, operations.mkdir, who, tree.root, name, new),
            _symlink: partial(tree.do, operations.symlink, who, tree.root, name, b"t", new),
            _mknod: partial(
                tree.do, operations.mknod, who, tree.root, name, FileType.SOCKET, (0, 0), new
            ),
        }
        stat = tree.stat(calls[make]().inode)
        return stat.uid, stat.gid

    assert run(ADMIN, b"a") == (5, 6)
    assert run(ANN, b"b") == (ANN.uid, ANN.gid)


@every_maker
def test_no_inode_number_is_left(tree: Tree, make: Maker) -> None:
    """When all numbers are used up, a creation is NOSPC, with the directory's attributes."""
    meta = tree.view.tables[Table.META]
    meta[NEXT_INODE] = pack_number(COUNTER_MAX)
    error = tree.refuse(FsCode.NOSPC, make, ADMIN, tree.root, b"new")
    assert error.attributes == tree.record(tree.root)[:84]


def test_inode_numbers_are_never_used_again(tree: Tree) -> None:
    """A removed file's number does not come back, so its handles stay stale."""
    first = tree.file(b"f")
    tree.do(operations.remove, ADMIN, tree.root, b"f")
    assert tree.file(b"f") > first


# CREATE


def test_create_takes_mode_and_times_of_the_client(tree: Tree) -> None:
    """Mode and times in CREATE are the new file's."""
    then = pack_time(77)
    new = NewAttributes(mode=0o104751, atime=then, mtime=ServerTime.NOW)
    inode = tree.do(create, ANN, tree.root, b"f", UNCHECKED, new).inode
    record = tree.record(inode)
    assert tree.stat(inode).mode == 0o4751
    assert record[60:68] == then
    assert time_ns(record[68:76]) == tree.now_ns


def test_create_without_mode_lets_nobody_in(tree: Tree) -> None:
    """A client that sends no mode sets it later, with SETATTR."""
    made = tree.do(create, ANN, tree.root, b"f", UNCHECKED, NewAttributes())
    assert tree.stat(made.inode).mode == 0


def test_create_with_a_bad_time_is_refused(tree: Tree) -> None:
    """A time with too many nanoseconds creates nothing."""
    new = NewAttributes(mtime=b"\xff" * 8)
    tree.refuse(FsCode.INVAL, create, ANN, tree.root, b"f", UNCHECKED, new)


def test_create_with_a_size_is_all_zeros(tree: Tree) -> None:
    """A new file may begin with a size: it has no bytes yet, and reads as zeros."""
    made = tree.do(create, ANN, tree.root, b"f", GUARDED, NewAttributes(mode=0o600, size=1000))
    stat = tree.stat(made.inode)
    assert (stat.size, stat.used, stat.nlink) == (1000, 1024, 1)
    new = NewAttributes(size=OFFSET_MAX + 1)
    tree.refuse(FsCode.FBIG, create, ANN, tree.root, b"g", GUARDED, new)


def test_a_new_file_outside_the_group_is_not_set_gid(tree: Tree) -> None:
    """In a set-gid directory nobody makes programs that run with a group he is not in."""
    directory = tree.directory(b"d")
    tree.do(operations.setattr, ADMIN, directory, NewAttributes(gid=777, mode=0o2777))
    assert tree.stat(tree.file(b"f", ANN, 0o6755, directory)).mode == 0o4755
    assert tree.stat(tree.file(b"g", ADMIN, 0o6755, directory)).mode == 0o6755
    assert tree.stat(tree.file(b"h", ANN, 0o6755)).mode == 0o6755


def test_unchecked_create_opens_what_exists(tree: Tree) -> None:
    """Nothing but the size of an existing file is touched, and without one nothing at all."""
    inode = tree.file(b"f", ANN, 0o600)
    tree.put_inline(inode, b"hello")
    tree.chmod(tree.root, 0o555)
    before = tree.record(inode)
    new = NewAttributes(mode=0o777, uid=0, gid=0, mtime=pack_time(1))
    made = tree.do(create, BOB, tree.root, b"f", UNCHECKED, new)
    assert (made.inode, made.attributes) == (inode, before[:84])
    assert made.directory_before == wcc_of(tree.record(tree.root))
    assert made.directory == tree.record(tree.root)[:84]
    assert tree.record(inode) == before


def test_unchecked_create_truncates(tree: Tree) -> None:
    """open(O_CREAT | O_TRUNC) of an existing file: size 0, under the rules of SETATTR."""
    inode = tree.file(b"f", ANN, 0o444)
    tree.put_inline(inode, b"hello")
    new = NewAttributes(mode=0o777, size=0)
    error = tree.refuse(FsCode.ACCES, create, BOB, tree.root, b"f", UNCHECKED, new)
    assert error.attributes == tree.record(tree.root)[:84]
    made = tree.do(create, ANN, tree.root, b"f", UNCHECKED, new)
    assert made.attributes == tree.record(inode)[:84]
    assert (tree.stat(inode).size, tree.stat(inode).mode) == (0, 0o444)
    assert not tree.view.tables[Table.INLINE]


@pytest.mark.parametrize("mode", [UNCHECKED, GUARDED, EXCLUSIVE])
def test_create_over_another_type_is_refused(tree: Tree, mode: CreateMode) -> None:
    """CREATE never opens a directory or a symbolic link."""
    tree.directory(b"d")
    tree.do(operations.symlink, ADMIN, tree.root, b"l", b"t", NewAttributes())
    for name in (b"d", b"l"):
        tree.refuse(FsCode.EXIST, create, ADMIN, tree.root, name, mode, NEW, b"12345678")


@pytest.mark.parametrize("verifier", [b"12345678", bytes(8), b"\xff" * 8])
def test_exclusive_create_is_found_again_by_its_verifier(tree: Tree, verifier: bytes) -> None:
    """All 64 bits are kept: the same verifier succeeds again, one with another bit does not."""
    first = tree.do(create, ANN, tree.root, b"f", EXCLUSIVE, NewAttributes(), verifier)
    assert tree.stat(first.inode).mode == 0
    tree.do(operations.setattr, ANN, first.inode, NewAttributes(mode=0o640, mtime=pack_time(5)))
    second = tree.do(create, ANN, tree.root, b"f", EXCLUSIVE, NewAttributes(), verifier)
    assert second.inode == first.inode
    assert second.attributes == tree.record(first.inode)[:84]
    for bit in range(64):
        other = (int.from_bytes(verifier, "big") ^ 1 << bit).to_bytes(8, "big")
        tree.refuse(FsCode.EXIST, create, ANN, tree.root, b"f", EXCLUSIVE, NewAttributes(), other)


def test_a_verifier_of_zeros_does_not_match_ordinary_files(tree: Tree) -> None:
    """A file made without verifier is not taken for one made exclusively."""
    tree.file(b"f", ANN)
    tree.refuse(FsCode.EXIST, create, ANN, tree.root, b"f", EXCLUSIVE, NEW, bytes(8))


def test_exclusive_create_needs_a_verifier(tree: Tree) -> None:
    """Without 8 bytes of verifier there is nothing to find it again by."""
    for verifier in (None, b"short"):
        tree.refuse(FsCode.INVAL, create, ANN, tree.root, b"f", EXCLUSIVE, NEW, verifier)


# MKDIR, SYMLINK, MKNOD


def test_mkdir_counts_links(tree: Tree) -> None:
    """A new directory has two links, and its ".." is one more of its parent."""
    inode = tree.directory(b"d", ANN, 0o2711)
    stat = tree.stat(inode)
    assert (stat.type, stat.nlink, stat.size, stat.mode) == (2, 2, 4096, 0o2711)
    assert tree.stat(tree.root).nlink == 3
    assert tree.names(inode) == {b".": inode, b"..": tree.root}


def test_a_directory_with_too_many_subdirectories(tree: Tree) -> None:
    """The link count of a directory has an end: MLINK, but files still find room."""
    nlink = DIRECTORY_LINKS_MAX.to_bytes(4, "big")
    record = tree.record(tree.root)
    tree.edit(tree.root, attributes=record[:8] + nlink + record[12:84])
    tree.refuse(FsCode.MLINK, operations.mkdir, ADMIN, tree.root, b"d", NEW)
    tree.file(b"f")
    tree.do(operations.remove, ADMIN, tree.root, b"f")
    tree.edit(tree.root, attributes=record[:84])


@pytest.mark.parametrize("target", [b"t", b"/a/b", b"\xff\n", b"x" * 4096, b"../.."])
def test_symlink_keeps_its_target(tree: Tree, target: bytes) -> None:
    """Any bytes up to 4096 are a target; its length is the link's size, its mode 0777."""
    made = tree.do(operations.symlink, ANN, tree.root, b"l", target, NewAttributes(mode=0))
    stat = tree.stat(made.inode)
    assert (stat.type, stat.mode, stat.size) == (5, 0o777, len(target))
    assert tree.view.tables[Table.SYMLINK][inode_key(made.inode)] == target


def test_impossible_targets_are_refused(tree: Tree) -> None:
    """An empty target, one with a NUL, and one beyond 4096 bytes could never be followed."""
    for target, code in (
        (b"", FsCode.INVAL),
        (b"a\0b", FsCode.INVAL),
        (b"x" * 4097, FsCode.NAMETOOLONG),
    ):
        tree.refuse(code, operations.symlink, ADMIN, tree.root, b"l", target, NEW)


@pytest.mark.parametrize("kind", [FileType.BLOCK, FileType.CHARACTER])
def test_devices_are_for_the_superuser(tree: Tree, kind: FileType) -> None:
    """Uid 0 makes devices with their numbers, others do not."""
    mknod = operations.mknod
    made = tree.do(mknod, ADMIN, tree.root, b"dev", kind, (8, 0xFFFFFFFF), NEW)
    stat = tree.stat(made.inode)
    assert (stat.type, stat.major, stat.minor, stat.mode) == (kind, 8, 0xFFFFFFFF, 0o644)
    tree.refuse(FsCode.PERM, mknod, ANN, tree.root, b"dev2", kind, (1, 3), NEW)


@pytest.mark.parametrize("kind", [FileType.SOCKET, FileType.FIFO])
def test_sockets_and_fifos_are_for_everybody(tree: Tree, kind: FileType) -> None:
    """They have no device number, whatever was sent."""
    made = tree.do(operations.mknod, CAT, tree.root, b"p", kind, (1, 3), NEW)
    stat = tree.stat(made.inode)
    assert (stat.type, stat.major, stat.minor) == (kind, 0, 0)


@pytest.mark.parametrize("kind", [FileType.REGULAR, FileType.DIRECTORY, FileType.SYMLINK])
def test_mknod_makes_nothing_else(tree: Tree, kind: FileType) -> None:
    """Files, directories and links have calls of their own."""
    tree.refuse(FsCode.BADTYPE, operations.mknod, ADMIN, tree.root, b"x", kind, (0, 0), NEW)
