"""Hostile arguments of every type: right in form, wrong in every other way.

The form comes from the specifications, the same that the codecs are made from, so a new procedure
is fuzzed without a line here.  What a type means (an offset, a name, a handle) is told by its name
there.  Handles stay symbols (:class:`Aim`) until a population of files exists.
"""

# Values of all types go through here.
# ruff: noqa: ANN401
from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

import nfsgw.xdr
from nfsgw.xdr.compiler.model import (
    Array,
    Enumeration,
    Linked,
    Opaque,
    Optional,
    Primitive,
    Reference,
    Resolved,
    Specification,
    Structure,
    Type,
    Typedef,
    Union,
)
from nfsgw.xdr.compiler.parser import parse
from nfsgw.xdr.generated.nfsacl import aclent

__all__ = ["TARGETS", "Aim", "aims", "aimed", "arguments_of"]

_SPECIFICATIONS: Final = Path(nfsgw.xdr.__file__).parent / "spec"

TARGETS: Final = (
    "root",
    "directory",
    "full directory",
    "file",
    "large file",
    "empty file",
    "link",
    "fifo",
    "device",
    "sealed file",
    "readonly root",
    "readonly file",
    "squashed root",
    "other root",
    "other file",
    # From here on nothing may be opened.
    "private root",
    "removed file",
    "removed directory",
    "no such inode",
    "inode 0",
    "no such export",
    "other volume",
)
"""What a handle can stand for; :mod:`tests.fuzz.population` makes them."""


@dataclass(frozen=True)
class Aim:
    """A file handle that is still to be made.

    :param target: what it stands for.
    :param damage: takes the true handle and spoils it; None leaves it whole.
    """

    target: str
    damage: tuple[str, int, bytes] | None = None

    def spoil(self, handle: bytes) -> bytes:
        """Return the handle as it is sent."""
        if self.damage is None:
            return handle
        kind, number, noise = self.damage
        match kind:
            case "flip":
                number %= 8 * len(handle)
                mask = (1 << number).to_bytes(len(handle), "big")
                return bytes(a ^ b for a, b in zip(handle, mask, strict=True))
            case "cut":
                return handle[: number % len(handle)]
            case "extend":
                return (handle + noise)[:64] if noise else handle + b"\0"
            case "overwrite":
                number %= len(handle)
                return (handle[:number] + noise + handle[number + len(noise) :])[:64]
        return noise


_DAMAGES = st.tuples(
    st.sampled_from(["flip", "cut", "extend", "overwrite", "noise"]),
    st.integers(0, 255),
    st.binary(max_size=64),
)


def aims(whole_only: bool = False, likely: tuple[str, ...] = TARGETS) -> st.SearchStrategy[Aim]:
    """Return a strategy for handles; most are whole, so that calls get anywhere.

    :param likely: what every other handle stands for.
    """
    targets = st.sampled_from(likely) | st.sampled_from(TARGETS)
    whole = st.builds(Aim, targets)
    if whole_only:
        return whole
    damaged = st.builds(Aim, targets, _DAMAGES)
    return st.sampled_from(10 * [whole] + [damaged]).flatmap(lambda strategy: strategy)


def aimed(value: Any, shoot: Callable[[Aim], bytes]) -> Any:
    """Return arguments with every :class:`Aim` made a handle by ``shoot``."""
    if isinstance(value, Aim):
        return shoot(value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value,
            **{each.name: aimed(getattr(value, each.name), shoot) for each in fields(value)},
        )
    return value


# What names of the specifications stand for

_DIRECTORIES: Final = ("directory", "full directory", "root", "readonly root", "squashed root")
_FILES_AIMED_AT: Final = ("file", "large file", "empty file")
_LIKELY: Final = {
    "diropargs3.dir": _DIRECTORIES,
    "READDIR3args.dir": _DIRECTORIES,
    "READDIRPLUS3args.dir": _DIRECTORIES,
    "READ3args.file": _FILES_AIMED_AT,
    "WRITE3args.file": _FILES_AIMED_AT,
    "COMMIT3args.file": _FILES_AIMED_AT,
    "SETATTR3args.object": _FILES_AIMED_AT,
    "LINK3args.file": _FILES_AIMED_AT,
    "READLINK3args.symlink": ("link",),
    "GETACL3args.fh": (*_FILES_AIMED_AT, *_DIRECTORIES),
    "SETACL3args.fh": (*_FILES_AIMED_AT, *_DIRECTORIES),
}
"""What a handle stands for at some places, every other time: else most calls end at once."""

