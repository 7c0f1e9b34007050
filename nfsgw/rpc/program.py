"""One table per program: everything that the rest of the software asks about a procedure.

Dispatch, the replay cache, metrics and the generated documentation all read these rows, so that a
fact about a procedure is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from nfsgw.errors import FsError

__all__ = [
    "Call",
    "Credential",
    "Peer",
    "Procedure",
    "Program",
    "ProgramUnavailable",
    "Unanswered",
    "decode_void",
    "encode_void",
]


class ProgramUnavailable(Exception):
    """Raised by a procedure: what this call is about is not served by its program at all.

    It is answered PROG_UNAVAIL, as if the program were not there.
    """


class Unanswered(Exception):
    """Raised by a procedure: a call cannot be answered now, and the protocol has no "later".

    It is left without an answer, so that the caller sends it again, with effect then: over UDP
    nothing happens, over TCP the connection is closed.
    """


def decode_void(_unpacker: object) -> None:
    """Decode ``void`` (RFC 4506, section 4.16)."""


def encode_void(_packer: object, _value: object) -> None:
    """Encode ``void``."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who sent a call, and to which of our addresses.

    :param address: text form of the sender's IP address; ``"local"`` for a local socket.
    :param port: the sender's port; 0 for a local socket.
    :param local_address: our address that the call came to.
    :param local_port: our port.
    :param transport: ``"tcp"``, ``"udp"`` or ``"local"``.
    :param uid: for a local socket, the peer's user id (SO_PEERCRED); else None.
    """

    address: str
    port: int
    local_address: str
    local_port: int
    transport: str
    uid: int | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """A decoded AUTH_NONE or AUTH_SYS credential (RFC 5531, sections 8.1 and 14).

    :param flavor: 0 (AUTH_NONE) or 1 (AUTH_SYS).
    :param groups: the supplementary groups, at most 16.
    """

    flavor: int
    machine: bytes = b""
    uid: int = 65534
    gid: int = 65534
    groups: tuple[int, ...] = ()


@dataclass(slots=True)
class Call:
    """The circumstances of a call, as procedures see them.

    Calls of one user to one procedure on one connection share theirs, unless they change
    something.

    :param request: the request id of a changing call (28 bytes), which the backend stores with the
        change; None for calls that change nothing.
    """

    peer: Peer
    credential: Credential
    version: int
    request: bytes | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """A row: one procedure of one version of a program.

    :param name: the RFC's name, without prefix (``"GETATTR"``).
    :param run: ``async def`` taking (call, decoded arguments), returning the result value.
    :param decode: takes an Unpacker of the program, returns the arguments.
    :param encode: takes a Packer of the program and the result value.
    :param failure: makes the result that reports an FsError; None where the protocol has no way
        to (then the call is answered SYSTEM_ERR).
    :param mutates: it changes something: its answer is kept by the replay cache, a read-only
        export refuses it.
    :param needs_credential: AUTH_NONE is answered AUTH_TOOWEAK.
    :param sheddable: it may be refused with the protocol's "try later" under overload.
    """

    number: int
    name: str
    run: Callable[[Call, Any], Coroutine[Any, Any, Any]]
    decode: Callable[[Any], Any]
    encode: Callable[[Any, Any], None]
    failure: Callable[[FsError], Any] | None = None
    mutates: bool = False
    needs_credential: bool = False
    sheddable: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """A program: its versions, each a table of procedures by number.

    :param packer: the generated Packer class whose methods the rows' ``encode`` are.
    :param unpacker: likewise for ``decode``.
    """

    number: int
    name: str
    packer: type[Any]
    unpacker: type[Any]
    versions: Mapping[int, Mapping[int, Procedure]] = field(default_factory=dict)
