"""The whole check of a brick: each part in turn, findings as they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nfsgw.backend.brick.bytes.disk import Disk, LocalDisk
from nfsgw.backend.brick.check.contents import Contents
from nfsgw.backend.brick.check.finding import Finding
from nfsgw.backend.brick.check.history import History
from nfsgw.backend.brick.check.locks import LockCheck
from nfsgw.backend.brick.check.tree import Tree
from nfsgw.backend.brick.identity import DATA, DATABASE, BrickLock, read_identity
from nfsgw.backend.brick.lmdb_store import LmdbStore
from nfsgw.backend.brick.view import View

__all__ = ["Report", "check_brick", "check_view"]

_FINDINGS_MAX: Final = 1000


@dataclass(slots=True)
class Report:
    """What a check has found.

    :ivar findings: the first 1000.
    :ivar count: how many there were in all.
    :ivar missing: extents that the brick knows it lacks: it was healing.
    """

    findings: list[Finding] = field(default_factory=list)
    count: int = 0
    inodes: int = 0
    entries: int = 0
    data_files: int = 0
    extents: int = 0
    missing: int = 0
    locks: int = 0
    records: int = 0
    replies: int = 0
    last_sequence: int = 0

    @property
    def clean(self) -> bool:
        """Say whether nothing is wrong."""
        return self.count == 0


def check_view(
    view: View,
    volume: int,
    disk: Disk | None = None,
    root: str = "",
    found: Callable[[Finding], None] | None = None,
) -> Report:
    """Check a brick's tables, and its data files if a disk is given.

    Memory is bounded whatever the brick's size.

    :param volume: the file-system id that the inodes must carry.
    :param root: the ``data`` directory.
    :param found: called with each finding as it comes, also beyond those that are kept.
    """
    tree = Tree(view, volume)
    contents = Contents(view, disk, root)
    locks = LockCheck(view)
    history = History(view)
    report = Report()
    for part in (tree, contents, locks, history):
        for finding in part.check():
            report.count += 1
            if len(report.findings) < _FINDINGS_MAX:
                report.findings.append(finding)
            if found is not None:
                found(finding)
    report.inodes, report.entries = tree.inodes, tree.entries
    report.data_files, report.extents = contents.files, contents.extents
    report.missing = contents.missing
    report.locks = locks.locks
    report.records, report.replies = history.records, history.replies
    report.last_sequence = history.last
    return report


def check_brick(path: Path, found: Callable[[Finding], None] | None = None) -> Report:
    """Check a brick that no process has open.

    Nothing is changed.

    :param found: called with each finding as it comes.
    :raises BrickRefused: it is in use, or not a brick that this software knows.
    :raises StoreFailed: its tables cannot be opened at all.
    """
    lock = BrickLock(path)
    try:
        identity = read_identity(path)
        store = LmdbStore(path / DATABASE, sync=False, read_only=True)
        try:
            snapshot = store.snapshot()
            try:
                disk = LocalDisk(durable=False)
                return check_view(snapshot, identity.volume, disk, str(path / DATA), found)
            finally:
                snapshot.close()
        finally:
            store.close()
    finally:
        lock.close()
