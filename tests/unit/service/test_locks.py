"""Locks as administrators choose, see, count and clear them."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, cast

import pytest

from nfsgw.admin.api import Code, LockChoice, Refused
from nfsgw.backend.api import Credentials, Found, Listing
from nfsgw.backend.brick import operations
from nfsgw.backend.locks.api import END, Client, ClientLocks, Listed, Owner, Wanted
from nfsgw.backend.volume.registry import BadVolume, RunningVolume, Volumes
from nfsgw.errors import FsCode, FsError
from nfsgw.service.locks import LockCommands, lock_samples
from nfsgw.service.prometheus import exposition
from nfsgw.waiting import result_of
from tests.unit.backend.operations.tree import ADMIN, Tree

DESK = Client("10.0.0.7", b"desk.example.org")
LAMP = Client("10.0.0.8", b"lamp")
TWIN = Client("10.0.0.9", b"lamp")
IDLE = Client("fe80::1", b"\xffdle")
SINCE_NS = 1_764_072_000_123_456_789


class FakeVolume:
    """A volume with a real tree, and the locks that a test has put in; notes what is cleared.

    :ivar failure: why it serves nothing.
    :ivar error: raised by everything that asks the primary.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.tree = Tree()
        self.root = self.tree.root
        self.locks = self
        self.lines: list[Listed] = []
        self.asked: list[tuple[Any, ...]] = []
        self.failure: str | None = None
        self.error: FsError | None = None

    def put(
        self,
        inode: int,
        client: Client = DESK,
        start: int = 0,
        end: int = END,
        *,
        svid: int = 1,
        state: str = "held",
        since_ns: int = SINCE_NS,
    ) -> Wanted:
        """Put a lock in."""
        wanted = Wanted(inode, Owner(client, svid), start, end, exclusive=True)
        self.lines.append(Listed(wanted, state, since_ns))
        return wanted

    def _note(self, *what: object) -> None:
        if self.error is not None:
            raise self.error
        self.asked.append(what)

    # What a volume can

    async def lookup(self, credentials: Credentials, directory: int, name: bytes) -> Found:
        """Find a name in the tree."""
        if self.error is not None:
            raise self.error
        return operations.lookup(self.tree.view, credentials, directory, name)

    async def readdir(self, *args: Any) -> Listing:  # noqa: ANN401
        """List a directory of the tree."""
        return operations.readdir(self.tree.view, *args)

    async def paths(self, inodes: Iterable[int], entries_max: int) -> dict[int, bytes]:
        """Find paths in the tree."""
        if self.error is not None:
            raise self.error
        return operations.paths(self.tree.view, self.root, inodes, entries_max)

    # What its locks can

    def listing(self, inode: int | None = None) -> Sequence[Listed]:
        """Return what was put in."""
        return [line for line in self.lines if inode in (None, line.wanted.inode)]

    def clients(self) -> Sequence[ClientLocks]:
        """Return those who have something, and one who has not."""
        found = []
        for client in {line.wanted.owner.client for line in self.lines} | {IDLE}:
            states = [line.state for line in self.lines if line.wanted.owner.client == client]
            waiting = states.count("waiting")
            held = len(states) - waiting
            found.append(ClientLocks(client, held, waiting, monitored=client != LAMP))
        return found

    async def free(self, client: Client) -> int:
        """Note it."""
        self._note("free", client)
        return sum(line.wanted.owner.client == client for line in self.lines)

    async def clear(self, wanted: Sequence[Wanted]) -> int:
        """Note it."""
        self._note("clear", *wanted)
        return len(wanted)


