"""Lock calls of any clients in any order: no two owners ever hold what excludes each other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from hypothesis import given, note
from hypothesis import strategies as st

from nfsgw.rpc.client import ConnectionFailed
from nfsgw.rpc.program import Peer
from nfsgw.xdr.generated import nlm as x
from tests.fuzz.effort import effort
from tests.fuzz.gateway import DEMO, Gateway, Row, rows
from tests.fuzz.population import Population

_NAMES = ("LOCK", "NM_LOCK", "UNLOCK", "CANCEL", "TEST", "LOCK_MSG", "UNLOCK_MSG", "FREE_ALL")
_ROWS = {(row.version, row.row.name): row for row in rows() if row.program.number == x.NLM_PROG}
_PEERS = (
    Peer("192.0.2.7", 900, "192.0.2.1", 4045, "tcp"),
    Peer("192.0.2.7", 901, "192.0.2.1", 4045, "udp"),
    Peer("192.0.2.8", 900, "192.0.2.1", 4045, "tcp"),
    Peer("2001:db8::7", 900, "2001:db8::1", 4045, "tcp"),
)
_ANSWERS = (x.NLM4_GRANTED, x.NLM4_DENIED, x.NLM4_DENIED_GRACE_PERIOD, None)


@dataclass(frozen=True)
class _Step:
    name: str
    version: int
    peer: Peer
    caller: bytes
    svid: int
    start: int
    length: int
    exclusive: bool
    block: bool
    reclaim: bool
    pause_s: float

    def arguments(self, handle: bytes) -> object:
        """Return the arguments of the call."""
        prefix = "nlm4" if self.version == 4 else "nlm"
        if self.name == "FREE_ALL":
            return getattr(x, f"{prefix}_notify")(self.caller, 1)
        lock = getattr(x, f"{prefix}_lock")(
            self.caller, handle, b"%d" % self.svid, self.svid, self.start, self.length
        )
        match self.name.removesuffix("_MSG"):
            case "TEST":
                return getattr(x, f"{prefix}_testargs")(b"c", self.exclusive, lock)
            case "UNLOCK":
                return getattr(x, f"{prefix}_unlockargs")(b"c", lock)
            case "CANCEL":
                return getattr(x, f"{prefix}_cancargs")(b"c", True, self.exclusive, lock)
        return getattr(x, f"{prefix}_lockargs")(
            b"c", self.block, self.exclusive, lock, self.reclaim, 1
        )

    @property
    def row(self) -> Row:
        """Return the row of the procedure."""
        return _ROWS[self.version, self.name]


_STEPS = st.builds(
    _Step,
    name=st.sampled_from(_NAMES),
    version=st.sampled_from([3, 4, 4]),
    peer=st.sampled_from(_PEERS),
    caller=st.sampled_from([b"alpha", b"beta"]),
    svid=st.integers(1, 2),
    start=st.integers(0, 6),
    length=st.integers(0, 4),
    exclusive=st.booleans(),
    block=st.booleans(),
    reclaim=st.sampled_from([False, False, False, True]),
    pause_s=st.sampled_from([0.0, 0.0, 0.0, 2.0, 40.0]),
)


@effort(120)
@given(
    steps=st.lists(_STEPS, min_size=5, max_size=40),
    answers=st.lists(st.sampled_from(_ANSWERS), max_size=20),
)
def test_exclusion_holds(gateway: Gateway, steps: list[_Step], answers: list[int | None]) -> None:
    """Whatever clients ask for and however they answer GRANTED, locks exclude each other."""
    population = Population(gateway)
    locks = gateway.volumes.volumes[DEMO].locks
    handle = population.handles["file"]
    _, _, inode = gateway.codec.decode(handle)
    gateway.managers.answers[:] = [
        ConnectionFailed("reset") if answer is None and index % 2 else answer
        for index, answer in enumerate(answers)
    ]
    for step in steps:
        reply = population.call(step.row, step.arguments(handle), peer=step.peer)
        note(f"{step} {reply.result}")
        gateway.idle(step.pause_s)
        taken = [each for each in locks.listing(inode) if each.state in ("held", "offered")]
        for one, other in combinations(taken, 2):
            if one.wanted.owner == other.wanted.owner:
                continue
            assert (
                not (one.wanted.exclusive or other.wanted.exclusive)
                or one.wanted.end <= other.wanted.start
                or other.wanted.end <= one.wanted.start
            ), f"{one} and {other}"
    gateway.managers.answers.clear()
    gateway.idle(60)
    assert not [each for each in locks.listing(inode) if each.state == "offered"], "a lost offer"
    for address, name in {(step.peer.address, step.caller) for step in steps}:
        peer = next(peer for peer in _PEERS if peer.address == address)
        row = _ROWS[4, "FREE_ALL"]
        population.call(row, x.nlm4_notify(name, 1), peer=peer)
    gateway.idle(60)
    assert locks.listing(inode) == [], "something is left after everybody freed all"
