"""ACLs behind an inode's record: their form, and which lists are ACLs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend.api import AclEntry, AclTag, FileType
from nfsgw.backend.brick import acl
from nfsgw.backend.brick.schema import Attributes, Inode, pack_attributes, pack_inode
from nfsgw.errors import FsCode, FsError

USER_OBJ, USER, GROUP_OBJ = AclTag.USER_OBJ, AclTag.USER, AclTag.GROUP_OBJ
GROUP, MASK, OTHER = AclTag.GROUP, AclTag.MASK, AclTag.OTHER

MINIMAL = (AclEntry(USER_OBJ, 0, 6), AclEntry(GROUP_OBJ, 0, 4), AclEntry(OTHER, 0, 0))
NAMED = (
    AclEntry(USER_OBJ, 0, 7),
    AclEntry(USER, 5, 6),
    AclEntry(USER, 0x10005, 4),
    AclEntry(GROUP_OBJ, 0, 1),
    AclEntry(GROUP, 3, 2),
    AclEntry(MASK, 0, 5),
    AclEntry(OTHER, 0, 3),
)


def a_record(mode: int, tail: bytes = b"", kind: FileType = FileType.DIRECTORY) -> bytes:
    """Return an inode's record."""
    shown = Attributes(kind, mode, 1, 10, 20, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0)
    return pack_inode(Inode(pack_attributes(shown), acls=tail))


def refused(entries: list[AclEntry]) -> FsCode:
    """Return why a list is no ACL."""
    with pytest.raises(FsError) as raised:
        acl.canonical(entries)
    return raised.value.code


def test_form_on_disk() -> None:
    """Counts, then entries of eight bytes; of the access ACL only what the mode does not say."""
    tail = acl.pack_acls(acl.stored_access(NAMED), MINIMAL)
    assert tail.hex(" ", 2) == (
        "0004 0003 "
        "0002 0000 0005 0006 0002 0001 0005 0004 0004 0000 0000 0001 0008 0000 0003 0002 "
        "0001 0000 0000 0006 0004 0000 0000 0004 0020 0000 0000 0000"
    )
    record = a_record(0o1753, tail)
    assert record[:124] == a_record(0o1753)
    assert acl.access_of(record) == NAMED
    assert acl.default_of(record) == MINIMAL
    assert acl.is_sound(record)


def test_minimal_acl_is_not_stored() -> None:
    """Three entries are the mode, and the mode is three entries."""
    assert acl.pack_acls(acl.stored_access(MINIMAL), ()) == b""
    assert acl.mode_of_acl(MINIMAL) == 0o640
    assert acl.access_of(a_record(0o6640)) == MINIMAL
    assert acl.default_of(a_record(0o6640)) == ()


def test_mode_is_owner_mask_and_other() -> None:
    """With a mask, that is what the mode shows in the group's place, and what chmod changes."""
    assert acl.mode_of_acl(NAMED) == 0o753
    tail = acl.pack_acls(acl.stored_access(NAMED), ())
    changed = {entry.tag: entry.permissions for entry in acl.access_of(a_record(0o421, tail))}
    assert (changed[USER_OBJ], changed[MASK], changed[OTHER]) == (4, 2, 1)
    assert (changed[USER], changed[GROUP_OBJ], changed[GROUP]) == (4, 1, 2)


def test_mask_without_named_entries_is_kept_if_it_says_something() -> None:
    """A mask that differs from GROUP_OBJ limits the group, so the ACL is more than the mode."""
    entries = [*MINIMAL, AclEntry(MASK, 0, 7)]
    made = acl.canonical(entries)
    assert len(made) == 4
    record = a_record(acl.mode_of_acl(made), acl.pack_acls(acl.stored_access(made), ()))
    assert len(record) == 124 + 4 + 8
    assert acl.access_of(record) == made
    assert acl.is_sound(record)


def test_mask_that_repeats_the_group_is_left_out() -> None:
    """The four entries in which the protocol dresses three come back as three."""
    assert acl.canonical([*MINIMAL, AclEntry(MASK, 0, 4)]) == MINIMAL
    named = [*MINIMAL, AclEntry(GROUP, 5, 4), AclEntry(MASK, 0, 4)]
    assert len(acl.canonical(named)) == 5


@given(st.permutations(NAMED))
def test_any_order_is_put_in_order(entries: list[AclEntry]) -> None:
    """Clients may send entries in whatever order; ids where none belong are dropped."""
    assert acl.canonical(entries) == NAMED
    with_ids = [
        entry if entry.tag in (USER, GROUP) else entry._replace(id=77) for entry in entries
    ]
    assert acl.canonical(with_ids) == NAMED


WITHOUT_MASK = [entry for entry in NAMED if entry.tag != MASK]


@pytest.mark.parametrize(
    "entries",
    [
        [],
        *([entry for entry in NAMED if entry.tag != tag] for tag in (USER_OBJ, GROUP_OBJ, OTHER)),
        WITHOUT_MASK,
        *([*NAMED, entry] for entry in NAMED),
        [*NAMED, AclEntry(USER, 5, 0)],
        [*NAMED, AclEntry(USER, 0xFFFFFFFF, 4)],
        [*NAMED, AclEntry(GROUP, 0xFFFFFFFF, 4)],
        [*NAMED, AclEntry(USER, 1 << 32, 4)],
        [*NAMED, AclEntry(0, 0, 4)],
        [*NAMED, AclEntry(3, 0, 4)],
        [*NAMED, AclEntry(0x40, 0, 4)],
        [*NAMED, AclEntry(0x1001, 0, 4)],
        [*NAMED, AclEntry(USER, 6, 8)],
        [*NAMED[1:], AclEntry(USER_OBJ, 0, 8)],
        [*NAMED, AclEntry(USER, 6, -1)],
    ],
)
def test_what_is_no_acl(entries: list[AclEntry]) -> None:
    """Missing entries, entries twice, unknown tags, nobody's id, more than three bits."""
    assert refused(entries) is FsCode.INVAL


