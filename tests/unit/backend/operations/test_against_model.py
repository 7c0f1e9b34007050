"""Long random histories: the operations and a plain model of a POSIX tree stay equal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nfsgw.backend.api import CreateMode, Credentials, FileType, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.schema import time_ns, wcc_of
from nfsgw.backend.brick.view import Table
from nfsgw.errors import FsCode, FsError
from tests.unit.backend.operations.model import Acl, Item, Model
from tests.unit.backend.operations.tree import ADMIN, ANN, BOB, CAT, Tree

NAMES = st.sampled_from([b"a", b"b", b"c"])
CALLERS = st.sampled_from([ADMIN, ADMIN, ANN, BOB, CAT])
MODES = st.sampled_from([0o777, 0o755, 0o700, 0o1777, 0o2777, 0o711, 0o3775, 0o644])
PLACES = st.integers(0, 1000)
ACLS = st.sampled_from(
    [
        Acl(7, 7, 7, 7, (("u", BOB.uid, 7), ("g", 500, 5))),
        Acl(7, 1, 1, 7, (("g", 500, 2), ("g", 100, 1))),
        Acl(7, 5, 7, 3, (("u", CAT.uid, 6), ("u", BOB.uid, 0))),
        Acl(6, 7, 3, 5),
        Acl(7, 5, 1),
        Acl(7, 7, 7, 7, (("u", ANN.uid, 7), ("u", BOB.uid, 7), ("u", CAT.uid, 7))),
    ]
)
"""Some with a mask, and one that the mode can say."""


@dataclass
class Lister:
    """A client in the middle of a listing."""

    directory: Item
    stable: set[tuple[bytes, int]]
    cookie: int = 2
    seen: list[tuple[bytes, int]] = field(default_factory=list)
    cookies: list[int] = field(default_factory=list)


class TreeMachine(RuleBasedStateMachine):
    """Random calls by random callers, with clients that list directories meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = Tree()
        self.model = Model(self.tree.root)
        self.listers: list[Lister] = []
        self.places: dict[tuple[int, int], int] = {}
        self.ctimes: dict[int, bytes] = {}

    def directory(self, place: int) -> Item:
        """Return one of the directories."""
        directories = self.model.directories()
        return directories[place % len(directories)]

    def item(self, place: int) -> Item:
        """Return one of all files."""
        items = self.model.items()
        return items[place % len(items)]

    def attempt(
        self, reasons: Iterable[FsCode], function: Callable[..., object], *args: object
    ) -> bool:
        """Run an operation; check that it succeeds if there is no reason against it."""
        expected = set(reasons)
        before = {table: dict(rows) for table, rows in self.tree.view.tables.items()}
        try:
            result = self.tree.do(function, *args)
        except FsError as error:
            assert error.code in expected
            assert self.tree.view.tables == before
            return False
        assert not expected, f"should be refused: {expected}"
        self.made = getattr(result, "inode", 0)
        return True

    @rule(who=CALLERS, place=PLACES, name=NAMES, mode=MODES, size=st.none() | st.integers(0, 999))
    def create(
        self, who: Credentials, place: int, name: bytes, mode: int, size: int | None
    ) -> None:
        """UNCHECKED CREATE makes a file, or sets the size of an existing one."""
        parent = self.directory(place)
        existing = parent.children.get(name)
        reasons = self.model.against_adding(who, parent, name)
        if existing is not None:
            reasons = set() if parent.can(who, "x") else {FsCode.ACCES}
            if existing.kind is not FileType.REGULAR:
                reasons.add(FsCode.EXIST)
            elif size is not None and who.uid not in (0, existing.uid):
                reasons |= set() if existing.can(who, "w") else {FsCode.ACCES}
        new = NewAttributes(mode=mode, size=size)
        args = (who, parent.number, name, CreateMode.UNCHECKED, new)
        if not self.attempt(reasons, operations.create, *args):
            return
        if existing is None:
            existing = self.model.new(who, parent, FileType.REGULAR, mode)
            existing.number = self.made
            existing.size = size or 0
            parent.children[name] = existing
        elif size is not None:
            self.resize(existing, who, size)
        assert self.made == existing.number

    @rule(
        who=CALLERS,
        place=PLACES,
        name=NAMES,
        mode=MODES,
        kind=st.sampled_from(
            [FileType.DIRECTORY, FileType.DIRECTORY, FileType.SYMLINK, FileType.FIFO]
        ),
    )
    def make(self, who: Credentials, place: int, name: bytes, mode: int, kind: FileType) -> None:
        """MKDIR, SYMLINK and MKNOD."""
        parent = self.directory(place)
        reasons = self.model.against_adding(who, parent, name)
        new = NewAttributes(mode=mode)
        if kind is FileType.DIRECTORY:
            done = self.attempt(reasons, operations.mkdir, who, parent.number, name, new)
        elif kind is FileType.SYMLINK:
            done = self.attempt(
                reasons, operations.symlink, who, parent.number, name, b"target", new
            )
        else:
            done = self.attempt(
                reasons, operations.mknod, who, parent.number, name, kind, (0, 0), new
            )
        if done:
            item = self.model.new(who, parent, kind, mode)
            item.number = self.made
            item.size = {FileType.DIRECTORY: 4096, FileType.SYMLINK: 6}.get(kind, 0)
            parent.children[name] = item

    @rule(who=CALLERS, place=PLACES, name=NAMES, directory=st.booleans())
    def remove(self, who: Credentials, place: int, name: bytes, directory: bool) -> None:
        """REMOVE and RMDIR."""
        parent = self.directory(place)
        reasons = self.model.against_removing(who, parent, name)
        item = parent.children.get(name)
        if item is not None and item.is_directory is not directory:
            reasons.add(FsCode.NOTDIR if directory else FsCode.ISDIR)
        if item is not None and directory and item.children:
            reasons.add(FsCode.NOTEMPTY)
        take = operations.rmdir if directory else operations.remove
        if self.attempt(reasons, take, who, parent.number, name):
            del parent.children[name]

    @rule(who=CALLERS, what=PLACES, onto=PLACES, new=NAMES)
    def move(self, who: Credentials, what: int, onto: int, new: bytes) -> None:
        """RENAME of something that exists, so that more of them succeed."""
        names = [(parent, name) for parent in self.model.directories() for name in parent.children]
        if names:
            parent, name = names[what % len(names)]
            self.rename_entry(who, parent, name, self.directory(onto), new)

    @rule(who=CALLERS, source=PLACES, old=NAMES, onto=PLACES, new=NAMES)
    def rename(self, who: Credentials, source: int, old: bytes, onto: int, new: bytes) -> None:
        """RENAME."""
        self.rename_entry(who, self.directory(source), old, self.directory(onto), new)

    def rename_entry(self, who: Credentials, one: Item, old: bytes, two: Item, new: bytes) -> None:
        """Rename in the tables and in the model."""
        reasons = self.model.against_renaming(who, one, old, two, new)
        args = (who, one.number, old, two.number, new)
        if not self.attempt(reasons, operations.rename, *args):
            return
        if one.children[old] is not two.children.get(new):
            two.children[new] = one.children.pop(old)

    @rule(who=CALLERS, what=PLACES, place=PLACES, name=NAMES)
    def link(self, who: Credentials, what: int, place: int, name: bytes) -> None:
        """LINK."""
        item, parent = self.item(what), self.directory(place)
        reasons = self.model.against_adding(who, parent, name)
        if item.is_directory:
            reasons.add(FsCode.PERM)
        if self.attempt(reasons, operations.link, who, item.number, parent.number, name):
            parent.children[name] = item

    @rule(who=CALLERS, what=PLACES, mode=MODES)
    def chmod(self, who: Credentials, what: int, mode: int) -> None:
        """SETATTR of a mode."""
        item = self.item(what)
        owns = who.uid in (0, item.uid)
        is_link = item.kind is FileType.SYMLINK
        reasons = () if owns or is_link else (FsCode.PERM,)
        new = NewAttributes(mode=mode)
        if self.attempt(reasons, operations.setattr, who, item.number, new) and not is_link:
            member = who.uid == 0 or item.gid in {who.gid, *who.groups}
            item.chmod(mode if member else mode & ~0o2000)

    @rule(who=CALLERS, what=PLACES, access=st.none() | ACLS, default=st.none() | ACLS)
    def setacl(self, who: Credentials, what: int, access: Acl | None, default: Acl | None) -> None:
        """SETACL of one list, both, or none."""
        item = self.item(what)
        reasons = set()
        if item.kind is FileType.SYMLINK:
            reasons.add(FsCode.NOTSUPP)
        if who.uid not in (0, item.uid):
            reasons.add(FsCode.PERM)
        if default is not None and not item.is_directory:
            reasons.add(FsCode.ACCES)
        lists = [None if acl is None else acl.entries()[::-1] for acl in (access, default)]
        if not self.attempt(reasons, operations.setacl, who, item.number, *lists):
            return
        if access is not None:
            item.acl = access if access.mask is not None else None
            item.mode = item.mode & 0o7000 | access.mode
            if who.uid != 0 and item.gid not in {who.gid, *who.groups}:
                item.mode &= ~0o2000
        if default is not None:
            item.default = default

    @rule(what=PLACES)
    def drop_acls(self, what: int) -> None:
        """SETACL of empty lists by the superuser: nobody gets more than he had."""
        item = self.item(what)
        if item.kind is FileType.SYMLINK:
            return
        assert self.attempt((), operations.setacl, ADMIN, item.number, (), ())
        if item.acl is not None:
            assert item.acl.mask is not None
            item.mode = item.mode & ~0o070 | (item.acl.group & item.acl.mask) << 3
        item.acl = item.default = None

    @rule(what=PLACES, owner=st.sampled_from([ANN, BOB, CAT]))
    def chown(self, what: int, owner: Credentials) -> None:
        """SETATTR of owner and group, by the superuser."""
        item = self.item(what)
        new = NewAttributes(uid=owner.uid, gid=owner.gid)
        assert self.attempt((), operations.setattr, ADMIN, item.number, new)
        item.uid, item.gid = owner.uid, owner.gid
        if not item.is_directory:
            self.disarm(item)

    @rule(who=CALLERS, what=PLACES, size=st.integers(0, 5000))
    def truncate(self, who: Credentials, what: int, size: int) -> None:
        """SETATTR of a size."""
        item = self.item(what)
        reasons = set()
        if item.kind is not FileType.REGULAR:
            reasons.add(FsCode.ISDIR if item.is_directory else FsCode.INVAL)
        elif who.uid not in (0, item.uid) and not item.can(who, "w"):
            reasons.add(FsCode.ACCES)
        new = NewAttributes(size=size)
        if self.attempt(reasons, operations.setattr, who, item.number, new):
            self.resize(item, who, size)

    def resize(self, item: Item, who: Credentials, size: int) -> None:
        """Set a size in the model."""
        item.size = size
        if who.uid:
            self.disarm(item)

    def disarm(self, item: Item) -> None:
        """Take set-uid and set-gid in the model."""
        item.mode &= ~0o4000
        if item.mode & 0o010:
            item.mode &= ~0o2000

    @rule(step_ns=st.sampled_from([0, 1, 1_000_000_000]))
    def tick(self, step_ns: int) -> None:
        """Let the clock stand still between operations, or go on."""
        self.tree.step_ns = step_ns

    @rule(place=PLACES)
    def begin_listing(self, place: int) -> None:
        """A client begins to list a directory."""
        directory = self.directory(place)
        names = {(name, item.number) for name, item in directory.children.items()}
        self.listers.append(Lister(directory, names))

    @rule(place=PLACES, room=st.integers(1, 3))
    def go_on_listing(self, place: int, room: int) -> None:
        """A client lists the next entries; at the end it has seen all that stayed, once."""
        if not self.listers:
            return
        lister = self.listers[place % len(self.listers)]
        inode = lister.directory.number
        view = self.tree.view
        listing = operations.readdir(view, ADMIN, inode, lister.cookie, True, 28 * room, 24)
        for entry in listing.entries:
            assert entry.attributes == self.tree.record(entry.inode)[:84]
            lister.cookie = entry.cookie
            lister.cookies.append(entry.cookie)
            lister.seen.append((entry.name, entry.inode))
        assert listing.eof or listing.entries
        if listing.eof:
            assert sorted(set(lister.cookies)) == lister.cookies
            for entry_seen in lister.stable:
                assert lister.seen.count(entry_seen) == 1
            self.listers.remove(lister)

    @invariant()
    def tables_are_whole(self) -> None:
        """Links, entries, cookies and counts agree."""
        self.tree.check()

    @invariant()
    def trees_are_equal(self) -> None:
        """Every file of the model is in the tables with the same attributes, and no other."""
        items = self.model.items()
        for item in items:
            stat = self.tree.stat(item.number)
            assert (stat.type, stat.mode, stat.uid, stat.gid, stat.nlink) == (
                item.kind,
                item.mode,
                item.uid,
                item.gid,
                self.model.links(item),
            )
            if item.is_directory:
                found = self.tree.names(item.number)
                del found[b"."], found[b".."]
                assert found == {name: child.number for name, child in item.children.items()}
            else:
                assert stat.size == item.size
            acls = operations.getacl(self.tree.view, item.number)
            access = item.acl or Acl(0, 0, 0).with_mode(item.mode)
            assert list(acls.access) == access.entries()
            assert list(acls.default) == (item.default.entries() if item.default else [])
        assert len(self.tree.view.tables[Table.INODE]) == len(items)

    @invariant()
    def every_change_shows_in_the_ctime(self) -> None:
        """A record that differs has a later ctime, so a client's cache notices."""
        for item in self.model.items():
            record = self.tree.record(item.number)
            known = self.ctimes.get(item.number)
            if known is not None and known != record:
                assert time_ns(record[76:84]) > time_ns(known[76:84])
                assert wcc_of(record) != wcc_of(known)
            self.ctimes[item.number] = record

    @invariant()
    def cookies_are_never_used_again(self) -> None:
        """Within a directory a cookie stands for one file for ever."""
        for item in self.model.directories():
            listing = operations.readdir(self.tree.view, ADMIN, item.number, 2, False, 1 << 20, 24)
            for entry in listing.entries:
                place = (item.number, entry.cookie)
                assert self.places.setdefault(place, entry.inode) == entry.inode

    @invariant()
    def listers_know_what_stayed(self) -> None:
        """Note for each client which entries have been there all the time."""
        alive = set(self.model.directories())
        self.listers = [lister for lister in self.listers if lister.directory in alive]
        for lister in self.listers:
            children = lister.directory.children.items()
            lister.stable &= {(name, item.number) for name, item in children}


TreeMachine.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestTree = TreeMachine.TestCase
