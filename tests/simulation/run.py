"""One run: a machine with clients and faults, then a quiet time in which everything must heal."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher

from nfsgw.backend.replica.health import BrickState, Verification
from nfsgw.waiting import step
from tests.simulation.checkers import (
    Broken,
    check_brick,
    check_durable,
    check_equal,
    flip_bit,
    settled,
)
from tests.simulation.clients import Clients
from tests.simulation.faults import Faults
from tests.simulation.granting import Granting
from tests.simulation.machine import Machine, OpenVolume
from tests.simulation.plan import Plan, make_plan
from tests.simulation.scheduler import Scheduler, Trace
from tests.simulation.volume import open_volume

__all__ = ["Failed", "Outcome", "Stuck", "run_plan", "run_seed"]

_WORK_MAX_S = 120.0
_HEAL_MAX_S = 90.0
_LOOK_MAX_S = 60.0
_LOOK_S = 0.25
_PAUSE_S = 1.0


class Stuck(AssertionError):
    """Nothing is wrong any more, and still something does not come to an end."""


class Failed(AssertionError):
    """A run has found a mistake."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run was like.

    :param digest: of its trace.
    :param seconds: of simulated time.
    """

    digest: str
    events: int
    seconds: float
    calls: int
    starts: int


class Run:
    """A run under way."""

    def __init__(
        self, plan: Plan, open_volume: OpenVolume, show: Callable[[str], None] | None
    ) -> None:
        self.plan = plan
        self.scheduler = Scheduler(str(plan.seed), Trace(show))
        self.machine = Machine(self.scheduler, plan, open_volume)
        self.clients = Clients(self.machine)
        self.faults = Faults(self.machine)
        self.machine.crashed = self._check_bricks
        self.machine.opened = Granting(self.machine, self.clients.granted).follow

    def run(self) -> Outcome:
        """Run it."""
        self.machine.start()
        self.clients.work()
        self.faults.start()
        self._until_clients(_WORK_MAX_S / 2, finish=False)
        self.faults.stop()
        self._until_clients(_WORK_MAX_S, finish=True)
        self._heal()
        self._look()
        self._compare()
        self._end()
        calls = sum(client.caller.calls for client in self.clients.all)
        return Outcome(
            self.scheduler.trace.digest,
            self.scheduler.ran,
            self.scheduler.seconds(),
            calls,
            self.machine.starts,
        )

    def _until_clients(self, limit_s: float, finish: bool) -> None:
        over = self.scheduler.run_until(lambda: self.clients.over, limit_s)
        self.clients.settle()
        if finish and not over:
            raise Stuck(
                f"clients wait for ever; {self.clients.doing()}\n  {self.machine.describe()}"
            )

    def _until(self, over: Callable[[], bool], what: str) -> None:
        """Wait until something is so; looked at now and then only."""
        for _ in range(int(_HEAL_MAX_S / _LOOK_S)):
            if over():
                return
            self.scheduler.run_for(_LOOK_S)
        raise Stuck(f"{what}\n  {self.machine.describe()}")

    def _heal(self) -> None:
        """Wait until every brick is in sync again, and all is clean."""
        self.scheduler.note("heal")
        self._until(self._healthy, "the bricks do not heal")

    def _healthy(self) -> bool:
        volume = self.machine.volume
        if volume is None or volume.failure is not None or self.faults.renewing:
            return False
        health = volume.health()
        states = [brick.state for brick in health.bricks]
        return len(states) == self.plan.bricks and all(
            state in (BrickState.PRIMARY, BrickState.IN_SYNC) for state in states
        )

    def _look(self) -> None:
        """Let all clients compare what they know with what is there."""
        self.scheduler.note("look")
        self.clients.check_all()
        self._until_clients(_LOOK_MAX_S, finish=True)

    def _compare(self) -> None:
        """Compare the bricks once nothing is being written any more."""
        self.scheduler.note("compare")
        bricks = self.machine.bricks
        self._until(
            lambda: self._healthy() and all(settled(brick) for brick in bricks),
            "extents do not go clean",
        )
        # What nobody waits for, access times and the last commit point, is committed by then.
        self.scheduler.run_for(_PAUSE_S)
        check_equal(bricks)
        self._check_durable()
        if self.machine.replicated and self.plan.verify:
            self._verify()
            check_equal(bricks)
            self._check_durable()

    def _verify(self) -> None:
        """Let the code itself compare the bricks: it finds what differs, and nothing else."""
        flipped = self.plan.verify == "flip" and flip_bit(self.machine.bricks, self.plan)
        if flipped:
            self.scheduler.note(f"flip a bit of {flipped}")
            found = self._verification()
            if not found.count or found.mended != found.count:
                raise Broken(f"a bit was flipped on {flipped}, and verify says {found}")
        found = self._verification()
        if found.count or found.error is not None:
            raise Broken(f"verify has found something: {found}")

    def _verification(self) -> Verification:
        """Run a verification, and return what it has found."""
        volume = self.machine.volume
        process = self.machine.process
        assert volume is not None
        assert process is not None
        with process.turn:
            volume.verify()
        running = volume.verification()
        if running is None or not running.running:
            raise Broken("a verification does not begin")

        def over() -> bool:
            now = volume.verification()
            return now is not None and not now.running

        self._until(over, "a verification does not end")
        found = volume.verification()
        assert found is not None
        return found

    def _check_durable(self) -> None:
        if not self.machine.replicated and self._may_lie:
            return
        for brick in self.machine.bricks:
            check_durable(brick)

    @property
    def _may_lie(self) -> bool:
        """Say whether a page cache may show what a failed fsync has lost.

        A brick that is alone cannot mend that; clients were told by the verifier.
        """
        return any(fault.kind in ("fail-sync", "read-only") for fault in self.plan.faults)

    def _end(self) -> None:
        """End the daemon, and see whether another one finds everything."""
        machine = self.machine
        if self.plan.end == "stop":
            stopped = step(machine.stop())
            if not self.scheduler.run_until(lambda: stopped.done, _LOOK_MAX_S):
                raise Stuck("the daemon does not stop")
            stopped.result()
            self._check_bricks()
        else:
            machine.kill(power=self.plan.end == "power")
        check_equal(machine.bricks)
        machine.start()
        self._heal()
        self._look()
        self.scheduler.note("finish")
        self.clients.finish()
        self._until_clients(_LOOK_MAX_S, finish=True)

    def _check_bricks(self) -> None:
        """Check every brick; the daemon has just died."""
        if not self.machine.replicated and self._may_lie:
            return
        for brick in self.machine.bricks:
            check_brick(brick)


@contextmanager
def _watched_log() -> Iterator[list[str]]:
    """Collect what the code logs about its own defects."""
    found: list[str] = []

    def observe(event: LogEvent) -> None:
        failure = event.get("log_failure")
        if failure is not None:
            found.append(f"{formatEvent(event)}\n{failure.getTraceback()}")

    observer = cast(ILogObserver, observe)
    globalLogPublisher.addObserver(observer)
    try:
        yield found
    finally:
        globalLogPublisher.removeObserver(observer)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let nothing that belongs to a dead process be collected, and so be run, before the end."""
    hook = sys.unraisablehook
    gc.disable()
    if not gc.get_freeze_count():
        # What there is before the first run outlives them all: looking through it for garbage
        # would take a good part of a run's time.
        gc.collect()
        gc.freeze()
    try:
        yield
    finally:
        # What is left of the daemon's lives ends now, and may complain.
        sys.unraisablehook = _ignore
        gc.collect()
        sys.unraisablehook = hook
        gc.enable()


def _ignore(unraisable: sys.UnraisableHookArgs) -> None:
    """Let a coroutine of the dead complain to nobody."""


def run_plan(
    plan: Plan,
    show: Callable[[str], None] | None = None,
    open_volume: OpenVolume = open_volume,
) -> Outcome:
    """Run a plan.

    :param show: gets the trace, line by line.
    :raises Failed: the run has found a mistake, which is its cause.
    """
    # In this order: what other tests have left is collected before the log is watched.
    with _no_collection(), _watched_log() as logged:
        try:
            outcome = Run(plan, open_volume, show).run()
            if logged:
                raise Broken(f"a defect was logged: {logged[0]}")
        except Exception as error:
            raise Failed(f"{type(error).__name__}: {error}\n{plan}") from error
    return outcome


def run_seed(seed: int, show: Callable[[str], None] | None = None) -> Outcome:
    """Run what a seed decides.

    :raises Failed: the run has found a mistake.
    """
    return run_plan(make_plan(seed), show)
