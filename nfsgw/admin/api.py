"""What the administrative interface asks of the daemon, and the errors that it answers with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from nfsgw.errors import NfsgwError

__all__ = ["Code", "LockChoice", "Node", "Record", "Refused"]

Record = Mapping[str, Any]
"""Something that JSON can say; its keys are documented where it is made."""


class Code(Enum):
    """Why a request was refused: what the answer's ``code`` says, and its HTTP status."""

    REFUSED = ("refused", 409)
    """It cannot be done in the present state."""
    INVALID = ("invalid", 400)
    """The request itself is wrong."""
    UNKNOWN = ("unknown", 404)
    """What it names does not exist."""
    EXPORTS = ("exports", 422)
    """The exports file has mistakes; the old rules are in force."""
    NOT_BUILT = ("not-built", 501)
    """This version cannot do it yet."""
    DEFECT = ("defect", 500)
    """A mistake of ours; the log has the traceback."""

    @property
    def word(self) -> str:
        """Return what the JSON answer carries."""
        return self.value[0]

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.value[1]


class Refused(NfsgwError):
    """The daemon did not do what was asked; the text says why and what to do."""

    def __init__(self, message: str, code: Code = Code.REFUSED) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class LockChoice:
    """Which locks are meant: those that all of these hold for; None holds for all.

    :param volume: its name.
    :param file: a path within a volume, or ``inode N``; bytes that are no UTF-8 are surrogates.
    :param client: its address, or the name that it calls itself.
    :param owner: the number that the client gives the process (``svid``).
    """

    volume: str | None = None
    file: str | None = None
    client: str | None = None
    owner: int | None = None


class Node(Protocol):
    """The daemon, as the administrative interface sees it.

    Every method may raise :class:`nfsgw.errors.NfsgwError`; its text reaches the user.
    """

    def status(self) -> Record:
        """Return the node's state: see ``service/report.py``."""

    def volumes(self) -> Sequence[Record]:
        """Return all volumes, by name: see ``service/sethealth.py``."""

    async def volume(self, name: str) -> Record:
        """Return one volume, with what the disks of its bricks say: see ``service/disks.py``."""

    async def create_volume(self, name: str, bricks: Sequence[str], *, force: bool) -> Record:
        """Create a volume with a copy on each of the bricks ``HOST:/path``, and return it."""

    async def start_volume(self, name: str) -> Record:
        """Serve a volume."""

    async def stop_volume(self, name: str) -> Record:
        """Serve a volume no more."""

    async def delete_volume(self, name: str) -> Record:
        """Forget a volume; its bricks keep their content."""

    async def set_options(self, name: str, options: Mapping[str, str]) -> Record:
        """Change options of a volume."""

    async def add_brick(self, name: str, brick: str, *, force: bool) -> Record:
        """Give a started volume one more copy, at ``HOST:/path``, and return the volume."""

    async def replace_brick(self, name: str, old: str, new: str, *, force: bool) -> Record:
        """Put a brick in the place of another one, and return the volume.

        Both may be in the same directory, if that is empty now.
        """

    async def remove_brick(self, name: str, brick: str) -> Record:
        """Take a copy out of a started volume, and return the volume."""

    def heal(self, name: str) -> Record:
        """Return how a volume's bricks are, and what they lack."""

    async def heal_full(self, name: str, brick: str | None) -> Record:
        """Copy everything to a brick anew (None: to those that are healing)."""

    def verify(self, name: str) -> Record:
        """Begin to compare a volume's bricks; go on, if that is going on."""

    def verification(self, name: str) -> Record:
        """Return the comparison of a volume's bricks, under way or ended."""

    async def reload_exports(self) -> Record:
        """Read the exports file again."""

    def mounts(self) -> Sequence[Record]:
        """Return the mount list: who has mounted what."""

    async def locks(self, choice: LockChoice) -> Record:
        """Return locks, those waited for, and reservations: see ``service/locks.py``."""

    async def clear_locks(self, choice: LockChoice) -> Record:
        """Take locks away from those who hold them, and return how many.

        Those who wait stay unless a client is chosen; a choice has a file, a client, or both.
        """

    def metrics(self) -> str:
        """Return all metrics in Prometheus' text format."""

    def dump(self) -> Record:
        """Return everything that helps to see what the daemon is doing."""
