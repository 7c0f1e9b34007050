"""Standard ports, and clients that nobody here wrote: rpcinfo, showmount and libnfs.

Each test runs in a network of its own, so that port 111 is free, and with a /run of its own, where
rpcbind's socket is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.portmap.namespace import need

pytestmark = pytest.mark.system

TOOLS = ("nsenter", "ip", "ss", "rpcbind", "rpcinfo", "showmount", "nfs-ls", "nfs-cp")

PROGRAMS: set[tuple[str, ...]] = {
    ("100003", "3", "tcp", "2049"),
    ("100003", "3", "udp", "2049"),
    ("100005", "1", "tcp", "20048"),
    ("100005", "3", "tcp", "20048"),
    ("100005", "1", "udp", "20048"),
    ("100005", "3", "udp", "20048"),
}


class Machine:
    """A network and a /run of its own; what runs in it ends with it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.children: list[subprocess.Popen[bytes]] = []
        setup = "ip link set lo up && mount -t tmpfs none /run && echo up && exec sleep 1000"
        self.holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "sh", "-c", setup], stdout=subprocess.PIPE
        )
        assert self.holder.stdout is not None
        assert self.holder.stdout.readline() == b"up\n"

    def within(self, *words: str) -> list[str]:
        """Return a command line that runs in this machine."""
        return [
            "nsenter",
            f"--target={self.holder.pid}",
            "--net",
            "--mount",
            f"--wd={Path.cwd()}",
            *words,
        ]

    def run(self, *words: str, check: bool = True) -> str:
        """Run a command to its end and return its output."""
        done = subprocess.run(
            self.within(*words), capture_output=True, text=True, check=False, timeout=60
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command that goes on running."""
        with (self.directory / "log").open("ab") as log:
            child = subprocess.Popen(self.within(*words), stdout=log, stderr=log)
        self.children.append(child)
        return child

    def nfsgw(self, *words: str) -> list[str]:
        """Return a command line of ours, for a state directory in this machine."""
        return [sys.executable, "-m", "nfsgw", "--state", str(self.directory / "state"), *words]

    def serve(self) -> subprocess.Popen[bytes]:
        """Start the daemon, and wait until it serves."""
        child = self.start(*self.nfsgw("serve", "--demo"))
        for _ in range(300):
            if "State: ready" in self.run(*self.nfsgw("status"), check=False):
                return child
            assert child.poll() is None, self.log
            time.sleep(0.1)
        raise AssertionError(self.log)

    def programs(self) -> set[tuple[str, ...]]:
        """Return what ``rpcinfo -p`` lists of ours."""
        rows = (line.split() for line in self.run("rpcinfo", "-p", check=False).splitlines())
        return {tuple(row[:4]) for row in rows if row and row[0] in ("100003", "100005")}

    def wait_programs(self, wanted: set[tuple[str, ...]], seconds: float) -> None:
        """Wait until exactly these are registered."""
        deadline = time.monotonic() + seconds  # noqa: TID251 - a test's own patience
        while self.programs() != wanted:
            assert time.monotonic() < deadline, (self.programs(), self.log)  # noqa: TID251
            time.sleep(0.3)

    @property
    def log(self) -> str:
        """Return what all commands in the background said."""
        return (self.directory / "log").read_text()

    def close(self) -> None:
        """End everything."""
        for child in reversed(self.children):
            if child.poll() is None:
                child.terminate()
            child.wait(30)
        self.holder.kill()
        self.holder.wait()
        if self.holder.stdout is not None:
            self.holder.stdout.close()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine without rpcbind."""
    need(*TOOLS)
    machine = Machine(tmp_path)
    yield machine
    machine.close()


def try_clients(machine: Machine) -> None:
    """Use the volume as its users would."""
    assert machine.programs() == PROGRAMS
    for transport in ("tcp", "udp"):
        assert "ready and waiting" in machine.run(
            "rpcinfo", "-T", transport, "localhost", "nfs", "3"
        )
    assert "/demo" in machine.run("showmount", "-e", "localhost")
    source = machine.directory / "source"
    source.write_bytes(os.urandom(3_000_000))  # noqa: TID251 - a test's own data
    machine.run("nfs-cp", str(source), "nfs://127.0.0.1/demo/copy")
    assert "copy" in machine.run("nfs-ls", "nfs://127.0.0.1/demo")
    machine.run("nfs-cp", "nfs://127.0.0.1/demo/copy", str(machine.directory / "back"))
    assert (machine.directory / "back").read_bytes() == source.read_bytes()
    assert "127.0.0.1:/demo" in machine.run("showmount", "-a", "localhost")


def test_own_port_mapper(machine: Machine) -> None:
    """On a machine without rpcbind clients need no port options, and nothing stays behind."""
    child = machine.serve()
    assert "mount -t nfs -o vers=3 localhost:/demo /mnt" in machine.log
    machine.run("rpcinfo")  # over the local socket that rpcbind would have
    try_clients(machine)
    child.terminate()
    assert child.wait(30) == 0
    # Not showmount: without a port mapper it asks again by UDP for a minute.
    assert machine.run("ss", "-Hltun") == ""
    assert "rpcbind.sock" not in machine.run("ls", "/run")


def test_system_rpcbind(machine: Machine) -> None:
    """Where Debian's rpcbind runs we register with it, again after its restart, until our end."""
    rpcbind = machine.start("rpcbind", "-f")
    child = machine.serve()
    try_clients(machine)
    rpcbind.terminate()
    rpcbind.wait(10)
    machine.start("rpcbind", "-f")
    machine.wait_programs(PROGRAMS, 25)
    child.terminate()
    assert child.wait(30) == 0
    machine.wait_programs(set(), 5)


def test_port_111_taken_by_a_stranger(machine: Machine) -> None:
    """Something else on port 111 is named, and how to go on without it."""
    line = "import socket, time; s = socket.create_server(('', 111)); time.sleep(60)"
    stranger = machine.start(sys.executable, "-c", line)
    time.sleep(0.5)
    said = subprocess.run(
        machine.within(*machine.nfsgw("serve", "--demo")),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said.returncode == 7, said.stderr
    assert "111" in said.stderr
    assert f"pid {stranger.pid}" in said.stderr
    stranger.terminate()
