"""The clients of a run: each does a number of random things, and checks everything at the end.

The last one is a watcher, which only looks at what all share, as often as it can.  What one daemon
shows too early and the next has not got is seen by somebody who asks before it is made again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random

from nfsgw.backend.brick.keys import inode_number
from nfsgw.backend.brick.schema import ROOT_COUNTER
from nfsgw.backend.locks.api import Offer
from nfsgw.waiting import Wait, step
from tests.simulation.calling import Caller, NoRoom
from tests.simulation.lock_book import LockBook
from tests.simulation.locking import LockWork
from tests.simulation.machine import Machine
from tests.simulation.model import Ledger
from tests.simulation.private import PrivateWork
from tests.simulation.shared import SharedPlace, SharedWork

__all__ = ["Client", "Clients"]

_AGAIN = 0.06
_HASTE = 0.3


class Client:
    """One client.

    :param number: the first one makes what all share.
    """

    def __init__(
        self,
        number: int,
        machine: Machine,
        ledger: Ledger,
        book: LockBook,
        place: SharedPlace,
        random: Random,
    ) -> None:
        plan = machine.plan
        self.caller = Caller(f"client {number}", machine, random)
        self._number = number
        self._random = random
        self._plan = plan
        self._place = place
        self._world = machine.scheduler.world
        self._root = inode_number(0, ROOT_COUNTER)
        self.private = PrivateWork(self.caller, ledger, plan.far)
        self.shared = SharedWork(self.caller, ledger, place, number)
        self.locking = LockWork(self.caller, book, place, number, plan.random(f"locks {number}"))
        self._watches = number == plan.clients - 1
        self.caller.quick = self._watches
        actions = self._all_looks() if self._watches else self._all_actions()
        self._weights = [weight for weight, _ in actions]
        self._actions = [action for _, action in actions]

    def _all_actions(self) -> list[tuple[int, Callable[[], Awaitable[None]]]]:
        return self.private.actions() + self.shared.actions() + self.locking.actions()

    def _all_looks(self) -> list[tuple[int, Callable[[], Awaitable[None]]]]:
        return self.shared.looks() + self.locking.looks()

    async def work(self) -> None:
        """Do what a client does."""
        self.caller.patient = True
        await self.prepare()
        self.caller.patient = False
        for _ in range(self._plan.operations):
            if self._random.random() > _HASTE:
                await self._world.sleep(self._random.expovariate(1 / self._plan.think_s))
            (action,) = self._random.choices(self._actions, self._weights)
            try:
                if self._random.random() < _AGAIN:
                    await self.caller.send_again()
                await action()
            except NoRoom:
                pass

    async def prepare(self) -> None:
        """Make what it works on."""
        if self._number == 0:
            await self._place.make(self.caller, self._root)
        else:
            await self._place.ready()
        await self.private.prepare(self._root)

    async def check_all(self) -> None:
        """Check everything it knows of."""
        self.caller.patient = True
        await self.caller.send_again()
        await self.private.check_all()
        await self.shared.check_all()
        await self.locking.check_all()


class Clients:
    """All clients of a run.

    :ivar error: what the first one has found that must not be.
    """

    def __init__(self, machine: Machine) -> None:
        plan = machine.plan
        self.ledger = Ledger()
        book = LockBook(self.ledger)
        place = SharedPlace()
        self.all = [
            Client(number, machine, self.ledger, book, place, plan.random(f"client {number}"))
            for number in range(plan.clients)
        ]
        self.error: BaseException | None = None
        self._busy = 0

    @property
    def over(self) -> bool:
        """Say whether all have finished, or one has found a mistake."""
        return self._busy == 0 or self.error is not None

    def work(self) -> None:
        """Let all begin their work."""
        for client in self.all:
            self._begin(step(client.work()))

    def check_all(self) -> None:
        """Let all begin to check what they know."""
        for client in self.all:
            self._begin(step(client.check_all()))

    def finish(self) -> None:
        """Let all free what they have locked."""
        for client in self.all:
            self._begin(step(client.locking.finish()))

    def granted(self, offer: Offer) -> bool:
        """Hand a GRANTED to the client that it is for, and return the answer."""
        at = offer.wanted.owner.client
        try:
            return next(each for each in self.all if each.locking.client == at).locking.granted(
                offer
            )
        except Exception as error:  # noqa: BLE001 - raised by whoever runs the simulation
            self.error = self.error or error
            return True

    def _begin(self, wait: Wait[None]) -> None:
        self._busy += 1
        wait.add_callback(lambda: self._ended(wait))

    def _ended(self, wait: Wait[None]) -> None:
        self._busy -= 1
        try:
            wait.result()
        except Exception as error:  # noqa: BLE001 - raised by whoever runs the simulation
            self.error = self.error or error

    def settle(self) -> None:
        """Raise what a client has found."""
        if self.error is not None:
            raise self.error

    def doing(self) -> str:
        """Say what each waits for."""
        return ", ".join(
            f"{each.caller.name}: {each.caller.doing}, waits for {each.locking.doing()}"
            for each in self.all
        )
