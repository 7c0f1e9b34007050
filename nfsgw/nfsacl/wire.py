"""Between NFSACL's lists of entries and the ACLs of ``backend/api.py``, in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nfsgw.backend.api import AclEntry, Acls, AclTag
from nfsgw.errors import FsCode, FsError
from nfsgw.xdr.generated.nfsacl import (
    NA_ACL,
    NA_ACLCNT,
    NA_DEFAULT,
    NA_DFACL,
    NA_DFACLCNT,
    aclent,
    secattr,
)

__all__ = ["check_mask", "shown_acls", "wanted_acls"]

_MASKS: Final = NA_ACL | NA_ACLCNT | NA_DFACL | NA_DFACLCNT


def check_mask(mask: int) -> None:
    """Refuse a mask with bits that have no meaning.

    :raises FsError: INVAL.
    """
    if mask & ~_MASKS:
        raise FsError(FsCode.INVAL)


def shown_acls(acls: Acls, mask: int) -> secattr:
    """Return what a client has asked for.

    Every bit of the mask comes back, as Linux's client demands, whether there is a list or not: a
    default ACL that is not there has no entries.  A count comes with its list, asked for or not.
    """
    access = _shown(acls, acls.access, 0) if mask & (NA_ACL | NA_ACLCNT) else []
    default = _shown(acls, acls.default, NA_DEFAULT) if mask & (NA_DFACL | NA_DFACLCNT) else []
    return secattr(
        mask,
        len(access),
        access if mask & NA_ACL else [],
        len(default),
        default if mask & NA_DFACL else [],
    )


def _shown(acls: Acls, entries: Sequence[AclEntry], flag: int) -> list[aclent]:
    """Return entries as they are sent.

    Solaris wants a mask in every ACL, and Linux's client expects one: an ACL of three entries gets
    one that repeats GROUP_OBJ.  Ids of owner and group are shown, though they say nothing new.
    """
    owners = {
        AclTag.USER_OBJ: int.from_bytes(acls.attributes[12:16], "big"),
        AclTag.GROUP_OBJ: int.from_bytes(acls.attributes[16:20], "big"),
    }
    if len(entries) == 3:
        user, group, other = entries
        entries = (user, group, group._replace(tag=AclTag.MASK), other)
    return [
        aclent(entry.tag | flag, owners.get(AclTag(entry.tag), entry.id), entry.permissions)
        for entry in entries
    ]


def wanted_acls(
    wanted: secattr,
) -> tuple[Sequence[AclEntry] | None, Sequence[AclEntry] | None]:
    """Return the access and the default ACL that a client sets; None is one that it does not.

    Whether they are ACLs is the backend's to judge.

    :raises FsError: INVAL: a mask without meaning, or a count that is not that of its list.
    """
    check_mask(wanted.mask)
    access = default = None
    if wanted.mask & NA_ACL:
        access = _wanted(wanted.aclcnt, wanted.acl, 0)
    if wanted.mask & NA_DFACL:
        default = _wanted(wanted.dfaclcnt, wanted.dfacl, NA_DEFAULT)
    return access, default


def _wanted(count: int, entries: Sequence[aclent], flag: int) -> Sequence[AclEntry]:
    """Return one list as it was received.

    Solaris sometimes sets more than three bits in a mask; they mean nothing.

    :raises FsError: INVAL: the count is wrong.
    """
    if count != len(entries):
        raise FsError(FsCode.INVAL)
    return [_entry(entry.type & ~flag, entry) for entry in entries]


def _entry(tag: int, entry: aclent) -> AclEntry:
    return AclEntry(tag, entry.id, entry.perm & 7 if tag == AclTag.MASK else entry.perm)
