"""A gateway that is fed garbage for a minute goes on serving its other clients."""

from __future__ import annotations

import os
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from nfsgw.xdr.generated import nfs3
from tests.support.client import NFS, NUMBERS, NfsClient, attributes, auth_sys, call_bytes
from tests.support.daemon import Daemon

SECONDS = float(os.environ.get("NFSGW_GARBAGE_S", "60"))
MEMORY_GROWTH_MIB_MAX = 64
_LAST_FRAGMENT = 0x80000000


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """Serve a volume ``demo``."""
    with Daemon(tmp_path) as daemon:
        daemon.make_volume("demo", durable=False)
        yield daemon


def record(message: bytes) -> bytes:
    """Return a message as a record of one fragment."""
    return struct.pack(">I", _LAST_FRAGMENT | len(message)) + message


def noise(chance: random.Random, handle: bytes) -> bytes:
    """Bytes without any meaning."""
    return chance.randbytes(chance.randrange(1, 5000))


def lying_marks(chance: random.Random, handle: bytes) -> bytes:
    """Record marks that promise more than is allowed, or that never end."""
    return chance.choice(
        (
            struct.pack(">I", chance.randrange(1 << 32)) + b"x" * 100,
            struct.pack(">I", 0xFFFFFFFF),
            struct.pack(">I", 0) * 1000,
            struct.pack(">I", 1) + b"x",
        )
    )


def bad_arguments(chance: random.Random, handle: bytes) -> bytes:
    """A proper header with arguments of noise, for any procedure."""
    arguments = chance.randbytes(4 * chance.randrange(0, 100))
    number = chance.choice(list(NUMBERS.values()))
    return record(call_bytes(chance.randrange(1 << 32), NFS, number, auth_sys(), arguments))


def mutated_call(chance: random.Random, handle: bytes) -> bytes:
    """A proper call in which some bytes were changed, the handle's among them."""
    packer = nfs3.NFS3Packer()
    packer.pack_LOOKUP3args(nfs3.LOOKUP3args(nfs3.diropargs3(handle, b"name")))
    call = call_bytes(chance.randrange(1 << 32), NFS, 3, auth_sys(), packer.get_buffer())
    message = bytearray(call)
    for _ in range(chance.randrange(1, 8)):
        message[chance.randrange(len(message))] = chance.randrange(256)
    return record(bytes(message))


def hopeless_peers(
    address: tuple[str, int], seed: int, stop: threading.Event, handle: bytes
) -> None:
    """Open connections, send garbage of every kind, and sometimes go away in the middle."""
    chance = random.Random(seed)
    kinds: list[Callable[[random.Random, bytes], bytes]]
    kinds = [noise, lying_marks, bad_arguments, mutated_call]
    while not stop.is_set():
        with socket.create_connection(address, 5) as peer:
            peer.settimeout(0.2)
            try:
                for _ in range(chance.randrange(1, 30)):
                    peer.sendall(chance.choice(kinds)(chance, handle))
                peer.recv(65536)
            except OSError:
                continue  # dropped, as it should be


def datagrams(address: tuple[str, int], seed: int, stop: threading.Event, handle: bytes) -> None:
    """Send garbage datagrams."""
    chance = random.Random(seed)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        while not stop.is_set():
            kind = chance.choice((noise, mutated_call, bad_arguments))
            peer.sendto(kind(chance, handle)[4:], address)
            time.sleep(0.001)


def honest_work(client: NfsClient, root: bytes, number: int) -> float:
    """Create, write, read and remove a file; return the seconds that took."""
    began = time.monotonic()  # noqa: TID251 - what the client sees
    where = nfs3.diropargs3(root, b"honest%d" % number)
    how = nfs3.createhow3(nfs3.GUARDED, attributes(0o600))
    made = client.call("CREATE", nfs3.CREATE3args(where, how))
    assert made.status == nfs3.NFS3_OK
    found = client.call("LOOKUP", nfs3.LOOKUP3args(where))
    content = b"%d" % number * 1000
    written = client.call(
        "WRITE", nfs3.WRITE3args(found.resok.object, 0, len(content), nfs3.FILE_SYNC, content)
    )
    assert written.status == nfs3.NFS3_OK
    read = client.call("READ", nfs3.READ3args(found.resok.object, 0, 65536))
    assert bytes(read.resok.data) == content
    assert client.call("REMOVE", nfs3.REMOVE3args(where)).status == nfs3.NFS3_OK
    return time.monotonic() - began  # noqa: TID251


@pytest.mark.timeout(SECONDS + 120)
def test_garbage_for_a_minute_harms_nobody_else(daemon: Daemon) -> None:
    """Other clients are served in good time, and the daemon's memory stays bounded."""
    client = daemon.client()
    root = client.mount(b"/demo")
    slowest_s = max(honest_work(client, root, number) for number in range(50))
    process = psutil.Process(daemon.process.pid)
    before = process.memory_info().rss
    stop = threading.Event()
    nfs, mount = ("127.0.0.1", daemon.nfs_port), ("127.0.0.1", daemon.mount_port)
    attackers = [
        threading.Thread(target=target, args=(address, seed, stop, root))
        for seed, (target, address) in enumerate(
            (
                (hopeless_peers, nfs),
                (hopeless_peers, nfs),
                (hopeless_peers, mount),
                (datagrams, nfs),
            )
        )
    ]
    for attacker in attackers:
        attacker.start()
    try:
        deadline = time.monotonic() + SECONDS  # noqa: TID251
        number = 100
        while time.monotonic() < deadline:  # noqa: TID251
            slowest_s = max(slowest_s, honest_work(client, root, number))
            number += 1
            time.sleep(0.01)
    finally:
        stop.set()
        for attacker in attackers:
            attacker.join()
        client.close()
    growth_mib = (process.memory_info().rss - before) / (1 << 20)
    assert daemon.process.poll() is None, daemon.log.read_text()
    assert "Traceback" not in daemon.log.read_text()
    assert growth_mib < MEMORY_GROWTH_MIB_MAX
    assert slowest_s < 5, "an honest client was kept waiting"
    assert number > 100 + SECONDS
