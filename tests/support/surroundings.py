"""What surrounds a gateway without sockets: time, names, ids, volumes, who takes the replies."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Collection, Iterable
from typing import Any, Generic, Protocol, TypeVar, cast

from nfsgw.backend import api
from nfsgw.exports.hosts import Address
from nfsgw.rpc.message import ACCEPTED
from nfsgw.rpc.pieces import joined
from nfsgw.rpc.program import Peer

__all__ = ["Ids", "Names", "Sink", "Time", "Volumes"]


class _Named(Protocol):
    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...


V = TypeVar("V", bound=_Named)


class Timer:
    def __init__(self, function: Callable[[], object]) -> None:
        self.function: Callable[[], object] | None = function

    def cancel(self) -> None:
        """Do not run it."""
        self.function = None


class Time:
    """A clock that only the test moves, and its timers."""

    def __init__(self) -> None:
        self.now_ns = 1_700_000_000_000_000_000
        self._due: list[tuple[int, int, Timer]] = []
        self._count = itertools.count()

    def wall_ns(self) -> int:
        """Return the time of files, a little later each time."""
        self.now_ns += 1000
        return self.now_ns

    def seconds(self) -> float:
        """Return monotonic seconds."""
        return self.now_ns / 1e9

    def call_later(self, delay_s: float, function: Callable[[], object]) -> Timer:
        """Note a timer."""
        timer = Timer(function)
        heapq.heappush(self._due, (self.now_ns + int(delay_s * 1e9), next(self._count), timer))
        return timer

    def step(self, until_s: float = float("inf")) -> bool:
        """Run the next timer that is due by then; False if there is none."""
        if not self._due or self._due[0][0] > until_s * 1e9:
            return False
        due, _, timer = heapq.heappop(self._due)
        self.now_ns = max(self.now_ns, due)
        if timer.function is not None:
            timer.function()
        return True


class Names:
    """Knows no names."""

    async def addresses(self, name: str) -> frozenset[Address]:
        """Return nothing."""
        return frozenset()

    async def names(self, address: Address) -> tuple[str, ...]:
        """Return nothing."""
        return ()

    async def netgroup(self, name: str) -> Collection[str] | None:
        """Return None."""
        return None


class Ids:
    """Draws export ids, counting."""

    def __init__(self) -> None:
        self.ids: dict[tuple[int, bytes], int] = {}

    async def export_id(self, volume_id: int, directory: bytes) -> int:
        """Return the id of a directory."""
        return self.ids.setdefault((volume_id, directory), len(self.ids) + 1)


class Volumes(Generic[V]):
    """The volumes, all started."""

    def __init__(self, volumes: Iterable[V]) -> None:
        self.volumes = {volume.id: volume for volume in volumes}

    def get(self, volume_id: int) -> api.Volume | None:
        """Return a volume."""
        return cast("api.Volume | None", self.volumes.get(volume_id))

    def id_of(self, name: str) -> int | None:
        """Return the id of a volume."""
        return next((v.id for v in self.volumes.values() if v.name == name), None)

    def names(self) -> Iterable[str]:
        """Return all names."""
        return [volume.name for volume in self.volumes.values()]


class Sink:
    """Takes replies to one call; there should be one."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.replies: list[bytes] = []
        self.units = 0

    def reply(self, xid: int, parts: list[Any]) -> None:
        """Take a successful reply, reading what is still in files."""
        try:
            self.replies.append(ACCEPTED.pack(xid, 1, 0, 0, 0, 0) + joined(parts))
        finally:
            for part in parts:
                release = getattr(part, "release", None)
                if release is not None:
                    release()

    def send(self, message: bytes) -> None:
        """Take a whole message."""
        self.replies.append(message)

    def begin(self, units: int) -> None:
        """Count a call that waits."""
        self.units += units

    def settle(self, units: int) -> None:
        """Count it out."""
        self.units -= units

    def drop(self) -> None:
        """Be left without an answer, which no test here expects."""
        raise AssertionError("a call was dropped for overload")
