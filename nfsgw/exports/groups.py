"""The server's own idea of a user's groups, for users in more than AUTH_SYS can carry.

Used for exports with ``manage_gids``.  What was found is kept for five minutes; the lookup itself
goes to the machine's user database and is as quick as that is (a remote directory belongs behind
a local cache such as sssd).
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Collection
from typing import Final

from nfsgw.clock import Clock

__all__ = ["ServerGroups", "system_groups"]

AGE_S: Final = 300.0
USERS_MAX: Final = 4096


class ServerGroups:
    """A cache before the user database; call it with a user id.

    :param look_up: returns a user's groups, or None for a user that is not known.
    """

    def __init__(self, clock: Clock, look_up: Callable[[int], Collection[int] | None]) -> None:
        self._clock = clock
        self._look_up = look_up
        self._known: dict[int, tuple[float, Collection[int] | None]] = {}

    def __call__(self, uid: int) -> Collection[int] | None:
        """Return a user's groups; None if the server does not know the user."""
        now_s = self._clock.seconds()
        known = self._known.get(uid)
        if known is not None and known[0] > now_s:
            return known[1]
        if len(self._known) >= USERS_MAX:
            self._known.clear()
        groups = self._look_up(uid)
        self._known[uid] = (now_s + AGE_S, groups)
        return groups


def system_groups(uid: int) -> Collection[int] | None:
    """Return a user's groups from the machine's user database."""
    try:
        user = pwd.getpwuid(uid)
        return os.getgrouplist(user.pw_name, user.pw_gid)
    except (KeyError, OSError, OverflowError):
        return None
