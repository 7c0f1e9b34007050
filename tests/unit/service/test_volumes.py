"""What administrators ask about volumes of several bricks, and how these are shown."""

from __future__ import annotations

import random
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from nfsgw.admin.api import Code, Refused
from nfsgw.backend.coordinator.embedded import EmbeddedCoordinator
from nfsgw.backend.replica.health import BrickHealth, BrickState, Divergence, Verification, Work
from nfsgw.backend.volume.registry import Volumes
from nfsgw.errors import NfsgwError
from nfsgw.service.bricknames import BrickNames
from nfsgw.service.diskthreads import DiskThreads
from nfsgw.service.prometheus import exposition
from nfsgw.service.sethealth import health_samples
from nfsgw.service.volumes import VolumeCommands
from nfsgw.turn import Turn
from nfsgw.waiting import result_of, step
from tests.support.bricks import TestClock, Timers
from tests.support.sets import FakeSet, FakeSets

T = TypeVar("T")


class Rig:
    """The commands on fake sets, with disks that answer at once unless told otherwise."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.timers = Timers()
        self.hanging = False
        self.hung: list[Callable[[], None]] = []
        turn = Turn(lambda work: None)
        self.sets = FakeSets()
        self.volumes = Volumes(
            EmbeddedCoordinator(path / "state"),
            self.sets.start,
            TestClock(),
            random.Random(1).randbytes,
        )
        result_of(self.volumes.load())
        self.changes = 0
        self.commands = VolumeCommands(
            self.volumes,
            BrickNames({"node1", "localhost"}, unfit=lambda path: "is on a tmpfs"),
            DiskThreads(
                self.timers.call_later,
                lambda function, *args: function(*args),
                turn,
                lambda work: self.hung.append(work) if self.hanging else work(),
            ),
            self._changed,
        )

    async def _changed(self) -> None:
        self.changes += 1

    def brick(self, name: str) -> str:
        """Return a brick's name."""
        return f"node1:{self.path}/{name}"

    def create(self, *names: str) -> FakeSet:
        """Create and start ``web``."""
        bricks = [self.brick(name) for name in names]
        result_of(self.commands.create("web", bricks, force=True))
        result_of(self.commands.start("web"))
        return self.sets.sets["web"]

    def refused(self, work: Coroutine[Any, Any, object]) -> Refused:
        """Return why something was refused."""
        with pytest.raises(Refused) as caught:
            result_of(work)
        return caught.value


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """Give the commands."""
    return Rig(tmp_path)


def heal(running: FakeSet, number: int) -> str:
    """Let a brick be healing."""
    place = running.places[number]
    work = Work(12, 3, 5 << 20, "bytes", 1 << 20, 1024.0, 9.0)
    running.states[place.id] = BrickHealth(
        place.id, BrickState.HEALING, 88, "it did not answer", work
    )
    return place.name


def test_replicated_volume_is_shown(rig: Rig) -> None:
    """Every brick has its state, its lag and its reason, and the set its primary."""
    running = rig.create("a", "b", "c")
    running.reason = "changes are refused: 2 of 3 bricks are in sync"
    name = heal(running, 2)
    (shown,) = rig.commands.list()
    assert (shown["type"], shown["status"], shown["online"]) == ("Replicate", "Started", True)
    assert shown["reason"] == running.reason
    assert [brick["state"] for brick in shown["bricks"]] == ["primary", "in sync", "healing"]
    assert [brick["lag"] for brick in shown["bricks"]] == [0, 0, 12]
    assert shown["bricks"][2]["name"] == name
    assert shown["bricks"][2]["reason"] == "it did not answer"
    assert shown["bricks"][2]["work"]["bytes_left"] == 5 << 20
    (each,) = shown["sets"]
    assert each["primary"] == rig.brick("a")
    assert each["in_sync"] == [rig.brick("a"), rig.brick("b")]
    assert (each["degraded"], each["quorum"], each["epoch"]) == (True, 2, 3)
    assert rig.commands.heal("web")["bricks"] == shown["bricks"]


def test_volume_of_one_brick_is_shown_as_before(rig: Rig) -> None:
    """Where there is nobody to be in sync with, a brick is online or it is not."""
    running = rig.create("a")
    (shown,) = rig.commands.list()
    assert (shown["type"], shown["bricks"][0]["state"]) == ("Distribute", "online")
    running.failure = "the disk is broken"
    (shown,) = rig.commands.list()
    assert (shown["online"], shown["bricks"][0]["state"]) == (False, "failed")
    assert shown["bricks"][0]["reason"] == shown["reason"] == "the disk is broken"
    result_of(rig.commands.stop("web"))
    (shown,) = rig.commands.list()
    assert (shown["bricks"][0]["state"], shown["sets"]) == ("offline", [])


def test_hanging_disk_is_shown_as_such(rig: Rig) -> None:
    """One disk that does not answer does not keep the others from being shown."""
    rig.create("a", "b")
    rig.hanging = True
    shown = step(rig.commands.show("web"))
    assert not shown.done
    rig.hung[1]()
    rig.timers.run()
    first, second = shown.result()["bricks"]
    assert "does not answer" in first["error"]
    assert second["space"]["total"] > 0
    assert {first["state"], second["state"]} == {"primary", "in sync"}


