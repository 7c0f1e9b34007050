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

__all__ = ["OPTIONS", "UNBUILT", "BadOption", "Kind", "Option", "OptionNotBuilt", "check_option"]


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


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    :param default: in the form in which it would be set.
    :param least: smallest number, in bytes or seconds; ``most``: the largest.
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
        """Return the value: a word, or a number of bytes or seconds.

        :raises BadOption: it is not a value of this option.
        """
        text = text.strip()
        if self.kind is Kind.CHOICE:
            if text.lower() not in self.choices:
                raise BadOption(f"{self.name}: {text!r} is not one of {', '.join(self.choices)}")
            return text.lower()
        units = _SIZES if self.kind is Kind.SIZE else _TIMES
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
        names = ("TiB", "GiB", "MiB", "KiB") if self.kind is Kind.SIZE else ("d", "h", "min")
        units = _SIZES if self.kind is Kind.SIZE else _TIMES
        for name in names:
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
    )
}

UNBUILT: Final = frozenset(
    (
        "cluster.home-depth",
        "cluster.min-free-disk",
        "cluster.quorum-count",
        "cluster.quorum-type",
        "features.quota",
        "features.scrub",
        "network.ping-timeout",
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
