"""What befalls the bricks of a replicated volume, one after the other, and how it comes out.

For the tests of a running daemon, with whatever clients: each fault is brought upon the disk of
one brick while a load runs; the set must do without that brick, and take it in again afterwards.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nfsgw.cli.client import AdminClient
from tests.support.loops import LoopDisk

__all__ = ["CASES", "PING_TIMEOUT_S", "Case", "Watched"]

PING_TIMEOUT_S: Final = 5.0
"""The default of ``network.ping-timeout``: no client may wait longer because of one brick."""
_GONE_S: Final = 10.0
_BACK_S: Final = 60.0
_QUIET_S: Final = 60.0
_IDLE_S: Final = 6.0
_LOOK_S: Final = 0.1
_GO_ON_S: Final = 1.0
"""How long clients work without the brick, once it is dropped."""


class Watched:
    """A volume of three bricks, each on a disk of its own, as its administrator sees it.

    :param command: runs one ``nfsgw`` command and returns its output.
    :param state: the daemon's state directory.
    :param host: in the names of the bricks.
    """

    def __init__(
        self,
        command: Callable[..., str],
        state: Path,
        name: str,
        host: str,
        disks: Sequence[LoopDisk],
    ) -> None:
        self.name = name
        self.disks = disks
        self._command = command
        # Asked often, and a command takes a while to start.
        self._client = AdminClient(state / "admin.sock", "nfsgw")
        self._host = host

    def create(self, *options: str) -> None:
        """Make the volume, and start it.

        :param options: names and values, alternately.
        """
        bricks = [self.brick(disk) for disk in self.disks]
        self._command("volume", "create", self.name, "replica", str(len(bricks)), *bricks)
        if options:
            self._command("volume", "set", self.name, *options)
        self._command("volume", "start", self.name)

    def brick(self, disk: LoopDisk) -> str:
        """Return the name of the brick on a disk."""
        return f"{self._host}:{disk.brick}"

    def info(self) -> dict[str, Any]:
        """Return what ``heal info --json`` says."""
        shown: dict[str, Any] = self._client.get("volumes", self.name, "heal")
        return shown

    def primary(self) -> LoopDisk:
        """Return the disk of the primary."""
        (each,) = self.info()["sets"]
        return next(disk for disk in self.disks if self.brick(disk) == each["primary"])

    def secondary(self) -> LoopDisk:
        """Return the disk of another one."""
        primary = self.primary()
        return next(disk for disk in self.disks if disk is not primary)

    def of(self, disk: LoopDisk) -> dict[str, Any]:
        """Return what is known of the brick on a disk."""
        name = self.brick(disk)
        found: dict[str, Any] = next(b for b in self.info()["bricks"] if b["name"] == name)
        return found

    def is_healthy(self) -> bool:
        """Say whether it serves with all bricks in sync."""
        shown = self.info()
        return bool(shown["online"]) and not any(each["degraded"] for each in shown["sets"])

    def wait_gone(self, disk: LoopDisk) -> None:
        """Wait until the set does without a brick."""
        brick = self.brick(disk)

        def gone() -> bool:
            shown = self.info()
            return shown["online"] and all(brick not in each["in_sync"] for each in shown["sets"])

        self._wait(gone, _GONE_S, f"{brick} is still in sync")

    def wait_healthy(self) -> float:
        """Wait until all bricks are in sync; return how long that took."""
        return self._wait(self.is_healthy, _BACK_S, "not all bricks are in sync")

    def wait_quiet(self) -> None:
        """Wait until nothing changes any more: the last written extents have gone clean."""
        last, since_s = 0, 0.0

        def quiet() -> bool:
            nonlocal last, since_s
            now_s = time.monotonic()  # noqa: TID251 - a test's own patience
            sequence = max(brick["sequence"] for brick in self.info()["bricks"])
            if sequence != last:
                last, since_s = sequence, now_s
            # Extents go clean when nobody has written to them for five seconds.
            return now_s - since_s > _IDLE_S

        self._wait(quiet, _QUIET_S, "something still changes")

    def verify(self) -> dict[str, Any]:
        """Compare all bricks; fail if they differ."""
        shown = self._command("volume", "heal", self.name, "verify", "--json")
        found: dict[str, Any] = json.loads(shown)
        assert found["count"] == 0, found
        assert not found["error"], found
        return found

    def renew(self, disk: LoopDisk) -> None:
        """Give an empty directory back to the volume."""
        brick = self.brick(disk)
        self._command("volume", "replace-brick", self.name, brick, brick)

    def _wait(self, holds: Callable[[], bool], limit_s: float, what: str) -> float:
        begun = time.monotonic()  # noqa: TID251 - a test's own patience
        while not holds():
            passed = time.monotonic() - begun  # noqa: TID251
            assert passed < limit_s, f"{what} after {passed:.0f} s: {self.info()}"
            time.sleep(_LOOK_S)
        return time.monotonic() - begun  # noqa: TID251


@dataclass(frozen=True)
class Case:
    """A fault, and which brick it befalls.

    :param begin: brings it upon a disk; ``end`` mends it.
    """

    name: str
    begin: Callable[[LoopDisk], None]
    end: Callable[[Watched, LoopDisk], None]
    primary: bool

    def __str__(self) -> str:
        return f"{self.name}-{'primary' if self.primary else 'secondary'}"

    @contextmanager
    def happening(self, volume: Watched) -> Iterator[None]:
        """Let it happen, and go on when the set does without the brick; mend it at the end."""
        disk = volume.primary() if self.primary else volume.secondary()
        try:
            self.begin(disk)
            volume.wait_gone(disk)
            yield
        finally:
            # Even if the brick is still held: what is left behind would befall the next case too.
            disk.thaw()
            self.end(volume, disk)

    def run(self, volume: Watched) -> float:
        """Let it happen while others work, and mend it; return how long the brick's return took.

        The brick must come back by itself, or (if it was wiped) as soon as it is given back.
        """
        with self.happening(volume):
            time.sleep(_GO_ON_S)
        return volume.wait_healthy()


def _both(
    name: str, begin: Callable[[LoopDisk], None], end: Callable[[Watched, LoopDisk], None]
) -> tuple[Case, Case]:
    return Case(name, begin, end, primary=False), Case(name, begin, end, primary=True)


CASES: Final = (
    *_both("moved", LoopDisk.move_away, lambda volume, disk: disk.move_back()),
    *_both("read-only", LoopDisk.break_down, lambda volume, disk: disk.repair()),
    *_both("full", LoopDisk.fill, lambda volume, disk: disk.make_room()),
    *_both("wiped", LoopDisk.wipe, Watched.renew),
    *_both("hanging", LoopDisk.freeze, lambda volume, disk: disk.thaw()),
)
