"""The end of a turn: its stages, and work that is registered outside of one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nfsgw.turn import Turn


class Soon:
    """Collects what a turn wants to run when the reactor is free."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []
        self.turn = Turn(self.calls.append)
        self.seen: list[str] = []

    def say(self, word: str) -> Callable[[], None]:
        """Return work that leaves a trace."""
        return lambda: self.seen.append(word)

    def run(self) -> None:
        """Be free."""
        calls, self.calls[:] = self.calls[:], []
        for call in calls:
            call()


@pytest.fixture
def soon() -> Soon:
    """Return a turn and its reactor."""
    return Soon()


def test_stages_run_in_order_at_the_end(soon: Soon) -> None:
    """Commits come before sends, sends before releases, whatever the order of registration."""
    with soon.turn as turn:
        turn.release(soon.say("release"))
        turn.send(soon.say("send"))
        turn.commit(soon.say("commit"))
        assert soon.seen == []
    assert soon.seen == ["commit", "send", "release"]
    assert soon.calls == []


def test_only_the_outermost_turn_runs_the_work(soon: Soon) -> None:
    """Work of a nested turn waits for the whole received buffer."""
    with soon.turn as turn:
        with turn:
            turn.send(soon.say("inner"))
        assert soon.seen == []
        turn.send(soon.say("outer"))
    assert soon.seen == ["inner", "outer"]


def test_work_that_work_registers_still_runs_in_this_turn(soon: Soon) -> None:
    """A commit releases replies, and even further commits; all leave with this turn."""

    def commit() -> None:
        soon.seen.append("commit")
        soon.turn.send(soon.say("send"))
        soon.turn.release(soon.say("release"))
        soon.turn.commit(soon.say("second commit"))

    with soon.turn as turn:
        turn.commit(commit)
    assert soon.seen == ["commit", "second commit", "send", "release"]


def test_work_outside_a_turn_gets_one_soon(soon: Soon) -> None:
    """What a timer registers runs as soon as the reactor is free, scheduled once."""
    soon.turn.send(soon.say("send"))
    soon.turn.commit(soon.say("commit"))
    assert soon.seen == []
    assert len(soon.calls) == 1
    soon.run()
    assert soon.seen == ["commit", "send"]
    soon.turn.send(soon.say("again"))
    soon.run()
    assert soon.seen[-1] == "again"


def test_turn_that_comes_before_takes_the_work(soon: Soon) -> None:
    """Work that waits for a turn of its own leaves with another that comes first."""
    soon.turn.send(soon.say("send"))
    with soon.turn:
        pass
    assert soon.seen == ["send"]
    soon.run()
    assert soon.seen == ["send"]


def test_work_that_fails_does_not_lose_the_rest(soon: Soon) -> None:
    """A defect in one piece of work does not keep other clients from their replies."""

    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), soon.turn as turn:
        turn.send(broken)
        turn.send(soon.say("second"))
        turn.release(soon.say("release"))
    soon.run()
    assert soon.seen == ["second", "release"]
    with soon.turn as turn:
        turn.send(soon.say("next"))
    assert soon.seen[-1] == "next"


def test_error_in_the_body_still_ends_the_turn(soon: Soon) -> None:
    """Calls that were answered before a defect showed up get their replies."""
    with pytest.raises(ZeroDivisionError), soon.turn as turn:
        turn.send(soon.say("send"))
        raise ZeroDivisionError
    assert soon.seen == ["send"]
