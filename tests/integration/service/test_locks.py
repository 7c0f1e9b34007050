"""Locks of a real daemon as its administrator sees them: listed, counted, and taken away."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nfsgw.cli.exits import Exit
from nfsgw.xdr.generated import nfs3, nlm
from tests.support.client import RpcConnection, attributes, auth_sys, call_bytes
from tests.support.daemon import Daemon
from tests.support.nlm import decoded, lock_args, share_args

_ARGUMENTS = {"LOCK": "nlm4_lockargs", "SHARE": "nlm4_shareargs"}


class Machine:
    """A client's lock manager, as far as it asks for locks.

    :param address: its own address, of the loopback.
    :param name: that it calls itself.
    """

    def __init__(self, daemon: Daemon, address: str, name: bytes) -> None:
        self._port = daemon.nlm_port
        self._address = address
        self._name = name
        self._xids = itertools.count(1)

    def ask(self, procedure: str, arguments: Any) -> int:  # noqa: ANN401 - of LOCK and others
        """Make one call; return its status."""
        packer = nlm.NLMPacker()
        getattr(packer, f"pack_{_ARGUMENTS[procedure]}")(arguments)
        number = getattr(nlm, f"NLMPROC4_{procedure}")
        connection = RpcConnection(("127.0.0.1", self._port), source=self._address)
        try:
            connection.send(
                call_bytes(
                    next(self._xids),
                    (nlm.NLM_PROG, nlm.NLM4_VERS),
                    number,
                    auth_sys(),
                    packer.get_buffer(),
                )
            )
            _, result = connection.receive()
        finally:
            connection.close()
        stat = decoded(4, procedure, result).stat
        return int(getattr(stat, "stat", stat))

    def lock(self, handle: bytes, start: int, count: int, **changed: Any) -> int:  # noqa: ANN401
        """Ask for a lock."""
        where = {"caller_name": self._name, "fh": handle, "l_offset": start, "l_len": count}
        return self.ask("LOCK", lock_args(**{**where, **changed}))

    def share(self, handle: bytes) -> int:
        """Reserve a file for reading, and deny writing."""
        mode, access = nlm.fsm_DW, nlm.fsa_R
        return self.ask(
            "SHARE", share_args(mode=mode, access=access, caller_name=self._name, fh=handle)
        )


class Rig:
    """A daemon with two files, and two machines of one name."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.one = Machine(daemon, "127.0.0.2", b"desk")
        self.two = Machine(daemon, "127.0.0.3", b"desk")
        client = daemon.client()
        root = client.mount(b"/demo")
        inner = client.call(
            "MKDIR", nfs3.MKDIR3args(nfs3.diropargs3(root, b"mail"), attributes(0o755))
        ).resok.obj
        self.box, self.log = (
            client.call(
                "CREATE",
                nfs3.CREATE3args(
                    nfs3.diropargs3(where, name),
                    nfs3.createhow3(nfs3.UNCHECKED, attributes(0o644)),
                ),
            ).resok.obj
            for where, name in ((inner, b"box"), (root, b"log"))
        )
        self.root = root
        self.client = client

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``nfsgw locks``, whatever its exit code."""
        line = [
            sys.executable,
            "-m",
            "nfsgw",
            "--config",
            str(self.daemon.config),
            "locks",
            *words,
        ]
        return subprocess.run(
            line, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )

    def lines(self, *words: str) -> list[tuple[Any, ...]]:
        """Return what is listed: file, client's address, start, end, state."""
        found = json.loads(self.run("list", *words, "--json").stdout)
        keys = ("file", "address", "start", "end", "state")
        return [tuple(line[key] for key in keys) for line in found["locks"]]

    def counts(self) -> dict[str, int]:
        """Return what the daemon's status says of the locks of its one volume."""
        (counts,) = json.loads(self.daemon.command("status", "--json"))["locks"]
        return {key: counts[key] for key in ("held", "waiting", "clients", "monitored")}


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """Give the daemon and its clients."""
    with Daemon(tmp_path) as daemon:
        daemon.make_volume("demo", durable=True)
        rig = Rig(daemon)
        yield rig
        rig.client.close()


def test_locks_are_listed_and_counted(rig: Rig) -> None:
    """Who holds, who waits and who reserves is seen by path, client and range."""
    assert rig.run("list").stdout == "No locks\n"
    assert rig.one.lock(rig.box, 0, 100) == nlm.NLM4_GRANTED
    assert rig.one.lock(rig.log, 50, 0, exclusive=False) == nlm.NLM4_GRANTED
    assert rig.two.lock(rig.box, 10, 10) == nlm.NLM4_DENIED
    assert rig.two.lock(rig.box, 10, 10, block=True) == nlm.NLM4_BLOCKED
    assert rig.two.share(rig.log) == nlm.NLM4_GRANTED
    assert sorted(rig.lines()) == [
        ("/log", "127.0.0.2", 50, None, "held"),
        ("/log", "127.0.0.3", 0, None, "share"),
        ("/mail/box", "127.0.0.2", 0, 100, "held"),
        ("/mail/box", "127.0.0.3", 10, 20, "waiting"),
    ]
    assert len(rig.lines("--client", "desk")) == 4
    assert len(rig.lines("demo", "--client", "127.0.0.3", "--file", "/log")) == 1
    out = rig.run("list", "--file", "/mail/box").stdout
    assert "desk (127.0.0.2)" in out
    assert " 0-99 " in out
    assert rig.counts() == {"held": 3, "waiting": 1, "clients": 2, "monitored": 2}
    status = rig.daemon.command("status")
    assert "Locks: 3 held, 1 waiting, 2 clients with locks\n" in status


