"""FSINFO (RFC 1813, section 3.3.19)."""

from __future__ import annotations

from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import NOBODY, Session, ok


@case("FSINFO-01", "3.3.19")
def test_sizes(nfs: Session) -> None:
    """Preferred sizes are within the largest, and multiples of the multiple."""
    found = ok(nfs.fsinfo(nfs.dir))
    assert 0 < found.rtpref <= found.rtmax
    assert 0 < found.wtpref <= found.wtmax
    assert found.dtpref >= 4096
    assert found.rtpref % found.rtmult == 0
    assert found.wtpref % found.wtmult == 0
    assert x.decode_fattr3(found.obj_attributes).type == x.NF3DIR


@case("FSINFO-02", "3.3.19")
def test_properties(nfs: Session) -> None:
    """The server has links and symbolic links, sets times, and is the same everywhere."""
    wanted = x.FSF3_LINK | x.FSF3_SYMLINK | x.FSF3_HOMOGENEOUS | x.FSF3_CANSETTIME
    assert ok(nfs.fsinfo(nfs.dir)).properties & wanted == wanted


@case("FSINFO-03", "3.3.19", in_process=True)
def test_our_limits(nfs: Session) -> None:
    """Over TCP a transfer has 1 MiB; files have 2^63-1 bytes, times have nanoseconds."""
    found = ok(nfs.fsinfo(nfs.dir))
    assert found.rtmax == found.wtmax == found.rtpref == found.wtpref == 1 << 20
    assert found.maxfilesize == (1 << 63) - 1
    assert found.time_delta == x.nfstime3(0, 1)
    assert found.dtpref >= 64 << 10


@case("FSINFO-04", "3.3.19")
def test_without_credential(nfs: Session) -> None:
    """Clients ask while they mount, with AUTH_NONE (RFC 2623, section 2.3.2)."""
    ok(nfs.as_user(NOBODY).fsinfo(nfs.dir))


@case("FSINFO-05", "3.3.19", in_process=True)
def test_over_udp(nfs: Session) -> None:
    """Over UDP a transfer is what a datagram can carry."""
    from tests.conformance.client import call_record, parse_reply
    from tests.conformance.server import InProcess

    server = nfs.exchange
    assert isinstance(server, InProcess)
    packer = x.NFS3Packer()
    packer.pack_FSINFO3args(x.FSINFO3args(nfs.dir))
    xid, record = call_record(x.NFS_PROGRAM, 3, x.NFSPROC3_FSINFO, packer.get_buffer())
    answer = parse_reply(server.exchange_from(server.peer(transport="udp"), record), xid)
    found = ok(x.NFS3Unpacker(answer).unpack_FSINFO3res())
    assert found.rtmax == found.wtmax == 32 << 10
    assert found.dtpref <= 32 << 10
