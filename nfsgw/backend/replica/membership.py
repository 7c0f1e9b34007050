"""Who belongs to a set: its record in the coordinator, and the rules by which it changes.

=============  ==================================================================================
epoch          grows by one with each takeover; there is one primary in an epoch, so a caller's
               epoch also says who it is
primary        the brick that orders the set's changes; None before the first takeover
in_sync        bricks that have everything that was ever acknowledged, the primary among them;
               never empty
members        all bricks of the set
replacing      new brick -> the one whose place it takes when it is in sync
=============  ==================================================================================

Every change is a compare-and-swap on the version that its decision was made on.  It is made by

1. an in-sync brick, to become primary (:meth:`Membership.take_over`), once its grant to the old
   one has run out; the same step takes the old primary out of ``in_sync``;
2. the primary, to drop a member that does not answer or to admit one that has caught up;
3. an administrator, to add, replace or remove a brick.

A swap whose outcome is unknown is tried again, on what is read then, until a later one is known to
have succeeded or to have come too late: a coordinator that has lost its answer may carry it out
after it has been read.  So when a change ends, with or without an error, it is certain whether it
took effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from nfsgw.backend.brick.starting import CallLater, Delayed
from nfsgw.backend.coordinator.api import Conflict, Coordinator, CoordinatorFailed
from nfsgw.errors import NfsgwError
from nfsgw.waiting import Wait

__all__ = [
    "FORMAT_VERSION",
    "Membership",
    "NotPrimary",
    "Refused",
    "SetRecord",
    "set_name",
]

FORMAT_VERSION: Final = 1

_CONFLICTS_MAX: Final = 100
_PAUSE_S: Final = 1.0
"""Between two tries to read a coordinator that cannot be reached."""


class NotPrimary(NfsgwError):
    """The caller is not the primary any more; nothing was changed."""


class Refused(NfsgwError):
    """The set's record does not allow this change; the message says why."""


@dataclass(frozen=True, slots=True)
class SetRecord:
    """What the coordinator knows of a set; see the module."""

    epoch: int
    primary: str | None
    in_sync: tuple[str, ...]
    members: tuple[str, ...]
    replacing: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the record as the coordinator keeps it."""
        return {
            "format": FORMAT_VERSION,
            "epoch": self.epoch,
            "primary": self.primary,
            "in_sync": list(self.in_sync),
            "members": list(self.members),
            "replacing": dict(self.replacing),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> SetRecord:
        """Read a record.

        :raises CoordinatorFailed: a newer version wrote it, or it is damaged.
        """
        if value.get("format") != FORMAT_VERSION:
            raise CoordinatorFailed(
                f"the record of a replica set has format {value.get('format')!r}; this software "
                f"knows format {FORMAT_VERSION}"
            )
        try:
            primary = value["primary"]
            record = cls(
                int(value["epoch"]),
                None if primary is None else str(primary),
                tuple(str(brick) for brick in value["in_sync"]),
                tuple(str(brick) for brick in value["members"]),
                {str(new): str(old) for new, old in value["replacing"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise CoordinatorFailed("the record of a replica set is damaged") from None
        if not record.in_sync or not set(record.in_sync) <= set(record.members):
            raise CoordinatorFailed("the record of a replica set contradicts itself")
        return record


def set_name(volume_id: int, number: int) -> str:
    """Return the name of a set's record in the coordinator."""
    return f"set/{volume_id:016x}/{number}"


# The rules, each a function of the record: it returns the next one, or the same if there is
# nothing to do.


def _taken_over(record: SetRecord, brick: str, above: int) -> SetRecord:
    if brick not in record.in_sync:
        raise Refused(f"brick {brick} is not in sync, so it cannot become primary")
    in_sync = tuple(each for each in record.in_sync if each == brick or each != record.primary)
    epoch = max(record.epoch, above) + 1
    taken = replace(record, epoch=epoch, primary=brick, in_sync=in_sync)
    return _completed(taken)


def _check_primary(record: SetRecord, epoch: int) -> None:
    if record.primary is None or record.epoch != epoch:
        raise NotPrimary(f"the set's epoch is {record.epoch}, not {epoch}")


def _dropped(record: SetRecord, epoch: int, brick: str) -> SetRecord:
    _check_primary(record, epoch)
    if brick == record.primary:
        raise Refused("a primary cannot drop itself")
    return replace(record, in_sync=_without(record.in_sync, brick))


