"""SETACL: which ACLs may be set, by whom, and what it does to the mode."""

from __future__ import annotations

import pytest

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from nfsgw.xdr.generated import nfsacl as a
from tests.conformance.acl_client import (
    access_of,
    call_acl,
    default_of,
    getacl,
    parse_acl,
    setacl,
)
from tests.conformance.catalogue import case
from tests.conformance.client import (
    ALICE,
    BOB,
    RpcFailed,
    Session,
    call_record,
    fails,
    handle_of,
    ok,
)

pytestmark = pytest.mark.usefixtures("acls_served")

NAMED = "u::rwx,u:5:rw-,u:70000:r--,g::r-x,g:6:-wx,m::rwx,o::--x"


def _users(count: int) -> list[a.aclent]:
    """Return an ACL of so many entries."""
    users = [a.aclent(a.NA_USER, number, 4) for number in range(count - 4)]
    return [*parse_acl("u::rwx,g::r-x,m::rwx,o::---"), *users]


@case("SETACL-01", "NFSACL 2")
def test_set_and_get(nfs: Session) -> None:
    """An ACL with named users and groups comes back as it was set; the mode shows the mask."""
    handle = nfs.file(mode=0o4600)
    ok(setacl(nfs, handle, NAMED))
    assert access_of(nfs, handle) == NAMED
    assert nfs.attributes(handle).mode & 0o7777 == 0o4771


@case("SETACL-02", "NFSACL 2")
def test_minimal(nfs: Session) -> None:
    """Three entries are the mode, and take away what was there before."""
    handle = nfs.file()
    ok(setacl(nfs, handle, NAMED))
    ok(setacl(nfs, handle, "u::rw-,g::-w-,o::r--"))
    assert access_of(nfs, handle) == "u::rw-,g::-w-,m::-w-,o::r--"
    assert nfs.attributes(handle).mode & 0o777 == 0o624
    ok(nfs.setattr(handle, mode=0o640))
    assert access_of(nfs, handle) == "u::rw-,g::r--,m::r--,o::---"


@case("SETACL-03", "NFSACL 2")
def test_four_entries(nfs: Session) -> None:
    """Three entries with a mask that repeats the group's are three: chmod changes the group."""
    handle = nfs.file()
    ok(setacl(nfs, handle, "u::rw-,g::-w-,m::-w-,o::r--"))
    ok(nfs.setattr(handle, mode=0o640))
    assert access_of(nfs, handle) == "u::rw-,g::r--,m::r--,o::---"


@case("SETACL-04", "NFSACL 2")
def test_four_entries_with_a_mask(nfs: Session) -> None:
    """A mask that says something of its own is kept: chmod changes the mask."""
    handle = nfs.file()
    ok(setacl(nfs, handle, "u::rw-,g::rwx,m::-w-,o::r--"))
    assert nfs.attributes(handle).mode & 0o777 == 0o624
    ok(nfs.setattr(handle, mode=0o640))
    assert access_of(nfs, handle) == "u::rw-,g::rwx,m::r--,o::---"


@case("SETACL-05", "NFSACL 2")
def test_any_order(nfs: Session) -> None:
    """Entries may come in any order, and go back in the canonical one."""
    handle = nfs.directory()
    ok(setacl(nfs, handle, parse_acl(NAMED)[::-1], parse_acl(NAMED, a.NA_DEFAULT)[::-1]))
    assert access_of(nfs, handle) == default_of(nfs, handle) == NAMED


@case("SETACL-06", "NFSACL 2", "INVAL")
def test_no_acl(nfs: Session) -> None:
    """Lists that are no ACL are refused, as access and as default ACL, and nothing changes."""
    handle = nfs.directory(mode=0o700)
    base = parse_acl("u::rwx,g::r-x,o::---")
    bad = (
        base[1:],
        [*base, base[0]],
        [*base, *parse_acl("u:5:r--")],
        [*base, *parse_acl("g:5:r--")],
        [*base, *parse_acl("m::rwx,u:5:r--,u:5:rw-")],
        [*base, *parse_acl("m::rwx,m::rw-")],
        [*base, a.aclent(0, 0, 7)],
        [*base, a.aclent(0x40, 0, 7)],
        [*base, *parse_acl("m::rwx"), a.aclent(a.NA_USER, 5, 8)],
        [*base[1:], a.aclent(a.NA_USER_OBJ, 0, 8)],
        [*base, *parse_acl("m::rwx"), a.aclent(a.NA_USER, 0xFFFFFFFF, 4)],
    )
    for entries in bad:
        fails(setacl(nfs, handle, entries), "INVAL")
        fails(setacl(nfs, handle, base, entries), "INVAL")
    assert nfs.attributes(handle).mode & 0o777 == 0o700
    assert default_of(nfs, handle) == ""


