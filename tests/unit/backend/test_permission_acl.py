"""Who has which rights by an ACL: against the standard's text, and case by case."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend.api import Access, AclEntry, AclTag, Credentials, FileType
from nfsgw.backend.brick import permission
from nfsgw.backend.brick.acl import canonical, mode_of_acl, pack_acls, stored_access
from nfsgw.backend.brick.schema import Attributes, Inode, pack_attributes, pack_inode

OWNER, GROUP = 10, 20
USER_OBJ, USER, GROUP_OBJ = AclTag.USER_OBJ, AclTag.USER, AclTag.GROUP_OBJ
NAMED_GROUP, MASK, OTHER = AclTag.GROUP, AclTag.MASK, AclTag.OTHER
R, W, X = permission.READ, permission.WRITE, permission.EXECUTE

Entries = Sequence[AclEntry]


def a_record(
    access: Entries, kind: FileType = FileType.REGULAR, default: Entries = (), high: int = 0
) -> bytes:
    """Return the record of an inode with ACLs."""
    entries = canonical(access)
    mode = high | mode_of_acl(entries)
    shown = Attributes(kind, mode, 1, OWNER, GROUP, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0)
    tail = pack_acls(stored_access(entries), canonical(default) if default else ())
    return pack_inode(Inode(pack_attributes(shown), acls=tail))


def an_acl(text: str) -> list[AclEntry]:
    """Return an ACL from the short form of acl(5), with numbers for names."""
    tags = {"u": (USER_OBJ, USER), "g": (GROUP_OBJ, NAMED_GROUP), "m": (MASK,), "o": (OTHER,)}
    entries = []
    for entry in text.split(","):
        tag, name, letters = entry.split(":")
        permissions = sum(dict(zip("rwx-", (4, 2, 1, 0), strict=True))[one] for one in letters)
        entries.append(AclEntry(tags[tag][bool(name)], int(name or 0), permissions))
    return entries


def granted(entries: Entries, who: Credentials, wanted: int) -> bool:
    """Follow the access check algorithm of POSIX.1e draft 17 and acl(5), step by step.

    uid 0 is not the standard's matter and does not come here.
    """
    by_key = {(entry.tag, entry.id): entry.permissions for entry in entries}
    mask = by_key.get((MASK, 0))
    # 1. The file owner.
    if who.uid == OWNER:
        return by_key[USER_OBJ, 0] & wanted == wanted
    # 2. A named user: the entry and the mask must have it.
    if (USER, who.uid) in by_key:
        assert mask is not None
        return by_key[USER, who.uid] & wanted == wanted and mask & wanted == wanted
    # 3. The file group class: any matching entry, and the mask if there is one.
    of_class = []
    for group in {who.gid} | who.groups:
        if group == GROUP:
            of_class.append(by_key[GROUP_OBJ, 0])
        if (NAMED_GROUP, group) in by_key:
            of_class.append(by_key[NAMED_GROUP, group])
    if of_class:
        has_it = any(permissions & wanted == wanted for permissions in of_class)
        return has_it and (mask is None or mask & wanted == wanted)
    # 4. Everybody else.
    return by_key[OTHER, 0] & wanted == wanted


PERMISSIONS = st.integers(0, 7)
NAMES = st.integers(9, 14)
GROUPS = st.integers(19, 24)


@st.composite
def acls(draw: st.DrawFn) -> list[AclEntry]:
    """Return an ACL of a few users and groups, that callers may be or not."""
    entries = [AclEntry(tag, 0, draw(PERMISSIONS)) for tag in (USER_OBJ, GROUP_OBJ, OTHER)]
    for tag, ids in ((USER, NAMES), (NAMED_GROUP, GROUPS)):
        named = draw(st.dictionaries(ids, PERMISSIONS, max_size=4))
        entries += [AclEntry(tag, number, has) for number, has in named.items()]
    if len(entries) > 3 or draw(st.booleans()):
        entries.append(AclEntry(MASK, 0, draw(PERMISSIONS)))
    return draw(st.permutations(entries))


CALLERS = st.builds(Credentials, NAMES, GROUPS, st.frozensets(GROUPS, max_size=3))


@given(entries=acls(), who=CALLERS, wanted=PERMISSIONS, default=st.none() | acls())
def test_permission_is_the_standards(
    entries: list[AclEntry], who: Credentials, wanted: int, default: list[AclEntry] | None
) -> None:
    """Every request is decided as the text of the standard decides it."""
    record = a_record(entries, FileType.DIRECTORY, default or ())
    assert permission.allows(record, who, wanted) == granted(entries, who, wanted)
    alone = sum(right for right in (R, W, X) if granted(entries, who, right))
    assert permission.rights(record, who) == alone


@given(entries=acls(), who=CALLERS)
def test_access_reports_bit_by_bit(entries: list[AclEntry], who: Credentials) -> None:
    """Each bit of ACCESS is asked for alone; the changing of a directory is one question."""
    directory = permission.accessible(a_record(entries, FileType.DIRECTORY), who)
    changes = Access.MODIFY | Access.EXTEND | Access.DELETE
    assert bool(directory & Access.READ) == granted(entries, who, R)
    assert bool(directory & Access.LOOKUP) == granted(entries, who, X)
    assert (directory & changes == changes) == granted(entries, who, W | X)
    assert (directory & changes == 0) != granted(entries, who, W | X)
    file = permission.accessible(a_record(entries), who)
    assert bool(file & Access.READ) == granted(entries, who, R)
    assert bool(file & Access.EXECUTE) == granted(entries, who, X)
    assert file & (Access.MODIFY | Access.EXTEND) in (0, Access.MODIFY | Access.EXTEND)
    assert bool(file & Access.MODIFY) == granted(entries, who, W)


def test_two_groups_do_not_add_up() -> None:
    """One entry must grant all: reading by one group and writing by another is not both."""
    record = a_record(an_acl("u::---,g::---,g:21:r--,g:22:-w-,m::rw-,o::rwx"))
    both = Credentials(99, 21, frozenset({22}))
    assert permission.allows(record, both, R)
    assert permission.allows(record, both, W)
    assert not permission.allows(record, both, R | W)
    assert permission.rights(record, both) == R | W


def test_search_and_write_by_two_groups_change_no_directory() -> None:
    """A directory is changed with both rights of one entry, and ACCESS says the same."""
    record = a_record(an_acl("u::rwx,g::---,g:21:--x,g:22:-w-,m::rwx,o::---"), FileType.DIRECTORY)
    both = Credentials(99, 21, frozenset({22}))
    assert not permission.allows(record, both, permission.CHANGE)
    assert permission.accessible(record, both) == Access.LOOKUP


def test_group_that_is_denied_is_not_other() -> None:
    """Who is in a group of the ACL never falls through to the others' entry."""
    record = a_record(an_acl("u::rw-,g::---,g:21:---,m::rw-,o::rw-"))
    for group in (GROUP, 21):
        assert permission.rights(record, Credentials(99, group)) == 0
    assert permission.rights(record, Credentials(99, 50)) == R | W


