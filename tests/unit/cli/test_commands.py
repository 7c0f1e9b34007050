"""Commands: their grammar, their exit codes, and what they say when something is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nfsgw.cli.exits import Exit
from nfsgw.cli.output import size
from nfsgw.cli.unbuilt import UNBUILT, UNBUILT_VOLUME
from tests.unit.cli.fakes import VOLUME, FakeDaemon

README = Path(__file__).parents[3] / "README.md"


def test_readme_has_the_exit_codes() -> None:
    """README's table of exit codes is the program's."""
    rows = re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", README.read_text(), re.MULTILINE)
    assert [(int(code), name) for code, name in rows] == [(code, code.name) for code in Exit]


@pytest.mark.parametrize(
    "words",
    [(name,) for name in UNBUILT]
    + [("volume", name) for name in UNBUILT_VOLUME]
    + [("peer", "probe", "node2"), ("volume", "quota", "demo", "--list", "/a")],
)
def test_unbuilt_commands_say_so(run: Any, words: tuple[str, ...]) -> None:  # noqa: ANN401
    """A command that is not built says so with its own exit code."""
    ran = run(*words)
    assert ran.code == Exit.NOT_BUILT
    assert "not built yet" in ran.err


def test_no_daemon(run: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """Without a daemon a command says how to start it."""
    ran = run("status")
    assert ran.code == Exit.NOT_RUNNING
    assert f"nfsgw --state {tmp_path} serve" in ran.err
    assert "Traceback" not in ran.err


def test_killed_daemon(run: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """A socket that a killed daemon left behind is the same as none."""
    FakeDaemon(tmp_path).close()
    assert (tmp_path / "admin.sock").exists()
    assert run("volume", "info").code == Exit.NOT_RUNNING


def test_something_else_answers(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """An answer that is not ours is said to be not ours."""
    daemon.answers["GET", "/v1/status"] = (200, b"<html>")
    ran = run("status")
    assert ran.code == Exit.NOT_RUNNING
    assert "is not nfsgw" in ran.err


def test_create_asks_the_daemon(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """A created volume is reported with the command to start it."""
    daemon.answers["POST", "/v1/volumes"] = (200, VOLUME)
    ran = run("volume", "create", "demo", "node1:/b", "force")
    assert ran.code == 0, ran.err
    body = {"name": "demo", "bricks": ["node1:/b"], "force": True}
    assert daemon.asked == [("POST", "/v1/volumes", body)]
    assert "volume start demo" in ran.out


def test_refusals_have_their_code(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """What the daemon refuses is passed on, without a traceback."""
    daemon.answers["POST", "/v1/volumes/a/start"] = (409, {"error": "it runs", "code": "refused"})
    daemon.answers["POST", "/v1/exports/reload"] = (422, {"error": "f:3: no", "code": "exports"})
    ran = run("volume", "start", "a")
    assert (ran.code, ran.err) == (Exit.REFUSED, "nfsgw: it runs\n")
    assert run("volume", "info", "b").code == Exit.REFUSED
    ran = run("exports", "reload")
    assert (ran.code, ran.err) == (Exit.CONFIGURATION, "nfsgw: f:3: no\n")


def test_destroying_needs_yes(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """Where nobody can be asked, nothing is destroyed without --yes."""
    daemon.answers["DELETE", "/v1/volumes/demo"] = (200, {"bricks": ["/srv/demo"]})
    ran = run("volume", "delete", "demo")
    assert ran.code == Exit.NOT_CONFIRMED
    assert daemon.asked == []
    ran = run("volume", "delete", "demo", "--yes")
    assert ran.code == 0
    assert "/srv/demo" in ran.out


def test_info_is_glusters(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """Volume info has the lines that Gluster's administrators look for."""
    daemon.answers["GET", "/v1/volumes"] = (200, [VOLUME])
    lines = run("volume", "info").out.splitlines()
    assert "Volume Name: demo" in lines
    assert "Brick1: node1:/srv/[demo]" in lines
    assert "durability: none" in lines


