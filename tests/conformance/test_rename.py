"""RENAME (RFC 1813, section 3.3.14)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, BOB, Session, after, fails, handle_of, ok


@case("RENAME-01", "3.3.14")
def test_within_a_directory(nfs: Session) -> None:
    """The new name leads to the same file, the old one to nothing."""
    handle = nfs.file(b"old", b"data")
    ok(nfs.rename(nfs.dir, b"old", nfs.dir, b"new"))
    assert ok(nfs.lookup(nfs.dir, b"new")).object == handle
    fails(nfs.lookup(nfs.dir, b"old"), "NOENT")
    assert ok(nfs.read(handle)).data == b"data"


@case("RENAME-02", "3.3.14")
def test_between_directories(nfs: Session) -> None:
    """A directory that moves gets another ``..``, and both parents another link count."""
    one, two = nfs.directory(b"one"), nfs.directory(b"two")
    moved = handle_of(ok(nfs.mkdir(one, b"dir")))
    answer = ok(nfs.rename(one, b"dir", two, b"dir"))
    assert ok(nfs.lookup(moved, b"..")).object == two
    assert after(answer.fromdir_wcc).nlink == 2
    assert after(answer.todir_wcc).nlink == 3


@case("RENAME-03", "3.3.14")
def test_replaces_a_file(nfs: Session) -> None:
    """A file at the new name is replaced in one step, and is gone."""
    handle = nfs.file(b"new", b"old content")
    moved = nfs.file(b"old", b"new content")
    ok(nfs.rename(nfs.dir, b"old", nfs.dir, b"new"))
    assert ok(nfs.lookup(nfs.dir, b"new")).object == moved
    fails(nfs.getattr(handle), "STALE")
    assert nfs.names(nfs.dir) == [b"new"]


@case("RENAME-04", "3.3.14")
def test_replaces_an_empty_directory(nfs: Session) -> None:
    """An empty directory is replaced by a directory."""
    moved = nfs.directory(b"old")
    nfs.directory(b"new")
    ok(nfs.rename(nfs.dir, b"old", nfs.dir, b"new"))
    assert ok(nfs.lookup(nfs.dir, b"new")).object == moved
    assert nfs.attributes(nfs.dir).nlink == 3


@case("RENAME-05", "3.3.14", "NOTEMPTY")
def test_over_a_directory_with_entries(nfs: Session) -> None:
    """A directory with entries is not replaced."""
    nfs.directory(b"old")
    ok(nfs.create(nfs.directory(b"new"), b"x"))
    fails(nfs.rename(nfs.dir, b"old", nfs.dir, b"new"), "NOTEMPTY")


@case("RENAME-06", "3.3.14", "ISDIR")
def test_file_over_a_directory(nfs: Session) -> None:
    """A file does not replace a directory."""
    nfs.file(b"old")
    nfs.directory(b"new")
    fails(nfs.rename(nfs.dir, b"old", nfs.dir, b"new"), "ISDIR")


@case("RENAME-07", "3.3.14", "NOTDIR")
def test_directory_over_a_file(nfs: Session) -> None:
    """A directory does not replace a file, and files have no entries."""
    nfs.directory(b"old")
    handle = nfs.file(b"new")
    fails(nfs.rename(nfs.dir, b"old", nfs.dir, b"new"), "NOTDIR")
    fails(nfs.rename(handle, b"x", nfs.dir, b"y"), "NOTDIR")
    fails(nfs.rename(nfs.dir, b"old", handle, b"y"), "NOTDIR")


@case("RENAME-08", "3.3.14")
def test_onto_itself(nfs: Session) -> None:
    """A rename onto itself does nothing and succeeds."""
    handle = nfs.file(b"same")
    before = nfs.attributes(handle)
    ok(nfs.rename(nfs.dir, b"same", nfs.dir, b"same"))
    assert nfs.attributes(handle).ctime == before.ctime


@case("RENAME-09", "3.3.14")
def test_onto_another_link(nfs: Session) -> None:
    """If both names are links of one file, nothing is done: both stay."""
    handle = nfs.file(b"one")
    ok(nfs.link(handle, nfs.dir, b"two"))
    ok(nfs.rename(nfs.dir, b"one", nfs.dir, b"two"))
    assert sorted(nfs.names(nfs.dir)) == [b"one", b"two"]
    assert nfs.attributes(handle).nlink == 2


@case("RENAME-10", "3.3.14", "INVAL")
def test_into_its_own_subtree(nfs: Session) -> None:
    """A directory cannot move into itself or below."""
    handle = nfs.directory(b"dir")
    below = handle_of(ok(nfs.mkdir(handle, b"below")))
    fails(nfs.rename(nfs.dir, b"dir", handle, b"x"), "INVAL")
    fails(nfs.rename(nfs.dir, b"dir", below, b"x"), "INVAL")


@case("RENAME-11", "3.3.14", "NOENT")
def test_missing(nfs: Session) -> None:
    """A missing name is NOENT, and the answer shows both directories."""
    failed = fails(nfs.rename(nfs.dir, b"missing", nfs.dir, b"x"), "NOENT")
    assert failed.fromdir_wcc.after is not None
    assert failed.todir_wcc.after is not None


@case("RENAME-12", "3.3.14", "ACCES")
def test_without_permission(nfs: Session) -> None:
    """It takes write permission in both directories."""
    closed = nfs.directory(b"closed", 0o755)
    ok(nfs.create(closed, b"x"))
    ok(nfs.as_user(ALICE).create(nfs.dir, b"y"))
    fails(nfs.as_user(ALICE).rename(closed, b"x", nfs.dir, b"z"), "ACCES")
    fails(nfs.as_user(ALICE).rename(nfs.dir, b"y", closed, b"z"), "ACCES")


@case("RENAME-13", "3.3.14", "PERM")
def test_sticky(nfs: Session) -> None:
    """In a sticky directory only the owners rename, or replace."""
    sticky = nfs.directory()
    ok(nfs.setattr(sticky, mode=0o1777))
    ok(nfs.as_user(ALICE).create(sticky, b"hers"))
    ok(nfs.as_user(BOB).create(sticky, b"his"))
    fails(nfs.as_user(BOB).rename(sticky, b"hers", nfs.dir, b"x"), "PERM")
    fails(nfs.as_user(BOB).rename(sticky, b"his", sticky, b"hers"), "PERM")


@case("RENAME-14", "3.3.14", "NAMETOOLONG")
def test_long_names(nfs: Session) -> None:
    """256 bytes are no name, old or new."""
    nfs.file(b"x")
    fails(nfs.rename(nfs.dir, b"x", nfs.dir, b"n" * 256), "NAMETOOLONG")
    fails(nfs.rename(nfs.dir, b"n" * 256, nfs.dir, b"x"), "NAMETOOLONG")


@case("RENAME-15", "3.2", "INVAL")
def test_dots(nfs: Session) -> None:
    """``.`` and ``..`` cannot be renamed, nor replaced."""
    nfs.directory(b"dir")
    for name in (b".", b".."):
        fails(nfs.rename(nfs.dir, name, nfs.dir, b"x"), "INVAL")
        fails(nfs.rename(nfs.dir, b"dir", nfs.dir, name), "INVAL", "EXIST", "NOTEMPTY")


@case("RENAME-16", "3.3.14", "XDEV", in_process=True)
def test_across_exports(nfs: Session) -> None:
    """Nothing moves between exports, be they of one volume or of two."""
    nfs.file(b"x")
    for name in ("open", "other"):
        fails(nfs.rename(nfs.dir, b"x", nfs.exchange.export(name), b"y"), "XDEV")
    assert nfs.names(nfs.dir) == [b"x"]


@case("RENAME-17", "3.3.14", "ROFS", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export changes nothing."""
    readonly = nfs.exchange.export("readonly")
    fails(nfs.rename(readonly, b"x", readonly, b"y"), "ROFS")


