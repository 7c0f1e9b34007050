"""Where this machine's own lock and status daemons are, whose places with the port mapper we hold.

A machine that mounts from itself has two lock daemons: its kernel's, and ours, which everybody
else has to find.  The kernel says where it listens once, when its first mount begins; so that is
kept in a file, for a daemon of ours that is started again meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from twisted.logger import Logger

__all__ = ["Displaced", "Key"]

Key = tuple[int, int, str]
"""Program, version and network id: what at most one registration may have."""

_FORMAT: Final = 1
_FILE_BYTES_MAX: Final = 1 << 20


class Displaced(Mapping[Key, str]):
    """Universal addresses of others by the place that is ours.

    :param file: where they are kept.  It is replaced atomically, but not synced: it matters only
        as long as the machine runs.  None keeps them in memory only.
    :param boot_id: of the machine, the kernel's; what was kept under another one is void.
    """

    log = Logger()

    def __init__(self, file: Path | None = None, boot_id: str = "") -> None:
        self._file = file
        self._boot_id = boot_id
        self._addresses: dict[Key, str] = {}
        if file is not None:
            self._read(file)

    def __getitem__(self, key: Key) -> str:
        return self._addresses[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._addresses)

    def __len__(self) -> int:
        return len(self._addresses)

    def note(self, key: Key, address: str) -> None:
        """Take note of an address, in place of an earlier one."""
        if self._addresses.get(key) != address:
            self._addresses[key] = address
            self._write()

    def forget(self, key: Key) -> None:
        """Forget an address; it may be unknown."""
        if self._addresses.pop(key, None) is not None:
            self._write()

    def _read(self, file: Path) -> None:
        try:
            if file.stat().st_size > _FILE_BYTES_MAX:
                raise ValueError("too long")
            found = json.loads(file.read_bytes())
            if found["format"] != _FORMAT:
                raise ValueError(f"format {found['format']}")
            if found["boot"] == self._boot_id:
                self._addresses = {
                    (int(program), int(version), str(netid)): str(address)
                    for program, version, netid, address in found["addresses"]
                }
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            self.log.warn("{file} is not readable: {error}", file=str(file), error=error)

    def _write(self) -> None:
        if self._file is None:
            return
        addresses = [[*key, address] for key, address in self._addresses.items()]
        document = {"format": _FORMAT, "boot": self._boot_id, "addresses": addresses}
        beside = self._file.with_name(self._file.name + ".new")
        try:
            beside.write_text(json.dumps(document))
            beside.replace(self._file)
        except OSError as error:
            # Only a restart would miss it.
            self.log.warn("{file} was not saved: {error}", file=str(self._file), error=error)
