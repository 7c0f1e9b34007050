"""A volume of several bricks in the real daemon: written by a client while bricks come and go."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nfsgw.backend.brick.check.checking import check_brick
from nfsgw.backend.brick.identity import read_identity
from nfsgw.cli.exits import Exit
from nfsgw.xdr.generated import nfs3
from tests.support.client import NfsClient, attributes
from tests.support.daemon import Daemon

_CHUNK_BYTES = 256 << 10


@pytest.fixture(params=["none", "durable"])
def daemon(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Daemon]:
    """A daemon that serves a volume ``demo`` of three bricks."""
    with Daemon(tmp_path) as daemon:
        daemon.make_volume("demo", durable=request.param == "durable", replica=3)
        yield daemon


class Files:
    """Writes files through the protocol, and knows what must be in them."""

    def __init__(self, client: NfsClient) -> None:
        self.client = client
        self.root = client.mount(b"/demo")
        self.random = random.Random(5)
        self.written: dict[bytes, bytes] = {}

    def write(self, name: bytes, size: int) -> None:
        """Make a file of random bytes, durable on all bricks that are in sync."""
        how = nfs3.createhow3(nfs3.UNCHECKED, attributes(mode=0o644, size=0))
        where = nfs3.diropargs3(self.root, name)
        handle = self._good("CREATE", nfs3.CREATE3args(where, how)).obj
        content = self.random.randbytes(size)
        for offset in range(0, size, _CHUNK_BYTES):
            data = content[offset : offset + _CHUNK_BYTES]
            self._good("WRITE", nfs3.WRITE3args(handle, offset, len(data), nfs3.UNSTABLE, data))
        self._good("COMMIT", nfs3.COMMIT3args(handle, 0, 0))
        self.written[name] = hashlib.sha256(content).digest()

    def remove(self, name: bytes) -> None:
        """Remove a file."""
        self._good("REMOVE", nfs3.REMOVE3args(nfs3.diropargs3(self.root, name)))
        del self.written[name]

    def check(self) -> None:
        """Read everything, and compare it with what was written."""
        for name, digest in self.written.items():
            found = self._good("LOOKUP", nfs3.LOOKUP3args(nfs3.diropargs3(self.root, name)))
            content = b""
            while True:
                arguments = nfs3.READ3args(found.object, len(content), _CHUNK_BYTES)
                piece = self._good("READ", arguments)
                content += piece.data
                if piece.eof:
                    break
            assert hashlib.sha256(content).digest() == digest, name

    def _good(self, name: str, arguments: object) -> Any:  # noqa: ANN401 - any of 22 types
        """Make a call, again while the server says so, and return what it was answered."""
        xid = None
        deadline = time.monotonic() + 20  # noqa: TID251 - outside the daemon
        while True:
            result = self.client.call(name, arguments, xid)
            if result.status == nfs3.NFS3_OK:
                return result.resok
            assert result.status == nfs3.NFS3ERR_JUKEBOX, (name, result.status)
            assert time.monotonic() < deadline, f"{name}: for 20 s only JUKEBOX"  # noqa: TID251
            time.sleep(0.2)


@pytest.fixture
def files(daemon: Daemon) -> Iterator[Files]:
    """A client's files, which are read and compared at the end."""
    client = daemon.client()
    files = Files(client)
    yield files
    client.close()


