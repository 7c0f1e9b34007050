"""The simulated machine: disks with bricks, a coordinator, and the daemon that lives and dies.

A volume is plugged in at one place, :data:`OpenVolume`: it is called for each life of the daemon
with all that this life may use.  What it returns serves the clients until the life ends.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, TypeVar

from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.replica.health import BrickState
from nfsgw.backend.replica.member import Member
from nfsgw.backend.replica.membership import SetRecord, set_name
from nfsgw.backend.volume.running import RunningVolume
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step
from tests.simulation.brick import VOLUME, SimBrick
from tests.simulation.coordinator import OpenCoordinator, SimCoordinator
from tests.simulation.link import Link
from tests.simulation.plan import Plan
from tests.simulation.scheduler import Life, Scheduler

__all__ = ["Machine", "OpenVolume", "Process", "Unreachable"]

T = TypeVar("T")

_NETWORK_S = 0.0005
_RESTARTED_S = 1.0
_DISTURBED_S = 15.0
_ROOM_S = 5.0


class Unreachable(Exception):
    """The daemon has died, or does not serve yet: nobody knows what became of the call."""


@dataclass(frozen=True, slots=True)
class Process:
    """One life of the daemon, and all that it may use.

    :param clock: of the machine; ``life`` has the timers.
    :param bricks: open one with :meth:`open_brick`.
    :param random: for ids of its own.
    """

    plan: Plan
    life: Life
    turn: Turn
    clock: Scheduler
    coordinator: OpenCoordinator
    bricks: list[SimBrick]
    boot_id: str
    random: Random

    async def open_brick(self, brick: SimBrick) -> LocalBrick:
        """Open a brick.

        :raises BrickRefused: it is not there, or in use.
        :raises StoreFailed: its tables cannot be opened.
        """
        start_id = self.random.randbytes(16)
        return await brick.open(self.life, self.turn, start_id, self.boot_id, self.plan.log)

    def reach(self, member: Member) -> Member:
        """Return a brick's secondary as its primary sees it: at the end of a link."""
        brick = next(brick for brick in self.bricks if brick.id == member.brick)
        return Link(member, brick.cable, self.life, self.turn)


OpenVolume = Callable[[Process], Awaitable[RunningVolume]]
"""Opens the volume for one life of the daemon; returns when it is worth asking."""


