"""Files to aim at: for each example a directory of its own with one of every kind."""

from __future__ import annotations

from struct import Struct
from typing import Any, Final

from nfsgw.rpc.auth import encode_credential
from nfsgw.rpc.message import pack_call
from nfsgw.rpc.program import Credential, Peer
from nfsgw.xdr.generated import nfs3 as x
from tests.fuzz.arguments import TARGETS, Aim, aimed
from tests.fuzz.gateway import CLIENT, DEMO, OTHER, Gateway, Reply, Row

__all__ = ["CREDENTIALS", "ROOT", "Population"]

ROOT: Final = Credential(1, b"client", 0, 0)
CREDENTIALS: Final = (
    ROOT,
    Credential(1, b"client", 1000, 1000, (1000, 0)),
    Credential(1, b"", 65534, 65534, tuple(range(16))),
    Credential(1, b"\xff" * 255, 0xFFFFFFFF, 0xFFFFFFFF, (0xFFFFFFFF,)),
    Credential(0),
)

_WORD: Final = Struct(">I")
_OUTSIDE: Final = TARGETS[TARGETS.index("private root") :]


class Population:
    """A directory in the root of ``demo``, what is in it, and calls on that.

    :ivar handles: the handle of each of :data:`tests.fuzz.arguments.TARGETS`.
    """

    _made = 0

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        Population._made += 1
        volume = gateway.volumes.volumes[DEMO]
        root = self._handle(b"", volume.root)
        other_root = self._handle(b"", gateway.volumes.volumes[OTHER].root, OTHER)
        self.handles: dict[str, bytes] = {"root": root, "other root": other_root}
        name = b"population %d" % Population._made
        self.directory = self._add("directory", "MKDIR", self._where(root, name), _new(0o777))
        self._fill()
        self._add("other file", "CREATE", self._where(other_root, name), _unchecked())
        self._remove()
        self._foreign()
        assert self.handles.keys() == set(TARGETS)

    def _fill(self) -> None:
        here = self.directory
        self._add("file", "CREATE", self._where(here, b"file"), _unchecked())
        self._write("file", b"some bytes" * 20)
        self._add("large file", "CREATE", self._where(here, b"large"), _unchecked())
        self._write("large file", bytes(range(256)) * 400)
        self._add("empty file", "CREATE", self._where(here, b"empty"), _unchecked())
        self._add("sealed file", "CREATE", self._where(here, b"sealed"), _unchecked(0))
        link = x.symlinkdata3(_new(), b"../../../../outside/secret")
        self._add("link", "SYMLINK", self._where(here, b"link"), link)
        fifo = x.mknoddata3(x.NF3FIFO, None, _new(0o666))
        self._add("fifo", "MKNOD", self._where(here, b"fifo"), fifo)
        device = x.mknoddata3(x.NF3BLK, x.devicedata3(_new(0o666), x.specdata3(8, 0)))
        self._add("device", "MKNOD", self._where(here, b"device"), device)
        full = self._add("full directory", "MKDIR", self._where(here, b"full"), _new(0o777))
        for number in range(3):
            where = self._where(full, b"child %d" % number)
            self._succeed("CREATE", x.CREATE3args(where, _unchecked()))

    def _remove(self) -> None:
        here = self.directory
        gone = self._where(here, b"gone")
        self._add("removed file", "CREATE", gone, _unchecked())
        self._write("removed file", b"bytes" * 1000)
        self._succeed("REMOVE", x.REMOVE3args(gone))
        self._add("removed directory", "MKDIR", gone, _new())
        self._succeed("RMDIR", x.RMDIR3args(gone))

    def _foreign(self) -> None:
        codec = self.gateway.codec
        inode = codec.decode(self.handles["file"]).inode
        directory = codec.decode(self.directory).inode
        export = self.gateway.export_id(DEMO, b"")
        self.handles |= {
            "readonly root": self._handle(b"readonly", directory),
            "readonly file": self._handle(b"readonly", inode),
            "squashed root": self._handle(b"squashed", directory),
            "private root": self._handle(b"private", directory),
            "no such inode": self._handle(b"", (1 << 64) - 1),
            "inode 0": self._handle(b"", 0),
            "no such export": codec.encode(99, DEMO, inode),
            "other volume": codec.encode(export, OTHER, inode),
        }

    def _handle(self, directory: bytes, inode: int, volume: int = DEMO) -> bytes:
        export = self.gateway.export_id(volume, directory)
        return self.gateway.codec.encode(export, volume, inode)

    def _where(self, directory: bytes, name: bytes) -> x.diropargs3:
        return x.diropargs3(directory, name)

    def _write(self, target: str, data: bytes) -> None:
        args = x.WRITE3args(self.handles[target], 0, len(data), x.UNSTABLE, data)
        self._succeed("WRITE", args)

    def _add(self, target: str, name: str, *arguments: Any) -> bytes:  # noqa: ANN401 - any call's
        args = getattr(x, f"{name}3args")(*arguments)
        handle: bytes = self._succeed(name, args).obj
        self.handles[target] = handle
        return handle

    def _succeed(self, name: str, args: Any) -> Any:  # noqa: ANN401 - any procedure's
        number = getattr(x, f"NFSPROC3_{name}")
        packer = x.NFS3Packer()
        getattr(packer, f"pack_{name}3args")(args)
        head = self._head(x.NFS_PROGRAM, x.NFS_V3, number, ROOT)
        reply = self.gateway.exchange(head + packer.get_buffer())
        assert reply is not None
        assert reply.status == "OK", f"{name}: {reply.status}"
        return reply.result.resok

    def _head(self, program: int, version: int, number: int, credential: Credential) -> bytes:
        body = encode_credential(credential)
        return pack_call(self.gateway.xid(), program, version, number, credential.flavor, body)

    # What the tests use

    def shoot(self, aim: Aim) -> bytes:
        """Return the handle that is meant."""
        return aim.spoil(self.handles[aim.target])

    def message(self, row: Row, arguments: object, credential: Credential = ROOT) -> bytes:
        """Return a call with an xid of its own."""
        head = self._head(row.program.number, row.version, row.row.number, credential)
        if not row.arguments:
            return head
        packer = row.program.packer()
        getattr(packer, f"pack_{row.arguments}")(aimed(arguments, self.shoot))
        return head + bytes(packer.get_buffer())

    def call(
        self,
        row: Row,
        arguments: object,
        credential: Credential = ROOT,
        peer: Peer = CLIENT,
    ) -> Reply:
        """Make a call, and return its reply."""
        reply = self.gateway.exchange(self.message(row, arguments, credential), peer)
        assert reply is not None
        return reply


def _new(mode: int | None = None) -> x.sattr3:
    return x.sattr3(
        mode=mode,
        uid=None,
        gid=None,
        size=None,
        atime=x.set_atime(0),
        mtime=x.set_mtime(0),
    )


def _unchecked(mode: int = 0o666) -> x.createhow3:
    return x.createhow3(x.UNCHECKED, _new(mode))
