"""What ACLs do: who may do what, and what new files inherit (POSIX.1e draft 17, acl(5))."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.acl_client import access_of, default_of, setacl
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, BOB, ROOT, Session, User, fails, handle_of, ok

pytestmark = pytest.mark.usefixtures("acls_served")

READ, LOOKUP, MODIFY = x.ACCESS3_READ, x.ACCESS3_LOOKUP, x.ACCESS3_MODIFY
EXTEND, DELETE, EXECUTE = x.ACCESS3_EXTEND, x.ACCESS3_DELETE, x.ACCESS3_EXECUTE
STRANGER = User(4000, 4000)
DEFAULT = f"u::rwx,u:{BOB.uid}:rw-,g::rw-,m::rwx,o::r-x"


def granted(nfs: Session, handle: bytes, user: User, bits: int = 0x3F) -> int:
    """Return the bits of ACCESS that a user gets."""
    answer: int = ok(nfs.as_user(user).access(handle, bits)).access
    return answer


@case("ACL-01", "acl(5)")
def test_named_user(nfs: Session) -> None:
    """A named user has what his entry grants, in ACCESS as in READ and WRITE."""
    handle = nfs.file(data=b"data", mode=0o600)
    ok(setacl(nfs, handle, f"u::rw-,u:{BOB.uid}:r--,g::---,m::r--,o::---"))
    assert granted(nfs, handle, BOB) == READ
    assert ok(nfs.as_user(BOB).read(handle)).data == b"data"
    fails(nfs.as_user(BOB).write(handle, b"x"), "ACCES")
    fails(nfs.as_user(STRANGER).read(handle), "ACCES")


@case("ACL-02", "acl(5)")
def test_mask_limits(nfs: Session) -> None:
    """The mask limits named users and all groups, not the owner and not the others."""
    handle = nfs.file(mode=0o600, uid=ALICE.uid, gid=5000)
    ok(setacl(nfs, handle, f"u::rwx,u:{BOB.uid}:rwx,g::rwx,g:6000:rwx,m::r--,o::rwx"))
    for user in (BOB, User(4000, 5000), User(4000, 4000, (6000,))):
        assert granted(nfs, handle, user) == READ
    for user in (ALICE, STRANGER):
        assert granted(nfs, handle, user) == READ | MODIFY | EXTEND | EXECUTE


@case("ACL-03", "acl(5)")
def test_groups(nfs: Session) -> None:
    """Any group that grants is enough; who is in one that does not is not among the others."""
    handle = nfs.file(mode=0o600, gid=5000)
    ok(setacl(nfs, handle, "u::rw-,g::---,g:6000:r--,g:7000:-w-,m::rw-,o::rw-"))
    assert granted(nfs, handle, User(4000, 5000, (6000,))) == READ
    assert granted(nfs, handle, User(4000, 5000)) == 0
    assert granted(nfs, handle, User(4000, 6000, (7000,))) == READ | MODIFY | EXTEND
    assert granted(nfs, handle, STRANGER) == READ | MODIFY | EXTEND


@case("ACL-04", "acl(5)")
def test_owner_first(nfs: Session) -> None:
    """The owner has the owner's entry, even where an entry with his name gives more."""
    handle = nfs.file(mode=0o600, uid=ALICE.uid)
    ok(setacl(nfs, handle, f"u::r--,u:{ALICE.uid}:rwx,g::rwx,m::rwx,o::rwx"))
    assert granted(nfs, handle, ALICE) == READ


