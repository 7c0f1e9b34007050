"""The calls to a brick that are not answered yet: each gets an answer, whatever happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from twisted.logger import Logger

from nfsgw.backend.brick.bytes.means import Tasks
from nfsgw.backend.brick.results import BadRecord
from nfsgw.backend.brick.store import StoreFailed
from nfsgw.backend.replica.member import MemberFailed
from nfsgw.waiting import Wait

__all__ = ["DONE", "Calls", "failed_wait", "reason_of"]

T = TypeVar("T")


def _resolved() -> Wait[None]:
    wait: Wait[None] = Wait()
    wait.resolve(None)
    return wait


DONE = _resolved()
"""The answer to calls that need no wait."""


def failed_wait(error: Exception) -> Wait[Any]:
    """Return the answer to a call that is refused."""
    wait: Wait[Any] = Wait()
    wait.fail(error)
    return wait


def reason_of(error: Exception) -> str:
    """Return what to say of a brick that failed by an error."""
    if not isinstance(error, OSError):
        return str(error)
    what = error.strerror or str(error)
    if isinstance(error, FileNotFoundError):
        what = "a data file is missing"
    return f"{error.filename}: {what}" if error.filename else what


def _has_succeeded(wait: Wait[Any]) -> bool:
    if not wait.done:
        return False
    try:
        wait.result()
    except Exception:  # noqa: BLE001 - raised again where it is dealt with
        return False
    return True


class Calls:
    """What is being carried out for others.

    :param tasks: runs it.
    :param failed: called with the reason when a call met an error of the disk, or a defect; it
        must have :meth:`end` or :meth:`fail` called.
    """

    log = Logger()

    def __init__(self, tasks: Tasks, failed: Callable[[str], None]) -> None:
        self._tasks = tasks
        self._failed = failed
        # Those without an answer, in the order in which they came.
        self._open: dict[Wait[Any], None] = {}
        self._under_way = 0
        self._ended = False
        self.quiet: Wait[None] = Wait()
        """Done when calls have ended and nothing of them is under way any more."""

    def answer(self, work: Awaitable[T]) -> Wait[T]:
        """Begin to carry out a call; return the Wait for its answer."""
        if isinstance(work, Wait) and _has_succeeded(work):
            # Where nothing is durable, that is how most calls end.
            return work
        answer: Wait[T] = Wait()
        self._open[answer] = None
        self._under_way += 1
        self._tasks.start(self._carry_out(work, answer))
        return answer

    def fail(self, error: Callable[[], MemberFailed]) -> None:
        """Let all calls fail that are open; what they began goes on."""
        calls, self._open = self._open, {}
        for answer in calls:
            answer.fail(error())

    def end(self, reason: str) -> None:
        """Let all calls fail; there will be no others."""
        self.fail(lambda: MemberFailed(reason))
        self._ended = True
        self._look()

    async def _carry_out(self, work: Awaitable[T], answer: Wait[T]) -> None:
        try:
            result = await work
        except MemberFailed as error:
            if self._is_open(answer):
                answer.fail(error)
        except (StoreFailed, BadRecord, OSError) as error:
            self._failed(reason_of(error))
        except Exception:  # noqa: BLE001 - a defect; whoever waits must hear of it all the same
            self.log.failure("a call to a brick ended with a defect")
            self._failed("a defect of the server")
        else:
            if self._is_open(answer):
                answer.resolve(result)
        finally:
            self._under_way -= 1
            self._look()

    def _is_open(self, answer: Wait[Any]) -> bool:
        """Say whether a call is still to be answered; from now on it is not."""
        if answer not in self._open:
            return False
        del self._open[answer]
        return True

    def _look(self) -> None:
        if self._ended and not self._under_way and not self.quiet.done:
            self.quiet.resolve(None)
