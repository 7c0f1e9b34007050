"""SYMLINK (RFC 1813, section 3.3.10)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, Session, after, fails, handle_of, ok


@case("SYMLINK-01", "3.3.10")
def test_makes_a_link(nfs: Session) -> None:
    """A new link has its target's length as size, and the caller as owner."""
    answer = ok(nfs.as_user(ALICE).symlink(nfs.dir, b"link", b"some/where"))
    found = x.decode_fattr3(answer.obj_attributes)
    assert (found.type, found.size, found.uid) == (x.NF3LNK, 10, ALICE.uid)
    assert ok(nfs.readlink(handle_of(answer))).data == b"some/where"
    assert after(answer.dir_wcc).type == x.NF3DIR


@case("SYMLINK-02", "3.3.10", "EXIST")
def test_exists(nfs: Session) -> None:
    """A name that exists is not used again."""
    nfs.file(b"file")
    fails(nfs.symlink(nfs.dir, b"file", b"x"), "EXIST")
    fails(nfs.symlink(nfs.dir, b".", b"x"), "EXIST")


@case("SYMLINK-03", "3.3.10", "ACCES")
def test_without_permission(nfs: Session) -> None:
    """Making a link takes write permission in the directory."""
    fails(nfs.as_user(ALICE).symlink(nfs.directory(mode=0o755), b"x", b"y"), "ACCES")


@case("SYMLINK-04", "3.3.10", "NOTDIR")
def test_in_a_file(nfs: Session) -> None:
    """Only directories have entries."""
    fails(nfs.symlink(nfs.file(), b"x", b"y"), "NOTDIR")


@case("SYMLINK-05", "3.3.10", "NAMETOOLONG")
def test_long_name(nfs: Session) -> None:
    """256 bytes are no name."""
    fails(nfs.symlink(nfs.dir, b"n" * 256, b"x"), "NAMETOOLONG")


@case("SYMLINK-06", "3.3.10", "NAMETOOLONG", in_process=True)
def test_long_target(nfs: Session) -> None:
    """A target of 4096 bytes is kept, a longer one refused."""
    link = handle_of(ok(nfs.symlink(nfs.dir, b"most", b"t" * 4096)))
    assert ok(nfs.readlink(link)).data == b"t" * 4096
    fails(nfs.symlink(nfs.dir, b"more", b"t" * 4097), "NAMETOOLONG")


@case("SYMLINK-07", "3.3.10", "INVAL", in_process=True)
def test_impossible_targets(nfs: Session) -> None:
    """A link to nothing, or to what no path can be, is refused."""
    fails(nfs.symlink(nfs.dir, b"empty", b""), "INVAL")
    fails(nfs.symlink(nfs.dir, b"nul", b"a\0b"), "INVAL")


@case("SYMLINK-08", "3.3.10", "ROFS", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export takes no new link."""
    fails(nfs.symlink(nfs.exchange.export("readonly"), b"x", b"y"), "ROFS")


@case("SYMLINK-09", "3.3.10", "NOSPC", "DQUOT", "NOTSUPP", in_process=True)
def test_backend_refuses(nfs: Session) -> None:
    """A full disk, a used-up quota and a backend without links are told apart."""
    for code in (FsCode.NOSPC, FsCode.DQUOT, FsCode.NOTSUPP):
        with nfs.exchange.fault("symlink", code):
            fails(nfs.symlink(nfs.dir, b"x", b"y"), code.name)
    assert nfs.names(nfs.dir) == []