def _admitted(record: SetRecord, epoch: int, brick: str) -> SetRecord:
    _check_primary(record, epoch)
    if brick not in record.members:
        raise Refused(f"brick {brick} does not belong to the set any more")
    if brick in record.in_sync:
        return record
    return _completed(replace(record, in_sync=(*record.in_sync, brick)))


def _completed(record: SetRecord) -> SetRecord:
    """Let bricks go whose replacements are in sync, but never the primary."""
    while True:
        for new, old in record.replacing.items():
            if new in record.in_sync and old != record.primary:
                break
        else:
            return record
        replacing = dict(record.replacing)
        del replacing[new]
        if old in replacing:
            # It was to take the place of another one itself.
            replacing[new] = replacing.pop(old)
        record = replace(
            record,
            in_sync=_without(record.in_sync, old),
            members=_without(record.members, old),
            replacing=replacing,
        )


def _with_member(record: SetRecord, brick: str) -> SetRecord:
    if brick in record.members:
        return record
    return replace(record, members=(*record.members, brick))


def _replaced(record: SetRecord, old: str, new: str) -> SetRecord:
    if record.replacing.get(new) == old or (new in record.members and old not in record.members):
        return record
    if old not in record.members:
        raise Refused(f"brick {old} does not belong to the set")
    if new in record.members:
        raise Refused(f"brick {new} belongs to the set already")
    if old in record.replacing.values():
        raise Refused(f"brick {old} is being replaced already")
    at = record.members.index(old)
    replacing = dict(record.replacing)
    if old in record.in_sync:
        members = (*record.members[: at + 1], new, *record.members[at + 1 :])
        replacing[new] = old
    else:
        members = (*record.members[:at], new, *record.members[at + 1 :])
        if old in replacing:
            # It was to take the place of another one, and that is now for the new one to do.
            replacing[new] = replacing.pop(old)
    return replace(record, members=members, replacing=replacing)


def _without_member(record: SetRecord, brick: str) -> SetRecord:
    if brick not in record.members:
        return record
    in_sync = _without(record.in_sync, brick)
    if not in_sync:
        raise Refused(f"no brick but {brick} is in sync, so it cannot be removed")
    if brick == record.primary:
        raise Refused(f"brick {brick} is the primary: another one must take over first")
    replacing = {new: old for new, old in record.replacing.items() if brick not in (new, old)}
    members = _without(record.members, brick)
    return replace(record, in_sync=in_sync, members=members, replacing=replacing)


def _without(bricks: tuple[str, ...], brick: str) -> tuple[str, ...]:
    return tuple(each for each in bricks if each != brick)


Rule = Callable[[SetRecord, Sequence[SetRecord]], SetRecord]
"""(record, what this change has tried to make of it with unknown outcome) -> the next record."""