def test_mistakes_are_explained(rig: Rig) -> None:
    """What does not exist is an error with a hint, and nothing is cleared without consent."""
    assert rig.one.lock(rig.box, 0, 0) == nlm.NLM4_GRANTED
    for words, says in (
        (("list", "dem"), "did you mean demo?"),
        (("list", "--file", "/mail/bx"), "did you mean /mail/box?"),
        (("clear", "--client", "dsk", "--yes"), "did you mean desk?"),
    ):
        ran = rig.run(*words)
        assert (ran.returncode, says in ran.stderr) == (Exit.REFUSED, True), ran.stderr
    ran = rig.run("clear", "--file", "/mail/box")
    assert ran.returncode == Exit.NOT_CONFIRMED
    assert "1 lock in volume demo: 1 of desk (127.0.0.2)." in ran.stderr
    assert rig.counts()["held"] == 1


def test_cleared_client_loses_its_own_alone(rig: Rig) -> None:
    """All that one machine has is freed; another machine of the same name keeps what it has."""
    assert rig.one.lock(rig.box, 0, 10) == nlm.NLM4_GRANTED
    assert rig.one.share(rig.log) == nlm.NLM4_GRANTED
    assert rig.two.lock(rig.box, 10, 10) == nlm.NLM4_GRANTED
    assert rig.one.lock(rig.box, 10, 5, block=True) == nlm.NLM4_BLOCKED
    ran = rig.run("clear", "--client", "127.0.0.2", "--yes")
    assert (ran.returncode, ran.stdout) == (0, "locks clear: 3 locks cleared\n"), ran.stderr
    assert rig.lines() == [("/mail/box", "127.0.0.3", 10, 20, "held")]
    assert rig.two.lock(rig.box, 0, 10) == nlm.NLM4_GRANTED


def test_cleared_file_is_for_those_who_wait(rig: Rig) -> None:
    """Who waits for a lock that is cleared is offered it, and nobody else gets it meanwhile."""
    assert rig.one.lock(rig.box, 0, 10) == nlm.NLM4_GRANTED
    assert rig.one.lock(rig.log, 0, 10) == nlm.NLM4_GRANTED
    assert rig.two.lock(rig.box, 5, 10, block=True) == nlm.NLM4_BLOCKED
    ran = rig.run("clear", "--file", "/mail/box", "--yes")
    assert ran.stdout == "locks clear: 1 lock cleared\n", ran.stderr
    assert rig.lines("--file", "/mail/box") == [("/mail/box", "127.0.0.3", 5, 15, "offered")]
    assert rig.one.lock(rig.box, 0, 10) == nlm.NLM4_DENIED
    # A client that is not reached asks again, and has it.
    assert rig.two.lock(rig.box, 5, 10, block=True) == nlm.NLM4_GRANTED
    assert len(rig.lines("--file", "/log")) == 1


def test_owner_is_cleared_by_number(rig: Rig) -> None:
    """One process of a client loses what it has, another one does not."""
    assert rig.one.lock(rig.box, 0, 10, svid=1) == nlm.NLM4_GRANTED
    assert rig.one.lock(rig.box, 10, 10, svid=2) == nlm.NLM4_GRANTED
    assert rig.run("clear", "--client", "127.0.0.2", "--owner", "2", "--yes").returncode == 0
    assert [line[2] for line in rig.lines("--owner", "1")] == [0]
    assert rig.lines("--owner", "2") == []


def test_locks_outlive_the_daemon_and_the_file(rig: Rig) -> None:
    """A killed daemon's locks are there again; those on a removed file are cleared by number."""
    assert rig.one.lock(rig.log, 0, 0) == nlm.NLM4_GRANTED
    removed = rig.client.call("REMOVE", nfs3.REMOVE3args(nfs3.diropargs3(rig.root, b"log")))
    assert removed.status == nfs3.NFS3_OK
    rig.daemon.stop(signal.SIGKILL)
    rig.daemon.start()
    assert rig.lines() == [(None, "127.0.0.2", 0, None, "held")]
    (line,) = rig.run("list").stdout.splitlines()[1:]
    number = line[line.index("inode") :].split()[1]
    ran = rig.run("clear", "--file", f"inode {number}", "--yes")
    assert ran.stdout == "locks clear: 1 lock cleared\n", ran.stderr
    assert rig.counts() == {"held": 0, "waiting": 0, "clients": 0, "monitored": 1}
