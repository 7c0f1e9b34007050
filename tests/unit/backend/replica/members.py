"""Members of a set whose answers are the test's."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple, cast

from nfsgw.backend.replica.member import Member, MemberFailed
from nfsgw.waiting import Wait

__all__ = ["Asked", "ToldMember"]


class Asked(NamedTuple):
    """A call: its name, its arguments without the epoch, and the answer."""

    name: str
    args: tuple[Any, ...]
    answer: Wait[Any]


class ToldMember:
    """A member that answers when it is told to, or what it is told to.

    :ivar asked: all calls; ``open`` those without an answer yet.
    :ivar results: by the name of the call: a value, an error, or a list of either, one for each
        call; a call of that name is answered at once.
    """

    def __init__(self, brick: str = "bb" * 16, epoch: int = 1) -> None:
        self.brick = brick
        self.epoch = epoch
        self.asked: list[Asked] = []
        self.results: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any call of a member
        return partial(self._call, name)

    def _call(self, name: str, epoch: int, *args: Any) -> Wait[Any]:  # noqa: ANN401
        assert epoch == self.epoch
        answer: Wait[Any] = Wait()
        self.asked.append(Asked(name, args, answer))
        if name in self.results:
            result = self.results[name]
            self._answer(answer, result.pop(0) if isinstance(result, list) else result)
        return answer

    def _answer(self, answer: Wait[Any], result: object) -> None:
        if isinstance(result, Exception):
            answer.fail(result)
        else:
            answer.resolve(result)

    @property
    def member(self) -> Member:
        """Return it as what it stands for."""
        return cast("Member", self)

    @property
    def names(self) -> list[str]:
        """Return the names of all calls."""
        return [each.name for each in self.asked]

    def args(self, name: str) -> list[tuple[Any, ...]]:
        """Return the arguments of all calls of a name."""
        return [each.args for each in self.asked if each.name == name]

    @property
    def open(self) -> list[Asked]:
        """Return the calls that are not answered."""
        return [each for each in self.asked if not each.answer.done]

    def answer(self, result: object = None) -> None:
        """Answer the oldest call that is open; an error makes it fail."""
        self._answer(self.open[0].answer, result)

    def fail(self, reason: str = "broken") -> None:
        """Let the oldest call that is open fail."""
        self.answer(MemberFailed(reason))
