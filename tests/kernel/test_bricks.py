"""The disks of a replicated volume fail in all ways, while a stock kernel works on it.

A load that checks itself runs in the guest.  It knows the content of all files that it has made,
and notes every error and how long each operation took.  Before each case the guest mounts the
volume anew, and all that was acknowledged before is read and compared.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.kernel.gateway import Gateway
from tests.kernel.lab import SERVER, Finished, Guest, Lab
from tests.support import load
from tests.support.failing import CASES, PING_TIMEOUT_S, Case, Watched
from tests.support.loops import Run, loop_disks, why_no_loops

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(600)]

_VOLUME = "copies"
_DISK_BYTES = 300 << 20
_WORK = Path(__file__).resolve().parent / "work"
_MOUNT = f"mkdir -p /{_VOLUME} && mount -t nfs -o vers=3 {SERVER}:/{_VOLUME} /{_VOLUME}"


class GuestLoad:
    """The load, as it runs in a guest.

    :ivar results: of all runs so far.
    """

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._control = guest.directory / "load"
        self._control.mkdir()
        # By the shared directory: the guest has a /tmp of its own, and the project may lie there.
        for source in (_WORK / "checked.py", Path(load.__file__)):
            shutil.copy(source, self._control)
        self.results: list[dict[str, Any]] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Mount the volume anew, and let the load run; fail if anything failed."""
        self._guest.run(f"umount /{_VOLUME} 2>/dev/null; {_MOUNT}")
        for name in ("started", "stop", "result"):
            (self._control / name).unlink(missing_ok=True)
        seed = 100 * len(self.results)
        program = f"python3 {self._control}/checked.py /{_VOLUME} {self._control} {seed}"
        finish = self._guest.start(program)
        try:
            self._wait_started(finish)
            yield
        finally:
            (self._control / "stop").touch()
            finish(120).check()
        result = json.loads((self._control / "result").read_text())
        print(result)
        self.results.append(result)
        assert result["errors"] == []

    def _wait_started(self, finish: Callable[[float], Finished]) -> None:
        deadline = time.monotonic() + 60  # noqa: TID251 - a test's own patience
        while not (self._control / "started").exists():
            if time.monotonic() > deadline:  # noqa: TID251
                finish(1).check()
            time.sleep(0.05)


@pytest.fixture(scope="module")
def volume(lab: Lab, gateway: Gateway, guests: tuple[Guest, Guest]) -> Iterator[Watched]:
    """Serve a volume on three disks; what hangs is let go before anything is taken away."""
    reason = why_no_loops()
    if reason:
        pytest.skip(reason)
    directory = lab.directory / "disks"
    directory.mkdir()
    with ExitStack() as stack:
        disks = stack.enter_context(loop_disks(_run_in(lab), directory, 3, _DISK_BYTES))
        command = lambda *words: gateway.command(*words).check()  # noqa: E731 - needed once
        volume = Watched(command, gateway.directory / "state", _VOLUME, SERVER, disks)
        for word in ("delete", "stop"):
            # The last one first.
            stack.callback(gateway.command, "volume", word, _VOLUME, "--yes")
        volume.create("storage.reserve", "16MiB")
        stack.callback(guests[0].run, f"umount -f -l /{_VOLUME} || true", 60)
        for disk in disks:
            stack.callback(disk.thaw)
        gateway.export(_VOLUME)
        yield volume


def _run_in(lab: Lab) -> Run:
    def run(*command: str) -> str:
        done = lab.run(*command, timeout_s=120)
        if done.status:
            raise RuntimeError(f"{done.command}: exit status {done.status}: {done.output}")
        return done.output

    return run


@pytest.fixture(scope="module")
def working(guests: tuple[Guest, Guest], volume: Watched) -> GuestLoad:
    """Prepare the load in the first guest."""
    return GuestLoad(guests[0])


def test_quiet(working: GuestLoad) -> None:
    """Without any fault the load finds none; what it prints is how long it waits then."""
    with working.running():
        time.sleep(3)
    assert working.results[-1]["longest"][0] < PING_TIMEOUT_S


@pytest.mark.parametrize("case", CASES, ids=str)
def test_failing(working: GuestLoad, volume: Watched, case: Case) -> None:
    """The client sees no error, loses nothing, and waits for less than ping-timeout."""
    with working.running():
        took_s = case.run(volume)
    print(f"{case}: in sync after {took_s:.1f} s")
    # On a slow machine the first run, without a fault, had long pauses too.
    quiet_s = working.results[0]["longest"][0] if len(working.results) > 1 else 0
    assert working.results[-1]["longest"][0] < PING_TIMEOUT_S + quiet_s


def test_bricks_are_equal_and_consistent_at_the_end(
    working: GuestLoad, gateway: Gateway, volume: Watched
) -> None:
    """All of them hold what the client knows, and the same, every byte with its checksum."""
    with working.running():
        pass
    volume.wait_quiet()
    found = volume.verify()
    assert found["extents"] > 0
    gateway.command("volume", "stop", _VOLUME, "--yes").check()
    for disk in volume.disks:
        gateway.command("brick", "check", str(disk.brick)).check()
