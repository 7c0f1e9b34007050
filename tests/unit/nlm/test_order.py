"""Calls of one owner about one file run in the order in which they came, however they are held."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend.locks.api import Client, Locks
from nfsgw.errors import FsCode, FsError
from nfsgw.nlm.order import Order
from nfsgw.rpc.holding import Holding
from nfsgw.waiting import Wait, result_of, step
from tests.support.nlm import (
    HANDLE,
    cancel_args,
    kind,
    lock_args,
    nlm_record,
    share_args,
    unlock_args,
)
from tests.support.surroundings import Time
from tests.unit.nlm.fakes import Bench

ANN = Client("192.0.2.7", b"ann")
BOB = Client("192.0.2.7", b"bob")
DAYS_S = 1_000_000.0


class _Outage(NamedTuple):
    """A time without a primary.

    :param lost: what was under way is not found afterwards.
    :param code: what calls are told meanwhile.
    """

    begins_s: float
    lasts_s: float
    lost: bool
    code: FsCode


class _Volume:
    """Takes calls, each once, and commits them in the order in which they came."""

    def __init__(self, time: Time, outages: list[_Outage]) -> None:
        self.time = time
        self.log: list[Any] = []
        self._under_way: dict[Any, Wait[None]] = {}
        self._down: list[FsCode] = []
        self._due_s = 0.0
        for outage in outages:
            time.call_later(outage.begins_s, partial(self._fail, outage))

    def _fail(self, outage: _Outage) -> None:
        self._down.append(outage.code)
        self.time.call_later(outage.lasts_s, partial(self._down.remove, outage.code))
        failed, self._under_way = self._under_way, {}
        if outage.lost:
            self.log = [name for name in self.log if name not in failed]
        for wait in failed.values():
            wait.fail(FsError(FsCode.UNDECIDED))

    def work(self, name: object, commit_s: float) -> Callable[[], Any]:
        """Return what serves a call."""

        async def work() -> None:
            if self._down:
                raise FsError(self._down[0])
            if name in self.log:
                return
            self.log.append(name)
            if commit_s or self._under_way:
                self._due_s = max(self._due_s, self.time.seconds() + commit_s)
                wait = self._under_way[name] = Wait()
                delay_s = self._due_s - self.time.seconds()
                self.time.call_later(delay_s, partial(self._commit, name, wait))
                await wait

        return work

    def _commit(self, name: object, wait: Wait[None]) -> None:
        if self._under_way.get(name) is wait:
            del self._under_way[name]
            wait.resolve(None)


class _Desk:
    """Calls under way."""

    def __init__(self, hold_s: float = DAYS_S) -> None:
        self.time = Time()
        self.order = Order(Holding(hold_s, self.time, self.time.call_later))
        self.locks = cast(Locks, object())
        self.began: list[Any] = []
        self.served: list[Any] = []
        self.attempts: list[Any] = []

    def begin(
        self,
        name: object,
        answers: tuple[FsCode, ...] = (),
        owner: int = 1,
        client: Client = ANN,
        waits_s: float = 0,
        locks: Locks | None = None,
        patient: bool = False,
    ) -> Wait[None]:
        """Begin a call."""
        volume = locks or self.locks
        work = self.work(name, list(answers), waits_s)
        self.began.append(name)
        return step(self.order.run(client, owner, b"file", lambda: volume, work, patient=patient))

    def sweep(self, name: object, answers: tuple[FsCode, ...] = ()) -> Wait[None]:
        """Begin a call about everything of Ann."""
        return step(self.order.sweep(ANN, self.locks, self.work(name, list(answers), 0)))

    def work(self, name: object, left: list[FsCode], waits_s: float) -> Callable[[], Any]:
        async def work() -> None:
            self.attempts.append(name)
            answer = left.pop(0) if left else None
            if answer is None:
                # From here on the volume has it: what is asked next comes behind it.
                self.served.append(name)
            if waits_s:
                wait: Wait[None] = Wait()
                self.time.call_later(waits_s, lambda: wait.resolve(None))
                await wait
            if answer is not None:
                raise FsError(answer)

        return work

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        until_s = self.time.seconds() + seconds
        while self.time.step(until_s):
            pass
        self.time.now_ns = int(until_s * 1e9)

    def finish(self) -> None:
        """Let everything end."""
        while self.time.step():
            pass


TIMES = st.sampled_from([0.0, 0.001, 0.04, 0.051, 0.3, 1.0, 2.2]) | st.floats(0, 3)
OUTAGES = st.lists(
    st.builds(
        _Outage,
        TIMES,
        TIMES,
        st.booleans(),
        st.sampled_from([FsCode.TRY_LATER, FsCode.UNDECIDED]),
    ),
    max_size=4,
)
CALLS = st.lists(
    st.tuples(TIMES, st.integers(1, 2), st.sampled_from([0.0, 0.001, 0.1, 0.5])), max_size=12
)


@given(OUTAGES, CALLS)
def test_any_interleaving(outages: list[_Outage], calls: list[tuple[float, int, float]]) -> None:
    """Each owner's calls are served in the order in which they came, and nothing is left."""
    desk = _Desk()
    volume = _Volume(desk.time, outages)
    came: list[tuple[int, int]] = []
    waits: list[Wait[None]] = []

    def come(name: tuple[int, int], commit_s: float) -> None:
        came.append(name)
        work = volume.work(name, commit_s)
        waits.append(step(desk.order.run(ANN, name[0], b"file", lambda: None, work)))

    for number, (at_s, owner, commit_s) in enumerate(calls):
        desk.time.call_later(at_s, partial(come, (owner, number), commit_s))
    desk.finish()
    for wait in waits:
        wait.result()
    for owner in (1, 2):
        assert [each for each in volume.log if each[0] == owner] == [
            each for each in came if each[0] == owner
        ]
    assert desk.order._lines == {}


