"""Checks that stand outside the code: what must be true of bricks whatever has happened."""

from __future__ import annotations

from nfsgw.backend.brick.bytes.files import DataFiles
from nfsgw.backend.brick.bytes.records import WRITING
from nfsgw.backend.brick.check.checking import check_view
from nfsgw.backend.brick.check.finding import Fault, Finding
from nfsgw.backend.brick.keys import inode_of
from nfsgw.backend.brick.schema import (
    DATA_IN_FILE,
    EXTENT_BYTES,
    ExtentState,
    size_of,
    unpack_extent,
    unpack_inode,
)
from nfsgw.backend.brick.view import Table
from nfsgw.backend.locks import stored
from nfsgw.backend.locks.api import Owner, Wanted
from nfsgw.backend.locks.ranges import Held
from nfsgw.backend.replica.tables import SHARED_TABLES, is_shared
from tests.simulation.brick import VOLUME, SimBrick
from tests.simulation.plan import Plan
from tests.simulation.tables import Tables
from tests.support.disks import MemoryFile

__all__ = [
    "Broken",
    "check_brick",
    "check_durable",
    "check_equal",
    "check_locked",
    "check_replied",
    "check_unlocked",
    "flip_bit",
    "settled",
]

MISSING = b"missing/"
"""META, local: prefix of the keys that list extents which a brick lacks."""
RECONCILE = b"reconcile/"
"""META, local: prefix of the keys that list data files which do not follow the tables yet."""

_OF_FILES = (Fault.FILE_MISSING, Fault.FILE_UNKNOWN, Fault.CHECKSUM)


class Broken(AssertionError):
    """A brick holds what it must not."""


def _marked(tables: Tables) -> list[str]:
    """Return how findings name the files of which a brick knows that something is amiss."""
    names: list[str] = []
    for prefix in (MISSING, RECONCILE):
        for key, _ in tables.scan(Table.META, prefix):
            inode = inode_of(key[len(prefix) :])
            names += [f"inode {inode}", f"data file {inode:x}"]
    return names


def check_brick(brick: SimBrick) -> None:
    """Check a brick's tables and files against each other, while no process has it open.

    Files whose bytes the brick is known to lack may be missing or wrong.

    :raises Broken: a finding.
    """
    tables = brick.tables
    if tables is None:
        return
    medium = brick.medium
    gone, medium.gone = medium.gone, False
    read_only, medium.read_only = medium.read_only, False
    hung, medium.hung = medium.hung, False
    try:
        report = check_view(tables, VOLUME, brick.disk, brick.root)
    finally:
        medium.gone, medium.read_only, medium.hung = gone, read_only, hung
    marked = _marked(tables)
    findings = [one for one in report.findings if not _excused(one, marked)]
    if findings:
        raise Broken(f"{brick.name}: " + "; ".join(map(str, findings[:5])))


def _excused(finding: Finding, marked: list[str]) -> bool:
    if finding.fault not in _OF_FILES:
        return False
    return any(finding.where == name or finding.where.endswith(f" of {name}") for name in marked)


def settled(brick: SimBrick) -> bool:
    """Say whether no extent is being written on a brick, and no file is being cut."""
    tables = brick.tables
    if tables is None:
        return False
    return not tables.items(Table.TRIM) and next(tables.scan(Table.META, WRITING), None) is None


def check_equal(bricks: list[SimBrick]) -> None:
    """Check that bricks in sync are equal: shared tables, and the bytes of all files.

    :raises Broken: they are not.
    """
    first, *others = bricks
    for other in others:
        for table in SHARED_TABLES:
            _check_table(table, first, other)
        _check_files(first, other)


def _check_table(table: Table, first: SimBrick, other: SimBrick) -> None:
    assert first.tables is not None
    assert other.tables is not None
    ours, theirs = first.tables.items(table), other.tables.items(table)
    if ours == theirs:
        return
    for key in sorted({**ours, **theirs}):
        if ours.get(key) != theirs.get(key) and is_shared(table, key):
            raise Broken(
                f"{first.name} and {other.name} differ in {table.name.lower()} {key.hex()}: "
                f"{_short(ours.get(key))} and {_short(theirs.get(key))}"
            )


def _short(value: bytes | None) -> str:
    if value is None:
        return "nothing"
    return value.hex() if len(value) <= 160 else f"{value[:160].hex()}... ({len(value)} bytes)"


