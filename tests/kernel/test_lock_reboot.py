"""A guest that holds locks loses its power, and is booted again."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.kernel.gateway import Gateway
from tests.kernel.lab import SERVER, Guest
from tests.kernel.locker import Locker, blocked

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(600)]


def test_locks_of_a_lost_guest_are_kept_until_it_boots(
    guests: tuple[Guest, Guest], locker: Callable[[Guest], Locker], gateway: Gateway
) -> None:
    """What it held goes to who waits, and what it waited for is not kept for it.

    Until it has booted nobody gets anything: it might only be out of reach.
    """
    name = "test_locks_of_a_lost_guest_are_kept_until_it_boots"
    one, two = guests
    lost, also_lost, mine, heir = locker(two), locker(two), locker(one), locker(one)
    assert lost.try_lock(0, 10) is None
    assert mine.try_lock(20, 10) is None
    assert blocked(also_lost.wait_lock(20, 10))
    waiting = heir.wait_lock(0, 10)
    assert blocked(waiting)
    two.cut_power()
    # This is offered to the lost guest now, which cannot answer.
    mine.unlock(20, 10)
    assert mine.try_lock(20, 10) == "EAGAIN"
    assert blocked(waiting, 3)
    again = mine.wait_lock(20, 10)

    start = time.monotonic()  # noqa: TID251 - what a test measures
    two.boot()
    two.wait_up()
    booted_s = time.monotonic() - start  # noqa: TID251
    for answer in (waiting, again):
        answer.get(30)
    freed_s = time.monotonic() - start  # noqa: TID251
    print(f"booted after {booted_s:.1f} s, the locks were free after {freed_s:.1f} s")
    held = (one.address, "held")
    assert gateway.locks(name) == [held, held]

    two.run(f"mount -t nfs -o vers=3 {SERVER}:/demo /mnt")
    anew = locker(two)
    assert anew.try_lock(0, 10) == "EAGAIN"
    assert anew.try_lock(40, 10) is None
    time.sleep(2)
    assert gateway.locks(name) == [held, held, (two.address, "held")]