class Rig:
    """The commands on two volumes, ``a`` and ``web``, and one that is not started."""

    def __init__(self) -> None:
        self.web, self.a = FakeVolume("web"), FakeVolume("a")
        self.volumes: dict[str, FakeVolume | None] = {"a": self.a, "off": None, "web": self.web}
        self.commands = LockCommands(cast("Volumes", self))
        tree = self.web.tree
        self.directory = tree.directory(b"mail")
        self.box = tree.file(b"box", parent=self.directory)
        self.log = tree.file(b"log")

    def names(self) -> list[str]:
        """Return all volumes."""
        return sorted(self.volumes)

    def running(self, name: str) -> RunningVolume | None:
        """Return a started volume."""
        if name not in self.volumes:
            raise BadVolume(f"there is no volume {name!r}")
        return cast("RunningVolume | None", self.volumes[name])

    def error(self, name: str) -> str | None:
        """Return why it is not served."""
        return None

    def listing(self, **choice: Any) -> Any:  # noqa: ANN401
        """Return a listing."""
        return result_of(self.commands.listing(LockChoice(**choice)))

    def clear(self, **choice: Any) -> int:  # noqa: ANN401
        """Clear locks; return how many."""
        count: int = result_of(self.commands.clear(LockChoice(**choice)))["cleared"]
        return count

    def refused(self, work: Coroutine[Any, Any, object]) -> Refused:
        """Return why something was refused."""
        with pytest.raises(Refused) as caught:
            result_of(work)
        return caught.value

    def unknown(self, **choice: Any) -> str:  # noqa: ANN401
        """Return why there is no such thing; a clear says the same."""
        texts = set()
        for ask in (self.commands.listing, self.commands.clear):
            refused = self.refused(ask(LockChoice(**choice)))
            assert refused.code is Code.UNKNOWN
            texts.add(str(refused))
        (text,) = texts
        return text


@pytest.fixture
def rig() -> Rig:
    """Give the commands."""
    return Rig()


def test_lines_have_paths_clients_and_ends(rig: Rig) -> None:
    """A line says where and whose; a file that is gone has a number only."""
    rig.web.put(rig.box, DESK, 10, 20, svid=(-3 << 32) + 5)
    rig.web.put(999, IDLE)
    found = rig.listing()
    assert found["locks"][0] == {
        "volume": "web",
        "inode": rig.box,
        "file": "/mail/box",
        "address": "10.0.0.7",
        "name": "desk.example.org",
        "owner": 5,
        "start": 10,
        "end": 20,
        "exclusive": True,
        "state": "held",
        "since": "2025-11-25T12:00:00+00:00",
        "access": None,
        "deny": None,
    }
    gone = found["locks"][1]
    assert (gone["inode"], gone["file"], gone["name"]) == (999, None, r"\xffdle")
    assert (gone["start"], gone["end"]) == (0, None)
    assert (found["total"], found["unavailable"]) == (2, [])


def test_reservations_say_what_they_deny(rig: Rig) -> None:
    """A reservation is of the whole file, and shows what it keeps others from."""
    wanted = Wanted(rig.box, Owner(DESK, 0), 0, 0, exclusive=True)
    rig.web.lines.append(Listed(wanted, "share", SINCE_NS, 3, 1))
    (line,) = rig.listing()["locks"]
    assert (line["start"], line["end"]) == (0, None)
    assert (line["state"], line["access"], line["deny"]) == ("share", "rw", "r")


def test_lines_are_in_order(rig: Rig) -> None:
    """Locks of a file stand together by their places, and then who waits, the first one first."""
    rig.web.put(rig.log, LAMP, 5, 6, state="waiting", since_ns=SINCE_NS + 2)
    rig.web.put(rig.log, TWIN, 5, 6, state="waiting", since_ns=SINCE_NS + 1)
    rig.web.put(rig.log, DESK, 7, 9)
    rig.web.put(rig.log, DESK, 5, 6)
    rig.web.put(rig.box, DESK)
    rig.a.put(rig.a.root, DESK)
    lines = rig.listing()["locks"]
    assert [line["volume"] for line in lines] == ["a"] + ["web"] * 5
    assert [line["address"][-1] for line in lines[1:]] == list("77798")
    assert [line["start"] for line in lines[2:4]] == [5, 7]


