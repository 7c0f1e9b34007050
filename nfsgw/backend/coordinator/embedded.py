"""The coordinator of a single machine: a small LMDB database in the state directory.

Changes are rare and small, so they commit where they are called, with fsync.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import lmdb

from nfsgw.backend.coordinator.api import (
    NAME_BYTES_MAX,
    VALUE_BYTES_MAX,
    Conflict,
    CoordinatorFailed,
    Stored,
)

__all__ = ["EmbeddedCoordinator"]

FORMAT_VERSION: Final = 1

_MAP_BYTES: Final = 1 << 30
_VERSION = struct.Struct(">Q")
_FORMAT_KEY: Final = b"\x00format"
"""No record's name begins with NUL, so this key is out of their way."""


class EmbeddedCoordinator:
    """A :class:`nfsgw.backend.coordinator.api.Coordinator` in a directory of its own.

    :param path: the directory, made if missing.
    :raises CoordinatorFailed: it cannot be opened, or a newer version wrote it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._environment = lmdb.open(str(path), map_size=_MAP_BYTES, mode=0o600)
        except (lmdb.Error, OSError) as error:
            raise CoordinatorFailed(f"{path} cannot be opened: {error}") from error
        try:
            self._check_format()
        except BaseException:
            self._environment.close()
            raise

    def _check_format(self) -> None:
        try:
            with self._environment.begin(write=True) as transaction:
                found = transaction.get(_FORMAT_KEY)
                if found is None:
                    transaction.put(_FORMAT_KEY, b"%d" % FORMAT_VERSION)
        except lmdb.Error as error:
            raise CoordinatorFailed(f"{self._path} cannot be written: {error}") from error
        if found is not None and found != b"%d" % FORMAT_VERSION:
            raise CoordinatorFailed(
                f"{self._path} has format {found.decode('ascii', 'replace')}; this software "
                f"knows format {FORMAT_VERSION}"
            )

    async def get(self, name: str) -> Stored | None:
        """Return a record, or None."""
        try:
            with self._environment.begin() as transaction:
                data = transaction.get(_key(name))
        except lmdb.Error as error:
            raise CoordinatorFailed(f"{self._path} cannot be read: {error}") from error
        return None if data is None else self._read(name, data)

    async def list(self, prefix: str) -> list[tuple[str, Stored]]:
        """Return all records whose names start with ``prefix``, by name."""
        start = prefix.encode()
        found: list[tuple[str, Stored]] = []
        try:
            with self._environment.begin() as transaction, transaction.cursor() as cursor:
                if not (cursor.set_range(start) if start else cursor.first()):
                    return found
                for key, data in cursor.iternext():
                    if not key.startswith(start):
                        break
                    if key != _FORMAT_KEY:
                        found.append((key.decode(), self._read(key.decode(), data)))
        except lmdb.Error as error:
            raise CoordinatorFailed(f"{self._path} cannot be read: {error}") from error
        return found

    def _read(self, name: str, data: bytes) -> Stored:
        try:
            value = json.loads(data[_VERSION.size :])
            version = _VERSION.unpack_from(data)[0]
        except (ValueError, struct.error):
            value = None
        if not isinstance(value, dict):
            raise CoordinatorFailed(f"{self._path}: the record {name!r} is damaged")
        return Stored(version, value)

    async def swap(self, name: str, version: int, value: Mapping[str, Any] | None) -> int:
        """Replace a record if it still has the version; return the new version."""
        key = _key(name)
        encoded = b"" if value is None else json.dumps(value, sort_keys=True).encode()
        if len(encoded) > VALUE_BYTES_MAX:
            raise CoordinatorFailed(f"the record {name!r} would be larger than 1 MiB")
        new = 0 if value is None else version + 1
        try:
            with self._environment.begin(write=True) as transaction:
                data = transaction.get(key)
                found = 0 if data is None else _VERSION.unpack_from(data)[0]
                if found != version:
                    raise Conflict(f"{name!r} has version {found}, not {version}")
                if value is None:
                    transaction.delete(key)
                else:
                    transaction.put(key, _VERSION.pack(new) + encoded)
        except lmdb.Error as error:
            raise CoordinatorFailed(f"{self._path} cannot be written: {error}") from error
        return new

    def close(self) -> None:
        """Close the database."""
        self._environment.close()


def _key(name: str) -> bytes:
    key = name.encode()
    if not 0 < len(key) <= NAME_BYTES_MAX or key.startswith(b"\x00"):
        raise CoordinatorFailed(f"{name!r} is not a name for a record")
    return key
