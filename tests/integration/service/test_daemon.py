"""The real daemon as a child process: driven by its commands, signals and clients."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from nfsgw.cli.exits import Exit
from nfsgw.xdr.generated import nfs3
from tests.support.client import NfsClient
from tests.support.daemon import Daemon

OPEN = "/demo *(rw,no_root_squash,insecure)\n"


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """A daemon that serves a volume ``demo``."""
    with Daemon(tmp_path, exports=OPEN) as daemon:
        daemon.make_volume("demo", durable=False)
        yield daemon


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon that several tests share, because they leave it as it was."""
    with Daemon(tmp_path_factory.mktemp("steady"), exports=OPEN) as daemon:
        daemon.make_volume("demo", durable=False)
        yield daemon


@pytest.fixture
def client(daemon: Daemon) -> Iterator[NfsClient]:
    """A client of the daemon."""
    client = daemon.client()
    yield client
    client.close()


def run(daemon: Daemon, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command against a daemon, whatever its exit code."""
    line = [sys.executable, "-m", "nfsgw", "--config", str(daemon.config), *words]
    return subprocess.run(
        line, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def soon(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait until something holds; say whether it came to."""
    deadline = time.monotonic() + seconds  # noqa: TID251 - outside the daemon
    while not holds():
        if time.monotonic() > deadline:  # noqa: TID251
            return False
        time.sleep(0.05)
    return True


UNSET = nfs3.sattr3(
    mode=0o644,
    uid=None,
    gid=None,
    size=None,
    atime=nfs3.set_atime(0),
    mtime=nfs3.set_mtime(0),
)


def creation(root: bytes, name: bytes) -> nfs3.CREATE3args:
    """Return the arguments that create an empty file."""
    return nfs3.CREATE3args(nfs3.diropargs3(root, name), nfs3.createhow3(nfs3.UNCHECKED, UNSET))


def test_life_of_a_volume(steady: Daemon) -> None:
    """A volume is made, shown, set, stopped and deleted by the commands, and its brick stays."""
    brick = steady.directory / "brick-two"
    refused = run(steady, "volume", "create", "two", f"localhost:{brick}")
    if refused.returncode:  # unless the tests' directory is on a disk of its own
        assert refused.returncode == Exit.REFUSED
        assert "force" in refused.stderr
        steady.command("volume", "create", "two", f"localhost:{brick}", "force")
    assert steady.command("volume", "list").split() == ["demo", "two"]
    steady.command("volume", "start", "two")
    assert run(steady, "volume", "start", "two").returncode == Exit.REFUSED
    steady.command("volume", "set", "two", "storage.atime", "off")
    mistyped = run(steady, "volume", "set", "two", "storage.atim", "off")
    assert mistyped.returncode == Exit.REFUSED
    assert "storage.atime" in mistyped.stderr
    unbuilt = run(steady, "volume", "set", "two", "performance.cache-size", "1GiB")
    assert unbuilt.returncode == Exit.NOT_BUILT
    (info,) = json.loads(steady.command("volume", "info", "two", "--json"))
    assert (info["status"], info["options"]) == ("Started", {"storage.atime": "off"})
    assert "online" in steady.command("volume", "status", "two", "detail")
    assert run(steady, "volume", "delete", "two", "--yes").returncode == Exit.REFUSED
    assert run(steady, "volume", "stop", "two").returncode == Exit.NOT_CONFIRMED
    steady.command("volume", "stop", "two", "--yes")
    steady.command("volume", "delete", "two", "--yes")
    assert steady.command("volume", "list").split() == ["demo"]
    assert (brick / "brick.toml").exists()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("volume", "create", "a/b", "localhost:/x", "force"), Exit.REFUSED, "cannot name"),
        (("volume", "create", "a", "elsewhere:/x", "force"), Exit.NOT_BUILT, "not this machine"),
        (("volume", "create", "demo", "localhost:/x/y", "force"), Exit.REFUSED, "already"),
        (("volume", "create", "a", "localhost:/etc/passwd/x", "force"), Exit.REFUSED, "passwd"),
        (("volume", "start", "absent"), Exit.REFUSED, "no volume 'absent'"),
        (("volume", "info", "absent"), Exit.REFUSED, "no volume 'absent'"),
        (("volume", "create", "a", "replica", "3", "h:/a", "h:/b", "h:/c"), Exit.NOT_BUILT, "not"),
    ],
)
def test_mistakes_are_explained(
    steady: Daemon, words: tuple[str, ...], code: Exit, says: str
) -> None:
    """A user's mistake gets a reason and an exit code, never a traceback."""
    ended = run(steady, *words)
    assert ended.returncode == code, ended.stderr
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr + steady.log.read_text()


def test_brick_in_use_is_not_checked(daemon: Daemon) -> None:
    """Checking a brick under a running daemon is refused; after its stop the brick is clean."""
    brick = str(daemon.brick("demo"))
    busy = run(daemon, "brick", "check", brick)
    assert busy.returncode == Exit.REFUSED
    assert "in use" in busy.stderr
    daemon.stop()
    assert "clean" in run(daemon, "brick", "check", brick).stdout
    daemon.start()


