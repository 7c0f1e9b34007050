"""ACCESS (RFC 1813, section 3.3.4)."""

from __future__ import annotations

from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, BOB, ROOT, Session, User, ok

READ, LOOKUP, MODIFY = x.ACCESS3_READ, x.ACCESS3_LOOKUP, x.ACCESS3_MODIFY
EXTEND, DELETE, EXECUTE = x.ACCESS3_EXTEND, x.ACCESS3_DELETE, x.ACCESS3_EXECUTE


def granted(nfs: Session, handle: bytes, user: User, bits: int = 0x3F) -> int:
    """Return the bits that a user gets."""
    answer: int = ok(nfs.as_user(user).access(handle, bits)).access
    return answer


@case("ACCESS-01", "3.3.4")
def test_file_by_owner_group_and_others(nfs: Session) -> None:
    """Exactly one class of mode bits counts: the owner's, else the group's, else the others'."""
    handle = nfs.file(mode=0o640, uid=ALICE.uid, gid=5000)
    member = User(1234, 1234, (5000,))
    assert granted(nfs, handle, ALICE) == READ | MODIFY | EXTEND
    assert granted(nfs, handle, member) == READ
    assert granted(nfs, handle, BOB) == 0


@case("ACCESS-02", "3.3.4")
def test_owner_without_bits(nfs: Session) -> None:
    """ACCESS answers by mode: an owner who has taken his own bits away is told so."""
    handle = nfs.file(mode=0o077, uid=ALICE.uid)
    assert granted(nfs, handle, ALICE) == 0


@case("ACCESS-03", "3.3.4")
def test_execute(nfs: Session) -> None:
    """Execute is granted by the execute bit; root needs one of the three."""
    handle = nfs.file(mode=0o644)
    assert not granted(nfs, handle, ROOT) & EXECUTE
    ok(nfs.setattr(handle, mode=0o645))
    assert granted(nfs, handle, BOB) == READ | EXECUTE
    assert granted(nfs, handle, ROOT) & EXECUTE


@case("ACCESS-04", "3.3.4")
def test_directory(nfs: Session) -> None:
    """In a directory MODIFY, EXTEND and DELETE come together, LOOKUP by the execute bit."""
    handle = nfs.directory(mode=0o775)
    everything = READ | LOOKUP | MODIFY | EXTEND | DELETE
    assert granted(nfs, handle, ROOT) & everything == everything
    assert granted(nfs, handle, BOB) & ~EXECUTE == READ | LOOKUP
    ok(nfs.setattr(handle, mode=0o703))
    assert granted(nfs, handle, BOB) & ~EXECUTE == LOOKUP | MODIFY | EXTEND | DELETE


@case("ACCESS-05", "3.3.4")
def test_only_what_was_asked(nfs: Session) -> None:
    """Bits that were not asked for are not granted."""
    handle = nfs.file()
    assert granted(nfs, handle, ROOT, READ) == READ
    assert granted(nfs, handle, ROOT, 0) == 0


@case(
    "ACCESS-06",
    "3.3.4",
    ganesha="grants 0x1c0 of the bits without a meaning to whoever asks for them",
)
def test_unknown_bits(nfs: Session) -> None:
    """Bits without a meaning are never granted."""
    assert granted(nfs, nfs.file(), ROOT, 0xFFFFFFFF) & ~0x3F == 0


@case("ACCESS-07", "3.3.4")
def test_shows_attributes(nfs: Session) -> None:
    """The answer shows the object's attributes."""
    answer = ok(nfs.access(nfs.file(data=b"123")))
    assert x.decode_fattr3(answer.obj_attributes).size == 3


@case("ACCESS-08", "3.3.4", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export grants no change, whatever the mode says."""
    handle = nfs.exchange.export("readonly")
    assert granted(nfs, handle, ROOT) & (MODIFY | EXTEND | DELETE) == 0
    assert granted(nfs, handle, ROOT) & READ


@case("ACCESS-09", "3.3.4", in_process=True)
def test_squashed(nfs: Session) -> None:
    """all_squash makes everybody the anonymous user."""
    handle = nfs.exchange.export("anonymous")
    ok(nfs.as_user(BOB).setattr(handle, mode=0o700))
    assert granted(nfs, handle, BOB) & (READ | MODIFY) == READ | MODIFY


@case("ACCESS-10", "3.3.4")
def test_nothing_is_no_error(nfs: Session) -> None:
    """A caller who may do nothing is told so with success."""
    handle = nfs.file(mode=0)
    assert granted(nfs, handle, BOB) == 0
