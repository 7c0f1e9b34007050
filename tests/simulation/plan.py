"""What a seed decides before anything happens: the set, its options, its clients, its faults."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from nfsgw.backend.brick.applying import LogBounds

__all__ = ["BRICKS_MAX", "Fault", "Plan", "make_plan"]

BRICKS_MAX = 4
"""Until the replica set is plugged into the machine."""

_BEGIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    :param at_s: when it begins; ``length_s`` how long it lasts.
    :param kind: a name of :mod:`tests.simulation.faults`.
    :param brick: number of the brick that it befalls.
    :param chance: from 0 to 1: whatever is left to be decided.
    """

    at_s: float
    kind: str
    brick: int
    length_s: float
    chance: float

    def __str__(self) -> str:
        return f"{self.kind} brick {self.brick} at {self.at_s:.3f} for {self.length_s:.2f} s"


@dataclass(frozen=True, slots=True)
class Plan:
    """A run.

    :param quorum: ``none``, ``auto`` or ``fixed``; ``quorum_count`` is for the last.
    :param ping_s: ``network.ping-timeout``.
    :param think_s: a client's mean pause between two operations.
    :param verify: at the end: "" (no), "plain", or "flip": with a flipped bit.
    :param end: how the daemon dies at the end, before another one takes everything up.
    :param far: some writes go to offsets of several MiB, so that files have several extents.
    """

    seed: int
    bricks: int
    durable: bool
    quorum: str
    quorum_count: int
    ping_s: float
    inline_max: int
    idle_s: float
    linger_s: float
    access_times: bool
    log: LogBounds
    clients: int
    operations: int
    think_s: float
    far: bool
    faults: tuple[Fault, ...]
    verify: str
    end: str

    def random(self, name: str) -> Random:
        """Return random numbers for one part of the run."""
        return Random(f"{self.seed}/{name}")

    def __str__(self) -> str:
        kind = "durable" if self.durable else "not durable"
        lines = [
            f"seed {self.seed}: {self.bricks} bricks, {kind}, quorum {self.quorum}"
            f" {self.quorum_count}, ping {self.ping_s} s, inline {self.inline_max}, idle"
            f" {self.idle_s} s, log {self.log.bytes_max}, {self.clients} clients with"
            f" {self.operations} operations each, pauses of {self.think_s} s; at last {self.end}"
        ]
        return "\n".join(lines + [f"  {fault}" for fault in self.faults])


_ANY = ("kill", "kill", "trap", "clock", "full")
_DURABLE = (
    "power",
    "power-trap",
    "slow",
    "slow-trap",
    "hang",
    "fail-commit",
    "fail-sync",
    "evict",
)
_REPLICATED = ("wipe", "away", "read-only", "cut", "slow-link", "coordinator", "stale-kill")


def make_plan(seed: int, bricks: int | None = None) -> Plan:
    """Draw a run.

    :param bricks: how many there are, whatever the seed says.
    """
    random = Random(f"{seed}/plan")
    drawn = random.choice((1, 2, 2, 3, 3, 3, 4))
    count = bricks or min(drawn, BRICKS_MAX)
    durable = random.random() < 0.8
    quorum = random.choice(("none", "auto", "auto", "fixed"))
    think_s = random.choice((0.002, 0.02, 0.1))
    operations = random.choice((60, 100, 160))
    work_s = operations * (think_s + 0.03)
    return Plan(
        seed=seed,
        bricks=count,
        durable=durable,
        quorum=quorum,
        quorum_count=random.randint(1, (count + 2) // 2),
        ping_s=random.choice((1.0, 2.0, 5.0)),
        inline_max=random.choice((0, 512, 2048, 8192)),
        idle_s=random.choice((0.3, 1.0, 3.0)),
        linger_s=random.choice((0.2, 1.0)) if durable else 0.0,
        access_times=random.random() < 0.3,
        log=LogBounds(random.choice((8 << 10, 64 << 10, 1 << 20)), 3600),
        clients=random.randint(3, 4),
        operations=operations,
        think_s=think_s,
        far=random.random() < 0.1,
        faults=_draw_faults(random, count, durable, work_s),
        verify=random.choice(("", "", "plain", "flip", "flip")),
        end=random.choice(("stop", "kill", "power") if durable else ("stop", "kill")),
    )


def _draw_faults(random: Random, bricks: int, durable: bool, work_s: float) -> tuple[Fault, ...]:
    kinds = _ANY + (_DURABLE if durable else ()) + (2 * _REPLICATED if bricks > 1 else ())
    count = random.choice((0, 1, 2, 3, 4, 6))
    faults = [
        Fault(
            at_s=_BEGIN_S + random.random() * work_s,
            kind=random.choice(kinds),
            brick=random.randrange(bricks),
            length_s=random.choice((0.05, 0.5, 3.0, 8.0)),
            chance=random.random(),
        )
        for _ in range(count)
    ]
    return tuple(sorted(faults, key=lambda fault: fault.at_s))
