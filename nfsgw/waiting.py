"""The trampoline: one waiting primitive, and the loop that drives coroutines across it.

An operation is an ``async def``.  It runs at once up to its first real wait, so most calls end in
the same Python call that began them.  For those that wait, a :class:`Wait` costs a fraction of a
``Deferred`` (docs/ARCHITECTURE.md, "Waiting").  A coroutine driven here may also await a Deferred.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

__all__ = ["Wait", "deferred_of", "drive", "gather", "result_of", "step"]

T = TypeVar("T")

_PENDING = 0
_VALUE = 1
_ERROR = 2


class Wait(Generic[T]):
    """A value that is not there yet; any number of coroutines may await it.

    Resolved once, by :meth:`resolve` or :meth:`fail`; awaiting a resolved one does not suspend.
    """

    __slots__ = ("_callbacks", "_error", "_state", "_value")

    def __init__(self) -> None:
        self._state = _PENDING
        self._value: Any = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[], None]] = []

    @property
    def done(self) -> bool:
        """Say whether it was resolved or failed."""
        return self._state != _PENDING

    def resolve(self, value: T) -> None:
        """Give the value, and run everyone who waits, in the order in which they came."""
        assert self._state == _PENDING, "resolved twice"
        self._state = _VALUE
        self._value = value
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def fail(self, error: BaseException) -> None:
        """Raise ``error`` in everyone who waits."""
        assert self._state == _PENDING, "resolved twice"
        self._state = _ERROR
        self._error = error
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def add_callback(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` when done: at once if that is now."""
        if self._state == _PENDING:
            self._callbacks.append(callback)
        else:
            callback()

    def result(self) -> T:
        """Return the value or raise the error; only when done."""
        assert self._state != _PENDING, "not resolved yet"
        if self._error is not None:
            raise self._error
        value: T = self._value
        return value

    def __await__(self) -> Generator[Wait[T], None, T]:
        if self._state == _PENDING:
            yield self
        # result(), without the call: every waiting call of a client comes by here.
        if self._error is not None:
            raise self._error
        value: T = self._value
        return value


class _Run(Generic[T]):
    """One coroutine under way: steps it each time that what it waits for is done."""

    __slots__ = ("_coroutine", "_finished")

    def __init__(self, coroutine: Coroutine[Any, Any, T], finished: Wait[T]) -> None:
        self._coroutine = coroutine
        self._finished = finished

    def resume(self) -> None:
        try:
            waited = self._coroutine.send(None)
        except StopIteration as stop:
            self._finished.resolve(stop.value)
        except Exception as error:  # noqa: BLE001 - it is handed on, to whoever awaits the result
            if not _is_over(error):
                self._finished.fail(error)
        else:
            self.wait_for(waited)

    def _throw(self, raised: Any) -> None:  # noqa: ANN401 - a Failure's value
        try:
            waited = self._coroutine.throw(raised)
        except StopIteration as stop:
            self._finished.resolve(stop.value)
        except Exception as error:  # noqa: BLE001 - it is handed on, to whoever awaits the result
            self._finished.fail(error)
        else:
            self.wait_for(waited)

    def wait_for(self, waited: object) -> None:
        if isinstance(waited, Wait):
            waited.add_callback(self.resume)
        elif isinstance(waited, Deferred):
            waited.addBoth(self._fired)
        else:
            raise TypeError(f"a coroutine waits for {waited!r}, which the trampoline cannot drive")

    def _fired(self, result: object) -> object:
        if isinstance(result, Failure):
            # While its callbacks run, a Deferred cannot be awaited for a failure: raise it here.
            self._throw(result.value)
            return None
        # The Deferred keeps its result meanwhile, and the coroutine takes it from there.
        self.resume()
        return result


def _is_over(error: Exception) -> bool:
    """Say whether an error is that the coroutine had ended, and not one that it has raised.

    The collector ends coroutines that nobody can reach any more, one after the other: one of them
    may in its ``finally`` resolve what another waited for that is closed already.
    """
    traceback = error.__traceback__
    return isinstance(error, RuntimeError) and traceback is not None and traceback.tb_next is None


def step(coroutine: Coroutine[Any, Any, T]) -> Wait[T]:
    """Run a coroutine up to its end or its first wait, and return a Wait for its result.

    :raises Exception: nothing: an error of the coroutine is in the returned Wait.
    """
    finished: Wait[T] = Wait()
    _Run(coroutine, finished).resume()
    return finished


def drive(coroutine: Coroutine[Any, Any, T], waited: object) -> Wait[T]:
    """Carry on a coroutine that the caller has already stepped once and that then gave ``waited``.

    The dispatcher calls ``send(None)`` itself, and comes here only if the call really waits.
    """
    finished: Wait[T] = Wait()
    _Run(coroutine, finished).wait_for(waited)
    return finished


async def gather(*waits: Wait[Any]) -> None:
    """Wait for all; raise the first error (in the order given) after all are done."""
    error: Exception | None = None
    for wait in waits:
        try:
            await wait
        except Exception as raised:  # noqa: BLE001 - raised below, once nothing is under way
            error = error or raised
    if error is not None:
        raise error


def result_of(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that must not wait, and return its result (for tests and start-up code).

    :raises RuntimeError: it did wait.
    """
    try:
        waited = coroutine.send(None)
    except StopIteration as stop:
        value: T = stop.value
        return value
    coroutine.close()
    raise RuntimeError(f"it waits for {waited!r}")


def deferred_of(coroutine: Coroutine[Any, Any, T]) -> Deferred[T]:
    """Run a coroutine on the trampoline and return a Deferred for its result.

    For the edges, where Twisted or a test wants a Deferred: Twisted's own coroutine driver does
    not know a :class:`Wait`.
    """
    deferred: Deferred[T] = Deferred()
    finished = step(coroutine)

    def fire() -> None:
        try:
            value = finished.result()
        except Exception:  # noqa: BLE001 - it is handed on, to whoever has the Deferred
            deferred.errback()
        else:
            deferred.callback(value)

    finished.add_callback(fire)
    return deferred
