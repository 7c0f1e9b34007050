"""Keys and values of the tables LOCK and MONITOR; of the brick's format, version 1.

One key per range that is held, per request that waits or is offered, per share reservation and
per client.  Clients are named by a digest, so that keys are short whatever a client calls itself;
what it is made of is in MONITOR.  Big-endian; sizes are checked before anything is believed.

==============  =========================================  ======================================
table           key                                        value
==============  =========================================  ======================================
LOCK            inode, ``h``, client, svid, start          last byte, mode, state, since, oh
LOCK            inode, ``w``, number                       client, svid, range, state, call-back
LOCK            inode, ``s``, client, oh                   access, deny, state, since
LOCK            0, ``n``                                   the number of the next request
MONITOR         client                                     flags, last state heard, address, name
==============  =========================================  ======================================
"""

from __future__ import annotations

import struct
from hashlib import blake2b
from typing import Final, NamedTuple

from nfsgw.backend.brick.results import BadRecord
from nfsgw.backend.locks.api import Callback, Client, Owner, Wanted
from nfsgw.backend.locks.ranges import Held

__all__ = [
    "HELD",
    "NEXT_NUMBER",
    "OPAQUE_BYTES_MAX",
    "OWNER_BYTES",
    "REQUEST",
    "SHARE",
    "Known",
    "Request",
    "Share",
    "client_key",
    "fits",
    "held_key",
    "kind_of",
    "pack_client",
    "pack_held",
    "pack_next_number",
    "pack_request",
    "pack_share",
    "request_key",
    "share_key",
    "unpack_client",
    "unpack_held",
    "unpack_next_number",
    "unpack_owner",
    "unpack_request",
    "unpack_share",
]

HELD: Final = b"h"
REQUEST: Final = b"w"
SHARE: Final = b"s"

NAME_BYTES_MAX: Final = 255
ADDRESS_BYTES_MAX: Final = 64
HANDLE_BYTES_MAX: Final = 64
OPAQUE_BYTES_MAX: Final = 256
"""Of an owner handle and of a cookie."""

_HELD_KEY: Final = struct.Struct(">Qc16sqQ")
_HELD_VALUE: Final = struct.Struct(">QBIQ")
_REQUEST_KEY: Final = struct.Struct(">QcQ")
_REQUEST_VALUE: Final = struct.Struct(">16sqQQBIQBBQQBHHB")
_SHARE_KEY: Final = struct.Struct(">Qc16s")
_SHARE_VALUE: Final = struct.Struct(">BBIQ")
_CLIENT_VALUE: Final = struct.Struct(">BIB")
_NUMBER: Final = struct.Struct(">Q")
_KIND_AT: Final = 8
OWNER_BYTES: Final = 33
"""So much of the key of a range that is held is its owner's on that file."""

NEXT_NUMBER: Final = bytes(8) + b"n"
"""LOCK: the number that the next request which waits gets; inode 0 is no file's."""

_EXCLUSIVE, _OFFERED, _MONITORED = 1, 2, 4
_CLIENT_MONITORED, _CLIENT_HEARD = 1, 2
_TRANSPORTS: Final = ("udp", "tcp")


class Request(NamedTuple):
    """A lock that is waited for, or offered.

    :param number: numbers ascend with time; the oldest is served first.
    :param offered: the lock is free for its owner, who has been told or is about to be.
    :param since_ns: since when it waits, or is offered.
    """

    number: int
    wanted: Wanted
    callback: Callback
    state: int
    monitored: bool
    offered: bool
    since_ns: int

    @property
    def held(self) -> Held:
        """Return the range that its owner would hold."""
        _, owner, start, end, exclusive = self.wanted
        return Held(start, end, owner, exclusive, self.state, self.since_ns, self.callback.oh)


class Share(NamedTuple):
    """A share reservation; ``access`` and ``deny`` are sums of 1 (read) and 2 (write)."""

    access: int
    deny: int
    state: int
    since_ns: int


class Known(NamedTuple):
    """What is remembered of a client.

    :param heard: the last state that it reported of itself when it rebooted; None: it never has.
    """

    client: Client
    monitored: bool
    heard: int | None


