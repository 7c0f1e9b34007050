"""CREATE, MKDIR, SYMLINK, MKNOD: a new inode, and a name for it.

What a new inode gets (POSIX, as Linux does it, RFC 1813 leaves it to the server):

- owner: the caller.  Another one only if uid 0 asks for it; from others a uid or gid is ignored,
  as Linux's server does, because some clients send them along with every call.
- group: the directory's if that has set-gid, else the caller's; new subdirectories of a set-gid
  directory have set-gid too.
- mode: what the client sends (it has applied the umask), 0 if it sends none.  A file that could
  run with a group that the caller is not in loses set-gid.  Symbolic links are 0777.
- ACLs: the directory's default ACL, which takes from the mode what it does not grant.  Linux's
  client does the same itself and sends SETACL afterwards; the outcome is the same.  A file of an
  EXCLUSIVE CREATE has the entries, masked by its mode of 0, until the client sets the mode.
- A name that exists is EXIST, before anything is said of write permission in the directory.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from nfsgw.backend.api import CreateMode, Credentials, FileType, Made, NewAttributes
from nfsgw.backend.brick.acl import inherit
from nfsgw.backend.brick.attributes import (
    CREATED_EXCLUSIVELY,
    DIRECTORY_BYTES,
    DIRECTORY_LINKS_MAX,
    MODE_BITS,
    OFFSET_MAX,
    SETGID,
    group_of,
    is_time,
    links_of,
    mode_of,
    used_by,
    verifier_of,
)
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.operations.names import add_entry, find, load_entry, objection
from nfsgw.backend.brick.operations.node import Node, load_directory, refusal
from nfsgw.backend.brick.operations.setting import set_times, setattr
from nfsgw.backend.brick.permission import CHANGE, SEARCH, allows, is_member
from nfsgw.backend.brick.schema import (
    COOKIE_FIRST,
    INODE_BYTES,
    LAYOUT_WHOLE,
    allocate_inode,
    pack_time,
    pack_whole_inode,
    wcc_of,
)
from nfsgw.backend.brick.view import Change, Table
from nfsgw.errors import FsCode, FsError

__all__ = ["TARGET_BYTES_MAX", "create", "mkdir", "mknod", "symlink"]

TARGET_BYTES_MAX: Final = 4096
"""The longest target of a symbolic link (Linux's PATH_MAX)."""

_SYMLINK_MODE: Final = 0o777
_DEVICES: Final = (FileType.BLOCK, FileType.CHARACTER)
_NODES: Final = (*_DEVICES, FileType.SOCKET, FileType.FIFO)
_REGULAR: Final = FileType.REGULAR
_DIRECTORY: Final = FileType.DIRECTORY
_NOTHING: Final = NewAttributes()


class _Plan(NamedTuple):
    """What a new inode is to be, beside what the client's attributes say."""

    kind: FileType
    size: int = 0
    device: tuple[int, int] = (0, 0)
    flags: int = 0
    verifier: bytes = bytes(8)


def create(
    change: Change,
    credentials: Credentials,
    directory: int,
    name: bytes,
    mode: CreateMode,
    new: NewAttributes,
    verifier: bytes | None = None,
) -> Made:
    """Create a regular file (RFC 1813, section 3.3.8).

    UNCHECKED on an existing regular file opens it: of ``new`` only the size is applied, under the
    rules of SETATTR.  EXCLUSIVE makes a file of mode 0 that keeps all 64 bits of the verifier;
    the same call again finds it by them and succeeds.

    :raises FsError: STALE, NOTDIR, ACCES, EXIST (an existing file of another type included),
        INVAL, NAMETOOLONG, NOSPC, FBIG, and for an existing file what SETATTR of a size raises.
    """
    record = _open_directory(change, credentials, directory, name)
    found = find(change, directory, name)
    if found is not None:
        return _open_existing(change, credentials, record, found[0], mode, new, verifier)
    if mode is CreateMode.EXCLUSIVE:
        if verifier is None or len(verifier) != 8:
            raise refusal(FsCode.INVAL, record)
        plan = _Plan(_REGULAR, flags=CREATED_EXCLUSIVELY, verifier=verifier)
        return _make(change, credentials, record, name, plan, _NOTHING)
    size = new.size or 0
    if size > OFFSET_MAX:
        raise refusal(FsCode.FBIG, record)
    return _make(change, credentials, record, name, _Plan(_REGULAR, size), new)


def mkdir(
    change: Change, credentials: Credentials, directory: int, name: bytes, new: NewAttributes
) -> Made:
    """Create a directory.

    :raises FsError: STALE, NOTDIR, ACCES, EXIST, INVAL, NAMETOOLONG, MLINK, NOSPC.
    """
    record = _open_for_new(change, credentials, directory, name)
    if links_of(record) >= DIRECTORY_LINKS_MAX:
        raise refusal(FsCode.MLINK, record)
    plan = _Plan(_DIRECTORY, DIRECTORY_BYTES)
    return _make(change, credentials, record, name, plan, new)


def symlink(
    change: Change,
    credentials: Credentials,
    directory: int,
    name: bytes,
    target: bytes,
    new: NewAttributes,
) -> Made:
    """Create a symbolic link; the target's bytes are kept as they are.

    :raises FsError: STALE, NOTDIR, ACCES, EXIST, INVAL (also for an empty target, or one with a
        NUL), NAMETOOLONG (also for a target beyond 4096 bytes), NOSPC.
    """
    record = _open_for_new(change, credentials, directory, name)
    if not target or b"\0" in target:
        raise refusal(FsCode.INVAL, record)
    if len(target) > TARGET_BYTES_MAX:
        raise refusal(FsCode.NAMETOOLONG, record)
    made = _make(change, credentials, record, name, _Plan(FileType.SYMLINK, len(target)), new)
    change.put(Table.SYMLINK, inode_key(made.inode), target)
    return made


def mknod(
    change: Change,
    credentials: Credentials,
    directory: int,
    name: bytes,
    kind: FileType,
    device: tuple[int, int],
    new: NewAttributes,
) -> Made:
    """Create a device, socket or FIFO; devices are for uid 0 only.

    :raises FsError: STALE, NOTDIR, BADTYPE, ACCES, EXIST, INVAL, NAMETOOLONG, PERM, NOSPC.
    """
    record = _open_for_new(change, credentials, directory, name)
    if kind not in _NODES:
        raise refusal(FsCode.BADTYPE, record)
    if kind in _DEVICES and credentials.uid != 0:
        raise refusal(FsCode.PERM, record)
    plan = _Plan(kind, device=device if kind in _DEVICES else (0, 0))
    return _make(change, credentials, record, name, plan, new)


def _open_directory(
    change: Change, credentials: Credentials, directory: int, name: bytes
) -> bytes:
    """Return the record of a directory that a name may be looked up in, to be made.

    :raises FsError: STALE, NOTDIR, ACCES, EXIST for the dots, INVAL, NAMETOOLONG.
    """
    record = load_directory(change, directory)
    code = objection(name, FsCode.EXIST)
    if code is not None:
        raise refusal(code, record)
    if not allows(record, credentials, SEARCH):
        raise refusal(FsCode.ACCES, record)
    return record


def _open_for_new(change: Change, credentials: Credentials, directory: int, name: bytes) -> bytes:
    """Return the record of a directory that has no such name yet.

    :raises FsError: EXIST, and what :func:`_open_directory` raises.
    """
    record = _open_directory(change, credentials, directory, name)
    if find(change, directory, name) is not None:
        raise refusal(FsCode.EXIST, record)
    return record


def _open_existing(
    change: Change,
    credentials: Credentials,
    directory: bytes,
    inode: int,
    mode: CreateMode,
    new: NewAttributes,
    verifier: bytes | None,
) -> Made:
    """Answer a CREATE whose name exists.

    :raises FsError: EXIST, or what SETATTR of a size raises (with the directory's attributes).
    """
    record = load_entry(change, inode)
    same = mode is CreateMode.UNCHECKED or (
        mode is CreateMode.EXCLUSIVE and verifier is not None and verifier == verifier_of(record)
    )
    if not same or record[3] != _REGULAR:
        raise refusal(FsCode.EXIST, directory)
    attributes = record[:84]
    if mode is CreateMode.UNCHECKED and new.size is not None:
        try:
            updated = setattr(change, credentials, inode, NewAttributes(size=new.size))
        except FsError as error:
            raise refusal(error.code, directory) from error
        attributes = updated.attributes
    return Made(inode, attributes, wcc_of(directory), directory[:84])


def _make(
    change: Change,
    credentials: Credentials,
    directory: bytes,
    name: bytes,
    plan: _Plan,
    new: NewAttributes,
) -> Made:
    """Put a new inode, its entry, and the directory that has one more.

    :raises FsError: ACCES, INVAL for a time that is none, NOSPC.
    """
    if not allows(directory, credentials, CHANGE):
        raise refusal(FsCode.ACCES, directory)
    for time in (new.atime, new.mtime):
        if isinstance(time, bytes) and not is_time(time):
            raise refusal(FsCode.INVAL, directory)
    try:
        inode = allocate_inode(change)
    except FsError as error:
        raise refusal(error.code, directory) from error
    parent = Node(directory)
    parent.mark_modified(change.now_ns)
    add_entry(change, parent, name, inode)
    if plan.kind is _DIRECTORY:
        parent.add_links(1)
    parent.put(change)
    record = _new_record(change, credentials, directory, inode, plan, new)
    if new.atime is not None or new.mtime is not None:
        node = Node(record)
        set_times(node, new, record[76:84])
        record = bytes(node.record)
    change.put(Table.INODE, inode_key(inode), record)
    return Made(inode, record[:84], parent.before, parent.attributes)


def _new_record(
    change: Change,
    credentials: Credentials,
    directory: bytes,
    inode: int,
    plan: _Plan,
    new: NewAttributes,
) -> bytes:
    """Return the record of a new inode, its three times being now."""
    kind, size, (major, minor), flags, verifier = plan
    uid, gid, mode = _identity(credentials, directory, kind, new)
    acls = b""
    if len(directory) > INODE_BYTES:
        mode, acls = inherit(directory, kind, mode)
    now = pack_time(change.now_ns)
    links, cookie = (2, COOKIE_FIRST) if kind is _DIRECTORY else (1, 0)
    fsid, parent = directory[44:52], directory[52:60]
    record = pack_whole_inode(
        kind,
        mode,
        links,
        uid,
        gid,
        size,
        used_by(size),
        major,
        minor,
        fsid,
        inode,
        now,
        now,
        now,
        parent,
        flags,
        LAYOUT_WHOLE,
        0,
        cookie,
        verifier,
    )
    return record + acls if acls else record


def _identity(
    credentials: Credentials, directory: bytes, kind: FileType, new: NewAttributes
) -> tuple[int, int, int]:
    """Return uid, gid and mode of a new inode."""
    inherits = mode_of(directory) & SETGID
    uid = credentials.uid
    gid = group_of(directory) if inherits else credentials.gid
    if uid == 0:
        uid = new.uid if new.uid is not None else uid
        gid = new.gid if new.gid is not None else gid
    if kind is FileType.SYMLINK:
        return uid, gid, _SYMLINK_MODE
    mode = (new.mode or 0) & MODE_BITS
    if kind is _DIRECTORY:
        return uid, gid, mode | inherits
    if not is_member(gid, credentials):
        mode &= ~SETGID
    return uid, gid, mode
