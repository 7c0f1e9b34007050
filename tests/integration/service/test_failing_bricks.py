"""Bricks on file systems of their own fail in all ways that disks do, while clients work.

The clients are our own (``tests/kernel/test_bricks.py`` has a stock kernel for the same), so that
this takes seconds.  Needs root, and loop devices.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

import pytest

from tests.support.daemon import Daemon
from tests.support.failing import CASES, PING_TIMEOUT_S, Case, Watched
from tests.support.load import Load, Worker
from tests.support.loops import LoopDisk, loop_disks, run_here, why_no_loops
from tests.support.remote_files import RemoteFiles

pytestmark = pytest.mark.system

_DISK_BYTES = 400 << 20
_WORKERS = 3


@dataclass
class Served:
    """A daemon that serves a volume on three disks, and the work that goes on there.

    :ivar quiet_s: how long an operation took without a fault, at most: on some machines, long.
    """

    daemon: Daemon
    volume: Watched
    load: Load
    quiet_s: float = 0.0

    @property
    def pause_max_s(self) -> float:
        """How long an operation may take while a brick fails."""
        return PING_TIMEOUT_S + self.quiet_s

    @contextmanager
    def working(self) -> Iterator[None]:
        """Let the load run; fail if anything failed, or took too long."""
        disks = self.volume.disks
        self.load.start()
        try:
            yield
        finally:
            self.load.stop()
        result = self.load.result()
        print(result)
        assert result["errors"] == [], run_here("df", *(str(d.mount_point) for d in disks))
        assert result["longest"][0] < self.pause_max_s, result
        for worker in self.load.workers:
            worker.verify()
        assert self.load.result()["errors"] == []


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a volume; what is left hanging at the end is let go before anything is taken away."""
    reason = why_no_loops()
    if reason:
        pytest.skip(reason)
    with ExitStack() as stack:
        mounts = tmp_path_factory.mktemp("disks")
        disks = stack.enter_context(loop_disks(run_here, mounts, 3, _DISK_BYTES))
        daemon = stack.enter_context(Daemon(tmp_path_factory.mktemp("daemon")))
        for disk in disks:
            stack.callback(disk.thaw)
        volume = Watched(daemon.command, daemon.directory / "state", "demo", "localhost", disks)
        volume.create("storage.reserve", "16MiB")
        workers = []
        for number in range(_WORKERS):
            client = stack.enter_context(closing(daemon.client()))
            files = RemoteFiles(client, b"/demo", b"worker%d" % number)
            workers.append(Worker(files, seed=number))
        yield Served(daemon, volume, Load(workers))


def test_quiet(served: Served) -> None:
    """Without any fault the load finds none."""
    with served.working():
        time.sleep(2)
    served.quiet_s = served.load.result()["longest"][0]
    served.volume.verify()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_failing(served: Served, case: Case) -> None:
    """Clients see no error, lose nothing, and wait for less than ping-timeout."""
    with served.working():
        took_s = case.run(served.volume)
    print(f"{case}: in sync after {took_s:.1f} s")
    served.volume.verify()


def test_broken_primary_is_noticed_by_who_reads(served: Served) -> None:
    """A read-only file system is no reason to refuse a READ, and is noticed without a change."""
    volume = served.volume
    disk = volume.primary()
    disk.break_down()
    for worker in served.load.workers:
        worker.verify()
    volume.wait_gone(disk)
    disk.repair()
    volume.wait_healthy()
    assert served.load.result()["errors"] == []


def test_hanging_primary_without_caches(served: Served) -> None:
    """A disk that has to be asked for a file, and hangs, stops nobody but its own brick."""
    volume = served.volume
    # Whoever becomes primary now has opened no file yet.
    disk = volume.primary()
    disk.break_down()
    volume.wait_gone(disk)
    disk.repair()
    volume.wait_healthy()
    disk = volume.primary()
    run_here("sh", "-c", "sync; echo 2 > /proc/sys/vm/drop_caches")
    disk.freeze()
    try:
        for worker in served.load.workers:
            worker.verify()
        volume.wait_gone(disk)
    finally:
        disk.thaw()
    volume.wait_healthy()
    result = served.load.result()
    assert result["errors"] == []
    assert result["longest"][0] < served.pause_max_s, result


_AWAY_FILES = 810
_AWAY_BYTES = 256 << 10
_SAMPLE_S = 0.1


def test_figures_of_a_long_heal(served: Served) -> None:
    """What a brick lacks is told exactly, and how long that will take within a factor of two."""
    volume = served.volume
    # An extent that goes clean meanwhile would have to be brought over too.
    volume.wait_quiet()
    disk = volume.secondary()
    disk.move_away()
    volume.wait_gone(disk)
    _write_files(served.daemon, _AWAY_FILES, _AWAY_BYTES)
    volume.wait_quiet()
    disk.move_back()
    samples = _watch_heal(volume, disk)
    for step, keys in (("log", ("records",)), ("bytes", ("records", "extents", "bytes_left"))):
        figures = [[work[key] for key in keys] for _, work in samples if work["step"] == step]
        assert figures, f"nothing was seen of {step}: {samples}"
        for column in zip(*figures, strict=True):
            assert list(column) == sorted(column, reverse=True), (step, figures)
    healing = [(at_s, work) for at_s, work in samples if work["step"] == "bytes"]
    for _, work in healing:
        assert work["records"] == 0
        assert work["bytes_left"] == work["extents"] * _AWAY_BYTES, work
    end_s = samples[-1][0]
    _check_estimate(healing, end_s, 0.25)
    _check_estimate(healing, end_s, 0.5)
    volume.verify()


def _write_files(daemon: Daemon, count: int, size: int) -> None:
    """Write files, several side by side."""
    content = bytes(range(256)) * (size // 256)

    def work(number: int) -> None:
        with closing(daemon.client()) as client:
            files = RemoteFiles(client, b"/demo", b"more%d" % number)
            for each in range(count // _WORKERS):
                files.create(f"file{each}", content)

    threads = [Thread(target=work, args=(number,)) for number in range(_WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _watch_heal(volume: Watched, disk: LoopDisk) -> list[tuple[float, dict[str, Any]]]:
    """Return what was left to be done for a brick, and when, until it is in sync."""
    samples = []
    while True:
        now_s = time.monotonic()  # noqa: TID251 - outside the daemon
        shown = volume.of(disk)
        samples.append((now_s, shown["work"] or {"step": shown["state"]}))
        if shown["state"] == "in sync":
            return samples
        time.sleep(_SAMPLE_S)


def _check_estimate(
    samples: list[tuple[float, dict[str, Any]]], end_s: float, share: float
) -> None:
    """Look at the estimate that was given when a share of the bytes was done."""
    total = samples[0][1]["bytes_left"]
    at_s, work = next(each for each in samples if each[1]["bytes_left"] <= (1 - share) * total)
    took_s = end_s - at_s
    print(f"at {share:.0%}: estimated {work['left_s']} s, took {took_s:.1f} s")
    assert work["left_s"] is not None
    assert took_s / 2 <= work["left_s"] <= took_s * 2


def test_bricks_are_equal_and_consistent_at_the_end(served: Served) -> None:
    """All of them hold the same, every byte of which has its checksum by now."""
    volume = served.volume
    volume.wait_healthy()
    volume.wait_quiet()
    found = volume.verify()
    assert found["extents"] >= _AWAY_FILES
    served.daemon.command("volume", "stop", "demo", "--yes")
    for disk in volume.disks:
        served.daemon.command("brick", "check", str(disk.brick))
