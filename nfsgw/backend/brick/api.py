"""What the data path and the volume see of an open brick, whatever keeps its tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar, TypeVarTuple

from nfsgw.backend.brick.view import Table, View
from nfsgw.errors import FsCode

__all__ = ["BrickOperations"]

Arguments = TypeVarTuple("Arguments")
T = TypeVar("T")


class BrickOperations(Protocol):
    """Running operations on a brick.

    An operation is a plain function whose first argument is a view; it raises
    :class:`nfsgw.errors.FsError` and touches nothing but the view.
    """

    path: Path
    """The brick's directory; data files are below ``path / "data"``."""

    @property
    def verifier(self) -> bytes:
        """Return the 8 bytes that change whenever acknowledged UNSTABLE data may be lost."""

    @property
    def lost(self) -> FsCode:
        """Return what calls are told once the brick has failed: IO, or UNDECIDED."""

    def view(self) -> View:
        """Return a view for a look that shows nothing to a client (no wait is implied)."""

    async def read(self, function: Callable[[View, *Arguments], T], *args: *Arguments) -> T:
        """Run an operation that only looks; wait until everything that it saw is committed.

        An FsError waits likewise, for it shows something too.
        """

    async def change(
        self,
        function: Callable[..., T],
        *args: Any,  # noqa: ANN401 - the operation's own arguments, handed through
        request: bytes | None = None,
        early: bool = False,
        frees: bool = False,
    ) -> T:
        """Run an operation ``function(change: Change, *args)`` and make its changes one record.

        Returns when the commit point has passed the record and all that the operation saw.  A
        result is a NamedTuple of :mod:`nfsgw.backend.api`, an int, bytes or None when ``request``
        is given, because it is stored.

        :param request: the client's request id; if a change under it is known, the function does
            not run and its first result is returned.
        :param early: for UNSTABLE writes: return as soon as the record is queued (what the
            operation saw of others' changes is waited for all the same).
        :param frees: it gives room back, so it may use the reserve of a full disk.
        :raises FsError: what the function raised; NOSPC below the reserve; IO if the brick failed;
            TRY_LATER if it was closed.
        """

    def is_known(self, request: bytes) -> bool:
        """Say whether a change under this request id has been made; its result is kept."""

    async def committed(self, sequence: int) -> None:
        """Wait until the commit point has reached ``sequence``.

        :raises FsError: IO if the brick failed before.
        """

    def pending_sequence(self, table: Table, key: bytes) -> int:
        """Return the sequence of the last change of a key that is not committed, or 0.

        ``await committed(pending_sequence(Table.INODE, key))`` is the metadata half of COMMIT.
        """

    def touch(self, inode: int, atime_ns: int) -> None:
        """Set an access time with the next record that is made anyway, or a few seconds later."""

    def flush_failed(self, error: OSError) -> None:
        """Take note of a failed fsync of data: the brick fails, and the verifier changes."""