def test_restart_keeps_everything(daemon: Daemon, client: NfsClient) -> None:
    """After a restart volumes, ports, files and the handles that clients hold are the same."""
    root = client.mount(b"/demo")
    made = client.call("CREATE", creation(root, b"kept"))
    assert made.status == nfs3.NFS3_OK
    handle = made.resok.obj
    client.close()
    assert daemon.stop() == 0
    daemon.start()
    assert client.mount(b"/demo") == root
    found = client.call("GETATTR", nfs3.GETATTR3args(handle))
    assert found.status == nfs3.NFS3_OK
    assert json.loads(daemon.command("mounts", "--json")) == [
        {"host": "127.0.0.1", "directory": "/demo"}
    ]


def test_stop_answers_calls_under_way(daemon: Daemon, client: NfsClient) -> None:
    """SIGTERM in the middle of a burst: what was answered is there after the restart."""
    root = client.mount(b"/demo")
    connection = client.connect()
    for number in range(200):
        arguments = creation(root, b"file%d" % number)
        connection.send(client.encode("CREATE", arguments, 1000 + number))
    daemon.process.send_signal(signal.SIGTERM)
    answered = []
    try:
        while True:
            xid, result = connection.receive()
            assert client.decode("CREATE", result).status == nfs3.NFS3_OK
            answered.append(xid - 1000)
    except ConnectionError:
        pass
    assert daemon.process.wait(20) == 0
    client.close()
    daemon.start()
    for number in answered:
        where = nfs3.diropargs3(root, b"file%d" % number)
        assert client.call("LOOKUP", nfs3.LOOKUP3args(where)).status == nfs3.NFS3_OK


def test_sighup_reads_the_exports(daemon: Daemon) -> None:
    """SIGHUP puts new exports in force; a file with mistakes leaves the old ones."""
    exports = daemon.directory / "exports"
    exports.write_text("/demo 192.0.2.1(rw)\n")
    daemon.process.send_signal(signal.SIGHUP)

    def refused() -> bool:
        try:
            daemon.client().mount(b"/demo")
        except Exception as error:  # noqa: BLE001 - any refusal is one
            return "13" in str(error)
        return False

    assert soon(refused)
    exports.write_text("/demo *(rww)\n")
    bad = run(daemon, "exports", "reload")
    assert bad.returncode == Exit.CONFIGURATION
    assert f"{exports}:1:" in bad.stderr
    assert refused()
    exports.write_text(OPEN)
    daemon.command("exports", "reload")
    assert daemon.client().mount(b"/demo")


def test_sigusr1_dumps_the_state(steady: Daemon) -> None:
    """SIGUSR1 writes a file that says what the daemon is doing."""
    path = steady.directory / "state" / "dump.json"
    steady.process.send_signal(signal.SIGUSR1)
    assert soon(path.exists)
    dump = json.loads(path.read_text())
    assert dump["status"]["pid"] == steady.process.pid
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_state_is_private(steady: Daemon) -> None:
    """Nobody but the daemon's own user can reach its socket, keys and files."""
    state = steady.directory / "state"
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert stat.S_IMODE((state / "admin.sock").stat().st_mode) == 0o600


def test_second_daemon_is_refused(steady: Daemon) -> None:
    """A second daemon on the same state says who serves it."""
    second = run(steady, "serve")
    assert second.returncode == Exit.CANNOT_START
    assert f"pid {steady.process.pid}" in second.stderr


def test_taken_port_names_its_holder(steady: Daemon) -> None:
    """A daemon whose port is taken says by whom, and leaves nothing behind."""
    other = run(steady, "--state", str(steady.directory / "other"), "serve")
    assert other.returncode == Exit.CANNOT_START
    assert f"TCP port {steady.nfs_port}" in other.stderr
    assert f"(pid {steady.process.pid})" in other.stderr
    assert "listen.nfs_port" in other.stderr
    assert not (steady.directory / "other" / "admin.sock").exists()


def test_bad_exports_stop_the_start(tmp_path: Path) -> None:
    """Exports with mistakes at the start are reported with their line; nothing is served."""
    daemon = Daemon(tmp_path, exports="/demo *(rww)\n")
    ended = run(daemon, "serve")
    assert ended.returncode == Exit.CONFIGURATION
    assert "exports:1:" in ended.stderr


def test_killed_daemon_starts_again(daemon: Daemon) -> None:
    """What a killed daemon leaves behind does not keep the next one from starting."""
    daemon.stop(signal.SIGKILL)
    assert run(daemon, "status").returncode == Exit.NOT_RUNNING
    daemon.start()
    assert "ready" in daemon.command("status")


