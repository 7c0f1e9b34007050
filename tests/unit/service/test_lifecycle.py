"""Parts start in order, stop in reverse, and a bad one keeps no other from stopping."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from twisted.internet.task import Clock

from nfsgw.service.lifecycle import OrderedService, Part
from nfsgw.waiting import Wait, step


class Stage:
    """Makes parts that write down what they do."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.clock = Clock()

    def does(
        self, what: str, wait: Wait[None] | None = None, error: Exception | None = None
    ) -> Callable[[], Coroutine[Any, Any, None]]:
        """Return a coroutine function that notes ``what``, then waits, then fails."""

        async def run() -> None:
            self.seen.append(what)
            if wait is not None:
                await wait
                self.seen.append(what + " done")
            if error is not None:
                raise error

        return run

    def part(self, name: str) -> Part:
        """Return a part that starts and stops at once."""
        return Part(name, self.does(f"+{name}"), self.does(f"-{name}"))

    def service(self, *parts: Part) -> OrderedService:
        """Return a service that gives each part 5 s to stop."""
        return OrderedService(self.clock, parts, 5.0)


def test_order() -> None:
    """What starts last stops first."""
    stage = Stage()
    service = stage.service(stage.part("a"), stage.part("b"), stage.part("c"))
    step(service.start()).result()
    step(service.stop()).result()
    assert stage.seen == ["+a", "+b", "+c", "-c", "-b", "-a"]


def test_start_waits_for_each() -> None:
    """A part starts only when the one before it works."""
    stage = Stage()
    wait: Wait[None] = Wait()
    started = step(stage.service(Part("a", stage.does("+a", wait)), stage.part("b")).start())
    assert stage.seen == ["+a"]
    assert not started.done
    wait.resolve(None)
    assert stage.seen == ["+a", "+a done", "+b"]
    assert started.done


def test_failed_start_stops_the_rest() -> None:
    """A part that cannot start takes down what had started, and the reason is told."""
    stage = Stage()
    bad = Part("bad", stage.does("+bad", error=OSError("port taken")), stage.does("-bad"))
    started = step(stage.service(stage.part("a"), stage.part("b"), bad, stage.part("c")).start())
    with pytest.raises(OSError, match="port taken"):
        started.result()
    assert stage.seen == ["+a", "+b", "+bad", "-b", "-a"]


def test_bad_stop_keeps_nobody() -> None:
    """An error while stopping one part does not leave another one open."""
    stage = Stage()
    bad = Part("bad", stage.does("+bad"), stage.does("-bad", error=ValueError("odd")))
    service = stage.service(stage.part("a"), bad)
    step(service.start()).result()
    step(service.stop()).result()
    assert stage.seen == ["+a", "+bad", "-bad", "-a"]


def test_stuck_stop_has_a_deadline() -> None:
    """A part that does not stop is left behind after the deadline, not before."""
    stage = Stage()
    never: Wait[None] = Wait()
    service = stage.service(stage.part("a"), Part("b", stage.does("+b"), stage.does("-b", never)))
    step(service.start()).result()
    stopped = step(service.stop())
    stage.clock.advance(4.9)
    assert stage.seen[-1] == "-b"
    stage.clock.advance(0.2)
    assert stage.seen[-1] == "-a"
    assert stopped.done


def test_slow_stop_is_waited_for() -> None:
    """A part that needs a while is waited for, and its timer does not stay behind."""
    stage = Stage()
    slow: Wait[None] = Wait()
    service = stage.service(stage.part("a"), Part("b", stage.does("+b"), stage.does("-b", slow)))
    step(service.start()).result()
    stopped = step(service.stop())
    slow.resolve(None)
    assert stage.seen[-2:] == ["-b done", "-a"]
    assert stopped.done
    assert stage.clock.getDelayedCalls() == []


def test_stop_twice_stops_once() -> None:
    """A second stop finds nothing to do."""
    stage = Stage()
    service = stage.service(stage.part("a"))
    step(service.start()).result()
    step(service.stop()).result()
    step(service.stop()).result()
    assert stage.seen == ["+a", "-a"]
