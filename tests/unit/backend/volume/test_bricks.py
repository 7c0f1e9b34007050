"""Volumes of several bricks: made, and their bricks added, replaced and removed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from nfsgw.backend.brick.applying import last_record
from nfsgw.backend.brick.identity import DATABASE, BrickRefused, read_identity
from nfsgw.backend.brick.lmdb_store import LmdbStore
from nfsgw.backend.brick.record import Record
from nfsgw.backend.coordinator.embedded import EmbeddedCoordinator
from nfsgw.backend.replica.membership import set_name
from nfsgw.backend.volume.options import BadOption
from nfsgw.backend.volume.places import BadVolume, check_apart
from nfsgw.backend.volume.records import BrickPlace, VolumeRecord
from nfsgw.backend.volume.registry import Volumes
from nfsgw.errors import NfsgwError
from nfsgw.waiting import result_of
from tests.support.bricks import TestClock
from tests.support.sets import FakeSet, FakeSets

NONE = {"storage.durability": "none"}


class Rig:
    """A registry whose volumes are fakes; their bricks are real directories."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.coordinator = EmbeddedCoordinator(path / "state")
        self.clock = TestClock()
        self.random = random.Random(1)
        self.open()

    def open(self) -> None:
        """Read everything, as a daemon does that starts."""
        self.sets = FakeSets()
        self.volumes = Volumes(
            self.coordinator, self.sets.start, self.clock, self.random.randbytes
        )
        result_of(self.volumes.load())
        result_of(self.volumes.start_all())

    def brick(self, name: str) -> tuple[str, Path]:
        """Return a brick's name and directory."""
        return f"here:{self.path}/{name}", self.path / name

    def create(self, *names: str, options: dict[str, str] | None = None) -> FakeSet:
        """Create and start the volume ``web``."""
        bricks = [self.brick(name) for name in names]
        result_of(self.volumes.create("web", bricks, options or NONE))
        result_of(self.volumes.start("web"))
        return self.sets.sets["web"]

    @property
    def record(self) -> VolumeRecord:
        """Return the record of ``web``, as it is kept."""
        stored = result_of(self.coordinator.get("volume/web"))
        assert stored is not None
        kept = VolumeRecord.from_json(stored.value)
        assert kept == self.volumes.record("web")
        return kept

    def names(self) -> list[str]:
        """Return the directories in the record."""
        return [place.path.name for place in self.record.bricks]

    def place(self, name: str) -> BrickPlace:
        """Return a brick of the record by its directory."""
        return next(place for place in self.record.bricks if place.path.name == name)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """Give a registry."""
    return Rig(tmp_path)


def last(path: Path) -> Record:
    """Return a brick's last record."""
    store = LmdbStore(path / DATABASE, sync=False)
    try:
        record = store.transact(last_record)
    finally:
        store.close()
    assert record is not None
    return record


def test_bricks_of_a_new_set_are_equal(rig: Rig) -> None:
    """All bricks of a volume begin alike, and know each other."""
    rig.create("a", "b", "c")
    identities = [read_identity(rig.path / name) for name in "abc"]
    assert [each.brick for each in identities] == [place.id for place in rig.record.bricks]
    assert {each.bricks for each in identities} == {tuple(each.brick for each in identities)}
    records = [last(rig.path / name) for name in "abc"]
    assert records[0] == records[1] == records[2]
    assert (records[0].sequence, records[0].epoch) == (1, 1)


def test_failed_creation_leaves_nothing(rig: Rig) -> None:
    """If one directory cannot be a brick, the others are what they were."""
    (rig.path / "c").mkdir()
    (rig.path / "c" / "file").touch()
    (rig.path / "b").mkdir()
    with pytest.raises(BrickRefused, match="not empty"):
        rig.create("deep/down/a", "b", "c")
    assert sorted(each.name for each in rig.path.iterdir()) == ["b", "c", "state"]
    assert list((rig.path / "b").iterdir()) == []
    assert list(rig.volumes.names()) == []
    rig.create("deep/down/a", "b")


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("a", "a"), "one of these bricks already"),
        (("a", "a/b"), "is inside"),
        (("a/b", "a"), "contains"),
        ([f"a{number}" for number in range(17)], "may have 1 to 16"),
        ((), "may have 1 to 16"),
    ],
)
def test_bricks_must_be_apart(rig: Rig, names: tuple[str, ...], says: str) -> None:
    """Bricks in one directory would not be copies."""
    with pytest.raises(BadVolume, match=says):
        rig.create(*names)
    assert [each.name for each in rig.path.iterdir()] == ["state"]