@case("ACL-05", "acl(5)")
def test_one_entry_grants_all(nfs: Session) -> None:
    """Write by one group and search by another do not make a directory writable."""
    handle = nfs.directory(mode=0o700)
    ok(nfs.create(handle, b"file"))
    ok(setacl(nfs, handle, "u::rwx,g::---,g:6000:-w-,g:7000:--x,m::rwx,o::---"))
    both = User(4000, 6000, (7000,))
    assert granted(nfs, handle, both) & ~EXECUTE == LOOKUP
    ok(nfs.as_user(both).lookup(handle, b"file"))
    fails(nfs.as_user(both).create(handle, b"new"), "ACCES")
    fails(nfs.as_user(both).remove(handle, b"file"), "ACCES")
    ok(setacl(nfs, handle, "u::rwx,g::---,g:6000:-wx,g:7000:--x,m::rwx,o::---"))
    ok(nfs.as_user(both).remove(handle, b"file"))


@case("ACL-06", "acl(5)")
def test_superuser(nfs: Session) -> None:
    """Root reads and writes anything, and executes what any entry under the mask lets run."""
    handle = nfs.file(mode=0o600)
    ok(setacl(nfs, handle, "u::---,u:5:--x,g::---,m::---,o::---"))
    assert granted(nfs, handle, ROOT) == READ | MODIFY | EXTEND
    ok(nfs.setattr(handle, mode=0o010))
    assert granted(nfs, handle, ROOT) == READ | MODIFY | EXTEND | EXECUTE


