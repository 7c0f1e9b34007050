"""A volume of one brick without a replica set: the simulator's first inhabitant.

Opens the brick's stack as a started volume does, in the one place that knows its constructors.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from nfsgw.backend import api
from nfsgw.backend.api import Credentials, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.brick import Brick
from nfsgw.backend.brick.bytes.filebytes import FileBytes
from nfsgw.backend.brick.bytes.means import BytesOptions, Means
from nfsgw.backend.brick.identity import BrickRefused
from nfsgw.backend.brick.keys import inode_number
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.schema import ROOT_COUNTER
from nfsgw.backend.brick.starting import Options, Surroundings, begin_epoch
from nfsgw.backend.brick.store import StoreFailed
from nfsgw.backend.replica.health import BrickHealth, BrickState, SetHealth, Verification
from nfsgw.backend.volume.records import BrickPlace
from nfsgw.errors import FsError, NfsgwError
from tests.simulation.brick import VOLUME
from tests.simulation.machine import Process

__all__ = ["RESERVE", "SingleVolume", "open_single"]

RESERVE = 256 << 10
_RETRY_S = 0.5


class SingleVolume:
    """Implements :class:`nfsgw.backend.volume.running.RunningVolume` as far as clients need it."""

    name = "single"
    id = VOLUME
    root = inode_number(0, ROOT_COUNTER)

    def __init__(self, local: LocalBrick, brick: Brick, data: FileBytes) -> None:
        self._local = local
        self._brick = brick
        self._data = data

    @property
    def failure(self) -> str | None:
        """Return why the brick has failed."""
        return self._brick.failure

    async def close(self) -> None:
        """Finish what is under way, and close the brick."""
        await self._data.stop()
        failed = self._brick.failure is not None
        await self._brick.close()
        self._data.close()
        await self._local.close(not failed)

    def health(self) -> SetHealth:
        """Return that the one brick is all there is."""
        brick = BrickHealth(self._local.id, BrickState.PRIMARY, self._brick.sequence)
        return SetHealth(0, self._brick.epoch, 1, 1, (brick,), self.failure)

    async def add_brick(self, place: BrickPlace) -> None:
        """Refuse."""
        raise NfsgwError("one brick only")

    async def replace_brick(self, old_id: str, place: BrickPlace) -> None:
        """Refuse."""
        raise NfsgwError("one brick only")

    async def remove_brick(self, brick_id: str) -> None:
        """Refuse."""
        raise NfsgwError("one brick only")

    async def heal_full(self, brick_id: str) -> None:
        """Refuse."""
        raise NfsgwError("one brick only")

    def verify(self) -> None:
        """Do nothing."""

    def verification(self) -> Verification | None:
        """Return None."""
        return None

    async def getattr(self, inode: int) -> bytes:
        """Return the attributes."""
        return await self._brick.read(operations.getattr, inode)

    async def setattr(
        self,
        credentials: Credentials,
        inode: int,
        new: NewAttributes,
        guard: bytes | None,
        request: bytes | None,
    ) -> api.Updated:
        """Change attributes."""
        return await self._data.change(
            operations.setattr, credentials, inode, new, guard, request=request, frees=True
        )

    async def lookup(self, credentials: Credentials, directory: int, name: bytes) -> api.Found:
        """Find a name."""
        return await self._brick.read(operations.lookup, credentials, directory, name)

    async def access(self, credentials: Credentials, inode: int, asked: int) -> api.Accessible:
        """Say which bits the caller has."""
        return await self._brick.read(operations.access, credentials, inode, asked)

    async def readlink(self, credentials: Credentials, inode: int) -> api.Target:
        """Return a target."""
        return await self._brick.read(operations.readlink, credentials, inode)

    async def read(
        self, credentials: Credentials, inode: int, offset: int, count: int
    ) -> api.Data:
        """Read."""
        return await self._data.read(credentials, inode, offset, count)

    async def write(
        self,
        credentials: Credentials,
        inode: int,
        offset: int,
        data: bytes | memoryview,
        stability: api.Stability,
        request: bytes | None,
    ) -> api.Written:
        """Write."""
        return await self._data.write(credentials, inode, offset, data, stability, request)

    async def commit(self, inode: int, offset: int, count: int) -> api.Committed:
        """Make writes durable."""
        return await self._data.commit(inode, offset, count)

    async def create(
        self,
        credentials: Credentials,
        directory: int,
        name: bytes,
        mode: api.CreateMode,
        new: NewAttributes,
        verifier: bytes | None,
        request: bytes | None,
    ) -> api.Made:
        """Create a file."""
        return await self._data.change(
            operations.create, credentials, directory, name, mode, new, verifier, request=request
        )

    async def mkdir(
        self,
        credentials: Credentials,
        directory: int,
        name: bytes,
        new: NewAttributes,
        request: bytes | None,
    ) -> api.Made:
        """Make a directory."""
        return await self._brick.change(
            operations.mkdir, credentials, directory, name, new, request=request
        )

    async def symlink(
        self,
        credentials: Credentials,
        directory: int,
        name: bytes,
        target: bytes,
        new: NewAttributes,
        request: bytes | None,
    ) -> api.Made:
        """Make a symbolic link."""
        return await self._brick.change(
            operations.symlink, credentials, directory, name, target, new, request=request
        )

    async def mknod(
        self,
        credentials: Credentials,
        directory: int,
        name: bytes,
        kind: api.FileType,
        device: tuple[int, int],
        new: NewAttributes,
        request: bytes | None,
    ) -> api.Made:
        """Make a device."""
        return await self._brick.change(
            operations.mknod, credentials, directory, name, kind, device, new, request=request
        )

    async def remove(
        self, credentials: Credentials, directory: int, name: bytes, request: bytes | None
    ) -> api.DirectoryChanged:
        """Remove a name."""
        return await self._data.change(
            operations.remove, credentials, directory, name, request=request, frees=True
        )

    async def rmdir(
        self, credentials: Credentials, directory: int, name: bytes, request: bytes | None
    ) -> api.DirectoryChanged:
        """Remove a directory."""
        return await self._brick.change(
            operations.rmdir, credentials, directory, name, request=request, frees=True
        )

    async def rename(
        self,
        credentials: Credentials,
        source: int,
        source_name: bytes,
        target: int,
        target_name: bytes,
        request: bytes | None,
    ) -> api.Renamed:
        """Rename."""
        return await self._data.change(
            operations.rename,
            credentials,
            source,
            source_name,
            target,
            target_name,
            request=request,
            frees=True,
        )

    async def link(
        self,
        credentials: Credentials,
        inode: int,
        directory: int,
        name: bytes,
        request: bytes | None,
    ) -> api.Linked:
        """Give a file one more name."""
        return await self._brick.change(
            operations.link, credentials, inode, directory, name, request=request
        )

    async def readdir(
        self,
        credentials: Credentials,
        directory: int,
        cookie: int,
        attributes: bool,
        bytes_max: int,
        entry_bytes: int,
    ) -> api.Listing:
        """List entries."""
        return await self._brick.read(
            operations.readdir,
            credentials,
            directory,
            cookie,
            attributes,
            bytes_max,
            entry_bytes,
        )

    async def fsstat(self, inode: int) -> api.Space:
        """Return the room."""
        attributes = await self._brick.read(operations.getattr, inode)
        return api.Space(attributes, *self._data.room())


async def open_single(process: Process) -> SingleVolume:
    """Open the only brick of a machine, as often as it takes."""
    while True:
        try:
            local = await process.open_brick(process.bricks[0])
        except (BrickRefused, StoreFailed):
            await process.life.sleep(_RETRY_S)
            continue
        try:
            return await _start(process, local)
        except (StoreFailed, FsError, OSError):
            await local.close(False)
            await process.life.sleep(_RETRY_S)


async def _start(process: Process, local: LocalBrick) -> SingleVolume:
    plan = process.plan

    def free_bytes() -> int:
        return local.disk.space(local.root).bytes_available

    surroundings = Surroundings(
        process.clock, process.turn, process.life.call_later, free_bytes
    )
    begin = begin_epoch(local.volume, local.replica_set, local.start_id)
    start = await local.threads.run(local.store.transact, begin)
    options = Options(RESERVE, linger_s=plan.linger_s, log=local.log)
    brick = Brick(local.path, local.store, start, surroundings, options)
    means = Means(
        brick,
        local.disk,
        local.threads.run,
        process.clock,
        process.life.call_later,
        BytesOptions(
            durable=local.durable,
            inline_bytes_max=plan.inline_max,
            extent_idle_s=plan.idle_s,
            reserve_bytes=RESERVE,
            ranges=False,
            access_times=plan.access_times,
        ),
    )
    data = FileBytes(means, local.root)
    data.start()
    return SingleVolume(local, brick, data)
