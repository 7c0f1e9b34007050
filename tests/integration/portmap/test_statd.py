"""Our status monitor and Debian's: each tells the other of reboots.

Two machines on one wire: the gateway's runs our daemon, the client's what nfs-common brings.  A
reboot of the client is what ``sm-notify`` does after one; a reboot of the gateway is a start of
the daemon with another boot id in its file.
"""

from __future__ import annotations

import itertools
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nfsgw.xdr.generated import nfs3, nlm, sm_inter
from tests.integration.portmap.namespace import Namespace, need
from tests.support.client import NfsClient, RpcConnection, attributes, auth_sys, call_bytes
from tests.support.nlm import decoded, lock_args

pytestmark = pytest.mark.system

GATEWAY = "192.0.2.1"
CLIENT = "192.0.2.2"
NLM_PORT = 4045
NSM_PORT = 4046
NLM = (nlm.NLM_PROG, nlm.NLM4_VERS)
NSM = (sm_inter.SM_PROG, sm_inter.SM_VERS)
MY_ID = sm_inter.my_id(b"gateway", nlm.NLM_PROG, 3, 16)
_xids = itertools.count(1)


def until(condition: Callable[[], object], what: str, seconds: float = 20) -> None:
    """Wait for something."""
    deadline = time.monotonic() + seconds  # noqa: TID251 - a test's own patience
    while not condition():
        assert time.monotonic() < deadline, what  # noqa: TID251 - likewise
        time.sleep(0.1)


