"""MKNOD (RFC 1813, section 3.3.11)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, Session, fails, ok


@case("MKNOD-01", "3.3.11")
def test_every_type(nfs: Session) -> None:
    """FIFOs, sockets and both kinds of devices are made, with mode and device numbers."""
    for kind in (x.NF3FIFO, x.NF3SOCK, x.NF3CHR, x.NF3BLK):
        device = (4, 65) if kind in (x.NF3CHR, x.NF3BLK) else (0, 0)
        answer = ok(nfs.mknod(nfs.dir, b"n%d" % kind, kind, device, 0o640))
        found = x.decode_fattr3(answer.obj_attributes)
        assert (found.type, found.mode & 0o7777, found.nlink) == (kind, 0o640, 1)
        assert (found.rdev.specdata1, found.rdev.specdata2) == device


@case("MKNOD-02", "3.3.11", "BADTYPE")
def test_types_with_a_procedure_of_their_own(nfs: Session) -> None:
    """Files, directories and links are not made by MKNOD."""
    for kind in (x.NF3REG, x.NF3DIR, x.NF3LNK):
        fails(nfs.mknod(nfs.dir, b"x", kind), "BADTYPE")
    assert nfs.names(nfs.dir) == []


@case("MKNOD-03", "3.3.11", "PERM")
def test_devices_are_roots(nfs: Session) -> None:
    """Anybody makes a FIFO, only root makes a device."""
    ok(nfs.as_user(ALICE).mknod(nfs.dir, b"fifo", x.NF3FIFO))
    fails(nfs.as_user(ALICE).mknod(nfs.dir, b"device", x.NF3BLK, (8, 0)), "PERM")


@case("MKNOD-04", "3.3.11", "EXIST")
def test_exists(nfs: Session) -> None:
    """A name that exists is not used again."""
    nfs.file(b"file")
    fails(nfs.mknod(nfs.dir, b"file"), "EXIST")
    fails(nfs.mknod(nfs.dir, b".."), "EXIST")


@case("MKNOD-05", "3.3.11", "ACCES")
def test_without_permission(nfs: Session) -> None:
    """Making a FIFO takes write permission in the directory."""
    fails(nfs.as_user(ALICE).mknod(nfs.directory(mode=0o755), b"x"), "ACCES")


@case("MKNOD-06", "3.3.11", "NOTDIR")
def test_in_a_file(nfs: Session) -> None:
    """Only directories have entries."""
    fails(nfs.mknod(nfs.file(), b"x"), "NOTDIR")


@case("MKNOD-07", "3.3.11", "NAMETOOLONG")
def test_long_name(nfs: Session) -> None:
    """256 bytes are no name."""
    fails(nfs.mknod(nfs.dir, b"n" * 256), "NAMETOOLONG")


@case("MKNOD-08", "3.3.11", "ROFS", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export takes no new FIFO."""
    fails(nfs.mknod(nfs.exchange.export("readonly"), b"x"), "ROFS")


@case("MKNOD-09", "3.3.11", "NOSPC", "DQUOT", "NOTSUPP", in_process=True)
def test_backend_refuses(nfs: Session) -> None:
    """A full disk, a used-up quota and a backend without special files are told apart."""
    for code in (FsCode.NOSPC, FsCode.DQUOT, FsCode.NOTSUPP):
        with nfs.exchange.fault("mknod", code):
            fails(nfs.mknod(nfs.dir, b"x"), code.name)
    assert nfs.names(nfs.dir) == []


@case("MKNOD-10", "3.3.11", "INVAL", in_process=True)
def test_impossible_time(nfs: Session) -> None:
    """A second has no more than 999,999,999 nanoseconds."""
    time = x.set_mtime(x.SET_TO_CLIENT_TIME, x.nfstime3(0, 1 << 30))
    attributes = x.sattr3(None, None, None, None, x.set_atime(0), time)
    what = x.mknoddata3(x.NF3FIFO, pipe_attributes=attributes)
    args = x.MKNOD3args(x.diropargs3(nfs.dir, b"x"), what)
    fails(nfs.call("MKNOD", args), "INVAL")
