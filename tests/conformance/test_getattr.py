"""GETATTR (RFC 1813, section 3.3.1)."""

from __future__ import annotations

from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import BOB, Session, fails, handle_of, ok


@case("GETATTR-01", "3.3.1")
def test_regular_file(nfs: Session) -> None:
    """A new file shows type, mode, owner, one link and its size."""
    handle = nfs.file(data=b"hello", mode=0o640)
    found = nfs.attributes(handle)
    assert (found.type, found.mode & 0o7777, found.nlink, found.size) == (x.NF3REG, 0o640, 1, 5)
    assert (found.uid, found.gid) == (0, 0)


@case("GETATTR-02", "3.3.1")
def test_directory(nfs: Session) -> None:
    """A new directory has two links, and one more for each directory in it."""
    handle = nfs.directory()
    assert nfs.attributes(handle).type == x.NF3DIR
    assert nfs.attributes(handle).nlink == 2
    ok(nfs.mkdir(handle, b"below"))
    assert nfs.attributes(handle).nlink == 3


@case("GETATTR-03", "3.3.1")
def test_every_type(nfs: Session) -> None:
    """Links, FIFOs, sockets and devices show their types, devices their numbers."""
    link = handle_of(ok(nfs.symlink(nfs.dir, b"link", b"target")))
    assert nfs.attributes(link).type == x.NF3LNK
    assert nfs.attributes(link).size == 6
    for kind in (x.NF3FIFO, x.NF3SOCK):
        made = handle_of(ok(nfs.mknod(nfs.dir, b"kind%d" % kind, kind)))
        assert nfs.attributes(made).type == kind
    for kind in (x.NF3CHR, x.NF3BLK):
        made = handle_of(ok(nfs.mknod(nfs.dir, b"kind%d" % kind, kind, (8, 17))))
        found = nfs.attributes(made)
        assert (found.type, found.rdev.specdata1, found.rdev.specdata2) == (kind, 8, 17)


@case("GETATTR-04", "2.5")
def test_identity(nfs: Session) -> None:
    """File ids differ between files, the file-system id does not, and neither ever changes."""
    one, two = nfs.file(b"one"), nfs.file(b"two")
    first, second = nfs.attributes(one), nfs.attributes(two)
    assert first.fileid != second.fileid
    assert first.fsid == second.fsid == nfs.attributes(nfs.dir).fsid
    ok(nfs.write(one, b"changed"))
    again = nfs.attributes(one)
    assert (again.fileid, again.fsid) == (first.fileid, first.fsid)


@case("GETATTR-05", "3.3.1")
def test_needs_no_permission(nfs: Session) -> None:
    """Whoever has a handle may ask for attributes, whatever the mode is."""
    handle = nfs.file(mode=0)
    ok(nfs.as_user(BOB).getattr(handle))


@case("GETATTR-06", "2.5")
def test_used_bytes(nfs: Session) -> None:
    """A file with bytes uses room on the disk."""
    handle = nfs.file(data=bytes(20000))
    assert nfs.attributes(handle).used >= 20000


@case("GETATTR-07", "3.3.1", "ACCES", in_process=True)
def test_host_without_access(nfs: Session) -> None:
    """A host that the export is not for gets nothing, even with a handle that somebody gave it."""
    fails(nfs.getattr(nfs.exchange.export("private")), "ACCES")


@case("GETATTR-08", "3.3.1", "ACCES", in_process=True)
def test_unprivileged_port(nfs: Session) -> None:
    """An export without ``insecure`` refuses ports that any user can have."""
    fails(nfs.getattr(nfs.dir, port=40000), "ACCES")
    ok(nfs.getattr(nfs.exchange.export("open"), port=40000))
