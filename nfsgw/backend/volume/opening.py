"""Start a volume: its replica set, its bricks on this machine, and who serves its clients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.bytes.means import BytesOptions
from nfsgw.backend.brick.identity import BrickRefused, Identity, set_durability
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.opening import open_brick
from nfsgw.backend.brick.starting import CallLater, Options
from nfsgw.backend.brick.worker import CallFromThread, Worker, WorkerThreads
from nfsgw.backend.coordinator.api import Coordinator
from nfsgw.backend.replica.checkup import Checkup
from nfsgw.backend.replica.membership import Membership
from nfsgw.backend.replica.options import SetOptions, SetSurroundings
from nfsgw.backend.replica.quorum import QuorumKind
from nfsgw.backend.replica.replica_set import ReplicaSet
from nfsgw.backend.replica.seat import Reach
from nfsgw.backend.volume.records import VolumeRecord
from nfsgw.backend.volume.running import BricksChanged, StartVolume
from nfsgw.backend.volume.set_volume import SetVolume
from nfsgw.clock import Clock
from nfsgw.errors import NfsgwError
from nfsgw.turn import Turn

__all__ = ["Seams", "start_volume", "volume_starter"]

_LINGER_S: Final = 1.0
"""How long records that nobody waits for may wait for company before a commit with fsync."""


@dataclass(frozen=True, slots=True)
class Seams:
    """What the backend is given of the machine and the reactor.

    :param call_later: ``reactor.callLater``.
    :param call_from_thread: ``reactor.callFromThread``; None: nothing runs in threads (tests).
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


async def start_volume(
    record: VolumeRecord,
    pool_id: str,
    coordinator: Coordinator,
    bricks_changed: BricksChanged,
    seams: Seams,
    make_worker: Callable[[str, int], Worker] | None = None,
) -> SetVolume:
    """Open a volume's bricks, and return it as soon as one of them serves.

    Of several bricks those that cannot be opened now are opened later.

    :param make_worker: for tests: who does what blocks; None: threads.
    :raises NfsgwError: its only brick cannot be opened.
    """
    volume = SetVolume(record)
    membership = Membership(coordinator, record.id, 0, seams.call_later)
    await membership.load([place.id for place in record.bricks])
    opener = _Opener(record, pool_id, seams, volume, make_worker)
    reach: Reach = lambda secondary: secondary  # noqa: E731 - all bricks are in this process
    options = set_options(record, seams.ranges)
    surroundings = SetSurroundings(seams.clock, seams.turn, seams.call_later, opener.open, reach)
    replica_set = ReplicaSet(
        membership,
        surroundings,
        options,
        volume.serve,
        partial(_left, volume, bricks_changed),
    )
    volume.attach(replica_set, Checkup(replica_set, surroundings, options.lease_s))
    await replica_set.start()
    if replica_set.primary is None and len(record.bricks) == 1:
        reason = replica_set.only_reason
        await replica_set.stop()
        raise NfsgwError(reason)
    return volume


def _left(volume: SetVolume, bricks_changed: BricksChanged, members: Sequence[str]) -> None:
    volume.set.tasks.start(_tell(volume, bricks_changed, members))


async def _tell(volume: SetVolume, bricks_changed: BricksChanged, members: Sequence[str]) -> None:
    await bricks_changed(volume.left(members))


def set_options(record: VolumeRecord, ranges: bool) -> SetOptions:
    """Return what the options of a volume say about its sets."""
    durable = record.option("storage.durability") == "durable"
    reserve = record.number("storage.reserve")
    return SetOptions(
        brick=Options(
            reserve_bytes=reserve,
            linger_s=_LINGER_S if durable else 0.0,
        ),
        bytes=BytesOptions(
            durable=durable,
            inline_bytes_max=record.number("storage.inline-size"),
            reserve_bytes=reserve,
            ranges=ranges,
            access_times=record.option("storage.atime") == "relatime",
        ),
        lease_s=float(record.number("network.ping-timeout")),
        quorum=(
            QuorumKind(record.option("cluster.quorum-type")),
            record.number("cluster.quorum-count"),
        ),
    )


class _Opener:
    """Opens the bricks of one volume, in threads that a broken disk may keep."""

    def __init__(
        self,
        record: VolumeRecord,
        pool_id: str,
        seams: Seams,
        volume: SetVolume,
        make_worker: Callable[[str, int], Worker] | None,
    ) -> None:
        self._record = record
        self._pool_id = pool_id
        self._seams = seams
        self._volume = volume
        self._make_worker = make_worker or self._threads
        self._log = LogBounds(record.number("cluster.log-size"), record.number("cluster.log-age"))

    def _threads(self, name: str, count: int) -> Worker:
        return WorkerThreads(name, self._seams.call_from_thread, self._seams.turn, count)

    async def open(self, brick: str) -> LocalBrick:
        """Open a brick.

        :raises NfsgwError: it cannot be opened now.
        """
        # A thread of its own each time: it is stuck if the disk is.
        worker = self._make_worker(f"opening-{brick[:8]}", 1)
        try:
            opened: LocalBrick = await worker.run(self._open, brick, self._seams.random_bytes(16))
        except OSError as error:
            raise BrickRefused(f"{self._volume.places[brick].path}: {error.strerror}") from error
        finally:
            worker.close()
        return opened

    def _open(self, brick: str, start_id: bytes) -> LocalBrick:
        place = self._volume.places[brick]
        record = self._record
        durability = str(record.option("storage.durability"))
        set_durability(place.path, durability)
        return open_brick(
            place.path,
            self._log,
            start_id,
            self._seams.boot_id,
            self._make_worker,
            Identity(self._pool_id, record.id, 0, brick, (brick,), durability),
        )


def volume_starter(
    coordinator: Coordinator,
    seams: Seams,
    make_worker: Callable[[str, int], Worker] | None = None,
) -> StartVolume:
    """Return what :class:`nfsgw.backend.volume.registry.Volumes` starts volumes with."""

    async def start(
        record: VolumeRecord, pool_id: str, bricks_changed: BricksChanged
    ) -> SetVolume:
        return await start_volume(record, pool_id, coordinator, bricks_changed, seams, make_worker)

    return start
