"""Named records with versions, in a directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import lmdb
import pytest

from nfsgw.backend.coordinator.api import Conflict, CoordinatorFailed, Stored
from nfsgw.backend.coordinator.embedded import EmbeddedCoordinator
from nfsgw.waiting import result_of


@pytest.fixture
def coordinator(tmp_path: Path) -> Iterator[EmbeddedCoordinator]:
    """Give an empty coordinator."""
    made = EmbeddedCoordinator(tmp_path / "coordinator")
    yield made
    made.close()


def test_swap_needs_the_version_that_was_read(coordinator: EmbeddedCoordinator) -> None:
    """Of two who change the same record, one is told to look again."""
    assert result_of(coordinator.swap("a", 0, {"n": 1})) == 1
    assert result_of(coordinator.get("a")) == Stored(1, {"n": 1})
    assert result_of(coordinator.swap("a", 1, {"n": 2})) == 2
    with pytest.raises(Conflict, match="version 2, not 1"):
        result_of(coordinator.swap("a", 1, {"n": 3}))
    with pytest.raises(Conflict):
        result_of(coordinator.swap("a", 0, {"n": 3}))
    assert result_of(coordinator.get("a")) == Stored(2, {"n": 2})


def test_removed_record_is_gone(coordinator: EmbeddedCoordinator) -> None:
    """A removed name can be used anew."""
    result_of(coordinator.swap("a", 0, {}))
    with pytest.raises(Conflict):
        result_of(coordinator.swap("a", 7, None))
    assert result_of(coordinator.swap("a", 1, None)) == 0
    assert result_of(coordinator.get("a")) is None
    assert result_of(coordinator.swap("a", 0, {})) == 1


def test_list_is_by_prefix_and_name(coordinator: EmbeddedCoordinator) -> None:
    """All volumes are found, and nothing else."""
    for name in ("volume/b", "pool", "volume/a", "volumes"):
        result_of(coordinator.swap(name, 0, {"name": name}))
    assert [name for name, _ in result_of(coordinator.list("volume/"))] == ["volume/a", "volume/b"]
    assert len(result_of(coordinator.list(""))) == 4
    assert result_of(coordinator.list("x")) == []


def test_records_survive_reopening(tmp_path: Path) -> None:
    """The configuration is there after a restart."""
    first = EmbeddedCoordinator(tmp_path)
    result_of(first.swap("a", 0, {"text": "ü"}))
    first.close()
    second = EmbeddedCoordinator(tmp_path)
    assert result_of(second.get("a")) == Stored(1, {"text": "ü"})
    second.close()


def test_newer_format_is_refused(tmp_path: Path) -> None:
    """A state directory that a later version wrote is left alone."""
    EmbeddedCoordinator(tmp_path).close()
    environment = lmdb.open(str(tmp_path), map_size=1 << 30)
    with environment.begin(write=True) as transaction:
        transaction.put(b"\x00format", b"2")
    environment.close()
    with pytest.raises(CoordinatorFailed, match="has format 2"):
        EmbeddedCoordinator(tmp_path)


def test_damaged_record_and_bad_names_are_plain_errors(tmp_path: Path) -> None:
    """Damage is reported with the name of the record."""
    coordinator = EmbeddedCoordinator(tmp_path)
    coordinator.close()
    environment = lmdb.open(str(tmp_path), map_size=1 << 30)
    with environment.begin(write=True) as transaction:
        transaction.put(b"a", b"nonsense")
    environment.close()
    coordinator = EmbeddedCoordinator(tmp_path)
    with pytest.raises(CoordinatorFailed, match="'a' is damaged"):
        result_of(coordinator.get("a"))
    for name in ("", "\0format", "x" * 500):
        with pytest.raises(CoordinatorFailed, match="not a name"):
            result_of(coordinator.get(name))
    with pytest.raises(CoordinatorFailed, match="larger than"):
        result_of(coordinator.swap("b", 0, {"x": "y" * (1 << 20)}))
    coordinator.close()


def test_directory_that_cannot_be_made_is_a_plain_error(tmp_path: Path) -> None:
    """A wrong state directory is named."""
    (tmp_path / "file").touch()
    with pytest.raises(CoordinatorFailed, match="cannot be opened"):
        EmbeddedCoordinator(tmp_path / "file" / "state")
