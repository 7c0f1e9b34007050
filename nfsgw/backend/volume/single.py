"""A volume of one replica set with one brick on this machine: every operation is a local call."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nfsgw.backend import api
from nfsgw.backend.api import Credentials, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.bytes.disk import LocalDisk
from nfsgw.backend.brick.bytes.filebytes import FileBytes
from nfsgw.backend.brick.bytes.means import BytesOptions, Means
from nfsgw.backend.brick.identity import DATA, Identity
from nfsgw.backend.brick.keys import inode_number
from nfsgw.backend.brick.opening import OpenBrick, open_brick
from nfsgw.backend.brick.schema import ROOT_COUNTER
from nfsgw.backend.brick.starting import CallLater, Options, Surroundings
from nfsgw.backend.brick.worker import CallFromThread, Worker, WorkerThreads
from nfsgw.backend.volume.records import VolumeRecord
from nfsgw.backend.volume.registry import StartVolume
from nfsgw.clock import Clock
from nfsgw.errors import NfsgwError
from nfsgw.turn import Turn

__all__ = ["Seams", "SingleSetVolume", "open_single", "volume_starter"]

_DATA_THREADS: Final = 4


@dataclass(frozen=True, slots=True)
class Seams:
    """What the backend is given of the machine and the reactor.

    :param call_later: ``reactor.callLater``.
    :param call_from_thread: ``reactor.callFromThread``.
    :param boot_id: of the running machine (``/proc/sys/kernel/random/boot_id``).
    :param ranges: replies can carry a range of a file (sendfile).
    """

    clock: Clock
    turn: Turn
    call_later: CallLater
    call_from_thread: CallFromThread
    random_bytes: Callable[[int], bytes]
    boot_id: str
    ranges: bool = True


class SingleSetVolume:
    """A started volume; implements :class:`nfsgw.backend.api.Volume`.

    Operations are the data path's or the brick's coroutines, handed through: one more coroutine
    around each would cost as much as a look-up.

    :param opened: its brick.
    :param data: the bytes of its files.
    :param threads: closed with the volume.
    """

    def __init__(
        self, record: VolumeRecord, opened: OpenBrick, data: FileBytes, threads: Worker
    ) -> None:
        self.name = record.name
        self.id = record.id
        self.root = inode_number(0, ROOT_COUNTER)
        self.brick = opened.brick
        self.data = data
        self._opened = opened
        self._threads = threads
        self._read = opened.brick.read
        self._change = opened.brick.change

    @property
    def failure(self) -> str | None:
        """Return why the brick has failed, or None while it works."""
        return self.brick.failure

    async def close(self) -> None:
        """Finish what is under way, make everything durable, and close the brick."""
        try:
            await self.data.stop()
        finally:
            try:
                await self._opened.close()
            finally:
                self.data.close()
                self._threads.close()

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
        """Return true numbers of the file system below."""
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


def open_single(record: VolumeRecord, pool_id: str, seams: Seams) -> SingleSetVolume:
    """Open a volume's brick, and take up what its last run left.

    :raises BrickRefused: the brick's directory is not what the volume's record says.
    :raises StoreFailed: its tables cannot be opened.
    :raises NfsgwError: a data file cannot be opened or cut.
    """
    place = record.bricks[0]
    identity = Identity(pool_id, record.id, 0, place.id, (place.id,))
    reserve = record.number("storage.reserve")
    disk = LocalDisk(durable=record.option("storage.durability") == "durable")
    options = Options(
        reserve_bytes=reserve,
        log=LogBounds(record.number("cluster.log-size"), record.number("cluster.log-age")),
    )
    surroundings = Surroundings(
        seams.clock,
        seams.turn,
        seams.call_later,
        lambda: disk.space(str(place.path)).bytes_available,
    )
    opened = open_brick(
        place.path,
        surroundings,
        options,
        seams.random_bytes(16),
        seams.boot_id,
        lambda name: WorkerThreads(name, seams.call_from_thread, seams.turn),
        identity,
    )
    data, threads = _open_bytes(record, opened, disk, place.path, seams, reserve)
    return SingleSetVolume(record, opened, data, threads)


def _open_bytes(
    record: VolumeRecord,
    opened: OpenBrick,
    disk: LocalDisk,
    path: Path,
    seams: Seams,
    reserve: int,
) -> tuple[FileBytes, Worker]:
    threads = WorkerThreads(
        f"data-{record.name}", seams.call_from_thread, seams.turn, _DATA_THREADS
    )
    means = Means(
        opened.brick,
        disk,
        threads.run,
        seams.clock,
        seams.call_later,
        BytesOptions(
            durable=opened.identity.durability == "durable",
            inline_bytes_max=record.number("storage.inline-size"),
            reserve_bytes=reserve,
            ranges=seams.ranges,
            access_times=record.option("storage.atime") == "relatime",
        ),
    )
    data = FileBytes(means, str(path / DATA))
    try:
        with seams.turn:
            data.start()
    except (NfsgwError, OSError) as error:
        threads.close()
        opened.abandon()
        raise NfsgwError(f"{path}: the data files cannot be opened: {error}") from error
    return data, threads


def volume_starter(seams: Seams) -> StartVolume:
    """Return what :class:`nfsgw.backend.volume.registry.Volumes` starts volumes with."""

    async def start(record: VolumeRecord, pool_id: str) -> SingleSetVolume:
        return open_single(record, pool_id, seams)

    return start
