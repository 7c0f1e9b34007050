"""The export table: which handles and paths are exported, to whom, and as what.

The table in force is one immutable state.  Loading a file or refreshing names builds the next
state beside it and swaps the two, so a call sees the old rules or the new ones and never a
mixture, and a bad file changes nothing.

``open`` is on the path of every NFS call: one dictionary lookup, a port check and an identity
check, once an address has used a handle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from twisted.logger import Logger

from nfsgw.backend import api
from nfsgw.clock import Clock
from nfsgw.errors import FsCode, FsError
from nfsgw.exports.access import Access, GroupsOf, make_access
from nfsgw.exports.handle import HandleCodec
from nfsgw.exports.hosts import (
    LOCAL_CLIENT,
    Address,
    ClientKind,
    KnownNames,
    matches,
    parse_address,
)
from nfsgw.exports.names import ClientNames, Resolver, look_up_names
from nfsgw.exports.options import Options
from nfsgw.exports.syntax import ParsedExport, Problem, Rule, parse
from nfsgw.limits import Limits
from nfsgw.rpc.program import Call, Peer

__all__ = ["Admitted", "Export", "ExportIds", "ExportTable", "Volumes", "no_groups"]

PRIVILEGED_PORTS_END: Final = 1024
_WARNED_MAX: Final = 1024
_RULES_CACHED_MAX: Final = 16384
_IMPLIED_OPTIONS: Final = Options(read_only=False, squash_root=False)


class Volumes(Protocol):
    """The volumes that this gateway knows, started or not."""

    def get(self, volume_id: int) -> api.Volume | None:
        """Return a started volume, the same object until it is stopped; else None."""

    def id_of(self, name: str) -> int | None:
        """Return the id of the volume of that name, started or not; None if there is none."""

    def names(self) -> Iterable[str]:
        """Return the names of all volumes, started or not."""


class ExportIds(Protocol):
    """Where export ids are kept: the pool's configuration."""

    async def export_id(self, volume_id: int, directory: bytes) -> int:
        """Return the id of an exported directory, drawing one the first time that it is asked.

        From 1 to 2^32-1; the same for good and on every gateway, and never used for another
        (volume, directory).

        :param directory: path from the volume's root, names joined by ``/``; empty for the root.
        """


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """One exported path.

    :param path: ``/VOLUME`` or ``/VOLUME/DIRECTORY``, as clients name it.
    :param rules: in the order in which they win.
    """

    id: int
    path: bytes
    volume_id: int
    volume: str
    directory: tuple[bytes, ...]
    rules: tuple[Rule, ...]


class Admitted(NamedTuple):
    """What a client may mount: the export's access, and the names still to be walked from it."""

    access: Access
    export: Export
    names: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """All that a (re)load replaces at once."""

    exports: tuple[Export, ...] = ()
    by_id: dict[int, Export] | None = None
    known: KnownNames = field(default_factory=KnownNames)


class _NameNeeded(Exception):
    """The client's host name decides, and is not known yet."""


def no_groups(uid: int) -> Collection[int] | None:
    """Know no user's groups."""
    return None


