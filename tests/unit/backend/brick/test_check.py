"""Every finding of the check, planted; and a sound brick that has none."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from nfsgw.backend.api import ROOT, AclEntry, AclTag, CreateMode, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.acl import pack_acls
from nfsgw.backend.brick.bytes.disk import LocalDisk
from nfsgw.backend.brick.bytes.extents import CRC32
from nfsgw.backend.brick.bytes.records import WRITING
from nfsgw.backend.brick.check import Fault, Report, check_brick, check_view
from nfsgw.backend.brick.check.counting import Counts
from nfsgw.backend.brick.identity import BrickRefused
from nfsgw.backend.brick.keys import (
    COMMIT_POINT,
    EMPTY_FILES,
    MISSING,
    NEXT_INODE,
    RECONCILE,
    cookie_key,
    entry_key,
    extent_key,
    inode_key,
    sequence_key,
)
from nfsgw.backend.brick.record import Record, encode_record
from nfsgw.backend.brick.schema import (
    DATA_IN_FILE,
    Extent,
    ExtentState,
    Inode,
    pack_cookie,
    pack_entry,
    pack_extent,
    pack_inode,
    pack_number,
    unpack_inode,
)
from nfsgw.backend.brick.view import Change, Table
from nfsgw.waiting import result_of, step
from tests.support.bricks import FSID, Workshop, memory_brick, temporary_brick
from tests.support.stores import MemoryStore

FILE, LINKED, DIRECTORY, INNER, SYMLINK, STORED = 2, 3, 4, 5, 6, 7
"""Inode numbers of :func:`populate`."""
BYTES = b"the bytes of a data file"
NEW = NewAttributes()

Tables = dict[Table, dict[bytes, bytes]]


def populate(change: Change) -> None:
    """Make one of each: a file, one with two names, directories, a link, a data file."""
    operations.create(change, ROOT, 1, b"file", CreateMode.GUARDED, NEW, None)
    operations.create(change, ROOT, 1, b"linked", CreateMode.GUARDED, NEW, None)
    operations.mkdir(change, ROOT, 1, b"directory", NEW)
    operations.mkdir(change, ROOT, DIRECTORY, b"inner", NEW)
    operations.symlink(change, ROOT, DIRECTORY, b"symlink", b"target", NEW)
    operations.create(change, ROOT, INNER, b"stored", CreateMode.GUARDED, NEW, None)
    operations.link(change, ROOT, LINKED, INNER, b"second")
    operations.setacl(change, ROOT, DIRECTORY, ACCESS, DEFAULT)
    operations.extend(change, ROOT, FILE, 5)
    change.put(Table.INLINE, inode_key(FILE), b"bytes")
    operations.extend(change, ROOT, STORED, len(BYTES))
    stored = unpack_inode(change.get(Table.INODE, inode_key(STORED)) or b"")
    change.put(
        Table.INODE,
        inode_key(STORED),
        pack_inode(stored._replace(flags=stored.flags | DATA_IN_FILE)),
    )
    clean = Extent(
        ExtentState.CLEAN, CRC32, len(BYTES), zlib.crc32(BYTES).to_bytes(4, "big") + bytes(12)
    )
    change.put(Table.EXTENT, extent_key(STORED, 0), pack_extent(clean))
    change.put(Table.EXTENT, extent_key(STORED, 1), pack_extent(Extent(ExtentState.WRITING)))
    change.put(Table.META, WRITING + extent_key(STORED, 1), b"")


DEFAULT = [
    AclEntry(AclTag.USER_OBJ, 0, 7),
    AclEntry(AclTag.GROUP_OBJ, 0, 5),
    AclEntry(AclTag.OTHER, 0, 0),
]
ACCESS = [*DEFAULT, AclEntry(AclTag.USER, 5, 7), AclEntry(AclTag.MASK, 0, 7)]


def data_file(root: Path, inode: int = STORED) -> Path:
    """Return where an inode's data file lies."""
    return root / "00" / "00" / f"{inode:016x}"


