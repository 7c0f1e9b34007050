"""A process in a guest that locks one file as the test tells it (``work/locker.py``)."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from tests.kernel.lab import WORK, Guest

__all__ = ["PROMPT_S", "Answer", "Locker", "blocked"]

_PATIENCE_S = 60.0
PROMPT_S = 3.0
"""A client that is not called back asks again after 30 s; this is what emulation may cost."""


class Answer:
    """What became, or will become, of one question to a :class:`Locker`."""

    def __init__(self, guest: Guest, file: Path, question: str) -> None:
        self._guest = guest
        self._file = file
        self._question = question
        self._asked_s = time.monotonic()  # noqa: TID251 - what a test measures

    @property
    def arrived(self) -> bool:
        """Say whether it has been answered."""
        return self._file.exists()

    def wait(self, timeout_s: float = _PATIENCE_S) -> Answer:
        """Wait until it has been answered; its end by an error is an answer too."""
        self._guest.wait_for(lambda: self.arrived, timeout_s, self._question)
        return self

    def soon(self) -> None:
        """Fail unless a lock that was waited for is there, or comes promptly."""
        self.get(PROMPT_S)

    def since_asked(self, other: Answer) -> float:
        """Wait for it, and return the seconds since another question was asked."""
        self.wait()
        return time.monotonic() - other._asked_s  # noqa: TID251

    @property
    def error(self) -> str | None:
        """Return the error's name, such as ``"EAGAIN"``."""
        error: str | None = json.loads(self.wait()._file.read_text())[0]
        return error

    @property
    def took_s(self) -> float:
        """Return how long the system call took, by the guest's clock."""
        return float(json.loads(self.wait()._file.read_text())[2])

    def get(self, timeout_s: float = _PATIENCE_S) -> Any:  # noqa: ANN401 - as the operation
        """Return the result; fail the test if there was an error."""
        error, result, _ = json.loads(self.wait(timeout_s)._file.read_text())
        assert error is None, f"{error}: {self._question}"
        return result


class Locker:
    """One process.

    :param path: the file, in the guest; it is made if it is not there.
    """

    _made = 0

    def __init__(self, guest: Guest, path: str) -> None:
        Locker._made += 1
        self.guest = guest
        self._boot = guest.boots
        self._directory = guest.directory / f"locker{Locker._made}"
        self._directory.mkdir()
        self._asked = 0
        self._finish = guest.start(f"exec python3 -IS {WORK}/locker.py {path} {self._directory}")
        self._pid = self.ask("pid")

    @property
    def pid(self) -> int:
        """Return the process's number in its guest."""
        return int(self._pid.get())

    def ask(self, operation: str, *arguments: object) -> Answer:
        """Begin an operation of ``work/locker.py``."""
        self._asked += 1
        question = json.dumps([operation, *arguments])
        fresh = self._directory / "new"
        fresh.write_text(question)
        fresh.rename(self._directory / f"{self._asked}.ask")
        self._last = Answer(self.guest, self._directory / f"{self._asked}.answer", question)
        return self._last

    def try_lock(self, start: int = 0, length: int = 0, *, shared: bool = False) -> str | None:
        """Lock a range with ``fcntl`` without waiting; return the error's name or None."""
        return self.ask("lock", start, length, not shared, False).error

    def wait_lock(self, start: int = 0, length: int = 0, *, shared: bool = False) -> Answer:
        """Begin to lock a range, and to wait if others have it."""
        return self.ask("lock", start, length, not shared, True)

    def unlock(self, start: int = 0, length: int = 0) -> None:
        """Free a range."""
        self.ask("unlock", start, length).get()

    def holder(
        self, start: int = 0, length: int = 0, *, shared: bool = False
    ) -> tuple[str, int, int] | None:
        """Ask by F_GETLK what is in the way: ``"r"`` or ``"w"``, start and length, or None."""
        found = self.ask("holder", start, length, not shared).get()
        return found and ("rw"[found[0]], found[1], found[2])

    def signal(self, name: str) -> None:
        """Send the process a signal."""
        self.guest.run(f"kill -{name} {self.pid}")

    def end(self) -> None:
        """End the process, whatever it is doing."""
        if self.guest.boots != self._boot or self.guest.process.poll() is not None:
            return
        if self._last.arrived:
            self.ask("end")
        else:
            self.guest.start(f"kill -KILL {self.pid}")
        self._finish(_PATIENCE_S)


def blocked(answer: Answer, for_s: float = 1.0) -> bool:
    """Say whether a question is still unanswered after a while."""
    time.sleep(for_s)
    return not answer.arrived
