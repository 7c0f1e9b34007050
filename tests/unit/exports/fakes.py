"""A volume of a few directories, and names that resolve as a test says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, cast

from nfsgw.backend import api
from nfsgw.errors import FsCode, FsError
from nfsgw.exports.handle import HandleCodec
from nfsgw.exports.hosts import Address
from nfsgw.exports.table import ExportTable
from nfsgw.rpc.program import Call, Credential, Peer
from nfsgw.waiting import Wait

KEY = b"a key for the tests"


def attributes(inode: int, kind: api.FileType = api.FileType.DIRECTORY) -> bytes:
    """Return 84 bytes that tell type and file id."""
    return int(kind).to_bytes(4, "big") + bytes(48) + inode.to_bytes(8, "big") + bytes(24)


class FakeVolume:
    """Directories (and one file) by inode: ``/ (1), a (2), a/b (3), c (4), a/file (5)``."""

    def __init__(self, name: str = "web", volume_id: int = 77) -> None:
        self.name = name
        self.id = volume_id
        self.root = 1
        self.asked: list[tuple[Any, ...]] = []
        self.tree: dict[int, dict[bytes, int]] = {
            1: {b".": 1, b"..": 1, b"a": 2, b"c": 4},
            2: {b".": 2, b"..": 1, b"b": 3, b"file": 5},
            3: {b".": 3, b"..": 2},
            4: {b".": 4, b"..": 1},
        }

    def as_volume(self) -> api.Volume:
        """Return it as the type that it stands for."""
        return cast(api.Volume, self)

    def _attributes(self, inode: int) -> bytes:
        kind = api.FileType.DIRECTORY if inode in self.tree else api.FileType.REGULAR
        return attributes(inode, kind)

    async def getattr(self, inode: int) -> bytes:
        """Return the attributes."""
        return self._attributes(inode)

    async def lookup(self, credentials: api.Credentials, directory: int, name: bytes) -> api.Found:
        """Find a name."""
        self.asked.append(("lookup", credentials, directory, name))
        if directory not in self.tree:
            raise FsError(FsCode.NOTDIR)
        inode = self.tree[directory].get(name)
        if inode is None:
            raise FsError(FsCode.NOENT)
        return api.Found(inode, self._attributes(inode), self._attributes(directory))

    async def readdir(
        self,
        credentials: api.Credentials,
        directory: int,
        cookie: int,
        attributes: bool,
        bytes_max: int,
        entry_bytes: int,
    ) -> api.Listing:
        """List everything after the cookie."""
        names = list(self.tree[directory].items())
        entries = [
            api.Listed(inode, name, place, self._attributes(inode) if attributes else None)
            for place, (name, inode) in enumerate(names, 1)
            if place > cookie
        ]
        return api.Listing(self._attributes(directory), entries, True)

    async def access(self, credentials: api.Credentials, inode: int, asked: int) -> api.Accessible:
        """Grant everything."""
        return api.Accessible(self._attributes(inode), 0x3F)

    async def _noted(self, *arguments: object) -> object:
        self.asked.append(arguments)
        return arguments

    setattr = readlink = read = write = commit = create = mkdir = symlink = mknod = _noted
    remove = rmdir = rename = link = fsstat = getacl = setacl = _noted


class FakeVolumes:
    """Volumes that are started or stopped as a test says."""

    def __init__(self, *volumes: FakeVolume) -> None:
        self.known = {volume.name: volume for volume in volumes}
        self.started = {volume.id: volume for volume in volumes}

    def get(self, volume_id: int) -> api.Volume | None:
        """Return a started volume."""
        volume = self.started.get(volume_id)
        return None if volume is None else volume.as_volume()

    def id_of(self, name: str) -> int | None:
        """Return a known volume's id."""
        return self.known[name].id if name in self.known else None

    def names(self) -> Iterable[str]:
        """Return the known names."""
        return list(self.known)


class FakeIds:
    """Draws ids in the order of first use."""

    def __init__(self) -> None:
        self.drawn: dict[tuple[int, bytes], int] = {}

    async def export_id(self, volume_id: int, directory: bytes) -> int:
        """Return the id, drawn on first use."""
        return self.drawn.setdefault((volume_id, directory), len(self.drawn) + 1)


class FakeResolver:
    """Answers from dictionaries; the names of clients only when :meth:`answer` is called."""

    def __init__(self) -> None:
        self.hosts: dict[str, set[Address]] = {}
        self.clients: dict[Address, tuple[str, ...]] = {}
        self.groups: dict[str, list[str]] = {}
        self.waiting: list[Wait[None]] = []
        self.at_once = True
        self.down = False

    async def addresses(self, name: str) -> frozenset[Address]:
        """Return what the test put in, when it says so."""
        await self._slow()
        return frozenset(self.hosts.get(name, ()))

    async def names(self, address: Address) -> tuple[str, ...]:
        """Return what the test put in, when it says so."""
        await self._slow()
        return self.clients.get(address, ())

    async def netgroup(self, name: str) -> Collection[str] | None:
        """Return what the test put in."""
        if self.down:
            raise OSError("the name server is away")
        return self.groups.get(name)

    async def _slow(self) -> None:
        if self.down:
            raise OSError("the name server is away")
        if not self.at_once:
            wait: Wait[None] = Wait()
            self.waiting.append(wait)
            await wait

    def answer(self) -> None:
        """Let the lookups under way end."""
        waiting, self.waiting = self.waiting, []
        for wait in waiting:
            wait.resolve(None)


class FakeClock:
    """Time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def seconds(self) -> float:
        """Return monotonic seconds."""
        return self.now_s

    def wall_ns(self) -> int:
        """Return wall time."""
        return int(self.now_s * 1e9)


class Bench:
    """An export table with fakes all around."""

    def __init__(self, local_addresses: Callable[[], Iterable[str]] = lambda: ()) -> None:
        self.volume = FakeVolume()
        self.volumes = FakeVolumes(self.volume)
        self.ids = FakeIds()
        self.resolver = FakeResolver()
        self.clock = FakeClock()
        self.codec = HandleCodec(KEY)
        self.table = ExportTable(
            self.volumes, self.codec, self.ids, self.resolver, self.clock, local_addresses
        )


def peer(address: str = "10.0.0.1", port: int = 700, transport: str = "tcp") -> Peer:
    """Return a caller."""
    return Peer(address, port, "10.0.0.99", 2049, transport)


def call(from_: Peer | None = None, credential: Credential | None = None) -> Call:
    """Return a call's circumstances."""
    return Call(from_ or peer(), credential or Credential(1, b"host", 500, 500), 3)
