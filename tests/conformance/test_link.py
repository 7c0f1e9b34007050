"""LINK (RFC 1813, section 3.3.15)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, Session, after, fails, handle_of, ok


@case("LINK-01", "3.3.15")
def test_second_name(nfs: Session) -> None:
    """A second name leads to the same file, which has one link more."""
    handle = nfs.file(b"one", b"data")
    answer = ok(nfs.link(handle, nfs.dir, b"two"))
    assert x.decode_fattr3(answer.file_attributes).nlink == 2
    assert after(answer.linkdir_wcc).type == x.NF3DIR
    assert ok(nfs.lookup(nfs.dir, b"two")).object == handle


@case("LINK-02", "3.3.15")
def test_in_another_directory(nfs: Session) -> None:
    """The names of a file may be in different directories."""
    handle = nfs.file(b"one")
    ok(nfs.link(handle, nfs.directory(), b"two"))
    ok(nfs.remove(nfs.dir, b"one"))
    assert nfs.attributes(handle).nlink == 1


@case("LINK-03", "3.3.15", "EXIST")
def test_exists(nfs: Session) -> None:
    """A name that exists is not used again; the answer shows file and directory."""
    handle = nfs.file(b"one")
    nfs.file(b"two")
    failed = fails(nfs.link(handle, nfs.dir, b"two"), "EXIST")
    assert failed.file_attributes is not None
    assert x.decode_fattr3(failed.file_attributes).type == x.NF3REG
    assert after(failed.linkdir_wcc).type == x.NF3DIR
    fails(nfs.link(handle, nfs.dir, b"."), "EXIST")


@case(
    "LINK-04", "3.3.15", "INVAL", ganesha="BADTYPE, which is MKNOD's; the section's list has INVAL"
)
def test_directory(nfs: Session) -> None:
    """A directory has one name."""
    fails(nfs.link(nfs.directory(), nfs.dir, b"x"), "INVAL")


@case("LINK-05", "3.3.15", "NOTDIR")
def test_in_a_file(nfs: Session) -> None:
    """Only directories have entries."""
    handle = nfs.file()
    fails(nfs.link(handle, handle, b"x"), "NOTDIR")


@case("LINK-06", "3.3.15", "ACCES")
def test_without_permission(nfs: Session) -> None:
    """It takes write permission in the directory."""
    handle = handle_of(ok(nfs.as_user(ALICE).create(nfs.dir, b"one")))
    fails(nfs.as_user(ALICE).link(handle, nfs.directory(mode=0o755), b"two"), "ACCES")


@case("LINK-07", "3.3.15", "NAMETOOLONG")
def test_long_name(nfs: Session) -> None:
    """256 bytes are no name."""
    fails(nfs.link(nfs.file(), nfs.dir, b"n" * 256), "NAMETOOLONG")


@case(
    "LINK-08",
    "3.2",
    "ACCES",
    ganesha="INVAL for the empty name, and walks a path; section 3.2 says ACCES",
)
def test_impossible_names(nfs: Session) -> None:
    """No file can get an empty name, or one with a slash in it."""
    handle = nfs.file()
    for name in (b"", b"a/b"):
        fails(nfs.link(handle, nfs.dir, name), "ACCES")


@case("LINK-09", "3.3.15")
def test_every_type(nfs: Session) -> None:
    """Links, FIFOs and devices may have several names too."""
    link = handle_of(ok(nfs.symlink(nfs.dir, b"link", b"x")))
    fifo = handle_of(ok(nfs.mknod(nfs.dir, b"fifo")))
    for handle, name in ((link, b"link2"), (fifo, b"fifo2")):
        ok(nfs.link(handle, nfs.dir, name))
        assert nfs.attributes(handle).nlink == 2


@case("LINK-10", "3.3.15", "XDEV", in_process=True)
def test_across_exports(nfs: Session) -> None:
    """No file has names in two exports, be they of one volume or of two."""
    handle = nfs.file()
    for name in ("open", "other"):
        fails(nfs.link(handle, nfs.exchange.export(name), b"x"), "XDEV")


@case("LINK-11", "3.3.15", "ROFS", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export takes no new name."""
    readonly = nfs.exchange.export("readonly")
    fails(nfs.link(readonly, readonly, b"x"), "ROFS")


@case("LINK-12", "3.3.15", "NOSPC", "DQUOT", "MLINK", "NOTSUPP", in_process=True)
def test_backend_refuses(nfs: Session) -> None:
    """What only a backend can know is told apart."""
    handle = nfs.file(b"x")
    for code in (FsCode.NOSPC, FsCode.DQUOT, FsCode.MLINK, FsCode.NOTSUPP):
        with nfs.exchange.fault("link", code):
            fails(nfs.link(handle, nfs.dir, b"y"), code.name)
    assert nfs.attributes(handle).nlink == 1


@case("LINK-13", "3.3.15", "STALE")
def test_gone(nfs: Session) -> None:
    """Neither a file that is gone nor a directory that is gone gets a name."""
    fails(nfs.link(nfs.gone(), nfs.dir, b"x"), "STALE")
    fails(nfs.link(nfs.file(), nfs.gone_directory(), b"x"), "STALE")


@case("LINK-14", "3.3.15")
def test_changes_ctime(nfs: Session) -> None:
    """The file has a new ctime, since its link count changed."""
    handle = nfs.file(b"one")
    before = nfs.attributes(handle).ctime
    ok(nfs.link(handle, nfs.dir, b"two"))
    found = nfs.attributes(handle).ctime
    assert (found.seconds, found.nseconds) > (before.seconds, before.nseconds)
