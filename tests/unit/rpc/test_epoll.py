"""The lean reactor: the private names it stands on, and one round of its loop."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from nfsgw.rpc.epoll import LeanEPollReactor


@pytest.fixture
def reactor() -> Iterator[LeanEPollReactor]:
    """Return a reactor that is not the process's."""
    made = LeanEPollReactor()
    yield made
    for reader in made.removeAll():
        reader.connectionLost(None)
    made._poller.close()


def test_twisted_still_has_the_names_that_the_loop_uses(reactor: LeanEPollReactor) -> None:
    """A release of Twisted that renames them must fail here, not at run time."""
    for name in (
        "_poller",
        "_selectables",
        "_newTimedCalls",
        "_pendingTimedCalls",
        "_justStopped",
        "_doReadOrWrite",
        "_disconnectSelectable",
        "threadCallQueue",
        "running",
        "seconds",
    ):
        assert hasattr(reactor, name), name


class Pipe:
    """A reader of a pipe's end."""

    def __init__(self, broken: bool = False) -> None:
        self.end, self.other = os.pipe()
        self.broken = broken
        self.lost = False
        self.data = b""

    def fileno(self) -> int:
        """Return the descriptor."""
        return self.end

    def logPrefix(self) -> str:
        """Return a prefix."""
        return "pipe"

    def doRead(self) -> None:
        """Read, or fail."""
        self.data += os.read(self.end, 100)
        if self.broken:
            raise ZeroDivisionError("ours")

    def connectionLost(self, _reason: object) -> None:
        """Close."""
        if not self.lost:
            self.lost = True
            os.close(self.end)
            os.close(self.other)


def test_one_round_reads_what_is_ready(reactor: LeanEPollReactor) -> None:
    """With a time-out of 0 the loop looks once and returns, as Twisted's iterate expects."""
    pipe = Pipe()
    reactor.addReader(pipe)
    reactor.doPoll(0)
    assert pipe.data == b""
    os.write(pipe.other, b"abc")
    reactor.doPoll(0)
    assert pipe.data == b"abc"


def test_reader_that_fails_costs_only_itself(reactor: LeanEPollReactor) -> None:
    """A defect in one descriptor's code disconnects that one, and the loop goes on."""
    broken, good = Pipe(broken=True), Pipe()
    reactor.addReader(broken)
    reactor.addReader(good)
    os.write(broken.other, b"a")
    os.write(good.other, b"b")
    reactor.doPoll(0)
    reactor.doPoll(0)
    assert broken.lost
    assert (good.data, good.lost) == (b"b", False)
