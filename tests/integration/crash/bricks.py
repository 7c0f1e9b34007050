"""What the bricks of a volume must have in common while their daemon is dead."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from nfsgw.backend.brick.bytes.disk import LocalDisk
from nfsgw.backend.brick.bytes.files import DataFiles
from nfsgw.backend.brick.check import check_brick
from nfsgw.backend.brick.identity import DATA, DATABASE, read_identity
from nfsgw.backend.brick.keys import COMMIT_POINT, MISSING, inode_key, inode_of, sequence_of
from nfsgw.backend.brick.lmdb_store import LmdbStore
from nfsgw.backend.brick.schema import (
    EXTENT_BYTES,
    ExtentState,
    size_of,
    unpack_extent,
    unpack_number,
)
from nfsgw.backend.brick.store import Snapshot
from nfsgw.backend.brick.view import Table
from nfsgw.backend.coordinator.embedded import EmbeddedCoordinator
from nfsgw.backend.replica.membership import SetRecord
from nfsgw.backend.replica.tables import SHARED_TABLES, is_shared
from nfsgw.waiting import result_of

__all__ = ["Broken", "check_each", "check_together", "set_record"]


class Broken(AssertionError):
    """Bricks hold what they must not."""


@dataclass
class _Dead:
    """A brick that no process has open."""

    path: Path
    id: str
    view: Snapshot
    files: DataFiles

    @property
    def logged(self) -> dict[int, bytes]:
        return {sequence_of(key): value for key, value in self.view.scan(Table.LOG, b"")}

    @property
    def commit_point(self) -> int:
        value = self.view.get(Table.META, COMMIT_POINT)
        return 0 if value is None else unpack_number(value)

    def shared(self, table: Table) -> dict[bytes, bytes]:
        return {key: value for key, value in self.view.scan(table, b"") if is_shared(table, key)}

    @property
    def lacks_extents(self) -> bool:
        return next(iter(self.view.scan(Table.META, MISSING)), None) is not None

    def extent(self, inode: int, number: int, length: int) -> bytes:
        """Return the bytes of an extent, as a client would read them."""
        with open(self.files.path(inode), "rb") as file:
            file.seek(number * EXTENT_BYTES)
            return file.read(length).ljust(length, b"\0")


def _opened(stack: ExitStack, path: Path) -> _Dead:
    store = LmdbStore(path / DATABASE, sync=False, read_only=True)
    stack.callback(store.close)
    view = store.snapshot()
    stack.callback(view.close)
    files = DataFiles(LocalDisk(durable=False), str(path / DATA))
    return _Dead(path, read_identity(path).brick, view, files)


def set_record(state: Path) -> SetRecord:
    """Return what the coordinator of a dead daemon knows of its only replica set."""
    coordinator = EmbeddedCoordinator(state / "coordinator")
    try:
        [(_, stored)] = result_of(coordinator.list("set/"))
    finally:
        coordinator.close()
    return SetRecord.from_json(stored.value)


def check_each(paths: Sequence[Path]) -> None:
    """Check each brick by itself.

    :raises Broken: a finding.
    """
    for path in paths:
        findings = check_brick(path).findings
        if findings:
            raise Broken(f"{path.name}: {findings}")


def check_together(paths: Sequence[Path], in_sync: Sequence[str], thorough: bool) -> bool:
    """Compare the bricks that count as in sync.

    Their logs are one history, of which each may lack the batch that was under way; nobody took
    for committed what another lacks; where they have the same records, they have the same tables,
    and the same bytes in clean extents (:func:`check_each` has compared those with checksums).

    :param thorough: compare those bytes themselves too.
    :returns: whether all have the same records.
    :raises Broken: it is not so.
    """
    with ExitStack() as stack:
        bricks = [_opened(stack, path) for path in paths]
        bricks = [brick for brick in bricks if brick.id in in_sync]
        logs = {brick.id: brick.logged for brick in bricks}
        last = {brick.id: max(logs[brick.id]) for brick in bricks}
        for brick in bricks:
            if brick.lacks_extents:
                raise Broken(f"{brick.path.name} is in sync and lacks extents")
            if brick.commit_point > min(last.values()):
                text = f"has commit point {brick.commit_point}, and the last records are"
                raise Broken(f"{brick.path.name} {text} {list(last.values())}")
        for one, other in pairwise(bricks):
            _compare_logs(one, other, logs[one.id], logs[other.id])
            if last[one.id] == last[other.id]:
                _compare_tables(one, other)
                if thorough:
                    _compare_extents(one, other)
    return len(set(last.values())) == 1


def _compare_logs(
    one: _Dead, other: _Dead, ours: dict[int, bytes], theirs: dict[int, bytes]
) -> None:
    for sequence in sorted(ours.keys() & theirs.keys()):
        if ours[sequence] != theirs[sequence]:
            raise Broken(f"{one.path.name} and {other.path.name} differ in record {sequence}")


def _compare_tables(one: _Dead, other: _Dead) -> None:
    for table in SHARED_TABLES:
        ours, theirs = one.shared(table), other.shared(table)
        for key in sorted(ours.keys() | theirs.keys()):
            if ours.get(key) != theirs.get(key):
                raise Broken(
                    f"{one.path.name} and {other.path.name} have the same records and differ in"
                    f" {table.name.lower()} {key.hex()}: {ours.get(key)!r} and {theirs.get(key)!r}"
                )


def _compare_extents(one: _Dead, other: _Dead) -> None:
    for key, value in one.view.scan(Table.EXTENT, b""):
        inode, number = inode_of(key), int.from_bytes(key[8:], "big")
        record = one.view.get(Table.INODE, inode_key(inode))
        if record is None or unpack_extent(value).state != ExtentState.CLEAN:
            continue
        if one.view.get(Table.TRIM, inode_key(inode)) is not None:
            continue  # it is being cut, on each brick when it comes to it
        length = max(0, min(size_of(record) - number * EXTENT_BYTES, EXTENT_BYTES))
        if one.extent(inode, number, length) != other.extent(inode, number, length):
            where = f"extent {number} of inode {inode}"
            raise Broken(f"{one.path.name} and {other.path.name} differ in {where}")
