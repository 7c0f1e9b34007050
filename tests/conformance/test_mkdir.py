"""MKDIR (RFC 1813, section 3.3.9)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, Session, after, fails, handle_of, ok


@case("MKDIR-01", "3.3.9")
def test_makes_a_directory(nfs: Session) -> None:
    """A new directory is empty, has the mode that was sent and the caller as owner."""
    answer = ok(nfs.as_user(ALICE).mkdir(nfs.dir, b"new", 0o750))
    found = x.decode_fattr3(answer.obj_attributes)
    assert (found.type, found.mode & 0o7777, found.nlink) == (x.NF3DIR, 0o750, 2)
    assert (found.uid, found.gid) == (ALICE.uid, ALICE.gid)
    assert nfs.names(handle_of(answer)) == []
    assert ok(nfs.lookup(nfs.dir, b"new")).object == handle_of(answer)


@case("MKDIR-02", "3.3.9", "EXIST")
def test_exists(nfs: Session) -> None:
    """A name that exists is not used again, whatever it is."""
    nfs.directory(b"dir")
    nfs.file(b"file")
    fails(nfs.mkdir(nfs.dir, b"dir"), "EXIST")
    failed = fails(nfs.mkdir(nfs.dir, b"file"), "EXIST")
    assert failed.dir_wcc.after is not None


@case("MKDIR-03", "3.3.9", "EXIST")
def test_dots(nfs: Session) -> None:
    """``.`` and ``..`` exist everywhere: the section asks for EXIST."""
    fails(nfs.mkdir(nfs.dir, b"."), "EXIST")
    fails(nfs.mkdir(nfs.dir, b".."), "EXIST")


@case("MKDIR-04", "3.3.9", "ACCES")
def test_without_permission(nfs: Session) -> None:
    """Making a directory takes write permission in its parent."""
    fails(nfs.as_user(ALICE).mkdir(nfs.directory(mode=0o755), b"x"), "ACCES")


@case("MKDIR-05", "3.3.9", "NOTDIR")
def test_in_a_file(nfs: Session) -> None:
    """Only directories have entries."""
    fails(nfs.mkdir(nfs.file(), b"x"), "NOTDIR")


@case("MKDIR-06", "3.3.9", "NAMETOOLONG")
def test_long_name(nfs: Session) -> None:
    """256 bytes are no name."""
    fails(nfs.mkdir(nfs.dir, b"n" * 256), "NAMETOOLONG")


@case(
    "MKDIR-07",
    "3.2",
    "ACCES",
    ganesha="INVAL for the empty name; walks a path, and cuts at a NUL; section 3.2 says ACCES",
)
def test_impossible_names(nfs: Session) -> None:
    """No directory can have an empty name, or one with a slash or NUL in it."""
    for name in (b"", b"a/b", b"a\0b"):
        fails(nfs.mkdir(nfs.dir, name), "ACCES")


@case("MKDIR-08", "3.3.9")
def test_set_gid_is_inherited(nfs: Session) -> None:
    """A directory in a set-gid directory has its group, and set-gid too."""
    parent = nfs.directory()
    ok(nfs.setattr(parent, gid=5000))
    ok(nfs.setattr(parent, mode=0o2777))
    made = ok(nfs.as_user(ALICE).mkdir(parent, b"x", 0o755))
    found = x.decode_fattr3(made.obj_attributes)
    assert (found.gid, found.mode & 0o7777) == (5000, 0o2755)


@case("MKDIR-09", "2.6")
def test_parent_changes(nfs: Session) -> None:
    """The parent gets one link more and new times, and the answer shows it."""
    before = nfs.attributes(nfs.dir)
    found = after(ok(nfs.mkdir(nfs.dir, b"x")).dir_wcc)
    assert found.nlink == before.nlink + 1
    assert (found.mtime.seconds, found.mtime.nseconds) > (
        before.mtime.seconds,
        before.mtime.nseconds,
    )


@case("MKDIR-10", "3.3.9", "ROFS", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export takes no new directory."""
    fails(nfs.mkdir(nfs.exchange.export("readonly"), b"x"), "ROFS")


@case("MKDIR-11", "3.3.9", "NOSPC", "DQUOT", "NOTSUPP", "MLINK", in_process=True)
def test_backend_refuses(nfs: Session) -> None:
    """A full disk, a used-up quota and too many links are told apart."""
    for code in (FsCode.NOSPC, FsCode.DQUOT, FsCode.NOTSUPP, FsCode.MLINK):
        with nfs.exchange.fault("mkdir", code):
            fails(nfs.mkdir(nfs.dir, b"x"), code.name)
    assert nfs.names(nfs.dir) == []


@case("MKDIR-12", "3.3.9", "INVAL", in_process=True)
def test_impossible_time(nfs: Session) -> None:
    """A second has no more than 999,999,999 nanoseconds."""
    fails(nfs.mkdir(nfs.dir, b"x", mtime=x.nfstime3(0, 1 << 30)), "INVAL")
