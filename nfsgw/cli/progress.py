"""Following long work: progress bars on a terminal, lines in a log.

A source is asked again and again, and what it says is shown until it says that it is done.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Final, NamedTuple, TypeVar

import click

__all__ = ["Bar", "follow"]

T = TypeVar("T")

_POLL_S: Final = 0.5
_LINE_S: Final = 5.0


class Bar(NamedTuple):
    """One thing that makes progress.

    :ivar name: which; a bar is known by it.
    :ivar text: all about it, in exact figures.
    :ivar done: and ``total``, in one unit; a total of 0 if it is not known.
    """

    name: str
    text: str
    done: int
    total: int


def follow(
    ask: Callable[[], T],
    bars: Callable[[T], Sequence[Bar]],
    ended: Callable[[T], bool],
    *,
    quiet: bool = False,
) -> T:
    """Show how something goes on until it has ended, and return the last answer.

    Ctrl-C ends the showing, not the work.

    :param quiet: show nothing, for whoever prints the answers.
    """
    with _Lines() if quiet or not sys.stdout.isatty() else _Bars() as shown:
        while True:
            answer = ask()
            shown.show([] if quiet else bars(answer))
            if ended(answer):
                return answer
            time.sleep(_POLL_S)


class _Lines(AbstractContextManager["_Lines"]):
    """A line for each bar, now and then, if there is news."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}
        self._polls = 0

    def show(self, bars: Sequence[Bar]) -> None:
        """Print what is new, but not too often."""
        if self._polls % round(_LINE_S / _POLL_S) == 0:
            for bar in bars:
                if self._last.get(bar.name) != bar.text:
                    click.echo(f"{bar.name}: {bar.text}")
                    sys.stdout.flush()
                    self._last[bar.name] = bar.text
        self._polls += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Do nothing: whoever follows says how it ended."""


class _Bars(AbstractContextManager["_Bars"]):
    """Bars of rich."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        # Plain text, not markup: names of directories may have brackets.
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[text]}", markup=False),
            console=Console(highlight=False),
        )
        self._tasks: dict[str, Any] = {}

    def show(self, bars: Sequence[Bar]) -> None:
        """Bring the bars up to date; one that is not named any more goes."""
        for name in self._tasks.keys() - {bar.name for bar in bars}:
            self._progress.remove_task(self._tasks.pop(name))
        for bar in bars:
            if bar.name not in self._tasks:
                self._tasks[bar.name] = self._progress.add_task(bar.name, text="")
            self._progress.update(
                self._tasks[bar.name],
                completed=bar.done,
                total=bar.total or None,
                text=bar.text,
            )

    def __enter__(self) -> _Bars:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was."""
        self._progress.stop()
