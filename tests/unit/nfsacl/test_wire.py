"""Lists of entries on the wire, and ACLs."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import AclEntry, Acls, AclTag
from nfsgw.errors import FsCode, FsError
from nfsgw.nfsacl.wire import check_mask, shown_acls, wanted_acls
from nfsgw.xdr.generated.nfsacl import aclent, secattr

ATTRIBUTES = bytes(12) + (1000).to_bytes(4, "big") + (100).to_bytes(4, "big") + bytes(64)
MINIMAL = (
    AclEntry(AclTag.USER_OBJ, 0, 6),
    AclEntry(AclTag.GROUP_OBJ, 0, 4),
    AclEntry(AclTag.OTHER, 0, 0),
)
NAMED = (
    AclEntry(AclTag.USER_OBJ, 0, 7),
    AclEntry(AclTag.USER, 5, 6),
    AclEntry(AclTag.GROUP_OBJ, 0, 1),
    AclEntry(AclTag.GROUP, 3, 2),
    AclEntry(AclTag.MASK, 0, 5),
    AclEntry(AclTag.OTHER, 0, 3),
)
SENT_MINIMAL = [aclent(1, 1000, 6), aclent(4, 100, 4), aclent(0x10, 0, 4), aclent(0x20, 0, 0)]
SENT_NAMED = [
    aclent(1, 1000, 7),
    aclent(2, 5, 6),
    aclent(4, 100, 1),
    aclent(8, 3, 2),
    aclent(0x10, 0, 5),
    aclent(0x20, 0, 3),
]


def _default(entries: list[aclent]) -> list[aclent]:
    return [aclent(entry.type | 0x1000, entry.id, entry.perm) for entry in entries]


def refusal_of(wanted: secattr) -> FsCode:
    """Return why what a client sends is refused."""
    with pytest.raises(FsError) as raised:
        wanted_acls(wanted)
    return raised.value.code


@pytest.mark.parametrize("mask", range(16))
def test_every_bit_that_was_asked_comes_back(mask: int) -> None:
    """The mask is the client's own, lists are there if asked for, and counts as well."""
    shown = shown_acls(Acls(ATTRIBUTES, NAMED, MINIMAL), mask)
    assert shown == secattr(
        mask,
        6 if mask & 3 else 0,
        SENT_NAMED if mask & 1 else [],
        4 if mask & 12 else 0,
        _default(SENT_MINIMAL) if mask & 4 else [],
    )


def test_no_default_acl_is_a_count_of_nothing() -> None:
    """It is no error, and its bits are in the mask all the same."""
    shown = shown_acls(Acls(ATTRIBUTES, MINIMAL, ()), 15)
    assert shown == secattr(15, 4, SENT_MINIMAL, 0, [])


@pytest.mark.parametrize("mask", [16, 0x1000, 0xFFFFFFFF])
def test_unknown_bits_of_a_mask(mask: int) -> None:
    """Bits that mean nothing are refused, in both procedures."""
    with pytest.raises(FsError) as raised:
        check_mask(mask)
    assert raised.value.code is FsCode.INVAL
    assert refusal_of(secattr(mask, 0, [], 0, [])) is FsCode.INVAL


@pytest.mark.parametrize("mask", range(16))
def test_only_lists_that_the_mask_names_are_set(mask: int) -> None:
    """A list that is sent without its bit is as good as not sent."""
    access, default = wanted_acls(
        secattr(mask, 6, SENT_NAMED, 4, _default(SENT_MINIMAL)),
    )
    assert (access is not None) == bool(mask & 1)
    assert (default is not None) == bool(mask & 4)


def test_what_was_shown_comes_back() -> None:
    """A client that writes what it has read changes nothing."""
    access, default = wanted_acls(shown_acls(Acls(ATTRIBUTES, NAMED, NAMED), 15))
    ids_dropped = {AclTag.USER_OBJ, AclTag.GROUP_OBJ}
    for entries in (access, default):
        assert entries is not None
        found = [e._replace(id=0) if e.tag in ids_dropped else e for e in entries]
        assert tuple(found) == NAMED


def test_default_entries_may_lack_their_mark() -> None:
    """In the list of default entries the tag says enough; in the other the mark is unknown."""
    plain = [aclent(entry.tag, entry.id, entry.permissions) for entry in MINIMAL]
    assert wanted_acls(secattr(4, 0, [], 3, plain))[1] == list(MINIMAL)
    access, _ = wanted_acls(secattr(1, 3, _default(plain), 0, []))
    assert access is not None
    assert {entry.tag for entry in access} == {0x1001, 0x1004, 0x1020}


def test_mask_entries_of_solaris() -> None:
    """Additional bits of a mask are dropped; those of any other entry are the backend's to see."""
    entries = [aclent(0x10, 9, 0o17), aclent(1, 0, 0o17)]
    access, default = wanted_acls(secattr(5, 2, entries, 2, _default(entries)))
    assert access == default == [AclEntry(0x10, 9, 7), AclEntry(1, 0, 0o17)]


@pytest.mark.parametrize(
    "wanted",
    [
        secattr(1, 5, SENT_NAMED, 0, []),
        secattr(1, 0, SENT_NAMED, 0, []),
        secattr(1, 7, SENT_NAMED, 0, []),
        secattr(4, 0, [], 1, []),
        secattr(5, 6, SENT_NAMED, 0xFFFFFFFF, []),
    ],
)
def test_counts_must_be_those_of_the_lists(wanted: secattr) -> None:
    """A count that says something else is a mistake of the client."""
    assert refusal_of(wanted) is FsCode.INVAL
