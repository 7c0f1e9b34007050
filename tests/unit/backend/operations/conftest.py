"""Fixtures of the operations' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.backend.operations.tree import Tree


@pytest.fixture
def tree() -> Iterator[Tree]:
    """Return a tree that must be whole when the test ends."""
    tree = Tree()
    yield tree
    tree.check()