def test_creation_on_a_hanging_disk_is_refused(rig: Rig) -> None:
    """A look at a bad disk ends, and nothing was made."""
    rig.hanging = True
    made = step(rig.commands.create("web", [rig.brick("a")], force=True))
    rig.timers.run()
    with pytest.raises(NfsgwError, match="does not answer"):
        made.result()
    assert rig.commands.list() == []


def test_bricks_are_found_under_all_our_names(rig: Rig) -> None:
    """A brick may be named with another name of this machine than it was made with."""
    running = rig.create("a", "b", "c")
    ids = [place.id for place in running.places]
    result_of(rig.commands.remove_brick("web", f"localhost:{rig.path}/x/../c"))
    assert running.asked == [("remove", ids[2])]
    refused = rig.refused(rig.commands.remove_brick("web", f"node2:{rig.path}/a"))
    assert refused.code is Code.UNKNOWN
    assert rig.brick("a") in str(refused)


def test_bricks_are_changed(rig: Rig) -> None:
    """Bricks are added and replaced where a brick may be."""
    running = rig.create("a", "b")
    assert "add `force`" in str(
        rig.refused(rig.commands.add_brick("web", rig.brick("c"), force=False))
    )
    changes = rig.changes
    shown = result_of(rig.commands.add_brick("web", rig.brick("c"), force=True))
    assert [brick["name"] for brick in shown["bricks"]] == [rig.brick(each) for each in "abc"]
    assert rig.changes == changes + 1
    shown = result_of(
        rig.commands.replace_brick("web", rig.brick("a"), rig.brick("d"), force=True)
    )
    assert [brick["name"] for brick in shown["bricks"]] == [rig.brick(each) for each in "adbc"]
    assert [what for what, *_ in running.asked] == ["add", "replace"]


def test_wiped_brick_needs_no_force(rig: Rig) -> None:
    """A directory that was good enough for the brick is good enough for the next one."""
    running = rig.create("a", "b")
    (rig.path / "b").rename(rig.path / "gone")
    result_of(rig.commands.replace_brick("web", rig.brick("b"), rig.brick("b"), force=False))
    assert [what for what, *_ in running.asked] == ["remove", "add"]


def test_full_heal_without_a_name(rig: Rig) -> None:
    """Without a name the bricks that are healing are meant, never one that is in sync."""
    running = rig.create("a", "b", "c")
    assert "name the one" in str(rig.refused(rig.commands.heal_full("web", None)))
    heal(running, 1)
    result_of(rig.commands.heal_full("web", None))
    result_of(rig.commands.heal_full("web", rig.brick("c")))
    ids = [place.id for place in running.places]
    assert running.asked == [("full", ids[1]), ("full", ids[2])]


def test_verification_names_bricks(rig: Rig) -> None:
    """A comparison is begun, and told with names instead of ids."""
    running = rig.create("a", "b")
    assert rig.commands.verification("web") == {"name": "web", "verification": None}
    assert rig.commands.verify("web")["verification"]["running"]
    differs = Divergence(running.places[1].id, "extent 3 of 42", True)
    running.compared = Verification(False, 10, 2, 2, 99, (differs,), 1, 1)
    shown = rig.commands.verification("web")["verification"]
    assert list(shown["divergences"]) == [
        {"brick": rig.brick("b"), "where": "extent 3 of 42", "mended": True}
    ]
    assert (shown["running"], shown["count"], shown["mended"]) == (False, 1, 1)


def test_one_brick_cannot_be_compared(rig: Rig) -> None:
    """There is nothing to compare a single brick with."""
    rig.create("a")
    with pytest.raises(Refused, match="nothing to compare"):
        rig.commands.verify("web")
    with pytest.raises(Refused, match="there is no volume"):
        rig.commands.heal("wbe")


def test_comparison_needs_two_in_sync(rig: Rig) -> None:
    """Bricks that lack something differ; only those in sync can be compared."""
    running = rig.create("a", "b")
    heal(running, 1)
    with pytest.raises(Refused, match="only one brick"):
        rig.commands.verify("web")
    running.failure = "no brick is open"
    with pytest.raises(Refused, match="no brick is open"):
        rig.commands.verify("web")
    assert running.asked == []


def test_metrics_of_sets(rig: Rig) -> None:
    """Prometheus sees which bricks are in sync, what the others lack, and who is degraded."""
    running = rig.create("a", "b", "c")
    name = heal(running, 2)
    lines = exposition(health_samples(rig.commands.list())).splitlines()
    assert 'nfsgw_volume_online{volume="web"} 1' in lines
    assert 'nfsgw_set_degraded{volume="web",set="0"} 1' in lines
    assert f'nfsgw_brick_in_sync{{volume="web",brick="{rig.brick("a")}"}} 1' in lines
    assert f'nfsgw_brick_in_sync{{volume="web",brick="{name}"}} 0' in lines
    assert f'nfsgw_brick_pending_records{{volume="web",brick="{name}"}} 12' in lines
    assert f'nfsgw_brick_pending_bytes{{volume="web",brick="{name}"}} {5 << 20}' in lines
    result_of(rig.commands.stop("web"))
    assert exposition(health_samples(rig.commands.list())).splitlines() == [
        "# TYPE nfsgw_volume_online gauge",
        'nfsgw_volume_online{volume="web"} 0',
    ]
