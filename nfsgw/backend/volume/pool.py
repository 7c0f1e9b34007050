"""The pool's own records: its id, the key of its file handles, and the ids of exports."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Final

from nfsgw.backend.coordinator.api import Conflict, Coordinator, CoordinatorFailed
from nfsgw.backend.volume.records import PoolRecord

__all__ = ["Pool"]

_POOL: Final = "pool"
_NEXT: Final = "exports"
_EXPORT_ID_MAX: Final = (1 << 32) - 1
_TRIES_MAX: Final = 100


class Pool:
    """What all machines of a pool share, whatever the volume.

    :param random_bytes: for the id and the key, when the pool is made.
    """

    def __init__(self, coordinator: Coordinator, random_bytes: Callable[[int], bytes]) -> None:
        self._coordinator = coordinator
        self._random_bytes = random_bytes
        self._record: PoolRecord | None = None
        self._export_ids: dict[tuple[int, bytes], int] = {}

    async def load(self) -> None:
        """Read the pool's record, or make the pool."""
        stored = await self._coordinator.get(_POOL)
        if stored is None:
            made = PoolRecord(self._random_bytes(16).hex(), self._random_bytes(32))
            await self._coordinator.swap(_POOL, 0, made.to_json())
            self._record = made
        else:
            self._record = PoolRecord.from_json(stored.value)

    @property
    def id(self) -> str:
        """Return the pool's id, 32 hexadecimal digits."""
        assert self._record is not None, "the pool is not loaded yet"
        return self._record.id

    @property
    def handle_key(self) -> bytes:
        """Return the 32 bytes that file handles are signed with."""
        assert self._record is not None, "the pool is not loaded yet"
        return self._record.handle_key

    async def export_id(self, volume_id: int, directory: bytes) -> int:
        """Return the id of an exported directory, drawing one the first time that it is asked.

        From 1; the same for good, and never used for another one: handles carry it.

        :raises CoordinatorFailed: the coordinator, or more than 2^32 exports.
        """
        known = self._export_ids.get((volume_id, directory))
        if known is not None:
            return known
        # A path can be longer than a record's name, so its digest names the record.
        digest = blake2b(directory, digest_size=16).hexdigest()
        name = f"export/{volume_id:016x}/{digest}"
        stored = await self._coordinator.get(name)
        if stored is None:
            number = await self._draw()
            value = {"id": number, "directory": directory.hex()}
            try:
                await self._coordinator.swap(name, 0, value)
            except Conflict:
                # Another gateway was first; its number counts, and ours is never used.
                return await self.export_id(volume_id, directory)
        else:
            number = _number(stored.value.get("id"))
        self._export_ids[volume_id, directory] = number
        return number

    async def _draw(self) -> int:
        for _ in range(_TRIES_MAX):
            stored = await self._coordinator.get(_NEXT)
            number = 1 if stored is None else _number(stored.value.get("next"))
            if number > _EXPORT_ID_MAX:
                raise CoordinatorFailed("all export ids are used up")
            version = 0 if stored is None else stored.version
            try:
                await self._coordinator.swap(_NEXT, version, {"next": number + 1})
            except Conflict:
                continue
            return number
        raise CoordinatorFailed("no export id could be drawn: others keep drawing")


def _number(value: object) -> int:
    if not isinstance(value, int) or value < 1:
        raise CoordinatorFailed("a record of export ids is damaged")
    return value