@case("ACL-07", "acl(5)", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export grants no change, whatever the ACL says."""
    handle = nfs.exchange.export("readonly")
    assert granted(nfs, handle, BOB) & (MODIFY | EXTEND | DELETE) == 0


@case("ACL-08", "acl(5)", in_process=True)
def test_no_acl(nfs: Session) -> None:
    """Under no_acl ACLs are not seen, and hold: another export of the volume has set one."""
    hidden = nfs.exchange.export("noacl")
    ok(nfs.setattr(hidden, mode=0o700))
    root = nfs.exchange.mount(b"/demo")  # type: ignore[attr-defined]
    handle = ok(nfs.lookup(root, b"noacl")).object
    ok(setacl(nfs, handle, f"u::rwx,u:{BOB.uid}:r-x,g::---,m::r-x,o::---"))
    assert granted(nfs, hidden, BOB) & ~EXECUTE == READ | LOOKUP
    assert granted(nfs, hidden, STRANGER) == 0


# Inheritance


def _create(nfs: Session, directory: bytes, mode: int) -> bytes:
    return handle_of(ok(nfs.create(directory, b"new", mode)))


def _guarded(nfs: Session, directory: bytes, mode: int) -> bytes:
    return handle_of(ok(nfs.create(directory, b"new", mode, how=x.GUARDED)))


def _exclusive(nfs: Session, directory: bytes, mode: int) -> bytes:
    made = ok(nfs.create(directory, b"new", how=x.EXCLUSIVE, verf=b"verifier"))
    ok(nfs.setattr(handle_of(made), mode=mode))
    return handle_of(made)


def _mkdir(nfs: Session, directory: bytes, mode: int) -> bytes:
    return handle_of(ok(nfs.mkdir(directory, b"new", mode)))


def _mknod(nfs: Session, directory: bytes, mode: int) -> bytes:
    return handle_of(ok(nfs.mknod(directory, b"new", mode=mode)))


MAKERS: dict[str, Callable[[Session, bytes, int], bytes]] = {
    "unchecked": _create,
    "guarded": _guarded,
    "exclusive": _exclusive,
    "directory": _mkdir,
    "fifo": _mknod,
}


def _parent(nfs: Session, name: str, default: str) -> bytes:
    directory = nfs.directory(name.encode(), 0o777)
    ok(setacl(nfs, directory, None, default))
    return directory


def _inherited(nfs: Session, handle: bytes) -> tuple[str, int, str]:
    mode = nfs.attributes(handle).mode & 0o7777
    return access_of(nfs, handle), mode, default_of(nfs, handle)


@case("ACL-10", "acl(5)")
def test_inheritance(nfs: Session) -> None:
    """What is made has the default ACL, less what the client's mode does not ask for."""
    for name, make in MAKERS.items():
        handle = make(nfs, _parent(nfs, name, DEFAULT), 0o640)
        expected = f"u::rw-,u:{BOB.uid}:rw-,g::rw-,m::r--,o::---"
        default = DEFAULT if name == "directory" else ""
        assert _inherited(nfs, handle) == (expected, 0o640, default), name
        assert granted(nfs, handle, BOB) & (READ | MODIFY) == READ, name


@case("ACL-11", "acl(5)")
def test_inheritance_by_the_client(nfs: Session) -> None:
    """Linux's client masks the mode and sends SETACL itself: the outcome is the same."""
    for name, make in MAKERS.items():
        alone = make(nfs, _parent(nfs, name, DEFAULT), 0o640)
        helped = make(nfs, _parent(nfs, name + "-helped", DEFAULT), 0o640)
        acl = f"u::rw-,u:{BOB.uid}:rw-,g::rw-,m::r--,o::---"
        ok(setacl(nfs, helped, acl, DEFAULT if name == "directory" else None))
        assert _inherited(nfs, alone) == _inherited(nfs, helped), name


@case("ACL-12", "acl(5)")
def test_inheritance_of_a_minimal_acl(nfs: Session) -> None:
    """A default ACL of three entries only takes from the mode that a client creates with."""
    for name, make in MAKERS.items():
        if name == "exclusive":
            continue  # its mode comes with SETATTR
        handle = make(nfs, _parent(nfs, name, "u::rwx,g::r-x,o::---"), 0o777)
        access, mode, default = _inherited(nfs, handle)
        assert (access, mode) == ("u::rwx,g::r-x,m::r-x,o::---", 0o750), name
        assert bool(default) == (name == "directory"), name


@case("ACL-13", "acl(5)")
def test_exclusive_before_its_mode(nfs: Session) -> None:
    """Between an exclusive CREATE and its SETATTR the mode of 0 masks everything."""
    directory = _parent(nfs, "parent", DEFAULT)
    made = nfs.as_user(ALICE).create(directory, b"new", how=x.EXCLUSIVE, verf=b"verifier")
    handle = handle_of(ok(made))
    assert _inherited(nfs, handle)[:2] == (f"u::---,u:{BOB.uid}:rw-,g::rw-,m::---,o::---", 0)
    assert granted(nfs, handle, BOB) == 0


@case("ACL-14", "acl(5)")
def test_symbolic_link(nfs: Session) -> None:
    """A symbolic link inherits nothing."""
    directory = _parent(nfs, "parent", DEFAULT)
    link = handle_of(ok(nfs.symlink(directory, b"link", b"target")))
    assert access_of(nfs, link) == "u::rwx,g::rwx,m::rwx,o::rwx"


@case("ACL-15", "acl(5)")
def test_an_acl_stays(nfs: Session) -> None:
    """Writing, renaming and linking leave an ACL alone, and a new file of that name has none."""
    acl = f"u::rw-,u:{BOB.uid}:rw-,g::r--,m::rw-,o::---"
    handle = nfs.file(b"file", mode=0o600)
    ok(setacl(nfs, handle, acl))
    ok(nfs.as_user(BOB).write(handle, bytes(200_000)))
    ok(nfs.rename(nfs.dir, b"file", nfs.directory(), b"moved"))
    ok(nfs.link(handle, nfs.dir, b"file"))
    ok(nfs.setattr(handle, size=0))
    assert access_of(nfs, handle) == acl
    ok(nfs.remove(nfs.dir, b"file"))
    assert access_of(nfs, handle) == acl
    assert access_of(nfs, nfs.file(b"file", mode=0o600)) == "u::rw-,g::---,m::---,o::---"


def test_every_maker_is_a_case() -> None:
    """The table of makers has all ways to create what can have an ACL."""
    makers: list[Any] = list(MAKERS.values())
    assert len(makers) == len(set(makers)) == 5
