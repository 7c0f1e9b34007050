"""Blocking work in threads, and coroutines that nobody awaits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.logger import globalLogPublisher

from nfsgw.service.threads import Threads
from nfsgw.turn import Turn


class ByHand:
    """Runs what was given to threads when the test says so."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[], object]] = []

    def callInThread(self, callable: Callable[..., Any], *args: object) -> None:
        """Keep it."""
        self.jobs.append(lambda: callable(*args))

    def callFromThread(self, callable: Callable[..., Any], *args: object) -> None:
        """Call it now."""
        callable(*args)

    def work(self) -> None:
        """Run everything that was kept."""
        jobs, self.jobs = self.jobs, []
        for job in jobs:
            job()


def test_result_comes_back() -> None:
    """What a blocking function returns or raises reaches who awaits it, later."""
    by_hand = ByHand()
    threads = Threads(by_hand, Turn(lambda work: None))
    good, bad = threads.run(lambda: 3), threads.run(lambda: int("x"))
    assert not good.done
    by_hand.work()
    assert good.result() == 3
    with pytest.raises(ValueError, match="invalid literal"):
        bad.result()


def test_nothing_is_forgotten() -> None:
    """The error of work that nobody awaits is in the log, with what was being done."""
    events: list[dict[str, Any]] = []
    globalLogPublisher.addObserver(events.append)  # type: ignore[arg-type]
    try:

        async def broken() -> None:
            raise ValueError("odd")

        Threads(ByHand(), Turn(lambda work: None)).watch(broken(), "counting sheep")
    finally:
        globalLogPublisher.removeObserver(events.append)  # type: ignore[arg-type]
    (event,) = events
    assert event["what"] == "counting sheep"
    assert isinstance(event["log_failure"].value, ValueError)
