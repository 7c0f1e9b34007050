"""A brick that is open on this machine: its tables, its data files, its threads; no role yet.

A primary (:mod:`nfsgw.backend.brick.brick` with :mod:`nfsgw.backend.brick.bytes`) and a secondary
(:mod:`nfsgw.backend.replica.secondary`) are built on this; the simulator brings its own.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.bytes.disk import Disk, DiskSpace
from nfsgw.backend.brick.store import Store
from nfsgw.backend.brick.worker import Worker

__all__ = ["LocalBrick", "TableCopy"]


class TableCopy(Protocol):
    """A second set of tables beside a brick's own, to be put in their place when it is whole.

    Both methods may block; run them on :attr:`LocalBrick.threads`.
    """

    def begin(self) -> Store:
        """Return empty tables; what an earlier try left is dropped.

        :raises StoreFailed: they cannot be made.
        """

    def adopt(self, copy: Store) -> None:
        """Make a copy the brick's tables, durably and at once or not at all.

        The old tables must not be in use any more, and their store is closed.

        :raises StoreFailed: the disk.
        """


@dataclass(slots=True)
class LocalBrick:
    """An open brick.

    :param id: 32 hexadecimal digits.
    :param start_id: random bytes of this opening.
    :param root: the directory of its data files.
    :param durable: whether commits and fsyncs are real.
    :param volume: the file-system id; ``replica_set`` the number of its set.
    :param threads: several at once: fsyncs, checksums, reads.
    :param stream: one after the other, in order: changes of data files.  Where nothing is durable
        both workers run what they are given at once.
    :param close: finishes and closes everything: ``await close(in_good_order)``.
    :param look: returns the room on its file system; may block; raises OSError if the directory is
        not there any more, or cannot be written.
    """

    id: str
    path: Path
    volume: int
    replica_set: int
    start_id: bytes
    root: str
    durable: bool
    store: Store
    copy: TableCopy
    disk: Disk
    threads: Worker
    stream: Worker
    log: LogBounds
    close: Callable[[bool], Coroutine[Any, Any, None]]
    look: Callable[[], DiskSpace]
