"""What the protocol programs see of a volume: its operations, in the backend's own words.

Files are inode numbers, names are bytes, attributes are the 84 bytes of ``fattr3`` as the wire
carries them (RFC 1813, section 2.5), because the brick stores them so and most replies are made of
them.  Pre-operation attributes are the 24 bytes of ``wcc_attr``, taken in the operation itself.

Every method that changes something takes ``request``, the id of the client's call.  The volume
stores the result under it in the same transaction as the change; a call with a known id has no
effect and returns the first result (exactly-once across crash and failover).

All methods raise :class:`nfsgw.errors.FsError`, with the attributes that a failure arm may show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, NamedTuple, Protocol

from nfsgw.filerange import FileRange

if TYPE_CHECKING:
    from nfsgw.backend.locks.api import Locks

__all__ = [
    "ROOT",
    "Access",
    "Accessible",
    "AclEntry",
    "AclTag",
    "Acls",
    "Committed",
    "CreateMode",
    "Credentials",
    "Data",
    "DirectoryChanged",
    "FileType",
    "Found",
    "Linked",
    "Listed",
    "Listing",
    "Made",
    "NewAttributes",
    "Renamed",
    "ServerTime",
    "Space",
    "Stability",
    "Target",
    "Updated",
    "Volume",
    "Written",
]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks, after squashing.  ``groups`` are the supplementary ones."""

    uid: int
    gid: int
    groups: frozenset[int] = frozenset()


ROOT = Credentials(0, 0)
"""The server's own credentials, for walking a path at MNT and for administration."""


class FileType(IntEnum):
    """Types of files; the values are ``ftype3``'s (RFC 1813, section 2.5)."""

    REGULAR = 1
    DIRECTORY = 2
    BLOCK = 3
    CHARACTER = 4
    SYMLINK = 5
    SOCKET = 6
    FIFO = 7


class CreateMode(IntEnum):
    """How CREATE treats an existing name; the values are ``createmode3``'s."""

    UNCHECKED = 0
    GUARDED = 1
    EXCLUSIVE = 2


class Stability(IntEnum):
    """How durable a write is; the values are ``stable_how``'s."""

    UNSTABLE = 0
    DATA_SYNC = 1
    FILE_SYNC = 2


class Access(IntFlag):
    """Bits of ACCESS (RFC 1813, section 3.3.4)."""

    READ = 0x01
    LOOKUP = 0x02
    MODIFY = 0x04
    EXTEND = 0x08
    DELETE = 0x10
    EXECUTE = 0x20


class AclTag(IntEnum):
    """Whom an entry of a POSIX ACL is about; the values are those of acl(5) and of NFSACL."""

    USER_OBJ = 0x01
    USER = 0x02
    GROUP_OBJ = 0x04
    GROUP = 0x08
    MASK = 0x10
    OTHER = 0x20


class AclEntry(NamedTuple):
    """One entry of a POSIX ACL; entries sort into the canonical order of an ACL.

    :param tag: an :class:`AclTag`.
    :param id: of the user or group that is named; else 0.
    :param permissions: a sum of 4 (read), 2 (write) and 1 (execute).
    """

    tag: int
    id: int
    permissions: int


class ServerTime(IntEnum):
    """Stands for "the server's time" where SETATTR sets a time."""

    NOW = 1


class NewAttributes(NamedTuple):
    """What SETATTR and the creating calls set; None leaves a value alone.

    :param atime: 8 wire bytes of ``nfstime3``, or ``ServerTime.NOW``.
    :param mtime: likewise.
    """

    mode: int | None = None
    uid: int | None = None
    gid: int | None = None
    size: int | None = None
    atime: bytes | ServerTime | None = None
    mtime: bytes | ServerTime | None = None


class Found(NamedTuple):
    """LOOKUP: the object, its attributes, and those of the directory."""

    inode: int
    attributes: bytes
    directory: bytes


class Accessible(NamedTuple):
    """ACCESS: which of the asked bits are granted."""

    attributes: bytes
    granted: int


class Acls(NamedTuple):
    """GETACL: the access ACL, made from the mode if there is none, and the default ACL or nothing.

    Both are in canonical order, without a mask that says nothing.
    """

    attributes: bytes
    access: Sequence[AclEntry]
    default: Sequence[AclEntry]


class Target(NamedTuple):
    """READLINK."""

    attributes: bytes
    target: bytes


class Data(NamedTuple):
    """READ: ``data`` may be a range of an open file; its receiver must release it."""

    attributes: bytes
    data: bytes | FileRange
    eof: bool


class Updated(NamedTuple):
    """SETATTR, SETACL: ``wcc_attr`` before, attributes after."""

    before: bytes
    attributes: bytes


class Written(NamedTuple):
    """WRITE: how many bytes, how durable they are, and the volume's verifier (8 bytes)."""

    before: bytes
    attributes: bytes
    written: int
    stability: int
    verifier: bytes


class Committed(NamedTuple):
    """COMMIT."""

    before: bytes
    attributes: bytes
    verifier: bytes


class Made(NamedTuple):
    """CREATE, MKDIR, SYMLINK, MKNOD: the new object, and the directory before and after."""

    inode: int
    attributes: bytes
    directory_before: bytes
    directory: bytes


class DirectoryChanged(NamedTuple):
    """REMOVE, RMDIR: the directory before and after."""

    before: bytes
    attributes: bytes


class Renamed(NamedTuple):
    """RENAME: both directories before and after."""

    source_before: bytes
    source: bytes
    target_before: bytes
    target: bytes


