"""The data path against a model: any sequence of calls and crashes, one file, every byte."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nfsgw.backend.api import ROOT, Stability
from nfsgw.backend.brick.schema import EXTENT_BYTES
from tests.unit.backend.bytes.bench import Bench

OFFSETS = st.one_of(
    st.integers(0, 9000),
    st.integers(EXTENT_BYTES - 5000, EXTENT_BYTES + 5000),
)
COUNTS = st.one_of(st.integers(1, 6000), st.just(40000))
SEEDS = st.integers(0, 1 << 30)


class _Model:
    """What a file may contain.

    ``now`` is what a read must give.  ``versions`` are all contents since the last moment at which
    everything was durable, that one first: after a crash each byte must be one of theirs.
    """

    def __init__(self) -> None:
        self.now = b""
        self.versions = [b""]

    def become(self, content: bytes) -> None:
        self.now = content
        self.versions.append(content)

    def settle(self, content: bytes) -> None:
        self.now = content
        self.versions = [content]

    def written(self, offset: int, data: bytes) -> bytes:
        old = self.now
        if offset > len(old):
            old += bytes(offset - len(old))
        return old[:offset] + data + old[offset + len(data) :]

    def resized(self, size: int) -> bytes:
        return self.now[:size] + bytes(max(0, size - len(self.now)))

    def check(self, found: bytes) -> None:
        """Check contents after a crash."""
        assert len(found) in {len(version) for version in self.versions}, "a size never had"
        if all(found == version[: len(found)] for version in self.versions):
            return
        step = 512
        for start in range(0, len(found), step):
            piece = found[start : start + step]
            if any(piece == version[start : start + step] for version in self.versions):
                continue
            for index, byte in enumerate(piece, start):
                # What a version does not reach to may have been zeros in between.
                allowed = {v[index] if index < len(v) else 0 for v in self.versions}
                assert byte in allowed, f"byte {index} was never {byte}"


class DataPath(RuleBasedStateMachine):
    """One file of a brick whose commits and threads end in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench(held=True, range_bytes_min=32 << 10)
        self.inode = self.bench.create()
        self.model = _Model()
        self.fill = 0

    def data(self, count: int) -> bytes:
        """Return bytes that differ from those of the last time."""
        self.fill = self.fill % 255 + 1
        return bytes([self.fill]) * count

    @rule(offset=OFFSETS, count=COUNTS)
    def write_unstable(self, offset: int, count: int) -> None:
        """Write; it may be lost until a COMMIT."""
        data = self.data(count)
        self.bench.write(self.inode, offset, data)
        self.model.become(self.model.written(offset, data))

    @rule(offset=OFFSETS, count=COUNTS)
    def write_stable(self, offset: int, count: int) -> None:
        """Write durably."""
        # It makes the bytes of this write durable, and (one file, one fsync) all others too.
        data = self.data(count)
        self.bench.write(self.inode, offset, data, Stability.FILE_SYNC)
        self.model.settle(self.model.written(offset, data))

    @rule()
    def commit(self) -> None:
        """Make all durable."""
        self.bench.commit(self.inode)
        self.model.settle(self.model.now)

    @rule(size=OFFSETS)
    def resize(self, size: int) -> None:
        """Set the size."""
        self.bench.resize(self.inode, size)
        # Durable itself, but bytes that nobody has committed stay so.
        cut = [
            version[:size] + bytes(max(0, size - len(version))) for version in self.model.versions
        ]
        self.model.versions = cut
        self.model.become(self.model.resized(size))

    @rule(offset=OFFSETS, count=COUNTS)
    def read(self, offset: int, count: int) -> None:
        """Read what is there."""
        found = self.bench.read(self.inode, offset, count)
        assert found == self.model.now[offset : offset + count]

    @rule(seed=SEEDS, steps=st.integers(0, 5))
    def let_happen(self, seed: int, steps: int) -> None:
        """Let some of what is under way end, in any order."""
        random = Random(seed)
        for _ in range(steps):
            self.bench.pump_one(random)

    @rule()
    def idle(self) -> None:
        """Let extents go clean."""
        self.bench.idle()

    @rule(cached=st.booleans())
    def memory_pressure(self, cached: bool) -> None:
        """Let reads need the disk, or not."""
        self.bench.disk.cached = cached

    @rule(
        seed=SEEDS,
        steps=st.integers(0, 12),
        power=st.booleans(),
        stable=st.booleans(),
        offset=OFFSETS,
        count=COUNTS,
    )
    def crash_during_write(
        self, seed: int, steps: int, power: bool, stable: bool, offset: int, count: int
    ) -> None:
        """Crash after some steps of a write."""
        data = self.data(count)
        stability = Stability.FILE_SYNC if stable else Stability.UNSTABLE
        wait = self.bench.begin(
            self.bench.bytes.write(ROOT, self.inode, offset, data, stability, None)
        )
        random = Random(seed)
        for _ in range(steps):
            self.bench.pump_one(random)
        after = self.model.written(offset, data)
        if wait.done and stable:
            self.model.settle(after)
        else:
            self.model.become(after)
        self._crash(random, power)

    @rule(seed=SEEDS, steps=st.integers(0, 12), power=st.booleans(), size=OFFSETS)
    def crash_during_resize(self, seed: int, steps: int, power: bool, size: int) -> None:
        """Crash after some steps of a change of size."""
        wait = self.bench.begin(self.bench.resizing(self.inode, size))
        random = Random(seed)
        for _ in range(steps):
            self.bench.pump_one(random)
        cut = [
            version[:size] + bytes(max(0, size - len(version))) for version in self.model.versions
        ]
        after = self.model.resized(size)
        if wait.done:
            self.model.versions = cut
        else:
            self.model.versions += cut
        self.model.become(after)
        self._crash(random, power)

    def _crash(self, random: Random, power: bool) -> None:
        self.bench.crash(random if power else None)
        found = self.bench.read(self.inode)
        self.model.check(found)
        # What the client does now: it writes again what the verifier says may be lost.
        if found:
            self.bench.write(self.inode, 0, found, Stability.FILE_SYNC)
        self.model.settle(found)

    @invariant()
    def check(self) -> None:
        """Compare the file with the model, and the tables with the disk."""
        assert self.bench.complaints() == []
        assert self.bench.read(self.inode) == self.model.now


DataPath.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestDataPath = DataPath.TestCase
