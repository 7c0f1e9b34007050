"""The server's groups of a user."""

from __future__ import annotations

from nfsgw.exports.groups import ServerGroups, system_groups
from tests.unit.exports.fakes import FakeClock


def test_groups_are_kept_for_five_minutes() -> None:
    """The user database is asked once per user in five minutes, also for unknown ones."""
    asked: list[int] = []

    def look_up(uid: int) -> list[int] | None:
        asked.append(uid)
        return None if uid == 1 else [uid, 7]

    clock = FakeClock()
    groups = ServerGroups(clock, look_up)
    assert [groups(5), groups(5), groups(1), groups(1)] == [[5, 7], [5, 7], None, None]
    assert asked == [5, 1]
    clock.now_s += 301
    groups(5)
    assert asked == [5, 1, 5]


def test_system_knows_root_and_not_everybody() -> None:
    """Real users have groups; a made-up number has none."""
    assert 0 in (system_groups(0) or ())
    assert system_groups(4_000_000_123) is None
    assert system_groups(2**40) is None