def test_nothing_waits_while_nothing_is_held() -> None:
    """A record that is being committed holds nobody up: the volume has it already."""
    desk = _Desk()
    first = desk.begin("LOCK", waits_s=1)
    desk.begin("UNLOCK", waits_s=1)
    assert (desk.served, first.done) == (["LOCK", "UNLOCK"], False)
    desk.finish()
    assert desk.order._lines == {}


def test_others_are_not_held_up() -> None:
    """Another owner, another client, another file."""
    desk = _Desk()
    desk.begin("LOCK", (FsCode.TRY_LATER,) * 50)
    assert desk.begin("other owner", owner=2).done
    assert desk.begin("other client", client=BOB).done
    work = desk.work("other file", [], 0)
    assert step(desk.order.run(ANN, 1, b"other", lambda: None, work)).done
    assert not desk.begin("UNLOCK").done


def test_call_that_is_refused_lets_the_next_go_on() -> None:
    """The LOCK ends with "later" and had no effect; the UNLOCK behind it is served."""
    desk = _Desk(hold_s=10)
    lock = desk.begin("LOCK", (FsCode.TRY_LATER,) * 1000)
    desk.pass_time(3)
    unlock = desk.begin("UNLOCK")
    assert "UNLOCK" not in desk.attempts
    desk.finish()
    with pytest.raises(FsError):
        lock.result()
    unlock.result()
    assert desk.served == ["UNLOCK"]


def test_many_do_not_pile_up_on_the_stack() -> None:
    """Thousands that waited end at once."""
    desk = _Desk()
    desk.begin(0, (FsCode.UNDECIDED,))
    waits = [desk.begin(number) for number in range(1, 5000)]
    desk.finish()
    assert [wait.done for wait in waits] == [True] * 4999
    assert desk.served == [*range(5000)]


def test_settled_waits_for_what_is_under_way() -> None:
    """For all calls of an address in that volume, and not for those that come later."""
    desk = _Desk()
    other = cast(Locks, object())
    desk.begin("of Ann", (FsCode.TRY_LATER,) * 3)
    desk.begin("of Bob", (FsCode.UNDECIDED,) * 6, client=BOB)
    desk.begin("elsewhere", (FsCode.TRY_LATER,) * 100, owner=9, locks=other)
    desk.begin("far", (FsCode.TRY_LATER,) * 100, client=Client("192.0.2.8", b"ann"))
    settled = step(desk.order.settled("192.0.2.7", desk.locks))
    desk.begin("later", (FsCode.TRY_LATER,) * 1000)
    ended = []
    settled.add_callback(lambda: ended.extend(desk.served))
    desk.pass_time(10)
    assert ended == ["of Ann", "of Bob"]
    result_of(desk.order.settled("192.0.2.9", desk.locks))


