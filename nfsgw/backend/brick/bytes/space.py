"""How much room the disk has: refuse in time, and tell the truth.

A write is refused before anything of it happens, so that a record that has its sequence number can
always be carried out.  ``statvfs`` is asked once a second, not per write; what was written since
is subtracted, so a burst cannot run through the reserve unseen.
"""

from __future__ import annotations

from nfsgw.backend.brick.bytes.disk import DiskSpace, translated
from nfsgw.backend.brick.bytes.means import Means
from nfsgw.backend.brick.schema import wcc_of
from nfsgw.errors import FsCode, FsError

__all__ = ["Room"]


class Room:
    """The room on the brick's file system.

    :param path: a directory on it.
    """

    def __init__(self, means: Means, path: str) -> None:
        self._means = means
        self._path = path
        self._known: DiskSpace | None = None
        self._until = 0.0
        self._taken = 0

    def read(self) -> DiskSpace:
        """Return the room, at most ``space_age_s`` old.

        :raises FsError: IO.
        """
        now = self._means.clock.seconds()
        known = self._known
        if known is None or now >= self._until:
            try:
                known = self._means.space() or self._means.disk.space(self._path)
                self._known = known
            except OSError as error:
                raise self._means.disk_failed(error) or translated(error) from error
            self._until = now + self._means.options.space_age_s
            self._taken = 0
        return known

    def take(self, count: int, record: bytes, makes_file: bool) -> None:
        """Count ``count`` bytes that are going to be written as taken.

        :param record: the inode's, for the failure arm.
        :param makes_file: the write makes a data file, and maybe its directories.
        :raises FsError: NOSPC: they would reach into the reserve.
        """
        known = self.read()
        options = self._means.options
        if known.bytes_available - self._taken - count < options.reserve_bytes or (
            makes_file and known.files_total and known.files_available <= options.reserve_files
        ):
            raise FsError(FsCode.NOSPC, record[:84], wcc_of(record))
        self._taken += count
