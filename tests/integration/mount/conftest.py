"""Fixtures: a namespace and the reactor, as the port mapper's tests have them."""

from tests.integration.portmap.conftest import reactor, space

__all__ = ["reactor", "space"]
