"""What procedures pass to the backend; their results are the conformance catalogue's."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import Committed, Data, Listed, Listing, Stability, Written
from nfsgw.errors import FsCode, FsError
from nfsgw.nfs3.procedures import commit, link, read, readdir, readdirplus, rename, write
from nfsgw.waiting import result_of
from nfsgw.xdr.generated import nfs3 as x
from tests.unit.nfs3.fakes import ATTRIBUTES, BEFORE, FakeExport, call, service

OFFSET_MAX = (1 << 63) - 1


@pytest.mark.parametrize(
    ("offset", "count", "asked"),
    [
        (0, 100, (0, 100)),
        (5, 1 << 31, (5, 1 << 20)),
        (OFFSET_MAX, 10, (OFFSET_MAX, 0)),
        ((1 << 64) - 1, 10, (OFFSET_MAX, 0)),
        (OFFSET_MAX - 3, 10, (OFFSET_MAX - 3, 3)),
    ],
)
def test_read_is_bounded(offset: int, count: int, asked: tuple[int, int]) -> None:
    """The backend never sees an offset, a count or an end that no file can have."""
    nfs, export, _ = service()
    export.answers["read"] = [Data(ATTRIBUTES, b"", True)]
    result_of(read.run(nfs, call(), x.READ3args(export.handle(7), offset, count)))
    assert export.calls[0][1][2:] == asked


def test_write_passes_stability_and_request() -> None:
    """The backend is told how safe the data must be, and which call it is."""
    nfs, export, _ = service()
    export.answers["write"] = [Written(BEFORE, ATTRIBUTES, 4, Stability.FILE_SYNC, b"verifier")]
    args = x.WRITE3args(export.handle(7), 10, 4, x.DATA_SYNC, b"data")
    result = result_of(write.run(nfs, call(), args))
    _, (_, inode, offset, data, stability, request) = export.calls[0]
    assert (inode, offset, bytes(data), stability) == (7, 10, b"data", Stability.DATA_SYNC)
    assert request == b"r" * 28
    assert result.resok is not None
    assert (result.resok.committed, result.resok.verf) == (x.FILE_SYNC, b"verifier")


def test_write_is_short_at_the_limit_of_the_transport() -> None:
    """A datagram's WRITE of more than its limit is cut there."""
    nfs, export, _ = service()
    export.answers["write"] = [Written(BEFORE, ATTRIBUTES, 1, Stability.FILE_SYNC, b"verifier")]
    data = memoryview(bytes(40000))
    args = x.WRITE3args(export.handle(7), 0, 40000, x.UNSTABLE, data)
    result_of(write.run(nfs, call("udp"), args))
    assert len(export.calls[0][1][3]) == 32 << 10


@pytest.mark.parametrize(
    ("offset", "count", "asked"),
    [(0, 0, (0, 0)), (5, 10, (5, 10)), (OFFSET_MAX, 10, (OFFSET_MAX, 0)), (1 << 63, 0, None)],
)
def test_commit_is_bounded(offset: int, count: int, asked: tuple[int, int] | None) -> None:
    """A range that no file can have is "to the end"."""
    nfs, export, _ = service()
    export.answers["commit"] = [Committed(BEFORE, ATTRIBUTES, b"verifier")]
    result_of(commit.run(nfs, call(), x.COMMIT3args(export.handle(7), offset, count)))
    assert export.calls[0][1][1:] == (asked or (OFFSET_MAX, 0))


def test_rename_and_link_stay_in_their_export() -> None:
    """Between two exports nothing reaches the backend."""
    nfs, one, exports = service()
    two = exports.exports[2]
    here, there = x.diropargs3(one.handle(1), b"a"), x.diropargs3(two.handle(1), b"b")
    with pytest.raises(FsError) as raised:
        result_of(rename.run(nfs, call(), x.RENAME3args(here, there)))
    assert raised.value.code is FsCode.XDEV
    with pytest.raises(FsError) as raised:
        result_of(link.run(nfs, call(), x.LINK3args(one.handle(5), there)))
    assert raised.value.code is FsCode.XDEV
    assert one.calls == two.calls == []


def _entries(count: int) -> list[Listed]:
    return [Listed(n, b"name%04d" % n, n + 3, ATTRIBUTES) for n in range(count)]


def test_readdir_asks_for_what_fits() -> None:
    """The backend is asked for just the room that ``count`` leaves for entries."""
    nfs, export, _ = service()
    export.answers["readdir"] = [Listing(ATTRIBUTES, _entries(2), True)]
    args = x.READDIR3args(export.handle(7), 0, bytes(8), 1000)
    result_of(readdir.run(nfs, call(), args))
    assert export.calls[0][1][2:] == (0, False, 1000 - 104, 24)


def test_readdir_never_answers_more_than_a_transfer() -> None:
    """A client that asks for 4 GiB gets what one reply may have."""
    nfs, export, _ = service()
    export.answers["readdir"] = [Listing(ATTRIBUTES, _entries(2), True)]
    args = x.READDIR3args(export.handle(7), 0, bytes(8), 0xFFFFFFFF)
    result_of(readdir.run(nfs, call("udp"), args))
    assert export.calls[0][1][4] == (32 << 10) - 104


def test_readdirplus_does_not_fetch_what_the_hint_would_cut() -> None:
    """With a small ``dircount`` the backend is not asked for a whole ``maxcount``."""
    nfs, export, _ = service()
    export.answers["readdir"] = [Listing(ATTRIBUTES, _entries(20), True)]
    args = x.READDIRPLUS3args(export.handle(7), 0, bytes(8), 100, 1 << 20)
    result = result_of(readdirplus.run(nfs, call(), args))
    assert export.calls[0][1][4] < 4096
    assert result.resok is not None
    found = _decode_plus(result)
    assert len(found.entries) == 3
    assert not found.eof


def _decode_plus(result: x.READDIRPLUS3res) -> x.dirlistplus3:
    packer = x.NFS3Packer()
    packer.pack_READDIRPLUS3res(result)
    decoded = x.NFS3Unpacker(packer.get_buffer()).unpack_READDIRPLUS3res()
    assert decoded.resok is not None
    listing = decoded.resok.reply
    assert isinstance(listing, x.dirlistplus3)
    return listing


@pytest.mark.parametrize("count", [0, 50, 103])
def test_too_small_even_for_nothing(count: int) -> None:
    """A count below the fixed part is TOOSMALL, even if the directory has nothing more to list."""
    nfs, export, _ = service()
    export.answers["readdir"] = [Listing(ATTRIBUTES, [], True)]
    with pytest.raises(FsError) as raised:
        result_of(readdir.run(nfs, call(), x.READDIR3args(export.handle(7), 9, bytes(8), count)))
    assert raised.value.code is FsCode.TOOSMALL
    assert raised.value.attributes == ATTRIBUTES


def test_fake_export_is_complete() -> None:
    """The fake answers nothing that the test did not give it."""
    with pytest.raises(KeyError):
        result_of(FakeExport().getattr(1))
