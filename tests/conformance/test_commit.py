"""COMMIT (RFC 1813, section 3.3.21)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import Session, after, fails, ok


@case("COMMIT-01", "3.3.21")
def test_verifier(nfs: Session) -> None:
    """COMMIT returns the verifier of the WRITEs that it makes safe, also for a large file."""
    handle = nfs.file()
    verifiers = {
        ok(nfs.write(handle, bytes(65536), 65536 * number, stable=x.UNSTABLE)).verf
        for number in range(4)
    }
    answer = ok(nfs.commit(handle))
    assert {answer.verf} == verifiers
    assert after(answer.file_wcc).size == 4 * 65536


@case("COMMIT-02", "3.3.21")
def test_ranges(nfs: Session) -> None:
    """Any range may be committed: part, whole, beyond the end, to the end by count 0."""
    handle = nfs.file(data=b"0123456789")
    for offset, count in ((0, 0), (2, 3), (0, 10), (100, 100), (5, 0), (1 << 62, 0)):
        ok(nfs.commit(handle, offset, count))


@case("COMMIT-03", "3.3.21")
def test_nothing_to_commit(nfs: Session) -> None:
    """An empty file, or a file that is safe already, commits too, and does not change."""
    handle = nfs.file()
    before = nfs.attributes(handle)
    ok(nfs.commit(handle))
    assert nfs.attributes(handle).mtime == before.mtime


@case("COMMIT-04", "3.3.21", "INVAL", ganesha="ISDIR; for a wrong type section 3.3.6 says INVAL")
def test_directory(nfs: Session) -> None:
    """Only regular files have data to commit."""
    fails(nfs.commit(nfs.dir), "INVAL")


@case("COMMIT-05", "3.3.21", "NOSPC", "DQUOT", in_process=True)
def test_no_space(nfs: Session) -> None:
    """Bytes that found no room are reported, at the latest now."""
    handle = nfs.file()
    for code in (FsCode.NOSPC, FsCode.DQUOT):
        with nfs.exchange.fault("commit", code):
            fails(nfs.commit(handle), code.name)


@case("COMMIT-06", "3.3.21")
def test_impossible_range(nfs: Session) -> None:
    """A range that no file can have commits what there is."""
    handle = nfs.file(data=b"x")
    ok(nfs.commit(handle, (1 << 63) - 1, 10))


@case("COMMIT-07", "3.3.21", "ROFS", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export has taken no data, so there is none to commit."""
    fails(nfs.commit(nfs.exchange.export("readonly")), "ROFS")