def client_key(client: Client) -> bytes:
    """Return the 16 bytes that name a client in keys and values."""
    address = client.address.encode()
    return blake2b(bytes((len(address),)) + address + client.name, digest_size=16).digest()


def fits(client: Client, oh: bytes, callback: Callback | None) -> bool:
    """Say whether everything that a client has chosen is as short as it is kept."""
    if (
        len(client.name) > NAME_BYTES_MAX
        or len(client.address.encode()) > ADDRESS_BYTES_MAX
        or len(oh) > OPAQUE_BYTES_MAX
    ):
        return False
    return callback is None or (
        len(callback.handle) <= HANDLE_BYTES_MAX
        and len(callback.oh) <= OPAQUE_BYTES_MAX
        and len(callback.cookie) <= OPAQUE_BYTES_MAX
        and len(callback.local_address.encode()) <= ADDRESS_BYTES_MAX
    )


def kind_of(key: bytes) -> bytes:
    """Return :data:`HELD`, :data:`REQUEST` or :data:`SHARE`, or what else a LOCK key has there."""
    return key[_KIND_AT : _KIND_AT + 1]


def held_key(inode: int, client: bytes, held: Held) -> bytes:
    """Return the key of a range that is held; it stays while only the range's end moves."""
    return _HELD_KEY.pack(inode, HELD, client, held.owner.svid, held.start)


def pack_held(held: Held) -> bytes:
    """Return the value of a range that is held."""
    return _HELD_VALUE.pack(held.end - 1, held.exclusive, held.state, held.since_ns) + held.oh


def unpack_owner(key: bytes, clients: dict[bytes, Client]) -> tuple[int, Owner]:
    """Return the inode and the owner of a range that is held, which its key begins with.

    :raises BadRecord: it cannot be read, or nobody knows the client.
    """
    try:
        inode, _, client, svid, _ = _HELD_KEY.unpack(key)
        return inode, Owner(clients[client], svid)
    except (struct.error, KeyError):
        raise BadRecord(f"a lock cannot be read: {key.hex()}") from None


def unpack_held(key: bytes, value: bytes, owner: Owner) -> Held:
    """Read a range that an owner holds.

    :raises BadRecord: it cannot be read.
    """
    try:
        (start,) = _NUMBER.unpack_from(key, OWNER_BYTES)
        last, mode, state, since_ns = _HELD_VALUE.unpack_from(value)
    except struct.error:
        raise BadRecord(f"a lock cannot be read: {key.hex()}") from None
    oh = value[_HELD_VALUE.size :]
    if len(key) != _HELD_KEY.size or last < start or mode > 1 or len(oh) > OPAQUE_BYTES_MAX:
        raise BadRecord(f"a lock cannot be right: {key.hex()}")
    return Held(start, last + 1, owner, mode == _EXCLUSIVE, state, since_ns, oh)


def request_key(inode: int, number: int) -> bytes:
    """Return the key of a request."""
    return _REQUEST_KEY.pack(inode, REQUEST, number)


def pack_request(request: Request, client: bytes) -> bytes:
    """Return the value of a request."""
    _, owner, start, end, exclusive = request.wanted
    callback = request.callback
    address = callback.local_address.encode()
    flags = _EXCLUSIVE * exclusive + _OFFERED * request.offered + _MONITORED * request.monitored
    head = _REQUEST_VALUE.pack(
        client,
        owner.svid,
        start,
        end - 1,
        flags,
        request.state,
        request.since_ns,
        callback.version,
        _TRANSPORTS.index(callback.transport),
        callback.offset,
        callback.length,
        len(callback.handle),
        len(callback.oh),
        len(callback.cookie),
        len(address),
    )
    return b"".join((head, callback.handle, callback.oh, callback.cookie, address))


