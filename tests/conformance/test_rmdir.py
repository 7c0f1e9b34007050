"""RMDIR (RFC 1813, section 3.3.13)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, BOB, Session, after, fails, ok


@case("RMDIR-01", "3.3.13")
def test_removes(nfs: Session) -> None:
    """An empty directory is removed, and its parent has one link less."""
    handle = nfs.directory(b"dir")
    before = nfs.attributes(nfs.dir)
    found = after(ok(nfs.rmdir(nfs.dir, b"dir")).dir_wcc)
    assert found.nlink == before.nlink - 1
    fails(nfs.getattr(handle), "STALE")


@case("RMDIR-02", "3.3.13", "NOTEMPTY")
def test_not_empty(nfs: Session) -> None:
    """A directory with an entry stays."""
    handle = nfs.directory(b"dir")
    ok(nfs.create(handle, b"x"))
    fails(nfs.rmdir(nfs.dir, b"dir"), "NOTEMPTY")
    ok(nfs.remove(handle, b"x"))
    ok(nfs.rmdir(nfs.dir, b"dir"))


@case("RMDIR-03", "3.3.13", "NOTDIR")
def test_file(nfs: Session) -> None:
    """RMDIR removes no files, and looks for no entries in them."""
    handle = nfs.file(b"file")
    fails(nfs.rmdir(nfs.dir, b"file"), "NOTDIR")
    fails(nfs.rmdir(handle, b"x"), "NOTDIR")
    ok(nfs.symlink(nfs.dir, b"link", b"."))
    fails(nfs.rmdir(nfs.dir, b"link"), "NOTDIR")


@case("RMDIR-04", "3.3.13", "NOENT")
def test_missing(nfs: Session) -> None:
    """A missing name is NOENT, and the answer shows the parent."""
    failed = fails(nfs.rmdir(nfs.dir, b"missing"), "NOENT")
    assert failed.dir_wcc.after is not None


@case("RMDIR-05", "3.3.13", "INVAL")
def test_dot(nfs: Session) -> None:
    """A directory cannot be removed through its own ``.``."""
    fails(nfs.rmdir(nfs.directory(), b"."), "INVAL")


@case("RMDIR-06", "3.3.13")
def test_dot_dot(nfs: Session) -> None:
    """``..`` cannot be removed; the section allows INVAL and EXIST, the parent is not empty."""
    fails(nfs.rmdir(nfs.directory(), b".."), "INVAL", "EXIST", "NOTEMPTY")


@case("RMDIR-07", "3.3.13", "ACCES")
def test_without_permission(nfs: Session) -> None:
    """It takes write permission in the parent."""
    parent = nfs.directory(mode=0o755)
    ok(nfs.mkdir(parent, b"x", 0o777))
    fails(nfs.as_user(ALICE).rmdir(parent, b"x"), "ACCES")


@case("RMDIR-08", "3.3.13", "PERM")
def test_sticky(nfs: Session) -> None:
    """In a sticky directory only the owners remove."""
    parent = nfs.directory()
    ok(nfs.setattr(parent, mode=0o1777))
    ok(nfs.as_user(ALICE).mkdir(parent, b"x", 0o777))
    fails(nfs.as_user(BOB).rmdir(parent, b"x"), "PERM")
    ok(nfs.as_user(ALICE).rmdir(parent, b"x"))


@case("RMDIR-09", "3.3.13", "NAMETOOLONG")
def test_long_name(nfs: Session) -> None:
    """256 bytes are no name."""
    fails(nfs.rmdir(nfs.dir, b"n" * 256), "NAMETOOLONG")


@case("RMDIR-10", "3.3.13", "ROFS", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export loses nothing."""
    fails(nfs.rmdir(nfs.exchange.export("readonly"), b"x"), "ROFS")


@case("RMDIR-11", "3.3.13", "NOTSUPP", in_process=True)
def test_backend_refuses(nfs: Session) -> None:
    """A backend that cannot remove directories says so."""
    nfs.directory(b"dir")
    with nfs.exchange.fault("rmdir", FsCode.NOTSUPP):
        fails(nfs.rmdir(nfs.dir, b"dir"), "NOTSUPP")
    ok(nfs.rmdir(nfs.dir, b"dir"))


@case("RMDIR-12", "3.3.13")
def test_removed_directory_takes_nothing(nfs: Session) -> None:
    """Nothing can be made in a directory that is gone."""
    handle = nfs.gone_directory()
    fails(nfs.create(handle, b"x"), "STALE")
    fails(nfs.lookup(handle, b".."), "STALE")


@case("RMDIR-13", "3.3.13", "NOSPC", "DQUOT", in_process=True)
def test_no_space(nfs: Session) -> None:
    """A disk without room even for the record of a removal says so, and nothing is removed."""
    nfs.directory(b"x")
    for code in (FsCode.NOSPC, FsCode.DQUOT):
        with nfs.exchange.fault("rmdir", code):
            fails(nfs.rmdir(nfs.dir, b"x"), code.name)
    assert nfs.names(nfs.dir) == [b"x"]
