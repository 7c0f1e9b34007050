"""The clients that are known: how much they may have, and which of them is meant by a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nfsgw.backend.locks import stored
from nfsgw.backend.locks.api import Client
from nfsgw.backend.locks.stored import Known

__all__ = ["AddressState", "ClientState", "LockBounds", "meant"]


@dataclass(frozen=True, slots=True)
class LockBounds:
    """How many locks there may be; reservations and requests that wait are among them.

    A machine may call itself by any number of names, so what is bounded is an address.  One
    operation, which may end all that an address has, or serve all who wait on a file, is to hold
    the reactor for some tens of milliseconds at most, and reading all locks at a takeover for less
    than a second (docs/performance.md).

    :param address_max: of all clients at one address.
    :param all_max: of all clients together.
    :param waiting_max: requests of an address that wait, or are offered.
    :param file_waiting_max: likewise of all clients, on one file.
    :param clients_max: clients that are remembered; those without locks make room for others.
    :param names_max: likewise at one address: containers, or machines behind one address.
    """

    address_max: int = 16_384
    all_max: int = 131_072
    waiting_max: int = 512
    file_waiting_max: int = 1024
    clients_max: int = 16_384
    names_max: int = 256


class AddressState:
    """The clients at one address.

    :ivar count: how many locks they have, with reservations and requests.
    :ivar waiting: how many requests of theirs wait, or are offered.
    """

    __slots__ = ("clients", "count", "waiting")

    def __init__(self) -> None:
        self.clients: list[ClientState] = []
        self.count = 0
        self.waiting = 0

    def idle(self) -> ClientState | None:
        """Return a client without locks, the one that is known for the longest time."""
        return next((state for state in self.clients if not state.files), None)


class ClientState:
    """A client that is known.

    :ivar held: how many ranges it holds, and reservations.
    :ivar waiting: how many requests of it wait, or are offered.
    :ivar files: how many of both it has on which file.
    """

    __slots__ = ("address", "files", "held", "key", "known", "waiting")

    def __init__(self, known: Known, address: AddressState) -> None:
        self.known = known
        self.address = address
        self.key = stored.client_key(known.client)
        self.held = 0
        self.waiting = 0
        self.files: dict[int, int] = {}


def meant(clients: Sequence[ClientState], name: bytes) -> list[Client]:
    """Return which of the clients at an address has rebooted; the name tells them apart.

    If none has the name, the address alone says it: a machine may call itself otherwise here than
    in its locks.  But it must be the only one there, or the only one with locks.
    """
    named = [state for state in clients if _same_name(state.known.client.name, name)]
    if not named:
        named = [state for state in clients if state.files] or list(clients)
        if len(named) > 1:
            return []
    return [state.known.client for state in named]


def _same_name(one: bytes, other: bytes) -> bool:
    """Compare names of machines, in full if both have a domain, else their first labels."""
    one, other = one.lower().rstrip(b"."), other.lower().rstrip(b".")
    if b"." in one and b"." in other:
        return one == other
    return one.split(b".")[0] == other.split(b".")[0]
