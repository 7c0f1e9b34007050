"""The production volume in a simulated daemon: its replica set on simulated bricks and links."""

from __future__ import annotations

from collections.abc import Sequence

from nfsgw.backend.brick.bytes.means import BytesOptions
from nfsgw.backend.brick.identity import BrickRefused
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.starting import Options
from nfsgw.backend.replica.checkup import Checkup
from nfsgw.backend.replica.membership import Membership
from nfsgw.backend.replica.options import SetOptions, SetSurroundings
from nfsgw.backend.replica.quorum import QuorumKind
from nfsgw.backend.replica.replica_set import ReplicaSet
from nfsgw.backend.volume.records import State, VolumeRecord
from nfsgw.backend.volume.set_volume import SetVolume
from nfsgw.errors import NfsgwError
from tests.simulation.brick import VOLUME
from tests.simulation.machine import Process
from tests.simulation.plan import Plan

__all__ = ["RESERVE", "open_volume"]

RESERVE = 128 << 10
_RETRY_S = 0.5


async def open_volume(process: Process) -> SetVolume:
    """Start the volume, as :func:`nfsgw.backend.volume.opening.start_volume` does."""
    while True:
        volume = await _try(process)
        if volume is not None:
            return volume
        await process.life.sleep(_RETRY_S)


async def _try(process: Process) -> SetVolume | None:
    bricks = {brick.id: brick for brick in process.bricks}
    places = tuple(brick.place for brick in process.bricks)
    volume = SetVolume(VolumeRecord("simulated", VOLUME, State.STARTED, {0: places}))
    life = process.life
    membership = Membership(process.coordinator, VOLUME, 0, life.call_later)

    async def open_brick(brick_id: str) -> LocalBrick:
        # Asked of the machine, not of the table above: a brick may have been made anew since.
        for brick in process.bricks:
            if brick.id == brick_id:
                return await process.open_brick(brick)
        raise BrickRefused(f"there is no brick {brick_id}")

    def left(members: Sequence[str]) -> None:
        volume.left(members)

    try:
        await membership.load(list(bricks))
    except NfsgwError:
        return None
    surroundings = SetSurroundings(
        process.clock, process.turn, life.call_later, open_brick, process.reach
    )
    replica_set = ReplicaSet(
        membership, surroundings, _set_options(process.plan), volume.serve, left
    )
    volume.attach(replica_set, Checkup(replica_set, surroundings, process.plan.ping_s))
    await replica_set.start()
    if replica_set.primary is None and len(bricks) == 1:
        await replica_set.stop()
        return None
    return volume


def _set_options(plan: Plan) -> SetOptions:
    return SetOptions(
        brick=Options(reserve_bytes=RESERVE, linger_s=plan.linger_s),
        bytes=BytesOptions(
            durable=plan.durable,
            inline_bytes_max=plan.inline_max,
            extent_idle_s=plan.idle_s,
            reserve_bytes=RESERVE,
            ranges=False,
            access_times=plan.access_times,
        ),
        lease_s=plan.ping_s,
        quorum=(QuorumKind(plan.quorum), plan.quorum_count),
    )
