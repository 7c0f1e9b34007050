"""Threads that work off what they are given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any

import pytest

from nfsgw.backend.brick.worker import Inline, WorkerThreads
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step

TIMEOUT_S = 20


class Reactor:
    """The reactor's thread, as far as a worker needs one: it runs what threads want it to run."""

    def __init__(self) -> None:
        self.turn = Turn(lambda function: self.queue.put(function))
        self.queue: SimpleQueue[Callable[[], object]] = SimpleQueue()

    def call_from_thread(self, function: Callable[..., object], *args: Any) -> None:  # noqa: ANN401
        """Run a function soon."""
        self.queue.put(lambda: function(*args))

    def run(self, wait: Wait[Any]) -> Any:  # noqa: ANN401
        """Return the result of something that a thread does."""
        while not wait.done:
            self.queue.get(timeout=TIMEOUT_S)()
        return wait.result()


@pytest.fixture
def reactor() -> Reactor:
    """Return a reactor."""
    return Reactor()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Return something for a thread to wait for; it ends with the test."""
    gate = threading.Event()
    yield gate
    gate.set()


def worker(reactor: Reactor, count: int = 1) -> WorkerThreads:
    """Start threads."""
    return WorkerThreads("test", reactor.call_from_thread, reactor.turn, count)


def names() -> list[str]:
    """Return the names of the worker's threads that live."""
    return [thread.name for thread in threading.enumerate() if thread.name == "test"]


def test_result_comes_from_a_thread(reactor: Reactor) -> None:
    """The reactor is free meanwhile."""
    made = worker(reactor)
    wait = made.run(lambda number: (threading.current_thread().name, number), 7)
    assert reactor.run(wait) == ("test", 7)
    made.close()


def test_result_arrives_within_a_turn(reactor: Reactor) -> None:
    """What it causes is committed at the end of that turn."""
    made = worker(reactor)
    order: list[str] = []
    wait = made.run(int)

    def arrived() -> None:
        reactor.turn.commit(lambda: order.append("commit"))
        order.append("arrived")

    wait.add_callback(arrived)
    reactor.run(wait)
    assert order == ["arrived", "commit"]
    made.close()


@pytest.mark.parametrize("error", [OSError("broken"), SystemExit("odd")])
def test_error_is_handed_to_who_waits(reactor: Reactor, error: BaseException) -> None:
    """The thread goes on whatever it was."""

    def fail() -> None:
        raise error

    made = worker(reactor)
    wait = made.run(fail)
    with pytest.raises(type(error), match=str(error)):
        reactor.run(wait)
    assert reactor.run(made.run(len, "ab")) == 2
    made.close()


def test_one_thread_keeps_the_order(reactor: Reactor, gate: threading.Event) -> None:
    """Bytes are put as they came."""
    made = worker(reactor)
    order: list[int] = []
    waits = [made.run(gate.wait, TIMEOUT_S), *[made.run(order.append, n) for n in range(50)]]
    gate.set()
    for wait in waits:
        reactor.run(wait)
    assert order == list(range(50))
    made.close()


def test_several_threads_work_side_by_side(reactor: Reactor, gate: threading.Event) -> None:
    """An fsync does not wait for another one."""
    made = worker(reactor, 2)
    stuck = made.run(gate.wait, TIMEOUT_S)
    assert reactor.run(made.run(len, "ab")) == 2
    assert not stuck.done
    gate.set()
    assert reactor.run(stuck) is True
    made.close()


def test_idle_threads_have_ended_when_it_is_closed(reactor: Reactor) -> None:
    """Their stores may be closed then."""
    made = worker(reactor, 3)
    reactor.run(made.run(int))
    assert names() == ["test"] * 3
    made.close()
    assert names() == []


def test_busy_thread_is_not_waited_for(reactor: Reactor, gate: threading.Event) -> None:
    """Its disk may never answer; if it does, the thread does the rest, tells, and ends."""
    made = worker(reactor)
    stuck, behind = made.run(gate.wait, TIMEOUT_S), made.run(len, "ab")
    thread = next(each for each in threading.enumerate() if each.name == "test")
    made.close()
    assert thread.is_alive()
    gate.set()
    assert reactor.run(behind) == 2
    assert stuck.done
    thread.join(TIMEOUT_S)
    assert not thread.is_alive()


def test_thread_that_is_done_before_its_result_has_come_ends_too(reactor: Reactor) -> None:
    """It may be closed before the reactor has heard."""
    made = worker(reactor)
    wait = made.run(len, "ab")
    made.close()
    assert reactor.run(wait) == 2
    for thread in threading.enumerate():
        if thread.name == "test":
            thread.join(TIMEOUT_S)
    assert names() == []


def test_worker_is_empty_when_all_results_have_come(
    reactor: Reactor, gate: threading.Event
) -> None:
    """Also what was given while somebody waited for that."""
    made = worker(reactor, 2)
    assert step(made.emptied()).done
    stuck, other = made.run(gate.wait, TIMEOUT_S), made.run(int)
    empty, likewise = step(made.emptied()), step(made.emptied())
    reactor.run(other)
    assert not empty.done
    late = made.run(len, "ab")
    gate.set()
    reactor.run(empty)
    assert likewise.done
    assert stuck.done
    assert late.done
    made.close()


def test_inline_worker_is_done_at_once() -> None:
    """Where nothing blocks, nothing waits."""
    made = Inline()
    assert made.run(len, "ab").result() == 2
    assert step(made.emptied()).done
    wait = made.run(int, "x")
    with pytest.raises(ValueError, match="invalid"):
        wait.result()
    made.close()
