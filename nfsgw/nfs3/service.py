"""What all 22 procedures need: the exports, the limits of a transfer, and patience.

A backend that cannot serve just now (no quorum, a failover under way) raises TRY_LATER, which
means "certainly without effect".  Answering JUKEBOX at once would make a Linux client sleep for
five seconds, so a call is held first, and tried again until it succeeds or ``hold_s`` has passed.

UNDECIDED means that the brick which had the call has failed, and nobody knows yet whether it took
effect.  JUKEBOX would be a lie then: the client would repeat it as a new call.  Such a call is tried
again, under its request id, until the next primary knows.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from nfsgw.backend.api import Credentials, Volume
from nfsgw.clock import Clock
from nfsgw.errors import FsCode, FsError
from nfsgw.limits import Limits
from nfsgw.rpc.program import Call
from nfsgw.waiting import Wait

__all__ = ["Exports", "Nfs3", "Opened", "held"]

A = TypeVar("A")
R = TypeVar("R")

_HELD = (FsCode.TRY_LATER, FsCode.UNDECIDED)
_RETRY_FIRST_S = 0.05
_RETRY_MAX_S = 1.0


class Opened(Volume, Protocol):
    """A volume as one export shows it to one host; ``nfsgw.exports.access`` implements it."""

    @property
    def export_id(self) -> int:
        """Return the id that is in this export's handles."""

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
    :param limits: ``transfer_bytes_max``, ``udp_transfer_bytes_max``, ``hold_s`` are used.
    :param clock: its monotonic time says how long a call was held.
    :param call_later: ``reactor.callLater``: runs a function after some seconds.
    """

    __slots__ = ("_call_later", "_clock", "exports", "hold_s", "transfer_bytes", "udp_bytes")

    def __init__(
        self,
        exports: Exports,
        limits: Limits,
        clock: Clock,
        call_later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self.exports = exports
        self.transfer_bytes = limits.transfer_bytes_max
        self.udp_bytes = limits.udp_transfer_bytes_max
        self.hold_s = limits.hold_s
        self._clock = clock
        self._call_later = call_later

    def transfer_max(self, call: Call) -> int:
        """Return the most bytes that one READ or WRITE of this transport moves."""
        return self.udp_bytes if call.peer.transport == "udp" else self.transfer_bytes

    async def hold(
        self,
        procedure: Callable[[Nfs3, Call, A], Coroutine[Any, Any, R]],
        call: Call,
        args: A,
        undecided: bool = False,
    ) -> R:
        """Repeat a call that was told TRY_LATER until it is served or ``hold_s`` is over.

        :param undecided: it was told UNDECIDED: repeat it until it is served, however long.
        :raises FsError: TRY_LATER at the end, which becomes JUKEBOX; any other error at once.
        """
        deadline = self._clock.seconds() + self.hold_s
        pause = _RETRY_FIRST_S
        while True:
            left = deadline - self._clock.seconds()
            if left <= 0 and not undecided:
                raise FsError(FsCode.TRY_LATER)
            await self._sleep(pause if undecided else min(pause, left))
            pause = min(2 * pause, _RETRY_MAX_S)
            try:
                return await procedure(self, call, args)
            except FsError as error:
                if error.code not in _HELD:
                    raise
                undecided = undecided or error.code is FsCode.UNDECIDED

    def _sleep(self, seconds: float) -> Wait[None]:
        wait: Wait[None] = Wait()
        self._call_later(seconds, lambda: wait.resolve(None))
        return wait


def held(
    service: Nfs3, procedure: Callable[[Nfs3, Call, A], Coroutine[Any, Any, R]]
) -> Callable[[Call, A], Coroutine[Any, Any, R]]:
    """Return a procedure as the table wants it: bound to the service, and held while need be."""

    async def run(call: Call, args: A) -> R:
        try:
            return await procedure(service, call, args)
        except FsError as error:
            if error.code not in _HELD:
                raise
            undecided = error.code is FsCode.UNDECIDED
        return await service.hold(procedure, call, args, undecided)

    return run