class ExportTable:
    """The exports of this gateway.

    :param ids: draws export ids.
    :param resolver: looks up names, off the reactor.
    :param local_addresses: returns this machine's addresses, as text; asked at load and refresh.
    :param groups_of: the server's groups of a user, for ``manage_gids``.
    :param implied: options of the exports to this machine that hold when there is no file.
    """

    log = Logger()

    def __init__(
        self,
        volumes: Volumes,
        codec: HandleCodec,
        ids: ExportIds,
        resolver: Resolver,
        clock: Clock,
        local_addresses: Callable[[], Iterable[str]],
        groups_of: GroupsOf = no_groups,
        limits: Limits | None = None,
        implied: Options = _IMPLIED_OPTIONS,
    ) -> None:
        self._volumes = volumes
        self._codec = codec
        self._ids = ids
        self._resolver = resolver
        self._client_names = ClientNames(resolver, clock)
        self._local_addresses = local_addresses
        self._groups_of = groups_of
        self._opened_max = (limits or Limits()).handles_cached_max
        self._implied = implied
        self._parsed: tuple[ParsedExport, ...] | None = None
        self._file = "exports"
        self._generation = 0
        self._state = _State()
        self._opened: dict[tuple[bytes, str], tuple[Access, int]] = {}
        self._accesses: dict[tuple[int, Options], Access] = {}
        self._rules: dict[tuple[int, str], Rule | None] = {}
        self._warned: dict[tuple[str, object], None] = {}

    # Loading

    async def load(self, data: bytes | None, file: str) -> Sequence[Problem]:
        """Put an exports file in force, or the implied exports if there is none.

        :param data: the file's content; None if there is no file.
        :param file: its name, for messages.
        :returns: notes: options without effect, and volumes or names that are not known.
        :raises ExportsError: the file has mistakes; the rules in force stay.
        """
        parsed = None if data is None else parse(data, file)
        # From here on a refresh uses the new rules too, so that it cannot bring back the old.
        self._parsed = None if parsed is None else parsed.exports
        self._file = file
        notes = () if parsed is None else parsed.notes
        return [*notes, *await self._put_in_force()]

    async def refresh(self) -> None:
        """Apply the loaded rules again: names looked up anew, volumes as they are now.

        Call it when a volume was created, deleted, started or stopped, and every few minutes
        because names may have moved.
        """
        await self._put_in_force()

    def forget(self) -> None:
        """Drop what is cached about handles and clients."""
        self._opened.clear()
        self._accesses.clear()
        self._rules.clear()

    async def _put_in_force(self) -> list[Problem]:
        notes: list[Problem] = []
        self._generation += 1
        generation, file = self._generation, self._file
        wanted = self._implied_exports() if self._parsed is None else self._parsed
        local = frozenset(parse_address(text) for text in self._local_addresses())
        clients = [rule.client for export in wanted for rule in export.rules]
        known, missing = await look_up_names(self._resolver, clients, local, self._state.known)
        for name in missing:
            line = next(
                rule.line
                for export in wanted
                for rule in export.rules
                if name in (rule.client.name, rule.client.text)
            )
            notes.append(Problem(file, line, f"{name} is not known to the name services now"))
        exports = []
        for export in wanted:
            volume_id = self._volumes.id_of(export.volume)
            if volume_id is None:
                notes.append(Problem(file, export.line, f"there is no volume {export.volume!r}"))
                continue
            exports.append(await self._make_export(export, volume_id))
        if generation != self._generation:
            return notes  # a later load or refresh has overtaken this one
        by_id = {export.id: export for export in exports}
        self._state = _State(tuple(exports), by_id, known)
        self._warned.clear()
        self.forget()
        return notes

    async def _make_export(self, parsed: ParsedExport, volume_id: int) -> Export:
        directory = b"/".join(parsed.directory)
        path = b"/".join((b"", parsed.volume.encode(), *parsed.directory))
        return Export(
            await self._ids.export_id(volume_id, directory),
            path,
            volume_id,
            parsed.volume,
            parsed.directory,
            tuple(sorted(parsed.rules, key=lambda rule: rule.client.kind)),
        )

    def _implied_exports(self) -> tuple[ParsedExport, ...]:
        rules = (Rule(LOCAL_CLIENT, self._implied),)
        return tuple(ParsedExport(name, (), rules) for name in sorted(self._volumes.names()))

    # Asking

    def open(self, call: Call, handle: bytes) -> tuple[Access, int]:
        """Return what a handle of a call stands for: the volume with the rules, and the inode.

        :raises FsError: BADHANDLE (not ours), STALE (no such export or volume any more), ACCES
            (not for this client, or not from this port), TRY_LATER (the volume is stopped, or the
            client's host name is being looked up).
        """
        peer = call.peer
        opened = self._opened.get((handle, peer.address))
        if opened is None:
            opened = self._open(peer, handle)
        access = opened[0]
        if access.secure and peer.port >= PRIVILEGED_PORTS_END:
            self._warn(peer, access.export_id, "came from a port above 1023 (option insecure)")
            raise FsError(FsCode.ACCES)
        if self._volumes.get(access.volume_id) is not access.volume:
            self.forget()
            return self._open(peer, handle)
        return opened

    def open_for_locking(self, call: Call, handle: bytes) -> tuple[Access, int]:
        """Return what :meth:`open` returns, from whatever port the call came.

        Lock managers of clients need not use reserved ports, and ``secure`` is not about them.

        :raises FsError: as :meth:`open` does, but for the port.
        """
        opened = self._opened.get((handle, call.peer.address)) or self._open(call.peer, handle)
        access = opened[0]
        if self._volumes.get(access.volume_id) is not access.volume:
            self.forget()
            return self._open(call.peer, handle)
        return opened

    async def admit(self, peer: Peer, names: Sequence[bytes]) -> Admitted:
        """Find the export through which a client may mount a path.

        The longest exported path that leads there wins; if it is not for this client, the next
        shorter one is tried, as rpc.mountd does.

        :param names: the path, normalised: volume, then directories.
        :raises FsError: ACCES: nothing there is exported to this client (the log says why).
        """
        reason = "it is not exported"
        for export in self._leading_to(names):
            try:
                rule = await self._find_rule(peer, export)
            except FsError:
                rule = None
            if rule is None:
                reason = f"it is not among the clients of {_printable(export.path)}"
                continue
            volume = self._volumes.get(export.volume_id)
            if volume is None:
                reason = f"volume {export.volume} is stopped"
                continue
            access = self._access(export, volume, rule.options)
            if access.secure and peer.port >= PRIVILEGED_PORTS_END:
                reason = "it came from a port above 1023 (option insecure)"
                continue
            return Admitted(access, export, tuple(names[len(export.directory) + 1 :]))
        path = _printable(b"/" + b"/".join(names))
        self._warn(peer, path, f"cannot mount {path}: {reason}")
        raise FsError(FsCode.ACCES)

    def listing(self) -> list[Export]:
        """Return all exports, in the order of the file, for ``showmount -e``."""
        return list(self._state.exports)

    def _leading_to(self, names: Sequence[bytes]) -> list[Export]:
        found = [
            export
            for export in self._state.exports
            if names
            and names[0] == export.volume.encode()
            and tuple(names[1 : len(export.directory) + 1]) == export.directory
        ]
        return sorted(found, key=lambda export: len(export.directory), reverse=True)

    def _open(self, peer: Peer, handle: bytes) -> tuple[Access, int]:
        """Do what ``open`` does, the first time that an address uses a handle."""
        export_id, volume_id, inode = self._codec.decode(handle)
        by_id = self._state.by_id
        if by_id is None:
            raise FsError(FsCode.TRY_LATER)
        export = by_id.get(export_id)
        if export is None or export.volume_id != volume_id:
            raise FsError(FsCode.STALE)
        rule = self._rule(peer, export)
        if rule is None:
            self._warn(peer, export_id, f"is not a client of {_printable(export.path)}")
            raise FsError(FsCode.ACCES)
        volume = self._volumes.get(volume_id)
        if volume is None:
            known = self._volumes.id_of(export.volume) == volume_id
            raise FsError(FsCode.TRY_LATER if known else FsCode.STALE)
        opened = (self._access(export, volume, rule.options), inode)
        if peer.transport != "local":
            if len(self._opened) >= self._opened_max:
                self._opened.clear()
            self._opened[bytes(handle), peer.address] = opened
        return opened

    def _rule(self, peer: Peer, export: Export) -> Rule | None:
        """Return the rule for a client; from memory if the client is known.

        :raises FsError: TRY_LATER: its name is being looked up.
        """
        key = (export.id, peer.address)
        rule = self._rules.get(key, export)
        if not isinstance(rule, Export):
            return rule
        address = _address_of(peer)
        if address is None:
            return None
        try:
            found = self._match(address, export)
        except _NameNeeded:
            self._client_names.look_up(address)
            if self._client_names.get(address) is None:
                raise FsError(FsCode.TRY_LATER) from None
            found = self._match(address, export)
        if peer.transport != "local":
            if len(self._rules) >= _RULES_CACHED_MAX:
                self._rules.clear()
            self._rules[key] = found
        return found

    async def _find_rule(self, peer: Peer, export: Export) -> Rule | None:
        address = _address_of(peer)
        if address is None:
            return None
        try:
            return self._match(address, export)
        except _NameNeeded:
            await self._client_names.look_up(address)
            return self._rule(peer, export)

    def _match(self, address: Address, export: Export) -> Rule | None:
        known = self._state.known
        names: tuple[str, ...] | None = ()
        for rule in export.rules:
            if rule.client.kind is ClientKind.WILDCARD:
                names = self._client_names.get(address)
                if names is None:
                    raise _NameNeeded
            if matches(rule.client, address, names or (), known):
                return rule
        return None

    def _access(self, export: Export, volume: api.Volume, options: Options) -> Access:
        """Return the one Access of an export for all clients with the same options."""
        access = self._accesses.get((export.id, options))
        if access is None or access.volume is not volume:
            access = make_access(
                volume, export.id, export.directory, options, self._codec, self._groups_of
            )
            self._accesses[export.id, options] = access
        return access

    def _warn(self, peer: Peer, subject: object, reason: str) -> None:
        """Log a refusal, once per client and subject until the next load."""
        key = (peer.address, subject)
        if key in self._warned:
            return
        if len(self._warned) >= _WARNED_MAX:
            del self._warned[next(iter(self._warned))]
        self._warned[key] = None
        self.log.warn("refused: {client} {reason}", client=peer.address, reason=reason)


def _address_of(peer: Peer) -> Address | None:
    """Return a peer's address; of local sockets only root's counts, as this machine's."""
    if peer.transport == "local":
        return parse_address("127.0.0.1") if peer.uid == 0 else None
    try:
        return parse_address(peer.address)
    except ValueError:
        return None


def _printable(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