def _files(brick: SimBrick) -> dict[int, MemoryFile]:
    """Return the data files that a brick's inodes name."""
    assert brick.tables is not None
    files = DataFiles(brick.disk, brick.root)
    found: dict[int, MemoryFile] = {}
    for key, value in brick.tables.scan(Table.INODE, b""):
        if value[3] == 1 and unpack_inode(value).flags & DATA_IN_FILE:
            file = brick.disk.names_now.get(files.path(inode_of(key)))
            if file is None:
                raise Broken(f"{brick.name}: the data file of inode {inode_of(key)} is missing")
            found[inode_of(key)] = file
    return found


def _check_files(first: SimBrick, other: SimBrick) -> None:
    assert first.tables is not None
    ours, theirs = _files(first), _files(other)
    for inode, file in ours.items():
        record = first.tables.get(Table.INODE, inode.to_bytes(8, "big"))
        assert record is not None
        size = size_of(record)
        if file.size > size or theirs[inode].size > size:
            raise Broken(f"the data file of inode {inode} is longer than its size, {size}")
        if _content(file, size) != _content(theirs[inode], size):
            raise Broken(f"{first.name} and {other.name} differ in the bytes of inode {inode}")


def _content(file: MemoryFile, size: int) -> dict[int, bytes]:
    return {number: page for number, page in sorted(file.pages.items()) if any(page)}


def check_durable(brick: SimBrick) -> None:
    """Check that the disk itself, not only the page cache, holds the bytes of clean extents.

    :raises Broken: it does not.
    """
    if not brick.durable or brick.tables is None:
        return
    for inode, file in _files(brick).items():
        if file.stored:
            continue
        shown, stored = file.read(file.size, 0), file.read_durable()
        for key, value in brick.tables.scan(Table.EXTENT, inode.to_bytes(8, "big")):
            extent = unpack_extent(value)
            start = int.from_bytes(key[8:], "big") * EXTENT_BYTES
            end = start + extent.length
            if extent.state == ExtentState.CLEAN and shown[start:end] != stored[start:end]:
                raise Broken(
                    f"{brick.name}: a clean extent of inode {inode} is in its page cache only"
                )


def flip_bit(bricks: list[SimBrick], plan: Plan) -> str:
    """Flip a bit of a clean extent of one of the bricks; return where, or "" if there is none."""
    random = plan.random("flip")
    brick = random.choice(bricks)
    assert brick.tables is not None
    files = _files(brick)
    clean = [
        (inode_of(key), int.from_bytes(key[8:], "big"), extent.length)
        for key, value in brick.tables.scan(Table.EXTENT, b"")
        if (extent := unpack_extent(value)).state == ExtentState.CLEAN and extent.length
    ]
    if not clean:
        return ""
    inode, number, length = random.choice(clean)
    offset = number * EXTENT_BYTES + random.randrange(length)
    if not files[inode].flip(offset, 1 << random.randrange(8)):
        return ""
    return f"{brick.name}, inode {inode} at {offset}"


def check_replied(bricks: list[SimBrick], request: bytes, what: str) -> None:
    """Check that a change that is being answered is committed on bricks in sync.

    :raises Broken: it is not.
    """
    for brick in bricks:
        if brick.tables is not None and brick.tables.get(Table.REPLY, request) is None:
            raise Broken(f"{what} is answered, and {brick.name} has not committed it")


def _held(brick: SimBrick, inode: int, owner: Owner) -> list[Held]:
    """Return what an owner holds by what a brick has committed."""
    assert brick.tables is not None
    lowest = Held(0, 1, owner, True, 0, 0, b"")
    key = stored.held_key(inode, stored.client_key(owner.client), lowest)
    rows = brick.tables.scan(Table.LOCK, key[: stored.OWNER_BYTES])
    return [stored.unpack_held(key, value, owner) for key, value in rows]


def check_locked(bricks: list[SimBrick], wanted: Wanted) -> None:
    """Check that a lock that is being granted is committed on bricks in sync.

    :raises Broken: it is not.
    """
    for brick in bricks:
        if brick.tables is None:
            continue
        reached = wanted.start
        for held in _held(brick, wanted.inode, wanted.owner):
            if held.start <= reached < held.end and held.exclusive >= wanted.exclusive:
                reached = held.end
        if reached < wanted.end:
            raise Broken(f"{wanted} is granted, and {brick.name} has not committed it")


def check_unlocked(bricks: list[SimBrick], inode: int, owner: Owner, start: int, end: int) -> None:
    """Check that what is being freed is free on bricks in sync.

    :raises Broken: it is not.
    """
    for brick in bricks:
        if brick.tables is None:
            continue
        for held in _held(brick, inode, owner):
            if held.start < end and start < held.end:
                raise Broken(f"{held} is freed, and {brick.name} has not committed that")
