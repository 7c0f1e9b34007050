"""A volume as one client may see it through one export: the rules, as a decorator.

:class:`Access` is an ``api.Volume``.  It refuses changes in a read-only export, keeps ``..`` of
the export's root at the root, and says which credentials a call has after squashing.  Methods for
which nothing is to be checked are the volume's own bound methods, so that a rule costs nothing
where it does not apply.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Coroutine
from typing import Any, Final

from nfsgw.backend import api
from nfsgw.backend.locks.api import Locks
from nfsgw.errors import FsCode, FsError
from nfsgw.exports.handle import HandleCodec
from nfsgw.exports.options import Options
from nfsgw.rpc.program import Call, Credential

__all__ = ["Access", "GroupsOf", "SubtreeAccess", "make_access", "squash"]

AUTH_SYS: Final = 1
SYSTEM_GROUPS_MAX: Final = 16
"""The most supplementary groups that AUTH_SYS can carry (RFC 5531, appendix A)."""

GroupsOf = Callable[[int], Collection[int] | None]
"""The groups that the server knows for a user, or None; must answer from memory or quickly."""

_MUTATING: Final = (
    "setattr",
    "setacl",
    "write",
    "commit",
    "create",
    "mkdir",
    "symlink",
    "mknod",
    "remove",
    "rmdir",
    "rename",
    "link",
)
_OPERATIONS: Final = tuple(
    name for name, member in vars(api.Volume).items() if inspect.iscoroutinefunction(member)
)
_CHANGING_BITS: Final = int(api.Access.MODIFY | api.Access.EXTEND | api.Access.DELETE)
_CREDENTIALS_CACHED_MAX: Final = 4096
_DEPTH_MAX: Final = 4096


async def _refuse(*arguments: object, **named: object) -> Any:  # noqa: ANN401 - any operation's
    raise FsError(FsCode.ROFS)


def squash(credential: Credential, options: Options, groups_of: GroupsOf) -> api.Credentials:
    """Return who a call is from, after the export's rules.

    AUTH_NONE is anonymous.  A squashed root loses group 0 too, also as a supplementary group.

    :param groups_of: asked only under ``manage_gids``, for a user who came with 16 groups.
    """
    anonymous = options.anonymous_uid, options.anonymous_gid
    if options.squash_all or credential.flavor != AUTH_SYS:
        return api.Credentials(*anonymous)
    uid, gid, groups = credential.uid, credential.gid, frozenset(credential.groups)
    if options.manage_gids and len(credential.groups) >= SYSTEM_GROUPS_MAX:
        known = groups_of(uid)
        if known is not None:
            groups = frozenset(known)
    if options.squash_root:
        uid = anonymous[0] if uid == 0 else uid
        gid = anonymous[1] if gid == 0 else gid
        if 0 in groups:
            groups = groups - {0} | {anonymous[1]}
    return api.Credentials(uid, gid, groups)


class Access(api.Volume):
    """One export of a started volume, with the options of one rule.

    Every operation of ``api.Volume`` is an instance attribute, set once: the volume's own method,
    or what the rules put in its place.

    :param export_id: the export's id, which is in its handles; RENAME and LINK between two ids
        answer XDEV.
    """

    def __init__(
        self,
        volume: api.Volume,
        export_id: int,
        options: Options,
        codec: HandleCodec,
        groups_of: GroupsOf,
    ) -> None:
        self.volume: Final = volume
        self.export_id: Final = export_id
        self.options: Final = options
        self.secure: Final = options.secure
        self.read_only: Final = options.read_only
        self.no_acl: Final = options.no_acl
        self.handle: Final[Callable[[int], bytes]] = codec.handles(
            export_id, volume.id
        ).__getitem__
        """Returns the handle (32 bytes) of an inode as seen through this export."""
        self._groups_of = groups_of
        self._credentials: dict[int, tuple[Credential, api.Credentials]] = {}
        self.volume_id: Final = volume.id
        bound = {name: getattr(volume, name) for name in _OPERATIONS}
        if options.read_only:
            bound.update(dict.fromkeys(_MUTATING, _refuse))
            bound["access"] = self._access_read_only
        self.__dict__.update(bound)

    @property
    def name(self) -> str:
        """Return the volume's name."""
        return self.volume.name

    @property
    def id(self) -> int:
        """Return the volume's file-system id."""
        return self.volume_id

    @property
    def root(self) -> int:
        """Return the inode number of the volume's root; see also :meth:`find_root`."""
        return self.volume.root

    @property
    def locks(self) -> Locks:
        """Return the volume's locks."""
        return self.volume.locks

    def credentials(self, call: Call) -> api.Credentials:
        """Return who the call is from, after squashing.

        The dispatcher gives calls with equal headers the same Credential object; so the cache
        goes by identity, and holds the object so that its identity stays its own.
        """
        raw = call.credential
        cached = self._credentials.get(id(raw))
        if cached is not None:
            return cached[1]
        final = squash(raw, self.options, self._groups_of)
        if self.options.manage_gids and len(raw.groups) >= SYSTEM_GROUPS_MAX:
            return final  # the server's groups may change; groups_of has a cache with an age
        if len(self._credentials) >= _CREDENTIALS_CACHED_MAX:
            self._credentials.clear()
        self._credentials[id(raw)] = (raw, final)
        return final

    async def find_root(self) -> int:
        """Return the inode number of the export's own root directory."""
        return self.volume.root

    async def _access_read_only(
        self, credentials: api.Credentials, inode: int, asked: int
    ) -> api.Accessible:
        answer = await self.volume.access(credentials, inode, asked & ~_CHANGING_BITS)
        return api.Accessible(answer.attributes, answer.granted & ~_CHANGING_BITS)


