"""The bytes that a joining brick lacks, brought over while clients write.

An extent is fetched while its file is still, and from that moment on the brick gets what is
written to it like all others.  It is always overwritten, never compared: after a failed fsync a
page cache shows bytes that the disk does not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from nfsgw.backend.brick.schema import EXTENT_BYTES
from nfsgw.backend.replica.member import ExtentKey, Member
from nfsgw.backend.replica.missing import Missing
from nfsgw.backend.replica.patience import Patience
from nfsgw.backend.replica.progress import Progress
from nfsgw.backend.replica.source import Source
from nfsgw.clock import Clock
from nfsgw.errors import NfsgwError
from nfsgw.waiting import gather, step

__all__ = ["Fetching"]

_STILL_EXTENTS_MAX: Final = 4
"""Extents fetched before a file's writers get their turn: 16 MiB."""
_SETTLE_EXTENTS: Final = 64
_SETTLE_BYTES: Final = 32 << 20
"""So much at most is written to disk at once: others wait for that disk too."""
_SETTLE_S: Final = 1.0
_TURN_BYTES: Final = 1 << 20
_TURN_EXTENTS: Final = 16
"""Beyond either, others get their turn: where no disk is waited for, nothing else gives it."""


class Fetching:
    """Brings over all extents of ``missing``, and makes them durable.

    :param width: files side by side.
    :param pause_s: between two pieces of about 1 MiB.
    """

    def __init__(
        self,
        source: Source,
        member: Member,
        missing: Missing,
        patience: Patience,
        progress: Progress,
        clock: Clock,
        width: int,
        pause_s: float,
    ) -> None:
        self._source = source
        self._member = member
        self._epoch = source.epoch
        self._missing = missing
        self._patience = patience
        self._progress = progress
        self._clock = clock
        self._width = width
        self._pause_s = pause_s
        self._unsettled: list[ExtentKey] = []
        self._unsettled_sizes: list[int] = []
        self._unsettled_bytes = 0
        self._unsettled_since_s = 0.0
        self._turn_bytes = 0
        self._turn_extents = 0

    async def run(self) -> None:
        """Return when nothing is missing, and all of it is durable.

        :raises MemberFailed: the brick.
        :raises FsError: the source is not primary any more.
        """
        while self._missing.keys:
            files = self._missing.by_file()
            await gather(*(step(self._fetch_files(files)) for _ in range(self._width)))
        if self._unsettled:
            await self._settle()

    async def _fetch_files(self, files: Iterator[tuple[int, Sequence[int]]]) -> None:
        try:
            for inode, numbers in files:
                for start in range(0, len(numbers), _STILL_EXTENTS_MAX):
                    await self._fetch(inode, numbers[start : start + _STILL_EXTENTS_MAX])
        except NfsgwError as error:
            # The others, who may be waiting for what never comes, end too.
            self._patience.stop(error)
            raise

    async def _fetch(self, inode: int, numbers: Sequence[int]) -> None:
        async with self._source.still(inode):
            for number in numbers:
                await self._fetch_one(inode, number)
        if self._is_settling_due():
            await self._settle()
        if self._turn_bytes >= _TURN_BYTES or self._turn_extents >= _TURN_EXTENTS:
            self._turn_bytes = self._turn_extents = 0
            await self._patience.pause(self._pause_s)

    async def _fetch_one(self, inode: int, number: int) -> None:
        start = number * EXTENT_BYTES
        data = await self._patience.answer(step(self._source.read(inode, start, EXTENT_BYTES)))
        if data is not None:
            put = self._member.put_extent(self._epoch, inode, number, data)
            await self._patience.answer(put)
        self._unsettled_sizes.append(self._missing.remove((inode, number)))
        if not self._unsettled:
            self._unsettled_since_s = self._clock.seconds()
        self._unsettled.append((inode, number))
        self._unsettled_bytes += len(data or b"")
        self._turn_bytes += len(data or b"")
        self._turn_extents += 1

    def _is_settling_due(self) -> bool:
        if not self._unsettled:
            return False
        passed_s = self._clock.seconds() - self._unsettled_since_s
        return (
            len(self._unsettled) >= _SETTLE_EXTENTS
            or self._unsettled_bytes >= _SETTLE_BYTES
            or passed_s >= _SETTLE_S
        )

    async def _settle(self) -> None:
        extents, self._unsettled = self._unsettled, []
        sizes, self._unsettled_sizes = self._unsettled_sizes, []
        self._unsettled_bytes = 0
        await self._patience.answer(self._member.settle(self._epoch, extents))
        # Only now: a page cache takes bytes much faster than the disk below it.
        for size in sizes:
            self._progress.moved_extent(size)
