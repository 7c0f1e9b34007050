"""Between wire structures and the backend's words."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import NewAttributes, ServerTime
from nfsgw.errors import FsCode, FsError
from nfsgw.nfs3.wire import (
    OFFSET_MAX,
    new_attributes,
    new_name,
    time_bytes,
)
from nfsgw.xdr.generated import nfs3 as x


def _sattr(
    *,
    mode: int | None = None,
    uid: int | None = None,
    gid: int | None = None,
    size: int | None = None,
    atime: x.set_atime | None = None,
    mtime: x.set_mtime | None = None,
) -> x.sattr3:
    return x.sattr3(
        mode=mode,
        uid=uid,
        gid=gid,
        size=size,
        atime=atime or x.set_atime(x.DONT_CHANGE),
        mtime=mtime or x.set_mtime(x.DONT_CHANGE),
    )


def test_nothing_set() -> None:
    """A client that sets nothing changes nothing."""
    assert new_attributes(_sattr()) == NewAttributes()


def test_everything_set() -> None:
    """Each attribute comes through, times as the eight bytes that are stored."""
    wanted = _sattr(
        mode=0o100755,
        uid=1,
        gid=2,
        size=3,
        atime=x.set_atime(x.SET_TO_SERVER_TIME),
        mtime=x.set_mtime(x.SET_TO_CLIENT_TIME, x.nfstime3(1, 2)),
    )
    assert new_attributes(wanted) == NewAttributes(
        mode=0o755, uid=1, gid=2, size=3, atime=ServerTime.NOW, mtime=b"\0\0\0\1\0\0\0\2"
    )


def test_zero_is_a_value() -> None:
    """Mode 0, uid 0 and size 0 are set, not left alone."""
    found = new_attributes(_sattr(mode=0, uid=0, gid=0, size=0))
    assert found == NewAttributes(mode=0, uid=0, gid=0, size=0)


@pytest.mark.parametrize("nanoseconds", [1_000_000_000, 0xFFFFFFFF])
def test_impossible_time(nanoseconds: int) -> None:
    """A time with more nanoseconds than a second has is INVAL."""
    with pytest.raises(FsError) as raised:
        time_bytes(x.nfstime3(0, nanoseconds))
    assert raised.value.code is FsCode.INVAL


def test_largest_size() -> None:
    """The largest size of FSINFO can be asked for, one byte more cannot."""
    assert new_attributes(_sattr(size=OFFSET_MAX)).size == OFFSET_MAX
    with pytest.raises(FsError) as raised:
        new_attributes(_sattr(size=OFFSET_MAX + 1))
    assert raised.value.code is FsCode.FBIG


@pytest.mark.parametrize("name", [b"", b"/", b"a/b", b"\0", b"a\0"])
def test_impossible_names(name: bytes) -> None:
    """Names that no client could show are ACCES."""
    with pytest.raises(FsError) as raised:
        new_name(x.diropargs3(b"", name))
    assert raised.value.code is FsCode.ACCES


@pytest.mark.parametrize("name", [b".", b"..", b"\xff\xfe", b" ", b"\\", b"n" * 1000])
def test_other_names_are_the_backends(name: bytes) -> None:
    """Everything else is passed on as it came."""
    assert new_name(x.diropargs3(b"", name)) == name
