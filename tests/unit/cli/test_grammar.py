"""The grammar of bricks: what Gluster's administrators type, and what comes of it."""

from __future__ import annotations

import click
import pytest

from nfsgw.cli.exits import CommandError, Exit
from nfsgw.cli.grammar import Bricks, Creation, check_replica, parse_bricks, parse_creation


@pytest.mark.parametrize(
    ("words", "creation"),
    [
        ("h:/b", Creation("v", ("h:/b",))),
        ("h:/b force", Creation("v", ("h:/b",), force=True)),
        ("replica 1 transport tcp h:/b force", Creation("v", ("h:/b",), force=True)),
        ("transport tcp ::1:/b", Creation("v", ("::1:/b",))),
        ("replica 2 h:/a h:/b", Creation("v", ("h:/a", "h:/b"))),
        ("replica 3 transport tcp h:/a h:/b h:/c force",)
        + (Creation("v", ("h:/a", "h:/b", "h:/c"), force=True),),
    ],
)
def test_create_grammar(words: str, creation: Creation) -> None:
    """Gluster's words make the volume that they made there."""
    assert parse_creation("v", words.split()) == creation


@pytest.mark.parametrize(
    "words",
    ["force", "/b", "h:b", ":/b", "replica x h:/b", "replica", "replica 0 h:/b", "transport", ""]
    + ["transport rdma h:/b", "replicas 2 h:/b", "h:/b h:c", "force h:/b", "replica 17 h:/a"]
    + ["replica 3 h:/a h:/b", "replica 2 h:/a", "replica 2 h:/a h:/b h:/c"],
)
def test_create_mistakes(words: str) -> None:
    """Words that are not understood, and bricks that do not add up, are refused as usage."""
    with pytest.raises(click.UsageError):
        parse_creation("v", words.split())


@pytest.mark.parametrize(
    "words",
    ["h:/a h:/b", "replica 2 h:/a h:/b h:/c h:/d", "stripe 2 h:/a h:/b", "disperse 3 h:/a"],
)
def test_create_not_built(words: str) -> None:
    """Distribution and other kinds are said to be not built, rather than done wrong."""
    with pytest.raises(CommandError) as caught:
        parse_creation("v", words.split())
    assert caught.value.code == Exit.NOT_BUILT


def test_last_word_is_told_from_bricks() -> None:
    """The word behind the bricks is no brick, and only there it is a word."""
    last = ("start", "commit")
    assert parse_bricks("replica 2 h:/a commit".split(), last) == Bricks(("h:/a",), 2, "commit")
    assert parse_bricks(["h:/a"], last) == Bricks(("h:/a",))
    for words in ("h:/a stop", "commit", "start h:/a"):
        with pytest.raises(click.UsageError):
            parse_bricks(words.split(), last)


def test_replica_count_must_fit() -> None:
    """The number behind replica is what the volume will have; without one it would distribute."""
    check_replica("add-brick", Bricks(("h:/d",), 4), 3, 1)
    check_replica("remove-brick", Bricks(("h:/c",), 2), 3, -1)
    with pytest.raises(click.UsageError, match="must be `replica 4`"):
        check_replica("add-brick", Bricks(("h:/d",), 3), 3, 1)
    with pytest.raises(CommandError, match="write `replica 2`") as caught:
        check_replica("remove-brick", Bricks(("h:/c",)), 3, -1)
    assert caught.value.code == Exit.NOT_BUILT
