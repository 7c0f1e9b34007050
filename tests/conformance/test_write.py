"""WRITE (RFC 1813, section 3.3.7)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, Session, after, fails, handle_of, ok


@case("WRITE-01", "3.3.7")
def test_writes(nfs: Session) -> None:
    """What was written is read, and the answer shows the new size."""
    handle = nfs.file()
    answer = ok(nfs.write(handle, b"hello"))
    assert answer.count == 5
    assert after(answer.file_wcc).size == 5
    assert ok(nfs.read(handle)).data == b"hello"


@case("WRITE-02", "3.3.7")
def test_overwrites(nfs: Session) -> None:
    """Bytes in the middle are replaced, the rest stays."""
    handle = nfs.file(data=b"0123456789")
    ok(nfs.write(handle, b"abc", 4))
    assert ok(nfs.read(handle)).data == b"0123abc789"


@case("WRITE-03", "3.3.7")
def test_beyond_the_end(nfs: Session) -> None:
    """A write beyond the end leaves zeros between."""
    handle = nfs.file(data=b"01")
    ok(nfs.write(handle, b"9", 9))
    assert ok(nfs.read(handle)).data == b"01" + bytes(7) + b"9"


@case("WRITE-04", "3.3.7")
def test_stability(nfs: Session) -> None:
    """Data is at least as safe as was asked, with the same verifier for all."""
    handle = nfs.file()
    verifiers = set()
    for stable in (x.UNSTABLE, x.DATA_SYNC, x.FILE_SYNC):
        answer = ok(nfs.write(handle, b"data", stable=stable))
        assert answer.committed >= stable
        verifiers.add(answer.verf)
    assert len(verifiers) == 1
    assert ok(nfs.commit(handle)).verf in verifiers


@case("WRITE-05", "3.3.7")
def test_nothing(nfs: Session) -> None:
    """Writing nothing succeeds and changes no bytes."""
    handle = nfs.file(data=b"x")
    assert ok(nfs.write(handle, b"")).count == 0
    assert nfs.attributes(handle).size == 1


@case(
    "WRITE-06",
    "3.3.7",
    "INVAL",
    ganesha="writes two bytes if count is below the data's length, INVAL only if it is above",
)
def test_count_that_is_not_the_length(nfs: Session) -> None:
    """Where count and data disagree, nothing is written: nobody knows what was meant."""
    handle = nfs.file(data=b"old")
    fails(nfs.write(handle, b"data", count=2), "INVAL")
    fails(nfs.write(handle, b"data", count=8), "INVAL")
    assert ok(nfs.read(handle)).data == b"old"


@case("WRITE-07", "3.3.7", "FBIG", ganesha="INVAL; FBIG is in the section's list for just this")
def test_too_far(nfs: Session) -> None:
    """A write that would end beyond the largest size is refused."""
    handle = nfs.file()
    fails(nfs.write(handle, b"x", (1 << 63) - 1), "FBIG")
    fails(nfs.write(handle, b"x", (1 << 64) - 1), "FBIG")
    assert nfs.attributes(handle).size == 0


@case("WRITE-08", "3.3.7", "INVAL", ganesha="ISDIR; section 3.3.6 says that just this is wrong")
def test_not_a_file(nfs: Session) -> None:
    """Only regular files are written."""
    fails(nfs.write(nfs.dir, b"x"), "INVAL")


@case("WRITE-09", "3.3.7", "INVAL")
def test_special_files(nfs: Session) -> None:
    """Links and FIFOs are not written."""
    fails(nfs.write(handle_of(ok(nfs.symlink(nfs.dir, b"link", b"x"))), b"x"), "INVAL")
    fails(nfs.write(handle_of(ok(nfs.mknod(nfs.dir, b"fifo"))), b"x"), "INVAL")


@case("WRITE-10", "3.3.7", "ACCES")
def test_without_permission(nfs: Session) -> None:
    """Writing takes the write bit, unless one is the owner."""
    fails(nfs.as_user(ALICE).write(nfs.file(mode=0o644), b"x"), "ACCES")
    mine = handle_of(ok(nfs.as_user(ALICE).create(nfs.dir, b"mine", 0o400)))
    ok(nfs.as_user(ALICE).write(mine, b"x"))


@case("WRITE-11", "3.3.7")
def test_clears_set_uid(nfs: Session) -> None:
    """Who is not root and writes a program takes its set-uid and set-gid bits away."""
    handle = nfs.file(mode=0o6777)
    ok(nfs.as_user(ALICE).write(handle, b"x"))
    assert nfs.attributes(handle).mode & 0o7777 == 0o777


@case("WRITE-12", "2.6")
def test_wcc(nfs: Session) -> None:
    """The answer shows size and times from before, so that a client knows it was alone."""
    handle = nfs.file(data=b"123")
    before = nfs.attributes(handle)
    wcc = ok(nfs.write(handle, b"4", 3)).file_wcc
    if wcc.before is not None:
        old = x.decode_wcc_attr(wcc.before)
        assert (old.size, old.mtime, old.ctime) == (3, before.mtime, before.ctime)
    assert after(wcc).size == 4


@case("WRITE-13", "3.3.7")
def test_changes_times(nfs: Session) -> None:
    """A write changes mtime and ctime."""
    handle = nfs.file()
    before = nfs.attributes(handle)
    ok(nfs.write(handle, b"x"))
    found = nfs.attributes(handle)
    assert _time(found.mtime) > _time(before.mtime)
    assert _time(found.ctime) > _time(before.ctime)


@case(
    "WRITE-14",
    "3.3.7",
    in_process=True,
)
def test_more_than_wtmax(nfs: Session) -> None:
    """More than wtmax is written short."""
    most = ok(nfs.fsinfo(nfs.dir)).wtmax
    handle = nfs.file()
    answer = ok(nfs.write(handle, bytes(most + 1024)))
    assert answer.count == most
    assert nfs.attributes(handle).size == most


@case("WRITE-15", "3.3.7", "ROFS", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export takes no data."""
    fails(nfs.write(nfs.exchange.export("readonly"), b"x"), "ROFS")


@case("WRITE-16", "3.3.7", "NOSPC", in_process=True)
def test_no_space(nfs: Session) -> None:
    """A full disk says so."""
    handle = nfs.file()
    with nfs.exchange.fault("write", FsCode.NOSPC):
        fails(nfs.write(handle, b"x"), "NOSPC")


@case("WRITE-17", "3.3.7", "DQUOT", in_process=True)
def test_quota(nfs: Session) -> None:
    """A used-up quota says so."""
    handle = nfs.file()
    with nfs.exchange.fault("write", FsCode.DQUOT):
        fails(nfs.write(handle, b"x"), "DQUOT")


@case("WRITE-18", "3.3.7")
def test_unstable_is_read_back(nfs: Session) -> None:
    """Data that is not yet safe is nevertheless read by everybody."""
    handle = nfs.file(mode=0o666)
    ok(nfs.write(handle, b"soon", stable=x.UNSTABLE))
    assert ok(nfs.as_user(ALICE).read(handle)).data == b"soon"
    assert nfs.attributes(handle).size == 4


def _time(time: x.nfstime3) -> tuple[int, int]:
    return time.seconds, time.nseconds
