"""READ (RFC 1813, section 3.3.6)."""

from __future__ import annotations

import pytest

from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, Session, fails, handle_of, ok

KIB = 1024


@case("READ-01", "3.3.6")
def test_whole(nfs: Session) -> None:
    """A read of more than there is returns what there is, and the end."""
    answer = ok(nfs.read(nfs.file(data=b"hello"), 0, 100))
    assert (answer.data, answer.count, bool(answer.eof)) == (b"hello", 5, True)
    assert x.decode_fattr3(answer.file_attributes).size == 5


@case("READ-02", "3.3.6")
def test_part(nfs: Session) -> None:
    """A read that ends before the end says so; one that ends there has eof."""
    handle = nfs.file(data=b"0123456789")
    middle = ok(nfs.read(handle, 2, 3))
    assert (middle.data, bool(middle.eof)) == (b"234", False)
    last = ok(nfs.read(handle, 7, 3))
    assert (last.data, bool(last.eof)) == (b"789", True)


@case("READ-03", "3.3.6", ganesha="FBIG at 2^63-1; the section says OK, count 0 and eof")
def test_at_and_beyond_the_end(nfs: Session) -> None:
    """Reading from the end on is no error, however far: no bytes, and eof."""
    handle = nfs.file(data=b"0123")
    for offset in (4, 5, 1 << 40, (1 << 63) - 1):
        answer = ok(nfs.read(handle, offset, 10))
        assert (answer.count, answer.data, bool(answer.eof)) == (0, b"", True)


@case("READ-04", "3.3.6", ganesha="FBIG; the section says OK, count 0 and eof from the end on")
def test_offset_that_no_file_has(nfs: Session) -> None:
    """Offsets of 2^63 and more are beyond the end of every file."""
    handle = nfs.file(data=b"0123")
    for offset in (1 << 63, (1 << 64) - 1):
        answer = ok(nfs.read(handle, offset, 10))
        assert (answer.count, bool(answer.eof)) == (0, True)


@case("READ-05", "3.3.6")
def test_no_bytes(nfs: Session) -> None:
    """Reading nothing succeeds, and is no end unless it is there."""
    handle = nfs.file(data=b"0123")
    answer = ok(nfs.read(handle, 1, 0))
    assert (answer.count, answer.data, bool(answer.eof)) == (0, b"", False)


@case("READ-06", "3.3.6")
def test_empty_file(nfs: Session) -> None:
    """An empty file is at its end from the first byte."""
    answer = ok(nfs.read(nfs.file(), 0, 10))
    assert (answer.count, bool(answer.eof)) == (0, True)


@case("READ-07", "3.3.6", "INVAL", ganesha="ISDIR; the section says that just this is wrong")
def test_not_a_file(nfs: Session) -> None:
    """Only regular files are read: INVAL, where version 2 said ISDIR."""
    fails(nfs.read(nfs.dir), "INVAL")


@case("READ-08", "3.3.6", "INVAL")
def test_special_files(nfs: Session) -> None:
    """Links and FIFOs are not read either."""
    fails(nfs.read(handle_of(ok(nfs.symlink(nfs.dir, b"link", b"x")))), "INVAL")
    fails(nfs.read(handle_of(ok(nfs.mknod(nfs.dir, b"fifo")))), "INVAL")


@case("READ-09", "3.3.6", "ACCES")
def test_without_permission(nfs: Session) -> None:
    """Reading takes the read bit."""
    fails(nfs.as_user(ALICE).read(nfs.file(data=b"x", mode=0o600)), "ACCES")


@case("READ-10", "3.3.6")
def test_owner_and_program(nfs: Session) -> None:
    """The owner always reads (NFS has no open); others read what they may execute."""
    mine = handle_of(ok(nfs.as_user(ALICE).create(nfs.dir, b"mine", 0)))
    ok(nfs.as_user(ALICE).read(mine))
    program = nfs.file(b"program", b"x", 0o711)
    assert ok(nfs.as_user(ALICE).read(program)).data == b"x"


@case("READ-11", "3.3.6")
def test_hole(nfs: Session) -> None:
    """What was never written reads as zeros."""
    handle = nfs.file()
    ok(nfs.write(handle, b"end", 100 * KIB))
    answer = ok(nfs.read(handle, 50 * KIB, 1000))
    assert answer.data == bytes(1000)
    assert ok(nfs.read(handle, 100 * KIB - 2, 10)).data == b"\0\0end"


@case("READ-12", "3.3.6")
def test_large(nfs: Session) -> None:
    """A read of rtmax bytes returns them all, or fewer without eof."""
    most = ok(nfs.fsinfo(nfs.dir)).rtmax
    most = min(most, 1 << 20)
    data = bytes(range(256)) * (most // 256)
    handle = nfs.file()
    offset = 0
    while offset < len(data):
        offset += ok(nfs.write(handle, data[offset : offset + most], offset)).count
    answer = ok(nfs.read(handle, 0, most))
    assert answer.count == len(answer.data)
    assert answer.data == data[: answer.count]
    assert bool(answer.eof) == (answer.count == len(data))


@case("READ-13", "3.3.6")
def test_more_than_rtmax(nfs: Session) -> None:
    """More than rtmax is answered short, without eof."""
    most = ok(nfs.fsinfo(nfs.dir)).rtmax
    if most > 4 << 20:
        pytest.skip(f"this server's rtmax is {most} bytes, more than a case should move")
    handle = nfs.file(data=b"x")
    ok(nfs.setattr(handle, size=most + 4096))
    answer = ok(nfs.read(handle, 0, most + 4096))
    assert 0 < answer.count <= most
    assert not answer.eof


@case("READ-14", "3.3.6")
def test_sizes_around_alignment(nfs: Session) -> None:
    """Every length is padded to a multiple of four on the wire, and comes out as it was."""
    for length in range(1, 9):
        data = b"12345678"[:length]
        assert ok(nfs.read(nfs.file(b"f%d" % length, data))).data == data
