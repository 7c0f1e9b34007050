"""What must survive the machine's reboot: its state number, and whom its kernel monitors.

The state number is odd while the machine is up, and two higher after each boot.  The hosts that
were monitored in the boot before are to be told of the new number; they are kept until they know.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from twisted.logger import Logger

from nfsgw.nsm.interests import Interest, Interests
from nfsgw.waiting import Wait, step

__all__ = ["MONITORS_MAX", "Blocking", "Debt", "Monitors"]

MONITORS_MAX: Final = 4096
"""More hosts are not monitored."""
_FORMAT: Final = 1
_FILE_BYTES_MAX: Final = 16 << 20
_NUMBER_MASK: Final = 0x7FFFFFFF
_YEAR_2020_S: Final = 1_577_836_800

Blocking = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Runs a blocking function in a thread, and gives its result."""


class Debt(NamedTuple):
    """A host that must be told of this machine's reboot, and the name it knows the machine by."""

    host: bytes
    my_name: bytes


class _Kept(NamedTuple):
    """What the file holds."""

    boot_id: str
    number: int
    interests: Interests
    debts: dict[Debt, None]


class Monitors:
    """The machine's state number and lists, in memory and in a file.

    The file is replaced atomically, in a thread, one replacement at a time; changes that come
    meanwhile share the next one.

    :param file: where; its directory must be there.
    :param boot_id: the kernel's id of this boot.
    :param now_s: seconds since 1970, to begin with a number that was not used before.
    :param blocking: runs reading and writing.
    """

    log = Logger()

    def __init__(
        self, file: Path, boot_id: str, now_s: Callable[[], float], blocking: Blocking
    ) -> None:
        self._file = file
        self._boot_id = boot_id
        self._now_s = now_s
        self._blocking = blocking
        self._writing = False
        self._next: Wait[None] | None = None
        self.number = 0
        self.interests = Interests()
        """Who is monitored, with the 16 bytes that go back to who asked."""
        self.debts: dict[Debt, None] = {}

    async def start(self) -> None:
        """Read the file; after a boot, raise the number and owe the news to all who were in it.

        What is damaged is moved aside, and the number begins anew above all that went before.

        :raises OSError: the new number cannot be written.
        """
        kept = await self._read()
        if kept is None:
            # Seconds pass faster than reboots, so this is above whatever was lost.
            self.number = max(int(self._now_s()) - _YEAR_2020_S, 1) & _NUMBER_MASK | 1
            await self._save()
            return
        boot_id, self.number, self.interests, self.debts = kept
        if boot_id != self._boot_id:
            await self.begin_anew()

    async def begin_anew(self) -> None:
        """Do what a reboot does: a new number, nobody is monitored, all who were must hear of it.

        :raises OSError: it is not durable.
        """
        self.number = (self.number + 2) & _NUMBER_MASK | 1
        for interest in self.interests:
            self.debts[Debt(interest.host, interest.my_name)] = None
        self.interests.clear()
        await self._save()

    async def add(self, interest: Interest, priv: bytes) -> bool:
        """Monitor a host, durably; False if there are too many.

        :raises OSError: it could not be written, and is as before.
        """
        before = self.interests.get(interest)
        if before is None and len(self.interests) >= MONITORS_MAX:
            return False
        self.interests[interest] = priv
        try:
            await self._save()
        except OSError:
            if before is None:
                self.interests.pop(interest, None)
            else:
                self.interests[interest] = before
            raise
        return True

    async def remove(self, interests: Iterable[Interest]) -> None:
        """Monitor these no more.

        :raises OSError: it could not be written: after a crash they would be told for nothing.
        """
        known = [each for each in interests if self.interests.pop(each, None) is not None]
        if known:
            await self._save()

    async def settle(self, debts: Iterable[Debt]) -> None:
        """Strike hosts that know of the reboot, or that are given up.

        :raises OSError: it could not be written: after a restart they would be told again.
        """
        for debt in debts:
            self.debts.pop(debt, None)
        await self._save()

    def _save(self) -> Wait[None]:
        """Return a Wait that is done when everything as it is now is durable."""
        if self._next is None:
            self._next = Wait()
        saved = self._next
        if not self._writing:
            step(self._write_all())
        return saved

    async def _write_all(self) -> None:
        """Write until nobody waits for it; errors are theirs."""
        self._writing = True
        while self._next is not None:
            saved, self._next = self._next, None
            try:
                await self._blocking(partial(_replace, self._file, self._encode()))
            except Exception as error:  # noqa: BLE001 - it is raised in those who wait
                saved.fail(error)
            else:
                saved.resolve(None)
        self._writing = False

    def _encode(self) -> bytes:
        document = {
            "format": _FORMAT,
            "boot": self._boot_id,
            "state": self.number,
            "monitored": [
                [_text(each.host), _text(each.my_name), *each[2:], priv.hex()]
                for each, priv in self.interests.items()
            ],
            "owed": [[_text(debt.host), _text(debt.my_name)] for debt in self.debts],
        }
        return json.dumps(document).encode()

    async def _read(self) -> _Kept | None:
        """Return what the file holds, None if there is none or it is of no use."""
        try:
            kept: _Kept = await self._blocking(partial(_read, self._file))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            aside = self._file.with_name(self._file.name + ".damaged")
            self.log.error(
                "{file} is not readable ({error}) and is kept as {aside}. Servers that this"
                " machine's kernel had locks on may not hear of its reboot",
                file=str(self._file),
                error=error,
                aside=str(aside),
            )
        else:
            return kept
        try:
            await self._blocking(partial(self._file.replace, aside))
        except OSError as error:
            self.log.error("{file} cannot be moved: {error}", file=str(self._file), error=error)
        return None


def _read(file: Path) -> _Kept:
    """Read the file.

    :raises OSError, ValueError, KeyError, TypeError: it cannot be read, or is not what we wrote.
    """
    if file.stat().st_size > _FILE_BYTES_MAX:
        raise ValueError("too long")
    found = json.loads(file.read_bytes())
    if found["format"] != _FORMAT:
        raise ValueError(f"format {found['format']}")
    number = int(found["state"])
    if not 0 < number <= _NUMBER_MASK:
        raise ValueError(f"state {number}")
    interests = Interests()
    for host, my_name, program, version, procedure, priv in found["monitored"]:
        names = _bytes(host), _bytes(my_name)
        interest = Interest(*names, int(program), int(version), int(procedure))
        interests[interest] = bytes.fromhex(priv)
    debts = {Debt(_bytes(host), _bytes(my_name)): None for host, my_name in found["owed"]}
    return _Kept(str(found["boot"]), number, interests, debts)


def _replace(file: Path, data: bytes) -> None:
    """Put a new content in a file's place, durably."""
    beside = file.with_name(file.name + ".new")
    with beside.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)
    directory = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _text(name: bytes) -> str:
    return name.decode("latin-1")


def _bytes(name: str) -> bytes:
    return name.encode("latin-1")
