"""The life of a volume: made, started, stopped, set, deleted; and what survives a restart."""

from __future__ import annotations

import random
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from nfsgw.backend.api import ROOT, NewAttributes
from nfsgw.backend.brick.identity import BrickRefused, read_identity
from nfsgw.backend.coordinator.api import CoordinatorFailed
from nfsgw.backend.coordinator.embedded import EmbeddedCoordinator
from nfsgw.backend.volume.opening import Seams, volume_starter
from nfsgw.backend.volume.options import OPTIONS, BadOption
from nfsgw.backend.volume.records import State
from nfsgw.backend.volume.registry import BadVolume, Volumes
from nfsgw.errors import FsError
from nfsgw.waiting import result_of, step
from tests.support.bricks import BOOT_ID, Workshop
from tests.support.volumes import inline

T = TypeVar("T")
NONE = {"storage.durability": "none"}


class Rig:
    """A registry on a coordinator in a directory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.random = random.Random(1)
        self.open()

    def open(self) -> None:
        """Start, as the daemon does."""
        self.workshop = Workshop()
        seams = Seams(
            self.workshop.clock,
            self.workshop.turn,
            self.workshop.timers.call_later,
            lambda function, *args: self.workshop.soon.append(lambda: function(*args)),
            self.random.randbytes,
            BOOT_ID,
        )
        self.coordinator = EmbeddedCoordinator(self.path / "state")
        self.volumes = Volumes(
            self.coordinator,
            volume_starter(self.coordinator, seams, inline),
            self.workshop.clock,
            self.random.randbytes,
        )
        self.run(self.volumes.load())
        self.run(self.volumes.start_all())

    def close(self) -> None:
        """Stop, as the daemon does."""
        self.run(self.volumes.stop_all())
        self.coordinator.close()

    def reopen(self) -> None:
        """Restart."""
        self.close()
        self.open()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end; nothing here waits for a thread."""
        with self.workshop.turn:
            wait = step(coroutine)
        assert wait.done
        return wait.result()

    def create(self, name: str, options: dict[str, str] | None = None) -> None:
        """Create a volume."""
        brick = (f"here:{self.path}/{name}", self.path / name)
        self.run(self.volumes.create(name, [brick], options or NONE))


@pytest.fixture
def rig(tmp_path: Path) -> Any:  # noqa: ANN401 - a generator for pytest
    """Give a registry, closed at the end."""
    made = Rig(tmp_path)
    yield made
    made.close()


def test_started_volume_serves_and_comes_back_after_a_restart(rig: Rig) -> None:
    """Clients find their volume, its id and its files after the daemon's restart."""
    rig.create("web")
    identifier = rig.volumes.id_of("web")
    assert identifier is not None
    assert rig.volumes.get(identifier) is None
    assert rig.run(rig.volumes.start("web")).state is State.STARTED
    volume = rig.volumes.get(identifier)
    assert volume is not None
    assert volume is rig.volumes.get(identifier)
    made = rig.run(volume.mkdir(ROOT, volume.root, b"d", NewAttributes(), b"client01" + b"r" * 20))
    key, pool = rig.volumes.pool.handle_key, rig.volumes.pool.id
    rig.reopen()
    again = rig.volumes.get(identifier)
    assert again is not None
    assert rig.run(again.lookup(ROOT, again.root, b"d")).inode == made.inode
    assert (rig.volumes.pool.handle_key, rig.volumes.pool.id) == (key, pool)
    assert len(key) == 32


def test_stopped_volume_stays_stopped(rig: Rig) -> None:
    """What an administrator stopped is not served after a restart."""
    rig.create("web")
    identifier = rig.volumes.id_of("web") or 0
    rig.run(rig.volumes.start("web"))
    with pytest.raises(BadVolume, match="started already"):
        rig.run(rig.volumes.start("web"))
    rig.run(rig.volumes.stop("web"))
    assert rig.volumes.get(identifier) is None
    with pytest.raises(BadVolume, match="not started"):
        rig.run(rig.volumes.stop("web"))
    rig.reopen()
    assert rig.volumes.get(identifier) is None
    assert rig.volumes.record("web").state is State.STOPPED
    assert list(rig.volumes.names()) == ["web"]


def test_deleted_volume_leaves_its_bytes(rig: Rig) -> None:
    """Deleting a volume deletes no file, and its directory is not used again by mistake."""
    rig.create("web")
    rig.run(rig.volumes.start("web"))
    with pytest.raises(BadVolume, match="stop it first"):
        rig.run(rig.volumes.delete("web"))
    rig.run(rig.volumes.stop("web"))
    rig.run(rig.volumes.delete("web"))
    assert list(rig.volumes.names()) == []
    assert read_identity(rig.path / "web").released
    assert (rig.path / "web" / "brick.mdb").exists()
    with pytest.raises(BrickRefused, match="deleted volume"):
        rig.create("web")
    with pytest.raises(BadVolume, match="no volume 'web'"):
        rig.volumes.record("web")


