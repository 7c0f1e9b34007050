"""Two stock kernels lock the same file, step by step."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator

import pytest

from tests.kernel.gateway import Gateway
from tests.kernel.lab import Guest
from tests.kernel.locker import PROMPT_S, Locker, blocked

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(600)]

Guests = tuple[Guest, Guest]
Make = Callable[[Guest], Locker]


def test_ranges_exclude_between_kernels(guests: Guests, locker: Make) -> None:
    """Ranges that overlap exclude each other unless both are shared; others do not."""
    here, there = locker(guests[0]), locker(guests[1])
    assert here.try_lock(10, 10) is None
    for start, length in ((10, 10), (0, 11), (19, 1), (15, 0), (0, 0)):
        assert there.try_lock(start, length) == "EAGAIN", (start, length)
        assert there.try_lock(start, length, shared=True) == "EAGAIN", (start, length)
    assert there.try_lock(0, 10) is None
    assert there.try_lock(20, 0) is None
    assert here.try_lock(9, 2) == "EAGAIN"
    assert here.try_lock((1 << 63) - 2, 1) == "EAGAIN"
    there.unlock()
    assert here.try_lock(0, 0, shared=True) is None
    assert there.try_lock(5, 5, shared=True) is None
    assert there.try_lock(5, 5) == "EAGAIN"
    assert here.try_lock(9, 1) == "EAGAIN"


def test_replacing_and_splitting(guests: Guests, locker: Make) -> None:
    """A lock is made stronger and weaker, and freed in the middle."""
    here, there = locker(guests[0]), locker(guests[1])
    assert here.try_lock(0, 100, shared=True) is None
    assert there.try_lock(50, 10, shared=True) is None
    assert here.try_lock(0, 100) == "EAGAIN"
    there.unlock(50, 10)
    assert here.try_lock(0, 100) is None
    assert there.try_lock(50, 10, shared=True) == "EAGAIN"
    assert here.try_lock(40, 30, shared=True) is None
    assert there.try_lock(40, 30, shared=True) is None
    assert there.try_lock(39, 1, shared=True) == "EAGAIN"
    assert there.try_lock(70, 1, shared=True) == "EAGAIN"
    here.unlock(10, 10)
    assert there.try_lock(10, 10) is None
    assert there.holder(0, 10) == ("w", 0, 10)
    assert there.holder(20, 20) == ("w", 20, 20)
    assert there.holder(40, 10) == ("r", 40, 30)
    assert there.holder(40, 10, shared=True) is None
    assert here.holder(0, 0) == ("w", 10, 10)


def test_the_holder_is_shown(guests: Guests, locker: Make) -> None:
    """F_GETLK shows another guest's lock, and that its holder is not a process of this guest."""
    here, there = locker(guests[0]), locker(guests[1])
    assert there.holder() is None
    assert here.try_lock(7, 0) is None
    kind, start, length, pid = there.ask("holder", 0, 0, True).get()
    assert (kind, start, length) == (1, 7, 0)
    assert pid < 0
    assert here.holder() is None


def test_who_waits_is_woken_at_once(guests: Guests, locker: Make, gateway: Gateway) -> None:
    """A waiter has the lock when it is free, much earlier than it would ask again."""
    here, there = locker(guests[0]), locker(guests[1])
    took = []
    for one, other in 3 * ((here, there), (there, here)):
        assert one.try_lock(0, 10) is None
        waiting = other.wait_lock(5, 10)
        assert blocked(waiting, 0.5)
        freed = one.ask("unlock", 0, 10)
        granted_s = waiting.since_asked(freed)
        took.append(granted_s)
        other.unlock()
    print("woken after", [f"{seconds:.2f} s" for seconds in took])
    assert max(took) < PROMPT_S
    assert gateway.locks("test_who_waits_is_woken_at_once") == []


def test_readers_are_woken_together(guests: Guests, locker: Make) -> None:
    """Shared locks that wait for an exclusive one are granted together, in both guests."""
    writer = locker(guests[0])
    readers = [locker(guest) for guest in (*guests, *guests)]
    assert writer.try_lock() is None
    writer.ask("write", "as the writer left it").get()
    waiting = [reader.wait_lock(shared=True) for reader in readers]
    assert all([blocked(each, 0.3) for each in waiting])
    writer.unlock()
    for reader, each in zip(readers, waiting, strict=True):
        each.soon()
        assert reader.ask("read").get() == "as the writer left it"
    again = writer.wait_lock()
    for reader in readers:
        assert blocked(again, 0.2)
        reader.unlock()
    again.soon()