def test_choices_narrow(rig: Rig) -> None:
    """Volume, file, client and owner each choose, and together choose less."""
    rig.a.put(rig.a.root, DESK)
    rig.web.put(rig.log, DESK, svid=2)
    rig.web.put(rig.log, LAMP, state="waiting")
    rig.web.put(rig.box, TWIN)
    assert rig.listing(volume="web")["total"] == 3
    assert rig.listing(file="/log")["total"] == 2
    assert rig.listing(file=f"inode {rig.log}")["total"] == 2
    assert rig.listing(file="mail//box")["total"] == 1
    assert rig.listing(client="10.0.0.7")["total"] == 2
    assert rig.listing(client="desk.example.org")["total"] == 2
    assert rig.listing(owner=2)["total"] == 1
    assert rig.listing(client="10.0.0.7", file="/log", owner=1)["total"] == 0
    # Two machines of one name are two clients.
    assert [each["address"] for each in rig.listing(client="lamp")["clients"]] == [
        LAMP.address,
        TWIN.address,
    ]
    # An address may be written in another way, and a client need not have locks.
    assert rig.listing(client="FE80:0::1") == rig.listing(client=r"\xffdle")
    assert rig.listing(client="fe80::1")["total"] == 0


def test_clients_are_summed_up(rig: Rig) -> None:
    """Who has how much is known for all lines, whether these are shown or not."""
    for start in range(10_001):
        rig.web.put(rig.box if start % 2 else rig.log, DESK, start, start + 1)
    rig.web.put(rig.log, LAMP, state="waiting")
    rig.web.put(rig.log, LAMP, state="share")
    found = rig.listing()
    assert (len(found["locks"]), found["total"]) == (10_000, 10_003)
    desk, lamp = found["clients"]
    assert desk == {
        "volume": "web",
        "address": "10.0.0.7",
        "name": "desk.example.org",
        "held": 10_001,
        "waiting": 0,
        "files": 2,
    }
    assert (lamp["held"], lamp["waiting"], lamp["files"]) == (1, 1, 1)


def test_client_is_cleared_whole(rig: Rig) -> None:
    """Clearing a client frees all it has, its waiting requests and reservations too."""
    rig.web.put(rig.log, DESK)
    rig.web.put(rig.log, LAMP, state="waiting")
    rig.a.put(rig.a.root, DESK, state="share")
    assert rig.clear(client="10.0.0.7") == 2
    assert rig.web.asked == [("free", DESK)]
    assert rig.a.asked == [("free", DESK)]
    assert rig.clear(client="lamp", volume="web") == 1
    assert rig.web.asked[1:] == [("free", LAMP)]


def test_owner_and_file_are_cleared_by_lines(rig: Rig) -> None:
    """A part of what a client has is cleared lock by lock, what it waits for included."""
    first = rig.web.put(rig.log, DESK, svid=1)
    second = rig.web.put(rig.box, DESK, svid=2, state="waiting")
    assert rig.clear(client="10.0.0.7", owner=2) == 1
    assert rig.clear(client="10.0.0.7", file="/log") == 1
    assert rig.web.asked == [("clear", second), ("clear", first)]
    assert rig.a.asked == []


def test_waiters_of_a_file_stay(rig: Rig) -> None:
    """Clearing a file takes from those who have, so that those who wait are served."""
    held = rig.web.put(rig.log, DESK)
    rig.web.put(rig.log, LAMP, state="waiting")
    offered = rig.web.put(rig.log, TWIN, state="offered")
    shared = rig.web.put(rig.log, TWIN, state="share")
    assert rig.clear(file="/log") == 3
    assert rig.web.asked == [("clear", held, offered, shared)]


def test_nothing_to_clear_changes_nothing(rig: Rig) -> None:
    """A file without locks is no error, and no record."""
    assert rig.clear(file="/mail/box", volume="web") == 0
    assert rig.web.asked == []


def test_clear_needs_a_file_or_a_client(rig: Rig) -> None:
    """Nobody clears all locks of a volume by leaving something out."""
    for choice in (LockChoice(), LockChoice("web"), LockChoice(owner=1)):
        assert rig.refused(rig.commands.clear(choice)).code is Code.INVALID


