"""Bugs to be planted: each must be found by the simulator, or a checker is missing.

Each is a context manager that changes production code, and comes with the plans in which it can
show at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from nfsgw.backend.brick.brick import Brick
from nfsgw.backend.brick.bytes.extents import OpenExtents
from nfsgw.backend.brick.bytes.files import DataFile
from nfsgw.backend.brick.bytes.writing import Writing
from nfsgw.backend.brick.pending import PendingView
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import EXTENT_BYTES
from nfsgw.backend.locks import asking, releasing
from nfsgw.backend.locks.table import LockTable
from nfsgw.backend.locks.volume_locks import VolumeLocks
from nfsgw.backend.replica import receiving
from nfsgw.backend.replica.fetching import Fetching
from nfsgw.backend.replica.shipping import Shipping
from nfsgw.errors import FsError
from nfsgw.waiting import step
from tests.simulation.plan import Plan, make_plan
from tests.simulation.run import Failed, run_plan

__all__ = ["BUGS", "Bug", "catch"]

RUNS_MAX = 300
_LATE_S = 0.02


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug.

    :param plant: makes it, for as long as it is entered.
    :param shows: says whether it can show in a plan.
    """

    name: str
    plant: Callable[[], Any]
    shows: Callable[[Plan], bool]


def catch(bug: Bug) -> str | None:
    """Run seeds with a bug until one catches it; return what was found, None if none did.

    A seed that fails without the bug too does not count.
    """
    runs = 0
    seed = 0
    while runs < RUNS_MAX:
        plan = make_plan(seed)
        seed += 1
        if not bug.shows(plan):
            continue
        runs += 1
        found = _failure(plan, bug)
        if found is not None and _failure(plan, None) is None:
            return f"run {runs}, seed {plan.seed}: {found}"
    return None


def _failure(plan: Plan, bug: Bug | None) -> str | None:
    try:
        if bug is None:
            run_plan(plan)
        else:
            with bug.plant():
                run_plan(plan)
    except Failed as error:
        return str(error)
    return None


def _kinds(*kinds: str) -> Callable[[Plan], bool]:
    return lambda plan: any(fault.kind in kinds for fault in plan.faults)


@contextmanager
def acknowledge_early() -> Iterator[None]:
    """Answer a change when the primary has committed it, whatever the others do."""
    begin = Shipping.begin

    def early(self: Shipping, records: Sequence[Record], done: Any) -> None:  # noqa: ANN401
        begin(self, records, done)
        self._others = None

    with patch.object(Shipping, "begin", early):
        yield


@contextmanager
def apply_out_of_order() -> Iterator[None]:
    """Let a secondary apply the records of a batch in the wrong order."""
    append = receiving.append

    def reversed_(
        transaction: Any,  # noqa: ANN401
        records: Sequence[Record],
        *args: Any,  # noqa: ANN401
    ) -> None:
        turned = [
            replace(record, changes=other.changes, request=other.request, result=other.result)
            for record, other in zip(records, reversed(records), strict=True)
        ]
        append(transaction, turned, *args)

    with patch.object(receiving, "append", reversed_):
        yield


@contextmanager
def show_early() -> Iterator[None]:
    """Show a change before the commit point has passed it."""

    async def read(self: Brick, function: Callable[..., Any], *args: Any) -> Any:  # noqa: ANN401
        return function(PendingView(self._snapshot or self._begin(), self._pending), *args)

    with patch.object(Brick, "read", read):
        yield


@contextmanager
def forget_verifier() -> Iterator[None]:
    """Answer with the same verifier whatever happens."""
    with patch.object(Brick, "_make_verifier", lambda self: bytes(8)):
        yield


@contextmanager
def drop_reply() -> Iterator[None]:
    """Keep no reply in the record of a change."""
    make = Brick._make_record

    def forgetful(
        self: Brick,
        change: Any,  # noqa: ANN401
        request: bytes | None,
        result: object,
        early: bool,
    ) -> None:
        make(self, change, None, result, early)

    with patch.object(Brick, "_make_record", forgetful):
        yield


@contextmanager
def size_before_data() -> Iterator[None]:
    """Put bytes into the data files after the record that makes them visible."""
    put, put_everywhere = Writing._put_bytes, Writing._put_everywhere

    def late(self: Writing, record: bytes, file: DataFile, offset: int, data: bytes) -> None:
        def now() -> None:
            with suppress(FsError, OSError):
                put(self, record, file, offset, data)

        self._means.call_later(_LATE_S, now)

    async def late_everywhere(
        self: Writing, record: bytes, file: DataFile, offset: int, data: bytes
    ) -> None:
        async def later() -> None:
            with suppress(FsError, OSError):
                await put_everywhere(self, record, file, offset, data)

        self._means.call_later(_LATE_S, lambda: self._means.tasks.start(later()))

    with (
        patch.object(Writing, "_put_bytes", late),
        patch.object(Writing, "_put_everywhere", late_everywhere),
    ):
        yield


