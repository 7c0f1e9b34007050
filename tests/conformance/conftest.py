"""The server that the catalogue runs against, and a directory of its own for each case."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from nfsgw.xdr.generated import nfs3 as x
from nfsgw.xdr.generated.nfsacl import NFS_ACL_PROGRAM
from tests.conformance.client import ROOT, RpcFailed, Session, handle_of, ok
from tests.conformance.live import Live
from tests.conformance.server import InProcess
from tests.support.daemon import Daemon

_number = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Make the catalogue's mark known."""
    config.addinivalue_line("markers", "in_process: needs our own server in this process")
    config.addinivalue_line("markers", "ganesha(remark): nfs-ganesha is known to answer otherwise")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs our own server, if another one was given; expect what is known of it."""
    if config.getoption("--live") is None:
        return
    skip = pytest.mark.skip(reason="needs our own server in this process")
    for item in items:
        if item.get_closest_marker("in_process"):
            item.add_marker(skip)
        remark = item.get_closest_marker("ganesha")
        if remark and config.getoption("--known") == "ganesha":
            item.add_marker(pytest.mark.xfail(reason=remark.args[0], strict=True))


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[InProcess | Live]:
    """Return the server: ours in this process, or the one that ``--live`` names."""
    live = request.config.getoption("--live")
    directory = tmp_path_factory.mktemp("conformance")
    with ExitStack() as stack:
        made: InProcess | Live
        if live is None:
            made = InProcess(directory)
        elif live == "daemon":
            daemon = stack.enter_context(Daemon(directory, "/demo *(rw,no_root_squash)\n"))
            daemon.make_volume("demo", durable=True)
            made = Live("127.0.0.1", daemon.nfs_port, daemon.mount_port)
        else:
            host, _, port = live.partition(":")
            mount_port = request.config.getoption("--live-mount-port")
            made = Live(host, int(port) if port else None, mount_port)
        stack.callback(made.close)
        yield made


@pytest.fixture(scope="session")
def scratch(request: pytest.FixtureRequest, server: InProcess | Live) -> Iterator[bytes]:
    """Return the handle of a directory in which the cases have theirs; removed in the end."""
    path = request.config.getoption("--live-export").encode()
    session = Session(server)
    root = server.mount(path)
    # The process's number, because several runs may use one server at a time.
    name = b"conformance-%d" % os.getpid()
    if session.lookup(root, name).status == x.NFS3_OK:
        _empty(session, ok(session.lookup(root, name)).object)
        ok(session.rmdir(root, name))
    handle = handle_of(ok(session.mkdir(root, name, 0o755)))
    yield handle
    _empty(session, handle)
    ok(session.rmdir(root, name))


@pytest.fixture
def nfs(server: InProcess | Live, scratch: bytes) -> Session:
    """Return a session with an empty directory of its own, open to everybody."""
    session = Session(server, ROOT)
    name = b"case-%d" % next(_number)
    session.dir = handle_of(ok(session.mkdir(scratch, name, 0o777)))
    # A server may apply a umask, or clear bits that it does not like.
    ok(session.setattr(session.dir, mode=0o777))
    return session


@pytest.fixture
def acls_served(request: pytest.FixtureRequest, nfs: Session) -> None:
    """Skip the cases of NFSACL if a live server does not have that program."""
    try:
        nfs.raw(0, b"", program=NFS_ACL_PROGRAM)
    except RpcFailed:
        if request.config.getoption("--live") is None:
            raise
        pytest.skip("the server has no NFSACL")


def _empty(session: Session, directory: bytes) -> None:
    """Remove everything in a directory."""
    for name in session.names(directory):
        if session.remove(directory, name).status == x.NFS3_OK:
            continue
        _empty(session, ok(session.lookup(directory, name)).object)
        ok(session.rmdir(directory, name))