_HANDLES: Final = frozenset(
    f"{kind}.fh" for kind in ("nlm_lock", "nlm4_lock", "nlm_share", "nlm4_share")
)
"""Places of handles whose type does not say so."""

_EDGES: Final = (0, 1, 2, 3, 7, 8, 511, 512, 1023, 4095, 4096, 4097, 65535, 65536, 131072, 1 << 20)


def _numbers(bits: int) -> st.SearchStrategy[int]:
    edges = {(1 << power) + step for power in range(7, bits + 1) for step in (-1, 0, 1)} | set(
        _EDGES
    )
    known = sorted(edge for edge in edges if edge < 1 << bits)
    return st.sampled_from(known) | st.integers(0, (1 << bits) - 1)


_KNOWN_NAMES: Final = (
    b"file", b"large", b"empty", b"link", b"fifo", b"device", b"sealed", b"full", b"child",
    b"new", b"newer", b"..", b".", b"", b"readonly", b"directory",
)  # fmt: skip
_ODD_NAMES: Final = (
    b"/", b"a/b", b"../outside", b"/etc/passwd", b"\0", b"a\0b", b"\xff\xfe", b"\n", b" ", b"-rf",
    b"%s%n", b"x" * 255, b"x" * 256, b"y" * 4096, b"z" * 70_000, b"...", "\u202e".encode(), b"con",
)  # fmt: skip
_NAMES: Final = (
    st.sampled_from(_KNOWN_NAMES) | st.sampled_from(_ODD_NAMES) | st.binary(max_size=20)
)
_PATHS: Final = st.sampled_from(
    (
        b"file", b"../../../etc/passwd", b"/etc/passwd", b".", b"", b"link", b"\0", b"a" * 4096,
        b"a" * 4097, b"b/" * 2048, b"c" * 100_000,
    )
) | st.binary(max_size=40)  # fmt: skip
_MOUNT_PATHS: Final = st.sampled_from(
    (
        b"/demo", b"/other", b"/demo/readonly", b"/demo/private", b"/demo/squashed", b"/", b"",
        b"demo", b"//demo//", b"/demo/../other", b"/demo/../../etc", b"/../..", b"/demo/.",
        b"/demo\0", b"/dem", b"/demo/readonly/file", b"/" * 1024, b"/demo" + b"/a" * 509,
        b"/demo/" + b"x" * 300, b"\xff", b"/demo/\xff\xfe",
    )
) | st.binary(max_size=1024)  # fmt: skip
_TEXTS: Final = st.sampled_from(
    (
        b"tcp", b"udp", b"tcp6", b"udp6", b"local", b"", b"ticlts", b"0.0.0.0.8.1", b"::.8.1",
        b"127.0.0.1.255.255", b"1.2.3.4.256.1", b"1.2.3.4.-1.5", b"1.2.3.4", b".", b"....", b"::",
        b"fe80::1%eth0.1.1", b"%.1.1", b"::%.1.1", b"/run/x.sock", b"\xff\xfe.1.1",
        "\u0661.1.1.1.1.1".encode(), b"9" * 300, b"1." * 5000, b"x" * 100_000, b"\0", b"superuser",
    )
) | st.binary(max_size=40)  # fmt: skip
_PORT_MAPPER_NUMBERS: Final = st.sampled_from(
    (0, 1, 2, 3, 4, 6, 17, 111, 2049, 65535, 65536, 100_003, 100_005, 100_021, 100_024, 100_227,
     300_000, (1 << 31) - 1, 1 << 31, (1 << 32) - 1)
) | st.integers(0, (1 << 32) - 1)  # fmt: skip
_HOSTS: Final = st.sampled_from(
    (b"client", b"192.0.2.7", b"::1", b"", b"\0", b"a b", b"\xff\xfe", b"../x", b"x" * 255,
     b"x" * 256, b"x" * 1024)
) | st.binary(max_size=1024)  # fmt: skip
_LOCK_MANAGERS: Final = st.sampled_from((100_021, 100_021, 100_021, 0, -1, 100_005)) | st.integers(
    -(1 << 31), (1 << 31) - 1
)
_LENGTHS: Final = st.sampled_from([0, 1, 2, 3, 4, 5, 63, 4095, 4096, 4097, 40_000, 70_000])
_DATA: Final = st.builds(lambda size, byte: bytes([byte]) * size, _LENGTHS, st.integers(0, 255))
_OFFSETS: Final = st.sampled_from([0, 1, 4095, 4096, 65536, 131072]) | _numbers(64)
_SIZES: Final = st.sampled_from([0, 1, 100, 4095, 4096, 4097, 65536, 131072]) | _numbers(64)
_SOCKET_ADDRESSES: Final = (
    st.builds(
        lambda family, rest: family.to_bytes(2, "little") + rest,
        st.sampled_from([0, 1, 2, 10, 65535]),
        st.binary(max_size=30),
    )
    | st.binary(max_size=40)
    | st.just(bytes(100_000))
)

