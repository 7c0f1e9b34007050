"""NFSACL: what holds for both procedures, and GETACL.

There is no RFC: sections are the numbers of procedures, and what Linux's client demands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from nfsgw.xdr.generated import nfsacl as a
from tests.conformance.acl_client import access_of, default_of, getacl, parse_acl, setacl
from tests.conformance.catalogue import case, common
from tests.conformance.client import (
    BOB,
    NOBODY,
    RpcFailed,
    Session,
    fails,
    handle_of,
    ok,
)

pytestmark = pytest.mark.usefixtures("acls_served")

CALLS: dict[str, Callable[[Session, bytes], Any]] = {
    "GETACL": getacl,
    "SETACL": lambda nfs, handle: setacl(nfs, handle, "u::rw-,g::r--,o::---"),
}
"""A call of each procedure that succeeds on a file."""


def _raw(nfs: Session, procedure: str, arguments: bytes, version: int = 3) -> bytes:
    number = getattr(a, f"ACLPROC3_{procedure}")
    return nfs.raw(number, arguments, program=a.NFS_ACL_PROGRAM, version=version)


def _arguments(procedure: str, handle: bytes) -> bytes:
    """Return the arguments of a procedure's call, encoded."""
    packer = a.NFSACLPacker()
    if procedure == "GETACL":
        packer.pack_GETACL3args(a.GETACL3args(handle, 15))
    else:
        entries = parse_acl("u::rw-,g::r--,o::---")
        packer.pack_SETACL3args(a.SETACL3args(handle, a.secattr(1, 3, entries, 0, [])))
    return packer.get_buffer()


# What holds for both


@case("ACLNULL-01", "NFSACL 0")
def test_null(nfs: Session) -> None:
    """A ping is answered, without a credential too."""
    assert _raw(nfs, "NULL", b"") == b""
    assert _raw(nfs.as_user(NOBODY), "NULL", b"") == b""


@case("ACLNULL-02", "RFC 5531, 9")
def test_other_versions(nfs: Session) -> None:
    """Version 2 goes with NFS version 2, which is not served either."""
    for version in (1, 2, 4):
        with pytest.raises(RpcFailed, match="PROG_MISMATCH") as raised:
            _raw(nfs, "NULL", b"", version)
        assert (raised.value.low, raised.value.high) == (3, 3)


@case("ACLNULL-03", "RFC 5531, 9")
def test_unknown_procedure(nfs: Session) -> None:
    """Solaris has more procedures in this program; clients live without them."""
    with pytest.raises(RpcFailed, match="PROC_UNAVAIL"):
        nfs.raw(3, b"", program=a.NFS_ACL_PROGRAM)


@common(80, "NFSACL", CALLS)
def test_succeeds(nfs: Session, procedure: str) -> None:
    """The plain call succeeds (or the following cases would prove nothing)."""
    ok(CALLS[procedure](nfs, nfs.file()))


@common(81, "NFSACL", CALLS, "BADHANDLE")
def test_malformed_handle(nfs: Session, procedure: str) -> None:
    """A handle that cannot be one of the server's is BADHANDLE."""
    for handle in (b"", b"\0", b"\xff" * 32, b"\1" * 64, bytes(28)):
        fails(CALLS[procedure](nfs, handle), "BADHANDLE")


@common(83, "NFSACL", CALLS, "STALE")
def test_stale_handle(nfs: Session, procedure: str) -> None:
    """The handle of an object that is gone is STALE."""
    fails(CALLS[procedure](nfs, nfs.gone()), "STALE")


@common(84, "NFSACL", CALLS, "IO", in_process=True)
def test_disk_error(nfs: Session, procedure: str) -> None:
    """A disk that fails is reported as such."""
    handle = nfs.file()
    with nfs.exchange.fault(procedure.lower(), FsCode.IO):
        fails(CALLS[procedure](nfs, handle), "IO")


@common(85, "NFSACL", CALLS, "SERVERFAULT", in_process=True)
def test_defect(nfs: Session, procedure: str) -> None:
    """A defect of the server is SERVERFAULT, and the next call is served again."""
    handle = nfs.file()
    with nfs.exchange.fault(procedure.lower(), RuntimeError("ordered by a test")):
        fails(CALLS[procedure](nfs, handle), "SERVERFAULT")
    ok(CALLS[procedure](nfs, handle))


@common(86, "NFSACL", CALLS, in_process=True)
def test_held(nfs: Session, procedure: str) -> None:
    """A backend that cannot serve is waited for, longer than in NFS: JUKEBOX is not understood."""
    handle = nfs.file()
    with nfs.exchange.fault(procedure.lower(), FsCode.TRY_LATER, times=30):
        ok(CALLS[procedure](nfs, handle))


@common(88, "RFC 5531, 9", CALLS)
def test_arguments_cut_short(nfs: Session, procedure: str) -> None:
    """Arguments that end too early are GARBAGE_ARGS, wherever they are cut."""
    arguments = _arguments(procedure, nfs.file())
    for length in range(0, len(arguments), 4):
        with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
            _raw(nfs, procedure, arguments[:length])


@common(89, "RFC 5531, 9", CALLS, in_process=True)
def test_arguments_with_a_tail(nfs: Session, procedure: str) -> None:
    """Arguments that do not end where they should are GARBAGE_ARGS, and nothing is done."""
    handle = nfs.file(mode=0o600)
    with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
        _raw(nfs, procedure, _arguments(procedure, handle) + bytes(4))
    assert nfs.attributes(handle).mode & 0o777 == 0o600


