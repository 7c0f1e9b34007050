"""Any order of requests, against a model that looks at every byte and everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nfsgw.backend.locks import releasing
from nfsgw.backend.locks.api import Outcome, Owner
from tests.unit.backend.locks.desk import Desk, owner

SIZE = 12
OWNERS = [owner(1, 1), owner(1, 2), owner(2, 1), owner(3, 1)]

Kind = tuple[bool, int]
Range = tuple[int, int]


@dataclass
class Asked:
    """A request that waits, or is offered."""

    of: Owner
    range: Range
    kind: Kind
    offered: bool = False
    offered_at: int = 0

    @property
    def key(self) -> tuple[Owner, Range, bool]:
        """Return what tells it from others."""
        return self.of, self.range, self.kind[0]


class Model:
    """One file's locks, the slow way."""

    def __init__(self) -> None:
        self.bytes: dict[Owner, list[Kind | None]] = {of: [None] * SIZE for of in OWNERS}
        self.times: dict[Owner, list[int]] = {of: [0] * SIZE for of in OWNERS}
        self.asked: list[Asked] = []
        self.now = 0
        self.heard: dict[str, int] = {}

    def in_the_way(self, of: Owner, where: Range, exclusive: bool) -> set[Owner]:
        """Return the owners who are in the way."""
        found = set()
        for other, kinds in self.bytes.items():
            met = kinds[slice(*where)]
            if other != of and any(kind and (exclusive or kind[0]) for kind in met):
                found.add(other)
        for each in self.asked:
            meets = each.range[0] < where[1] and where[0] < each.range[1]
            if each.offered and each.of != of and meets and (exclusive or each.kind[0]):
                found.add(each.of)
        return found

    def circle(self, of: Owner, where: Range, exclusive: bool) -> bool:
        """Say whether somebody in the way waits for the owner in the end."""
        reached = self.in_the_way(of, where, exclusive)
        while True:
            more = set(reached)
            for each in self.asked:
                if each.of in reached and not each.offered:
                    more |= self.in_the_way(each.of, each.range, each.kind[0])
            if more == reached:
                return of in reached
            reached = more

    def lock(self, of: Owner, where: Range, kind: Kind, wait: bool) -> Outcome:
        """Ask for a lock."""
        same = next((a for a in self.asked if a.key == (of, where, kind[0])), None)
        self.now += 1
        if same is not None and same.offered:
            self.asked.remove(same)
            self._hold(of, where, kind)
        elif self.in_the_way(of, where, kind[0]):
            if not wait:
                return Outcome.DENIED
            if same is not None:
                same.kind = kind
            elif self.circle(of, where, kind[0]):
                return Outcome.DEADLOCK
            else:
                self.asked.append(Asked(of, where, kind))
            return Outcome.BLOCKED
        else:
            if not kind[0]:
                self._take_to_write(of, where)
            held = self.bytes[of][slice(*where)]
            if any(each != kind for each in held) or self._is_offered(of, where, not kind[0]):
                self._hold(of, where, kind)
        return Outcome.GRANTED

    def _is_offered(self, of: Owner, where: Range, exclusive: bool) -> bool:
        """Say whether anything in a range is offered to an owner."""
        return any(
            each.offered
            and each.of == of
            and each.kind[0] == exclusive
            and each.range[0] < where[1]
            and where[0] < each.range[1]
            for each in self.asked
        )

    def _take_to_write(self, of: Owner, where: Range) -> None:
        """Who reads what it was offered to write has taken that before."""
        for each in list(self.asked):
            meets = each.range[0] < where[1] and where[0] < each.range[1]
            if each.offered and each.of == of and each.kind[0] and meets:
                self.answer(each, True)

    def _hold(self, of: Owner, where: Range, kind: Kind | None) -> None:
        """Set some bytes; all of the run that they are in are as young as they."""
        kinds = self.bytes[of]
        start, end = where
        kinds[start:end] = [kind] * (end - start)
        while start and kinds[start - 1] == kind:
            start -= 1
        while end < SIZE and kinds[end] == kind:
            end += 1
        self.times[of][start:end] = [self.now] * (end - start)
        self.serve()

    def serve(self) -> None:
        """Offer whatever is free, the oldest first."""
        for each in self.asked:
            if not each.offered and not self.in_the_way(each.of, each.range, each.kind[0]):
                each.offered = True
                each.offered_at = self.now

    def unlock(self, of: Owner, where: Range) -> None:
        """Free a range; offers that meet it are taken first."""
        self.now += 1
        for each in list(self.asked):
            meets = each.range[0] < where[1] and where[0] < each.range[1]
            if each.offered and each.of == of and meets:
                self.answer(each, True)
        self._hold(of, where, None)

    def answer(self, asked: Asked, accepted: bool) -> None:
        """Take or decline an offer; reading replaces no writing that is younger than it."""
        self.now += 1
        self.asked.remove(asked)
        if accepted:
            kinds, times = self.bytes[asked.of], self.times[asked.of]
            kept = [
                bool(kind and kind[0] and not asked.kind[0] and time >= asked.offered_at)
                for kind, time in zip(kinds, times, strict=True)
            ]
            for at in range(*asked.range):
                if not kept[at]:
                    self._hold(asked.of, (at, at + 1), asked.kind)
        self.serve()

    def cancel(self, of: Owner, where: Range, exclusive: bool) -> bool:
        """Remove a request."""
        for each in self.asked:
            if each.key == (of, where, exclusive):
                self.answer(each, False)
                return True
        return False

    def free(self, of: Owner, but: int | None) -> None:
        """Free what a client has, but for one state."""
        self.now += 1
        for each in list(self.asked):
            if each.of.client == of.client and each.kind[1] != but:
                self.asked.remove(each)
        for other, kinds in self.bytes.items():
            if other.client == of.client:
                kinds[:] = [kind if kind and kind[1] == but else None for kind in kinds]
        self.serve()

    def rebooted(self, of: Owner, state: int) -> None:
        """Free what a client had before."""
        if self.heard.get(of.client.address) != state:
            self.heard[of.client.address] = state
            self.free(of, state)


