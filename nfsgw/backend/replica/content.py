"""What a primary's own brick holds, as those read it who bring other bricks up to date.

One half of :class:`.source.Source`; the other, who follows the primary, is :mod:`.primary`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from nfsgw.backend.brick.bytes.extents import checksum
from nfsgw.backend.brick.bytes.filebytes import FileBytes
from nfsgw.backend.brick.bytes.files import DataFile
from nfsgw.backend.brick.keys import sequence_key
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.record import Record, decode_record
from nfsgw.backend.brick.schema import Extent
from nfsgw.backend.brick.store import Snapshot
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica import receiving
from nfsgw.backend.replica.member import Item, RangeDigest
from nfsgw.backend.replica.tables import is_shared
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait

__all__ = ["OwnContent"]


class OwnContent(ABC):
    """The log, the tables and the bytes of a primary's own brick.

    Everything raises FsError UNDECIDED once the brick is not primary any more.

    :ivar own: the brick.
    :ivar data: its data path.
    """

    own: LocalBrick
    data: FileBytes

    @property
    @abstractmethod
    def closed(self) -> bool:
        """Say whether the brick has ended to be primary."""

    @abstractmethod
    def run(self, function: Callable[..., Any], *args: Any) -> Wait[Any]:  # noqa: ANN401
        """Run a function on the brick's disk threads."""

    def _snapshot(self) -> Snapshot:
        if self.closed:
            raise FsError(FsCode.UNDECIDED)
        return self.own.store.snapshot()

    # The log

    def epoch_of(self, sequence: int) -> int | None:
        """Return the epoch of a record of the log; None if it is not there."""
        snapshot = self._snapshot()
        try:
            value = snapshot.get(Table.LOG, sequence_key(sequence))
        finally:
            snapshot.close()
        return None if value is None else decode_record(value).epoch

    def records(self, after: int, bytes_max: int) -> list[Record]:
        """Return committed records that follow ``after``; see :class:`.source.Source`."""
        found: list[Record] = []
        size = 0
        snapshot = self._snapshot()
        try:
            for key, value in snapshot.scan(Table.LOG, b"", sequence_key(after)):
                record = decode_record(value, key)
                if record.sequence != after + 1 + len(found) or size > bytes_max:
                    break
                found.append(record)
                size += len(value)
        finally:
            snapshot.close()
        return found

    # Tables

    def items(self, table: Table, after: bytes, bytes_max: int) -> list[Item]:
        """Return the next shared items of a table as they are committed."""
        found: list[Item] = []
        size = 0
        snapshot = self._snapshot()
        try:
            for key, value in snapshot.scan(table, b"", after):
                if size > bytes_max:
                    break
                if is_shared(table, key):
                    found.append((key, value))
                    size += len(key) + len(value)
        finally:
            snapshot.close()
        return found

    def digest(self, table: Table, after: bytes, upto: bytes | None) -> RangeDigest:
        """Digest a range of this brick's own tables."""
        snapshot = self._snapshot()
        try:
            return receiving.digest(snapshot, table, after, upto)
        finally:
            snapshot.close()

    # Bytes

    def still(self, inode: int) -> AbstractAsyncContextManager[None]:
        """Keep a file's bytes still; see :class:`.source.Source`."""
        return self.data.still(inode)

    async def read(self, inode: int, offset: int, count: int) -> bytes | None:
        """Return bytes of this brick's own data file; None if there is no such file."""
        try:
            file = await self._open(inode)
        except FileNotFoundError:
            return None
        try:
            data: bytes = await self.run(self.own.disk.read, file.fd, count, offset)
        except OSError as error:
            raise self._disk_failed(error) from error
        finally:
            self.data.files.unpin(file)
        return data

    async def _open(self, inode: int) -> DataFile:
        try:
            return await self.data.open_file(inode)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise self._disk_failed(error) from error

    def _disk_failed(self, error: OSError) -> FsError:
        return self.data.disk_failed(error) or FsError(FsCode.IO)

    async def checksums(self, inode: int, extents: Sequence[tuple[int, int]]) -> list[Extent]:
        """Return checksums of this brick's own data file."""
        try:
            file = await self._open(inode)
        except FileNotFoundError:
            return [Extent(0) for _ in extents]
        try:
            return [
                await self.run(checksum, self.own.disk, file.fd, number, bytes_max)
                for number, bytes_max in extents
            ]
        except OSError:
            # Unreadable is as good as missing: whoever asks mends it, or finds that it cannot be.
            return [Extent(0) for _ in extents]
        finally:
            self.data.files.unpin(file)

    async def put_extent(self, inode: int, number: int, data: bytes) -> None:
        """Replace one of this brick's own extents, durably; the file is made if it is missing."""
        try:
            await self.run(self.data.mending.put, inode, number, data)
        except OSError as error:
            raise self._disk_failed(error) from error
