"""A procedure may leave a call unanswered."""

from __future__ import annotations

from nfsgw.rpc.program import Peer, Unanswered
from tests.unit.rpc.fakes import PEER, FakeSink, Rig, call_message


def test_call_without_answer_may_come_again() -> None:
    """It is dropped wherever it came from, counted, and run when it is sent again."""
    rig = Rig()
    rig.echo.change_waits = True
    one, two = FakeSink(), FakeSink(Peer(PEER.address, 999, "192.0.2.1", 2049, "tcp"))
    rig.call(one, call_message(4))
    rig.call(two, call_message(4))
    rig.echo.parked[0].fail(Unanswered())
    assert (one.messages, two.messages, one.drops, two.drops) == ([], [], 1, 1)
    assert (one.in_flight, rig.dispatcher.in_flight, rig.row(4).shed) == (0, 0, 1)
    assert (len(rig.dispatcher.replay), rig.row(4).faults) == (0, 0)
    rig.echo.change_waits = False
    rig.call(one, call_message(4))
    assert (len(one.messages), rig.echo.changes) == (1, 2)


def test_call_that_changes_nothing() -> None:
    """One that is not in the replay cache is dropped as well."""
    rig = Rig()
    rig.echo.error = Unanswered()
    sink = FakeSink()
    rig.call(sink, call_message(2))
    assert (sink.messages, sink.drops) == ([], 1)