ranges = st.tuples(st.integers(0, SIZE - 1), st.integers(1, SIZE)).map(
    lambda pair: (pair[0], min(pair[0] + pair[1], SIZE))
)
owners = st.sampled_from(OWNERS)
steps = st.one_of(
    st.tuples(st.just("lock"), owners, ranges, st.booleans(), st.integers(1, 2), st.booleans()),
    st.tuples(st.just("lock"), owners, ranges, st.booleans(), st.integers(1, 2), st.just(True)),
    st.tuples(st.just("unlock"), owners, ranges),
    st.tuples(st.just("cancel"), st.integers(0, 9)),
    st.tuples(st.just("answer"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("again"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("free"), owners),
    st.tuples(st.just("rebooted"), owners, st.integers(1, 2)),
)


def compare(desk: Desk, model: Model) -> None:
    """The table holds, offers and lets wait what the model does."""
    file = desk.table.file(desk.file)
    for of in OWNERS:
        kinds: list[Kind | None] = [None] * SIZE
        for held in file.held.get(of, []):
            kinds[held.start : held.end] = [(held.exclusive, held.state)] * (held.end - held.start)
        assert kinds == model.bytes[of]
    found = sorted((*file.waiting.items(), *file.offers.items()))
    assert [
        ((r.wanted.owner, (r.wanted.start, r.wanted.end), r.wanted.exclusive), r.offered)
        for _, r in found
    ] == [(each.key, each.offered) for each in model.asked]


def carry_out(desk: Desk, model: Model, step: tuple[Any, ...]) -> None:
    """Do one step on both."""
    what, *arguments = step
    if what == "lock":
        of, where, exclusive, state, wait = arguments
        outcome = desk.lock(of, where[0], where[1], exclusive, state=state, wait=wait)
        assert outcome is model.lock(of, where, (exclusive, state), wait)
    elif what == "unlock":
        of, where = arguments
        desk.unlock(of, *where)
        model.unlock(of, where)
    elif what == "free":
        desk.do(releasing.free, arguments[0].client)
        model.free(arguments[0], None)
    elif what == "rebooted":
        of, state = arguments
        if of.client in desk.table.clients:
            desk.do(releasing.rebooted, of.client, state)
            model.rebooted(of, state)
    elif model.asked:
        asked = model.asked[arguments[0] % len(model.asked)]
        carry_out_request(desk, model, what, asked, arguments)


def carry_out_request(
    desk: Desk, model: Model, what: str, asked: Asked, arguments: list[Any]
) -> None:
    """Do something about a request that waits or is offered."""
    of, where, exclusive = asked.key
    wanted = desk.want(of, *where, exclusive)
    if what == "cancel":
        assert desk.cancel(of, *where, exclusive)
        assert model.cancel(of, where, exclusive)
    elif what == "again":
        state, wait = asked.kind[1], arguments[1]
        outcome = desk.lock(of, where[0], where[1], exclusive, state=state, wait=wait)
        assert outcome is model.lock(of, where, asked.kind, arguments[1])
    else:
        request = desk.table.asked(wanted)
        assert request is not None
        desk.answer(request.number, arguments[1])
        if asked.offered:
            model.answer(asked, arguments[1])


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, max_size=40))
def test_any_order(some_steps: list[tuple[Any, ...]]) -> None:
    """After each step both agree, and memory agrees with the tables."""
    desk = Desk()
    model = Model()
    for step in some_steps:
        carry_out(desk, model, step)
        compare(desk, model)
