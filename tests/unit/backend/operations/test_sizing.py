"""The part of READ and WRITE in the tables."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import Credentials, FileType, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.attributes import OFFSET_MAX
from nfsgw.backend.brick.schema import time_ns, wcc_of
from nfsgw.errors import FsCode
from tests.unit.backend.operations.tree import ADMIN, ANN, BOB, CAT, Tree

readable, writable, extend = operations.readable, operations.writable, operations.extend


def test_who_may_read(tree: Tree) -> None:
    """The mode decides, with the owner's exception and that of execution."""
    inode = tree.file(b"f", ANN, 0o041)
    for who in (ADMIN, ANN, CAT, BOB):
        assert readable(tree.view, who, inode) == tree.record(inode)
    tree.chmod(inode, 0o022)
    assert readable(tree.view, ANN, inode)
    for who in (CAT, BOB):
        error = tree.refuse(FsCode.ACCES, readable, who, inode)
        assert error.attributes == tree.record(inode)[:84]


def test_who_may_write(tree: Tree) -> None:
    """The mode decides, with the owner's exception."""
    inode = tree.file(b"f", ANN, 0o020)
    for who in (ADMIN, ANN, CAT):
        assert writable(tree.view, who, inode, 1) == tree.record(inode)
    error = tree.refuse(FsCode.ACCES, writable, BOB, inode, 1)
    assert error.attributes == tree.record(inode)[:84]
    assert error.before == wcc_of(tree.record(inode))


def test_only_regular_files_have_bytes(tree: Tree) -> None:
    """A directory is ISDIR, anything else that is no file INVAL, whoever asks."""
    made = tree.do(operations.symlink, ANN, tree.root, b"l", b"t", NewAttributes())
    fifo = tree.do(
        operations.mknod, ANN, tree.root, b"p", FileType.FIFO, (0, 0), NewAttributes(mode=0o666)
    )
    for inode, code in (
        (tree.root, FsCode.ISDIR),
        (made.inode, FsCode.INVAL),
        (fifo.inode, FsCode.INVAL),
    ):
        tree.refuse(code, readable, BOB, inode)
        tree.refuse(code, writable, BOB, inode, 1)


def test_the_last_offset(tree: Tree) -> None:
    """A write may end at 2^63 - 1, and not behind it."""
    inode = tree.file(b"f", ANN)
    assert writable(tree.view, ANN, inode, OFFSET_MAX)
    tree.refuse(FsCode.FBIG, writable, ANN, inode, OFFSET_MAX + 1)


def test_a_write_that_goes_beyond_the_end_grows_the_file(tree: Tree) -> None:
    """Size and use follow the end of the write, the times its moment."""
    inode = tree.file(b"f", ANN)
    before = tree.record(inode)
    updated = tree.do(extend, ANN, inode, 513)
    assert updated == (wcc_of(before), tree.record(inode)[:84])
    stat = tree.stat(inode)
    assert (stat.size, stat.used) == (513, 1024)
    record = tree.record(inode)
    assert time_ns(record[68:76]) == time_ns(record[76:84]) == tree.now_ns
    assert record[60:68] == before[60:68]


def test_a_write_inside_leaves_the_size(tree: Tree) -> None:
    """Overwriting moves the times only."""
    inode = tree.file(b"f", ANN)
    tree.do(extend, ANN, inode, 1000)
    tree.do(extend, ANN, inode, 999)
    assert tree.stat(inode).size == 1000
    assert time_ns(tree.record(inode)[68:76]) == tree.now_ns


def test_a_write_to_a_removed_file_is_stale(tree: Tree) -> None:
    """Whatever happened between the check and the last step, nothing comes back to life."""
    inode = tree.file(b"f", ANN)
    tree.do(operations.remove, ADMIN, tree.root, b"f")
    tree.refuse(FsCode.STALE, extend, ANN, inode, 10)


@pytest.mark.parametrize("who", [ANN, ADMIN])
@pytest.mark.parametrize("mode", [0o6755, 0o6745, 0o644])
def test_a_write_disarms(tree: Tree, who: Credentials, mode: int) -> None:
    """A write by anybody but uid 0 takes set-uid, and set-gid where the group may execute."""
    inode = tree.file(b"f", ANN, mode)
    tree.do(extend, who, inode, 10)
    disarmed = {0o6755: 0o755, 0o6745: 0o2745, 0o644: 0o644}
    assert tree.stat(inode).mode == (mode if who is ADMIN else disarmed[mode])


def test_permission_lost_during_a_write_does_not_stop_it(tree: Tree) -> None:
    """The check is at the beginning: the last step asks only whether the file is there."""
    inode = tree.file(b"f", ANN, 0o666)
    assert writable(tree.view, BOB, inode, 10)
    tree.chmod(inode, 0)
    tree.do(extend, BOB, inode, 10)
    assert tree.stat(inode).size == 10
