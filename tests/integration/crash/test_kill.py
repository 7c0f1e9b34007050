"""kill -9 of the daemon at random moments, under a mixed load, many times."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nfsgw.backend.brick.identity import read_identity
from nfsgw.cli.client import AdminClient
from tests.integration.crash.bricks import check_each, check_together, set_record
from tests.integration.crash.process import Forked
from tests.integration.crash.worker import Worker
from tests.support.daemon import Daemon

KILLS = int(os.environ.get("NFSGW_KILLS", "100"))
"""Of three bricks, for each kind of durability: two hundred in all.  Of one brick fewer."""
KILLS_OF_ONE = -(-KILLS * 2 // 5)
WORKERS = 4
PATIENCE_S = 60


class Arena:
    """One daemon, its workers, and the deaths that they go through together.

    :ivar deaths: so far.
    :ivar replica: how many bricks there are.
    """

    def __init__(self, daemon: Daemon, replica: int, seed: int) -> None:
        self.daemon = daemon
        self.replica = replica
        self.bricks = daemon.bricks("demo", replica)
        self.chance = random.Random(seed)
        self.process = Forked(daemon.config, daemon.nfs_port, daemon.directory / "forked.log")
        self.admin = AdminClient(daemon.directory / "state" / "admin.sock", "nfsgw")
        self.serving = threading.Event()
        self.deaths = 0
        self.workers = [
            Worker(daemon.client(), f"worker{n}", seed * 100 + n, self.reborn)
            for n in range(WORKERS)
        ]

    def reborn(self) -> None:
        """Wait until the daemon serves again."""
        if not self.serving.wait(PATIENCE_S):
            raise TimeoutError("the daemon did not come back")

    def start(self) -> None:
        """Start the daemon."""
        self.process.start()
        self.serving.set()

    def work_and_kill(self) -> None:
        """Let all workers work, kill the daemon under them, and check what is on its disks.

        Half-way between two comparisons the brick that was primary is away in the next life: then
        nothing but what the others have can save what was acknowledged.
        """
        stop = threading.Event()
        threads = [
            threading.Thread(target=worker.run, args=(stop,), daemon=True)
            for worker in self.workers
        ]
        for thread in threads:
            thread.start()
        time.sleep(self.chance.uniform(0.01, 0.25))
        self.serving.clear()
        self.process.kill()
        self.deaths += 1
        stop.set()  # each worker ends its step in the daemon's next life
        self.check_bricks()
        if self.replica > 1 and self.deaths % 10 == 5:
            self.live_without_primary(threads)
        else:
            self.start()
            self.join(threads)

    def live_without_primary(self, threads: list[threading.Thread]) -> None:
        """Start the daemon without the brick that was primary, which comes back later."""
        primary = set_record(self.daemon.directory / "state").primary
        [path] = [path for path in self.bricks if read_identity(path).brick == primary]
        away = path.with_name("away")
        path.rename(away)
        self.start()
        self.join(threads)
        for worker in self.workers:
            worker.check_all()
        away.rename(path)

    def join(self, threads: list[threading.Thread]) -> None:
        """Wait until all workers have ended their step."""
        for thread in threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), f"a worker hangs:\n{self.process.log.read_text()}"
        for worker in self.workers:
            if worker.error is not None:
                raise worker.error

    def check_bricks(self, thorough: bool = False) -> bool:
        """Check the dead daemon's bricks; say whether all have the same records."""
        check_each(self.bricks)
        in_sync = set_record(self.daemon.directory / "state").in_sync
        return check_together(self.bricks, in_sync, thorough)

    def compare(self) -> None:
        """Wait until all bricks are in sync, end the daemon, and compare them."""
        deadline = time.monotonic() + PATIENCE_S  # noqa: TID251 - outside the daemon
        while not self.is_level():
            assert time.monotonic() < deadline, self.health()  # noqa: TID251
            time.sleep(0.05)
        in_good_order = self.deaths % 20 == 0
        if in_good_order:
            self.process.stop()
        else:
            self.process.kill()
        level = self.check_bricks(thorough=True)
        assert level or not in_good_order, "they were stopped in good order and are not level"
        self.start()

    def health(self) -> Any:  # noqa: ANN401 - JSON
        """Return what the daemon says of the bricks."""
        return self.admin.get("volumes", "demo", "heal")

    def is_level(self) -> bool:
        """Say whether all bricks are in sync and have all records."""
        bricks = self.health()["bricks"]
        states = ("primary", "in sync", "online")
        return all(brick["state"] in states and not brick["lag"] for brick in bricks)


@pytest.fixture(params=["durable", "in memory"])
def durable(request: pytest.FixtureRequest) -> bool:
    """Go through both kinds of durability."""
    return bool(request.param == "durable")


@pytest.fixture(params=[1, 3])
def arena(request: pytest.FixtureRequest, durable: bool, tmp_path: Path) -> Iterator[Arena]:
    """Make a volume with real commands, then hand the daemon over to be killed."""
    replica: int = request.param
    with Daemon(tmp_path) as daemon:
        daemon.make_volume("demo", durable, replica)
        arena = Arena(daemon, replica, seed=7)
        root = daemon.client().mount(b"/demo")
    arena.start()
    for worker in arena.workers:
        worker.prepare(root)
    yield arena
    print(f"deaths: {arena.deaths}")  # shown with a failure
    arena.process.kill()
    for worker in arena.workers:
        worker.client.close()


@pytest.mark.timeout(60 + 8 * KILLS)
def test_kill_9_loses_nothing(arena: Arena) -> None:
    """All that was acknowledged is there, answers are given once, and the bricks are whole."""
    kills = KILLS if arena.replica > 1 else KILLS_OF_ONE
    for death in range(1, kills + 1):
        arena.work_and_kill()
        for worker in arena.workers:
            worker.send_again()
        if death % 10 == 0:
            for worker in arena.workers:
                worker.check_all()
            arena.compare()
    for worker in arena.workers:
        worker.check_all()
    assert sum(worker.resent for worker in arena.workers) > kills // 2
    assert sum(worker.acknowledged for worker in arena.workers) > kills
