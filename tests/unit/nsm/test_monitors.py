"""The state number and the lists: over boots, crashes and bad disks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nfsgw.nsm.interests import Interest
from nfsgw.nsm.monitors import MONITORS_MAX, Debt, Monitors
from nfsgw.waiting import Wait, result_of, step
from tests.support.monitoring import at_once

SERVER = Interest(b"192.0.2.7", b"node1", 100021, 3, 16)
OTHER = Interest(b"server\\n2", b"node1", 100021, 3, 16)
PRIV = bytes(range(16))
NOW_S = 1_800_000_000.0


class Disk:
    """Runs blocking functions when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], Any], Wait[Any]]] = []
        self.error: OSError | None = None

    async def run(self, function: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it returns
        """Take a function."""
        wait: Wait[Any] = Wait()
        self.waiting.append((function, wait))
        return await wait

    def work(self) -> None:
        """Run the oldest one."""
        function, wait = self.waiting.pop(0)
        if self.error is not None:
            wait.fail(self.error)
        else:
            wait.resolve(function())


def started(file: Path, boot: str = "one") -> Monitors:
    """Return the lists, read from a file in a boot."""
    monitors = Monitors(file, boot, lambda: NOW_S, at_once)
    result_of(monitors.start())
    return monitors


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where the lists are."""
    return tmp_path / "nsm.json"


def test_first_start(file: Path) -> None:
    """A new machine is up (odd), and its number is durable before anybody hears it."""
    monitors = started(file)
    assert monitors.number % 2 == 1
    assert started(file).number == monitors.number
    assert not monitors.debts


def test_daemon_restart_is_no_reboot(file: Path) -> None:
    """In one boot the number stays, and who is monitored is monitored on, byte for byte."""
    monitors = started(file)
    assert result_of(monitors.add(SERVER, PRIV))
    assert result_of(monitors.add(OTHER, bytes(16)))
    result_of(monitors.remove([OTHER]))
    again = started(file)
    assert again.number == monitors.number
    assert again.interests == {SERVER: PRIV}
    assert not again.debts


def test_reboot(file: Path) -> None:
    """After a boot the number is two higher, and all that were monitored must hear of it."""
    monitors = started(file)
    result_of(monitors.add(SERVER, PRIV))
    result_of(monitors.add(SERVER._replace(version=4), PRIV))
    result_of(monitors.add(OTHER, PRIV))
    after = started(file, "two")
    assert after.number == monitors.number + 2
    assert after.interests == {}
    assert list(after.debts) == [Debt(SERVER.host, b"node1"), Debt(OTHER.host, b"node1")]
    result_of(after.settle([Debt(SERVER.host, b"node1")]))
    assert list(started(file, "two").debts) == [Debt(OTHER.host, b"node1")]
    third = started(file, "three")
    assert (third.number, list(third.debts)) == (monitors.number + 4, [Debt(OTHER.host, b"node1")])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"format": 2}',
        b'{"format": 1, "boot": "one", "state": -1, "monitored": [], "owed": []}',
        b'{"format": 1, "boot": "one", "state": 5, "monitored": [["a"]], "owed": []}',
        b'{"format": 1, "boot": "one", "state": 5, "monitored": [], "owed": 7}',
    ],
)
def test_damaged_file(file: Path, content: bytes) -> None:
    """A damaged file is kept aside, and the number begins anew above any that was used."""
    file.write_bytes(content)
    monitors = started(file)
    assert monitors.number > 1_000_000
    assert monitors.number % 2 == 1
    assert file.with_name("nsm.json.damaged").read_bytes() == content
    assert json.loads(file.read_bytes())["state"] == monitors.number
    assert not monitors.interests


def test_nothing_is_promised_before_it_is_durable(file: Path) -> None:
    """MON waits for the disk; those who come meanwhile share the next write, and no earlier."""
    disk = Disk()
    monitors = Monitors(file, "one", lambda: NOW_S, disk.run)
    start = step(monitors.start())
    with pytest.raises(FileNotFoundError):
        disk.waiting[0][0]()
    disk.waiting.pop(0)[1].fail(FileNotFoundError())
    disk.work()
    start.result()
    first = step(monitors.add(SERVER, PRIV))
    others = [
        step(monitors.add(OTHER._replace(host=b"host%d" % number), PRIV)) for number in range(5)
    ]
    assert [len(disk.waiting), first.done] == [1, False]
    disk.work()
    assert [first.done, *[each.done for each in others]] == [True] + 5 * [False]
    assert len(json.loads(file.read_bytes())["monitored"]) == 1
    disk.work()
    assert all(each.result() for each in others)
    assert len(json.loads(file.read_bytes())["monitored"]) == 6
    assert not disk.waiting


def test_failed_write_is_told_and_undone(file: Path) -> None:
    """Nobody is monitored whom the disk does not know; the next one is, when the disk is back."""
    disk = Disk()
    monitors = Monitors(file, "one", lambda: NOW_S, disk.run)
    disk.error = OSError(28, "no space left")
    refused = [step(monitors.add(SERVER, PRIV)), step(monitors.add(OTHER, PRIV))]
    disk.work()
    disk.work()
    for wait in refused:
        with pytest.raises(OSError, match="no space"):
            wait.result()
    assert monitors.interests == {}
    disk.error = None
    good = step(monitors.add(SERVER, PRIV))
    disk.work()
    assert good.result()
    disk.error = OSError(28, "no space left")
    refused = [step(monitors.add(SERVER, bytes(16)))]
    disk.work()
    with pytest.raises(OSError, match="no space"):
        refused[0].result()
    assert monitors.interests == {SERVER: PRIV}


def test_hosts_are_bounded(file: Path) -> None:
    """No more than 4,096 hosts; known ones can still be monitored again."""
    monitors = started(file)
    for number in range(MONITORS_MAX - 1):
        monitors.interests[SERVER._replace(host=b"%d" % number)] = PRIV
    assert result_of(monitors.add(SERVER, PRIV))
    assert not result_of(monitors.add(OTHER, PRIV))
    assert result_of(monitors.add(SERVER, bytes(16)))
    assert started(file).interests[SERVER] == bytes(16)


def test_number_stays_in_31_bits(file: Path) -> None:
    """The number wraps to an odd one, and never becomes negative on the wire."""
    monitors = started(file)
    monitors.number = 0x7FFFFFFF
    result_of(monitors.begin_anew())
    assert monitors.number == 1
