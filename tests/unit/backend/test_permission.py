"""Who has which rights, by mode alone and with the exceptions that NFS needs."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import Access, Credentials, FileType
from nfsgw.backend.brick import permission
from nfsgw.backend.brick.schema import Attributes, pack_attributes

OWNER = Credentials(10, 99)
MEMBER = Credentials(11, 20)
SUPPLEMENTARY = Credentials(12, 99, frozenset({7, 20}))
OTHER = Credentials(13, 99, frozenset({7}))
ADMIN = Credentials(0, 0)

FILE = FileType.REGULAR
DIRECTORY = FileType.DIRECTORY
ALL_ON_DIRECTORY = Access.READ | Access.LOOKUP | Access.MODIFY | Access.EXTEND | Access.DELETE
ALL_ON_FILE = Access.READ | Access.MODIFY | Access.EXTEND | Access.EXECUTE


def a_record(mode: int, kind: FileType = FILE, uid: int = 10, gid: int = 20) -> bytes:
    """Return attributes of an inode."""
    return pack_attributes(Attributes(kind, mode, 1, uid, gid, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0))


@pytest.mark.parametrize("kind", [FILE, DIRECTORY])
@pytest.mark.parametrize(
    ("who", "shift"), [(OWNER, 6), (MEMBER, 3), (SUPPLEMENTARY, 3), (OTHER, 0)]
)
def test_each_caller_has_the_bits_of_its_own_class_only(
    who: Credentials, shift: int, kind: FileType
) -> None:
    """Owner, group and others each get exactly their three bits, even if others have more."""
    for bits in range(8):
        mine = a_record(bits << shift, kind)
        not_mine = a_record(0o777 & ~(7 << shift) | bits << shift, kind)
        assert permission.rights(mine, who) == bits
        assert permission.rights(not_mine, who) == bits


def test_high_mode_bits_give_no_rights() -> None:
    """Set-uid, set-gid and sticky alone let nobody in."""
    assert permission.rights(a_record(0o7000), OWNER) == 0
    assert permission.rights(a_record(0o7000), OTHER) == 0


def test_a_large_uid_is_compared_in_full() -> None:
    """Two users whose uids differ only in high bits are two users."""
    record = a_record(0o700, uid=0x1000A)
    assert permission.rights(record, OWNER) == 0
    assert permission.rights(record, Credentials(0x1000A, 1)) == 7


def test_superuser_reads_and_writes_everything() -> None:
    """Uid 0 needs no mode bit to read, write, or search."""
    assert permission.rights(a_record(0), ADMIN) == permission.READ | permission.WRITE
    assert permission.rights(a_record(0, DIRECTORY), ADMIN) == 7


@pytest.mark.parametrize("bit", [0o100, 0o010, 0o001])
def test_superuser_executes_only_what_somebody_may_execute(bit: int) -> None:
    """Not even uid 0 runs a file without any x bit; any one of the three is enough."""
    assert permission.rights(a_record(0o666), ADMIN) & permission.EXECUTE == 0
    assert permission.rights(a_record(bit), ADMIN) == 7


def test_allows_wants_all_of_the_rights() -> None:
    """Half of what is wanted is not enough."""
    record = a_record(0o400)
    assert permission.allows(record, OWNER, permission.READ)
    assert not permission.allows(record, OWNER, permission.READ | permission.WRITE)


def test_owner_reads_and_writes_in_spite_of_the_mode() -> None:
    """A program that opened its file and then took its own permission away goes on working."""
    record = a_record(0)
    assert permission.may_read(record, OWNER)
    assert permission.may_write(record, OWNER)
    assert not permission.may_read(record, MEMBER)
    assert not permission.may_write(record, MEMBER)


def test_who_may_execute_may_read_but_not_write() -> None:
    """A program of mode 0711 runs for everybody, which takes reading it."""
    record = a_record(0o711)
    assert permission.may_read(record, OTHER)
    assert not permission.may_write(record, OTHER)
    assert permission.may_write(a_record(0o702), OTHER)


def test_access_never_applies_the_exceptions() -> None:
    """ACCESS says what the mode says: otherwise access(2) and open(2) would lie to the owner."""
    assert permission.accessible(a_record(0), OWNER) == 0
    assert permission.accessible(a_record(0o111), OTHER) == Access.EXECUTE


@pytest.mark.parametrize(
    ("bits", "granted"),
    [
        (0, 0),
        (1, Access.LOOKUP),
        (2, 0),
        (3, Access.LOOKUP | Access.MODIFY | Access.EXTEND | Access.DELETE),
        (4, Access.READ),
        (5, Access.READ | Access.LOOKUP),
        (6, Access.READ),
        (7, ALL_ON_DIRECTORY),
    ],
)
def test_access_to_a_directory(bits: int, granted: Access) -> None:
    """MODIFY, EXTEND and DELETE come together, and take search besides write."""
    assert permission.accessible(a_record(bits, DIRECTORY), OTHER) == granted


@pytest.mark.parametrize(
    ("bits", "granted"),
    [
        (0, 0),
        (1, Access.EXECUTE),
        (2, Access.MODIFY | Access.EXTEND),
        (4, Access.READ),
        (7, ALL_ON_FILE),
    ],
)
def test_access_to_a_file(bits: int, granted: Access) -> None:
    """DELETE of a file is its directory's matter; LOOKUP makes no sense on a file."""
    assert permission.accessible(a_record(bits), OTHER) == granted


def test_sticky_directory_protects_entries_of_others() -> None:
    """In /tmp only the file's owner, the directory's owner and uid 0 remove a file."""
    directory = a_record(0o1777, DIRECTORY, uid=50)
    entry = a_record(0o666, uid=10)
    assert permission.sticky_forbids(directory, entry, OTHER)
    assert not permission.sticky_forbids(directory, entry, OWNER)
    assert not permission.sticky_forbids(directory, entry, Credentials(50, 1))
    assert not permission.sticky_forbids(directory, entry, ADMIN)
    assert not permission.sticky_forbids(a_record(0o6777, DIRECTORY, uid=50), entry, OTHER)


def test_membership() -> None:
    """The own group and the supplementary ones count; uid 0 is in every group."""
    assert permission.is_member(20, MEMBER)
    assert permission.is_member(20, SUPPLEMENTARY)
    assert not permission.is_member(20, OTHER)
    assert permission.is_member(20, ADMIN)
