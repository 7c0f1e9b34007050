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
from nfsgw.backend.replica import receiving
from nfsgw.backend.replica.fetching import Fetching
from nfsgw.backend.replica.shipping import Shipping
from nfsgw.errors import FsError
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
)
