"""What the coordinator keeps of a pool and its volumes, as frozen values and as JSON.

=========================  =================================================================
record                     content
=========================  =================================================================
``pool``                   the pool's id and the key that its file handles are signed with
``volume/NAME``            a volume: id, state, replica sets with their bricks, options
``exports``                the next free export id
``export/VOLUME/DIGEST``   the id of one exported directory, for good
=========================  =================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, unique
from pathlib import Path
from typing import Any, Final

from nfsgw.backend.coordinator.api import CoordinatorFailed
from nfsgw.backend.volume.options import OPTIONS

__all__ = ["BrickPlace", "PoolRecord", "State", "VolumeRecord", "volume_name"]

FORMAT_VERSION: Final = 1


@unique
class State(Enum):
    """What an administrator wants of a volume."""

    CREATED = "created"
    STARTED = "started"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class BrickPlace:
    """A brick and where it is.

    :param id: 32 hexadecimal digits.
    :param name: ``HOST:/directory`` as the administrator wrote it.
    """

    id: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class PoolRecord:
    """The pool.

    :param id: 32 hexadecimal digits.
    :param handle_key: 32 bytes; file handles are signed with it, so it outlives every gateway.
    """

    id: str
    handle_key: bytes

    def to_json(self) -> dict[str, Any]:
        """Return the record's value."""
        return {"format": FORMAT_VERSION, "id": self.id, "handle_key": self.handle_key.hex()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> PoolRecord:
        """Read the record's value.

        :raises CoordinatorFailed: it is damaged, or a newer version's.
        """
        _check_format("pool", value)
        try:
            return cls(str(value["id"]), bytes.fromhex(value["handle_key"]))
        except (KeyError, TypeError, ValueError):
            raise CoordinatorFailed("the pool's record is damaged") from None


@dataclass(frozen=True, slots=True)
class VolumeRecord:
    """A volume.

    :param id: the 64-bit file-system id, drawn at random once.
    :param sets: replica sets by number, each with its bricks.
    :param options: those that were set; the others have their defaults.
    """

    name: str
    id: int
    state: State
    sets: Mapping[int, tuple[BrickPlace, ...]]
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def bricks(self) -> tuple[BrickPlace, ...]:
        """Return the bricks of all sets."""
        return tuple(brick for number in sorted(self.sets) for brick in self.sets[number])

    def option(self, name: str) -> str | int:
        """Return an option's value: a word, or a number of bytes or seconds."""
        option = OPTIONS[name]
        return option.parse(self.options.get(name, option.default))

    def number(self, name: str) -> int:
        """Return the value of an option that is a number."""
        value = self.option(name)
        assert isinstance(value, int)
        return value

    def to_json(self) -> dict[str, Any]:
        """Return the record's value."""
        return {
            "format": FORMAT_VERSION,
            "name": self.name,
            "id": f"{self.id:016x}",
            "state": self.state.value,
            "sets": {
                str(number): [
                    {"id": brick.id, "name": brick.name, "path": str(brick.path)}
                    for brick in bricks
                ]
                for number, bricks in self.sets.items()
            },
            "options": dict(self.options),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> VolumeRecord:
        """Read the record's value.

        :raises CoordinatorFailed: it is damaged, or a newer version's.
        """
        _check_format(f"volume {value.get('name')!r}", value)
        try:
            sets = {
                int(number): tuple(
                    BrickPlace(brick["id"], brick["name"], Path(brick["path"])) for brick in bricks
                )
                for number, bricks in value["sets"].items()
            }
            return cls(
                name=value["name"],
                id=int(value["id"], 16),
                state=State(value["state"]),
                sets=sets,
                options=dict(value["options"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise CoordinatorFailed(f"the record of {value.get('name')!r} is damaged") from None


def _check_format(what: str, value: Mapping[str, Any]) -> None:
    if value.get("format") != FORMAT_VERSION:
        raise CoordinatorFailed(
            f"the record of the {what} has format {value.get('format')!r}; this software knows "
            f"format {FORMAT_VERSION}"
        )


def volume_name(name: str) -> str:
    """Return the name of a volume's record."""
    return f"volume/{name}"
