"""The pending view: newest values first, what a reader must wait for, and who leaves when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend.brick.pending import Pending, PendingView
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.view import Change, DictView, Table

A = bytes(7) + b"a"
B = bytes(7) + b"b"
KEYS = st.builds(lambda head, tail: head + tail, st.sampled_from([A, B]), st.binary(max_size=1))
PUTS = st.dictionaries(
    st.tuples(st.just(Table.ENTRY), KEYS), st.none() | st.binary(max_size=1), max_size=5
)


def record(sequence: int, changes: dict[tuple[Table, bytes], bytes | None]) -> Record:
    """Make a record of changes alone."""
    return Record(sequence, 1, sequence, changes)


@given(
    below=st.dictionaries(KEYS, st.binary(max_size=1), max_size=6),
    batches=st.lists(PUTS, max_size=5),
    passed=st.integers(0, 5),
    prefix=st.sampled_from([b"", A[:3], A, B, A + b"\x01"]),
    after=st.sampled_from([b"", A, A + b"\x80", B]),
)
def test_view_equals_applied_records(
    below: dict[bytes, bytes],
    batches: list[dict[tuple[Table, bytes], bytes | None]],
    passed: int,
    prefix: bytes,
    after: bytes,
) -> None:
    """Wherever the commit point stands, readers see the newest state, in order."""
    base, model, pending = DictView(), DictView(), Pending()
    base.tables[Table.ENTRY].update(below)
    model.tables[Table.ENTRY].update(below)
    records = [record(n, changes) for n, changes in enumerate(batches, 1)]
    for each in records:
        pending.add(each, each.sequence)
        change = Change(model, 0)
        change.changes = each.changes
        model.apply(change)
    done = records[:passed]
    for each in done:
        change = Change(base, 0)
        change.changes = each.changes
        base.apply(change)
    for each in done:
        pending.passed(each, len(done))
    view = PendingView(base, pending)
    assert list(view.scan(Table.ENTRY, prefix, after)) == list(
        model.scan(Table.ENTRY, prefix, after)
    )
    for key in {key for _, key in (k for each in records for k in each.changes)} | set(below):
        assert view.get(Table.ENTRY, key) == model.get(Table.ENTRY, key)
    left = {key for each in records[passed:] for key in each.changes}
    assert pending.size == len(left)


def test_reader_waits_for_the_newest_record_it_saw() -> None:
    """What is shown must be committed; what was not touched need not be."""
    pending = Pending()
    pending.add(record(1, {(Table.INODE, b"a"): b"1"}), 1)
    pending.add(record(2, {(Table.INODE, b"b"): None}), 2)
    view = PendingView(DictView(), pending)
    assert view.get(Table.INODE, b"c") is None
    assert view.waits_for == 0
    assert view.get(Table.INODE, b"a") == b"1"
    assert view.waits_for == 1
    assert view.get(Table.INODE, b"b") is None
    assert view.waits_for == 2


def test_missing_name_shows_a_pending_removal() -> None:
    """A listing without a name that is being removed waits for the removal."""
    base, pending = DictView(), Pending()
    base.tables[Table.ENTRY][A + b"1"] = b""
    pending.add(record(5, {(Table.ENTRY, A + b"1"): None}), 5)
    view = PendingView(base, pending)
    assert list(view.scan(Table.ENTRY, A)) == []
    assert view.waits_for == 5


def test_listing_that_ends_early_does_not_wait_for_the_rest() -> None:
    """A page of a listing waits only for what it shows."""
    base, pending = DictView(), Pending()
    pending.add(record(1, {(Table.ENTRY, A + b"1"): b""}), 1)
    pending.add(record(2, {(Table.ENTRY, A + b"2"): b""}), 2)
    view = PendingView(base, pending)
    next(view.scan(Table.ENTRY, A))
    assert view.waits_for == 1


def test_early_value_inherits_what_it_was_built_on() -> None:
    """An UNSTABLE write's result may be shown, but not the uncommitted change below it."""
    pending = Pending()
    pending.add(record(3, {(Table.INODE, b"a"): b"made"}), 3)
    pending.add(record(4, {(Table.INODE, b"a"): b"written"}), 3)
    view = PendingView(DictView(), pending)
    assert view.get(Table.INODE, b"a") == b"written"
    assert view.waits_for == 3
    pending.passed(record(3, {(Table.INODE, b"a"): b"made"}), 3)
    assert pending.get(Table.INODE, b"a") == (b"written", 4, 3)


def test_other_directories_are_not_looked_at() -> None:
    """Listing one directory does not wait for changes in another."""
    pending = Pending()
    pending.add(record(1, {(Table.ENTRY, B + b"x"): b"1"}), 1)
    view = PendingView(DictView(), pending)
    assert list(view.scan(Table.ENTRY, A)) == []
    assert view.waits_for == 0
