"""A brick is closed when nothing of it is under way any more: then it may be opened anew."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.identity import BrickRefused
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.opening import open_brick
from nfsgw.backend.brick.starting import format_brick
from nfsgw.backend.brick.worker import WorkerThreads
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step
from tests.support.bricks import BOOT_ID, IDENTITY

TIMEOUT_S = 20


class Reactor:
    """The reactor's thread: it runs what threads want it to run."""

    def __init__(self) -> None:
        self.queue: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self.turn = Turn(self.queue.put)

    def call_from_thread(self, function: Callable[..., object], *args: Any) -> None:  # noqa: ANN401
        """Run a function soon."""
        self.queue.put(lambda: function(*args))

    def run(self, wait: Wait[Any]) -> None:
        """Go on until something is done."""
        while not wait.done:
            self.queue.get(timeout=TIMEOUT_S)()
        wait.result()

    def open(self, path: Path) -> LocalBrick:
        """Open a brick."""
        return open_brick(
            path,
            LogBounds(),
            b"start--1",
            BOOT_ID,
            lambda name, count: WorkerThreads(name, self.call_from_thread, self.turn, count),
        )


@pytest.mark.parametrize("which", ["stream", "threads"])
def test_what_is_under_way_ends_before_the_brick_can_be_opened_anew(
    tmp_path: Path, which: str
) -> None:
    """A late write would overwrite what the next opening has put there."""
    path = tmp_path / "brick"
    path.mkdir()
    format_brick(path, IDENTITY, 1)
    reactor = Reactor()
    brick = reactor.open(path)
    gate = threading.Event()
    done: list[str] = []
    worker = getattr(brick, which)

    def late(number: int) -> None:
        gate.wait(TIMEOUT_S)
        done.append(str(number))

    for number in range(8):
        worker.run(late, number)
    closing = step(brick.close(False))
    with pytest.raises(BrickRefused, match="in use"):
        reactor.open(path)
    assert not closing.done
    gate.set()
    reactor.run(closing)
    assert len(done) == 8
    again = reactor.open(path)
    reactor.run(step(again.close(True)))
