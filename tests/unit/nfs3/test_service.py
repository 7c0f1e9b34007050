"""Holding calls while the backend cannot serve."""

from __future__ import annotations

import pytest

from nfsgw.errors import FsCode, FsError
from nfsgw.nfs3.procedures import getattr as getattr_procedure
from nfsgw.nfs3.service import held
from nfsgw.waiting import result_of, step
from nfsgw.xdr.generated import nfs3 as x
from tests.unit.nfs3.fakes import ATTRIBUTES, Timers, call, service

LATER = FsError(FsCode.TRY_LATER)


def test_served_at_once() -> None:
    """A call that can be served takes no timer."""
    timers = Timers()
    nfs, export, _ = service(timers)
    export.answers["getattr"] = [ATTRIBUTES]
    run = held(nfs, getattr_procedure.run)
    result = result_of(run(call(), x.GETATTR3args(export.handle(7))))
    assert result == x.GETATTR3res(0, x.GETATTR3resok(ATTRIBUTES))
    assert timers.due == []


def test_served_after_a_while() -> None:
    """A call that was told "later" a few times is served as if nothing had been."""
    timers = Timers()
    nfs, export, _ = service(timers)
    export.answers["getattr"] = [LATER, LATER, LATER, ATTRIBUTES]
    wait = step(held(nfs, getattr_procedure.run)(call(), x.GETATTR3args(export.handle(7))))
    for _ in range(3):
        assert not wait.done
        timers.step()
    assert wait.result() == x.GETATTR3res(0, x.GETATTR3resok(ATTRIBUTES))


def test_given_up_after_the_limit() -> None:
    """After ``hold_s``, not earlier and not later, the client is told to come back."""
    timers = Timers()
    nfs, export, _ = service(timers)
    export.answers["getattr"] = [LATER] * 1000
    wait = step(held(nfs, getattr_procedure.run)(call(), x.GETATTR3args(export.handle(7))))
    started_s = timers.now_s
    while not wait.done:
        timers.step()
    with pytest.raises(FsError) as raised:
        wait.result()
    assert raised.value.code is FsCode.TRY_LATER
    assert timers.now_s - started_s == pytest.approx(nfs.holding.hold_s)
    assert len(export.calls) < 30


def test_undecided_call_is_never_told_to_come_back() -> None:
    """Nobody knows if it took effect, so it is repeated for as long as that takes."""
    timers = Timers()
    nfs, export, _ = service(timers)
    unknown = FsError(FsCode.UNDECIDED)
    export.answers["getattr"] = [unknown, *[LATER] * 50, ATTRIBUTES]
    wait = step(held(nfs, getattr_procedure.run)(call(), x.GETATTR3args(export.handle(7))))
    started_s = timers.now_s
    while not wait.done:
        timers.step()
    assert wait.result() == x.GETATTR3res(0, x.GETATTR3resok(ATTRIBUTES))
    assert timers.now_s - started_s > 4 * nfs.holding.hold_s


def test_another_error_ends_the_wait() -> None:
    """An error that comes after "later" is answered at once."""
    timers = Timers()
    nfs, export, _ = service(timers)
    export.answers["getattr"] = [LATER, FsError(FsCode.STALE)]
    wait = step(held(nfs, getattr_procedure.run)(call(), x.GETATTR3args(export.handle(7))))
    timers.step()
    with pytest.raises(FsError) as raised:
        wait.result()
    assert raised.value.code is FsCode.STALE


def test_transfers_by_transport() -> None:
    """A datagram carries less than a connection."""
    nfs, _, _ = service()
    assert nfs.transfer_max(call("tcp")) == 1 << 20
    assert nfs.transfer_max(call("udp")) == 32 << 10
