"""The rings below the protocol: which refusal for which mistake (RFC 5531, section 9)."""

from __future__ import annotations

import pytest

from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, RpcFailed, Session, User, call_record, parse_reply


@case("RPC-01", "RFC 5531, 9")
def test_unknown_program(nfs: Session) -> None:
    """A program that is not served is PROG_UNAVAIL."""
    with pytest.raises(RpcFailed, match="PROG_UNAVAIL"):
        nfs.raw(0, b"", program=399999)


@case("RPC-02", "RFC 5531, 9")
def test_other_versions(nfs: Session) -> None:
    """Another version is PROG_MISMATCH with the versions served, NULL included."""
    for version in (1, 5, 0xFFFFFFFF):
        for procedure in (0, 1):
            with pytest.raises(RpcFailed, match="PROG_MISMATCH") as raised:
                nfs.raw(procedure, b"", version=version)
            assert raised.value.low <= 3 <= raised.value.high


@case("RPC-03", "RFC 5531, 9", in_process=True)
def test_only_version_3(nfs: Session) -> None:
    """Version 4 is refused with (3, 3), so that ``mount -t nfs`` falls back."""
    for version in (2, 4):
        with pytest.raises(RpcFailed, match="PROG_MISMATCH") as raised:
            nfs.raw(0, b"", version=version)
        assert (raised.value.low, raised.value.high) == (3, 3)


@case("RPC-04", "RFC 5531, 9")
def test_unknown_procedure(nfs: Session) -> None:
    """A procedure that version 3 does not have is PROC_UNAVAIL."""
    for procedure in (22, 23, 1000, 0xFFFFFFFF):
        with pytest.raises(RpcFailed, match="PROC_UNAVAIL"):
            nfs.raw(procedure, b"")


@case("RPC-05", "RFC 5531, 9", ganesha="closes the connection; RFC 5531 says RPC_MISMATCH")
def test_rpc_version(nfs: Session) -> None:
    """Another version of RPC itself is RPC_MISMATCH (2, 2)."""
    for version in (0, 1, 3):
        with pytest.raises(RpcFailed, match="RPC_MISMATCH") as raised:
            nfs.raw(0, b"", rpc_version=version)
        assert (raised.value.low, raised.value.high) == (2, 2)


@case("RPC-06", "RFC 5531, 9.2")
def test_unknown_flavor(nfs: Session) -> None:
    """A credential of a flavor that nobody knows is refused as such."""
    xid, record = call_record(x.NFS_PROGRAM, 3, 1, b"")
    changed = record[:24] + (390000).to_bytes(4, "big") + record[28:]
    with pytest.raises(RpcFailed, match="AUTH_"):
        parse_reply(nfs.exchange.exchange(changed), xid)


@case("RPC-07", "RFC 5531, 9.2")
def test_malformed_credential(nfs: Session) -> None:
    """An AUTH_SYS body that cannot be decoded is AUTH_BADCRED."""
    with pytest.raises(RpcFailed, match="AUTH_BADCRED"):
        nfs.as_user(_Malformed(1)).raw(1, b"")


@case("RPC-08", "RFC 5531, 14")
def test_sixteen_groups(nfs: Session) -> None:
    """AUTH_SYS carries sixteen groups, and the last one counts as the first."""
    handle = nfs.file(mode=0o040)
    from tests.conformance.client import ok

    ok(nfs.setattr(handle, gid=2015))
    groups = tuple(range(2000, 2016))
    member = User(ALICE.uid, ALICE.gid, groups)
    assert ok(nfs.as_user(member).access(handle)).access & x.ACCESS3_READ
    ok(nfs.as_user(member).read(handle))


@case("RPC-09", "RFC 5531, 14")
def test_seventeen_groups(nfs: Session) -> None:
    """Seventeen groups are more than AUTH_SYS can carry."""
    with pytest.raises(RpcFailed, match="AUTH_BADCRED"):
        nfs.as_user(User(ALICE.uid, ALICE.gid, tuple(range(17)))).raw(1, b"")


@case("RPC-10", "RFC 5531, 9", in_process=True)
def test_refusals_do_nothing(nfs: Session) -> None:
    """A call that is refused in one ring never reaches the next."""
    packer = x.NFS3Packer()
    packer.pack_MKDIR3args(
        x.MKDIR3args(
            x.diropargs3(nfs.dir, b"made"),
            x.sattr3(
                mode=None,
                uid=None,
                gid=None,
                size=None,
                atime=x.set_atime(0),
                mtime=x.set_mtime(0),
            ),
        )
    )
    arguments = packer.get_buffer()
    for options in ({"version": 4}, {"rpc_version": 3}, {"program": 100999}):
        with pytest.raises(RpcFailed):
            nfs.raw(x.NFSPROC3_MKDIR, arguments, **options)
    assert nfs.names(nfs.dir) == []


class _Malformed(User):
    """Sends a credential whose machine name is longer than the body."""

    def credential(self) -> bytes:
        return bytes((0, 0, 0, 1, 0, 0, 0, 8)) + bytes(4) + b"\0\0\0\xff"
