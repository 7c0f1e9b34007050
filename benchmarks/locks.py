"""What a lock costs when there are many: ``python -m benchmarks.locks --help``.

LOCK and UNLOCK (NLM version 4 over TCP) on a file

* that nobody else has locked: what the others are compared with;
* on which the same owner, another one, or as many other owners have ten thousand ranges, half of
  them before the place where it locks and half behind it;
* that ten thousand others read: shared locks of the whole file, as the measured one is then;

and, with another daemon, when ten thousand clients (200 addresses with 50 names each) are known,
on a file that nobody else, or each of them has locked.  The daemons are asked by turns, so that
all figures meet the same moods of the machine; the medians are shown.  Of the clients' first locks
(each makes a new client known) the cost of the first and of the last thousand is shown too.
"""

from __future__ import annotations

import argparse
import json
import statistics
import struct
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.daemon import Load, build
from benchmarks.workload import make_file
from nfsgw.xdr.generated import nlm
from tests.support.client import RpcConnection, auth_sys, call_bytes
from tests.support.daemon import Daemon
from tests.support.nlm import lock_args, unlock_args

_EXPORTS = "/bench *(rw,no_root_squash,insecure)\n"
_NLM = (nlm.NLM_PROG, nlm.NLM4_VERS)
_LOCK, _UNLOCK = nlm.NLMPROC4_LOCK, nlm.NLMPROC4_UNLOCK
_STATUS_SECOND = 1 << 30
_LANE = 0xFDFDFDFD
"""Replaced by the load generator with a number of each lane's own."""
_BASE = 1 << 32
_ME = 1
_ADDRESSES = 200
_IN_FLIGHT = 64


class Range(NamedTuple):
    """A lock; ``length`` 0 is to the end."""

    svid: int
    offset: int
    length: int = 1
    exclusive: bool = True


MINE: Final = Range(_ME, _BASE | _LANE)
READING: Final = Range(_LANE, 0, 0, exclusive=False)


class Situation(NamedTuple):
    """A file, with the locks that others have on it.

    :param others: makes the range of each of the others, by number.
    :param measured: what is locked and unlocked.
    """

    name: str
    others: Callable[[int], Range] | None = None
    measured: Range = MINE


