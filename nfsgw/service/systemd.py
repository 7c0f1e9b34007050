"""The two things that systemd says to a service and hears from it: sd_notify and LISTEN_FDS.

Forty lines, in place of a dependency: both are a few environment variables (sd_notify(3),
sd_listen_fds(3), sd_watchdog_enabled(3)).
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, MutableMapping
from contextlib import closing

__all__ = ["Notifier", "inherited_sockets", "watchdog_interval_s"]

_FIRST_FD = 3


class Notifier:
    """Tells systemd how the daemon is; does nothing where systemd did not start it.

    :param environment: the process's; ``NOTIFY_SOCKET`` says where to send.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # "@" stands for the NUL byte of an abstract name.
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def tell(self, **state: str) -> None:
        """Send ``NAME=value`` lines, such as ``READY="1"``; never fails.

        What systemd does not hear, it will act on in its own way (a time-out).
        """
        if not self._address:
            return
        message = "\n".join(f"{name}={value}" for name, value in state.items())
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)) as s:
            try:
                s.connect(self._address)
                s.send(message.encode())
            except OSError:
                return


def watchdog_interval_s(environment: Mapping[str, str], pid: int) -> float:
    """Return how often systemd wants to hear ``WATCHDOG=1``, 0 for never.

    Half of its time-out, as its documentation recommends.
    """
    text = environment.get("WATCHDOG_USEC", "")
    whose = environment.get("WATCHDOG_PID", "")
    if not text.isdecimal() or (whose and whose != str(pid)):
        return 0.0
    return int(text) / 2_000_000


def inherited_sockets(environment: MutableMapping[str, str], pid: int) -> list[socket.socket]:
    """Take over the listening sockets that systemd opened for us (socket activation).

    The variables are removed, so that no child takes them for its own.
    """
    count = environment.pop("LISTEN_FDS", "")
    whose = environment.pop("LISTEN_PID", "")
    environment.pop("LISTEN_FDNAMES", None)
    if not count.isdecimal() or whose != str(pid):
        return []
    sockets = [socket.socket(fileno=_FIRST_FD + index) for index in range(int(count))]
    for each in sockets:
        each.set_inheritable(False)
    return sockets
