"""SETATTR: who may set which attribute, and what setting one does to others.

The rules are POSIX's, as Linux applies them (RFC 1813, section 3.3.2 leaves most to the server):

- the mode is the owner's to set; set-gid is dropped when the caller is not in the file's group;
  a symbolic link's mode is not settable, and asking for it is not an error;
- only uid 0 gives a file away; the owner may choose among the groups that he is in;
- a new owner or group takes set-uid and set-gid from everything but directories, uid 0's included;
- times of the client's choice are the owner's to set; "now" also anybody's who may write;
- a size takes permission to write, or ownership; it counts as a modification even if it is the
  same size, and takes set-uid and set-gid like a write.

All of a call happens, or nothing.
"""

from __future__ import annotations

from typing import Final

from nfsgw.backend.api import Credentials, FileType, NewAttributes, ServerTime, Updated
from nfsgw.backend.brick.attributes import (
    MODE_BITS,
    SETGID,
    ctime_of,
    group_of,
    is_time,
    mode_of,
    owner_of,
    unprivileged,
)
from nfsgw.backend.brick.operations.node import Node, load, refusal
from nfsgw.backend.brick.operations.sizing import check_size, resize
from nfsgw.backend.brick.permission import WRITE, allows, is_member, is_owner
from nfsgw.backend.brick.view import Change
from nfsgw.errors import FsCode

__all__ = ["set_times", "setattr"]

_DIRECTORY: Final = int(FileType.DIRECTORY)
_SYMLINK: Final = int(FileType.SYMLINK)
_NOTHING: Final = NewAttributes()


def setattr(
    change: Change,
    credentials: Credentials,
    inode: int,
    new: NewAttributes,
    guard: bytes | None = None,
) -> Updated:
    """Change attributes.

    A new size is complete here as far as the tables go; a size below the old one leaves a TRIM
    key if there is a data file to be cut.  Writes in flight are the caller's to wait for.

    :param guard: wire bytes of the ctime that the inode must have.
    :raises FsError: STALE, NOT_SYNC, PERM, ACCES, INVAL, ISDIR, FBIG.
    """
    record = load(change, inode)
    if guard is not None and guard != ctime_of(record):
        raise refusal(FsCode.NOT_SYNC, record)
    node = Node(record)
    if new == _NOTHING:
        return Updated(node.before, node.attributes)
    if new.size is not None:
        check_size(record, credentials, new.size)
    _check_times(record, credentials, new)
    _set_owners(node, credentials, new)
    _set_mode(node, credentials, new)
    ctime = node.mark_changed(change.now_ns)
    if new.size is not None:
        resize(change, node, new.size)
        node.set_modification_time(ctime)
    set_times(node, new, ctime)
    node.put(change)
    return Updated(node.before, node.attributes)


def _check_times(record: bytes, credentials: Credentials, new: NewAttributes) -> None:
    """Refuse times that the caller may not set, or that are none.

    :raises FsError: INVAL, PERM, ACCES.
    """
    for time in (new.atime, new.mtime):
        if time is None or is_owner(record, credentials):
            pass
        elif isinstance(time, bytes):
            raise refusal(FsCode.PERM, record)
        elif not allows(record, credentials, WRITE):
            raise refusal(FsCode.ACCES, record)
        if isinstance(time, bytes) and not is_time(time):
            raise refusal(FsCode.INVAL, record)


def set_times(node: Node, new: NewAttributes, now: bytes) -> None:
    """Set the times that ``new`` holds, unchecked; the server's time is ``now`` (8 bytes)."""
    if new.atime is not None:
        node.set_access_time(now if isinstance(new.atime, ServerTime) else new.atime)
    if new.mtime is not None:
        node.set_modification_time(now if isinstance(new.mtime, ServerTime) else new.mtime)


def _set_owners(node: Node, credentials: Credentials, new: NewAttributes) -> None:
    """Set owner and group.

    :raises FsError: PERM.
    """
    record = node.original
    owns = is_owner(record, credentials)
    if new.uid is not None:
        if credentials.uid != 0 and not (owns and new.uid == owner_of(record)):
            raise refusal(FsCode.PERM, record)
        node.set_owner(new.uid)
    if new.gid is not None:
        if not owns or not (new.gid == group_of(record) or is_member(new.gid, credentials)):
            raise refusal(FsCode.PERM, record)
        node.set_group(new.gid)


def _set_mode(node: Node, credentials: Credentials, new: NewAttributes) -> None:
    """Set the mode, and take from it what the other settings take.

    :raises FsError: PERM.
    """
    record = node.original
    mode = mode_of(record)
    if new.mode is not None and record[3] != _SYMLINK:
        if not is_owner(record, credentials):
            raise refusal(FsCode.PERM, record)
        mode = new.mode & MODE_BITS
        if not is_member(group_of(bytes(node.record)), credentials):
            mode &= ~SETGID
    elif new.size is not None and credentials.uid != 0:
        mode = unprivileged(mode)
    if (new.uid is not None or new.gid is not None) and record[3] != _DIRECTORY:
        mode = unprivileged(mode)
    node.set_mode(mode)
