"""What this layer asks of a reactor: readiness of descriptors, and timers.

Twisted's reactors have both; tests and the simulator pass their own.
"""

# ruff: noqa: N802 - the names are Twisted's
from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from twisted.internet.interfaces import IDelayedCall, IReadDescriptor, IWriteDescriptor

__all__ = ["Reactor"]


class Reactor(Protocol):
    """The parts of ``IReactorFDSet`` and ``IReactorTime`` that are used here."""

    def addReader(self, reader: IReadDescriptor) -> None:
        """Call ``reader.doRead()`` whenever its descriptor is readable."""

    def removeReader(self, reader: IReadDescriptor) -> None:
        """Stop that."""

    def addWriter(self, writer: IWriteDescriptor) -> None:
        """Call ``writer.doWrite()`` whenever its descriptor is writable."""

    def removeWriter(self, writer: IWriteDescriptor) -> None:
        """Stop that."""

    def callLater(
        self, delay: float, callable: Callable[..., object], *args: object
    ) -> IDelayedCall:
        """Call a function after ``delay`` seconds."""
