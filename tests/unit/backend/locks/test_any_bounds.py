"""Any operations under narrow bounds: nobody waits for nothing, and a restart finds the same.

After each operation :class:`.desk.Desk` checks both, and all that the check of a brick checks.
"""

from __future__ import annotations

from random import Random

import pytest

from nfsgw.backend.locks import asking, releasing
from nfsgw.backend.locks.api import END, Client, Owner, Wanted
from nfsgw.backend.locks.clients import LockBounds
from tests.unit.backend.locks.desk import Desk

POINTS = [0, 1, 5, 6, 10, (1 << 32) - 1, 1 << 32, END - 1, END]
WALKS = 12
STEPS = 60


def narrow_bounds(random: Random) -> LockBounds:
    """Return bounds of which some are reached."""
    return LockBounds(
        address_max=random.choice([4, 8, 1000]),
        all_max=random.choice([10, 1000]),
        waiting_max=random.choice([2, 100]),
        file_waiting_max=random.choice([3, 100]),
        clients_max=random.choice([2, 3, 100]),
        names_max=random.choice([1, 2, 100]),
    )


class Walk:
    """One random walk on a desk of its own."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.desk = Desk(narrow_bounds(random))

    def owner(self) -> Owner:
        """Return a process of one of three names at one of two addresses."""
        pick = self.random.randint
        return Owner(Client(f"10.0.0.{pick(1, 2)}", b"h%d" % pick(1, 3)), pick(1, 2))

    def inode(self) -> int:
        """Return a file; one of them more often."""
        return self.random.choice([self.desk.file, self.desk.file, self.desk.other])

    def step(self) -> None:
        """Do one thing."""
        weights = {
            self.lock: 50,
            self.unlock: 15,
            self.cancel: 7,
            self.answer: 13,
            self.end: 7,
            self.share: 5,
            self.clear: 3,
        }
        self.random.choices(list(weights), list(weights.values()))[0]()

    def lock(self) -> None:
        """LOCK."""
        random = self.random
        start, end = sorted(random.sample(POINTS, 2))
        self.desk.lock(
            self.owner(),
            start,
            end,
            random.random() < 0.5,
            wait=random.random() < 0.7,
            state=random.choice([0, 1, 3]),
            inode=self.inode(),
            oh=b"%d" % random.randint(0, 3),
        )

    def unlock(self) -> None:
        """UNLOCK."""
        start, end = sorted(self.random.sample(POINTS, 2))
        self.desk.unlock(self.owner(), start, end, self.inode())

    def cancel(self) -> None:
        """CANCEL of a request or an offer."""
        file = self.desk.table.file(self.inode())
        asked = [each.wanted for each in (*file.waiting.values(), *file.offers.values())]
        if asked:
            assert self.desk.do(releasing.cancel, self.random.choice(asked))

    def answer(self) -> None:
        """Answer an offer."""
        offers = self.desk.table.offers()
        if offers:
            self.desk.answer(self.random.choice(offers).number, self.random.random() < 0.6)

    def end(self) -> None:
        """FREE_ALL, or NOTIFY."""
        client = self.owner().client
        if self.random.random() < 0.4:
            self.desk.do(releasing.free, client)
        else:
            self.desk.do(releasing.rebooted, client, self.random.choice([0, 1, 3, 5]))

    def share(self) -> None:
        """SHARE or UNSHARE."""
        of = self.owner()
        oh = b"%d" % of.svid
        if self.random.random() < 0.6:
            access, deny = self.random.randint(0, 3), self.random.randint(0, 3)
            self.desk.do(asking.share, None, self.inode(), of.client, oh, access, deny)
        else:
            self.desk.do(releasing.unshare, self.inode(), of.client, oh)

    def clear(self) -> None:
        """Let an administrator take one or two locks away."""
        inode = self.inode()
        held = [
            Wanted(inode, owner, each.start, each.end, each.exclusive)
            for owner, ranges in self.desk.table.file(inode).held.items()
            for each in ranges
        ]
        if held:
            self.desk.do(releasing.clear, self.random.sample(held, min(2, len(held))))


@pytest.mark.parametrize("seed", range(WALKS))
def test_any_operations(seed: int) -> None:
    """No bound makes a change stop half-way."""
    walk = Walk(Random(seed))
    for _ in range(STEPS):
        walk.step()