class Membership:
    """A set's record, as one process sees and changes it.

    Changes of one process are made one after the other.  One whose outcome is unknown takes as
    long as the coordinator is away, or until :meth:`close`.  Besides :class:`NotPrimary` and
    :class:`Refused` all raise CoordinatorFailed: the record cannot be read; nothing was changed.

    :param volume_id: the file-system id.
    :param number: of the set in its volume.
    """

    def __init__(
        self, coordinator: Coordinator, volume_id: int, number: int, call_later: CallLater
    ) -> None:
        self._coordinator = coordinator
        self._name = set_name(volume_id, number)
        self._call_later = call_later
        self._version = 0
        self._record: SetRecord | None = None
        self._changing = False
        self._queue: list[Wait[None]] = []
        self._closed = False
        self._pausing: tuple[Delayed, Wait[None]] | None = None

    @property
    def record(self) -> SetRecord:
        """Return the record as it was last read or written; only after :meth:`load`."""
        assert self._record is not None, "the set's record was not loaded"
        return self._record

    async def load(self, members: Sequence[str]) -> SetRecord:
        """Read the record; if there is none, make the first one, with all ``members`` in sync.

        :raises CoordinatorFailed: it cannot be read, or this software does not know its format.
        """
        assert members, "a set without bricks"
        first = SetRecord(0, None, tuple(members), tuple(members))
        return await self._change(lambda record, _: record, first)

    async def refresh(self) -> SetRecord:
        """Read the record again."""
        return await self._change(lambda record, _: record)

    async def take_over(self, brick: str, above: int = 0) -> int:
        """Make an in-sync brick the primary of a new epoch, which is returned.

        The old primary, if that is another brick, is not in sync any more.

        :param above: the highest epoch that the bricks themselves know of, for sets whose first
            record was made when their bricks had a history already.
        :raises Refused: the brick is not in sync.
        """

        def rule(record: SetRecord, tried: Sequence[SetRecord]) -> SetRecord:
            # Only this brick makes itself primary, so the epoch is that of the try that succeeded.
            if record.primary == brick and any(each.epoch == record.epoch for each in tried):
                return record
            return _taken_over(record, brick, above)

        return (await self._change(rule)).epoch

    async def drop(self, epoch: int, brick: str) -> None:
        """Let a brick not be in sync any more: it lacks what is acknowledged from now on.

        :param epoch: the caller's.
        :raises NotPrimary: it is not the set's.
        :raises Refused: it is the primary itself.
        """
        await self._change(lambda record, _: _dropped(record, epoch, brick))

    async def admit(self, epoch: int, brick: str) -> None:
        """Count a brick as in sync: it has everything, and nothing is acknowledged without it.

        If it takes the place of another brick, that one leaves the set in the same step; but a
        primary stays until another brick has taken over.

        :param epoch: the caller's.
        :raises NotPrimary: it is not the set's.
        :raises Refused: the brick was removed from the set meanwhile.
        """
        await self._change(lambda record, _: _admitted(record, epoch, brick))

    async def add_member(self, brick: str) -> None:
        """Add a brick, which is not in sync yet."""
        await self._change(lambda record, _: _with_member(record, brick))

    async def replace(self, old: str, new: str) -> None:
        """Put a new brick in the place of an old one.

        An old one that is in sync stays until the new one is, any other one goes at once.

        :raises Refused: the old one is not in the set or being replaced already, or the new one is
            in it for another reason.
        """
        await self._change(lambda record, _: _replaced(record, old, new))

    async def remove_member(self, brick: str) -> None:
        """Remove a brick, which may be in sync.

        :raises Refused: it is the primary, or no other brick is in sync.
        """
        await self._change(lambda record, _: _without_member(record, brick))

    def close(self) -> None:
        """End what waits for the coordinator, with CoordinatorFailed: its outcome is unknown."""
        self._closed = True
        if self._pausing is not None:
            timer, over = self._pausing
            timer.cancel()
            over.resolve(None)

    async def _change(self, rule: Rule, first: SetRecord | None = None) -> SetRecord:
        """Change the record by a rule, and return what it is then.

        :param first: the record to make if there is none.
        """
        while self._changing:
            turn: Wait[None] = Wait()
            self._queue.append(turn)
            await turn
        self._changing = True
        try:
            return await self._change_alone(rule, first)
        finally:
            self._changing = False
            if self._queue:
                self._queue.pop(0).resolve(None)

    async def _change_alone(self, rule: Rule, first: SetRecord | None) -> SetRecord:
        if self._closed:
            raise CoordinatorFailed("this set is closed")
        tried: list[SetRecord] = []
        conflicts = 0
        while True:
            found = await self._read(until_it_can=bool(tried))
            if found is not None:
                wanted = rule(found, tried)
            elif first is not None:
                wanted = first
            else:
                raise CoordinatorFailed(f"the record {self._name!r} is gone")
            if wanted == found:
                return found
            if conflicts == _CONFLICTS_MAX:
                raise CoordinatorFailed(f"others change the record {self._name!r} all the time")
            try:
                self._version = await self._coordinator.swap(
                    self._name, self._version, wanted.to_json()
                )
            except Conflict:
                # What was tried on this version or an earlier one is in the record now, or cannot
                # come into it any more.
                conflicts += 1
            except CoordinatorFailed:
                tried.append(wanted)
                await self._pause()
            else:
                self._record = wanted
                return wanted

    async def _read(self, until_it_can: bool) -> SetRecord | None:
        while True:
            try:
                stored = await self._coordinator.get(self._name)
                break
            except CoordinatorFailed:
                if not until_it_can:
                    raise
            await self._pause()
        if stored is None:
            self._version = 0
            return None
        record = SetRecord.from_json(stored.value)
        self._version = stored.version
        self._record = record
        return record

    async def _pause(self) -> None:
        if not self._closed:
            over: Wait[None] = Wait()
            timer = self._call_later(_PAUSE_S, partial(over.resolve, None))
            self._pausing = (timer, over)
            await over
            self._pausing = None
        if self._closed:
            raise CoordinatorFailed("stopped before the coordinator could be reached again")
