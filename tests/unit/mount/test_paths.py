"""Paths that strangers send to MNT."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.errors import FsCode, FsError
from nfsgw.mount.paths import join_names, split_path


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (b"/web", (b"web",)),
        (b"web", (b"web",)),
        (b"//web///a/", (b"web", b"a")),
        (b"/./web/.", (b"web",)),
        (b"/web/a/../b", (b"web", b"b")),
        (b"/web/../../../etc", (b"etc",)),
        (b"/..", ()),
        (b"/", ()),
        (b"", ()),
        (b"/web/\xff\xfe", (b"web", b"\xff\xfe")),
        (b"/web/..a/...", (b"web", b"..a", b"...")),
    ],
)
def test_path_is_normalised(path: bytes, names: tuple[bytes, ...]) -> None:
    """Any spelling of a path mounts the same, and none climbs above the volumes."""
    assert split_path(path) == names


@given(st.lists(st.sampled_from([b"..", b".", b"", b"a", b"bc"])))
def test_no_path_keeps_a_way_up(parts: list[bytes]) -> None:
    """Whatever mixture of dots and names comes in, no ``..`` is left."""
    names = split_path(b"/".join(parts))
    assert not {b"", b".", b".."} & set(names)
    assert split_path(join_names(names)) == names


@pytest.mark.parametrize(
    ("path", "code"),
    [(b"/web/" + b"x" * 256, FsCode.NAMETOOLONG), (b"/web/a\0b", FsCode.INVAL)],
)
def test_impossible_name_is_refused(path: bytes, code: FsCode) -> None:
    """A name that no file can have is an error of its own."""
    with pytest.raises(FsError) as raised:
        split_path(path)
    assert raised.value.code is code
