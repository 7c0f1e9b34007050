"""The coordinator as the rest sees it: named JSON records, each with a version.

Everything that all machines of a pool must agree on lives here: volumes, their options, export
ids, the pool's keys and, per replica set, (epoch, primary, in-sync).  No client operation goes
through it.  On one machine it is a small database of the daemon (:mod:`.embedded`); on several,
etcd.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

from nfsgw.errors import NfsgwError

__all__ = [
    "NAME_BYTES_MAX",
    "VALUE_BYTES_MAX",
    "Conflict",
    "Coordinator",
    "CoordinatorFailed",
    "Stored",
]

NAME_BYTES_MAX: Final = 400
VALUE_BYTES_MAX: Final = 1 << 20


class Conflict(NfsgwError):
    """Somebody else changed a record first; read it again and decide anew."""


class CoordinatorFailed(NfsgwError):
    """The coordinator cannot be opened, read or written; the message says why."""


class Stored(NamedTuple):
    """A record.

    :ivar version: from 1, one more with each change; a new record of an old name starts anew.
    :ivar value: a JSON object; the caller's own copy.
    """

    version: int
    value: dict[str, Any]


class Coordinator(Protocol):
    """Named records."""

    async def get(self, name: str) -> Stored | None:
        """Return a record, or None if there is none.

        :raises CoordinatorFailed: it cannot be read.
        """

    async def list(self, prefix: str) -> list[tuple[str, Stored]]:
        """Return all records whose names start with ``prefix``, by name."""

    async def swap(self, name: str, version: int, value: Mapping[str, Any] | None) -> int:
        """Replace a record if it still has the version; return the new version.

        :param version: 0: there must be no such record.
        :param value: None removes it (and returns 0).
        :raises Conflict: it has another version; nothing was changed.
        :raises CoordinatorFailed: it could not be written; whether it was must be found by
            reading it.
        """
