"""Locks for administrators: listed, counted, and taken away.

A listing has

===============  ==============================================================================
``locks``        the first :data:`LINES_MAX`, each with ``volume``, ``inode``, ``file`` (its path
                 in the volume, or null if that was not found), ``address`` and ``name`` of the
                 client, ``owner``, ``start``, ``end`` (the byte behind it; null: the end of the
                 file, however long), ``exclusive``, ``state`` (``held``, ``offered``,
                 ``waiting`` or ``share``), ``since`` (UTC) and, of a share, ``access`` and
                 ``deny`` (``""``, ``"r"``, ``"w"`` or ``"rw"``; else null)
``clients``      of all of them: for each client in each volume ``volume``, ``address``, ``name``,
                 ``held`` (``offered`` and ``share`` included), ``waiting`` and ``files``
``total``        how many there are
``unavailable``  volumes that cannot say now: ``volume`` and ``reason``
===============  ==============================================================================
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from twisted.logger import Logger

from nfsgw.admin.api import Code, LockChoice, Record, Refused
from nfsgw.backend.api import ROOT
from nfsgw.backend.locks.api import END, Client, Listed, Locks
from nfsgw.backend.volume.registry import BadVolume, RunningVolume, Volumes
from nfsgw.errors import FsCode, FsError
from nfsgw.nlm import svid_of
from nfsgw.service.prometheus import Sample

__all__ = ["LINES_MAX", "LockCommands", "lock_samples"]

LINES_MAX: Final = 10_000
"""Lines of one listing."""

_ENTRIES_MAX: Final = 20_000
"""Entries of directories that one listing looks at for paths: some 30 ms of the daemon's time."""