class Pair:
    """The gateway's machine and the client's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.config = folder / "nfsgw.toml"
        self.config.write_text(f'[node]\nexports = "{folder}/exports"\n')
        (folder / "exports").write_text("/demo *(rw,no_root_squash)\n")
        self.gateway, self.client = Namespace(), Namespace()
        self.daemon: subprocess.Popen[bytes] | None = None
        peer = f"ip link add wire type veth peer name wire netns {self.client.pid}"
        self._sh(
            self.gateway, f"{peer} && ip addr add {GATEWAY}/24 dev wire && ip link set wire up"
        )
        self._sh(self.client, f"ip addr add {CLIENT}/24 dev wire && ip link set wire up")

    def _sh(self, space: Namespace, command: str) -> None:
        child = space.start("sh", "-ec", command)
        assert child.wait(20) == 0

    def start(self, space: Namespace, *command: str) -> tuple[subprocess.Popen[bytes], Path]:
        """Start a program that goes on running; return it and the file that it logs to."""
        log = self.folder / f"log-{next(_xids)}"
        return space.start("sh", "-c", f'exec "$@" >>{log} 2>&1', "sh", *command), log

    def serve(self) -> Path:
        """Start the daemon, and wait until it serves; return its log."""
        self.daemon, log = self.start(self.gateway, *self._nfsgw("serve", "--demo"))
        until(lambda: "State: ready" in self.run("status"), f"see {log}", 60)
        return log

    def stop(self) -> None:
        """Stop the daemon."""
        assert self.daemon is not None
        self.daemon.terminate()
        assert self.daemon.wait(30) == 0

    def run(self, *words: str) -> str:
        """Run a command of ours on the gateway, and return its output."""
        out = self.folder / "output"
        line = f'exec "$@" >{out} 2>&1'
        self.gateway.start("sh", "-c", line, "sh", *self._nfsgw(*words)).wait(60)
        return out.read_text()

    def _nfsgw(self, *words: str) -> list[str]:
        options = ["--config", str(self.config), "--state", str(self.state)]
        return [sys.executable, "-m", "nfsgw", *options, *words]

    def rpcbind(self, space: Namespace) -> None:
        """Start rpcbind, and wait until it takes connections."""
        self.start(space, "rpcbind", "-f")
        path = space.path("/run/rpcbind.sock")

        def serves() -> bool:
            with socket.socket(socket.AF_UNIX) as probe:
                return probe.connect_ex(path) == 0

        until(serves, "rpcbind did not start")

    def statd(self, space: Namespace) -> tuple[subprocess.Popen[bytes], Path]:
        """Start rpc.statd with empty lists, and wait until it is registered."""
        folder = Path(f"/run/statd-{next(_xids)}")
        self._sh(
            space,
            f"mkdir -p {folder}/sm {folder}/sm.bak && touch {folder}/state"
            f" && chown -R statd {folder}",
        )
        made = self.start(space, "rpc.statd", "-F", "-d", "-L", "-P", str(folder))
        until(lambda: self.ports(space, "100024"), "rpc.statd is not registered")
        return made

    def ports(self, space: Namespace, program: str) -> set[str]:
        """Return where ``rpcinfo -p`` says that a program is."""
        out = self.folder / "rpcinfo"
        space.start("sh", "-c", f"rpcinfo -p >{out} 2>/dev/null").wait(20)
        rows = (line.split() for line in out.read_text().splitlines())
        return {row[3] for row in rows if row and row[0] == program}

    def lock(self) -> int:
        """Lock a file of the volume from the client, by another owner each time."""
        return self.client.inside(self._lock)

    def _lock(self) -> int:
        client = NfsClient(GATEWAY, 2049, 20048)
        root = client.mount(b"/demo")
        where = nfs3.diropargs3(root, b"file")
        how = nfs3.createhow3(nfs3.UNCHECKED, attributes(0o666))
        made = client.call("CREATE", nfs3.CREATE3args(where, how))
        client.close()
        packer = nlm.NLMPacker()
        arguments = lock_args(
            caller_name=b"client", fh=made.resok.obj, svid=next(_xids), l_offset=0, l_len=0
        )
        packer.pack_nlm4_lockargs(arguments)
        result = self._call(
            (GATEWAY, NLM_PORT), NLM, nlm.NLMPROC4_LOCK, packer.get_buffer(), auth_sys()
        )
        stat = decoded(4, "LOCK", result).stat
        return int(getattr(stat, "stat", stat))

    def monitor(self, host: str) -> sm_inter.sm_stat_res:
        """Have a host monitored, as the gateway's kernel does."""
        packer = sm_inter.SM_INTERPacker()
        packer.pack_mon(sm_inter.mon(sm_inter.mon_id(host.encode(), MY_ID), bytes(range(16))))
        data = self.gateway.inside(
            lambda: self._call(
                ("127.0.0.1", NSM_PORT), NSM, sm_inter.SM_MON, packer.get_buffer(), bytes(16)
            )
        )
        return sm_inter.SM_INTERUnpacker(data).unpack_sm_stat_res()

    def _call(
        self,
        where: tuple[str, int],
        program: tuple[int, int],
        procedure: int,
        arguments: bytes,
        credential: bytes,
    ) -> bytes:
        connection = RpcConnection(where)
        try:
            connection.send(call_bytes(next(_xids), program, procedure, credential, arguments))
            return connection.receive()[1]
        finally:
            connection.close()

    def monitor_list(self) -> dict[str, object]:
        """Return what our daemon keeps in its file."""
        kept: dict[str, object] = json.loads((self.state / "nsm.json").read_bytes())
        return kept

    def reboot_gateway(self) -> None:
        """Stop the daemon, and let its file be of another boot."""
        self.stop()
        kept = self.monitor_list()
        kept["boot"] = "the one before"
        (self.state / "nsm.json").write_text(json.dumps(kept))

    def close(self) -> None:
        """End everything."""
        self.client.close()
        self.gateway.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Return the two machines, on which nothing runs."""
    need("rpcbind", "rpcinfo", "rpc.statd", "sm-notify", "nsenter", "ip")
    pair = Pair(tmp_path)
    yield pair
    pair.close()


@pytest.mark.parametrize("rpcbind", [False, True], ids=["own port mapper", "system rpcbind"])
def test_rebooted_client_frees_its_locks(pair: Pair, rpcbind: bool) -> None:
    """After ``sm-notify`` on a client that rebooted, others get what it had locked."""
    if rpcbind:
        pair.rpcbind(pair.gateway)
    pair.serve()
    assert pair.ports(pair.gateway, "100024") == {str(NSM_PORT)}
    assert pair.lock() == nlm.NLM4_GRANTED
    assert pair.lock() == nlm.NLM4_DENIED
    lists = pair.folder / "lists"
    for name in ("sm", "sm.bak"):
        (lists / name).mkdir(parents=True)
    (lists / "state").write_bytes((7).to_bytes(4, sys.byteorder))
    line = f"0100007f 000186b5 00000003 00000010 {bytes(16).hex()} {GATEWAY} client.example\n"
    (lists / "sm" / GATEWAY).write_text(line)
    shutil.chown(lists, "statd")
    for path in lists.rglob("*"):
        shutil.chown(path, "statd")
    notify, log = pair.start(pair.client, "sm-notify", "-d", "-f", "-m", "1", "-P", str(lists))
    assert notify.wait(60) == 0, log.read_text()
    assert pair.lock() == nlm.NLM4_GRANTED, log.read_text()


def test_rpc_statd_hears_of_our_reboot(pair: Pair) -> None:
    """After the gateway's boot, Debian's rpc.statd on a host that its kernel monitored is told."""
    pair.rpcbind(pair.client)
    _, log = pair.statd(pair.client)
    pair.serve()
    answer = pair.monitor(CLIENT)
    assert answer.res_stat == sm_inter.STAT_SUCC
    pair.reboot_gateway()
    pair.serve()
    until(lambda: not pair.monitor_list()["owed"], "nobody was told")
    assert pair.monitor_list()["state"] == answer.state + 2
    until(lambda: f"state: {answer.state + 2}" in log.read_text(), log.read_text())
    assert GATEWAY in log.read_text()


def test_foreign_statd_keeps_its_place(pair: Pair) -> None:
    """Beside a running rpc.statd the gateway says what does not work; when it is gone, it does."""
    pair.rpcbind(pair.gateway)
    statd, _ = pair.statd(pair.gateway)
    foreign = pair.ports(pair.gateway, "100024")
    log = pair.serve()
    assert pair.ports(pair.gateway, "100024") == foreign
    assert pair.ports(pair.gateway, "100021") == {str(NLM_PORT)}
    for text in (log.read_text(), pair.run("status")):
        assert "systemctl disable --now rpc-statd" in text
    statd.kill()
    statd.wait()
    until(
        lambda: pair.ports(pair.gateway, "100024") == {str(NSM_PORT)},
        "a dead rpc.statd keeps its place",
    )
    assert "systemctl" not in pair.run("status")
