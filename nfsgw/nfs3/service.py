"""What all 22 procedures need: the exports, the limits of a transfer, and patience."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from nfsgw.backend.api import Credentials, Volume
from nfsgw.errors import FsError
from nfsgw.limits import Limits
from nfsgw.rpc.holding import HELD, Holding
from nfsgw.rpc.program import Call

__all__ = ["Exports", "Nfs3", "Opened", "held"]

A = TypeVar("A")
R = TypeVar("R")


class Opened(Volume, Protocol):
    """A volume as one export shows it to one host; ``nfsgw.exports.access`` implements it."""

    @property
    def export_id(self) -> int:
        """Return the id that is in this export's handles."""

    @property
    def no_acl(self) -> bool:
        """Say whether ACLs are kept from the export's clients."""

    def handle(self, inode: int) -> bytes:
        """Return the file handle of an inode, 32 bytes."""

    def credentials(self, call: Call) -> Credentials:
        """Return who asks, after squashing."""


class Exports(Protocol):
    """Finds what a handle stands for; ``nfsgw.exports.table`` implements it."""

    def open(self, call: Call, handle: bytes) -> tuple[Opened, int]:
        """Return the opened export and the inode number.

        :raises FsError: BADHANDLE, STALE, or ACCES if the host may not use the export.
        """


class Nfs3:
    """The NFS service, version 3: what the procedures are called with.

    :param exports: finds the volume of a handle.
    :param limits: ``transfer_bytes_max`` and ``udp_transfer_bytes_max`` are used.
    :param holding: repeats calls that cannot be served at once.
    """

    __slots__ = ("exports", "holding", "transfer_bytes", "udp_bytes")

    def __init__(self, exports: Exports, limits: Limits, holding: Holding) -> None:
        self.exports = exports
        self.transfer_bytes = limits.transfer_bytes_max
        self.udp_bytes = limits.udp_transfer_bytes_max
        self.holding = holding

    def transfer_max(self, call: Call) -> int:
        """Return the most bytes that one READ or WRITE of this transport moves."""
        return self.udp_bytes if call.peer.transport == "udp" else self.transfer_bytes


def held(
    service: Nfs3, procedure: Callable[[Nfs3, Call, A], Coroutine[Any, Any, R]]
) -> Callable[[Call, A], Coroutine[Any, Any, R]]:
    """Return a procedure as the table wants it: bound to the service, and held while need be."""

    async def run(call: Call, args: A) -> R:
        try:
            return await procedure(service, call, args)
        except FsError as error:
            if error.code not in HELD:
                raise
            code = error.code
        return await service.holding.repeat(lambda: procedure(service, call, args), code)

    return run
