"""The tables of a set's in-sync bricks, compared and mended range by range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.comparing import Asking, Report
from nfsgw.backend.replica.member import Item, Member, MemberFailed, RangeDigest
from nfsgw.backend.replica.source import Source
from nfsgw.backend.replica.tables import SHARED_TABLES

__all__ = ["TableComparison"]

_RANGE_ITEMS: Final = 1000
_RANGE_BYTES: Final = 256 << 10
_ROWS_MAX: Final = 20_000
"""Items of a range that differ so much in number between bricks are not fetched to mend it."""
_PIECE_BYTES: Final = 1 << 20
_KEY_TEXT_MAX: Final = 64


class _Range(NamedTuple):
    """The items with ``after`` < key <= ``upto`` (None: to the table's end)."""

    table: Table
    after: bytes
    upto: bytes | None


class TableComparison:
    """Compares all tables that bricks share.

    :param primary: the id of the source's brick.
    :param patience_s: for a brick's answer: clients wait meanwhile.
    :ivar primary_diverges: the primary has what most others do not have.
    """

    def __init__(
        self,
        source: Source,
        primary: str,
        asking: Asking,
        report: Report,
        pause_s: float,
        patience_s: float,
    ) -> None:
        self._source = source
        self._epoch = source.epoch
        self._primary = primary
        self._asking = asking
        self._report = report
        self._pause_s = pause_s
        self._patience_s = patience_s
        self.primary_diverges = False

    async def run(self) -> None:
        """Compare and mend.

        :raises FsError: the source is not primary any more.
        """
        for table in SHARED_TABLES:
            upto: bytes | None = b""
            while upto is not None:
                after, upto = upto, self._range_end(table, upto)
                await self._compare(_Range(table, after, upto))
                await self._asking.pause(self._pause_s)

    def _range_end(self, table: Table, after: bytes) -> bytes | None:
        """Return the last key of a range; None for the last one, which has none of ours.

        Another brick may have items where this one has none, so the last range is open.
        """
        items = self._source.items(table, after, _RANGE_BYTES)[:_RANGE_ITEMS]
        return items[-1][0] if items else None

    async def _compare(self, where: _Range) -> None:
        async with self._source.at_rest():
            digests = {self._primary: self._source.digest(*where)}
            members = {member.brick: member for member in self._source.in_sync}
            digests |= await self._asking.all(
                members.values(),
                lambda member: member.digest(self._epoch, *where),
                self._patience_s,
            )
            self._report.items += digests[self._primary].items
            if len(set(digests.values())) > 1:
                await self._mend(where, digests, members)

    async def _mend(
        self, where: _Range, digests: Mapping[str, RangeDigest], members: Mapping[str, Member]
    ) -> None:
        """Make the minority's items those of the majority; the set is at rest."""
        right, votes = Counter(digests.values()).most_common(1)[0]
        if 2 * votes <= len(digests):
            for brick in digests:
                rows = await self._rows(brick, where, digests[brick], members)
                own = await self._rows(self._primary, where, digests[self._primary], members)
                self._report.diverges(brick, _text(where, rows, own), mended=False)
            return
        rows = None
        for brick, digest in digests.items():
            if rows is None and digest == right:
                rows = await self._rows(brick, where, digest, members)
        for brick, digest in digests.items():
            if digest == right:
                continue
            found = await self._rows(brick, where, digest, members)
            mended = False
            if brick == self._primary:
                self.primary_diverges = True
            elif rows is not None:
                mended = await self._put(members[brick], where, rows, right)
            self._report.diverges(brick, _text(where, found, rows), mended)

    async def _rows(
        self,
        brick: str,
        where: _Range,
        digest: RangeDigest,
        members: Mapping[str, Member],
    ) -> list[Item] | None:
        """Return a brick's items; None if they are too many, or the brick fails."""
        if digest.items > _ROWS_MAX:
            return None
        if brick == self._primary:
            return self._own_rows(where)
        answers = await self._asking.all(
            (members[brick],),
            lambda member: member.rows(self._epoch, *where),
            self._patience_s,
        )
        return answers.get(brick)

    def _own_rows(self, where: _Range) -> list[Item]:
        table, after, upto = where
        rows: list[Item] = []
        while items := self._source.items(table, after, _PIECE_BYTES):
            after = items[-1][0]
            rows += [item for item in items if upto is None or item[0] <= upto]
            if upto is not None and after >= upto:
                break
        return rows

    async def _put(
        self, member: Member, where: _Range, rows: Sequence[Item], right: RangeDigest
    ) -> bool:
        """Mend a range on a brick; say whether it is right now."""
        answer, patience_s = self._asking.answer, self._patience_s
        try:
            await answer(member.mend(self._epoch, *where, rows), patience_s)
            return await answer(member.digest(self._epoch, *where), patience_s) == right
        except MemberFailed as error:
            self._asking.exclude(member, error)
            return False


def _text(where: _Range, found: Sequence[Item] | None, right: Sequence[Item] | None) -> str:
    """Say where two bricks differ, as exactly as it is known."""
    first, last = where.after, where.upto
    if found is not None and right is not None:
        different = sorted({key for key, _ in set(found) ^ set(right)})
        if different:
            first, last = different[0], different[-1]
    name = where.table.name.lower()
    if first == last:
        return f"{name} {_key(first)}"
    return f"{name} {_key(first)} to {'the end' if last is None else _key(last)}"


def _key(key: bytes) -> str:
    text = key.hex() or "the beginning"
    return text if len(text) <= _KEY_TEXT_MAX else text[:_KEY_TEXT_MAX] + "..."
