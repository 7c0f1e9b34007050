"""Waiting for bricks that may never answer."""

from __future__ import annotations

from functools import partial

import pytest

from nfsgw.backend.replica.member import MemberFailed
from nfsgw.backend.replica.patience import Patience
from nfsgw.waiting import Wait, result_of, step
from tests.unit.backend.replica.fakes import Loop


def test_answer_that_is_there_is_not_waited_for() -> None:
    """Where no disk is waited for, nothing is."""
    loop = Loop()
    patience = Patience(loop, loop.call_later, 5.0)
    wait: Wait[int] = Wait()
    wait.resolve(7)
    assert result_of(patience.answer(wait)) == 7
    failed: Wait[int] = Wait()
    failed.fail(MemberFailed("broken"))
    with pytest.raises(MemberFailed, match="broken"):
        result_of(patience.answer(failed))


def test_silence_ends_everything_that_waits() -> None:
    """After so long without any answer nobody counts on one any more."""
    loop = Loop()
    patience = Patience(loop, loop.call_later, 5.0)
    waits = [step(patience.answer(Wait[None]())) for _ in range(2)]
    loop.run(lambda: all(wait.done for wait in waits))
    assert loop.now_s == 1005
    for wait in (*waits, step(patience.pause(0))):
        with pytest.raises(MemberFailed, match="no answer for 5 s"):
            wait.result()


def test_any_answer_is_a_sign_of_life() -> None:
    """One that takes long is fine as long as others come."""
    loop = Loop()
    patience = Patience(loop, loop.call_later, 5.0)
    slow = loop.pause(12)
    wait = step(patience.answer(slow))
    for after_s in (3, 6, 9):
        answer: Wait[None] = Wait()
        loop.call_later(after_s, partial(answer.resolve, None))
        step(patience.answer(answer))
    assert loop.result(wait) is None
    assert loop.now_s == 1012


def test_time_between_calls_does_not_count() -> None:
    """Nobody is silent who was not asked."""
    loop = Loop()
    patience = Patience(loop, loop.call_later, 5.0)
    loop.result(step(patience.answer(loop.pause(4))))
    loop.result(step(patience.pause(100)))
    loop.result(step(patience.answer(loop.pause(4))))
    patience.close()


def test_stop_ends_pauses_too_and_the_first_reason_counts() -> None:
    """What was stopped stays so."""
    loop = Loop()
    patience = Patience(loop, loop.call_later, 5.0)
    pause, answer = step(patience.pause(100)), step(patience.answer(loop.pause(1)))
    patience.stop(MemberFailed("first"))
    patience.stop(MemberFailed("second"))
    for wait in (pause, answer):
        with pytest.raises(MemberFailed, match="first"):
            wait.result()
    with pytest.raises(MemberFailed, match="first"):
        patience.check()
