"""What the comparisons of tables and of bytes have in common: asking bricks, and reporting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from nfsgw.backend.brick.starting import CallLater
from nfsgw.backend.replica.health import Divergence, Verification
from nfsgw.backend.replica.member import Member, MemberFailed
from nfsgw.backend.replica.patience import Patience
from nfsgw.backend.replica.source import Source
from nfsgw.clock import Clock
from nfsgw.errors import NfsgwError
from nfsgw.waiting import Wait

__all__ = ["Asking", "Report", "VerifyingEnded"]

T = TypeVar("T")

DIVERGENCES_MAX: Final = 1000


class VerifyingEnded(NfsgwError):
    """The verification was stopped; the message says why."""


class Asking:
    """Asks bricks, and excludes those that fail or do not answer."""

    def __init__(self, source: Source, clock: Clock, call_later: CallLater) -> None:
        self._source = source
        self._clock = clock
        self._call_later = call_later
        self._ended: VerifyingEnded | None = None
        self._current: Patience | None = None
        self._excluded: set[str] = set()

    def stop(self, reason: str) -> None:
        """Raise :class:`VerifyingEnded` wherever something is awaited, now and later."""
        if self._ended is None:
            self._ended = VerifyingEnded(reason)
            if self._current is not None:
                self._current.stop(self._ended)

    async def all(
        self, members: Iterable[Member], call: Callable[[Member], Wait[T]], patience_s: float
    ) -> dict[str, T]:
        """Ask all at the same time; return the answers by brick, without those that failed."""
        asked = [(member, call(member)) for member in members]
        answers: dict[str, T] = {}
        for member, wait in asked:
            try:
                answers[member.brick] = await self.answer(wait, patience_s)
            except MemberFailed as error:
                self.exclude(member, error)
        return answers

    def exclude(self, member: Member, error: MemberFailed) -> None:
        """Let a brick that failed not count as in sync."""
        if member.brick not in self._excluded:
            self._excluded.add(member.brick)
            self._source.exclude(member, str(error))

    async def answer(self, wait: Wait[T], patience_s: float) -> T:
        """Return an answer.

        :raises MemberFailed: none came in time; besides what the call itself raises.
        """
        patience = self._begin(patience_s)
        try:
            return await patience.answer(wait)
        finally:
            patience.close()

    async def pause(self, delay_s: float) -> None:
        """Let others have their turn."""
        await self._begin(delay_s).pause(delay_s)

    def _begin(self, limit_s: float) -> Patience:
        if self._ended is not None:
            raise self._ended
        self._current = Patience(self._clock, self._call_later, limit_s)
        return self._current


class Report:
    """What was found so far."""

    def __init__(self) -> None:
        self.running = True
        self.items = 0
        self.extents = 0
        self.extents_total = 0
        self.bytes_done = 0
        self.error: str | None = None
        self._divergences: list[Divergence] = []
        self._count = 0
        self._mended = 0

    @property
    def unmended(self) -> int:
        """Return how many divergences are still there."""
        return self._count - self._mended

    def diverges(self, brick: str, where: str, mended: bool) -> None:
        """Report a divergence."""
        self._count += 1
        self._mended += mended
        if len(self._divergences) < DIVERGENCES_MAX:
            self._divergences.append(Divergence(brick, where, mended))

    def verification(self) -> Verification:
        """Return the report as others see it."""
        return Verification(
            self.running,
            self.items,
            self.extents,
            self.extents_total,
            self.bytes_done,
            tuple(self._divergences),
            self._count,
            self._mended,
            self.error,
        )
