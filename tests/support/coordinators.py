"""A coordinator in memory, for tests that do not ask what survives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nfsgw.backend.coordinator.api import Conflict, Stored

__all__ = ["MemoryCoordinator"]


class MemoryCoordinator:
    """A :class:`nfsgw.backend.coordinator.api.Coordinator` that answers at once."""

    def __init__(self) -> None:
        self._records: dict[str, tuple[int, str]] = {}

    async def get(self, name: str) -> Stored | None:
        """Return a record, or None."""
        found = self._records.get(name)
        return None if found is None else Stored(found[0], json.loads(found[1]))

    async def list(self, prefix: str) -> list[tuple[str, Stored]]:
        """Return all records whose names start with ``prefix``, by name."""
        return [
            (name, Stored(version, json.loads(text)))
            for name, (version, text) in sorted(self._records.items())
            if name.startswith(prefix)
        ]

    async def swap(self, name: str, version: int, value: Mapping[str, Any] | None) -> int:
        """Replace a record if it still has the version."""
        found = self._records.get(name, (0, ""))[0]
        if found != version:
            raise Conflict(f"{name!r} has version {found}, not {version}")
        if value is None:
            self._records.pop(name, None)
            return 0
        self._records[name] = (version + 1, json.dumps(value))
        return version + 1
