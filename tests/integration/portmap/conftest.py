"""Fixtures of the tests in a network of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.portmap.namespace import Namespace, need


@pytest.fixture
def reactor() -> Any:  # noqa: ANN401 - Twisted's reactor has no one type
    """Return the reactor that pytest-twisted runs."""
    from twisted.internet import reactor  # noqa: TID251 - a test with sockets

    return reactor


@pytest.fixture
def space() -> Iterator[Namespace]:
    """Make a namespace."""
    need("rpcbind", "rpcinfo", "showmount", "nsenter", "ip")
    space = Namespace()
    yield space
    space.close()
