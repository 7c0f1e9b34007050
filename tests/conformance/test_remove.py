"""REMOVE (RFC 1813, section 3.3.12)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, BOB, Session, after, fails, handle_of, ok


@case("REMOVE-01", "3.3.12")
def test_removes(nfs: Session) -> None:
    """The name is gone, and with the last name the file."""
    handle = nfs.file(b"file", b"data")
    ok(nfs.remove(nfs.dir, b"file"))
    fails(nfs.lookup(nfs.dir, b"file"), "NOENT")
    fails(nfs.getattr(handle), "STALE")


@case("REMOVE-02", "3.3.12")
def test_other_names_stay(nfs: Session) -> None:
    """A file with another name lives on, with one link less and a new ctime."""
    handle = nfs.file(b"one", b"data")
    ok(nfs.link(handle, nfs.dir, b"two"))
    before = nfs.attributes(handle)
    ok(nfs.remove(nfs.dir, b"one"))
    found = nfs.attributes(handle)
    assert (before.nlink, found.nlink) == (2, 1)
    assert (found.ctime.seconds, found.ctime.nseconds) > (
        before.ctime.seconds,
        before.ctime.nseconds,
    )
    assert ok(nfs.read(handle)).data == b"data"


@case("REMOVE-03", "3.3.12", "NOENT")
def test_missing(nfs: Session) -> None:
    """A missing name is NOENT, and the answer shows the directory."""
    failed = fails(nfs.remove(nfs.dir, b"missing"), "NOENT")
    assert failed.dir_wcc.after is not None


@case("REMOVE-04", "3.3.12", "ISDIR")
def test_directory(nfs: Session) -> None:
    """Directories are removed by RMDIR only."""
    nfs.directory(b"dir")
    fails(nfs.remove(nfs.dir, b"dir"), "ISDIR")
    ok(nfs.lookup(nfs.dir, b"dir"))


@case("REMOVE-05", "3.3.12")
def test_every_other_type(nfs: Session) -> None:
    """Links (not their targets), FIFOs and devices are removed."""
    nfs.file(b"target")
    ok(nfs.symlink(nfs.dir, b"link", b"target"))
    ok(nfs.mknod(nfs.dir, b"fifo"))
    ok(nfs.mknod(nfs.dir, b"device", x.NF3CHR, (1, 3)))
    for name in (b"link", b"fifo", b"device"):
        ok(nfs.remove(nfs.dir, name))
    assert nfs.names(nfs.dir) == [b"target"]


@case("REMOVE-06", "3.3.12", "ACCES")
def test_without_permission(nfs: Session) -> None:
    """It takes write permission in the directory, not in the file."""
    directory = nfs.directory(mode=0o755)
    ok(nfs.create(directory, b"x", 0o666))
    fails(nfs.as_user(ALICE).remove(directory, b"x"), "ACCES")
    ok(nfs.setattr(directory, mode=0o777))
    ok(nfs.setattr(ok(nfs.lookup(directory, b"x")).object, mode=0))
    ok(nfs.as_user(ALICE).remove(directory, b"x"))


@case("REMOVE-07", "3.3.12", "PERM")
def test_sticky(nfs: Session) -> None:
    """In a sticky directory only the file's and the directory's owners remove."""
    directory = nfs.directory()
    ok(nfs.setattr(directory, mode=0o1777))
    for name in (b"one", b"two"):
        ok(nfs.as_user(ALICE).create(directory, name, 0o666))
    fails(nfs.as_user(BOB).remove(directory, b"one"), "PERM")
    ok(nfs.as_user(ALICE).remove(directory, b"one"))
    ok(nfs.setattr(directory, uid=BOB.uid))
    ok(nfs.as_user(BOB).remove(directory, b"two"))


@case("REMOVE-08", "3.3.12", "NOTDIR")
def test_in_a_file(nfs: Session) -> None:
    """Only directories have entries."""
    fails(nfs.remove(nfs.file(), b"x"), "NOTDIR")


@case("REMOVE-09", "3.3.12", "NAMETOOLONG")
def test_long_name(nfs: Session) -> None:
    """256 bytes are no name, and not one that is not there."""
    fails(nfs.remove(nfs.dir, b"n" * 256), "NAMETOOLONG")


@case(
    "REMOVE-10",
    "3.2",
    "ACCES",
    ganesha="INVAL for the empty name, ISDIR for the dots; section 3.2 says ACCES",
)
def test_impossible_names(nfs: Session) -> None:
    """The empty name and the dots cannot be removed."""
    for name in (b"", b".", b".."):
        fails(nfs.remove(nfs.dir, name), "ACCES")


@case("REMOVE-11", "2.6")
def test_directory_changes(nfs: Session) -> None:
    """The answer shows the directory with new times."""
    nfs.file(b"file")
    before = nfs.attributes(nfs.dir)
    found = after(ok(nfs.remove(nfs.dir, b"file")).dir_wcc)
    assert (found.mtime.seconds, found.mtime.nseconds) > (
        before.mtime.seconds,
        before.mtime.nseconds,
    )


@case("REMOVE-12", "3.3.12", "ROFS", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export loses nothing."""
    fails(nfs.remove(nfs.exchange.export("readonly"), b"x"), "ROFS")


@case("REMOVE-13", "3.3.12", in_process=True)
def test_repeated_call(nfs: Session) -> None:
    """The same call again, with its xid, gets the first answer and not NOENT."""
    from tests.conformance.client import call_record, parse_reply

    nfs.file(b"file")
    packer = x.NFS3Packer()
    packer.pack_REMOVE3args(x.REMOVE3args(x.diropargs3(nfs.dir, b"file")))
    xid, record = call_record(x.NFS_PROGRAM, 3, x.NFSPROC3_REMOVE, packer.get_buffer())
    first = parse_reply(nfs.exchange.exchange(record), xid)
    assert first[:4] == bytes(4)
    assert parse_reply(nfs.exchange.exchange(record), xid) == first
    fails(nfs.remove(nfs.dir, b"file"), "NOENT")


@case("REMOVE-14", "3.3.12")
def test_handle_is_never_used_again(nfs: Session) -> None:
    """The handle of a removed file never reaches the file that comes after it."""
    old = nfs.file(b"name")
    ok(nfs.remove(nfs.dir, b"name"))
    new = handle_of(ok(nfs.create(nfs.dir, b"name")))
    assert new != old
    fails(nfs.getattr(old), "STALE")


@case("REMOVE-15", "3.3.12", "NOSPC", "DQUOT", in_process=True)
def test_no_space(nfs: Session) -> None:
    """A disk without room even for the record of a removal says so, and nothing is removed."""
    nfs.file(b"x")
    for code in (FsCode.NOSPC, FsCode.DQUOT):
        with nfs.exchange.fault("remove", code):
            fails(nfs.remove(nfs.dir, b"x"), code.name)
    assert nfs.names(nfs.dir) == [b"x"]
