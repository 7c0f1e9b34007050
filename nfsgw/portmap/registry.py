"""What is registered where: the state of our own port mapper.

Our services are put in by :meth:`Registry.add` and nobody else can take them out.  Other programs
of this machine may register theirs by SET, as they would with rpcbind.

A machine that mounts from itself has a kernel whose lock daemon unsets 100021 for everyone before
it sets its own (and the status daemon does likewise with 100024).  Where those programs are ours,
such calls succeed but only change a *shadow*, which tells us where to call that kernel back;
lookups go on returning ours.  Only root may change it: whoever is in it hears what is meant for
the kernel.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from nfsgw.portmap.displaced import Displaced, Key

__all__ = ["OURS", "SHADOWED_PROGRAMS", "SUPERUSER", "Entry", "Key", "Registry"]

OURS: Final = "nfsgw"
SUPERUSER: Final = "superuser"
SHADOWED_PROGRAMS: Final = frozenset({100021, 100024})
"""Programs that a machine which mounts from itself has twice: NLM and NSM."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One registration.

    :param netid: ``tcp``, ``udp``, ``tcp6``, ``udp6`` or ``local``.
    :param address: universal address; with the wildcard host if all addresses are served.
    :param owner: who registered it: ``nfsgw``, ``superuser``, a user id, or ``unknown``.
    """

    program: int
    version: int
    netid: str
    address: str
    owner: str = OURS

    @property
    def key(self) -> Key:
        """Return what at most one registration may have."""
        return (self.program, self.version, self.netid)


class Registry:
    """The registrations of our port mapper.

    :param entries_max: SET fails beyond this many.
    :param shadow: where the local kernel's addresses go.
    """

    def __init__(self, entries_max: int = 1024, shadow: Displaced | None = None) -> None:
        self._entries_max = entries_max
        self._entries: dict[Key, Entry] = {}
        self.shadow = Displaced() if shadow is None else shadow

    def add(self, entry: Entry) -> None:
        """Register a service of ours, in place of whatever was there."""
        self._entries[entry.key] = entry

    def remove(self, entry: Entry) -> None:
        """Take out a service of ours."""
        if self._entries.get(entry.key) == entry:
            del self._entries[entry.key]

    def set(self, entry: Entry) -> bool:
        """Register someone else's service; say whether that was possible.

        As in rpcbind, it fails if the place is taken by another address.
        """
        if self._is_shadowed(entry.program):
            full = len(self.shadow) >= self._entries_max and entry.key not in self.shadow
            if full or entry.owner != SUPERUSER:
                return False
            self.shadow.note(entry.key, entry.address)
            return True
        known = self._entries.get(entry.key)
        if known is not None:
            return known.address == entry.address
        if len(self._entries) >= self._entries_max:
            return False
        self._entries[entry.key] = entry
        return True

    def unset(self, program: int, version: int, netid: str, owner: str) -> bool:
        """Take out someone else's registrations; say whether there was one that could be.

        :param netid: empty for all of them.
        :param owner: who asks; only root may take out another's.
        """
        if self._is_shadowed(program):
            if owner != SUPERUSER:
                return False
            for key in _matching(self.shadow, program, version, netid):
                self.shadow.forget(key)
            return True
        keys = _matching(self._entries, program, version, netid)
        allowed = [
            key
            for key in keys
            if self._entries[key].owner != OURS and owner in (SUPERUSER, self._entries[key].owner)
        ]
        for key in allowed:
            del self._entries[key]
        return bool(allowed) and len(allowed) == len(keys)

    def find(self, program: int, version: int, netid: str) -> Entry | None:
        """Return a registration with exactly this version."""
        return self._entries.get((program, version, netid))

    def find_any(self, program: int, version: int, netid: str) -> Entry | None:
        """Return a registration of this version, or else of any version of the program.

        The caller then learns from the service itself which versions it has (PROG_MISMATCH), as
        with rpcbind.
        """
        exact = self._entries.get((program, version, netid))
        if exact is not None:
            return exact
        for entry in self._entries.values():
            if entry.program == program and entry.netid == netid:
                return entry
        return None

    def find_all(self, program: int, version: int) -> list[Entry]:
        """Return the registrations of a program's version on all transports."""
        return [
            entry
            for entry in self._entries.values()
            if entry.program == program and entry.version == version
        ]

    def entries(self) -> list[Entry]:
        """Return all registrations, ordered by program, version and transport."""
        return [self._entries[key] for key in sorted(self._entries)]

    def _is_shadowed(self, program: int) -> bool:
        return program in SHADOWED_PROGRAMS and any(
            entry.program == program and entry.owner == OURS for entry in self._entries.values()
        )


def _matching(entries: Iterable[Key], program: int, version: int, netid: str) -> list[Key]:
    return [
        key
        for key in entries
        if key[0] == program and key[1] == version and (not netid or key[2] == netid)
    ]
