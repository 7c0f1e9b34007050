"""File handles that nobody was given, or that were spoilt: they never open anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nfsgw.errors import FsCode, FsError
from nfsgw.exports.handle import HandleCodec
from tests.fuzz.arguments import TARGETS, Aim, aims, arguments_of
from tests.fuzz.effort import effort
from tests.fuzz.gateway import DEMO, OTHER, Gateway, Row, rows
from tests.fuzz.population import Population

_ROWS = [row for row in rows() if row.program.number in (100_003, 100_227) and row.arguments]
_GONE = TARGETS[TARGETS.index("removed file") :]


def _with_handle(arguments: Any, handle: Aim) -> Any:  # noqa: ANN401 - any procedure's
    """Return arguments with ``handle`` in place of every handle."""
    if isinstance(arguments, Aim):
        return handle
    if dataclasses.is_dataclass(arguments) and not isinstance(arguments, type):
        changed = {
            each.name: _with_handle(getattr(arguments, each.name), handle)
            for each in dataclasses.fields(arguments)
        }
        return dataclasses.replace(arguments, **changed)
    return arguments


@pytest.fixture(scope="module")
def population(gateway: Gateway) -> Population:
    """Return files that these tests do not change: none of their calls may get that far."""
    return Population(gateway)


@pytest.mark.parametrize("row", _ROWS, ids=repr)
def test_handle_that_we_did_not_make_is_bad(population: Population, row: Row) -> None:
    """Bytes that are not exactly a handle of ours are answered BADHANDLE by every procedure."""

    @effort(20)
    @given(
        arguments=arguments_of(row.program.number, row.arguments),
        handle=aims() | st.binary(max_size=64).map(lambda noise: Aim("root", ("", 0, noise))),
    )
    def is_bad(arguments: object, handle: Aim) -> None:
        assume(population.shoot(handle) not in population.handles.values())
        reply = population.call(row, _with_handle(arguments, handle))
        assert reply.status == "BADHANDLE"
        assert not list(_attributes(reply.result))

    is_bad()


@pytest.mark.parametrize("row", _ROWS, ids=repr)
def test_handle_that_was_ours_opens_nothing(population: Population, row: Row) -> None:
    """The handle of what is gone is answered STALE, unless the other arguments are wrong too."""

    @effort(15)
    @given(
        arguments=arguments_of(row.program.number, row.arguments), target=st.sampled_from(_GONE)
    )
    def opens_nothing(arguments: object, target: str) -> None:
        reply = population.call(row, _with_handle(arguments, Aim(target)))
        assert reply.status == "STALE" or reply.status in _WRONG_ARGUMENTS.get(row.row.name, ())
        assert not list(_attributes(reply.result)), "attributes of a file that is gone"

    opens_nothing()


_OF_A_NAME = frozenset({"ACCES", "NAMETOOLONG", "INVAL", "EXIST", "FBIG"})
_WRONG_ARGUMENTS = {
    "SETATTR": {"INVAL", "FBIG"},
    "LOOKUP": {"ACCES", "NAMETOOLONG"},
    "READ": {"INVAL"},
    "WRITE": {"INVAL", "FBIG"},
    "CREATE": _OF_A_NAME,
    "MKDIR": _OF_A_NAME,
    "SYMLINK": _OF_A_NAME,
    "MKNOD": _OF_A_NAME | {"BADTYPE"},
    "REMOVE": _OF_A_NAME | {"ISDIR"},
    "RMDIR": _OF_A_NAME | {"NOTEMPTY"},
    "RENAME": _OF_A_NAME,
    "LINK": _OF_A_NAME,
    "READDIR": {"BAD_COOKIE", "TOOSMALL"},
    "READDIRPLUS": {"BAD_COOKIE", "TOOSMALL"},
    "SETACL": {"INVAL"},
}
"""What can be told of wrong arguments without looking at the file."""


_SHOWN = ("attributes", "attr", "before", "after")


def _attributes(result: Any) -> Iterator[bytes]:  # noqa: ANN401 - any procedure's
    """Yield all attributes in a result."""
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        for each in dataclasses.fields(result):
            value = getattr(result, each.name)
            if isinstance(value, bytes) and each.name.endswith(_SHOWN):
                yield value
            yield from _attributes(value)


@pytest.mark.parametrize("row", _ROWS, ids=repr)
def test_handle_of_a_foreign_export_is_refused(population: Population, row: Row) -> None:
    """A handle that another client was given does not work for this one."""

    @effort(5)
    @given(arguments=arguments_of(row.program.number, row.arguments))
    def is_refused(arguments: object) -> None:
        reply = population.call(row, _with_handle(arguments, Aim("private root")))
        assert reply.status == "ACCES"

    is_refused()


_CODEC = HandleCodec(bytes(range(32)))
_numbers = st.integers(0, (1 << 64) - 1)


@effort(200)
@given(noise=st.binary(max_size=64) | st.binary(min_size=32, max_size=32))
def test_codec_refuses_noise(noise: bytes) -> None:
    """No string of 0 to 64 bytes that came from elsewhere is taken for a handle."""
    with pytest.raises(FsError) as caught:
        _CODEC.decode(noise)
    assert caught.value.code is FsCode.BADHANDLE


@effort(200)
@given(
    export=st.integers(0, (1 << 32) - 1),
    volume=_numbers | st.sampled_from([DEMO, OTHER]),
    inode=_numbers,
    damage=aims().filter(lambda aim: aim.damage is not None),
    other_key=st.booleans(),
)
def test_codec_tells_every_change(
    export: int, volume: int, inode: int, damage: Aim, other_key: bool
) -> None:
    """A handle is read as it was made; changed anywhere, or from another pool, it is refused."""
    handle = _CODEC.encode(export, volume, inode)
    assert len(handle) == 32
    assert _CODEC.decode(handle) == (export, volume, inode)
    if other_key:
        spoilt = HandleCodec(bytes(32)).encode(export, volume, inode)
    else:
        spoilt = damage.spoil(handle)
    assume(spoilt != handle)
    with pytest.raises(FsError) as caught:
        _CODEC.decode(spoilt)
    assert caught.value.code is FsCode.BADHANDLE