@pytest.mark.parametrize("name", ["", "-x", ".x", "a/b", "a b", "x" * 65, "ä", "a\n"])
def test_bad_names_are_refused(rig: Rig, name: str) -> None:
    """A volume's name is part of paths that clients mount."""
    with pytest.raises(BadVolume, match="cannot name a volume"):
        rig.create(name)


def test_refused_creation_leaves_nothing(rig: Rig) -> None:
    """A creation that fails can be repeated once its reason is gone."""
    rig.create("web")
    with pytest.raises(BadVolume, match="already"):
        rig.create("web")
    with pytest.raises(BadOption, match="did you mean"):
        rig.create("bad", {"storage.atme": "off"})
    (place,) = rig.volumes.record("web").bricks
    with pytest.raises(BadVolume, match="is a brick of volume 'web' already"):
        rig.run(rig.volumes.create("other", [("h:/w", place.path)]))
    assert not (rig.path / "bad").exists()
    assert list(rig.volumes.names()) == ["web"]


def test_unknown_volume_gets_a_proposal(rig: Rig) -> None:
    """A mistyped name is answered with the nearest one, or with where the names are."""
    rig.create("web")
    with pytest.raises(BadVolume, match="did you mean web"):
        rig.volumes.record("wbe")
    with pytest.raises(BadVolume, match="volume list"):
        rig.volumes.record("photographs")


def test_options_are_kept_and_checked_together(rig: Rig) -> None:
    """Setting several options sets all of them or none."""
    rig.create("web")
    rig.run(rig.volumes.set_options("web", {"storage.atime": "off", "cluster.log-age": "2h"}))
    with pytest.raises(BadOption):
        rig.run(
            rig.volumes.set_options("web", {"storage.atime": "relatime", "cluster.log-age": "x"})
        )
    rig.reopen()
    record = rig.volumes.record("web")
    assert record.option("storage.atime") == "off"
    assert record.number("cluster.log-age") == 7200
    inline = OPTIONS["storage.inline-size"]
    assert record.number(inline.name) == inline.parse(inline.default)
    rig.run(rig.volumes.set_options("web", {"storage.atime": ""}))
    assert rig.volumes.record("web").option("storage.atime") == "relatime"
    with pytest.raises(BadOption, match="is not set"):
        rig.run(rig.volumes.set_options("web", {"storage.atime": ""}))


def test_durability_can_be_changed_between_starts(rig: Rig) -> None:
    """The brick's own file follows the option at the next start."""
    rig.create("web", {"storage.durability": "durable"})
    rig.run(rig.volumes.set_options("web", NONE))
    rig.run(rig.volumes.start("web"))
    assert read_identity(rig.path / "web").durability == "none"


def test_volume_whose_brick_is_missing_does_not_stop_the_others(rig: Rig) -> None:
    """One failed disk takes one volume away, and the reason is told."""
    for name in ("good", "lost"):
        rig.create(name)
        rig.run(rig.volumes.start(name))
    rig.close()
    (rig.path / "lost").rename(rig.path / "elsewhere")
    rig.open()
    assert rig.volumes.running("good") is not None
    assert rig.volumes.running("lost") is None
    assert "is not a brick" in (rig.volumes.error("lost") or "")
    (rig.path / "elsewhere").rename(rig.path / "lost")
    rig.run(rig.volumes.start("lost"))
    assert rig.volumes.error("lost") is None


def test_export_ids_are_for_good(rig: Rig) -> None:
    """A handle means the same export after a restart, and no number is given twice."""
    long = b"/".join([b"x" * 255] * 16)
    ids = [rig.run(rig.volumes.export_id(7, each)) for each in (b"", b"a", long)]
    ids.append(rig.run(rig.volumes.export_id(8, b"")))
    assert ids == [1, 2, 3, 4]
    assert rig.run(rig.volumes.export_id(7, b"a")) == 2
    rig.reopen()
    assert rig.run(rig.volumes.export_id(7, long)) == 3
    assert rig.run(rig.volumes.export_id(9, b"")) == 5


def test_newer_record_is_refused(rig: Rig) -> None:
    """A volume that a later version configured is not misread."""
    rig.create("web")
    stored = result_of(rig.coordinator.get("volume/web"))
    assert stored is not None
    value = {**stored.value, "format": 2}
    result_of(rig.coordinator.swap("volume/web", stored.version, value))
    with pytest.raises(CoordinatorFailed, match="format 2"):
        rig.run(rig.volumes.load())


def test_space_and_errors_come_through_the_volume(rig: Rig) -> None:
    """A started volume answers the operations of the interface."""
    rig.create("web")
    rig.run(rig.volumes.start("web"))
    volume = rig.volumes.running("web")
    assert volume is not None
    space = rig.run(volume.fsstat(volume.root))
    assert 0 < space.bytes_available <= space.bytes_total
    with pytest.raises(FsError):
        rig.run(volume.getattr(99))
