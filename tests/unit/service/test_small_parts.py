"""Mount lines, brick names and log lines."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from twisted.logger import Logger, LogPublisher

from nfsgw.admin.api import Refused
from nfsgw.config.settle import HIGH_PORTS, STANDARD_PORTS, Ports
from nfsgw.service.bricknames import BrickNames, own_names, unfit_reason
from nfsgw.service.logs import StreamObserver, choose_format
from nfsgw.service.mountline import libnfs_url, mount_command


def test_mount_line_with_standard_ports() -> None:
    """With a portmapper that knows us, no ports are needed."""
    line = mount_command("node1", "/demo", STANDARD_PORTS, registered=True)
    assert line == "mount -t nfs -o vers=3 node1:/demo /mnt"


def test_mount_line_with_high_ports() -> None:
    """With high ports the line carries every port that a client cannot find."""
    line = mount_command("node1", "/demo", HIGH_PORTS, registered=False)
    assert line == (
        "mount -t nfs -o vers=3,proto=tcp,port=12049,mountproto=tcp,mountport=12048,nolock"
        " node1:/demo /mnt"
    )


def test_mount_line_with_ipv6_address() -> None:
    """An IPv6 address stands in brackets, as mount.nfs wants it."""
    assert " [::1]:/demo " in mount_command("::1", "/demo", STANDARD_PORTS, registered=True)


def test_libnfs_url() -> None:
    """A libnfs program is given both ports."""
    url = libnfs_url("node1", "/demo", Ports(5, 6, 7, 8, 0))
    assert url == "nfs://node1/demo?nfsport=5&mountport=6"


NAMES = BrickNames({"node1", "localhost", "::1"}, unfit=lambda path: None)


def test_brick_here(tmp_path: Path) -> None:
    """A directory of this machine is taken, whatever the case of the name."""
    assert NAMES.directory(f"Node1:{tmp_path}/b/../c", force=False) == tmp_path / "c"
    assert NAMES.directory(f"[::1]:{tmp_path}", force=False) == tmp_path


def test_brick_where_we_may_not_look_is_refused() -> None:
    """A directory that the daemon may not even look at is refused with the reason."""

    def unfit(path: Path) -> str | None:
        raise PermissionError(13, "Permission denied", str(path))

    with pytest.raises(Refused, match="node1:/data: Permission denied; the daemon must"):
        BrickNames({"node1"}, unfit).directory("node1:/data", force=False)


@pytest.mark.parametrize(
    "brick", ["/data", "node1:data", ":/data", "node1:/", "node1:/..", "node1:/etc/passwd", ""]
)
def test_bad_bricks(brick: str) -> None:
    """What cannot be a brick is refused, force or not."""
    with pytest.raises(Refused):
        NAMES.directory(brick, force=True)


def test_brick_elsewhere() -> None:
    """A brick of another machine is not built yet, and said so."""
    with pytest.raises(Refused, match="node2 is not this machine"):
        NAMES.directory("node2:/data", force=True)


def test_bad_place_needs_force(tmp_path: Path) -> None:
    """A bad place for a brick is refused with the reason, unless forced."""
    names = BrickNames({"node1"}, unfit=lambda path: "is on a tmpfs")
    with pytest.raises(Refused, match="is on a tmpfs; add `force`"):
        names.directory(f"node1:{tmp_path}", force=False)
    assert names.directory(f"node1:{tmp_path}", force=True) == tmp_path


def test_root_file_system_is_a_bad_place() -> None:
    """A directory that would be made in / is on the root file system."""
    reason = unfit_reason(Path("/nfsgw-no-such-directory/brick"))
    assert reason is not None
    assert "root file system" in reason or "tmpfs" in reason


def test_own_names() -> None:
    """A machine knows itself by its name, its addresses, and as localhost."""
    assert {"node7", "localhost", "127.0.0.1"} <= own_names("Node7")


def logged(form: str, level: str = "info") -> tuple[Logger, io.StringIO]:
    """Return a logger and what its observer writes."""
    stream = io.StringIO()
    publisher = LogPublisher(StreamObserver(stream, form, level))
    return Logger(namespace="nfsgw.test", observer=publisher), stream


def test_text_log() -> None:
    """People get time, level (unless info) and message."""
    log, stream = logged("text")
    log.info("{count} volumes", count=2)
    log.warn("careful")
    log.debug("not this")
    lines = stream.getvalue().splitlines()
    assert [line.partition(" ")[2] for line in lines] == ["2 volumes", "warn: careful"]


def test_json_log() -> None:
    """Programs get one JSON object per line, with the event's own fields."""
    log, stream = logged("json", "debug")
    log.debug("{proc} from {client}", proc="MNT", client="10.0.0.1", odd=Path("/x"))
    document = json.loads(stream.getvalue())
    assert document["message"] == "MNT from 10.0.0.1"
    assert (document["level"], document["proc"], document["odd"]) == ("debug", "MNT", "/x")


def test_journal_log_marks_every_line() -> None:
    """Every line of a traceback has its level for the journal."""
    log, stream = logged("journal")
    try:
        raise ValueError("odd")
    except ValueError:
        log.failure("it failed")
    lines = stream.getvalue().splitlines()
    assert len(lines) > 2
    assert all(line.startswith("<2>") for line in lines)


def test_closed_log_is_no_error() -> None:
    """A log that nobody reads any more does not bring the daemon down."""
    log, stream = logged("text")
    stream.close()
    log.info("unheard")


@pytest.mark.parametrize(
    ("configured", "environment", "form"),
    [
        ("auto", {}, "json"),
        ("auto", {"JOURNAL_STREAM": "8:1"}, "journal"),
        ("text", {"JOURNAL_STREAM": "8:1"}, "text"),
    ],
)
def test_log_format(configured: str, environment: dict[str, str], form: str) -> None:
    """The form of the log follows from where it goes, unless configured."""
    assert choose_format(configured, io.StringIO(), environment) == form


def test_chatter_is_left_out() -> None:
    """Twisted's account of its own ports is not the log of an NFS server, its warnings are."""
    stream = io.StringIO()
    publisher = LogPublisher(StreamObserver(stream, "text", "info"))
    log = Logger(namespace="twisted.internet.base", observer=publisher)
    log.info("Main loop terminated.")
    assert stream.getvalue() == ""
    log.warn("odd")
    assert "odd" in stream.getvalue()