class SubtreeAccess(Access):
    """An export of a directory within a volume: ``..`` never leads out of it.

    ``..`` of the export's root is that root, in LOOKUP as in READDIR.  A directory that was moved
    out of the export (by a client of a wider one) has no ``..`` here.

    :param directory: names from the volume's root down to the export's root.
    """

    def __init__(
        self,
        volume: api.Volume,
        export_id: int,
        options: Options,
        codec: HandleCodec,
        groups_of: GroupsOf,
        directory: tuple[bytes, ...],
    ) -> None:
        super().__init__(volume, export_id, options, codec, groups_of)
        self.directory: Final = directory
        self.__dict__["lookup"] = self._lookup
        self.__dict__["readdir"] = self._readdir

    async def find_root(self) -> int:
        """Return the inode number of the export's root, found by its path.

        Not cached: it may be removed and made again, and only ``..`` and MNT ask for it.

        :raises FsError: NOENT or NOTDIR: the directory is not there.
        """
        inode = self.volume.root
        for name in self.directory:
            found = await self.volume.lookup(api.ROOT, inode, name)
            inode = found.inode
        return inode

    def _lookup(
        self, credentials: api.Credentials, directory: int, name: bytes
    ) -> Coroutine[Any, Any, api.Found]:
        if name != b"..":
            return self.volume.lookup(credentials, directory, name)
        return self._lookup_parent(credentials, directory)

    async def _lookup_parent(self, credentials: api.Credentials, directory: int) -> api.Found:
        root = await self._require_root()
        if directory == root:
            return await self.volume.lookup(credentials, directory, b".")
        await self._check_inside(directory, root)
        return await self.volume.lookup(credentials, directory, b"..")

    async def _readdir(
        self,
        credentials: api.Credentials,
        directory: int,
        cookie: int,
        attributes: bool,
        bytes_max: int,
        entry_bytes: int,
    ) -> api.Listing:
        listing = await self.volume.readdir(
            credentials, directory, cookie, attributes, bytes_max, entry_bytes
        )
        if not any(entry.name == b".." for entry in listing.entries[:2]):
            return listing
        root = await self._require_root()
        if directory != root:
            await self._check_inside(directory, root)
            return listing
        entries = [
            entry._replace(inode=directory, attributes=listing.attributes if attributes else None)
            if entry.name == b".."
            else entry
            for entry in listing.entries
        ]
        return listing._replace(entries=entries)

    async def _require_root(self) -> int:
        """Return the export's root for who is asked what lies above a directory.

        :raises FsError: ACCES: the export's directory is not there any more, so nothing is in it.
        """
        try:
            return await self.find_root()
        except FsError as error:
            if error.code in (FsCode.NOENT, FsCode.NOTDIR):
                raise FsError(FsCode.ACCES) from None
            raise

    async def _check_inside(self, directory: int, root: int) -> None:
        """Climb from a directory towards the volume's root, which must pass the export's.

        :raises FsError: ACCES: the export's root is not above it.
        """
        top = self.volume.root
        inode = directory
        for _ in range(_DEPTH_MAX):
            if inode == root:
                return
            if inode == top:
                break
            inode = (await self.volume.lookup(api.ROOT, inode, b"..")).inode
        raise FsError(FsCode.ACCES)


def make_access(
    volume: api.Volume,
    export_id: int,
    directory: tuple[bytes, ...],
    options: Options,
    codec: HandleCodec,
    groups_of: GroupsOf,
) -> Access:
    """Return a volume seen through an export, in the cheapest form that upholds its rules."""
    # Variables, because a type checker takes a class whose operations are set in __init__ for an
    # abstract one.
    whole: Callable[..., Access] = Access
    part: Callable[..., Access] = SubtreeAccess
    if directory:
        return part(volume, export_id, options, codec, groups_of, directory)
    return whole(volume, export_id, options, codec, groups_of)