@case("SETACL-07", "NFSACL 2", "INVAL")
def test_counts(nfs: Session) -> None:
    """A count that is not that of its list is refused, and a mask without meaning."""
    handle = nfs.file()
    entries = parse_acl("u::rwx,g::r-x,o::---")
    for wanted in (
        a.secattr(a.NA_ACL, 4, entries, 0, []),
        a.secattr(a.NA_ACL | a.NA_DFACL, 3, entries, 3, []),
        a.secattr(a.NA_ACL | 0x10, 3, entries, 0, []),
    ):
        fails(call_acl(nfs, "SETACL", a.SETACL3args(handle, wanted)), "INVAL")


@case("SETACL-08", "NFSACL 2", "ACCES")
def test_default_of_a_file(nfs: Session) -> None:
    """Only directories have default ACLs; to say that there is none is no error."""
    handle = nfs.file(mode=0o600)
    fails(setacl(nfs, handle, "u::rwx,g::---,o::---", "u::rwx,g::---,o::---"), "ACCES")
    assert nfs.attributes(handle).mode & 0o777 == 0o600
    ok(setacl(nfs, handle, "u::rwx,g::---,o::---", ""))


@case("SETACL-09", "NFSACL 2", "NOTSUPP")
def test_symbolic_link(nfs: Session) -> None:
    """Symbolic links have no ACLs."""
    link = handle_of(ok(nfs.symlink(nfs.dir, b"link", b"target")))
    fails(setacl(nfs, link, "u::rwx,g::---,o::---"), "NOTSUPP")


@case("SETACL-10", "NFSACL 2", "PERM")
def test_owner_only(nfs: Session) -> None:
    """Only the owner and root set ACLs."""
    handle = handle_of(ok(nfs.as_user(ALICE).create(nfs.dir, b"mine", 0o666)))
    fails(setacl(nfs.as_user(BOB), handle, "u::rwx,g::rwx,o::rwx"), "PERM")
    ok(setacl(nfs.as_user(ALICE), handle, NAMED))
    ok(setacl(nfs, handle, "u::rw-,g::---,o::---"))


@case("SETACL-11", "NFSACL 2", "PERM", in_process=True)
def test_squashed_root(nfs: Session) -> None:
    """With root_squash, root is nobody special."""
    fails(setacl(nfs, nfs.exchange.export("squashed"), NAMED), "PERM")


