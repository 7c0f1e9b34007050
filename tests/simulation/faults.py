"""What goes wrong: each kind of fault, when it begins and when it ends.

===============  ================================================================================
kill             the daemon is killed, and started again a little later
trap             likewise, but a few milliseconds after the brick's disk has begun something
slow-trap        likewise, while all disks are slow
power            the machine loses its power, and boots again; ``power-trap`` as above
slow             the brick's disk is slow
hang             nothing that waits for the brick's disk goes on
fail-commit      the brick's next transaction fails; ``fail-sync`` likewise an fsync
evict            clean pages leave the brick's page cache
full             somebody else fills the brick's disk: a little room is left, or none
read-only        the brick's disk takes no changes
away             the brick's directory is moved away, and back again
wipe             the brick's directory is emptied, and the brick made anew by an administrator
cut, slow-link   what a primary sends to the brick, or hears from it, does not arrive, or late
coordinator      the coordinator answers late, or not at all, or its answers are lost
clock            somebody sets the clock
stale-kill       as kill, while the brick is away
===============  ================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from nfsgw.backend.volume.running import RunningVolume
from nfsgw.errors import NfsgwError
from nfsgw.waiting import step
from tests.simulation.brick import SimBrick
from tests.simulation.machine import Machine, Unreachable
from tests.simulation.plan import Fault

__all__ = ["Faults"]

_ADMINISTRATOR_S = 0.5
_TRAP_S = 0.006
_DOWN_MAX_S = 2.0
_CLOCK_MAX_S = 60.0
_HARMLESS = ("kill", "trap", "power", "power-trap", "evict", "clock")


class Faults:
    """Lets the faults of a plan come about.

    :ivar renewing: how many bricks were wiped and have not been made anew yet.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._world = machine.scheduler.world
        self._random = machine.plan.random("faults")
        self.renewing = 0
        self._wiped = ""
        self._stopped = False

    def start(self) -> None:
        """Let everything happen when the plan says so."""
        for fault in self._machine.plan.faults:
            self._world.call_later(fault.at_s, partial(self._begin, fault))

    def stop(self) -> None:
        """End all faults: the daemon runs, and every disk, link and clock is well."""
        self._stopped = True
        for brick in self._machine.bricks:
            if brick.medium.capacity is not None:
                self._machine.filled()
            brick.medium.trap = None
            brick.medium.heal()
            brick.cable.heal()
        self._machine.coordinator.heal()
        self._restart()

    def _begin(self, fault: Fault) -> None:
        machine = self._machine
        if self._stopped or (fault.kind not in _HARMLESS and self._counts_on_nothing()):
            return
        machine.scheduler.note(f"fault: {fault}")
        machine.disturbed()
        brick = machine.bricks[fault.brick]
        kinds: dict[str, Callable[[Fault, SimBrick], None]] = {
            "kill": self._kill,
            "power": self._kill,
            "trap": self._trap,
            "power-trap": self._trap,
            "slow-trap": self._slow_trap,
            "stale-kill": self._stale_kill,
            "slow": self._slow,
            "hang": self._hang,
            "fail-commit": self._fail_commit,
            "fail-sync": self._fail_sync,
            "evict": self._evict,
            "full": self._full,
            "read-only": self._read_only,
            "away": self._away,
            "wipe": self._wipe,
            "cut": self._cut,
            "slow-link": self._slow_link,
            "coordinator": self._coordinator,
            "clock": self._clock,
        }
        kinds[fault.kind](fault, brick)

    def _counts_on_nothing(self) -> bool:
        """Say whether a brick still counts as in sync that was wiped.

        If another one failed before that is noticed, what was lost would be lost for good.
        """
        return any(brick.id == self._wiped for brick in self._machine.in_sync())

    def _after(self, fault: Fault, end: Callable[[], None]) -> None:
        self._world.call_later(fault.length_s, partial(self._end, fault, end))

    def _end(self, fault: Fault, end: Callable[[], None]) -> None:
        self._machine.scheduler.note(f"end of fault: {fault.kind} brick {fault.brick}")
        self._machine.disturbed()
        end()

    # The daemon

    def _kill(self, fault: Fault, brick: SimBrick) -> None:
        self._die("power" in fault.kind, fault.chance)

    def _die(self, power: bool, chance: float) -> None:
        if self._stopped or self._machine.process is None:
            return
        self._machine.kill(power)
        self._world.call_later(_DOWN_MAX_S * chance * chance, self._restart)

    def _restart(self) -> None:
        if self._machine.process is None:
            self._machine.start()

    def _trap(self, fault: Fault, brick: SimBrick) -> None:
        def sprung() -> None:
            delay_s = _TRAP_S * self._random.random() * brick.medium.slow
            self._world.call_later(delay_s, partial(self._die, "power" in fault.kind, 0.5))

        brick.medium.trap = sprung

    def _slow_trap(self, fault: Fault, brick: SimBrick) -> None:
        for each in self._machine.bricks:
            self._slow(fault, each)
        self._trap(fault, brick)

    def _stale_kill(self, fault: Fault, brick: SimBrick) -> None:
        self._away(fault, brick)
        self._die(False, fault.chance)

    # Disks

    def _slow(self, fault: Fault, brick: SimBrick) -> None:
        medium = brick.medium
        medium.slow = 5.0 + 50.0 * fault.chance

        def end() -> None:
            medium.slow = 1.0

        self._after(fault, end)

    def _hang(self, fault: Fault, brick: SimBrick) -> None:
        brick.medium.hung = True
        self._after(fault, brick.medium.release)

    def _fail_commit(self, fault: Fault, brick: SimBrick) -> None:
        brick.medium.fail_commit = True

    def _fail_sync(self, fault: Fault, brick: SimBrick) -> None:
        brick.medium.fail_sync = True

    def _evict(self, fault: Fault, brick: SimBrick) -> None:
        brick.disk.evict()

    def _full(self, fault: Fault, brick: SimBrick) -> None:
        medium = brick.medium
        left = 0 if fault.chance < 0.3 else int(400_000 * fault.chance)
        medium.capacity = medium.used + left

        def end() -> None:
            self._machine.filled()
            medium.capacity = None

        self._after(fault, end)

    def _read_only(self, fault: Fault, brick: SimBrick) -> None:
        medium = brick.medium
        medium.read_only = True

        def end() -> None:
            medium.read_only = False

        self._after(fault, end)

    def _away(self, fault: Fault, brick: SimBrick) -> None:
        medium = brick.medium
        medium.gone = True

        def end() -> None:
            medium.gone = False

        self._after(fault, end)

    def _wipe(self, fault: Fault, brick: SimBrick) -> None:
        """Empty a brick's directory, unless it holds the only copy of anything."""
        others = [
            each
            for each in self._machine.serving()
            if each is not brick and not each.medium.faulty and not each.cable.cut
        ]
        if not others or self.renewing or brick.medium.gone:
            return
        brick.wipe()
        self._wiped = brick.id
        self.renewing += 1

        def end() -> None:
            wait = step(self._renew(brick))
            wait.add_callback(wait.result)

        self._after(fault, end)

    async def _renew(self, brick: SimBrick) -> None:
        """Make a wiped brick anew, as an administrator does: remove it, format it, add it."""
        machine = self._machine
        old = brick.id

        async def remove(volume: RunningVolume) -> None:
            if _has(volume, old):
                await volume.remove_brick(old)

        await self._tell(remove)
        while brick.medium.faulty:
            await self._world.sleep(_ADMINISTRATOR_S)
        brick.format(machine.scheduler.wall_ns(), epoch=0)
        place = brick.place

        async def add(volume: RunningVolume) -> None:
            # The answer to the first command may have been lost.
            if not _has(volume, place.id):
                await volume.add_brick(place)

        await self._tell(add)
        self.renewing -= 1

    async def _tell(self, call: Callable[[RunningVolume], Coroutine[Any, Any, None]]) -> None:
        """Give an administrator's command until it has been obeyed."""
        while True:
            try:
                await self._machine.submit(call)
            except Unreachable:
                pass
            except NfsgwError as error:
                self._machine.scheduler.note(f"administrator: {error}")
            else:
                return
            await self._world.sleep(_ADMINISTRATOR_S)

    # What lies between

    def _cut(self, fault: Fault, brick: SimBrick) -> None:
        brick.cable.cut = True
        brick.cable.breaks = fault.chance < 0.3
        self._after(fault, brick.cable.heal)

    def _slow_link(self, fault: Fault, brick: SimBrick) -> None:
        brick.cable.slow = 10 + 500 * fault.chance
        self._after(fault, brick.cable.heal)

    def _coordinator(self, fault: Fault, brick: SimBrick) -> None:
        coordinator = self._machine.coordinator
        if fault.chance < 0.3:
            coordinator.away = True
        elif fault.chance < 0.7:
            coordinator.lost = fault.chance
        else:
            coordinator.slow = 1000 * fault.chance
        self._after(fault, coordinator.heal)

    def _clock(self, fault: Fault, brick: SimBrick) -> None:
        self._machine.scheduler.step_wall((fault.chance - 0.5) * 2 * _CLOCK_MAX_S)


def _has(volume: RunningVolume, brick: str) -> bool:
    """Say whether a brick belongs to the volume's set."""
    return any(each.brick == brick for each in volume.health().bricks)
