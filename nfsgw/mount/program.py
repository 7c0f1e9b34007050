"""The MOUNT program, 100005, versions 3 and 1 (RFC 1813, appendix I; RFC 1094, appendix A).

A client sends MNT with a path and gets the handle from which all others follow.  Both reasons to
refuse, "not for you" and "no such export", are answered ACCES, so that a stranger cannot find out
what is exported to others; the log says which it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from nfsgw.backend import api
from nfsgw.errors import FsCode, FsError
from nfsgw.exports.table import Admitted, Export
from nfsgw.mount.mounts import Mounts
from nfsgw.mount.paths import join_names, split_path
from nfsgw.mount.status import status1_of, status3_of
from nfsgw.rpc.holding import Holding
from nfsgw.rpc.program import Call, Peer, Procedure, Program, decode_void, encode_void
from nfsgw.xdr.generated import mount as wire

__all__ = ["Exports", "mount_program"]

AUTH_SYS: Final = 1
MOUNTPROC_EXPORTALL: Final = 6
"""Version 1's second name of EXPORT (RFC 1094, appendix A.5.7)."""
DATAGRAM_BYTES_MAX: Final = 8192
"""Lists are cut to this over UDP: they have no continuation, and a long answer to a forged
address would be an attack on whoever has it.  ``showmount`` asks over TCP."""


class Exports(Protocol):
    """What MOUNT asks of the export table."""

    async def admit(self, peer: Peer, names: tuple[bytes, ...]) -> Admitted:
        """Return the export through which a client may mount a path; FsError ACCES if none."""

    def listing(self) -> list[Export]:
        """Return all exports."""


def mount_program(exports: Exports, mounts: Mounts, holding: Holding) -> Program:
    """Return the MOUNT program.

    :param exports: the export table.
    :param mounts: the list that MNT and UMNT keep.
    :param holding: repeats MNT while the volume cannot be asked.
    """
    procedures = _Procedures(exports, mounts, holding)
    common = procedures.common_rows()
    versions = {
        wire.MOUNT_V3: [
            *common,
            Procedure(
                wire.MOUNTPROC3_MNT,
                "MNT",
                procedures.mount3,
                wire.MOUNTUnpacker.unpack_dirpath,
                wire.MOUNTPacker.pack_mountres3,
                failure=lambda error: wire.mountres3(status3_of(error)),
            ),
        ],
        wire.MOUNT_V1: [
            *common,
            Procedure(
                wire.MOUNTPROC_MNT,
                "MNT",
                procedures.mount1,
                wire.MOUNTUnpacker.unpack_dirpath,
                wire.MOUNTPacker.pack_fhstatus,
                failure=lambda error: wire.fhstatus(status1_of(error)),
            ),
            Procedure(
                MOUNTPROC_EXPORTALL,
                "EXPORTALL",
                procedures.export,
                decode_void,
                wire.MOUNTPacker.pack_exports,
            ),
        ],
    }
    return Program(
        wire.MOUNT_PROGRAM,
        "MOUNT",
        wire.MOUNTPacker,
        wire.MOUNTUnpacker,
        {
            version: {row.number: row for row in sorted(rows, key=lambda row: row.number)}
            for version, rows in versions.items()
        },
    )


class _Procedures:
    """What the rows run."""

    def __init__(self, exports: Exports, mounts: Mounts, holding: Holding) -> None:
        self._exports = exports
        self._mounts = mounts
        self._holding = holding

    def common_rows(self) -> list[Procedure]:
        """Return the rows that both versions share."""
        unpack_path = wire.MOUNTUnpacker.unpack_dirpath
        pack_list = wire.MOUNTPacker.pack_mountlist
        pack_exports = wire.MOUNTPacker.pack_exports
        return [
            Procedure(0, "NULL", self.null, decode_void, encode_void),
            Procedure(2, "DUMP", self.dump, decode_void, pack_list),
            Procedure(3, "UMNT", self.unmount, unpack_path, encode_void),
            Procedure(4, "UMNTALL", self.unmount_all, decode_void, encode_void),
            Procedure(5, "EXPORT", self.export, decode_void, pack_exports),
        ]

    async def null(self, call: Call, _: None) -> None:
        """Answer a ping."""

    async def mount3(self, call: Call, path: bytes) -> wire.mountres3:
        """Return the handle of a path, and the one flavor that we take (section 5.2.1)."""
        handle = await self._mount(call, path)
        return wire.mountres3(wire.MNT3_OK, wire.mountres3_ok(handle, [AUTH_SYS]))

    async def mount1(self, call: Call, path: bytes) -> wire.fhstatus:
        """Return the handle of a path; ours have just the length that version 1 wants."""
        return wire.fhstatus(0, await self._mount(call, path))

    async def dump(self, call: Call, _: None) -> list[wire.mountbody]:
        """Return who has mounted what."""
        budget = _Budget(call)
        return [
            wire.mountbody(client.encode(), path)
            for client, path in self._mounts.entries()
            if budget.take(12, client.encode(), path)
        ]

    async def unmount(self, call: Call, path: bytes) -> None:
        """Strike an entry from the mount list; never an error."""
        try:
            names = split_path(path)
        except FsError:
            return
        self._mounts.remove(call.peer.address, join_names(names))

    async def unmount_all(self, call: Call, _: None) -> None:
        """Strike all entries of the caller."""
        self._mounts.remove_all(call.peer.address)

    async def export(self, call: Call, _: None) -> list[wire.exportnode]:
        """Return what is exported, and to whom."""
        return list(self._export_nodes(_Budget(call)))

    def _export_nodes(self, budget: _Budget) -> Iterator[wire.exportnode]:
        for export in self._exports.listing():
            clients = [rule.client.text.encode()[: wire.MNTNAMLEN] for rule in export.rules]
            if not budget.take(12 + 8 * len(clients), export.path, *clients):
                return
            yield wire.exportnode(export.path, [wire.groupnode(client) for client in clients])

    async def _mount(self, call: Call, path: bytes) -> bytes:
        """Return the handle of a path; hold the call while the volume has no primary."""
        return await self._holding.run(lambda: self._walk(call, path))

    async def _walk(self, call: Call, path: bytes) -> bytes:
        """Walk to a path with the server's own rights and return its handle.

        The rights are the server's because a squashed root may lack search permission on the way
        to its own export.
        """
        names = split_path(path)
        admitted = await self._exports.admit(call.peer, names)
        access = admitted.access
        inode = await access.find_root()
        attributes = await access.getattr(inode)
        for name in admitted.names:
            inode, attributes, _ = await access.lookup(api.ROOT, inode, name)
        if int.from_bytes(attributes[:4], "big") != api.FileType.DIRECTORY:
            raise FsError(FsCode.NOTDIR)
        self._mounts.add(call.peer.address, join_names(names))
        return access.handle(inode)


class _Budget:
    """Bytes that a list may still take in one answer."""

    def __init__(self, call: Call) -> None:
        self._left = DATAGRAM_BYTES_MAX if call.peer.transport == "udp" else None

    def take(self, fixed: int, *texts: bytes) -> bool:
        """Say whether an entry fits; its texts are charged rounded up to 4."""
        if self._left is None:
            return True
        self._left -= fixed + sum(len(text) + 3 & ~3 for text in texts)
        return self._left >= 0
