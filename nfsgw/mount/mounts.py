"""Who has mounted what: the list behind ``showmount -a`` and ``-d``.

NFSv3 needs no such list; it is what clients said at MNT and UMNT, and may be wrong when one of
them crashed.  It is kept in a file so that it survives a restart, and it is bounded: the oldest
entries go first.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from twisted.logger import Logger

__all__ = ["Mounts"]

SAVE_DELAY_S: Final = 2.0
_FORMAT: Final = 1
_FILE_BYTES_MAX: Final = 64 << 20


class Mounts:
    """The mount list of this gateway.

    Entries are kept in memory and written together, two seconds after the first change; a crash
    may lose those seconds, a stop (:meth:`flush`) loses nothing.

    :param file: where the list is kept, replaced atomically; None keeps it in memory only.
    :param call_later: runs a function after some seconds (``reactor.callLater``).
    :param entries_max: the oldest entries beyond this many are dropped.
    :param heard: called with a client's address each time that it mounts or unmounts.
    """

    log = Logger()

    def __init__(
        self,
        file: Path | None,
        call_later: Callable[[float, Callable[[], None]], object],
        entries_max: int = 16384,
        heard: Callable[[str], None] = lambda client: None,
    ) -> None:
        self._file = file
        self._call_later = call_later
        self._entries_max = entries_max
        self._heard = heard
        self._entries: dict[tuple[str, bytes], None] = {}
        self._saving = False
        if file is not None:
            self._read(file)

    def add(self, client: str, path: bytes) -> None:
        """Note that a client has mounted a path."""
        self._heard(client)
        key = (client, path)
        if key in self._entries:
            return
        while len(self._entries) >= self._entries_max:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = None
        self._changed()

    def remove(self, client: str, path: bytes) -> None:
        """Note that a client has unmounted a path; nothing changes if it had not mounted it."""
        self._heard(client)
        if (client, path) in self._entries:
            del self._entries[client, path]
            self._changed()

    def remove_all(self, client: str) -> None:
        """Note that a client has unmounted everything."""
        self._heard(client)
        mine = [key for key in self._entries if key[0] == client]
        for key in mine:
            del self._entries[key]
        if mine:
            self._changed()

    def entries(self) -> list[tuple[str, bytes]]:
        """Return (client, path) pairs, the oldest first."""
        return list(self._entries)

    def flush(self) -> None:
        """Write the list now if it has changed; for the stop."""
        if self._saving:
            self._save()

    def _changed(self) -> None:
        if self._file is not None and not self._saving:
            self._saving = True
            self._call_later(SAVE_DELAY_S, self.flush)

    def _save(self) -> None:
        assert self._file is not None
        self._saving = False
        mounts = [[client, path.decode("latin-1")] for client, path in self._entries]
        data = json.dumps({"format": _FORMAT, "mounts": mounts}).encode()
        beside = self._file.with_name(self._file.name + ".new")
        try:
            with beside.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(self._file)
        except OSError as error:
            # The list only informs people; a full disk must not stop mounts.
            self.log.warn(
                "the mount list {file} was not saved: {error}", file=self._file, error=error
            )

    def _read(self, file: Path) -> None:
        try:
            if file.stat().st_size > _FILE_BYTES_MAX:
                raise ValueError("too long")
            found = json.loads(file.read_bytes())
            if found["format"] != _FORMAT:
                raise ValueError(f"format {found['format']}")
            entries = {
                (str(client), str(path).encode("latin-1")): None
                for client, path in found["mounts"][-self._entries_max :]
            }
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            self.log.warn(
                "the mount list {file} is not readable and begins empty: {error}",
                file=file,
                error=error,
            )
            return
        self._entries = entries