@case("RENAME-18", "3.3.14", "NOSPC", "DQUOT", "MLINK", "NOTSUPP", "EXIST", in_process=True)
def test_backend_refuses(nfs: Session) -> None:
    """What only a backend can know is told apart; nothing has changed."""
    nfs.file(b"x")
    codes = (FsCode.NOSPC, FsCode.DQUOT, FsCode.MLINK, FsCode.NOTSUPP, FsCode.EXIST)
    for code in codes:
        with nfs.exchange.fault("rename", code):
            fails(nfs.rename(nfs.dir, b"x", nfs.dir, b"y"), code.name)
    assert nfs.names(nfs.dir) == [b"x"]


@case(
    "RENAME-19",
    "3.3.14",
    "ACCES",
    ganesha="INVAL for the empty name, and walks a path; section 3.2 says ACCES",
)
def test_impossible_names(nfs: Session) -> None:
    """No file can get an empty name, or one with a slash in it."""
    nfs.file(b"x")
    for name in (b"", b"a/b"):
        fails(nfs.rename(nfs.dir, b"x", nfs.dir, name), "ACCES")


@case("RENAME-20", "3.3.14")
def test_changes_ctime(nfs: Session) -> None:
    """The renamed file has a new ctime, so that backups see it."""
    handle = nfs.file(b"old")
    before = nfs.attributes(handle).ctime
    ok(nfs.rename(nfs.dir, b"old", nfs.dir, b"new"))
    found = nfs.attributes(handle).ctime
    assert (found.seconds, found.nseconds) > (before.seconds, before.nseconds)
