"""What all clients share: a directory, a board on which each has a slot, and a journal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nfsgw.backend.api import ROOT, CreateMode, NewAttributes, Stability
from nfsgw.backend.brick.schema import size_of
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait
from tests.simulation.calling import Caller, NoRoom
from tests.simulation.model import BLOCK, Ledger, Mismatch, SharedName
from tests.simulation.private import MODE, bytes_of, list_names

__all__ = ["SharedPlace", "SharedWork"]

_NAMES_MAX = 6
_BLOCKS_MAX = 120


class SharedPlace:
    """Where the shared things are, once the first client has made them.

    :ivar board: a file with a block for each client, which holds a number that only grows.
    :ivar journal: a file that the first client appends numbered blocks to.
    """

    def __init__(self) -> None:
        self.directory = 0
        self.board = 0
        self.journal = 0
        self._ready: list[Wait[None]] = []
        self._is_ready = False

    async def ready(self) -> None:
        """Return when everything is there."""
        if not self._is_ready:
            wait: Wait[None] = Wait()
            self._ready.append(wait)
            await wait

    async def make(self, caller: Caller, root: int) -> None:
        """Make everything."""
        made = await caller.change(
            "mkdir shared",
            lambda volume, request: volume.mkdir(ROOT, root, b"shared", NewAttributes(), request),
        )
        self.directory = made.inode
        self.board = await self._file(caller, root, b"board")
        self.journal = await self._file(caller, root, b"journal")
        self._is_ready = True
        for wait in self._ready:
            wait.resolve(None)

    async def _file(self, caller: Caller, root: int, name: bytes) -> int:
        made = await caller.change(
            f"create {name.decode()}",
            lambda volume, request: volume.create(
                ROOT, root, name, CreateMode.GUARDED, MODE, None, request
            ),
        )
        return made.inode


class SharedWork:
    """What one client does with what all share.

    :param number: of the client; the first one keeps the journal.
    """

    def __init__(self, caller: Caller, ledger: Ledger, place: SharedPlace, number: int) -> None:
        self._caller = caller
        self._random = caller.random
        self._ledger = ledger
        self._place = place
        self._number = number
        self._own: list[bytes] = []
        self._counter = 0

    def actions(self) -> list[tuple[int, Callable[[], Awaitable[None]]]]:
        """Return what it does, each with a weight."""
        return [
            (4, self.add_name),
            (3, self.remove_name),
            (3, self.check_names),
            (3, self.check_name),
            (6, self.post),
            (8, self.check_board),
            (6 if self._number == 0 else 0, self.append),
            (4, self.check_journal),
        ]

    def looks(self) -> list[tuple[int, Callable[[], Awaitable[None]]]]:
        """Return what a client does that changes nothing."""
        return [
            (3, self.check_names),
            (6, self.check_name),
            (8, self.check_board),
            (4, self.check_journal),
        ]

    # The directory

    async def add_name(self) -> None:
        """Create a file whose name nobody uses."""
        if len(self._own) >= _NAMES_MAX:
            return
        self._counter += 1
        name = f"n{self._number}-{self._counter}".encode()
        known = self._ledger.names[name] = SharedName(self._ledger.now())
        try:
            await self._caller.change(
                f"create shared {name.decode()}",
                lambda volume, request: volume.create(
                    ROOT, self._place.directory, name, CreateMode.GUARDED, MODE, None, request
                ),
            )
        except NoRoom:
            del self._ledger.names[name]
            raise
        known.present = known.present or self._ledger.now()
        self._own.append(name)

    async def remove_name(self) -> None:
        """Remove one of its files."""
        if not self._own:
            return
        name = self._own.pop(self._random.randrange(len(self._own)))
        known = self._ledger.names[name]
        known.removing = self._ledger.now()
        await self._caller.change(
            f"remove shared {name.decode()}",
            lambda volume, request: volume.remove(ROOT, self._place.directory, name, request),
        )
        known.absent = known.absent or self._ledger.now()

    async def check_names(self) -> None:
        """List the directory."""
        began = self._ledger.now()
        names = await list_names(self._caller, self._place.directory, "list shared")
        self._ledger.check_listing(names, began)

    async def check_name(self) -> None:
        """Look one name up."""
        if not self._ledger.names:
            return
        name = self._random.choice(list(self._ledger.names)[-8:])
        began = self._ledger.now()
        try:
            await self._caller.ask(
                f"look up {name.decode()}",
                lambda volume: volume.lookup(ROOT, self._place.directory, name),
            )
            found = True
        except FsError as error:
            if error.code is not FsCode.NOENT:
                raise
            found = False
        if name in self._ledger.names:
            self._ledger.check_name(name, found, began, self._ledger.now())

    # The board

    async def post(self) -> None:
        """Raise the number in its slot."""
        slot = self._ledger.slot(self._number)
        slot.sent += 1
        value = slot.sent
        data = value.to_bytes(8, "big") * (BLOCK // 8)
        await self._caller.change(
            f"post {value}",
            lambda volume, request: volume.write(
                ROOT,
                self._place.board,
                self._number * BLOCK,
                data,
                Stability.FILE_SYNC,
                request,
            ),
        )
        slot.known = max(slot.known, value)

    async def check_board(self) -> None:
        """Read all slots."""
        ledger = self._ledger
        floors = {number: slot.known for number, slot in ledger.slots.items()}
        board = self._place.board
        ctime = ledger.ctime_floor(board)
        read = await self._caller.ask(
            "read board", lambda volume: volume.read(ROOT, board, 0, 8 * BLOCK)
        )
        ledger.saw_attributes(board, read.attributes, ctime)
        data = bytes_of(read.data)
        for number, slot in ledger.slots.items():
            block = data[number * BLOCK : (number + 1) * BLOCK]
            if block != block[:8] * (len(block) // 8):
                raise Mismatch(f"slot {number} is torn: {block!r}")
            value = int.from_bytes(block[:8], "big")
            slot.check(value, floors.get(number, 0), f"slot {number}")

    # The journal

    async def append(self) -> None:
        """Append a block."""
        journal = self._ledger.journal
        if journal.sent >= _BLOCKS_MAX:
            return
        number = journal.sent
        journal.sent += 1
        try:
            await self._caller.change(
                f"append {number}",
                lambda volume, request: volume.write(
                    ROOT,
                    self._place.journal,
                    number * BLOCK,
                    _entry(number),
                    Stability.FILE_SYNC,
                    request,
                ),
            )
        except NoRoom:
            journal.sent -= 1
            raise
        journal.known = max(journal.known, number + 1)

    async def check_journal(self) -> None:
        """Read the end of the journal, or all of it: no block of it may be missing."""
        ledger = self._ledger
        floor = ledger.journal.known
        inode = self._place.journal
        ctime = ledger.ctime_floor(inode)
        first = self._random.choice((0, max(0, floor - 4)))
        read = await self._caller.ask(
            "read journal",
            lambda volume: volume.read(ROOT, inode, first * BLOCK, _BLOCKS_MAX * BLOCK),
        )
        ledger.saw_attributes(inode, read.attributes, ctime)
        data = bytes_of(read.data)
        count = size_of(read.attributes) // BLOCK
        ledger.journal.check(count, floor, "the journal")
        if len(data) != (count - first) * BLOCK:
            raise Mismatch(f"the journal has {count} blocks and gives {len(data)} bytes")
        for number in range(first, count):
            at = (number - first) * BLOCK
            if data[at : at + BLOCK] != _entry(number):
                raise Mismatch(f"block {number} of the journal is {data[at : at + 16]!r}...")

    async def check_all(self) -> None:
        """Look at everything."""
        await self.check_names()
        await self.check_board()
        await self.check_journal()


def _entry(number: int) -> bytes:
    return (number + 1).to_bytes(8, "big") * (BLOCK // 8)
