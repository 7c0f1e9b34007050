"""What a client does with locks: its processes lock, wait, unlock, give up, and it reboots."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import TypeVar

from nfsgw.backend.api import ROOT
from nfsgw.backend.locks.api import (
    END,
    Callback,
    Client,
    Listed,
    Locked,
    Offer,
    Outcome,
    Owner,
    Wanted,
)
from nfsgw.backend.volume.running import RunningVolume
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait, gather, step
from tests.simulation.calling import Call, Caller, NoRoom
from tests.simulation.checkers import check_locked, check_unlocked
from tests.simulation.lock_book import NONE, PLACES, SHARED, LockBook, mode_of, places_of
from tests.simulation.model import Mismatch
from tests.simulation.shared import SharedPlace

__all__ = ["LockWork"]

T = TypeVar("T")

_PROCESSES = 3
_BYTES = PLACES - 1
_WAITS = 0.8
_POLLS = 0.5
_UPGRADES = 0.4
_GIVES_UP_S = 0.1
_NOTIFIES_LATE = 0.5


class _Process:
    """A process of a client: it does one thing at a time.

    :ivar waiting: what it waits for; ``granted`` ends when it has it.
    :ivar taken: the numbers of offers that it has accepted.
    """

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.waiting: Wanted | None = None
        self.granted: Wait[None] = Wait()
        self.taken: dict[int, Wanted] = {}

    def wait_for(self, wanted: Wanted) -> None:
        """Begin to wait."""
        self.waiting = wanted
        self.granted = Wait()

    def stop_waiting(self) -> None:
        """Wait for nothing any more."""
        self.waiting = None
        if not self.granted.done:
            self.granted.resolve(None)


class LockWork:
    """The locks of one client.

    :param number: of the client.
    :param book: what all believe.
    """

    def __init__(
        self, caller: Caller, book: LockBook, place: SharedPlace, number: int, random: Random
    ) -> None:
        self._caller = caller
        self._book = book
        self._place = place
        self._random = random
        self.client = Client(f"10.0.0.{number}", f"client{number}".encode())
        self._processes = [_Process(Owner(self.client, svid)) for svid in range(_PROCESSES)]
        self._state = 1
        self._notifies = False
        self._cookie = 0
        # As Linux does: what it has taken it does not wait for, so it refuses that.
        self._forgets = number % 2 == 0

    def actions(self) -> list[tuple[int, Callable[[], Awaitable[None]]]]:
        """Return what it does, each with a weight."""
        return [
            (14, self.lock),
            (7, self.unlock),
            (6, self.attend),
            (3, self.test),
            (1, self.reboot),
        ]

    def looks(self) -> list[tuple[int, Callable[[], Awaitable[None]]]]:
        """Return what a client does that changes nothing."""
        return [(4, self.test)]

    # Asking

    async def lock(self) -> None:
        """Ask for a lock; some requests wait."""
        process = self._idle()
        if process is None:
            return
        wanted = self._draw(process.owner)
        if not wanted.exclusive:
            # Whoever asks to read where it writes cannot count on writing any more.
            self._book.lets_go(process.owner, wanted.inode, wanted.start, wanted.end, SHARED)
        began = self._book.asks(wanted)
        waits = self._random.random() < _WAITS
        if waits:
            process.wait_for(wanted)
        try:
            outcome = await self._ask(process, wanted, waits)
        except NoRoom:
            process.stop_waiting()
            self._settle(process)
            raise
        self._answered(process, wanted, outcome, began)

    async def _ask(self, process: _Process, wanted: Wanted, waits: bool) -> Outcome:
        callback = self._callback() if waits else None
        state = self._state

        async def lock(volume: RunningVolume, request: bytes) -> Locked:
            result = await volume.locks.lock(ROOT, wanted, b"oh", state, True, callback, request)
            if result.outcome == Outcome.GRANTED:
                check_locked(self._caller.machine.in_sync(), wanted)
            return result

        what = f"lock {_words(wanted)}{' and wait' if waits else ''}"
        return Outcome((await self._caller.change(what, lock, keep=False)).outcome)

    def _answered(self, process: _Process, wanted: Wanted, outcome: Outcome, began: int) -> None:
        """Take the answer to a LOCK; meanwhile the lock may have been granted by a call."""
        if outcome is Outcome.GRANTED:
            process.stop_waiting()
            self._book.has(wanted)
        elif outcome is Outcome.BLOCKED:
            self._book.check_taken(wanted, began)
        else:
            process.stop_waiting()
            self._book.check_taken(wanted, began)
            if outcome is Outcome.DEADLOCK and not self._book.of(process.owner).anything:
                raise Mismatch(f"{wanted} closes a circle, and its owner has nothing")
            if outcome is Outcome.LIMIT:
                raise Mismatch(f"{wanted}: there are not so many locks")
        self._settle(process)

    def _settle(self, process: _Process) -> None:
        if not self._notifies:
            self._book.settle(process.owner, process.waiting)

    def _idle(self) -> _Process | None:
        idle = [process for process in self._processes if process.waiting is None]
        return self._random.choice(idle) if idle else None

    def _draw(self, owner: Owner) -> Wanted:
        inode = self._file()
        believed = [
            place
            for place, mode in enumerate(self._book.of(owner).file(inode).modes[:_BYTES])
            if mode == SHARED
        ]
        if believed and self._random.random() < _UPGRADES:
            start = self._random.choice(believed)
            return Wanted(inode, owner, start, start + 1, True)
        start, end = self._range()
        return Wanted(inode, owner, start, end, self._random.random() < 0.6)

    def _range(self) -> tuple[int, int]:
        start = self._random.randrange(_BYTES)
        if self._random.random() < 0.2:
            return start, END
        return start, min(start + self._random.choice((1, 2, 4, 8, 16)), _BYTES)

    def _file(self) -> int:
        """Return a file; mostly the same one, for there they meet."""
        return self._files[self._random.random() < 0.2]

    @property
    def _files(self) -> tuple[int, int]:
        return self._place.board, self._place.journal

    def _callback(self) -> Callback:
        self._cookie += 1
        cookie = self._cookie.to_bytes(4, "big")
        return Callback(b"handle", b"oh", cookie, 0, 0, 4, "tcp", "10.0.0.100")

    async def test(self) -> None:
        """Ask what is in the way."""
        wanted = self._draw(self._random.choice(self._processes).owner)
        began = self._book.looks()
        found = await self._caller.ask(
            f"test {_words(wanted)}", lambda volume: volume.locks.test(wanted)
        )
        if found is None:
            self._book.check_free(wanted, began)
            return
        self._book.check_taken(wanted, began)
        meets = found.start < wanted.end and wanted.start < found.end
        if found.owner == wanted.owner or not meets or not (found.exclusive or wanted.exclusive):
            raise Mismatch(f"{found} is not in the way of {wanted}")

    # Being called

    def granted(self, offer: Offer) -> bool:
        """Take a GRANTED, and answer it."""
        wanted = offer.wanted
        process = self._processes[wanted.owner.svid]
        if offer.number in process.taken:
            return not self._forgets and self._book.of(wanted.owner).believes(wanted)
        if process.waiting != wanted:
            return False
        process.taken[offer.number] = wanted
        self._book.has(wanted)
        process.stop_waiting()
        return True

    # Freeing

    async def unlock(self) -> None:
        """Free something."""
        process = self._idle()
        if process is not None:
            start, end = self._range() if self._random.random() < 0.7 else (0, END)
            await self._unlock(process, self._file(), start, end)

    async def _unlock(self, process: _Process, inode: int, start: int, end: int) -> None:
        owner = process.owner
        self._book.lets_go(owner, inode, start, end)

        async def unlock(volume: RunningVolume, request: bytes) -> None:
            await volume.locks.unlock(inode, owner, start, end, request)
            check_unlocked(self._caller.machine.in_sync(), inode, owner, start, end)

        await self._freeing(f"unlock {inode} {start} {end}", unlock)
        self._settle(process)

    async def _freeing(self, what: str, call: Call[T]) -> T:
        try:
            return await self._caller.change(what, call, keep=False)
        except NoRoom:
            raise Mismatch(f"{what}: refused for want of room") from None

    async def attend(self) -> None:
        """Do something about a lock that is waited for: ask again, or give up."""
        waiting = [each for each in self._processes if each.waiting is not None]
        if not waiting:
            return
        process = self._random.choice(waiting)
        wanted = process.waiting
        assert wanted is not None
        if self._random.random() < _POLLS:
            began = self._book.asks(wanted)
            outcome = await self._ask(process, wanted, True)
            if process.waiting is not None or outcome is Outcome.GRANTED:
                self._answered(process, wanted, outcome, began)
            return
        # From now on it refuses what is granted to it.
        process.stop_waiting()
        await self._caller.machine.scheduler.world.sleep(_GIVES_UP_S * self._random.random())
        await self._freeing(
            f"cancel {_words(wanted)}",
            lambda volume, request: volume.locks.cancel(wanted, request),
        )
        self._settle(process)

    async def reboot(self) -> None:
        """Reboot: whatever it had is gone; NOTIFY comes soon, or after some new locks."""
        for process in self._processes:
            process.stop_waiting()
            process.taken.clear()
            for inode in self._files:
                self._book.lets_go(process.owner, inode, 0, END)
        self._state += 2
        self._notifies = True
        if self._random.random() < _NOTIFIES_LATE:
            await self.lock()
        await self.notify()

    async def notify(self) -> None:
        """Tell that it has rebooted, if it has."""
        if not self._notifies:
            return
        address, name = self.client
        state = self._state
        await self._caller.ask(
            f"notify {state}", lambda volume: volume.locks.rebooted(address, name, state)
        )
        self._notifies = False
        for process in self._processes:
            self._settle(process)

    # At the end

    def doing(self) -> str:
        """Say what its processes wait for."""
        waiting = [each.waiting for each in self._processes if each.waiting is not None]
        return ", ".join(map(_words, waiting)) or "no lock"

    async def check_all(self) -> None:
        """Compare what the volume says it has with what it believes."""
        await self.notify()
        lines = await self._caller.ask("list locks", _listing)
        for process in self._processes:
            self._check(process, [each for each in lines if each.wanted.owner == process.owner])

    def _check(self, process: _Process, lines: Sequence[Listed]) -> None:
        found = {inode: [NONE] * PLACES for inode in self._files}
        for line in lines:
            wanted = line.wanted
            # An offer that it has heard of is its own, even if its answer is still on the way.
            taken = wanted in process.taken.values() and wanted != process.waiting
            if line.state == "held" or taken:
                for place in places_of(wanted.start, wanted.end):
                    modes = found[wanted.inode]
                    modes[place] = max(modes[place], mode_of(wanted.exclusive))
            elif line.state == "waiting" and wanted != process.waiting:
                raise Mismatch(f"{wanted} waits, and its owner does not")
        for inode, modes in found.items():
            believed = self._book.of(process.owner).file(inode).modes
            for place, (has, believes) in enumerate(zip(modes, believed, strict=True)):
                if has < believes or (has and not believes):
                    text = f"{process.owner} believes in {believed} on {inode}, and has {modes}"
                    raise Mismatch(f"{text}; see place {place}")

    async def finish(self) -> None:
        """Free everything; whoever waits is served, for nobody is in the way for ever."""
        await gather(*(step(self._finish(process)) for process in self._processes))

    async def _finish(self, process: _Process) -> None:
        if process.waiting is not None:
            await process.granted
        for inode in self._book.of(process.owner).files:
            await self._unlock(process, inode, 0, END)


async def _listing(volume: RunningVolume) -> Sequence[Listed]:
    if volume.failure is not None:
        raise FsError(FsCode.TRY_LATER)
    return volume.locks.listing()


def _words(wanted: Wanted) -> str:
    kind = "X" if wanted.exclusive else "S"
    return f"{wanted.inode} {wanted.start} {wanted.end} {kind} of {wanted.owner.svid}"