def test_bricks_of_other_volumes_count() -> None:
    """A brick is kept apart from other volumes' bricks too, even if their disks are away."""
    present = [("web", BrickPlace("1", "h:/srv/web", Path("/srv/web")))]
    for path in ("/srv/web", "/srv/web/x", "/srv"):
        with pytest.raises(BadVolume, match="volume 'web'"):
            check_apart([(f"h:{path}", Path(path))], present)
    check_apart([("h:/srv/web2", Path("/srv/web2"))], present)


def test_sixteen_bricks_are_the_most(rig: Rig) -> None:
    """A set may have 16 copies and not one more."""
    rig.create(*(f"b{number}" for number in range(16)))
    with pytest.raises(BadVolume, match="which is the most"):
        result_of(rig.volumes.add_brick("web", *rig.brick("more")))
    assert not (rig.path / "more").exists()


def test_brick_that_the_set_does_not_have_is_let_go(rig: Rig) -> None:
    """What a daemon left that ended in the middle of a change is settled at the next start."""
    rig.create("a", "b")
    result_of(rig.volumes.stop("web"))
    forgotten = rig.place("b")
    rig.sets.without = {forgotten.id}
    result_of(rig.volumes.start("web"))
    assert rig.names() == ["a"]
    assert read_identity(rig.path / "b").released


def test_deleted_volume_leaves_no_records(rig: Rig) -> None:
    """With a volume the records of its sets go too."""
    rig.create("a", "b")
    name = set_name(rig.record.id, 0)
    result_of(rig.coordinator.swap(name, 0, {"epoch": 1}))
    result_of(rig.volumes.stop("web"))
    result_of(rig.volumes.delete("web"))
    assert result_of(rig.coordinator.get(name)) is None
    assert result_of(rig.coordinator.list("volume/")) == []
    assert read_identity(rig.path / "b").released


def test_added_brick_has_a_history_of_its_own(rig: Rig) -> None:
    """A new brick's first record is never taken for the set's."""
    running = rig.create("a")
    rig.clock.advance(5)
    result_of(rig.volumes.add_brick("web", *rig.brick("b")))
    assert rig.names() == ["a", "b"]
    assert running.asked == [("add", rig.place("b").id)]
    assert read_identity(rig.path / "b").bricks == tuple(each.id for each in rig.record.bricks)
    record = last(rig.path / "b")
    assert (record.sequence, record.epoch) == (1, 0)
    rig.open()
    assert [place.path.name for place in rig.sets.sets["web"].places] == ["a", "b"]


def test_refused_brick_is_undone(rig: Rig) -> None:
    """A brick that the running volume does not take leaves no trace."""
    running = rig.create("a")
    running.refusal = "no"
    with pytest.raises(NfsgwError, match="no"):
        result_of(rig.volumes.add_brick("web", *rig.brick("b")))
    assert rig.names() == ["a"]
    assert not (rig.path / "b").exists()
    with pytest.raises(BadVolume, match="already"):
        result_of(rig.volumes.add_brick("web", *rig.brick("a")))


def test_stopped_volume_keeps_its_bricks(rig: Rig) -> None:
    """Without a primary nobody can say which bricks are in sync, so the volume must be started."""
    rig.create("a", "b")
    result_of(rig.volumes.stop("web"))
    old = rig.place("a").id
    for change in (
        rig.volumes.add_brick("web", *rig.brick("c")),
        rig.volumes.replace_brick("web", old, *rig.brick("c")),
        rig.volumes.remove_brick("web", old),
        rig.volumes.heal_full("web", old),
    ):
        with pytest.raises(BadVolume, match="start it first"):
            result_of(change)
    with pytest.raises(BadVolume, match="start it first"):
        rig.volumes.verify("web")
    with pytest.raises(BadVolume, match="start it first"):
        rig.volumes.verification("web")
    assert rig.volumes.health("web") is None
    assert not (rig.path / "c").exists()


def test_removed_brick_is_released(rig: Rig) -> None:
    """A brick that was taken out keeps its files, and is nobody's."""
    running = rig.create("a", "b")
    place = rig.place("a")
    running.refusal = "no other brick is in sync"
    with pytest.raises(NfsgwError, match="in sync"):
        result_of(rig.volumes.remove_brick("web", place.id))
    assert rig.names() == ["a", "b"]
    result_of(rig.volumes.remove_brick("web", place.id))
    assert rig.names() == ["b"]
    assert read_identity(rig.path / "a").released
    with pytest.raises(BadVolume, match="only brick"):
        result_of(rig.volumes.remove_brick("web", rig.place("b").id))
    with pytest.raises(BadVolume, match="has no brick"):
        result_of(rig.volumes.remove_brick("web", place.id))


def test_removed_brick_may_be_absent(rig: Rig) -> None:
    """A brick whose disk is gone for good can be taken out."""
    rig.create("a", "b")
    shutil.rmtree(rig.path / "a")
    result_of(rig.volumes.remove_brick("web", rig.place("a").id))
    assert rig.names() == ["b"]


