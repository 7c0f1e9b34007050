"""How much room the disk has: refuse in time, and tell the truth.

A write is refused before anything of it happens, so that a record that has its sequence number can
always be carried out.  ``statvfs`` is asked once a second, not per write; what was written since
is subtracted, so a burst cannot run through the reserve unseen.
"""

from __future__ import annotations

from nfsgw.backend.brick.bytes.disk import DiskSpace, translated
from nfsgw.backend.brick.bytes.means import Means

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
            except OSError as error:
                raise self._means.disk_failed(error) or translated(error) from error
            self._until = now + self._means.options.space_age_s
            if known is not self._known:
                # Of a set it is the same one until somebody has looked again.
                self._known = known
                self._taken = 0
        return known

    def take(self, count: int, makes_file: bool) -> bool:
        """Count ``count`` bytes that are going to be written as taken; say whether they may be.

        :param makes_file: the write makes a data file, and maybe its directories.
        :return: False if they would reach into the reserve.
        :raises FsError: IO.
        """
        if not self._fits(self.read(), self._taken + count, makes_file):
            # What was written since may have replaced other bytes.
            self._until = 0.0
            if not self._fits(self.read(), self._taken + count, makes_file):
                return False
        self._taken += count
        return True

    def may_fit(self, count: int, makes_file: bool) -> bool:
        """Say whether bytes were refused only because of what was written since the last look."""
        return self._fits(self.read(), count, makes_file)

    def _fits(self, known: DiskSpace, count: int, makes_file: bool) -> bool:
        options = self._means.options
        if makes_file and known.files_total and known.files_available <= options.reserve_files:
            return False
        return known.bytes_available - count >= options.reserve_bytes