@pytest.fixture
def tables() -> Tables:
    """Give the tables of a sound brick with a bit of everything."""
    workshop = Workshop()
    store = MemoryStore()
    brick = memory_brick(store, workshop)
    with workshop.turn:
        step(brick.change(populate, request=b"client01" + b"r" * 20))
    return store.tables


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the data directory that belongs to it."""
    path = data_file(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(BYTES)
    return tmp_path


def check(tables: Tables, root: Path) -> Report:
    """Check the tables and the data directory."""
    store = MemoryStore()
    store.tables = tables
    return check_view(store.snapshot(), FSID, LocalDisk(durable=False), str(root))


def test_sound_brick_has_no_findings(tables: Tables, root: Path) -> None:
    """A brick that nothing happened to is clean, and everything in it was looked at."""
    report = check(tables, root)
    assert report.findings == []
    assert report.clean
    assert (report.inodes, report.entries) == (7, 7)
    assert (report.data_files, report.extents) == (1, 1)
    assert (report.records, report.replies, report.last_sequence) == (2, 1, 2)


def change_inode(number: int, **fields: int | bytes) -> Callable[[Tables], None]:
    """Change what the wire does not show of an inode."""

    def plant(tables: Tables) -> None:
        values = unpack_inode(tables[Table.INODE][inode_key(number)])._asdict()
        tables[Table.INODE][inode_key(number)] = pack_inode(Inode(**values | fields))

    return plant


def change_bytes(table: Table, key: bytes, at: int, new: bytes) -> Callable[[Tables], None]:
    """Overwrite some bytes of a value."""

    def plant(tables: Tables) -> None:
        value = tables[table][key]
        tables[table][key] = value[:at] + new + value[at + len(new) :]

    return plant


def drop(table: Table, key: bytes) -> Callable[[Tables], None]:
    """Remove a key."""

    def plant(tables: Tables) -> None:
        del tables[table][key]

    return plant


def put(table: Table, key: bytes, value: bytes) -> Callable[[Tables], None]:
    """Set a key."""

    def plant(tables: Tables) -> None:
        tables[table][key] = value

    return plant


def cycle(tables: Tables) -> None:
    """Hang two directories into each other, away from the root."""
    del tables[Table.ENTRY][entry_key(1, b"directory")]
    cookie = pack_entry(DIRECTORY, 9)
    tables[Table.ENTRY][entry_key(INNER, b"loop")] = cookie
    tables[Table.COOKIE][cookie_key(INNER, 9)] = pack_cookie(DIRECTORY, b"loop")
    change_inode(INNER, entries=3, next_cookie=10)(tables)
    change_inode(DIRECTORY, parent=INNER)(tables)


def too_many_replies(tables: Tables) -> None:
    """Give one client more stored replies than it may have."""
    for number in range(2049):
        reply = Record(1, 1, 1, {}, b"", b"\xff\x01\x00").reply
        tables[Table.REPLY][b"client02" + number.to_bytes(20, "big")] = reply


def log_gap(tables: Tables) -> None:
    """Lose a record between two others."""
    record = Record(4, 9, 1 << 62, {})
    tables[Table.LOG][sequence_key(4)] = encode_record(record)


ROOT_FILE = entry_key(1, b"file")
PLANTED: list[tuple[Fault, Callable[[Tables], None]]] = [
    (Fault.VALUE, put(Table.INODE, inode_key(99), b"short")),
    (Fault.VALUE, change_bytes(Table.INODE, inode_key(FILE), 52, bytes(8))),
    (Fault.VALUE, change_bytes(Table.INODE, inode_key(FILE), 44, bytes(8))),
    (Fault.VALUE, change_bytes(Table.INODE, inode_key(FILE), 3, b"\x09")),
    (Fault.VALUE, change_inode(FILE, acls=b"\0")),
    (Fault.VALUE, change_inode(FILE, acls=pack_acls((), DEFAULT))),
    (Fault.VALUE, change_inode(DIRECTORY, acls=pack_acls((), DEFAULT[1:]))),
    (Fault.VALUE, put(Table.ENTRY, ROOT_FILE, b"short")),
    (Fault.VALUE, put(Table.ENTRY, entry_key(1, b"a/b"), pack_entry(FILE, 3))),
    (Fault.VALUE, put(Table.TRIM, inode_key(FILE), b"short")),
    (Fault.VALUE, put(Table.EXTENT, extent_key(STORED, 0), b"short")),
    (Fault.ENTRY_INODE, drop(Table.INODE, inode_key(FILE))),
    (Fault.ENTRY_DIRECTORY, put(Table.ENTRY, entry_key(50, b"x"), pack_entry(FILE, 3))),
    (Fault.ENTRY_DIRECTORY, put(Table.COOKIE, cookie_key(FILE, 3), pack_cookie(FILE, b"x"))),
    (Fault.ENTRY_COOKIE, drop(Table.COOKIE, cookie_key(1, 3))),
    (Fault.ENTRY_COOKIE, put(Table.COOKIE, cookie_key(1, 3), pack_cookie(LINKED, b"file"))),
    (Fault.COOKIE_ENTRY, drop(Table.ENTRY, ROOT_FILE)),
    (Fault.COOKIE_ENTRY, put(Table.COOKIE, cookie_key(1, 99), pack_cookie(FILE, b"file"))),
    (Fault.COOKIE_RANGE, change_inode(1, next_cookie=5)),
    (Fault.ENTRY_COUNT, change_inode(1, entries=9)),
    (Fault.ENTRY_COUNT, change_inode(DIRECTORY, entries=0)),
    (Fault.LINK_COUNT, change_bytes(Table.INODE, inode_key(LINKED), 8, b"\0\0\0\1")),
    (Fault.LINK_COUNT, change_bytes(Table.INODE, inode_key(FILE), 8, b"\0\0\0\2")),
    (Fault.LINK_COUNT, change_bytes(Table.INODE, inode_key(DIRECTORY), 8, b"\0\0\0\2")),
    (Fault.LINK_COUNT, put(Table.ENTRY, entry_key(1, b"again"), pack_entry(INNER, 3))),
    (Fault.PARENT, change_inode(INNER, parent=1)),
    (Fault.PARENT, change_inode(INNER, parent=FILE)),
    (Fault.CYCLE, cycle),
    (Fault.ORPHAN, drop(Table.ENTRY, ROOT_FILE)),
    (Fault.ORPHAN, drop(Table.ENTRY, entry_key(1, b"directory"))),
    (Fault.ORPHAN, drop(Table.INODE, inode_key(1))),
    (Fault.COUNTER, put(Table.META, NEXT_INODE, pack_number(STORED))),
    (Fault.COUNTER, drop(Table.META, NEXT_INODE)),
    (Fault.SYMLINK, put(Table.SYMLINK, inode_key(SYMLINK), b"longer target")),
    (Fault.SYMLINK, drop(Table.SYMLINK, inode_key(SYMLINK))),
    (Fault.OWNER, put(Table.SYMLINK, inode_key(FILE), b"target")),
    (Fault.OWNER, put(Table.INLINE, inode_key(DIRECTORY), b"bytes")),
    (Fault.OWNER, put(Table.INLINE, inode_key(50), b"bytes")),
    (Fault.OWNER, put(Table.XATTR, inode_key(50) + b"user.x", b"value")),
    (Fault.OWNER, put(Table.EXTENT, extent_key(50, 0), pack_extent(Extent(1)))),
    (Fault.INLINE, put(Table.INLINE, inode_key(FILE), b"more bytes")),
    (Fault.INLINE, put(Table.INLINE, inode_key(STORED), b"bytes")),
    (Fault.EXTENT, put(Table.EXTENT, extent_key(FILE, 0), pack_extent(Extent(1)))),
    (Fault.EXTENT, put(Table.EXTENT, extent_key(STORED, 0), pack_extent(Extent(7)))),
    (Fault.EXTENT, put(Table.EXTENT, extent_key(STORED, 0), pack_extent(Extent(1, 2, 99)))),
    (Fault.WRITING, drop(Table.META, WRITING + extent_key(STORED, 1))),
    (Fault.WRITING, put(Table.META, WRITING + extent_key(STORED, 0), b"")),
    (Fault.WRITING, drop(Table.EXTENT, extent_key(STORED, 1))),
    (Fault.TRIM, put(Table.TRIM, inode_key(50), pack_number(1))),
    (Fault.TRIM, put(Table.TRIM, inode_key(DIRECTORY), pack_number(0))),
    (Fault.CHECKSUM, put(Table.EXTENT, extent_key(STORED, 0), pack_extent(Extent(1, 2, 3)))),
    (Fault.LOG, log_gap),
    (Fault.LOG, change_bytes(Table.LOG, sequence_key(2), 0, b"\x63")),
    (Fault.LOG, change_bytes(Table.LOG, sequence_key(2), 17, bytes(8))),
    (Fault.LOG, change_bytes(Table.LOG, sequence_key(2), 9, bytes(8))),
    (Fault.LOG, lambda tables: tables[Table.LOG].clear()),
    (Fault.LOG_TABLES, change_bytes(Table.INODE, inode_key(FILE), 27, b"\x04")),
    (Fault.LOG_TABLES, drop(Table.INLINE, inode_key(FILE))),
    (Fault.UNDO, put(Table.UNDO, sequence_key(2), encode_record(Record(2, 1, 1, {})))),
    (Fault.UNDO, put(Table.META, COMMIT_POINT, pack_number(1))),
    (Fault.REPLY, put(Table.REPLY, b"client02" + b"s" * 20, b"short")),
    (Fault.REPLY, put(Table.REPLY, b"client02" + b"s" * 20, bytes(16) + b"\x63\x00")),
    (
        Fault.REPLY,
        put(Table.REPLY, b"client02" + b"s" * 20, pack_number(9) + bytes(8) + b"\xff\x01\x00"),
    ),
    (Fault.REPLY, too_many_replies),
]


@pytest.mark.parametrize(
    ("fault", "plant"), PLANTED, ids=[f"{n}-{fault.value}" for n, (fault, _) in enumerate(PLANTED)]
)
def test_planted_fault_is_found(
    fault: Fault, plant: Callable[[Tables], None], tables: Tables, root: Path
) -> None:
    """Damage of each kind is reported as what it is."""
    plant(tables)
    report = check(tables, root)
    assert fault in {finding.fault for finding in report.findings}
    assert report.count >= len(report.findings) > 0


def test_damaged_bytes_are_found(tables: Tables, root: Path) -> None:
    """One flipped bit on the disk is found by the checksum."""
    data_file(root).write_bytes(b"T" + BYTES[1:])
    assert [finding.fault for finding in check(tables, root).findings] == [Fault.CHECKSUM]


def test_short_file_is_found(tables: Tables, root: Path) -> None:
    """Bytes that are missing are never taken for zeros."""
    data_file(root).write_bytes(BYTES[:-1])
    assert [finding.fault for finding in check(tables, root).findings] == [Fault.CHECKSUM]


def test_missing_file_is_found(tables: Tables, root: Path) -> None:
    """A file whose bytes are gone is reported once."""
    data_file(root).unlink()
    assert [finding.fault for finding in check(tables, root).findings] == [Fault.FILE_MISSING]


def test_file_that_belongs_to_nobody_is_found_unless_it_is_to_go(
    tables: Tables, root: Path
) -> None:
    """A forgotten data file is reported; one whose removal is under way is not."""
    data_file(root, 50).write_bytes(b"forgotten")
    assert [finding.fault for finding in check(tables, root).findings] == [Fault.FILE_UNKNOWN]
    tables[Table.TRIM][inode_key(50)] = pack_number(0)
    assert check(tables, root).findings == []


@pytest.mark.parametrize(
    "mark", [MISSING + extent_key(STORED, 0), RECONCILE + inode_key(STORED), EMPTY_FILES]
)
def test_what_a_brick_knows_that_it_lacks_is_no_finding(
    mark: bytes, tables: Tables, root: Path
) -> None:
    """A brick that was stopped while it was healing is not damaged."""
    tables[Table.META][mark] = b""
    data_file(root).write_bytes(BYTES[:-1])
    report = check(tables, root)
    assert report.findings == []
    assert report.missing == mark.startswith(MISSING)
    data_file(root).unlink()
    assert check(tables, root).findings == []


def test_marks_excuse_what_they_name_only(tables: Tables, root: Path) -> None:
    """A flipped bit is found though another extent of the file is missing."""
    tables[Table.META][MISSING + extent_key(STORED, 1)] = b""
    data_file(root).write_bytes(b"T" + BYTES[1:])
    assert [finding.fault for finding in check(tables, root).findings] == [Fault.CHECKSUM]


def test_findings_beyond_the_bound_are_counted(tables: Tables, root: Path) -> None:
    """A brick with a million faults does not fill the memory of its check."""
    for number in range(1500):
        tables[Table.XATTR][inode_key(1000 + number) + b"x"] = b""
    report = check(tables, root)
    assert report.count == 1500
    assert len(report.findings) == 1000


def test_counts_merge_runs_from_files() -> None:
    """Counting more numbers than memory holds gives the same as counting them at once."""
    counts = Counts(run_numbers=10)
    numbers = [n * 7919 % 50 for n in range(1234)]
    for number in numbers:
        counts.add(number)
    assert list(counts.merged()) == [
        (number, numbers.count(number)) for number in sorted(set(numbers))
    ]


def test_real_brick_is_checked_when_nobody_has_it_open(tmp_path: Path) -> None:
    """The check refuses a brick in use, and finds a closed one clean."""
    workshop = Workshop()
    opened = temporary_brick(tmp_path / "brick", workshop)
    with workshop.turn:
        step(opened.brick.change(operations.mkdir, ROOT, 1, b"d", NEW))
    with pytest.raises(BrickRefused, match="in use"):
        check_brick(tmp_path / "brick")
    result_of(opened.close())
    report = check_brick(tmp_path / "brick")
    assert report.findings == []
    assert (report.inodes, report.last_sequence) == (2, 2)