def test_replaced_brick_stays_until_it_has_gone(rig: Rig) -> None:
    """Both bricks are in the record until the running volume has let the old one go."""
    running = rig.create("a", "b", "c")
    old = rig.place("a")
    result_of(rig.volumes.replace_brick("web", old.id, *rig.brick("d")))
    assert rig.names() == ["a", "d", "b", "c"]
    assert running.asked == [("replace", old.id, rig.place("d").id)]
    assert not read_identity(rig.path / "a").released
    result_of(running.finish(old.id))
    assert rig.names() == ["d", "b", "c"]
    assert read_identity(rig.path / "a").released
    result_of(running.finish(old.id))
    assert rig.names() == ["d", "b", "c"]


def test_brick_that_goes_at_once(rig: Rig) -> None:
    """A replaced brick may go while the running volume is still being told of the new one."""
    running = rig.create("a", "b")
    old = rig.place("a")
    note = running.replace_brick

    async def replace_and_finish(old_id: str, place: BrickPlace) -> None:
        # As a volume might that has let go of the old brick, and not yet counted the new one.
        await running.finish(old_id)
        await note(old_id, place)

    running.replace_brick = replace_and_finish  # type: ignore[method-assign]
    result_of(rig.volumes.replace_brick("web", old.id, *rig.brick("c")))
    assert rig.names() == ["c", "b"]


def test_wiped_brick_is_made_anew_in_its_place(rig: Rig) -> None:
    """After a disk was wiped its brick is replaced by one in the same directory."""
    running = rig.create("a", "b")
    old = rig.place("a")
    with pytest.raises(BadVolume, match=r"still holds its brick.*heal web full"):
        result_of(rig.volumes.replace_brick("web", old.id, *rig.brick("a")))
    shutil.rmtree(rig.path / "a")
    running.refusal = "no other brick is in sync"
    with pytest.raises(NfsgwError, match="in sync"):
        result_of(rig.volumes.replace_brick("web", old.id, *rig.brick("a")))
    assert not (rig.path / "a").exists()
    assert rig.place("a").id == old.id
    result_of(rig.volumes.replace_brick("web", old.id, *rig.brick("a")))
    new = rig.place("a")
    assert new.id != old.id
    assert rig.names() == ["a", "b"]
    assert running.asked == [("remove", old.id), ("add", new.id)]
    identity = read_identity(rig.path / "a")
    assert (identity.brick, identity.released) == (new.id, False)


def test_replacement_must_be_apart(rig: Rig) -> None:
    """A brick cannot be replaced by another brick of the volume, or by a used directory."""
    rig.create("a", "b")
    old = rig.place("a").id
    with pytest.raises(BadVolume, match="already"):
        result_of(rig.volumes.replace_brick("web", old, *rig.brick("b")))
    (rig.path / "used").mkdir()
    (rig.path / "used" / "file").touch()
    with pytest.raises(BrickRefused, match="not empty"):
        result_of(rig.volumes.replace_brick("web", old, *rig.brick("used")))
    assert rig.names() == ["a", "b"]


def test_quorum_must_be_reachable(rig: Rig) -> None:
    """A quorum of more bricks than there are would refuse all changes for ever."""
    rig.create("a", "b", "c")
    fixed = {"cluster.quorum-type": "fixed"}
    with pytest.raises(BadOption, match="from 1 to 3, not 0; set both"):
        result_of(rig.volumes.set_options("web", fixed))
    with pytest.raises(BadOption, match="from 1 to 3, not 4"):
        result_of(rig.volumes.set_options("web", {**fixed, "cluster.quorum-count": "4"}))
    assert rig.record.options == NONE
    result_of(rig.volumes.set_options("web", {**fixed, "cluster.quorum-count": "3"}))
    with pytest.raises(BadOption, match="from 1 to 2, not 3"):
        result_of(rig.volumes.remove_brick("web", rig.place("a").id))
    with pytest.raises(BadOption, match="not 0"):
        result_of(rig.volumes.set_options("web", {"cluster.quorum-count": ""}))
    result_of(rig.volumes.set_options("web", {"cluster.quorum-type": "none"}))
    result_of(rig.volumes.remove_brick("web", rig.place("a").id))


def test_full_heal_and_verification_are_passed_on(rig: Rig) -> None:
    """What the running volume does itself is asked of it."""
    running = rig.create("a", "b")
    health = rig.volumes.health("web")
    assert health is not None
    assert health.in_sync == 2
    result_of(rig.volumes.heal_full("web", rig.place("b").id))
    assert rig.volumes.verification("web") is None
    rig.volumes.verify("web")
    verification = rig.volumes.verification("web")
    assert verification is not None
    assert verification.running
    assert running.asked == [("full", rig.place("b").id), ("verify",)]
