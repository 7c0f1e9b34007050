"""Options of a volume: values, units and typing errors."""

from __future__ import annotations

import pytest

from nfsgw.backend.volume.options import (
    OPTIONS,
    UNBUILT,
    BadOption,
    OptionNotBuilt,
    check_option,
    check_quorum,
)


@pytest.mark.parametrize("option", OPTIONS.values(), ids=lambda option: option.name)
def test_default_is_a_value(option: object) -> None:
    """Every default could be set by hand."""
    name = getattr(option, "name")  # noqa: B009 - parametrized as object
    assert check_option(name, OPTIONS[name].default)


@pytest.mark.parametrize(
    ("text", "value"),
    [("4096", 4096), ("4KiB", 4096), ("4 kb", 4096), ("0", 0), ("16k", 16384)],
)
def test_sizes_have_units(text: str, value: int) -> None:
    """Sizes are written as people write them."""
    assert OPTIONS["storage.inline-size"].parse(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("90", 90), ("90s", 90), ("2min", 120), ("1d", 86400)]
)
def test_times_have_units(text: str, value: int) -> None:
    """Times are written as people write them."""
    assert OPTIONS["cluster.log-age"].parse(text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("storage.inline-size", "17KiB"),
        ("storage.inline-size", "-1"),
        ("storage.inline-size", "4 apples"),
        ("storage.inline-size", ""),
        ("cluster.log-age", "0"),
        ("cluster.log-size", "1k"),
        ("storage.durability", "maybe"),
        ("storage.atime", "strictatime"),
        ("cluster.quorum-type", "server"),
        ("cluster.quorum-count", "17"),
        ("cluster.quorum-count", "2s"),
        ("cluster.quorum-count", "-1"),
        ("network.ping-timeout", "0"),
        ("network.ping-timeout", "301"),
    ],
)
def test_wrong_value_names_the_option(name: str, text: str) -> None:
    """A wrong value is refused, and the message says of what."""
    with pytest.raises(BadOption, match=name):
        check_option(name, text)


def test_bounds_are_said_as_they_would_be_written() -> None:
    """The message names the bounds with their units."""
    with pytest.raises(BadOption, match="not between 0 and 16KiB"):
        check_option("storage.inline-size", "17KiB")
    with pytest.raises(BadOption, match="not between 1 and 5min"):
        check_option("network.ping-timeout", "1h")
    with pytest.raises(BadOption, match="not between 0 and 16"):
        check_option("cluster.quorum-count", "20")


@pytest.mark.parametrize(
    ("options", "bricks", "good"),
    [
        ({}, 1, True),
        ({"cluster.quorum-type": "auto", "cluster.quorum-count": "9"}, 2, True),
        ({"cluster.quorum-type": "fixed", "cluster.quorum-count": "2"}, 2, True),
        ({"cluster.quorum-type": "fixed", "cluster.quorum-count": "3"}, 2, False),
        ({"cluster.quorum-type": "fixed", "cluster.quorum-count": "0"}, 2, False),
        ({"cluster.quorum-type": "FIXED"}, 1, False),
    ],
)
def test_fixed_quorum_can_be_reached(options: dict[str, str], bricks: int, good: bool) -> None:
    """A fixed quorum has a count, and one that so many bricks can reach."""
    if good:
        check_quorum(options, bricks)
        return
    with pytest.raises(BadOption, match="set both at once"):
        check_quorum(options, bricks)


def test_mistyped_name_gets_a_proposal() -> None:
    """A typing error is answered with the right name."""
    with pytest.raises(BadOption, match=r"did you mean storage\.durability\?"):
        check_option("storage.durabilty", "none")
    with pytest.raises(BadOption, match="there are "):
        check_option("zzz", "1")


@pytest.mark.parametrize("name", sorted(UNBUILT))
def test_later_options_say_so(name: str) -> None:
    """An option that has no effect yet is never accepted silently."""
    with pytest.raises(OptionNotBuilt, match="not built yet"):
        check_option(name, "1")