def test_missing_brick_is_reported(daemon: Daemon, client: NfsClient) -> None:
    """A volume whose disk is missing does not keep the others away, and can be started later."""
    daemon.make_volume("other", durable=False)
    daemon.stop()
    brick, away = daemon.brick("demo"), daemon.directory / "away"
    brick.rename(away)
    daemon.start()
    assert "failed" in daemon.command("volume", "status", "demo")
    (demo, other) = json.loads(daemon.command("status", "--json"))["volumes"]
    assert [each["bricks"][0]["state"] for each in (demo, other)] == ["failed", "online"]
    assert str(brick) in demo["bricks"][0]["reason"]
    away.rename(brick)
    daemon.command("volume", "start", "demo")
    assert client.mount(b"/demo")


def test_metrics(tmp_path: Path) -> None:
    """Prometheus finds the counters on the TCP port, and nothing else there."""
    with Daemon(tmp_path, exports=OPEN) as daemon:
        daemon.make_volume("demo", durable=False)
        daemon.stop()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        with daemon.config.open("a") as config:
            config.write(f"[admin]\nmetrics_port = {port}\n")
        daemon.start()
        daemon.client().mount(b"/demo")
        metrics = _http(port, "/metrics")
        assert 'procedure="MNT"} 1' in metrics
        assert 'nfsgw_locks{volume="demo",state="held"} 0' in metrics
        assert "nfsgw_monitored_hosts 0" in metrics
        assert 'nfsgw_nlm_callbacks_total{answer="granted"} 0' in metrics
        assert "nfsgw_nsm_refused_total 0" in metrics
        assert "nfsgw_nsm_owed 0" in metrics
        assert int(re.findall(r"nfsgw_nsm_state (\d+)", metrics)[0]) % 2 == 1
        assert _http(port, "/v1/status").startswith("HTTP/1.0 404")


def _http(port: int, path: str) -> str:
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces).decode()


def test_systemd_hears_of_the_daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service manager is told of readiness, reload, life and the stop."""
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        monkeypatch.setenv("WATCHDOG_USEC", "400000")

        def heard(what: bytes) -> bool:
            while what not in manager.recv(1000).split(b"\n"):
                pass
            return True

        with Daemon(tmp_path) as daemon:
            assert heard(b"READY=1")
            assert heard(b"WATCHDOG=1")
            assert heard(b"WATCHDOG=1")
            daemon.process.send_signal(signal.SIGHUP)
            assert heard(b"RELOADING=1")
            assert heard(b"READY=1")
        assert heard(b"STOPPING=1")


ACTIVATE = """
import os, sys
fd = int(sys.argv[1])
os.dup2(fd, 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


def test_socket_activation(tmp_path: Path) -> None:
    """A socket that systemd holds open is used, and outlives the daemon."""
    daemon = Daemon(tmp_path, exports=OPEN)
    with socket.create_server(("127.0.0.1", daemon.nfs_port)) as held:
        held.set_inheritable(True)
        line = [sys.executable, "-c", ACTIVATE, str(held.fileno()), sys.executable]
        line += ["-m", "nfsgw", "--config", str(daemon.config), "serve", "--demo"]
        with daemon.log.open("ab") as log:
            process = subprocess.Popen(line, pass_fds=[held.fileno()], stdout=log, stderr=log)
        try:
            assert soon(lambda: run(daemon, "status").returncode == 0), daemon.log.read_text()
            with closing(daemon.client()) as client:
                client.mount(b"/demo")
                client.call("NULL")
            listening = [
                each
                for each in psutil.Process(process.pid).net_connections("tcp")
                if each.status == psutil.CONN_LISTEN and each.laddr.port == daemon.nfs_port
            ]
            assert len(listening) == 1
        finally:
            process.terminate()
            process.wait(20)
        # Still open: a client that comes now waits in the backlog instead of being refused.
        socket.create_connection(("127.0.0.1", daemon.nfs_port), 5).close()


def test_udp_answers(steady: Daemon) -> None:
    """NFS and MOUNT answer over UDP on the same ports."""
    call = struct.pack(">IIIIIIIIII", 77, 0, 2, 100003, 3, 0, 0, 0, 0, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.sendto(call, ("127.0.0.1", steady.nfs_port))
        assert client.recv(1000)[:4] == call[:4]


def test_printed_line_names_the_ports(daemon: Daemon) -> None:
    """On high ports the printed mount line carries every port that a client cannot find."""
    daemon.stop()
    daemon.start()
    options = f"vers=3,proto=tcp,port={daemon.nfs_port},mountproto=tcp"
    options += f",mountport={daemon.mount_port},nolock"
    text = daemon.log.read_text()
    assert f"mount -t nfs -o {options} " in text
    assert f"?nfsport={daemon.nfs_port}&mountport={daemon.mount_port}" in text


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be somebody else")
def test_other_users_may_not_ask(steady: Daemon) -> None:
    """Another user's command is told that it may not."""
    os.chmod(steady.directory, 0o755)
    line = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    line += [sys.executable, "-m", "nfsgw", "--state", str(steady.directory / "state"), "status"]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)
    if "No module named" in ended.stderr or "Permission denied" in ended.stderr:
        pytest.skip("the project's own directory is closed to others")
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