class Machine:
    """The machine.

    :param open_volume: makes the daemon's volume, once for each life.
    :ivar process: the daemon that lives now; None: it does not run.
    :ivar volume: what it serves; None: nothing yet.
    :ivar crashed: called when the daemon has just been killed.
    :ivar opened: called with each life of the daemon and its volume, once that is open.
    :ivar disturbed_until_s: until when bricks may fail for what has happened; None: never yet.
    """

    def __init__(self, scheduler: Scheduler, plan: Plan, open_volume: OpenVolume) -> None:
        self.scheduler = scheduler
        self.plan = plan
        self.random = plan.random("machine")
        self.bricks = [
            SimBrick(number, plan.durable, plan.random(f"brick {number}"))
            for number in range(plan.bricks)
        ]
        for brick in self.bricks:
            brick.format(scheduler.wall_ns())
        self.coordinator = SimCoordinator(plan.random("coordinator"))
        self.process: Process | None = None
        self.volume: RunningVolume | None = None
        self.disturbed_until_s: float | None = None
        self.starts = 0
        self._full_s: float | None = None
        self.crashed: Callable[[], None] = _nothing
        self.opened: Callable[[Process, RunningVolume], None] = _nothing
        self._open_volume = open_volume
        self._boots = 1
        self._calls: dict[int, Wait[Any]] = {}
        self._waiting: list[Wait[None]] = []
        self._count = 0

    @property
    def replicated(self) -> bool:
        """Say whether there is more than one brick."""
        return len(self.bricks) > 1

    def in_sync(self) -> list[SimBrick]:
        """Return the bricks that the set's record counts as in sync; all if there is none yet."""
        stored = self.coordinator.find(set_name(VOLUME, 0))
        if stored is None:
            return list(self.bricks)
        record = SetRecord.from_json(stored.value)
        return [brick for brick in self.bricks if brick.id in record.in_sync]

    def serving(self) -> list[SimBrick]:
        """Return the bricks that hold everything, and that the daemon counts on now."""
        if self.volume is None:
            return self.in_sync()
        good = (BrickState.PRIMARY, BrickState.IN_SYNC)
        found = [each.brick for each in self.volume.health().bricks if each.state in good]
        return [brick for brick in self.bricks if brick.id in found]

    def disturbed(self) -> None:
        """Take note that bricks may fail from now on, for a while."""
        self.disturbed_until_s = self.scheduler.seconds() + _DISTURBED_S

    def filled(self) -> None:
        """Take note that a disk is full, or was until now."""
        self._full_s = self.scheduler.seconds()

    @property
    def roomy(self) -> bool:
        """Say whether all bricks have room, and have had for so long that everybody knows."""
        for brick in self.bricks:
            if brick.medium.capacity is not None:
                self.filled()
        return self._full_s is None or self.scheduler.seconds() - self._full_s > _ROOM_S

    # Its lives

    def start(self) -> None:
        """Start the daemon."""
        assert self.process is None, "the daemon runs already"
        self.starts += 1
        self.scheduler.note(f"start {self.starts}")
        life = Life(self.scheduler, f"daemon {self.starts}")
        turn = Turn(life.call_soon)
        process = self.process = Process(
            self.plan,
            life,
            turn,
            self.scheduler,
            OpenCoordinator(self.coordinator, life, turn),
            self.bricks,
            f"boot {self._boots}",
            Random(self.random.getrandbits(64)),
        )
        life.call_soon(partial(self._open, process))

    def _open(self, process: Process) -> None:
        with process.turn:
            wait = step(self._serve(process))
        wait.add_callback(wait.result)

    async def _serve(self, process: Process) -> None:
        self.volume = await self._open_volume(process)
        self.opened(process, self.volume)
        waiting, self._waiting = self._waiting, []
        for wait in waiting:
            self._send(partial(wait.resolve, None))
        if not self.replicated:
            process.life.call_later(_RESTARTED_S, partial(self._look_after, self.volume))

    def _look_after(self, volume: RunningVolume) -> None:
        """Restart a daemon whose only brick has failed, as an administrator would."""
        if volume.failure is not None:
            self.scheduler.world.call_soon(self.restart)
        elif self.process is not None:
            self.process.life.call_later(_RESTARTED_S, partial(self._look_after, volume))

    def restart(self) -> None:
        """Kill the daemon, if it runs, and start it anew."""
        self.kill()
        self.start()

    def kill(self, power: bool = False) -> None:
        """Kill the daemon; with ``power``, the machine loses its power and boots again.

        The daemon is not started.
        """
        self.scheduler.note("power loss" if power else "kill")
        self.disturbed()
        if self.process is not None:
            self.process.life.end()
        for brick in self.bricks:
            brick.kill(power)
        self.crashed()
        self._boots += int(power)
        self._down()

    def _down(self) -> None:
        self.scheduler.bury((self.process, self.volume))
        self.process = None
        self.volume = None
        calls, self._calls = self._calls, {}
        for answer in calls.values():
            self._send(partial(answer.fail, Unreachable()))

    async def stop(self) -> None:
        """Stop the daemon in good order."""
        process, volume = self.process, self.volume
        assert process is not None
        assert volume is not None
        self.scheduler.note("stop")
        self.disturbed()
        self.volume = None
        with process.turn:
            wait = step(volume.close())
        await wait
        process.life.end()
        for brick in self.bricks:
            assert brick.opening is None, f"{brick.name} was left open"
        self._down()

    def describe(self) -> str:
        """Say how the set and its bricks are, for people."""
        if self.volume is None:
            return "the volume is not open"
        health = self.volume.health()
        lines = [f"set: epoch {health.epoch}, {health.in_sync} in sync, {health.reason}"]
        lines += [str(brick) for brick in health.bricks]
        return "\n  ".join(lines)

    # Its clients

    def served(self) -> Wait[None]:
        """Return a Wait for the time when there is a volume to ask."""
        wait: Wait[None] = Wait()
        if self.volume is None:
            self._waiting.append(wait)
        else:
            wait.resolve(None)
        return wait

    def submit(self, call: Callable[[RunningVolume], Coroutine[Any, Any, T]]) -> Wait[T]:
        """Send a call to the daemon; the answer takes time, and is lost with the daemon.

        The Wait fails with the call's FsError, or with :class:`Unreachable`.
        """
        answer: Wait[T] = Wait()
        self._count += 1
        self._send(partial(self._arrive, self._count, call, answer))
        return answer

    def _send(self, function: Callable[[], object]) -> None:
        self.scheduler.world.call_later(self._delay(), function)

    def _delay(self) -> float:
        return _NETWORK_S * (0.5 + self.random.random())

    def _arrive(
        self,
        number: int,
        call: Callable[[RunningVolume], Coroutine[Any, Any, T]],
        answer: Wait[T],
    ) -> None:
        process, volume = self.process, self.volume
        if process is None or volume is None:
            self._send(partial(answer.fail, Unreachable()))
            return
        self._calls[number] = answer
        with process.turn:
            result = step(call(volume))
        result.add_callback(partial(self._answer, process, number, result, answer))

    def _answer(self, process: Process, number: int, result: Wait[T], answer: Wait[T]) -> None:
        # The answer leaves with the process: what it has not sent when it dies is lost.
        process.life.call_later(self._delay(), partial(self._give, number, result, answer))

    def _give(self, number: int, result: Wait[T], answer: Wait[T]) -> None:
        del self._calls[number]
        try:
            value = result.result()
        except Exception as error:  # noqa: BLE001 - it goes to whoever has called
            answer.fail(error)
        else:
            answer.resolve(value)


def _nothing(*_: object) -> None:
    """Stand for nobody who wants to know."""