def run(daemon: Daemon, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command against a daemon, whatever its exit code."""
    line = [sys.executable, "-m", "nfsgw", "--config", str(daemon.config), *words]
    return subprocess.run(
        line, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def info(daemon: Daemon) -> Any:  # noqa: ANN401 - JSON
    """Return what is known of the volume and its bricks."""
    return json.loads(daemon.command("volume", "heal", "demo", "info", "--json"))


def states(daemon: Daemon) -> dict[str, str]:
    """Return the states of the bricks by the names of their directories."""
    return {brick["name"].rpartition("/")[2]: brick["state"] for brick in info(daemon)["bricks"]}


def soon(daemon: Daemon, holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds  # noqa: TID251 - outside the daemon
    while not holds():
        if time.monotonic() > deadline:  # noqa: TID251
            pytest.fail(f"{json.dumps(info(daemon), indent=1)}\n{daemon.log.read_text()}")
        time.sleep(0.1)


def healthy(daemon: Daemon) -> bool:
    """Say whether the volume serves with all its bricks in sync."""
    volume = info(daemon)
    return bool(volume["online"]) and not any(each["degraded"] for each in volume["sets"])


def all_healthy(daemon: Daemon) -> None:
    """Wait until all bricks are in sync."""
    soon(daemon, lambda: healthy(daemon), 60)


def all_equal(daemon: Daemon) -> None:
    """Wait until all bricks are in sync, and compare them."""
    all_healthy(daemon)
    verified = run(daemon, "volume", "heal", "demo", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "equal" in verified.stdout


def brick_in(daemon: Daemon, state: str) -> Path:
    """Return the directory of a brick that is in a state, the last one of them."""
    found = [brick for brick in info(daemon)["bricks"] if brick["state"] == state]
    return Path(found[-1]["path"])


@pytest.mark.parametrize("who", ["primary", "in sync"])
def test_brick_goes_away_and_comes_back(daemon: Daemon, files: Files, who: str) -> None:
    """A directory that is moved away costs the clients nothing, and heals when it is back."""
    files.write(b"before", 3 << 20)
    files.write(b"removed", 5000)
    brick, away = brick_in(daemon, who), daemon.directory / "away"
    brick.rename(away)
    soon(daemon, lambda: states(daemon)[brick.name] == "offline")
    files.write(b"during", 6 << 20)
    files.write(b"small", 100)
    files.remove(b"removed")
    files.check()
    status = daemon.command("status")
    assert "DEGRADED (2 of 3 in sync)" in status
    assert str(brick) in status
    assert brick.name in daemon.command("volume", "status", "demo", "detail")
    away.rename(brick)
    watched = run(daemon, "volume", "heal", "demo", "info", "--watch")
    assert watched.returncode == 0, watched.stderr
    assert "healthy: 3 of 3 bricks in sync" in watched.stdout
    files.check()
    all_equal(daemon)
    daemon.stop()
    for path in daemon.bricks("demo"):
        assert check_brick(path).findings == []
    daemon.start()
    files.client.close()
    files.check()


def test_bricks_are_added_removed_and_replaced(daemon: Daemon, files: Files) -> None:
    """Copies come and go while the files stay what they are."""
    files.write(b"a", 5 << 20)
    fourth, fifth = daemon.directory / "brick-4", daemon.directory / "brick-5"
    assert run(daemon, "volume", "add-brick", "demo", f"localhost:{fourth}").returncode == (
        Exit.NOT_BUILT
    )
    daemon.command("volume", "add-brick", "demo", "replica", "4", f"localhost:{fourth}", "force")
    files.write(b"b", 2 << 20)
    all_equal(daemon)
    assert len(states(daemon)) == 4

    gone = brick_in(daemon, "primary")
    words = ("volume", "remove-brick", "demo", "replica", "3", f"localhost:{gone}")
    assert run(daemon, *words).returncode == Exit.NOT_CONFIRMED
    daemon.command(*words, "--yes")
    files.write(b"c", 1 << 20)
    assert gone.name not in states(daemon)
    soon(daemon, lambda: read_identity(gone).released)

    old = brick_in(daemon, "in sync")
    daemon.command(
        "volume",
        "replace-brick",
        "demo",
        f"localhost:{old}",
        f"localhost:{fifth}",
        "commit",
        "force",
    )
    soon(daemon, lambda: old.name not in states(daemon))
    soon(daemon, lambda: read_identity(old).released)
    files.write(b"d", 1 << 20)
    all_equal(daemon)
    assert fifth.name in states(daemon)
    daemon.stop()
    daemon.start()
    files.client.close()
    files.check()
    all_equal(daemon)
    assert len(states(daemon)) == 3


def test_wiped_brick_is_replaced_in_its_place(daemon: Daemon, files: Files) -> None:
    """A disk that lost everything takes its place again after one command."""
    files.write(b"a", 5 << 20)
    brick = brick_in(daemon, "in sync")
    name = f"localhost:{brick}"
    kept = run(daemon, "volume", "replace-brick", "demo", name, name)
    assert kept.returncode == Exit.REFUSED
    assert "still holds its brick" in kept.stderr
    shutil.rmtree(brick)
    soon(daemon, lambda: states(daemon)[brick.name] == "offline")
    daemon.command("volume", "replace-brick", "demo", name, name)
    files.write(b"b", 1 << 20)
    all_equal(daemon)
    files.check()


def test_everything_is_copied_anew(daemon: Daemon, files: Files) -> None:
    """A full heal gives up a copy and makes it again."""
    files.write(b"a", 9 << 20)
    assert run(daemon, "volume", "heal", "demo", "full").returncode == Exit.REFUSED
    name = f"localhost:{brick_in(daemon, 'in sync')}"
    assert run(daemon, "volume", "heal", "demo", "full", name).returncode == Exit.NOT_CONFIRMED
    daemon.command("volume", "heal", "demo", "full", name, "--yes")
    all_equal(daemon)
    files.check()


def test_damaged_bytes_are_mended(daemon: Daemon, files: Files) -> None:
    """A comparison finds what a disk has changed, and mends it from the others."""
    files.write(b"a", 5 << 20)
    brick = brick_in(daemon, "in sync")
    (data,) = [path for path in (brick / "data").rglob("*") if path.is_file()]
    # An extent has a checksum once it has been left alone for a while.
    soon(daemon, lambda: _damage_is_found(daemon, data), 60)
    all_equal(daemon)
    files.check()


def _damage_is_found(daemon: Daemon, data: Path) -> bool:
    content = data.read_bytes()
    with data.open("r+b") as file:
        file.seek(1000)
        file.write(bytes(byte ^ 255 for byte in content[1000:1100]))
    verified = run(daemon, "volume", "heal", "demo", "verify")
    if ", 0 left" in verified.stdout:
        assert verified.returncode == 0
        assert data.read_bytes() == content
        return True
    data.write_bytes(content)
    return False


def test_quorum_refuses_changes(daemon: Daemon, files: Files) -> None:
    """Below a fixed quorum nothing is changed, everything can be read, and the reason is told."""
    files.write(b"a", 1 << 20)
    refused = run(daemon, "volume", "set", "demo", "cluster.quorum-type", "fixed")
    assert refused.returncode == Exit.REFUSED
    assert "cluster.quorum-count" in refused.stderr
    daemon.command(
        "volume", "set", "demo", "cluster.quorum-type", "fixed", "cluster.quorum-count", "3"
    )
    daemon.command("volume", "stop", "demo", "--yes")
    daemon.command("volume", "start", "demo")
    brick, away = brick_in(daemon, "in sync"), daemon.directory / "away"
    brick.rename(away)
    soon(daemon, lambda: states(daemon)[brick.name] == "offline")
    assert "changes are refused" in daemon.command("status")
    files.check()
    how = nfs3.createhow3(nfs3.UNCHECKED, attributes(mode=0o644))
    where = nfs3.diropargs3(files.root, b"new")
    result = files.client.call("CREATE", nfs3.CREATE3args(where, how))
    assert result.status == nfs3.NFS3ERR_JUKEBOX
    away.rename(brick)
    all_healthy(daemon)
    files.write(b"new", 1000)
    files.check()


def test_detail_shows_every_disk(daemon: Daemon) -> None:
    """Each brick is shown with its disk, in Gluster's layout and as JSON."""
    text = daemon.command("volume", "status", "demo", "detail")
    assert text.count("Brick                : Brick localhost:") == 3
    assert text.count("Total Disk Space") == 3
    (volume,) = json.loads(daemon.command("volume", "status", "demo", "detail", "--json"))
    for brick in volume["bricks"]:
        assert 0 < brick["space"]["free"] <= brick["space"]["total"]
        assert brick["pid"] == daemon.process.pid
        assert brick["device"]


def test_absent_brick_does_not_keep_the_volume_from_starting(daemon: Daemon, files: Files) -> None:
    """A daemon that starts without one of its disks serves, and heals the disk when it comes."""
    files.write(b"a", 1 << 20)
    daemon.stop()
    files.client.close()
    brick, away = daemon.bricks("demo")[0], daemon.directory / "away"
    brick.rename(away)
    daemon.start()
    files.write(b"b", 1 << 20)
    files.check()
    assert states(daemon)[brick.name] == "offline"
    away.rename(brick)
    all_equal(daemon)


def test_demonstration_volume_has_three_bricks(tmp_path: Path) -> None:
    """`make serve` makes a volume that survives its disks."""
    daemon = Daemon(tmp_path)
    daemon.serve = ("serve", "--demo")
    with daemon:
        (volume,) = json.loads(daemon.command("volume", "info", "demo", "--json"))
        assert volume["type"] == "Replicate"
        paths = [Path(brick["path"]) for brick in volume["bricks"]]
        where = tmp_path / "state" / "bricks"
        assert paths == [where / f"demo{number}" for number in (1, 2, 3)]
        files = Files(daemon.client())
        files.write(b"a", 100_000)
        files.check()
        files.client.close()