_ACL_MASKS: Final = st.integers(0, 15) | _numbers(32)
_ACL_BITS: Final = st.integers(0, 7)
_ACL_NAMED: Final = st.sampled_from((2, 8))
_ACL_LENGTHS: Final = st.sampled_from((500, 508, 509, 600))


@st.composite
def _acls(draw: st.DrawFn, flag: int) -> list[aclent]:
    """Return entries that are an ACL more often than not; anything else is refused at once."""
    entries = [aclent(tag, 0, draw(_ACL_BITS)) for tag in (1, 4, 16, 32)]
    ids = st.integers(998, 1002) | _numbers(32)
    entries += [aclent(draw(_ACL_NAMED), draw(ids), 7) for _ in range(draw(st.integers(0, 4)))]
    if draw(st.integers(0, 5)) == 0:
        tag = draw(st.integers(0, 64) | _numbers(32))
        entries.append(aclent(tag, draw(ids), draw(_ACL_BITS | _numbers(32))))
    if not flag and draw(st.integers(0, 9)) == 0:
        entries += [aclent(2, number, 4) for number in range(draw(_ACL_LENGTHS))]
    entries = draw(st.permutations(entries)) if len(entries) < 20 else entries
    return [replace(entry, type=entry.type & 0xFFFFEFFF | flag) for entry in entries]


_BY_NAME: Final[dict[str, st.SearchStrategy[Any]]] = {
    "filename3": _NAMES,
    "nfspath3": _PATHS,
    "offset3": _OFFSETS,
    "size3": _SIZES,
    "mode3": st.sampled_from([0, 0o644, 0o7777, 0o4755, 0o170000, 0o107777]) | _numbers(32),
    "uid3": st.sampled_from([0, 1000, 65534]) | _numbers(32),
    "gid3": st.sampled_from([0, 1000, 65534]) | _numbers(32),
    "cookie3": st.sampled_from([0, 0, 1, 2, 3, 4, (1 << 63) - 1]) | _numbers(64),
    "cookieverf3": st.sampled_from([bytes(8), bytes(8), bytes(8), b"\xff" * 8])
    | st.binary(min_size=8, max_size=8),
    "dirpath": _MOUNT_PATHS,
    "rpcb_string": _TEXTS,
}
"""Typedefs whose name says more than their form does."""

_LOCKING: Final = ("nlm_lock", "nlm4_lock", "nlm_share", "nlm4_share")
_CALLER_NAMES: Final = st.sampled_from(
    (b"alpha", b"alpha", b"beta", b"", b"a" * 255, b"a" * 256, b"a" * 1024, b"\0", b"\xff\n")
) | st.binary(max_size=300)  # fmt: skip
_LOCKED: Final = st.sampled_from([0, 0, 1, 10, 100, 1 << 31]) | _numbers(32)
_LOCKED_64: Final = _LOCKED | _numbers(64)
_SVIDS: Final = st.sampled_from([1, 1, 2, 3, (1 << 32) - 1])

_BY_FIELD: Final[dict[str, st.SearchStrategy[Any]]] = {
    "WRITE3args.data": _DATA,
    "GETACL3args.mask": _ACL_MASKS,
    "secattr.mask": _ACL_MASKS,
    "secattr.acl": _acls(0),
    "secattr.dfacl": _acls(0x1000),
    "netbuf.buf": _SOCKET_ADDRESSES,
    **{f"rpcb.{name}": _TEXTS for name in ("r_netid", "r_addr", "r_owner")},
    **{f"rpcb.{name}": _PORT_MAPPER_NUMBERS for name in ("r_prog", "r_vers")},
    **{f"mapping.{name}": _PORT_MAPPER_NUMBERS for name in ("prog", "vers", "prot", "port")},
    **{f"{kind}.caller_name": _CALLER_NAMES for kind in _LOCKING},
    **{f"{kind}.name": _CALLER_NAMES for kind in ("nlm_notify", "nlm4_notify")},
    **{f"{kind}.svid": _SVIDS for kind in _LOCKING},
    **{f"nlm_lock.{name}": _LOCKED for name in ("l_offset", "l_len")},
    **{f"nlm4_lock.{name}": _LOCKED_64 for name in ("l_offset", "l_len")},
    **{f"{name}.mon_name": _HOSTS for name in ("sm_name", "mon_id", "stat_chge")},
    "my_id.my_name": _HOSTS,
    "my_id.my_prog": _LOCK_MANAGERS,
}


