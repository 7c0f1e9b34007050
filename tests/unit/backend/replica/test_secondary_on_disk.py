"""A brick that follows a primary, in a directory: LMDB, files, a copy put in place by rename."""

from __future__ import annotations

from pathlib import Path

import pytest

from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.bytes.means import Tasks
from nfsgw.backend.brick.identity import Identity
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.opening import open_brick
from nfsgw.backend.brick.record import decode_record
from nfsgw.backend.brick.starting import format_brick
from nfsgw.backend.brick.view import Table
from nfsgw.backend.brick.worker import Inline
from nfsgw.backend.replica.member import MemberFailed, Standing
from nfsgw.backend.replica.secondary import Secondary
from nfsgw.backend.replica.tables import SHARED_TABLES
from nfsgw.waiting import result_of
from tests.support.bricks import BOOT_ID, FSID, START_NS, TestClock
from tests.unit.backend.replica.bench import LEASE_S, put_extent, records_from

FILE = 7


class Brick:
    """A brick in a directory."""

    def __init__(self, path: Path, durability: str, epoch: int) -> None:
        self.path = path
        identity = Identity("ab" * 16, FSID, 0, "cd" * 16, ("cd" * 16,), durability)
        format_brick(path, identity, START_NS, epoch)
        self.first = self.open()

    def open(self) -> Standing:
        """Open it, and attach to the primary of epoch 3."""
        self.failures: list[str] = []
        self.local: LocalBrick = open_brick(
            self.path, LogBounds(), b"start", BOOT_ID, lambda name, count: Inline()
        )
        self.member = Secondary(self.local, TestClock(), LEASE_S, self.failures.append, Tasks())
        return self.member.attach(3).result()

    def close(self) -> None:
        """Close it in good order."""
        assert self.failures == []
        assert self.member.retire().done
        assert self.member.close_files().done
        result_of(self.local.close(True))


@pytest.mark.parametrize("durability", ["durable", "none"])
def test_brick_follows_and_is_copied_and_opened_again(tmp_path: Path, durability: str) -> None:
    """All that a primary asks for, with everything real but the threads."""
    source = Brick(tmp_path / "source", durability, 1)
    (tmp_path / "brick").mkdir()
    brick = Brick(tmp_path / "brick", durability, 0)
    assert brick.first.tail == ((1, 0),)
    records = records_from(2, [put_extent(FILE, 0), put_extent(FILE, 1)], epoch=3)
    source.member.append(3, records, 1).result()

    old, member = brick.local.store, brick.member
    member.create(3, FILE, b"old").result()
    member.begin_copy(3).result()
    for table in SHARED_TABLES:
        items = source.member.rows(3, table, b"", None).result()
        member.load(3, table, items).result()
    snapshot = source.local.store.snapshot()
    log = [decode_record(value, key) for key, value in snapshot.scan(Table.LOG, b"")]
    snapshot.close()
    for record in log:
        member.replay_copy(3, [record]).result()
    standing = member.end_copy(3).result()
    assert brick.local.store is not old
    assert (standing.sequence, standing.missing) == (3, 2)
    assert member.read(3, FILE, 0, 10).result() == b""

    member.put_extent(3, FILE, 0, b"bytes").result()
    member.settle(3, [(FILE, 0), (FILE, 1)]).result()
    later = records_from(4, [put_extent(FILE, 0)], epoch=3)
    for each in (source, brick):
        each.member.append(3, later, 3).result()
    member.write(3, FILE, 5, memoryview(b" more")).result()
    member.sync(3, FILE).result()
    brick.close()
    standing = brick.open()
    assert standing.tail == ((3, 3), (4, 3))
    assert standing.missing == 0
    assert brick.member.read(3, FILE, 0, 100).result() == b"bytes more"
    for table in SHARED_TABLES:
        asked = (3, table, b"", None)
        assert brick.member.digest(*asked).result() == source.member.digest(*asked).result()
    brick.close()
    source.close()


@pytest.mark.parametrize("durability", ["durable", "none"])
@pytest.mark.parametrize("call", ["remove", "cut"])
def test_brick_that_was_moved_away_says_so(tmp_path: Path, durability: str, call: str) -> None:
    """Its tables go on, but a file that is not there was not removed, nor cut."""
    brick = Brick(tmp_path / "brick", durability, 0)
    brick.member.create(3, FILE, b"bytes").result()
    # So that no descriptor is left.
    result_of(brick.local.close(True))
    brick.open()
    brick.member.remove(3, FILE + 1).result()
    brick.member.cut(3, FILE + 1, 2).result()
    brick.path.rename(tmp_path / "away")
    with pytest.raises(MemberFailed):
        if call == "remove":
            brick.member.remove(3, FILE).result()
        else:
            brick.member.cut(3, FILE, 2).result()
    assert len(brick.failures) == 1
    result_of(brick.local.close(False))
