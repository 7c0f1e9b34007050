"""Commands about copies: bricks added and removed, healing followed, disks shown."""

from __future__ import annotations

import copy
import json
import sys
from typing import Any

import pytest

from nfsgw.cli.exits import Exit
from nfsgw.cli.sets import health_word, lag_text, work_text
from tests.unit.cli.fakes import REPLICATED, VOLUME, FakeDaemon

HEAL = ("GET", "/v1/volumes/web/heal")
VERIFY = ("GET", "/v1/volumes/web/verify")
BRICKS = ("POST", "/v1/volumes/web/bricks")

FOUND = {
    "running": False,
    "items": 100,
    "extents": 20,
    "extents_total": 20,
    "bytes_done": 1 << 20,
    "divergences": [],
    "count": 0,
    "mended": 0,
    "error": None,
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again without a pause."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture
def web(daemon: FakeDaemon) -> FakeDaemon:
    """A daemon with a volume of three bricks, one of which is healing."""
    daemon.answers[HEAL] = (200, REPLICATED)
    daemon.answers["GET", "/v1/volumes/web"] = (200, REPLICATED)
    daemon.answers[BRICKS] = (200, REPLICATED)
    daemon.answers["POST", "/v1/volumes/web/heal"] = (200, REPLICATED)
    return daemon


def latest(daemon: FakeDaemon) -> tuple[str, str, Any]:
    """Return what a daemon was asked last."""
    return daemon.asked[-1]


def healed() -> dict[str, Any]:
    """Return the volume with all bricks in sync."""
    volume = copy.deepcopy(REPLICATED)
    volume["bricks"][2].update(state="in sync", reason=None, work=None, lag=0)
    volume["sets"][0].update(degraded=False, in_sync=[each["name"] for each in volume["bricks"]])
    return volume


def test_create_names_all_bricks(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """A replicated volume is made of all bricks that were named."""
    daemon.answers["POST", "/v1/volumes"] = (200, REPLICATED)
    ran = run("volume", "create", "web", "replica", "3", "h:/a", "h:/b", "h:/c", "force")
    assert ran.code == 0, ran.err
    body = {"name": "web", "bricks": ["h:/a", "h:/b", "h:/c"], "force": True}
    assert daemon.asked == [("POST", "/v1/volumes", body)]


def test_add_brick(run: Any, web: FakeDaemon) -> None:  # noqa: ANN401
    """A brick is added if the number of copies is the right one."""
    ran = run("volume", "add-brick", "web", "replica", "4", "node1:/b4", "force")
    assert ran.code == 0, ran.err
    assert latest(web) == (*BRICKS, {"add": "node1:/b4", "force": True})
    assert "volume heal web info --watch" in ran.out
    assert run("volume", "add-brick", "web", "replica", "3", "node1:/b4").code == Exit.USAGE
    assert run("volume", "add-brick", "web", "node1:/b4").code == Exit.NOT_BUILT
    assert latest(web) == (*HEAL, None)


@pytest.mark.parametrize("last", [[], ["start"], ["commit"], ["force"]])
def test_remove_brick_asks_first(run: Any, web: FakeDaemon, last: list[str]) -> None:  # noqa: ANN401
    """Taking a copy away needs a yes, and says what is left."""
    words = ("volume", "remove-brick", "web", "replica", "2", "node1:/b2", *last)
    ran = run(*words)
    assert ran.code == Exit.NOT_CONFIRMED
    assert "leaves 2 bricks, 1 in sync" in ran.err
    assert run(*words, "--yes").code == 0
    assert latest(web) == (*BRICKS, {"remove": "node1:/b2"})


@pytest.mark.parametrize("last", ["stop", "status"])
def test_removal_has_no_stages(run: Any, web: FakeDaemon, last: str) -> None:  # noqa: ANN401
    """There is no removal under way that could be looked at."""
    ran = run("volume", "remove-brick", "web", "replica", "2", "node1:/b2", last, "--yes")
    assert ran.code == Exit.USAGE
    assert web.asked == []


def test_replace_brick(run: Any, web: FakeDaemon) -> None:  # noqa: ANN401
    """A brick is replaced, with or without Gluster's words behind it."""
    words = ("volume", "replace-brick", "web", "node1:/b2", "node1:/new")
    for last, force in (((), False), (("commit",), False), (("commit", "force"), True)):
        assert run(*words, *last).code == 0
        body = {"replace": "node1:/b2", "with": "node1:/new", "force": force}
        assert latest(web) == (*BRICKS, body)
    assert run(*words, "start").code == Exit.USAGE
    assert run("volume", "replace-brick", "web", "node1:/b2", "new").code == Exit.USAGE


@pytest.mark.parametrize("words", [(), ("info",)])
def test_heal_info_is_exact(run: Any, web: FakeDaemon, words: tuple[str, ...]) -> None:  # noqa: ANN401
    """What is left is counted, and who is in sync is named."""
    ran = run("volume", "heal", "web", *words)
    assert ran.code == 0, ran.err
    assert "DEGRADED: 2 of 3 bricks in sync, quorum 2, primary node1:/b1" in ran.out
    line = next(each for each in ran.out.splitlines() if each.startswith("node1:/b3"))
    for part in ("healing", "bytes", "12", "3", "5242880 (5.0 MiB)", "1.0 MiB/s", "1 min 5 s"):
        assert part in line
    assert "volume web, node1:/b3: it did not answer for 5.0 s" in ran.out
    assert ("nothing needs to be started" in ran.out) == (not words)


def test_heal_info_as_json(run: Any, web: FakeDaemon) -> None:  # noqa: ANN401
    """Programs get what the daemon says."""
    assert json.loads(run("volume", "heal", "web", "info", "--json").out) == REPLICATED


def test_heal_is_followed(run: Any, web: FakeDaemon) -> None:  # noqa: ANN401
    """Following ends when all bricks are in sync; a log gets a line when there is news."""
    away = copy.deepcopy(REPLICATED)
    away["bricks"][2].update(state="offline", work=None)
    web.series[HEAL] = [(200, away), *[(200, REPLICATED)] * 12, (200, healed())]
    ran = run("volume", "heal", "web", "info", "--watch")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0] == "node1:/b3: offline: it did not answer for 5.0 s"
    assert lines[1] == f"node1:/b3: {work_text(REPLICATED['bricks'][2]['work'])}"
    assert lines[2] == "volume web: healthy: 3 of 3 bricks in sync, quorum 2, primary node1:/b1"


def test_heal_is_followed_by_programs(run: Any, web: FakeDaemon) -> None:  # noqa: ANN401
    """With --json every answer is a line of its own."""
    web.series[HEAL] = [(200, REPLICATED), (200, healed())]
    out = run("volume", "heal", "web", "--watch", "--json").out
    assert [json.loads(line) for line in out.splitlines()] == [REPLICATED, healed()]


def test_bars_on_a_terminal(
    run: Any,  # noqa: ANN401
    web: FakeDaemon,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a terminal each healing brick has a bar."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    web.series[HEAL] = [(200, REPLICATED), (200, healed())]
    ran = run("volume", "heal", "web", "info", "--watch")
    assert ran.code == 0, ran.err
    assert "healthy" in ran.out


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({}, Exit.OK, "web: equal: 100 items and 20 extents"),
        ({"count": 2, "mended": 2}, Exit.OK, "2 differences, 2 mended, 0 left"),
        ({"count": 2, "mended": 1}, Exit.DAMAGED, "2 differences, 1 mended, 1 left"),
        ({"error": "the primary is another one now"}, Exit.REFUSED, "ended early: the primary"),
    ],
)
def test_verify(
    run: Any,  # noqa: ANN401
    web: FakeDaemon,
    change: dict[str, Any],
    code: Exit,
    says: str,
) -> None:
    """The exit code tells whether the bricks are equal now."""
    web.answers["POST", VERIFY[1]] = (200, {})
    under_way = {**FOUND, "running": True, "items": 3, "extents": 0}
    web.series[VERIFY] = [
        (200, {"verification": under_way}),
        (200, {"verification": {**FOUND, **change}}),
    ]
    ran = run("volume", "heal", "web", "verify")
    assert ran.code == code
    assert says in ran.out + ran.err
    assert "verify web: 3 items, 0 of 20 extents" in ran.out
    assert "node1:/b3: healing, so not compared" in ran.out