def test_sweep_keeps_its_place() -> None:
    """FREE_ALL comes after what was sent before it, and before what was sent after it."""
    desk = _Desk()
    desk.begin("before", (FsCode.TRY_LATER,) * 3)
    desk.begin("before too", (FsCode.UNDECIDED,) * 4, owner=2)
    sweep = desk.sweep("sweep", (FsCode.TRY_LATER,) * 5)
    desk.begin("after")
    desk.begin("after too", owner=3)
    assert desk.begin("of Bob", owner=3, client=BOB).done
    desk.finish()
    sweep.result()
    order = [name for name in desk.served if name != "of Bob"]
    assert [set(order[:2]), order[2], set(order[3:])] == [
        {"before", "before too"},
        "sweep",
        {"after", "after too"},
    ]
    assert (desk.order._lines, desk.order._sweeps) == ({}, {})


class _Down:
    """A volume that is down for a while, seen through the whole lock manager."""

    def __init__(self, bench: Bench, back_s: float, code: FsCode) -> None:
        self.bench = bench
        self.back_s = bench.time.seconds() + back_s
        self.code = code
        self.order: list[str] = []
        for name in ("lock", "unlock", "cancel", "share", "unshare", "free"):
            setattr(bench.locks, name, self._wrapped(name, getattr(bench.locks, name)))

    def _wrapped(self, name: str, method: Any) -> Any:  # noqa: ANN401 - any operation's
        async def call(*args: Any) -> Any:  # noqa: ANN401
            if self.bench.time.seconds() < self.back_s:
                raise FsError(self.code)
            self.order.append(name)
            return await method(*args)

        return call


@pytest.mark.parametrize("form", ["", "_MSG"])
@pytest.mark.parametrize("code", [FsCode.TRY_LATER, FsCode.UNDECIDED])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("LOCK", "UNLOCK"),
        ("LOCK", "CANCEL"),
        ("NM_LOCK", "UNLOCK"),
        ("SHARE", "UNSHARE"),
        ("LOCK", "FREE_ALL"),
        ("SHARE", "FREE_ALL"),
    ],
)
def test_what_withdraws_a_lock_comes_after_it(
    first: str, second: str, code: FsCode, form: str
) -> None:
    """Whenever the volume comes back: a lock of a process that was killed is granted and freed."""
    if form and not {first, second} <= {"LOCK", "UNLOCK", "CANCEL"}:
        return
    arguments: dict[str, Any] = {
        "LOCK": lock_args(block=True),
        "NM_LOCK": lock_args(),
        "UNLOCK": unlock_args(),
        "CANCEL": cancel_args(),
        "SHARE": share_args(),
        "UNSHARE": share_args(),
        "FREE_ALL": kind(4, "notify")(b"alpha", 3),
    }
    draw = random.Random(7)
    for _ in range(40):
        bench = Bench()
        sent_s = draw.uniform(0.5, 8)
        down = _Down(bench, sent_s + draw.uniform(0.05, 1.5), code)
        bench.send(nlm_record(4, first + form, arguments[first])[1])
        bench.pass_time(sent_s)
        bench.send(nlm_record(4, second + form, arguments[second])[1])
        bench.pass_time(30)
        expected = [first.removeprefix("NM_").lower(), second.removesuffix("_ALL").lower()]
        assert down.order == expected


def test_lock_manager_says_when_it_is_settled() -> None:
    """Whoever hears of a reboot waits for the LOCKs of the life before."""
    bench = Bench()
    down = _Down(bench, 3, FsCode.UNDECIDED)
    bench.send(nlm_record(4, "LOCK", lock_args(fh=HANDLE))[1])
    other = step(bench.nlm.settled("192.0.2.7", bench.other.as_locks()))
    settled = step(bench.nlm.settled("192.0.2.7", bench.locks.as_locks()))
    assert [other.done, settled.done] == [True, False]
    bench.pass_time(5)
    assert down.order == ["lock"]
    settled.result()