@contextmanager
def name_no_extent() -> Iterator[None]:
    """Write into extents without the record that they are being written."""

    async def name(self: OpenExtents, inode: int, numbers: list[int]) -> None:
        self.add((inode, number) for number in numbers)

    with patch.object(OpenExtents, "_name", name):
        yield


@contextmanager
def compare_when_joining() -> Iterator[None]:
    """Bring over only those extents whose page cache differs."""
    fetch = Fetching._fetch_one

    async def compare(self: Fetching, inode: int, number: int) -> None:
        wanted = [(number, EXTENT_BYTES)]
        ours = await self._source.checksums(inode, wanted)
        theirs = await self._member.checksums(self._epoch, inode, wanted)
        if ours != theirs:
            await fetch(self, inode, number)
            return
        self._missing.remove((inode, number))
        self._unsettled.append((inode, number))

    with patch.object(Fetching, "_fetch_one", compare):
        yield


@contextmanager
def grant_early() -> Iterator[None]:
    """Answer a LOCK when its record has been made, whether it is committed or not."""
    run = VolumeLocks._run

    async def early(
        self: VolumeLocks,
        operation: Callable[..., Any],
        *args: Any,  # noqa: ANN401
        **named: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        found: list[Any] = []

        def noted(*of: Any) -> Any:  # noqa: ANN401
            found.append(operation(*of))
            return found[0]

        wait = step(run(self, noted, *args, **named))
        if operation is asking.lock and found:
            return found[0]
        return await wait

    with patch.object(VolumeLocks, "_run", early):
        yield


@contextmanager
def forget_offers() -> Iterator[None]:
    """Tell nobody of the offers that a new primary, or a new daemon, finds."""
    serve = VolumeLocks.serve

    def silent(self: VolumeLocks, *args: Any) -> None:  # noqa: ANN401
        with patch.object(VolumeLocks, "_tell", lambda self, offer: None):
            serve(self, *args)

    with (
        patch.object(VolumeLocks, "serve", silent),
        patch.object(VolumeLocks, "watch", lambda self, watcher: self._watchers.append(watcher)),
    ):
        yield


@contextmanager
def keep_locks_in_memory() -> Iterator[None]:
    """Let a new primary go on with the table of locks of the one before it."""
    load = VolumeLocks._load
    tables: dict[int, Any] = {}

    def kept(self: VolumeLocks, brick: Any) -> None:  # noqa: ANN401
        load(self, brick)
        serving = self._serving
        if serving is not None:
            serving.table = tables.setdefault(id(self), serving.table)

    with patch.object(VolumeLocks, "_load", kept):
        yield


@contextmanager
def decline_for_nobody() -> Iterator[None]:
    """Offer what a client declines to nobody else."""

    def drop(change: Any, table: LockTable, request: Any) -> None:  # noqa: ANN401
        table.remove_request(change, request)

    with patch.object(releasing, "_drop", drop):
        yield


@contextmanager
def replace_younger_locks() -> Iterator[None]:
    """Let an offer that is answered late replace whatever its owner has locked since."""

    def accept(change: Any, table: LockTable, offer: Any) -> None:  # noqa: ANN401
        table.remove_request(change, offer)
        releasing.take(change, table, offer.wanted.inode, offer.held)

    with patch.object(releasing, "_accept", accept):
        yield


@contextmanager
def free_new_life() -> Iterator[None]:
    """Free what a client has locked since it rebooted, too."""
    free = releasing._free

    def all_of_it(change: Any, table: LockTable, client: Any, _: int | None) -> int:  # noqa: ANN401
        return free(change, table, client, None)

    with patch.object(releasing, "_free", all_of_it):
        yield


@contextmanager
def see_no_circle() -> Iterator[None]:
    """Let owners wait for each other."""
    with patch.object(asking, "closes_circle", lambda table, wanted: False):
        yield


def _replicated(plan: Plan) -> bool:
    return plan.bricks > 1


def _always(plan: Plan) -> bool:
    return True


BUGS = (
    Bug("acknowledge early", acknowledge_early, _replicated),
    Bug("apply out of order", apply_out_of_order, _replicated),
    Bug("show early", show_early, _kinds("slow-trap")),
    Bug("forget the verifier", forget_verifier, _kinds("kill", "power", "trap", "power-trap")),
    Bug("drop the reply", drop_reply, _always),
    Bug("size before data", size_before_data, _always),
    Bug("name no extent", name_no_extent, _always),
    Bug(
        "compare when joining",
        compare_when_joining,
        lambda plan: plan.durable and plan.bricks > 1 and _kinds("fail-sync")(plan),
    ),
    Bug("grant early", grant_early, _replicated),
    Bug("forget offers", forget_offers, _kinds("kill", "power", "trap", "power-trap")),
    Bug(
        "keep locks in memory",
        keep_locks_in_memory,
        lambda plan: plan.bricks > 1 and _kinds("hang", "fail-commit", "away", "read-only")(plan),
    ),
    Bug("decline for nobody", decline_for_nobody, _always),
    Bug("replace younger locks", replace_younger_locks, _always),
    Bug("free the new life", free_new_life, _always),
    Bug("see no circle", see_no_circle, _always),
)
