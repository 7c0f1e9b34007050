"""Options of a volume: their names, kinds, defaults and units.

Names follow Gluster's where there is one.  Values are kept as the text that the administrator
wrote, in canonical form, and turned into numbers where they are used.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique
from typing import Final

from nfsgw.errors import NfsgwError

__all__ = [
    "BRICKS_MAX",
    "OPTIONS",
    "UNBUILT",
    "BadOption",
    "Kind",
    "Option",
    "OptionNotBuilt",
    "check_option",
    "check_quorum",
]

BRICKS_MAX: Final = 16
"""Copies that a replica set may have."""


class BadOption(NfsgwError):
    """An option or its value is wrong; the message says what would be right."""


class OptionNotBuilt(BadOption):
    """An option that this version knows of, but cannot do yet."""


@unique
class Kind(Enum):
    """What an option's text means."""

    CHOICE = "one of a few words"
    SIZE = "bytes, with KiB, MiB, GiB or TiB"
    SECONDS = "seconds, with s, min, h or d"
    COUNT = "a whole number"


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    :param default: in the form in which it would be set.
    :param least: smallest number (of bytes, seconds or things); ``most``: the largest.
    :param choices: of a CHOICE.
    """

    name: str
    kind: Kind
    default: str
    text: str
    least: int = 0
    most: int = 1 << 62
    choices: tuple[str, ...] = ()

    def parse(self, text: str) -> str | int:
        """Return the value: a word, or a number (of bytes, seconds or things).

        :raises BadOption: it is not a value of this option.
        """
        text = text.strip()
        if self.kind is Kind.CHOICE:
            if text.lower() not in self.choices:
                raise BadOption(f"{self.name}: {text!r} is not one of {', '.join(self.choices)}")
            return text.lower()
        units = _UNITS[self.kind]
        match = re.fullmatch(r"(\d{1,18})\s*([A-Za-z]*)", text)
        factor = units.get(match[2].lower()) if match else None
        if match is None or factor is None:
            raise BadOption(
                f"{self.name}: {text!r} is not {self.kind.value} (such as {self.default})"
            )
        number = int(match[1]) * factor
        if not self.least <= number <= self.most:
            least, most = (self._written(bound) for bound in (self.least, self.most))
            raise BadOption(f"{self.name}: {text} is not between {least} and {most}")
        return number

    def _written(self, number: int) -> str:
        """Return a number as an administrator would write it: ``"16KiB"``, ``"1h"``."""
        units = _UNITS[self.kind]
        for name in _WRITTEN[self.kind]:
            if number and number % units[name.lower()] == 0:
                return f"{number // units[name.lower()]}{name}"
        return str(number)


_SIZES: Final = {
    "": 1,
    "b": 1,
    **{unit: 1 << 10 for unit in ("k", "kb", "kib")},
    **{unit: 1 << 20 for unit in ("m", "mb", "mib")},
    **{unit: 1 << 30 for unit in ("g", "gb", "gib")},
    **{unit: 1 << 40 for unit in ("t", "tb", "tib")},
}
_TIMES: Final = {"": 1, "s": 1, "sec": 1, "min": 60, "h": 3600, "d": 86400}
_UNITS: Final[Mapping[Kind, Mapping[str, int]]] = {
    Kind.SIZE: _SIZES,
    Kind.SECONDS: _TIMES,
    Kind.COUNT: {"": 1},
}
_WRITTEN: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.SIZE: ("TiB", "GiB", "MiB", "KiB"),
    Kind.SECONDS: ("d", "h", "min"),
    Kind.COUNT: (),
}


OPTIONS: Final[Mapping[str, Option]] = {
    option.name: option
    for option in (
        Option(
            "storage.durability",
            Kind.CHOICE,
            "durable",
            "durable: answered changes survive a loss of power; none: only the daemon's own death",
            choices=("durable", "none"),
        ),
        Option(
            "storage.reserve",
            Kind.SIZE,
            "64MiB",
            "room on a brick's disk below which nothing may grow",
        ),
        Option(
            "storage.inline-size",
            Kind.SIZE,
            "8KiB",
            "files up to this size are kept with their metadata",
            most=16 << 10,
        ),
        Option(
            "storage.atime",
            Kind.CHOICE,
            "relatime",
            "relatime: access times are kept as Linux's relatime does; off: never",
            choices=("relatime", "off"),
        ),
        Option(
            "cluster.log-size",
            Kind.SIZE,
            "64MiB",
            "how large the log of changes may become, from which a brick catches up",
            least=1 << 20,
        ),
        Option(
            "cluster.log-age",
            Kind.SECONDS,
            "1h",
            "how far back the log of changes reaches at most",
            least=1,
        ),
        Option(
            "cluster.quorum-type",
            Kind.CHOICE,
            "auto",
            "bricks in sync below which changes are refused: none: 1; auto: half of them; fixed: "
            "cluster.quorum-count",
            choices=("none", "auto", "fixed"),
        ),
        Option(
            "cluster.quorum-count",
            Kind.COUNT,
            "0",
            "bricks that must be in sync, for quorum-type fixed",
            most=BRICKS_MAX,
        ),
        Option(
            "network.ping-timeout",
            Kind.SECONDS,
            "5s",
            "a brick that has not answered for so long is dropped",
            least=1,
            most=300,
        ),
    )
}

UNBUILT: Final = frozenset(
    (
        "cluster.home-depth",
        "cluster.min-free-disk",
        "features.quota",
        "features.scrub",
        "performance.cache-size",
        "performance.flush-behind",
    )
)
"""Names that belong to later versions; setting one says so instead of doing nothing."""


def check_option(name: str, text: str) -> str:
    """Return the option's value in the form in which it is kept.

    :raises OptionNotBuilt: the option belongs to a later version.
    :raises BadOption: there is no such option (the nearest is named), or the value is wrong.
    """
    option = OPTIONS.get(name)
    if option is not None:
        option.parse(text)
        return " ".join(text.split())
    if name in UNBUILT:
        raise OptionNotBuilt(f"{name} is not built yet; nothing was changed")
    near = difflib.get_close_matches(name, [*OPTIONS, *UNBUILT], n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(OPTIONS))}"
    raise BadOption(f"there is no option {name!r}{hint}")


def check_quorum(options: Mapping[str, str], bricks: int) -> None:
    """Look whether the options of quorum agree with each other and with the number of bricks.

    :param options: those that are set, as a volume keeps them.
    :raises BadOption: ``fixed`` without a count that so many bricks can reach.
    """
    kind, count = (
        OPTIONS[name].parse(options.get(name, OPTIONS[name].default))
        for name in ("cluster.quorum-type", "cluster.quorum-count")
    )
    if kind == "fixed" and not 1 <= int(count) <= bricks:
        most = "1" if bricks == 1 else f"from 1 to {bricks}"
        raise BadOption(
            f"cluster.quorum-type fixed needs a cluster.quorum-count that can be reached, {most},"
            f" not {count}; set both at once: cluster.quorum-type fixed cluster.quorum-count N"
        )