@case("SETACL-12", "NFSACL 2", "ROFS", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export changes nothing."""
    fails(setacl(nfs, nfs.exchange.export("readonly"), NAMED), "ROFS")


@case("SETACL-13", "NFSACL 2")
def test_ctime(nfs: Session) -> None:
    """The ctime moves, mtime and atime stay, and the answer shows the attributes after."""
    handle = nfs.file()
    before = nfs.attributes(handle)
    answer = ok(setacl(nfs, handle, NAMED))
    found = nfs.attributes(handle)
    assert x.decode_fattr3(answer.attr) == found
    assert (found.ctime.seconds, found.ctime.nseconds) > (
        before.ctime.seconds,
        before.ctime.nseconds,
    )
    assert (found.mtime, found.atime) == (before.mtime, before.atime)


@case("SETACL-14", "NFSACL 2")
def test_lists_by_mask(nfs: Session) -> None:
    """What the mask does not name stays."""
    handle = nfs.directory()
    ok(setacl(nfs, handle, NAMED, "u::rwx,g::r-x,o::---"))
    ok(setacl(nfs, handle, None, NAMED))
    assert access_of(nfs, handle) == default_of(nfs, handle) == NAMED
    ok(setacl(nfs, handle, "u::rwx,g::r-x,o::---"))
    assert default_of(nfs, handle) == NAMED


@case("SETACL-15", "NFSACL 2")
def test_remove_default(nfs: Session) -> None:
    """An empty default ACL takes it away."""
    handle = nfs.directory()
    ok(setacl(nfs, handle, None, NAMED))
    ok(setacl(nfs, handle, None, ""))
    assert ok(getacl(nfs, handle)).acl.dfaclcnt == 0


@case("SETACL-16", "NFSACL 2")
def test_empty_access(nfs: Session) -> None:
    """An empty access ACL leaves the mode: Linux sends one after MKDIR, with a default ACL."""
    handle = nfs.directory(mode=0o751)
    ok(setacl(nfs, handle, "", "u::rwx,g::r-x,o::---"))
    assert nfs.attributes(handle).mode & 0o777 == 0o751
    assert default_of(nfs, handle) == "u::rwx,g::r-x,m::r-x,o::---"


@case("SETACL-17", "NFSACL 2", "NOSPC", in_process=True)
def test_length(nfs: Session) -> None:
    """An ACL of 512 entries can be kept, a longer one is NOSPC."""
    handle = nfs.directory()
    ok(setacl(nfs, handle, _users(512), _users(512)))
    assert ok(getacl(nfs, handle)).acl.aclcnt == 512
    for lists in ((_users(513), None), (None, _users(1024))):
        fails(setacl(nfs, handle, *lists), "NOSPC")


@case("SETACL-18", "RFC 5531, 9")
def test_more_entries_than_the_protocol_has(nfs: Session) -> None:
    """A list of more than 1,024 entries cannot be decoded: GARBAGE_ARGS."""
    packer = a.NFSACLPacker()
    packer.pack_SETACL3args(a.SETACL3args(nfs.file(), a.secattr(1, 1025, _users(1024), 0, [])))
    arguments = packer.get_buffer()
    many = (1024).to_bytes(4, "big")
    longer = arguments.replace(many, (1025).to_bytes(4, "big"))
    with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
        nfs.raw(a.ACLPROC3_SETACL, longer + bytes(12), program=a.NFS_ACL_PROGRAM)


@case("SETACL-19", "NFSACL 2")
def test_set_gid(nfs: Session) -> None:
    """Set-gid is dropped when the caller is not in the file's group, as by chmod."""
    handle = nfs.file(mode=0o2755, uid=ALICE.uid, gid=5000)
    ok(nfs.setattr(handle, mode=0o2755))
    ok(setacl(nfs, handle, "u::rwx,g::rwx,o::---"))
    assert nfs.attributes(handle).mode & 0o7777 == 0o2770
    ok(setacl(nfs.as_user(ALICE), handle, "u::rwx,g::rwx,o::r--"))
    assert nfs.attributes(handle).mode & 0o7777 == 0o774


@case("SETACL-20", "NFSACL 2")
def test_mask_with_more_bits(nfs: Session) -> None:
    """Solaris sometimes sets more bits in a mask; they are dropped."""
    handle = nfs.file()
    mask = a.aclent(a.NA_CLASS_OBJ, 0, 0o106)
    ok(setacl(nfs, handle, [*parse_acl("u::rwx,u:5:rwx,g::r--,o::---"), mask]))
    assert access_of(nfs, handle) == "u::rwx,u:5:rwx,g::r--,m::rw-,o::---"


@case("SETACL-21", "NFSACL 2", in_process=True)
def test_sent_again(nfs: Session) -> None:
    """A call that comes twice is carried out once, and gets the same answer."""
    handle = nfs.file()
    packer = a.NFSACLPacker()
    entries = parse_acl(NAMED)
    packer.pack_SETACL3args(
        a.SETACL3args(handle, a.secattr(a.NA_ACL, len(entries), entries, 0, []))
    )
    _, record = call_record(a.NFS_ACL_PROGRAM, 3, a.ACLPROC3_SETACL, packer.get_buffer())
    first = nfs.exchange.exchange(record)
    ok(nfs.setattr(handle, mode=0o600))
    assert nfs.exchange.exchange(record) == first
    assert nfs.attributes(handle).mode & 0o777 == 0o600


@case("SETACL-22", "NFSACL 2", "DQUOT", "NOSPC", in_process=True)
def test_no_space(nfs: Session) -> None:
    """A full disk and a used-up quota say so."""
    handle = nfs.file()
    for code in (FsCode.NOSPC, FsCode.DQUOT):
        with nfs.exchange.fault("setacl", code):
            fails(setacl(nfs, handle, NAMED), code.name)


@case("SETACL-23", "NFSACL 2", in_process=True)
def test_room_that_linux_does_not_use(nfs: Session) -> None:
    """Linux's client leaves room for four entries behind an empty access ACL; no more, no less."""
    handle = nfs.directory(mode=0o751)
    entries = parse_acl("u::rwx,g::r-x,o::---", a.NA_DEFAULT)
    packer = a.NFSACLPacker()
    packer.pack_SETACL3args(a.SETACL3args(handle, a.secattr(5, 0, [], 3, entries)))
    arguments = packer.get_buffer()
    for tail in (4, 44, 52, 96):
        with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
            _raw(nfs, arguments + bytes(tail))
    assert default_of(nfs, handle) == ""
    assert _raw(nfs, arguments + b"junk" * 12)[:4] == bytes(4)
    assert nfs.attributes(handle).mode & 0o777 == 0o751
    assert default_of(nfs, handle) == "u::rwx,g::r-x,m::r-x,o::---"


def _raw(nfs: Session, arguments: bytes) -> bytes:
    return nfs.raw(a.ACLPROC3_SETACL, arguments, program=a.NFS_ACL_PROGRAM)