def test_verify_names_what_differs(run: Any, web: FakeDaemon) -> None:  # noqa: ANN401
    """Each difference is named with its brick and what became of it."""
    differences = [
        {"brick": "node1:/b2", "where": "extent 3 of 42", "mended": True},
        {"brick": "node1:/b2", "where": "inode 7 to 9", "mended": False},
    ]
    found = {**FOUND, "divergences": differences, "count": 5, "mended": 1}
    web.answers["POST", VERIFY[1]] = (200, {})
    web.answers[VERIFY] = (200, {"verification": found})
    out = run("volume", "heal", "web", "verify").out
    assert "node1:/b2: extent 3 of 42: mended\n" in out
    assert "node1:/b2: inode 7 to 9: NOT MENDED\n... and 3 more\n" in out
    ran = run("volume", "heal", "web", "verify", "--json")
    assert (ran.code, json.loads(ran.out)) == (Exit.DAMAGED, found)
    web.answers[VERIFY] = (200, {"verification": None})
    assert run("volume", "heal", "web", "verify").code == Exit.REFUSED


def test_full_heal(run: Any, web: FakeDaemon) -> None:  # noqa: ANN401
    """A brick in sync is given up only after a yes; one that is healing has nothing to lose."""
    path = "/v1/volumes/web/heal"
    assert run("volume", "heal", "web", "full").code == 0
    assert latest(web) == ("POST", path, {"full": None})
    assert run("volume", "heal", "web", "full", "node1:/b3").code == 0
    assert latest(web) == ("POST", path, {"full": "node1:/b3"})
    ran = run("volume", "heal", "web", "full", "node1:/b2")
    assert ran.code == Exit.NOT_CONFIRMED
    assert "has 1 brick in sync" in ran.err
    assert run("volume", "heal", "web", "full", "node1:/b2", "--yes").code == 0
    assert latest(web) == ("POST", path, {"full": "node1:/b2"})


