"""The daemon is killed and started again while kernels hold locks and wait for some."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable

import pytest

from tests.kernel.gateway import Gateway
from tests.kernel.lab import WORK, Guest
from tests.kernel.locker import Locker, blocked

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(600)]

STALL_S = 15.0
"""A grace period would be 45 s or more.  A kernel that was refused once tries again after 5 s."""


def test_a_killed_daemon_forgets_no_lock(
    guests: tuple[Guest, Guest], locker: Callable[[Guest], Locker], gateway: Gateway
) -> None:
    """Holders keep their locks, nobody else gets them, and who waits is served."""
    name = "test_a_killed_daemon_forgets_no_lock"
    one, two = guests
    holder, waiter, other = locker(one), locker(two), locker(two)
    assert holder.try_lock(0, 20) is None
    waiting = waiter.wait_lock(0, 10)
    assert blocked(waiting)
    before = gateway.locks(name)
    work = f"python3 -IS {WORK}/stalling.py /mnt/{name}.work"
    working = [guest.start(f"{work} {guest.number} 30") for guest in guests]
    time.sleep(5)

    start = time.monotonic()  # noqa: TID251 - what a test measures
    gateway.stop(signal.SIGKILL)
    time.sleep(1)
    gateway.start()
    down_s = time.monotonic() - start  # noqa: TID251
    assert gateway.locks(name) == before
    assert other.holder(10, 10) == ("w", 0, 20)
    assert other.try_lock(10, 10) == "EAGAIN"
    assert not waiting.arrived
    holder.unlock(0, 10)
    waiting.soon()
    assert other.try_lock(10, 10) == "EAGAIN"
    assert gateway.locks(name) == [(one.address, "held"), (two.address, "held")]

    print(f"no daemon for {down_s:.1f} s")
    for guest, finish in zip(guests, working, strict=True):
        rounds, *longest = json.loads(finish(90).check())
        stalls = ", ".join(
            f"{step} {stall_s:.1f} s"
            for step, stall_s in zip(("lock", "write", "unlock"), longest, strict=True)
        )
        print(f"guest {guest.number}: {rounds} rounds; longest {stalls}")
        assert max(longest) < down_s + STALL_S


def test_an_unlock_while_there_is_no_daemon(
    guests: tuple[Guest, Guest], locker: Callable[[Guest], Locker], gateway: Gateway
) -> None:
    """It takes effect when the daemon is back, and who waited then has the lock."""
    holder, waiter = locker(guests[0]), locker(guests[1])
    assert holder.try_lock() is None
    waiting = waiter.wait_lock()
    assert blocked(waiting)
    gateway.stop(signal.SIGKILL)
    freed = holder.ask("unlock", 0, 0)
    assert blocked(freed)
    gateway.start()
    start = time.monotonic()  # noqa: TID251 - what a test measures
    waiting.get(STALL_S)
    print(f"the lock is the waiter's {time.monotonic() - start:.1f} s after the start")  # noqa: TID251
    freed.get()