def _counted(arguments: Any, right: bool) -> Any:
    """Return WRITE's arguments with a count that is right; a wrong one is refused at once."""
    return replace(arguments, count=len(arguments.data)) if right else arguments


def _acls_counted(acls: Any, right: bool) -> Any:
    """Return what SETACL sets with counts that are right."""
    return replace(acls, aclcnt=len(acls.acl), dfaclcnt=len(acls.dfacl)) if right else acls


class _Arguments:
    """Strategies for the types of one specification."""

    def __init__(self, name: str, whole_only: bool) -> None:
        text = (_SPECIFICATIONS / f"{name}.x").read_text("utf-8")
        self.specification: Specification = parse(text, name)
        self._module = importlib.import_module(f"nfsgw.xdr.generated.{name}")
        self._whole_only = whole_only

    def values(self, kind: Type | Resolved, where: str = "") -> st.SearchStrategy[Any]:
        """Return a strategy for values of a type, at a place of a structure."""
        if where in _BY_FIELD:
            return _BY_FIELD[where]
        if where in _HANDLES:
            return aims(self._whole_only, _FILES_AIMED_AT)
        while isinstance(kind, Reference):
            if kind.name == "nfs_fh3":
                return aims(self._whole_only, _LIKELY.get(where, TARGETS))
            if kind.name in _BY_NAME:
                return _BY_NAME[kind.name]
            definition = self.specification.definitions[kind.name]
            kind = definition.type if isinstance(definition, Typedef) else definition
        match kind:
            case Structure():
                made = getattr(self._module, kind.name)
                built = st.builds(
                    made, *(self.values(m.type, f"{kind.name}.{m.name}") for m in kind.fields)
                )
                if kind.name == "WRITE3args":
                    return st.builds(_counted, built, st.sampled_from([True, True, True, False]))
                if kind.name == "secattr":
                    return st.builds(_acls_counted, built, st.sampled_from([*[True] * 9, False]))
                return built
            case Union():
                return self._union(kind)
            case Optional():
                return st.none() | self.values(kind.element)
            case Array() | Linked():
                count = kind.count if isinstance(kind, Array) else None
                return st.lists(
                    self.values(kind.element),
                    min_size=count or 0,
                    max_size=6 if count is None else count,
                )
        return self._plain(kind)

    @staticmethod
    def _plain(kind: Resolved) -> st.SearchStrategy[Any]:
        match kind:
            case Primitive(name="bool"):
                return st.booleans()
            case Primitive(code="I" | "Q"):
                return _numbers(8 * kind.size)
            case Primitive():
                half = 1 << 8 * kind.size - 1
                return _numbers(8 * kind.size).map(lambda number: number - half)
            case Enumeration():
                return st.sampled_from([value for _, value in kind.members])
            case Opaque(count=int(count)):
                return st.binary(min_size=count, max_size=count)
            case Opaque():
                return st.binary(max_size=min(kind.bound or 70, 70))
        raise AssertionError(kind)

    def _union(self, union: Union) -> st.SearchStrategy[Any]:
        made = getattr(self._module, union.name)
        switch = self.specification.resolve(union.discriminant.type)
        if isinstance(switch, Enumeration):
            possible = {value for _, value in switch.members}
        else:
            possible = {0, 1}
        listed = {value for arm in union.arms for value in arm.values}
        choices = []
        for arm in union.arms:
            values = sorted(arm.values or possible - listed)
            if not values:
                continue
            content = {}
            if arm.field is not None:
                where = f"{union.name}.{arm.field.name}"
                content = {arm.field.name: self.values(arm.field.type, where)}
            choices.append(st.builds(made, st.sampled_from(values), **content))
        return st.one_of(choices)


_FILES: Final = {
    100_000: ("portmap", "rpcbind"),
    100_003: ("nfs3",),
    100_005: ("mount",),
    100_021: ("nlm",),
    100_024: ("sm_inter",),
    100_227: ("nfsacl",),
}


_arguments = cache(_Arguments)


@cache
def arguments_of(program: int, name: str, whole_only: bool = False) -> st.SearchStrategy[Any]:
    """Return a strategy for the arguments of a procedure.

    :param name: the type's name in the program's specification; empty is void.
    :param whole_only: handles are not damaged.
    """
    if not name:
        return st.none()
    for file in _FILES[program]:
        arguments = _arguments(file, whole_only)
        if name in arguments.specification.definitions:
            return arguments.values(Reference(name))
    raise AssertionError(f"no specification defines {name}")