def test_flock(guests: Guests, request: pytest.FixtureRequest) -> None:
    """flock(1) in one guest keeps the other's out, and hands over when it ends."""
    file = f"/mnt/{request.node.name}"
    one, two = guests
    hold = f"touch {file}.held; until [ -e {file}.go ]; do sleep 0.1; done"
    holding = one.start(f"exec flock {file} sh -c '{hold}'")
    one.run(f"until [ -e {file}.held ]; do sleep 0.1; done")
    assert two.start(f"flock -n {file} true")(30).status == 1
    assert two.start(f"flock -n -s {file} true")(30).status == 1
    waiting = two.start(f"flock {file} stat -c %n {file}.go")
    one.run(f"touch {file}.go")
    holding(10).check()
    assert waiting(20).check() == f"{file}.go\n"
    # A guest may take half a minute to see another's new name on the mount; here it does not.
    signs = f"{one.directory}/flock"
    share = f"touch {signs}.$(hostname); until [ -e {signs}.client1 -a -e {signs}.client2 ]"
    both = [
        guest.start(f"flock -s {file} sh -c '{share}; do sleep 0.1; done'") for guest in guests
    ]
    for each in both:
        each(20).check()


def test_a_killed_process_frees_its_locks(guests: Guests, locker: Make, gateway: Gateway) -> None:
    """What a killed process held goes to who waits; what it waited for it gets never."""
    one, two = guests
    killed, waiter, third = locker(one), locker(two), locker(two)
    assert killed.try_lock(0, 10) is None
    assert third.try_lock(20, 10) is None
    killed.wait_lock(20, 10)
    waiting = waiter.wait_lock(0, 10)
    assert blocked(waiting)
    killed.signal("KILL")
    waiting.soon()
    third.unlock()
    third.wait_lock(20, 10).soon()
    assert gateway.locks("test_a_killed_process_frees_its_locks") == 2 * [(two.address, "held")]


def test_deadlock(guests: Guests, locker: Make) -> None:
    """Who would close a circle of waiting is told so, and the others go on."""
    here, there = locker(guests[0]), locker(guests[1])
    assert here.try_lock(0, 10) is None
    assert there.try_lock(10, 10) is None
    waiting = here.wait_lock(10, 10)
    assert blocked(waiting)
    assert there.wait_lock(0, 10).wait(PROMPT_S).error == errno.errorcode[errno.EDEADLK]
    assert blocked(waiting)
    there.unlock()
    waiting.soon()


def test_an_interrupted_wait_leaves_nothing(
    guests: Guests, locker: Make, gateway: Gateway
) -> None:
    """SIGINT ends a wait on the server too: the lock goes to who still waits."""
    name = "test_an_interrupted_wait_leaves_nothing"
    one, two = guests
    holder, quitter, patient = locker(one), locker(two), locker(one)
    assert holder.try_lock(0, 10) is None
    waiting = quitter.wait_lock(0, 10)
    assert blocked(waiting)
    assert gateway.locks(name) == [(one.address, "held"), (two.address, "waiting")]
    quitter.signal("INT")
    assert waiting.wait(10).error == "EINTR"
    assert gateway.locks(name) == [(one.address, "held")]
    last = patient.wait_lock(5, 10)
    assert blocked(last)
    holder.unlock()
    last.soon()
    patient.unlock()
    assert gateway.locks(name) == []


@pytest.fixture
def twins(guests: Guests) -> Iterator[Guests]:
    """Give both guests the same name."""
    for guest in guests:
        guest.run("hostname twin")
    yield guests
    for guest in guests:
        guest.run(f"hostname client{guest.number}")


def test_guests_of_one_name_exclude_each_other(
    twins: Guests, locker: Make, gateway: Gateway
) -> None:
    """Two machines of one name are two, whatever numbers their processes have."""
    pairs = [(locker(twins[0]), locker(twins[1])) for _ in range(3)]
    for number, (here, _) in enumerate(pairs):
        assert here.try_lock(number, 1) is None
        for _, other in pairs:
            assert other.try_lock(number, 1) == "EAGAIN"
    for _, there in pairs:
        there.unlock()
        assert there.try_lock(0, 3) == "EAGAIN"
    owners = gateway.locks("test_guests_of_one_name_exclude_each_other")
    assert owners == 3 * [(twins[0].address, "held")]
    waiting = pairs[0][1].wait_lock(0, 3)
    assert blocked(waiting)
    for here, _ in pairs:
        here.unlock()
    waiting.soon()
