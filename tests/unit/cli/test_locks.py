"""``nfsgw locks``: what a person sees of locks, and what is asked before they are cleared."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from nfsgw.cli.exits import Exit
from nfsgw.cli.output import printable
from tests.unit.cli.fakes import VOLUME, FakeDaemon

LOCK = {
    "volume": "web",
    "inode": 123,
    "file": "/a/[b]",
    "address": "10.0.0.7",
    "name": "desk",
    "owner": 4711,
    "start": 0,
    "end": 100,
    "exclusive": True,
    "state": "held",
    "since": "2025-11-25T12:00:00+00:00",
    "access": None,
    "deny": None,
}
LOCKS: dict[str, Any] = {
    "locks": [
        LOCK,
        {**LOCK, "start": 100, "end": None, "exclusive": False, "state": "waiting"},
        {
            **LOCK,
            "file": None,
            "name": "",
            "end": None,
            "state": "share",
            "access": "rw",
            "deny": "w",
        },
    ],
    "clients": [
        {**{key: LOCK[key] for key in ("volume", "address", "name")}, "held": 2, "waiting": 1}
    ],
    "total": 3,
    "unavailable": [],
}
NOTHING: dict[str, Any] = {"locks": [], "clients": [], "total": 0, "unavailable": []}


def words(out: str) -> list[list[str]]:
    """Return a table's lines as words."""
    return [line.split() for line in out.splitlines()]


