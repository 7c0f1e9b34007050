"""GETACL and SETACL: POSIX ACLs, by the rules of Linux (acl(5)).

A change of mode needs nothing here: the mode's bits are entries of the ACL, the mask in the place
of the group's (:mod:`nfsgw.backend.brick.acl`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nfsgw.backend.api import AclEntry, Acls, Credentials, FileType, Updated
from nfsgw.backend.brick.acl import (
    access_of,
    base_of,
    canonical,
    default_of,
    mode_of_acl,
    pack_acls,
    stored_access,
)
from nfsgw.backend.brick.attributes import SETGID, group_of, mode_of
from nfsgw.backend.brick.operations.node import Node, load, refusal
from nfsgw.backend.brick.permission import is_member, is_owner
from nfsgw.backend.brick.view import Change, View
from nfsgw.errors import FsCode, FsError

__all__ = ["getacl", "setacl"]

_DIRECTORY: Final = int(FileType.DIRECTORY)
_SYMLINK: Final = int(FileType.SYMLINK)


def getacl(view: View, inode: int) -> Acls:
    """Return the ACLs of any inode; where there are none, the mode as an ACL, and no default one.

    :raises FsError: STALE.
    """
    record = load(view, inode)
    return Acls(record[:84], access_of(record), default_of(record))


def setacl(
    change: Change,
    credentials: Credentials,
    inode: int,
    access: Sequence[AclEntry] | None,
    default: Sequence[AclEntry] | None,
) -> Updated:
    """Set the access ACL, the default ACL, or both: all of it or nothing.

    The access ACL sets the mode too, and as with any change of mode, set-gid is dropped when the
    caller is not in the file's group.

    :param access: None leaves it alone.  Empty leaves what the mode can say of it: Linux's client
        sends an empty list after MKDIR, with a default ACL, if the mode says it all.
    :param default: None leaves it alone, empty takes it away.
    :raises FsError: STALE; NOTSUPP for a symbolic link; PERM for anybody but the owner and uid 0;
        INVAL for lists that are no ACLs; NOSPC for too long ones; ACCES for a default ACL of
        anything but a directory.
    """
    record = load(change, inode)
    if record[3] == _SYMLINK:
        raise refusal(FsCode.NOTSUPP, record)
    if not is_owner(record, credentials):
        raise refusal(FsCode.PERM, record)
    try:
        wanted = _new_access(record, access)
        inheritable = default_of(record) if default is None else _new_default(default)
    except FsError as error:
        raise refusal(error.code, record) from error
    if inheritable and record[3] != _DIRECTORY:
        raise refusal(FsCode.ACCES, record)
    node = Node(record)
    mode = mode_of(record) & ~0o777 | mode_of_acl(wanted)
    if access is not None and not is_member(group_of(record), credentials):
        mode &= ~SETGID
    node.set_mode(mode)
    node.set_acls(pack_acls(stored_access(wanted), inheritable))
    node.mark_changed(change.now_ns)
    node.put(change)
    return Updated(node.before, node.attributes)


def _new_access(record: bytes, access: Sequence[AclEntry] | None) -> Sequence[AclEntry]:
    """Return the access ACL that an inode is to have.

    :raises FsError: INVAL, NOSPC.
    """
    if access is None:
        return access_of(record)
    return canonical(access) if access else base_of(record)


def _new_default(default: Sequence[AclEntry]) -> Sequence[AclEntry]:
    """Return the default ACL that an inode is to have.

    :raises FsError: INVAL, NOSPC.
    """
    return canonical(default) if default else ()