def unpack_request(key: bytes, value: bytes, clients: dict[bytes, Client]) -> Request:
    """Read a request.

    :raises BadRecord: it cannot be read, or nobody knows its client.
    """
    try:
        inode, _, number = _REQUEST_KEY.unpack(key)
        fields = _REQUEST_VALUE.unpack_from(value)
        client, svid, start, last, flags, state, since_ns = fields[:7]
        version, transport, offset, length = fields[7:11]
        handle, oh, cookie, address = _pieces(value, _REQUEST_VALUE.size, fields[11:])
        callback = Callback(
            handle, oh, cookie, offset, length, version, _TRANSPORTS[transport], address.decode()
        )
        owner = Owner(clients[client], svid)
    except (struct.error, KeyError, IndexError, UnicodeDecodeError):
        raise BadRecord(f"a request for a lock cannot be read: {key.hex()}") from None
    if last < start or flags > 7 or not fits(owner.client, oh, callback):
        raise BadRecord(f"a request for a lock cannot be right: {key.hex()}")
    wanted = Wanted(inode, owner, start, last + 1, bool(flags & _EXCLUSIVE))
    monitored, offered = bool(flags & _MONITORED), bool(flags & _OFFERED)
    return Request(number, wanted, callback, state, monitored, offered, since_ns)


def _pieces(value: bytes, position: int, lengths: tuple[int, ...]) -> list[bytes]:
    """Cut what follows the head of a value into pieces.

    :raises IndexError: the lengths are not those of the value.
    """
    pieces = []
    for length in lengths:
        pieces.append(value[position : position + length])
        position += length
    if position != len(value):
        raise IndexError
    return pieces


def share_key(inode: int, client: bytes, oh: bytes) -> bytes:
    """Return the key of a share reservation."""
    return _SHARE_KEY.pack(inode, SHARE, client) + oh


def pack_share(share: Share) -> bytes:
    """Return the value of a share reservation."""
    return _SHARE_VALUE.pack(*share)


def unpack_share(
    key: bytes, value: bytes, clients: dict[bytes, Client]
) -> tuple[int, Client, bytes, Share]:
    """Return the inode, the client, its owner handle and the reservation.

    :raises BadRecord: it cannot be read, or nobody knows its client.
    """
    try:
        inode, _, client = _SHARE_KEY.unpack_from(key)
        share = Share._make(_SHARE_VALUE.unpack(value))
        of = clients[client]
    except (struct.error, KeyError):
        raise BadRecord(f"a share reservation cannot be read: {key.hex()}") from None
    oh = key[_SHARE_KEY.size :]
    if share.access > 3 or share.deny > 3 or len(oh) > OPAQUE_BYTES_MAX:
        raise BadRecord(f"a share reservation cannot be right: {key.hex()}")
    return inode, of, oh, share


def pack_client(known: Known) -> bytes:
    """Return the value in MONITOR."""
    address = known.client.address.encode()
    flags = _CLIENT_MONITORED * known.monitored + _CLIENT_HEARD * (known.heard is not None)
    head = _CLIENT_VALUE.pack(flags, known.heard or 0, len(address))
    return head + address + known.client.name


def unpack_client(key: bytes, value: bytes) -> Known:
    """Read a value in MONITOR.

    :raises BadRecord: it cannot be read, or its key is another client's.
    """
    try:
        flags, heard, length = _CLIENT_VALUE.unpack_from(value)
        end = _CLIENT_VALUE.size + length
        client = Client(value[_CLIENT_VALUE.size : end].decode(), value[end:])
    except (struct.error, UnicodeDecodeError):
        raise BadRecord(f"a client cannot be read: {key.hex()}") from None
    if flags > 3 or end > len(value) or not fits(client, b"", None) or client_key(client) != key:
        raise BadRecord(f"a client cannot be right: {key.hex()}")
    return Known(client, bool(flags & _CLIENT_MONITORED), heard if flags & _CLIENT_HEARD else None)


pack_next_number = _NUMBER.pack
"""The value of :data:`NEXT_NUMBER`."""


def unpack_next_number(value: bytes) -> int:
    """Return the number.

    :raises BadRecord: it is not 8 bytes.
    """
    try:
        number: int = _NUMBER.unpack(value)[0]
    except struct.error:
        raise BadRecord("the number of the next request for a lock cannot be read") from None
    return number
