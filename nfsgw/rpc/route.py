"""What the header of a call says, ready for use; made once for all calls with that header."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from nfsgw.rpc.auth import client_name
from nfsgw.rpc.metrics import RowCounters
from nfsgw.rpc.program import Call, Credential, Peer, Procedure, Program

__all__ = ["Route", "Served"]


class Route:
    """What is known of a call from its header: row, credential, and the codecs, ready for use."""

    __slots__ = (
        "call",
        "client",
        "counters",
        "credential",
        "decode",
        "encode",
        "mutates",
        "number",
        "packer",
        "program",
        "row",
        "run",
        "unpacker",
        "version",
    )

    def __init__(
        self,
        program: Served,
        version: int,
        row: Procedure,
        credential: Credential,
        counters: RowCounters,
        peer: Peer,
    ) -> None:
        self.program = program.program.number
        self.packer = program.packer
        self.unpacker = program.unpacker
        self.version = version
        self.row = row
        self.number = row.number
        self.mutates = row.mutates
        self.run: Callable[[Call, Any], Coroutine[Any, Any, Any]] = row.run
        self.decode: Callable[[Any], Any] = row.decode
        self.encode: Callable[[Any, Any], None] = row.encode
        self.credential = credential
        self.call = Call(peer, credential, version)
        """Of the latest call; good for the next one if that is from the same peer."""
        self.client = client_name(credential)
        self.counters = counters


class Served:
    """A program with one packer and one unpacker: coding never waits, so one of each is enough."""

    __slots__ = ("packer", "program", "unpacker")

    def __init__(self, program: Program) -> None:
        self.program = program
        self.packer = program.packer()
        self.unpacker = program.unpacker()