def test_named_user_is_not_judged_by_groups() -> None:
    """A named user has just his entry, even if a group of his has more."""
    record = a_record(an_acl("u::rwx,u:99:r--,g::rwx,m::rwx,o::rwx"))
    assert permission.rights(record, Credentials(99, GROUP)) == R


def test_owner_is_not_judged_by_a_named_entry() -> None:
    """An entry that names the owner says nothing: USER_OBJ comes first."""
    record = a_record(an_acl(f"u::r--,u:{OWNER}:rwx,g::---,m::rwx,o::---"))
    assert permission.rights(record, Credentials(OWNER, 1)) == R


@pytest.mark.parametrize("mask", range(8))
def test_mask_limits_users_and_groups_only(mask: int) -> None:
    """The mask is for named users, named groups and the owning group; not for owner and others."""
    record = a_record([*an_acl("u::rwx,u:99:rwx,g::rwx,g:21:rwx,o::rwx"), AclEntry(MASK, 0, mask)])
    limited = Credentials(99, 1), Credentials(98, GROUP), Credentials(98, 21)
    assert [permission.rights(record, who) for who in limited] == [mask] * 3
    assert permission.rights(record, Credentials(OWNER, 1)) == R | W | X
    assert permission.rights(record, Credentials(98, 1)) == R | W | X


def test_superuser_needs_one_execute_bit_anywhere() -> None:
    """Uid 0 runs what somebody may run, by an entry under the mask too; and reads everything."""
    runs = a_record(an_acl("u::---,u:99:--x,g::---,m::--x,o::---"))
    masked = a_record(an_acl("u::---,u:99:--x,g::---,m::---,o::---"))
    assert permission.rights(runs, Credentials(0, 0)) == R | W | X
    assert permission.rights(masked, Credentials(0, 0)) == R | W
    assert permission.allows(masked, Credentials(0, 0), R | W)
    assert permission.accessible(masked, Credentials(0, 0)) & Access.READ


def test_exceptions_of_nfs_hold_with_an_acl() -> None:
    """The owner reads and writes in spite of the ACL, and who may execute may read."""
    record = a_record(an_acl("u::---,u:99:--x,g::---,m::rwx,o::---"))
    assert permission.may_read(record, Credentials(OWNER, 1))
    assert permission.may_write(record, Credentials(OWNER, 1))
    assert permission.may_read(record, Credentials(99, 1))
    assert not permission.may_write(record, Credentials(99, 1))


def test_default_acl_grants_nothing() -> None:
    """A directory's default ACL is for what will be made in it; the mode decides who gets in."""
    default = an_acl("u::rwx,u:99:rwx,g::rwx,m::rwx,o::rwx")
    plain = a_record(an_acl("u::rwx,g::r-x,o::--x"), FileType.DIRECTORY, default)
    for who, has in (
        (Credentials(OWNER, 1), R | W | X),
        (Credentials(99, GROUP), R | X),
        (Credentials(99, 1), X),
    ):
        assert permission.rights(plain, who) == has
        for wanted in range(8):
            assert permission.allows(plain, who, wanted) == (has & wanted == wanted)


def test_minimal_acl_is_the_mode() -> None:
    """An ACL of three entries decides as the nine bits do, for everybody."""
    for bits in product((0, 3, 5, 7), repeat=3):
        entries = [
            AclEntry(tag, 0, has)
            for tag, has in zip((USER_OBJ, GROUP_OBJ, OTHER), bits, strict=True)
        ]
        record = a_record(entries)
        assert len(record) == 124
        callers = Credentials(OWNER, 1), Credentials(99, GROUP), Credentials(99, 1)
        assert tuple(permission.rights(record, who) for who in callers) == bits
