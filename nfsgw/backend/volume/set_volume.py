"""A volume of one replica set on this machine: every operation is a local call of its primary."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

from nfsgw.backend import api
from nfsgw.backend.api import AclEntry, Credentials, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.bytes.filebytes import FileBytes
from nfsgw.backend.brick.keys import inode_number
from nfsgw.backend.brick.schema import ROOT_COUNTER
from nfsgw.backend.locks.volume_locks import VolumeLocks
from nfsgw.backend.replica.checkup import Checkup
from nfsgw.backend.replica.health import SetHealth, Verification
from nfsgw.backend.replica.primary import Primary
from nfsgw.backend.replica.replica_set import ReplicaSet
from nfsgw.backend.volume.records import BrickPlace, VolumeRecord
from nfsgw.errors import FsCode, FsError

__all__ = ["SetVolume"]


_Operation = Callable[..., Coroutine[Any, Any, Any]]


class _Nobody:
    """Stands in the place of a primary while there is none: everything is to be asked later.

    A change under a request id may have been made already: it may be one that a client repeats.
    """

    async def _later(self, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - any operation's
        raise FsError(FsCode.TRY_LATER)

    read = commit = _later

    async def change(
        self,
        *args: Any,  # noqa: ANN401 - any operation's
        request: bytes | None = None,
        frees: bool = False,
    ) -> Any:  # noqa: ANN401 - any operation's
        raise FsError(FsCode.TRY_LATER if request is None else FsCode.UNDECIDED)

    async def write(
        self,
        credentials: Credentials,
        inode: int,
        offset: int,
        data: bytes | memoryview,
        stability: api.Stability,
        request: bytes | None,
    ) -> api.Written:
        raise FsError(FsCode.TRY_LATER if request is None else FsCode.UNDECIDED)

    def room(self) -> Any:  # noqa: ANN401
        raise FsError(FsCode.TRY_LATER)


class _BelowQuorum:
    """Stands before the changing half of a primary while too few bricks are in sync.

    Nothing begins; but a call that was made before gets its first answer.
    """

    def __init__(self, primary: Primary) -> None:
        self._brick = primary.brick
        self._data = primary.data
        self.read = primary.data.read
        self.commit = primary.data.commit
        self.room = primary.data.room

    async def change(
        self,
        function: Callable[..., Any],
        *args: Any,  # noqa: ANN401 - the operation's own
        request: bytes | None = None,
        frees: bool = False,
    ) -> Any:  # noqa: ANN401 - the operation's own
        if request is None or not self._brick.is_known(request):
            raise FsError(FsCode.TRY_LATER)
        return await self._data.change(function, *args, request=request, frees=frees)

    async def write(
        self,
        credentials: Credentials,
        inode: int,
        offset: int,
        data: bytes | memoryview,
        stability: api.Stability,
        request: bytes | None,
    ) -> api.Written:
        if request is None or not self._brick.is_known(request):
            raise FsError(FsCode.TRY_LATER)
        return await self._data.write(credentials, inode, offset, data, stability, request)


class SetVolume:
    """A started volume; implements :class:`nfsgw.backend.api.Volume`.

    Operations are the primary's coroutines, handed through: one more coroutine around each would
    cost as much as a look-up.  When the primary changes, what they are handed to changes.

    :param record: the volume's.
    """

    def __init__(self, record: VolumeRecord) -> None:
        self.name = record.name
        self.id = record.id
        self.root = inode_number(0, ROOT_COUNTER)
        self.places = {place.id: place for place in record.bricks}
        self.locks = VolumeLocks()
        self._set: ReplicaSet | None = None
        self._checkup: Checkup
        self.serve(None)

    def attach(self, replica_set: ReplicaSet, checkup: Checkup) -> None:
        """Take note of the set, which will call :meth:`serve`, and of who verifies it."""
        self._set = replica_set
        self._checkup = checkup

    @property
    def set(self) -> ReplicaSet:
        """Return the replica set."""
        assert self._set is not None, "asked before there was a set"
        return self._set

    def serve(self, primary: Primary | None) -> None:
        """Hand operations to this primary from now on, or tell all callers to try later."""
        if primary is None:
            nobody = _Nobody()
            self._read: _Operation = nobody.read
            self._change: _Operation = nobody.change
            self.data: FileBytes | _BelowQuorum | _Nobody = nobody
            self.locks.serve(None, self._change, self._read)
            return
        self._read = primary.brick.read
        if self._set is None or self._set.writable:
            self._change = primary.brick.change
            self.data = primary.data
        else:
            self.data = _BelowQuorum(primary)
            self._change = self.data.change
        self.locks.serve(primary.brick, self._change, self._read)

    @property
    def failure(self) -> str | None:
        """Return why the volume serves nothing, or None while it does."""
        return self.set.reason

    async def close(self) -> None:
        """Finish what is under way, make everything durable, and close the bricks."""
        self._checkup.cancel("the volume is stopped")
        await self.set.stop()

    # Administration

    def health(self) -> SetHealth:
        """Return how its set is."""
        return self.set.health()

    async def add_brick(self, place: BrickPlace) -> None:
        """Take one more brick; see :class:`.running.RunningVolume`."""
        self.places[place.id] = place
        await self.set.add(place.id)

    async def replace_brick(self, old_id: str, place: BrickPlace) -> None:
        """Take a brick in the place of another."""
        self.places[place.id] = place
        await self.set.replace(old_id, place.id)

    async def remove_brick(self, brick_id: str) -> None:
        """Let a brick go."""
        await self.set.remove(brick_id)

    async def heal_full(self, brick_id: str) -> None:
        """Copy everything to a brick anew."""
        self.set.heal_full(brick_id)

    def verify(self) -> None:
        """Begin to compare the bricks in sync."""
        self._checkup.begin()

    def verification(self) -> Verification | None:
        """Return the comparison that is going on, or the last one."""
        return self._checkup.verification

    def paths(
        self, inodes: Iterable[int], entries_max: int
    ) -> Coroutine[Any, Any, dict[int, bytes]]:
        """Return the paths of inodes, as far as they are found."""
        return self._read(operations.paths, self.root, inodes, entries_max)

    def left(self, members: Sequence[str]) -> tuple[BrickPlace, ...]:
        """Return the places of the bricks that are left in the set."""
        return tuple(self.places[brick] for brick in members)

    # Operations

    def getattr(self, inode: int) -> Coroutine[Any, Any, bytes]:
        """Return the attributes."""
        return self._read(operations.getattr, inode)

    def setattr(
        self,
        credentials: Credentials,
        inode: int,
        new: NewAttributes,
        guard: bytes | None,
        request: bytes | None,
    ) -> Coroutine[Any, Any, api.Updated]:
        """Change attributes, the size included."""
        return self.data.change(
            operations.setattr, credentials, inode, new, guard, request=request, frees=True
        )

    def lookup(
        self, credentials: Credentials, directory: int, name: bytes
    ) -> Coroutine[Any, Any, api.Found]:
        """Find a name."""
        return self._read(operations.lookup, credentials, directory, name)

    def access(
        self, credentials: Credentials, inode: int, asked: int
    ) -> Coroutine[Any, Any, api.Accessible]:
        """Say which of the asked bits the caller has."""
        return self._read(operations.access, credentials, inode, asked)

    def getacl(self, inode: int) -> Coroutine[Any, Any, api.Acls]:
        """Return the ACLs."""
        return self._read(operations.getacl, inode)

    def setacl(
        self,
        credentials: Credentials,
        inode: int,
        access: Sequence[AclEntry] | None,
        default: Sequence[AclEntry] | None,
        request: bytes | None,
    ) -> Coroutine[Any, Any, api.Updated]:
        """Set the access ACL, the default ACL, or both."""
        return self._change(
            operations.setacl, credentials, inode, access, default, request=request
        )

    def readlink(self, credentials: Credentials, inode: int) -> Coroutine[Any, Any, api.Target]:
        """Return a symbolic link's target."""
        return self._read(operations.readlink, credentials, inode)

    async def read(
        self, credentials: Credentials, inode: int, offset: int, count: int
    ) -> api.Data:
        """Read up to ``count`` bytes."""
        return await self.data.read(credentials, inode, offset, count)

    def write(
        self,
        credentials: Credentials,
        inode: int,
        offset: int,
        data: bytes | memoryview,
        stability: api.Stability,
        request: bytes | None,
    ) -> Coroutine[Any, Any, api.Written]:
        """Write all of ``data``."""
        return self.data.write(credentials, inode, offset, data, stability, request)

    def commit(self, inode: int, offset: int, count: int) -> Coroutine[Any, Any, api.Committed]:
        """Make all earlier UNSTABLE writes of the range durable."""
        return self.data.commit(inode, offset, count)

    def create(
        self,
        credentials: Credentials,
        directory: int,
        name: bytes,
        mode: api.CreateMode,
        new: NewAttributes,
        verifier: bytes | None,
        request: bytes | None,
    ) -> Coroutine[Any, Any, api.Made]:
        """Create a regular file, or open one that is there (and perhaps cut it to size 0)."""
        return self.data.change(
            operations.create, credentials, directory, name, mode, new, verifier, request=request
        )

    def mkdir(
        self,
        credentials: Credentials,
        directory: int,
        name: bytes,
        new: NewAttributes,
        request: bytes | None,
    ) -> Coroutine[Any, Any, api.Made]:
        """Create a directory."""
        return self._change(operations.mkdir, credentials, directory, name, new, request=request)

    def symlink(
        self,
        credentials: Credentials,
        directory: int,
        name: bytes,
        target: bytes,
        new: NewAttributes,
        request: bytes | None,
    ) -> Coroutine[Any, Any, api.Made]:
        """Create a symbolic link."""
        return self._change(
            operations.symlink, credentials, directory, name, target, new, request=request
        )

    def mknod(
        self,
        credentials: Credentials,
        directory: int,
        name: bytes,
        kind: api.FileType,
        device: tuple[int, int],
        new: NewAttributes,
        request: bytes | None,
    ) -> Coroutine[Any, Any, api.Made]:
        """Create a device, socket or FIFO."""
        return self._change(
            operations.mknod, credentials, directory, name, kind, device, new, request=request
        )

    def remove(
        self, credentials: Credentials, directory: int, name: bytes, request: bytes | None
    ) -> Coroutine[Any, Any, api.DirectoryChanged]:
        """Remove a name that is not a directory."""
        return self.data.change(
            operations.remove, credentials, directory, name, request=request, frees=True
        )

    def rmdir(
        self, credentials: Credentials, directory: int, name: bytes, request: bytes | None
    ) -> Coroutine[Any, Any, api.DirectoryChanged]:
        """Remove an empty directory."""
        return self._change(
            operations.rmdir, credentials, directory, name, request=request, frees=True
        )

    def rename(
        self,
        credentials: Credentials,
        source: int,
        source_name: bytes,
        target: int,
        target_name: bytes,
        request: bytes | None,
    ) -> Coroutine[Any, Any, api.Renamed]:
        """Rename, replacing an existing target of the same kind."""
        return self.data.change(
            operations.rename,
            credentials,
            source,
            source_name,
            target,
            target_name,
            request=request,
            frees=True,
        )

    def link(
        self,
        credentials: Credentials,
        inode: int,
        directory: int,
        name: bytes,
        request: bytes | None,
    ) -> Coroutine[Any, Any, api.Linked]:
        """Give a file one more name."""
        return self._change(operations.link, credentials, inode, directory, name, request=request)

    def readdir(
        self,
        credentials: Credentials,
        directory: int,
        cookie: int,
        attributes: bool,
        bytes_max: int,
        entry_bytes: int,
    ) -> Coroutine[Any, Any, api.Listing]:
        """List entries after ``cookie``."""
        return self._read(
            operations.readdir,
            credentials,
            directory,
            cookie,
            attributes,
            bytes_max,
            entry_bytes,
        )

    async def fsstat(self, inode: int) -> api.Space:
        """Return true numbers: those of the brick that has the least room."""
        attributes = await self._read(operations.getattr, inode)
        room = self.data.room()
        return api.Space(
            attributes,
            room.bytes_total,
            room.bytes_free,
            room.bytes_available,
            room.files_total,
            room.files_free,
            room.files_available,
        )
