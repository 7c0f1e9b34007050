"""Options of all tests, and the promise that tests without sockets have no reactor."""

from __future__ import annotations

import sys

import pytest

_WITHOUT_REACTOR = ("tests/unit/", "tests/conformance/", "tests/fuzz/", "tests/simulation/")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the conformance catalogue."""
    group = parser.getgroup("conformance", "NFSv3 conformance catalogue")
    group.addoption(
        "--live",
        metavar="HOST[:PORT]",
        help="run tests/conformance against this server over TCP, as root from a reserved port; "
        "'daemon' starts one of ours for it",
    )
    group.addoption(
        "--live-export",
        metavar="PATH",
        default="/demo",
        help="the export to mount; it must be writable for uid 0 (no_root_squash)",
    )
    group.addoption(
        "--known",
        choices=("ganesha",),
        help="the live server is this one: expect the disagreements that its remarks describe",
    )
    group.addoption(
        "--live-mount-port",
        metavar="PORT",
        type=int,
        help="port of MOUNT; asked of the port mapper otherwise",
    )


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Fail a unit or conformance test that imported the reactor.

    pytest-twisted installs it at start-up, so the check holds in runs with ``-p no:twisted``, as
    ``make test`` and CI make them.
    """
    if not item.nodeid.startswith(_WITHOUT_REACTOR):
        return
    if not item.config.pluginmanager.hasplugin("twisted"):
        assert "twisted.internet.reactor" not in sys.modules, "the reactor was imported"