def test_unknown_files_have_hints(rig: Rig) -> None:
    """A path that is not there is answered with what is like it, or how paths are written."""
    assert rig.unknown(file="/mail/bx") == "there is no file '/mail/bx'; did you mean /mail/box?"
    assert "write `web --file /mail/box`" in rig.unknown(file="/web/mail/box")
    assert "inode N" in rig.unknown(file="/quite/other")
    assert "/log/x" in rig.unknown(file="/log/x")  # below a file
    assert r"/\xff" in rig.unknown(file="/\udcff")
    rig.unknown(file="/log", volume="a")


def test_unknown_clients_have_hints(rig: Rig) -> None:
    """A client that is not known is answered with those that are like it."""
    rig.web.put(rig.log, DESK)
    rig.web.put(rig.log, LAMP)
    assert rig.unknown(client="lmp") == "no client 'lmp' is known; did you mean lamp?"
    assert "did you mean desk.example.org?" in rig.unknown(client="desk")
    assert "10.0.0.7 or 10.0.0.8" in rig.unknown(client="10.0.0.70")
    assert "shows who has locks" in rig.unknown(client="printer")


def test_volumes_that_cannot_say(rig: Rig) -> None:
    """A volume without a primary is named, and hides no other one; nothing is cleared then."""
    rig.a.failure = "no brick is in sync"
    rig.web.put(rig.log, DESK)
    found = rig.listing()
    assert found["total"] == 1
    assert found["unavailable"] == [{"volume": "a", "reason": "no brick is in sync"}]
    refused = rig.refused(rig.commands.clear(LockChoice(client="10.0.0.7")))
    assert "no brick is in sync" in str(refused)
    assert rig.clear(volume="web", client="10.0.0.7") == 1
    assert rig.listing(volume="a", client="10.0.0.7")["total"] == 0
    assert "not started" in str(rig.refused(rig.commands.listing(LockChoice("off"))))
    assert rig.unknown(volume="wbe", client="x") == "there is no volume 'wbe'"


def test_primary_that_goes_away(rig: Rig) -> None:
    """Locks are listed without paths when the primary is lost under way; a clear says so."""
    rig.web.put(rig.log, DESK)
    rig.web.error = FsError(FsCode.TRY_LATER)
    assert rig.listing()["locks"][0]["file"] is None
    for choice in (LockChoice(client="10.0.0.7"), LockChoice(file="/log")):
        text = str(rig.refused(rig.commands.clear(choice)))
        assert text.startswith("volume 'web'")
        assert "not now" in text


def test_counts_become_metrics(rig: Rig) -> None:
    """Status and metrics count what the locks' own list of clients says."""
    rig.web.put(rig.log, DESK)
    rig.web.put(rig.box, DESK, state="share")
    rig.web.put(rig.log, LAMP, state="waiting")
    counts = rig.commands.counts()
    none = {"volume": "a", "held": 0, "waiting": 0, "clients": 0, "monitored": 1}
    web = {"volume": "web", "held": 2, "waiting": 1, "clients": 2, "monitored": 2}
    assert counts == [none, web]
    lines = exposition(lock_samples(counts, 4)).splitlines()
    assert 'nfsgw_locks{volume="web",state="held"} 2' in lines
    assert 'nfsgw_locks{volume="web",state="waiting"} 1' in lines
    assert 'nfsgw_lock_clients{volume="web"} 2' in lines
    assert 'nfsgw_monitored_clients{volume="a"} 1' in lines
    assert "nfsgw_monitored_hosts 4" in lines
    types = [line for line in lines if line.startswith("# TYPE")]
    assert len(types) == len(set(types)) == 4
    assert "hosts" not in exposition(lock_samples(counts, None))


def test_paths_of_the_tree_are_the_admins(rig: Rig) -> None:
    """Directories that only their owner may enter do not hide a file from the administrator."""
    rig.web.tree.chmod(rig.directory, 0)
    rig.web.put(rig.box)
    assert rig.listing(file="/mail/box")["locks"][0]["file"] == "/mail/box"
    assert operations.lookup(rig.web.tree.view, ADMIN, rig.directory, b"box").inode == rig.box