def _beside(number: int, svid: int, count: int) -> Range:
    """Return a byte before or behind those that are measured; no two are adjacent."""
    return Range(svid, _BASE + 4 * (number - count // 2) + 2)


def _situations(count: int) -> list[Situation]:
    return [
        Situation("nobody else"),
        Situation("the same owner's", lambda n: _beside(n, _ME, count)),
        Situation("another owner's", lambda n: _beside(n, _ME + 1, count)),
        Situation("as many owners'", lambda n: _beside(n, _ME + 1 + n, count)),
        Situation("readers of all", lambda n: Range(1 << 20 | n, 0, 0, False), READING),
    ]


def _message(procedure: int, handle: bytes, name: bytes, wanted: Range) -> bytes:
    """Return the call of a LOCK or UNLOCK, with an empty cookie and no xid."""
    lock: dict[str, Any] = {
        "cookie": b"",
        "caller_name": name,
        "fh": handle,
        "oh": b"%d@bench" % wanted.svid,
        "svid": wanted.svid,
        "l_offset": wanted.offset,
        "l_len": wanted.length,
    }
    packer = nlm.NLMPacker()
    if procedure == _LOCK:
        packer.pack_nlm4_lockargs(lock_args(exclusive=wanted.exclusive, **lock))
    else:
        packer.pack_nlm4_unlockargs(unlock_args(**lock))
    return call_bytes(0, _NLM, procedure, auth_sys(), packer.get_buffer())


def _script(handle: bytes, wanted: Range) -> bytes:
    script = b""
    for procedure in (_LOCK, _UNLOCK):
        message = _message(procedure, handle, b"bench", wanted)
        script += struct.pack(">I", len(message) | _STATUS_SECOND) + message
    return script


class Target:
    """A daemon, and the files to lock.

    :ivar scripts: for the load generator, by situation.
    """

    def __init__(self, daemon: Daemon, durable: bool, replica: int) -> None:
        daemon.make_volume("bench", durable, replica)
        self.load = Load(daemon, build())
        self._port = daemon.nfs_port
        self._client = daemon.client()
        self._root = self._client.mount(b"/bench")
        self.scripts: dict[str, bytes] = {}

    def make(self, name: str, measured: Range = MINE) -> bytes:
        """Make a file to be measured; return its handle."""
        handle = make_file(self._client, self._root, name.encode())
        self.scripts[name] = _script(handle, measured)
        return handle

    def lock_all(self, messages: Iterable[bytes], address: str = "127.0.0.1") -> None:
        """Make calls that must be granted, some at a time."""
        connection = RpcConnection(("127.0.0.1", self._port), source=address)
        waiting = 0
        try:
            for number, message in enumerate(messages):
                connection.send(struct.pack(">I", number) + message[4:])
                waiting += 1
                if waiting == _IN_FLIGHT:
                    self._take(connection, waiting)
                    waiting = 0
            self._take(connection, waiting)
        finally:
            connection.close()

    @staticmethod
    def _take(connection: RpcConnection, count: int) -> None:
        for _ in range(count):
            _, result = connection.receive()
            if result != bytes(8):
                raise RuntimeError(f"not granted: {result.hex()}")


def _clients(handle: bytes, count: int) -> list[tuple[str, list[bytes]]]:
    """Return addresses, and what they send: of as many clients each a lock of one byte."""
    names = count // _ADDRESSES
    return [
        (
            f"127.0.1.{1 + number}",
            [
                _message(_LOCK, handle, b"client-%d" % each, _beside(first + each, 7, count))
                for each in range(names)
            ],
        )
        for number, first in enumerate(range(0, count, names))
    ]


def _fill(few: Target, many: Target, count: int) -> dict[str, float]:
    """Make all situations; return what clients' first locks cost, µs."""
    for number, situation in enumerate(_situations(count)):
        handle = few.make(situation.name, situation.measured)
        others = situation.others
        if others is not None:
            # No address may have as many as all of them; the same owner's are the measured one's.
            address = f"127.0.0.{number}"
            few.lock_all(
                (_message(_LOCK, handle, b"bench", others(n)) for n in range(count)), address
            )
    many.make("known clients")
    handle = many.make("clients' locks")
    clients = _clients(handle, count)
    tenth = len(clients) // 10
    return {
        "first_clients_cpu_us": _cost_of_first_locks(many, clients[:tenth]),
        "middle_clients_cpu_us": _cost_of_first_locks(many, clients[tenth:-tenth]),
        "last_clients_cpu_us": _cost_of_first_locks(many, clients[-tenth:]),
    }


def _cost_of_first_locks(target: Target, clients: list[tuple[str, list[bytes]]]) -> float:
    """Let clients lock; return the daemon's processor time for each lock, µs."""
    before = target.load.cpu_s()
    for address, messages in clients:
        target.lock_all(messages, address)
    calls = sum(len(messages) for _, messages in clients)
    return round((target.load.cpu_s() - before) * 1e6 / calls, 1)


def _measure(options: argparse.Namespace, durable: bool, replica: int) -> list[dict[str, Any]]:
    with ExitStack() as stack:
        targets = []
        for _ in range(2):
            directory = tempfile.TemporaryDirectory(prefix="nfsgw-locks-", dir=options.at)
            daemon = Daemon(
                Path(stack.enter_context(directory)), _EXPORTS, tuple(options.prefix.split())
            )
            targets.append(Target(stack.enter_context(daemon), durable, replica))
        filled = _fill(targets[0], targets[1], options.count)
        print(
            f"{replica} bricks, {'durable' if durable else 'no fsync'}:"
            f" first locks of {options.count} clients:"
            f" {filled['first_clients_cpu_us']} µs CPU each at first,"
            f" {filled['last_clients_cpu_us']} at last",
            flush=True,
        )
        rows = [
            row
            for depth in options.depth or (1, 32)
            for row in _measure_depth(options, targets, depth)
        ]
    return [{"replica": replica, "durable": durable, **row, **filled} for row in rows]


def _measure_depth(
    options: argparse.Namespace, targets: list[Target], depth: int
) -> list[dict[str, Any]]:
    runs: dict[str, list[dict[str, Any]]] = {}
    for _ in range(options.rounds):
        for target in targets:
            for name, script in target.scripts.items():
                figures: Any = target.load.run(script, 1, depth, options.seconds)
                if figures["failed"]:
                    raise RuntimeError(f"{name}: {figures['failed']} calls failed")
                runs.setdefault(name, []).append(figures)
    rows: list[dict[str, Any]] = []
    for name, found in runs.items():
        cpu = [each["cpu_s"] * 1e6 / each["calls"] for each in found]
        rates = [each["calls"] / each["seconds"] for each in found]
        row = {
            "situation": name,
            "depth": depth,
            "cpu_us_per_call": round(statistics.median(cpu), 1),
            "cpu_us_per_call_best": round(min(cpu), 1),
            "calls_per_s": round(statistics.median(rates)),
            "calls_per_s_best": round(max(rates)),
            "latency_us": round(statistics.median(each["latency_us"]["median"] for each in found)),
        }
        row["ratio"] = round(row["cpu_us_per_call"] / (rows or [row])[0]["cpu_us_per_call"], 2)
        rows.append(row)
        print(
            f"  {name:18} 1 x {depth:<3} {row['cpu_us_per_call']:>8} µs CPU"
            f" (best {row['cpu_us_per_call_best']:>7}) x {row['ratio']:<5}"
            f" {row['calls_per_s']:>8}/s {row['latency_us']:>7} µs",
            flush=True,
        )
    return rows


def main() -> int:
    """Measure each kind of volume."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        prog="python -m benchmarks.locks",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=10_000, help="of the others' locks")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.7, help="for each figure of a round")
    parser.add_argument("--depth", type=int, action="append", default=[], help="calls in flight")
    parser.add_argument("--durable", action="store_true", help="with fsync")
    parser.add_argument("--replica", type=int, action="append", default=[], help="copies")
    parser.add_argument("--at", type=Path, default=Path("/dev/shm"), help="parent of the bricks")
    parser.add_argument("--prefix", default="", help="run the daemons under this command")
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args()
    rows = []
    for replica in options.replica or [1]:
        rows += _measure(options, options.durable, replica)
    if options.json:
        options.json.write_text(json.dumps({"figures": rows}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
