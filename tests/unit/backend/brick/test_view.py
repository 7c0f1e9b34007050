"""Views and changes: what an operation sees of tables and of its own puts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend.brick.view import Change, DictView, Table

KEYS = st.binary(min_size=1, max_size=3)
ITEMS = st.dictionaries(KEYS, st.binary(max_size=2), max_size=12)
CHANGES = st.dictionaries(KEYS, st.none() | st.binary(max_size=2), max_size=12)


@given(below=ITEMS, above=CHANGES, prefix=st.binary(max_size=1), after=st.binary(max_size=2))
def test_scan_of_a_change_equals_scan_after_applying_it(
    below: dict[bytes, bytes], above: dict[bytes, bytes | None], prefix: bytes, after: bytes
) -> None:
    """An operation that lists what it has changed sees exactly what others will see later."""
    base = DictView()
    base.tables[Table.ENTRY].update(below)
    change = Change(base, 0)
    for key, value in above.items():
        if value is None:
            change.delete(Table.ENTRY, key)
        else:
            change.put(Table.ENTRY, key, value)
    seen = list(change.scan(Table.ENTRY, prefix, after))
    gets = {key: change.get(Table.ENTRY, key) for key in (*below, *above)}
    base.apply(change)
    assert seen == list(base.scan(Table.ENTRY, prefix, after))
    assert gets == {key: base.get(Table.ENTRY, key) for key in (*below, *above)}


def test_change_leaves_its_base_alone() -> None:
    """An operation that fails half way has done nothing."""
    base = DictView()
    base.tables[Table.INODE][b"a"] = b"1"
    change = Change(base, 0)
    change.delete(Table.INODE, b"a")
    change.put(Table.INODE, b"b", b"2")
    assert base.tables[Table.INODE] == {b"a": b"1"}
    assert change.changes == {(Table.INODE, b"a"): None, (Table.INODE, b"b"): b"2"}


def test_same_key_in_two_tables_is_two_keys() -> None:
    """Tables do not show each other's keys."""
    change = Change(DictView(), 0)
    change.put(Table.INLINE, b"k", b"1")
    assert change.get(Table.SYMLINK, b"k") is None
    assert list(change.scan(Table.SYMLINK, b"")) == []