def test_length_is_bounded() -> None:
    """As many entries as the bound fit; one more has no room, whatever it is."""
    users = [AclEntry(USER, number, 4) for number in range(acl.ENTRIES_MAX - 4)]
    fits = [*MINIMAL, AclEntry(MASK, 0, 4), *users]
    made = acl.canonical(fits)
    assert len(made) == acl.ENTRIES_MAX
    record = a_record(0o640, acl.pack_acls(acl.stored_access(made), made))
    assert len(record) < 8400
    assert acl.access_of(record) == acl.default_of(record) == made
    assert acl.is_sound(record)
    assert refused([*fits, AclEntry(USER, 9999, 4)]) is FsCode.NOSPC


def test_base_gives_nobody_more() -> None:
    """Without its entries an ACL leaves the group what it had under the mask."""
    tail = acl.pack_acls(acl.stored_access(NAMED), ())
    assert acl.mode_of_acl(acl.base_of(a_record(0o773, tail))) == 0o713
    assert acl.mode_of_acl(acl.base_of(a_record(0o703, tail))) == 0o703
    assert acl.mode_of_acl(acl.base_of(a_record(0o773))) == 0o773


@pytest.mark.parametrize(
    ("asked", "mode", "mask"), [(0o777, 0o753, 5), (0o7644, 0o7640, 4), (0, 0, 0), (0o66, 0o42, 4)]
)
def test_inheritance_is_less_what_the_client_does_not_ask(
    asked: int, mode: int, mask: int
) -> None:
    """The mode takes from owner, mask and others; named entries and GROUP_OBJ stay."""
    directory = a_record(0o777, acl.pack_acls((), NAMED))
    found, tail = acl.inherit(directory, FileType.REGULAR, asked)
    made = acl.access_of(a_record(found, tail))
    assert found == mode
    assert made[1:5] == NAMED[1:5]
    assert made[5] == AclEntry(MASK, 0, mask)
    assert acl.default_of(a_record(found, tail)) == ()


def test_inheritance_of_a_directory_and_a_link() -> None:
    """A directory passes the default ACL on, a symbolic link has no part in it."""
    directory = a_record(0o777, acl.pack_acls((), NAMED))
    mode, tail = acl.inherit(directory, FileType.DIRECTORY, 0o755)
    assert acl.default_of(a_record(mode, tail)) == NAMED
    assert acl.inherit(directory, FileType.SYMLINK, 0o777) == (0o777, b"")


def test_inheritance_of_a_minimal_acl() -> None:
    """Three default entries only take from the mode, in the group's place too."""
    directory = a_record(0o777, acl.pack_acls((), MINIMAL))
    assert acl.inherit(directory, FileType.REGULAR, 0o4777) == (0o4640, b"")
    assert acl.inherit(directory, FileType.DIRECTORY, 0o711) == (
        0o600,
        acl.pack_acls((), MINIMAL),
    )


def test_access_acl_alone_is_not_inherited() -> None:
    """What a directory has for itself is not for what is made in it."""
    directory = a_record(0o777, acl.pack_acls(acl.stored_access(NAMED), ()))
    assert acl.inherit(directory, FileType.REGULAR, 0o666) == (0o666, b"")


STORED = acl.stored_access(NAMED)
GOOD = acl.pack_acls(STORED, MINIMAL)


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        (b"\0", FileType.DIRECTORY),
        (bytes(4), FileType.DIRECTORY),
        (GOOD[:-8], FileType.DIRECTORY),
        (GOOD + bytes(8), FileType.DIRECTORY),
        (GOOD[:-1], FileType.DIRECTORY),
        (GOOD, FileType.REGULAR),
        (acl.pack_acls(STORED, ()), FileType.SYMLINK),
        (acl.pack_acls(STORED[::-1], ()), FileType.REGULAR),
        (acl.pack_acls(STORED[:2], ()), FileType.REGULAR),
        (acl.pack_acls((AclEntry(GROUP_OBJ, 0, 8),), ()), FileType.REGULAR),
        (acl.pack_acls((), WITHOUT_MASK), FileType.DIRECTORY),
        (acl.pack_acls((), MINIMAL[::-1]), FileType.DIRECTORY),
        (acl.pack_acls((), NAMED[:2]), FileType.DIRECTORY),
    ],
)
def test_damaged_tail_is_found(tail: bytes, kind: FileType) -> None:
    """``brick check`` tells a tail that was stored from one that cannot have been."""
    assert not acl.is_sound(a_record(0o755, tail, kind))


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        (b"", FileType.SYMLINK),
        (GOOD, FileType.DIRECTORY),
        (acl.pack_acls(STORED, ()), FileType.FIFO),
        (acl.pack_acls((AclEntry(GROUP_OBJ, 0, 1),), ()), FileType.REGULAR),
    ],
)
def test_sound_tail_is_accepted(tail: bytes, kind: FileType) -> None:
    """What operations store is sound, whatever the mode has become since."""
    for mode in (0o753, 0o711, 0o7777, 0):
        assert acl.is_sound(a_record(mode, tail, kind))
