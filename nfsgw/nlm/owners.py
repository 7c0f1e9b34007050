"""Which process of a client owns a lock: the number that the client sends, and our own address.

A client numbers its processes (``svid``), and some number them anew for each address that they
know a server by: Linux has a lock manager's peer per address and counts its lock owners there.  A
client that mounts by two of our addresses would so send the same ``svid`` for two processes, and
both would have the lock.  Hence the address that a call came to is part of the owner; neither
transport nor version is, which a client may change between LOCK and UNLOCK.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Final

from nfsgw.backend.locks.api import Client, Owner

__all__ = ["owner_of", "svid_of"]

_SVID_BITS: Final = 32
_NUMBERING_BYTES: Final = 4


def owner_of(client: Client, local_address: str, svid: int) -> Owner:
    """Return the owner that a client means.

    :param local_address: our address that the call came to.
    :param svid: from the wire, 32 bits.
    """
    return Owner(client, _numbering(local_address) << _SVID_BITS | svid)


def svid_of(owner: Owner) -> int:
    """Return an owner's number as the client knows it."""
    return owner.svid & (1 << _SVID_BITS) - 1


@lru_cache(maxsize=256)
def _numbering(local_address: str) -> int:
    """Return a number for each address of ours; signed, as the backend keeps owners."""
    digest = blake2b(local_address.encode(), digest_size=_NUMBERING_BYTES)
    return int.from_bytes(digest.digest(), "big", signed=True)
