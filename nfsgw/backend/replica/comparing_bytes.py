"""The clean extents of a set's in-sync bricks, compared with their checksums and mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from nfsgw.backend.brick.bytes.extents import CRC32
from nfsgw.backend.brick.keys import extent_key, inode_key, inode_of
from nfsgw.backend.brick.schema import EXTENT_BYTES, Extent, ExtentState, unpack_extent
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.comparing import Asking, Report
from nfsgw.backend.replica.member import Item, Member, MemberFailed
from nfsgw.backend.replica.missing import extent_of
from nfsgw.backend.replica.source import Source
from nfsgw.waiting import step

__all__ = ["ByteComparison"]

_GROUP_EXTENTS: Final = 4
"""Of one file, asked for at a time: 16 MiB."""
_PIECE_BYTES: Final = 64 << 10
_TURN_BYTES: Final = 1 << 20
_TURN_EXTENTS: Final = 16
"""After either there is a pause."""


class ByteComparison:
    """Compares all clean extents.

    :param primary: the id of the source's brick.
    :param patience_s: for a brick's answer, which reads up to 16 MiB from its disk.
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
        self._mends = True
        self._turn_extents = 0
        self._turn_bytes = 0

    async def count(self) -> None:
        """Count the extents that there are to compare."""
        for items in self._pieces():
            self._report.extents_total += sum(1 for _, value in items if _is_clean(value))
            await self._asking.pause(0)

    async def run(self, mends: bool) -> None:
        """Compare.

        :param mends: overwrite what is wrong with what is right.
        :raises FsError: the source is not primary any more.
        """
        self._mends = mends
        for items in self._pieces():
            for inode, extents in _groups(items):
                await self._compare(inode, extents)
                await self._pause_if_due(extents)

    async def _pause_if_due(self, extents: Mapping[int, Extent]) -> None:
        self._turn_extents += len(extents)
        self._turn_bytes += sum(extent.length for extent in extents.values())
        if self._turn_extents >= _TURN_EXTENTS or self._turn_bytes >= _TURN_BYTES:
            self._turn_extents = self._turn_bytes = 0
            await self._asking.pause(self._pause_s)

    def _pieces(self) -> Iterator[list[Item]]:
        after = b""
        while items := self._source.items(Table.EXTENT, after, _PIECE_BYTES):
            yield items
            after = items[-1][0]

    async def _compare(self, inode: int, extents: Mapping[int, Extent]) -> None:
        """Compare extents of a file, which may be written at the same time."""
        sums = await self._checksums(inode, extents, self._source.in_sync)
        self._report.extents += len(extents)
        self._report.bytes_done += sum(extent.length for extent in extents.values())
        suspects = [
            number
            for number, extent in extents.items()
            if any(not _equal(found[number], extent) for found in sums.values())
        ]
        if suspects:
            await self._look_again(inode, suspects)

    async def _checksums(
        self, inode: int, extents: Mapping[int, Extent], members: Sequence[Member]
    ) -> dict[str, dict[int, Extent]]:
        """Return what is in the extents by brick and number."""
        asked = [(number, extent.length) for number, extent in extents.items()]
        own = step(self._source.checksums(inode, asked))
        answers = await self._asking.all(
            members,
            lambda member: member.checksums(self._epoch, inode, asked),
            self._patience_s,
        )
        found = {self._primary: await self._asking.answer(own, self._patience_s), **answers}
        return {brick: dict(zip(extents, sums, strict=True)) for brick, sums in found.items()}

    async def _look_again(self, inode: int, numbers: Sequence[int]) -> None:
        """Compare extents while nobody writes to them, and mend them."""
        async with self._source.still(inode):
            extents = {}
            for number in numbers:
                extent = self._extent(inode, number)
                if extent is not None:
                    extents[number] = extent
            members = {member.brick: member for member in self._source.in_sync}
            sums = await self._checksums(inode, extents, list(members.values()))
            for number, extent in extents.items():
                found = {brick: answers[number] for brick, answers in sums.items()}
                if any(not _equal(each, extent) for each in found.values()):
                    await self._mend(inode, number, extent, found, members)

    def _extent(self, inode: int, number: int) -> Extent | None:
        """Return an extent if it is clean."""
        key = extent_key(inode, number)
        # The key of an inode stands just before those of its extents.
        after = extent_key(inode, number - 1) if number else inode_key(inode)
        items = self._source.items(Table.EXTENT, after, 1)
        if not items or items[0][0] != key or not _is_clean(items[0][1]):
            return None
        return unpack_extent(items[0][1])

    async def _mend(
        self,
        inode: int,
        number: int,
        extent: Extent,
        found: Mapping[str, Extent],
        members: Mapping[str, Member],
    ) -> None:
        where = f"extent {number} of {inode}"
        right = [brick for brick, each in found.items() if _equal(each, extent)]
        if not right and len(set(found.values())) == 1:
            where += ", equal on all bricks but not as its checksum says"
        data = None
        if self._mends:
            for brick in right:
                if data is None:
                    data = await self._read(inode, number, members.get(brick))
        for brick in found:
            if brick in right:
                continue
            mended = data is not None and await self._put(
                inode, number, extent, data, members.get(brick)
            )
            self._report.diverges(brick, where, mended)

    async def _read(self, inode: int, number: int, member: Member | None) -> bytes | None:
        """Return a right extent from a brick (None: the primary); None if the brick fails."""
        start = number * EXTENT_BYTES
        data: bytes | None
        if member is None:
            read = step(self._source.read(inode, start, EXTENT_BYTES))
            data = await self._asking.answer(read, self._patience_s)
        else:
            answers = await self._asking.all(
                (member,),
                lambda member: member.read(self._epoch, inode, start, EXTENT_BYTES),
                self._patience_s,
            )
            data = answers.get(member.brick)
        if data is not None and len(data) < EXTENT_BYTES and self._goes_on(inode, number):
            # The file ends here only because later extents are lost on that brick: elsewhere
            # they must not be cut off.
            data += bytes(EXTENT_BYTES - len(data))
        return data

    def _goes_on(self, inode: int, number: int) -> bool:
        """Say whether a file has extents after this one."""
        items = self._source.items(Table.EXTENT, extent_key(inode, number), 1)
        return bool(items) and inode_of(items[0][0]) == inode

    async def _put(
        self, inode: int, number: int, extent: Extent, data: bytes, member: Member | None
    ) -> bool:
        """Overwrite an extent on a brick (None: the primary); say whether it is right now."""
        asked = [(number, extent.length)]
        answer, patience_s = self._asking.answer, self._patience_s
        if member is None:
            await answer(step(self._source.put_extent(inode, number, data)), patience_s)
            sums = await answer(step(self._source.checksums(inode, asked)), patience_s)
            return _equal(sums[0], extent)
        try:
            await answer(member.put_extent(self._epoch, inode, number, data), patience_s)
            await answer(member.settle(self._epoch, [(inode, number)]), patience_s)
            sums = await answer(member.checksums(self._epoch, inode, asked), patience_s)
        except MemberFailed as error:
            self._asking.exclude(member, error)
            return False
        return _equal(sums[0], extent)


def _groups(items: Sequence[Item]) -> Iterator[tuple[int, dict[int, Extent]]]:
    """Yield (inode, clean extents by number), so many at a time."""
    clean = [(extent_of(key), unpack_extent(value)) for key, value in items if _is_clean(value)]
    for inode, group in groupby(clean, key=lambda each: each[0][0]):
        extents = [(number, extent) for (_, number), extent in group]
        for start in range(0, len(extents), _GROUP_EXTENTS):
            yield inode, dict(extents[start : start + _GROUP_EXTENTS])


def _is_clean(value: bytes) -> bool:
    """Say whether an extent has a checksum, of the kind that bricks compute."""
    extent = unpack_extent(value)
    return extent.state == ExtentState.CLEAN and extent.algorithm == CRC32


def _equal(found: Extent, extent: Extent) -> bool:
    return found.length == extent.length and found.digest == extent.digest
