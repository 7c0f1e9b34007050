"""kill -9 of the daemon at random moments, under a mixed load, many times."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nfsgw.backend.brick.check import check_brick
from tests.integration.crash.process import Forked
from tests.integration.crash.worker import Worker
from tests.support.daemon import Daemon

KILLS = int(os.environ.get("NFSGW_KILLS", "100"))
"""For each kind of durability; two hundred in all."""
WORKERS = 4
PATIENCE_S = 60


class Arena:
    """One daemon, its workers, and the deaths that they go through together."""

    def __init__(self, daemon: Daemon, seed: int) -> None:
        self.daemon = daemon
        self.chance = random.Random(seed)
        self.process = Forked(daemon.config, daemon.nfs_port, daemon.directory / "forked.log")
        self.serving = threading.Event()
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
        """Let all workers work, kill the daemon under them, and check what is on its disk."""
        stop = threading.Event()
        threads = [threading.Thread(target=worker.run, args=(stop,)) for worker in self.workers]
        for thread in threads:
            thread.start()
        time.sleep(self.chance.uniform(0.01, 0.25))
        self.serving.clear()
        self.process.kill()
        stop.set()  # each worker ends its step in the daemon's next life
        findings = check_brick(self.daemon.brick("demo")).findings
        assert not findings, findings
        self.start()
        for thread in threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), "a worker hangs"
        for worker in self.workers:
            if worker.error is not None:
                raise worker.error


@pytest.fixture(params=["durable", "in memory"])
def arena(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Arena]:
    """Make a volume with real commands, then hand the daemon over to be killed."""
    with Daemon(tmp_path) as daemon:
        daemon.make_volume("demo", durable=request.param == "durable")
        arena = Arena(daemon, seed=7)
        root = daemon.client().mount(b"/demo")
    arena.start()
    for worker in arena.workers:
        worker.prepare(root)
    yield arena
    arena.process.kill()
    for worker in arena.workers:
        worker.client.close()


@pytest.mark.timeout(60 + 8 * KILLS)
def test_kill_9_loses_nothing(arena: Arena) -> None:
    """All that was acknowledged is there, answers are given once, and the brick is whole."""
    for death in range(KILLS):
        arena.work_and_kill()
        for worker in arena.workers:
            worker.send_again()
        if death % 10 == 9:
            for worker in arena.workers:
                worker.check_all()
    for worker in arena.workers:
        worker.check_all()
    assert sum(worker.resent for worker in arena.workers) > KILLS // 2
    assert sum(worker.acknowledged for worker in arena.workers) > 5 * KILLS
