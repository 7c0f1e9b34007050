"""Waits, and the trampoline that drives coroutines across them."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred, fail, succeed

from nfsgw.waiting import Wait, deferred_of, drive, gather, result_of, step


def test_value_that_is_there_is_returned_at_once() -> None:
    """A coroutine that waits for nothing unresolved ends in the call that began it."""
    wait: Wait[int] = Wait()
    wait.resolve(5)

    async def run() -> int:
        return await wait + 1

    assert result_of(run()) == 6
    assert step(run()).result() == 6


def test_everyone_who_waits_gets_the_value_in_order() -> None:
    """Several coroutines may wait for one value, and go on in the order in which they came."""
    wait: Wait[int] = Wait()
    seen: list[tuple[str, int]] = []

    async def run(name: str) -> None:
        seen.append((name, await wait))

    runs = [step(run(name)) for name in "abc"]
    assert not any(run.done for run in runs)
    wait.resolve(7)
    assert seen == [("a", 7), ("b", 7), ("c", 7)]
    assert all(run.done for run in runs)


def test_error_is_raised_where_it_is_awaited() -> None:
    """A failed wait raises in the coroutine, which may deal with it."""
    wait: Wait[int] = Wait()

    async def run() -> str:
        try:
            await wait
        except OSError as error:
            return str(error)
        return "none"

    running = step(run())
    wait.fail(OSError("broken"))
    assert running.result() == "broken"


def test_error_of_a_coroutine_is_in_its_wait() -> None:
    """Stepping raises nothing; the result does."""

    async def run() -> None:
        raise OSError("broken")

    running = step(run())
    with pytest.raises(OSError, match="broken"):
        running.result()


def test_wait_is_resolved_once() -> None:
    """Resolving twice is our bug, and said so."""
    wait: Wait[int] = Wait()
    wait.resolve(1)
    with pytest.raises(AssertionError):
        wait.resolve(2)
    with pytest.raises(AssertionError):
        wait.fail(OSError())


def test_callback_after_the_fact_runs_at_once() -> None:
    """Whoever asks late is told at once."""
    wait: Wait[int] = Wait()
    wait.resolve(1)
    seen: list[int] = []
    wait.add_callback(lambda: seen.append(wait.result()))
    assert seen == [1]


def test_stepped_coroutine_is_carried_on() -> None:
    """The dispatcher steps a coroutine itself, and hands it over only when it waits."""
    one: Wait[int] = Wait()
    two: Wait[int] = Wait()

    async def run() -> int:
        return await one + await two

    coroutine = run()
    running = drive(coroutine, coroutine.send(None))
    one.resolve(1)
    assert not running.done
    two.resolve(2)
    assert running.result() == 3


@pytest.mark.parametrize("fired", [True, False])
def test_deferreds_can_be_awaited(fired: bool) -> None:
    """A coroutine may wait for a Deferred of Twisted's, fired already or not."""
    deferred: Deferred[int] = succeed(1) if fired else Deferred()

    async def run() -> int:
        return await deferred + 1

    running = step(run())
    if not fired:
        deferred.callback(1)
    assert running.result() == 2


@pytest.mark.parametrize("fired", [True, False])
def test_failed_deferreds_raise(fired: bool) -> None:
    """The error of a Deferred is raised in the coroutine, and counts as handled."""
    deferred: Deferred[int] = fail(OSError("broken")) if fired else Deferred()

    async def run() -> str:
        try:
            await deferred
        except OSError as error:
            return str(error)
        return "none"

    running = step(run())
    if not fired:
        deferred.errback(OSError("broken"))
    assert running.result() == "broken"


def test_other_awaitables_are_refused() -> None:
    """What the trampoline cannot drive is an error now, not a hang later."""

    class Strange:
        def __await__(self) -> object:
            yield "strange"

    async def run() -> None:
        await Strange()  # type: ignore[misc]

    with pytest.raises(TypeError, match="strange"):
        step(run())


def test_gather_waits_for_all_and_raises_the_first_error() -> None:
    """Nothing is left under way when gather ends, even if one part failed early."""
    waits: list[Wait[int]] = [Wait(), Wait(), Wait()]
    running = step(gather(*waits))
    waits[2].fail(OSError("second"))
    waits[1].fail(OSError("first"))
    assert not running.done
    waits[0].resolve(1)
    with pytest.raises(OSError, match="first"):
        running.result()


def test_result_of_refuses_to_wait() -> None:
    """Code that must not wait says so when it does."""

    async def run() -> None:
        await Wait[int]()

    with pytest.raises(RuntimeError, match="waits"):
        result_of(run())


def test_deferred_of_gives_value_or_error() -> None:
    """At the edges, a coroutine's result is a Deferred."""
    wait: Wait[int] = Wait()

    async def run() -> int:
        return await wait

    good, bad = deferred_of(run()), deferred_of(run())
    seen: list[object] = []
    good.addCallback(seen.append)
    wait.resolve(5)
    assert seen == [5]
    del bad

    async def broken() -> int:
        raise OSError("broken")

    errors: list[object] = []
    deferred_of(broken()).addErrback(lambda failure: errors.append(failure.value))
    assert [str(error) for error in errors] == ["broken"]


def test_what_was_closed_is_not_carried_on() -> None:
    """The collector closes coroutines that wait for each other; that is no error of theirs."""
    outer: Wait[None] = Wait()

    async def wait() -> None:
        await outer

    coroutine = wait()
    finished = step(coroutine)
    coroutine.close()
    outer.resolve(None)
    assert not finished.done


def test_runtime_errors_of_coroutines_are_in_their_waits() -> None:
    """They are not taken for those of a closed one, at once or later."""
    outer: Wait[None] = Wait()

    async def fail_at_once() -> None:
        raise RuntimeError("at once")

    async def fail_later() -> None:
        await outer
        raise RuntimeError("later")

    waits = [step(fail_at_once()), step(fail_later())]
    outer.resolve(None)
    for wait, text in zip(waits, ("at once", "later"), strict=True):
        with pytest.raises(RuntimeError, match=text):
            wait.result()