@common(91, "RFC 5531, 9.2", CALLS)
def test_without_credential(nfs: Session, procedure: str) -> None:
    """Without a credential only NULL is answered."""
    handle = nfs.file()
    with pytest.raises(RpcFailed, match="AUTH_TOOWEAK"):
        CALLS[procedure](nfs.as_user(NOBODY), handle)


@common(92, "exports(5)", CALLS, in_process=True)
def test_no_acl(nfs: Session, procedure: str) -> None:
    """In an export with no_acl the program is not there; the ACLs hold, and NFS is served."""
    handle = nfs.exchange.export("noacl")
    with pytest.raises(RpcFailed, match="PROG_UNAVAIL"):
        CALLS[procedure](nfs, handle)
    ok(nfs.getattr(handle))
    ok(CALLS[procedure](nfs, nfs.file()))


# GETACL


@case("GETACL-01", "NFSACL 1")
def test_mode_as_acl(nfs: Session) -> None:
    """Without ACL the answer is made from the mode, with owner and group, and with a mask."""
    handle = nfs.file(mode=0o4651, uid=1001, gid=5000)
    assert ok(getacl(nfs, handle, a.NA_ACL)).acl.acl == [
        a.aclent(a.NA_USER_OBJ, 1001, 6),
        a.aclent(a.NA_GROUP_OBJ, 5000, 5),
        a.aclent(a.NA_CLASS_OBJ, 0, 5),
        a.aclent(a.NA_OTHER_OBJ, 0, 1),
    ]


@case("GETACL-02", "NFSACL 1")
def test_mask(nfs: Session) -> None:
    """Every bit of the mask comes back, with the lists and counts that it asks for."""
    handle = nfs.directory()
    ok(setacl(nfs, handle, "u::rwx,u:5:r--,g::r-x,m::r-x,o::---", "u::rwx,g::---,o::---"))
    for mask in range(16):
        acl = ok(getacl(nfs, handle, mask)).acl
        assert acl.mask == mask
        assert len(acl.acl) == (5 if mask & a.NA_ACL else 0)
        assert len(acl.dfacl) == (4 if mask & a.NA_DFACL else 0)
        if mask & a.NA_ACLCNT:
            assert acl.aclcnt == 5
        if mask & a.NA_DFACLCNT:
            assert acl.dfaclcnt == 4


@case("GETACL-03", "NFSACL 1")
def test_no_default(nfs: Session) -> None:
    """No default ACL is a count of 0 and no error, for anything but a directory too."""
    for handle in (nfs.directory(), nfs.file(), handle_of(ok(nfs.mknod(nfs.dir, b"fifo")))):
        acl = ok(getacl(nfs, handle, 15)).acl
        assert (acl.mask, acl.dfaclcnt, acl.dfacl) == (15, 0, [])


@case("GETACL-04", "NFSACL 1")
def test_needs_no_permission(nfs: Session) -> None:
    """Who has a handle may see the ACL, as with GETATTR."""
    handle = nfs.file(mode=0)
    assert access_of(nfs.as_user(BOB), handle) == "u::---,g::---,m::---,o::---"


@case("GETACL-05", "NFSACL 1")
def test_symbolic_link(nfs: Session) -> None:
    """A symbolic link has none, so its mode is shown."""
    link = handle_of(ok(nfs.symlink(nfs.dir, b"link", b"target")))
    assert access_of(nfs, link) == "u::rwx,g::rwx,m::rwx,o::rwx"


@case("GETACL-06", "NFSACL 1", "INVAL")
def test_unknown_mask(nfs: Session) -> None:
    """Bits that mean nothing are refused."""
    for mask in (0x10, 0x1000, 0xFFFFFFFF):
        fails(getacl(nfs, nfs.file(), mask), "INVAL")


@case("GETACL-07", "NFSACL 1")
def test_attributes(nfs: Session) -> None:
    """The answer shows the object's attributes."""
    handle = nfs.file(data=b"123")
    answer = ok(getacl(nfs, handle))
    assert x.decode_fattr3(answer.attr) == nfs.attributes(handle)


@case("GETACL-08", "NFSACL 1")
def test_default_entries_are_marked(nfs: Session) -> None:
    """Default entries carry 0x1000 in their type; three of them get a mask, as access ones do."""
    handle = nfs.directory()
    ok(setacl(nfs, handle, None, "u::rwx,g::r-x,o::--x"))
    types = [entry.type for entry in ok(getacl(nfs, handle)).acl.dfacl]
    assert types == [0x1001, 0x1004, 0x1010, 0x1020]
    assert default_of(nfs, handle) == "u::rwx,g::r-x,m::r-x,o::--x"


@case("GETACL-09", "NFSACL 1", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export shows its ACLs."""
    ok(getacl(nfs, nfs.exchange.export("readonly")))


@case("GETACL-10", "NFSACL 1")
def test_after_chmod(nfs: Session) -> None:
    """The group bits of a mode are the mask if there is one, else the group's entry."""
    handle = nfs.file(mode=0o640)
    ok(nfs.setattr(handle, mode=0o621))
    assert access_of(nfs, handle) == "u::rw-,g::-w-,m::-w-,o::--x"
    ok(setacl(nfs, handle, "u::rw-,u:5:rwx,g::r--,m::rwx,o::---"))
    ok(nfs.setattr(handle, mode=0o451))
    assert access_of(nfs, handle) == "u::r--,u:5:rwx,g::r--,m::r-x,o::--x"