class Linked(NamedTuple):
    """LINK: the file's attributes, and the directory before and after."""

    attributes: bytes
    directory_before: bytes
    directory: bytes


class Listed(NamedTuple):
    """One entry of a listing; ``attributes`` is None unless asked for."""

    inode: int
    name: bytes
    cookie: int
    attributes: bytes | None


class Listing(NamedTuple):
    """READDIR(PLUS): entries in cookie order; ``eof`` if the last one is the directory's last."""

    attributes: bytes
    entries: Sequence[Listed]
    eof: bool


class Space(NamedTuple):
    """FSSTAT: bytes and files in all, free, and free for the caller."""

    attributes: bytes
    bytes_total: int
    bytes_free: int
    bytes_available: int
    files_total: int
    files_free: int
    files_available: int


class Volume(Protocol):
    """The operations of one started volume.

    ``id`` is the file-system id that its attributes carry; ``root`` the root's inode number.
    """

    @property
    def name(self) -> str:
        """Return the volume's name."""

    @property
    def id(self) -> int:
        """Return the 64-bit file-system id, fixed when the volume was created."""

    @property
    def root(self) -> int:
        """Return the inode number of the root directory."""

    @property
    def locks(self) -> Locks:
        """Return the locks on its files."""

    async def getattr(self, inode: int) -> bytes:
        """Return the attributes; no permission is needed."""

    async def setattr(
        self,
        credentials: Credentials,
        inode: int,
        new: NewAttributes,
        guard: bytes | None,
        request: bytes | None,
    ) -> Updated:
        """Change attributes, the size included.

        :param guard: wire bytes of the ctime that the object must have, else NOT_SYNC.
        """

    async def lookup(self, credentials: Credentials, directory: int, name: bytes) -> Found:
        """Find a name; ``.`` and ``..`` are names too (``..`` of the root is the root)."""

    async def access(self, credentials: Credentials, inode: int, asked: int) -> Accessible:
        """Say which of the asked :class:`Access` bits the caller has, by mode and ACL alone."""

    async def getacl(self, inode: int) -> Acls:
        """Return the ACLs; no permission is needed."""

    async def setacl(
        self,
        credentials: Credentials,
        inode: int,
        access: Sequence[AclEntry] | None,
        default: Sequence[AclEntry] | None,
        request: bytes | None,
    ) -> Updated:
        """Set the access ACL, the default ACL, or both; the mode follows the access ACL.

        :param access: None leaves it alone; empty: none but the mode.
        :param default: None leaves it alone; empty removes it.
        """

    async def readlink(self, credentials: Credentials, inode: int) -> Target:
        """Return a symbolic link's target; INVAL for anything else."""

    async def read(self, credentials: Credentials, inode: int, offset: int, count: int) -> Data:
        """Read up to ``count`` bytes."""

    async def write(
        self,
        credentials: Credentials,
        inode: int,
        offset: int,
        data: bytes | memoryview,
        stability: Stability,
        request: bytes | None,
    ) -> Written:
        """Write all of ``data``; it need not stay valid after the call has returned."""

    async def commit(self, inode: int, offset: int, count: int) -> Committed:
        """Make all earlier UNSTABLE writes of the range durable; count 0 means to the end."""

    async def create(
        self,
        credentials: Credentials,
        directory: int,
        name: bytes,
        mode: CreateMode,
        new: NewAttributes,
        verifier: bytes | None,
        request: bytes | None,
    ) -> Made:
        """Create a regular file (RFC 1813, section 3.3.8); ``verifier`` for EXCLUSIVE only."""

    async def mkdir(
        self,
        credentials: Credentials,
        directory: int,
        name: bytes,
        new: NewAttributes,
        request: bytes | None,
    ) -> Made:
        """Create a directory."""

    async def symlink(
        self,
        credentials: Credentials,
        directory: int,
        name: bytes,
        target: bytes,
        new: NewAttributes,
        request: bytes | None,
    ) -> Made:
        """Create a symbolic link; targets of 1 to 4096 bytes."""

    async def mknod(
        self,
        credentials: Credentials,
        directory: int,
        name: bytes,
        kind: FileType,
        device: tuple[int, int],
        new: NewAttributes,
        request: bytes | None,
    ) -> Made:
        """Create a device, socket or FIFO; ``device`` is (major, minor), else (0, 0)."""

    async def remove(
        self, credentials: Credentials, directory: int, name: bytes, request: bytes | None
    ) -> DirectoryChanged:
        """Remove a name that is not a directory."""

    async def rmdir(
        self, credentials: Credentials, directory: int, name: bytes, request: bytes | None
    ) -> DirectoryChanged:
        """Remove an empty directory."""

    async def rename(
        self,
        credentials: Credentials,
        source: int,
        source_name: bytes,
        target: int,
        target_name: bytes,
        request: bytes | None,
    ) -> Renamed:
        """Rename, replacing an existing target of the same kind."""

    async def link(
        self,
        credentials: Credentials,
        inode: int,
        directory: int,
        name: bytes,
        request: bytes | None,
    ) -> Linked:
        """Give a file one more name."""

    async def readdir(
        self,
        credentials: Credentials,
        directory: int,
        cookie: int,
        attributes: bool,
        bytes_max: int,
        entry_bytes: int,
    ) -> Listing:
        """List entries after ``cookie`` (0 = from the start), ``.`` and ``..`` first.

        Every entry is charged ``entry_bytes`` plus its name's length rounded up to 4; the listing
        ends before the sum would pass ``bytes_max``.  A listing without entries and without eof
        means that not even one fitted.
        """

    async def fsstat(self, inode: int) -> Space:
        """Return true numbers of the file systems below."""