def test_status_says_how_each_volume_is_mounted(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """The node's status ends with one line to paste for each volume that is online."""
    report = {
        "name": "node1",
        "version": "1.2",
        "pid": 5,
        "state": "ready",
        "uptime_s": 3725.0,
        "state_directory": "/s",
        "ports": {"nfs": 2049, "mount": 20048},
        "portmap": "none",
        "exports": "/etc/nfsgw/exports",
        "connections": 2,
        "volumes": [VOLUME],
        "locks": [],
        "monitored_hosts": None,
        "mount": [{"command": f"mount node1:/{name} /mnt"} for name in ("demo", "web")],
    }
    daemon.answers["GET", "/v1/status"] = (200, report)
    lines = run("status").out.splitlines()
    assert "State: ready for 1 h 2 min" in lines
    assert "Ports: nfs 2049, mount 20048" in lines
    assert lines[-3:] == ["", "mount node1:/demo /mnt", "mount node1:/web /mnt"]


def test_status_shows_space(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """Volume status shows names as they are, and sizes for people."""
    daemon.answers["GET", "/v1/volumes/demo"] = (200, VOLUME)
    out = run("volume", "status", "demo").out
    assert "node1:/srv/[demo]" in out
    assert "1.5 KiB" in out


def test_errors_of_bricks_are_shown(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """A brick that does not work is shown with its reason, without asking for details."""
    brick = {"name": "node1:/b", "state": "failed", "reason": "it is another brick"}
    volume = {**VOLUME, "bricks": [brick], "online": False, "reason": "it is another brick"}
    daemon.answers["GET", "/v1/volumes/demo"] = (200, volume)
    out = run("volume", "status", "demo").out
    assert "failed" in out
    assert out.count("it is another brick") == 1
    assert "volume demo, node1:/b: it is another brick" in out


@pytest.mark.parametrize("words", [("volume", "info"), ("volume", "list"), ("mounts",)])
def test_json_of_nothing(run: Any, daemon: FakeDaemon, words: tuple[str, ...]) -> None:  # noqa: ANN401
    """An empty listing is an empty list for programs."""
    daemon.answers["GET", "/v1/volumes"] = (200, [])
    daemon.answers["GET", "/v1/mounts"] = (200, [])
    ran = run(*words, "--json")
    assert (ran.code, json.loads(ran.out)) == (0, [])
    assert run(*words).code == 0


def test_set_needs_pairs(run: Any, daemon: FakeDaemon) -> None:  # noqa: ANN401
    """An option without a value is a mistake of usage."""
    assert run("volume", "set", "demo", "durability").code == Exit.USAGE
    assert run("volume", "set", "demo").code == Exit.USAGE
    assert "storage.durability" in run("volume", "set", "help").out
    daemon.answers["POST", "/v1/volumes/demo/options"] = (200, VOLUME)
    assert run("volume", "set", "demo", "a", "1", "b", "2").code == 0
    assert daemon.asked == [("POST", "/v1/volumes/demo/options", {"a": "1", "b": "2"})]


def test_bad_configuration(run: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """A mistake in the configuration stops every command, with file and line."""
    path = tmp_path / "nfsgw.toml"
    path.write_text("[node]\nnmae = 'a'\n")
    ran = run("--config", str(path), "status")
    assert ran.code == Exit.CONFIGURATION
    assert f"{path}:2: " in ran.err


def test_exports_check(run: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """A good exports file is shown rule by rule, a bad one by its mistakes."""
    path = tmp_path / "exports"
    path.write_text("/demo 10.0.0.0/8(rw,sync) *\n")
    ran = run("exports", "check", str(path))
    assert ran.code == 0
    assert f"{path}:1: sync has no effect" in ran.out
    assert "rw,root_squash" in ran.out
    rules = json.loads(run("exports", "check", str(path), "--json").out)["exports"]
    assert [rule["client"] for rule in rules] == ["10.0.0.0/8", "*"]
    path.write_text("/demo *(rww)\n")
    ran = run("exports", "check", str(path))
    assert ran.code == Exit.CONFIGURATION
    assert f"{path}:1: " in ran.err
    assert run("exports", "check", str(tmp_path / "absent")).code == Exit.CONFIGURATION


@pytest.mark.parametrize("words", [("volum",), ("volume", "create"), ("status", "--jsn")])
def test_mistyped_commands(run: Any, words: tuple[str, ...]) -> None:  # noqa: ANN401
    """A mistyped command line is usage, not a traceback."""
    ran = run(*words)
    assert ran.code == Exit.USAGE
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1 << 40, "1.0 TiB"),
        (1 << 62, "4096.0 PiB"),
    ],
)
def test_sizes(count: int, shown: str) -> None:
    """Sizes are shown in the unit that fits."""
    assert size(count) == shown