def test_each_lock_is_a_line(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """Ranges are counted as people do, and a file without a path is named by its number."""
    daemon.answers["GET", "/v1/locks"] = (200, LOCKS)
    ran = run("locks", "list")
    assert ran.code == 0, ran.err
    heading, *lines = words(ran.out)
    assert heading == ["Volume", "File", "Client", "Owner", "Range", "Mode", "State", "Since"]
    assert lines[0][:7] == ["web", "/a/[b]", "desk", "(10.0.0.7)", "4711", "0-99", "exclusive"]
    assert lines[0][7] == "held"
    assert len(lines[0]) == 10  # a day and a time
    assert lines[1][5:8] == ["100-end", "shared", "waiting"]
    mode = "read and write, denies write"
    assert lines[2][:-2] == f"web inode 123 10.0.0.7 4711 whole file {mode} share".split()


def test_locks_of_today_have_a_time_alone(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """Most locks are young, and their day is no news."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    daemon.answers["GET", "/v1/locks"] = (200, {**LOCKS, "locks": [{**LOCK, "since": now}]})
    line = words(run("locks", "list").out)[1]
    assert re.fullmatch(r"\d\d:\d\d:\d\d", line[-1])
    assert line[-2] == "held"


def test_choice_reaches_the_daemon(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """All ways to choose are a query; bytes of a path that are no UTF-8 stay themselves."""
    path = "/v1/locks?volume=web&file=%2Fa+b%26%FF&client=desk&owner=-3"
    daemon.answers["GET", path] = (200, NOTHING)
    chosen = ("web", "--file", "/a b&\udcff", "--client", "desk", "--owner", "-3")
    ran = run("locks", "list", *chosen)
    assert (ran.code, ran.out) == (0, "No such locks\n"), ran.err
    assert json.loads(run("locks", "list", *chosen, "--json").out) == NOTHING


def test_nothing_is_said_to_be_nothing(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """Without locks there is one line, and below it why some may not be known."""
    reason = "no brick is in sync"
    unavailable = [{"volume": "web", "reason": reason}]
    daemon.answers["GET", "/v1/locks"] = (200, {**NOTHING, "unavailable": unavailable})
    lines = run("locks", "list").out.splitlines()
    assert lines == ["No locks", f"volume web: its locks are not known now: {reason}"]
    path = "/v1/locks?client=desk"
    daemon.answers["GET", path] = (200, {**LOCKS, "unavailable": unavailable})
    ran = run("locks", "clear", "--client", "desk", "--yes")
    assert (ran.code, reason in ran.err, ran.out) == (Exit.REFUSED, True, "")
    assert daemon.asked[-1][:2] == ("GET", path)


def test_cut_listing_says_so(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """What was left out is counted, and how to see it is said."""
    daemon.answers["GET", "/v1/locks"] = (200, {**LOCKS, "total": 10_003})
    last = run("locks", "list").out.splitlines()[-1]
    assert last.startswith("... and 10000 more")
    assert "--client" in last


def test_names_cannot_write_to_the_terminal(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """What a client calls itself, and a file's name, are shown without escape sequences."""
    assert printable("é a\x1b]0;x\x07\n\u202e") == r"é a\x1b]0;x\x07\n\u202e"
    bad = {**LOCK, "name": "a\x1b[2J", "file": "/\nb"}
    daemon.answers["GET", "/v1/locks"] = (200, {**LOCKS, "locks": [bad]})
    out = run("locks", "list").out
    assert "\x1b" not in out
    assert r"a\x1b[2J (10.0.0.7)" in out
    assert len(out.splitlines()) == 2 + 1  # cut by two: the totals are those of LOCKS


def test_clear_asks_first(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """Without --yes, and nobody to ask, it says who would lose how much, and does nothing."""
    daemon.answers["GET", "/v1/locks?volume=web&client=desk"] = (200, LOCKS)
    daemon.answers["POST", "/v1/locks/clear"] = (200, {"cleared": 3})
    ran = run("locks", "clear", "web", "--client", "desk")
    assert ran.code == Exit.NOT_CONFIRMED
    assert "Clearing 3 locks in volume web: 3 of desk (10.0.0.7)." in ran.err
    assert "do not learn of it" in ran.err
    assert [method for method, *_ in daemon.asked] == ["GET"]
    ran = run("locks", "clear", "web", "--client", "desk", "--yes")
    assert (ran.code, ran.out) == (0, "locks clear: 3 locks cleared\n")
    assert daemon.asked[-1] == (
        "POST",
        "/v1/locks/clear",
        {"volume": "web", "client": "desk"},
    )


def test_those_who_wait_for_a_file_stay(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """Clearing a file takes what is held there; its waiters are not counted among the losers."""
    daemon.answers["GET", "/v1/locks?file=%2Fa"] = (200, LOCKS)
    assert "Clearing 2 locks in volume web: 2 of desk" in run("locks", "clear", "--file", "/a").err


def test_many_losers_are_counted(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """A question stays readable however many clients it is about."""
    clients = [
        {"volume": "web", "address": f"10.0.0.{n}", "name": "", "held": n % 2, "waiting": 1}
        for n in range(20)
    ]
    daemon.answers["GET", "/v1/locks?file=%2Fa"] = (200, {**LOCKS, "clients": clients})
    err = run("locks", "clear", "--file", "/a").err
    assert "Clearing 10 locks in volume web: 1 of 10.0.0.1, 1 of 10.0.0.3" in err
    assert "1 of 10.0.0.9, and those of 5 more." in err
    clients = [{**clients[1], "volume": name} for name in ("a", "web")]
    daemon.answers["GET", "/v1/locks?file=%2Fa"] = (200, {**LOCKS, "clients": clients})
    err = run("locks", "clear", "--file", "/a").err
    assert "Clearing 2 locks in volumes a, web: 1 of 10.0.0.1 in a, 1 of 10.0.0.1 in web." in err


def test_nothing_to_clear_asks_nobody(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """Where there is no lock there is no question, and it is no error."""
    daemon.answers["GET", "/v1/locks?client=desk"] = (200, NOTHING)
    ran = run("locks", "clear", "--client", "desk")
    assert (ran.code, ran.out) == (0, "No such locks; nothing was changed\n")
    ran = run("locks", "clear", "--client", "desk", "--json")
    assert json.loads(ran.out) == {"cleared": 0}
    assert {method for method, *_ in daemon.asked} == {"GET"}


def test_unknown_things_are_refused(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """What the daemon says of an unknown client is passed on."""
    error = {"error": "no client 'dsk' is known; did you mean desk?", "code": "unknown"}
    daemon.answers["GET", "/v1/locks?client=dsk"] = (404, error)
    for command in ("list", "clear"):
        ran = run("locks", command, "--client", "dsk")
        assert (ran.code, ran.err) == (Exit.REFUSED, f"nfsgw: {error['error']}\n")


@pytest.mark.parametrize(
    "arguments",
    [(), ("web",), ("--owner", "3"), ("--file", "/a", "--owner", "3"), ("--owner", "x")],
)
def test_clear_needs_a_choice(run: Any, daemon: FakeDaemon, arguments: tuple[str, ...]) -> None:  # noqa: ANN401
    """A whole volume is never cleared by leaving something out."""
    assert run("locks", "clear", *arguments).code == Exit.USAGE
    assert daemon.asked == []


def test_status_counts_locks(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """The node's status adds up the locks of all volumes."""
    counts = {"volume": "web", "held": 3, "waiting": 1, "clients": 1, "monitored": 5}
    report: dict[str, Any] = {
        **dict.fromkeys(("name", "version", "pid", "state", "state_directory", "exports"), "x"),
        "uptime_s": 1.0,
        "ports": {},
        "portmap": "none",
        "connections": 0,
        "volumes": [VOLUME],
        "locks": [counts, {**counts, "volume": "b", "waiting": 0}],
        "monitored_hosts": None,
        "mount": [],
    }
    daemon.answers["GET", "/v1/status"] = (200, report)
    assert "Locks: 6 held, 1 waiting, 2 clients with locks" in run("status").out.splitlines()
    report["monitored_hosts"] = 1
    assert run("status").out.count("2 clients with locks, 1 host monitored for this machine") == 1