@pytest.mark.parametrize(
    "words", [("info", "node1:/b1"), ("verify", "--watch"), ("statistics",), ("full", "a", "b")]
)
def test_heal_mistakes(run: Any, web: FakeDaemon, words: tuple[str, ...]) -> None:  # noqa: ANN401
    """Words that do not belong together are usage."""
    assert run("volume", "heal", "web", *words).code == Exit.USAGE
    assert web.asked == []


def test_status_names_primary_and_lag(run: Any, web: FakeDaemon) -> None:  # noqa: ANN401
    """A brick's state and lag stand in the table, and why it is behind below it."""
    out = run("volume", "status", "web").out
    line = next(each for each in out.splitlines() if "node1:/b3" in each)
    assert "healing" in line
    assert "12 records, 5.0 MiB" in line
    assert "primary" in out
    assert "volume web, node1:/b3: it did not answer for 5.0 s" in out


def test_detail_has_glusters_lines(run: Any, web: FakeDaemon) -> None:  # noqa: ANN401
    """Each brick has the lines that Gluster prints, and N/A where nothing is known."""
    volume = copy.deepcopy(REPLICATED)
    volume["bricks"][0].update(
        pid=77,
        space={"free": 1536, "total": 2048},
        inodes={"total": 10, "free": 5},
        device="/dev/sdb1",
        file_system="xfs",
        mount_options="rw,noatime",
        inode_size=512,
    )
    volume["bricks"][2].update(error="/b3 does not answer: its disk hangs", work=None)
    web.answers["GET", "/v1/volumes/web"] = (200, volume)
    lines = run("volume", "status", "web", "detail").out.splitlines()
    assert lines[0] == "Status of volume: web"
    for line in (
        "Brick                : Brick node1:/b1",
        "Online               : Y",
        "Pid                  : 77",
        "File System          : xfs",
        "Device               : /dev/sdb1",
        "Mount Options        : rw,noatime",
        "Inode Size           : 512",
        "Disk Space Free      : 1.5 KiB",
        "Total Disk Space     : 2.0 KiB",
        "Inode Count          : 10",
        "Free Inodes          : 5",
        "Device               : N/A",
        "In Sync              : node1:/b1, node1:/b2",
        "Error                : /b3 does not answer: its disk hangs",
    ):
        assert line in lines


@pytest.mark.parametrize(
    ("volume", "word"),
    [
        (VOLUME, "healthy"),
        (REPLICATED, "DEGRADED (2 of 3 in sync)"),
        (healed(), "healthy"),
        ({**REPLICATED, "online": False}, "UNAVAILABLE"),
        ({**REPLICATED, "status": "Stopped"}, "-"),
    ],
)
def test_health_in_a_word(volume: dict[str, Any], word: str) -> None:
    """A volume that lacks a copy is not called healthy."""
    assert health_word(volume) == word


def test_lag_in_words() -> None:
    """A lag is counted in records and bytes, or unknown."""
    assert lag_text(REPLICATED["bricks"][2]) == "12 records, 5.0 MiB"
    assert lag_text({"work": None, "lag": 1}) == "1 record"
    away = {**REPLICATED["bricks"][2], "state": "offline"}
    assert lag_text(away) == "12 records"
    assert lag_text({"work": None, "lag": None}) == "-"


def test_node_status_says_degraded(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """The node's status names primary, bricks in sync and lag, and why changes are refused."""
    refusing = copy.deepcopy(REPLICATED)
    refusing["reason"] = refusing["sets"][0]["reason"] = "1 of 2 in sync"
    report = {
        "name": "node1",
        "version": "1.2",
        "pid": 5,
        "state": "ready",
        "uptime_s": 1.0,
        "state_directory": "/s",
        "ports": {},
        "portmap": "none",
        "exports": "-",
        "connections": 0,
        "volumes": [VOLUME, refusing],
        "locks": [],
        "monitored_hosts": None,
        "mount": [],
    }
    daemon.answers["GET", "/v1/status"] = (200, report)
    out = run("status").out
    line = next(each for each in out.splitlines() if each.startswith("web"))
    for part in ("DEGRADED", "node1:/b1, node1:/b2", "12 records, 5.0 MiB"):
        assert part in line
    assert "volume web: changes are refused: 1 of 2 in sync" in out