_NEAR_BYTES: Final = 64 << 10
_MODES = ("", "r", "w", "rw")
_INODE = re.compile(r"inode (\d{1,20})")


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What was chosen in one volume."""

    volume: RunningVolume
    clients: Sequence[Client]
    """Those that are known there and are meant, with and without locks."""
    lines: Sequence[Listed]

    @property
    def locks(self) -> Locks:
        return self.volume.locks


class LockCommands:
    """Carries out ``nfsgw locks ...``."""

    log = Logger()

    def __init__(self, volumes: Volumes) -> None:
        self._volumes = volumes

    async def listing(self, choice: LockChoice) -> Record:
        """Return the chosen locks, as the module says.

        :raises Refused: there is no such volume, file or client.
        """
        chosen, unavailable = await self._choose(choice)
        room, lines = LINES_MAX, []
        for each in chosen:
            shown = sorted(each.lines, key=_place)[:room]
            room -= len(shown)
            paths = await _paths(each.volume, shown)
            lines += [_line(each.volume.name, line, paths) for line in shown]
        return {
            "locks": lines,
            "clients": [client for each in chosen for client in _by_client(each)],
            "total": sum(len(each.lines) for each in chosen),
            "unavailable": unavailable,
        }

    async def clear(self, choice: LockChoice) -> Record:
        """Take the chosen locks away; return how many as ``cleared``.

        Requests that wait are only withdrawn where a client is chosen; others are served.

        :raises Refused: there is no such volume, file or client, or it cannot be done now.
        """
        if choice.file is None and choice.client is None:
            raise Refused("a file or a client must be chosen", Code.INVALID)
        chosen, unavailable = await self._choose(choice)
        for each in unavailable:
            raise Refused(f"volume {each['volume']!r}: {each['reason']}; no lock was cleared")
        cleared = 0
        for found in chosen:
            name = found.volume.name
            try:
                count = await _clear(found, choice)
            except FsError as error:
                raise Refused(
                    f"volume {name!r}: {error.code.value}; see `nfsgw locks list {name}` for"
                    " what is left"
                ) from None
            if count:
                self.log.info("volume {name}: {count} locks cleared", name=name, count=count)
            cleared += count
        return {"cleared": cleared}

    def counts(self) -> Sequence[Record]:
        """Return how many locks each started volume has.

        ``volume``, ``held`` (reservations included), ``waiting`` (offers included), ``clients``
        (that have any) and ``monitored`` (clients whose reboot would be heard of, with and without
        locks).
        """
        counts = []
        for name in self._volumes.names():
            running = self._volumes.running(name)
            if running is not None:
                clients = running.locks.clients()
                counts.append(
                    {
                        "volume": name,
                        "held": sum(each.held for each in clients),
                        "waiting": sum(each.waiting for each in clients),
                        "clients": sum(each.held + each.waiting > 0 for each in clients),
                        "monitored": sum(each.monitored for each in clients),
                    }
                )
        return counts

    # Choosing

    async def _choose(self, choice: LockChoice) -> tuple[list[_Chosen], list[Record]]:
        """Return what is chosen by volume, and the volumes that cannot say."""
        unavailable: list[Record] = []
        serving = []
        for volume in self._started(choice.volume):
            reason = volume.failure or volume.locks.failure
            if reason is None:
                serving.append(volume)
            else:
                unavailable.append({"volume": volume.name, "reason": reason})
        inodes: Mapping[str, int | None] = {volume.name: None for volume in serving}
        if choice.file is not None:
            inodes = await self._find_file(serving, choice.file)
        clients = {volume.name: _clients(volume, choice.client) for volume in serving}
        if choice.client is not None and serving and not any(clients.values()):
            raise _unknown_client(choice.client, serving)
        chosen = []
        for volume in serving:
            if volume.name in inodes:
                meant = set(clients[volume.name])
                lines = [
                    line
                    for line in volume.locks.listing(inodes[volume.name])
                    if (choice.client is None or line.wanted.owner.client in meant)
                    and choice.owner in (None, svid_of(line.wanted.owner))
                ]
                chosen.append(_Chosen(volume, clients[volume.name], lines))
        return chosen, unavailable

    def _started(self, name: str | None) -> list[RunningVolume]:
        if name is None:
            found = (self._volumes.running(each) for each in self._volumes.names())
            return [volume for volume in found if volume is not None]
        try:
            volume = self._volumes.running(name)
        except BadVolume as error:
            raise Refused(str(error), Code.UNKNOWN) from None
        if volume is None:
            why = self._volumes.error(name) or "it is not started"
            raise Refused(f"volume {name!r} is not served: {why}")
        return [volume]

    async def _find_file(self, volumes: Iterable[RunningVolume], text: str) -> dict[str, int]:
        """Return the inode of a file in each volume that has it.

        :raises Refused: none has it.
        """
        number = _INODE.fullmatch(text)
        if number is not None:
            return {volume.name: int(number[1]) for volume in volumes}
        found: dict[str, int] = {}
        near: list[str] = []
        for volume in volumes:
            try:
                inode = await _look_up(volume, text, near)
            except FsError as error:
                raise Refused(f"volume {volume.name!r}: {text}: {error.code.value}") from None
            if inode is not None:
                found[volume.name] = inode
        if not found:
            raise Refused(_no_file(text, near, list(self._volumes.names())), Code.UNKNOWN)
        return found


async def _look_up(volume: RunningVolume, text: str, near: list[str]) -> int | None:
    """Return the inode of a path, None if there is none; then ``near`` gets similar paths.

    :raises FsError: the volume cannot say.
    """
    names = [name for name in text.encode("utf-8", "surrogateescape").split(b"/") if name]
    inode = volume.root
    for depth, name in enumerate(names):
        try:
            inode = (await volume.lookup(ROOT, inode, name)).inode
        except FsError as error:
            if error.code is FsCode.NOENT:
                listing = await volume.readdir(ROOT, inode, 2, False, _NEAR_BYTES, 24)
                others = {_shown(entry.name): entry.name for entry in listing.entries}
                for match in difflib.get_close_matches(_shown(name), others, n=3):
                    near.append(_shown(b"/" + b"/".join([*names[:depth], others[match]])))
            elif error.code not in (FsCode.NOTDIR, FsCode.NAMETOOLONG, FsCode.INVAL):
                raise
            return None
    return inode


def _no_file(text: str, near: Sequence[str], volumes: Sequence[str]) -> str:
    """Say that a file is not there, and what may have been meant."""
    shown = _shown(text.encode("utf-8", "surrogateescape"))
    first, _, rest = shown.strip("/").partition("/")
    if near:
        hint = f"did you mean {_either(near)}?"
    elif first in volumes and rest:
        hint = f"paths begin in the volume: write `{first} --file /{rest}`"
    else:
        hint = "the path is that within the volume; a file that is gone is 'inode N'"
    return f"there is no file '{shown}'; {hint}"


def _clients(volume: RunningVolume, text: str | None) -> list[Client]:
    """Return the clients that a volume knows and that a text means, in the order of addresses."""
    known = [each.client for each in volume.locks.clients()]
    if text is None:
        return sorted(known)
    try:
        text = str(ipaddress.ip_address(text))
    except ValueError:
        pass  # a name
    return sorted(each for each in known if text in (each.address, _shown(each.name)))


def _unknown_client(text: str, volumes: Iterable[RunningVolume]) -> Refused:
    known = {each.client for volume in volumes for each in volume.locks.clients()}
    words = {word for each in known for word in (each.address, _shown(each.name)) if word}
    # The first label is what people call a machine, and too short to be like a whole name.
    near = [word for word in sorted(words) if word.partition(".")[0] == text]
    near = near or difflib.get_close_matches(text, words, n=3)
    hint = f"did you mean {_either(near)}?" if near else "`nfsgw locks list` shows who has locks"
    return Refused(f"no client {text!r} is known; {hint}", Code.UNKNOWN)


def _either(words: Sequence[str]) -> str:
    return " or ".join(dict.fromkeys(words[:3]))


# Showing


async def _paths(volume: RunningVolume, lines: Iterable[Listed]) -> Mapping[int, bytes]:
    try:
        return await volume.paths({line.wanted.inode for line in lines}, _ENTRIES_MAX)
    except FsError:
        return {}  # the locks are known nevertheless


def _place(line: Listed) -> tuple[int, bool, int]:
    """Return what lines are sorted by: file; those who wait last, in the order of arrival."""
    waits = line.state == "waiting"
    return line.wanted.inode, waits, line.since_ns if waits else line.wanted.start


def _line(volume: str, line: Listed, paths: Mapping[int, bytes]) -> Record:
    wanted = line.wanted
    path = paths.get(wanted.inode)
    is_share = line.state == "share"
    since = datetime.fromtimestamp(line.since_ns // 1_000_000_000, UTC)
    return {
        "volume": volume,
        "inode": wanted.inode,
        "file": None if path is None else _shown(path),
        **_client(wanted.owner.client),
        "owner": svid_of(wanted.owner),
        "start": wanted.start,
        "end": None if is_share or wanted.end == END else wanted.end,
        "exclusive": wanted.exclusive,
        "state": line.state,
        "since": since.isoformat(),
        "access": _MODES[line.access] if is_share else None,
        "deny": _MODES[line.deny] if is_share else None,
    }


def _client(client: Client) -> dict[str, Any]:
    return {"address": client.address, "name": _shown(client.name)}


def _by_client(chosen: _Chosen) -> list[Record]:
    held: dict[Client, list[bool]] = {}
    files: dict[Client, set[int]] = {}
    for line in chosen.lines:
        client = line.wanted.owner.client
        held.setdefault(client, []).append(line.state != "waiting")
        files.setdefault(client, set()).add(line.wanted.inode)
    return [
        {
            "volume": chosen.volume.name,
            **_client(client),
            "held": sum(lines),
            "waiting": len(lines) - sum(lines),
            "files": len(files[client]),
        }
        for client, lines in sorted(held.items())
    ]


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")


async def _clear(chosen: _Chosen, choice: LockChoice) -> int:
    if choice.file is None and choice.owner is None:
        return sum([await chosen.locks.free(client) for client in chosen.clients])
    lines = chosen.lines
    if choice.client is None:
        lines = [line for line in lines if line.state != "waiting"]
    return await chosen.locks.clear([line.wanted for line in lines]) if lines else 0


def lock_samples(counts: Iterable[Record], hosts: int | None) -> list[Sample]:
    """Return the metrics of :meth:`LockCommands.counts`.

    :param hosts: how many the local kernel has us monitor; None: nobody counts them.
    """
    entries = list(counts)
    samples: list[Sample] = [
        ("nfsgw_locks", "gauge", {"volume": entry["volume"], "state": state}, entry[state])
        for entry in entries
        for state in ("held", "waiting")
    ]
    for name, key in (("lock_clients", "clients"), ("monitored_clients", "monitored")):
        samples += [
            (f"nfsgw_{name}", "gauge", {"volume": entry["volume"]}, entry[key])
            for entry in entries
        ]
    if hosts is not None:
        samples.append(("nfsgw_monitored_hosts", "gauge", {}, hosts))
    return samples
