"""READLINK (RFC 1813, section 3.3.5)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, Session, fails, handle_of, ok


@case("READLINK-01", "3.3.5")
def test_target(nfs: Session) -> None:
    """The target comes back as it was given, whether it exists or not."""
    for name, target in ((b"a", b"/no/such/../thing"), (b"b", b"\xff\xfe not text"), (b"c", b".")):
        link = handle_of(ok(nfs.symlink(nfs.dir, name, target)))
        answer = ok(nfs.readlink(link))
        assert answer.data == target
        assert x.decode_fattr3(answer.symlink_attributes).type == x.NF3LNK


@case("READLINK-02", "3.3.5", "INVAL")
def test_not_a_link(nfs: Session) -> None:
    """Files and directories have no target."""
    fails(nfs.readlink(nfs.file()), "INVAL")
    fails(nfs.readlink(nfs.dir), "INVAL")


@case("READLINK-03", "3.3.5")
def test_long_target(nfs: Session) -> None:
    """Targets may be as long as any path that a client can use."""
    target = b"t" * 4095
    link = handle_of(ok(nfs.symlink(nfs.dir, b"long", target)))
    assert ok(nfs.readlink(link)).data == target


@case("READLINK-04", "3.3.5")
def test_anybody(nfs: Session) -> None:
    """A link has no permissions of its own."""
    link = handle_of(ok(nfs.symlink(nfs.dir, b"link", b"target")))
    assert ok(nfs.as_user(ALICE).readlink(link)).data == b"target"


@case("READLINK-05", "3.3.5", "ACCES", in_process=True)
def test_host_without_access(nfs: Session) -> None:
    """A host that the export is not for gets nothing."""
    fails(nfs.readlink(nfs.exchange.export("private")), "ACCES")


@case("READLINK-06", "3.3.5", "NOTSUPP", in_process=True)
def test_backend_without_links(nfs: Session) -> None:
    """A backend that has no symbolic links can say so."""
    with nfs.exchange.fault("readlink", FsCode.NOTSUPP):
        fails(nfs.readlink(nfs.file()), "NOTSUPP")
