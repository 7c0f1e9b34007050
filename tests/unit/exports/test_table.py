"""The export table: who may use which handle and mount which path, across reloads."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from nfsgw.errors import FsCode, FsError
from nfsgw.exports.syntax import ExportsError
from nfsgw.exports.table import Admitted
from nfsgw.rpc.program import Peer
from nfsgw.waiting import result_of, step
from tests.unit.exports.fakes import Bench, FakeVolume, call, peer


def loaded(text: str | None, bench: Bench | None = None) -> Bench:
    """Return a bench with an exports file in force."""
    bench = bench or Bench()
    result_of(bench.table.load(None if text is None else text.encode(), "exports"))
    return bench


def handle(bench: Bench, inode: int = 5, export_id: int = 1) -> bytes:
    """Return a handle of the first export."""
    return bench.codec.encode(export_id, 77, inode)


def refusal(bench: Bench, data: bytes, from_: Peer | None = None) -> FsCode:
    """Return why a handle is refused."""
    with pytest.raises(FsError) as raised:
        bench.table.open(call(from_), data)
    return raised.value.code


def admitted(bench: Bench, path: str, from_: Peer | None = None) -> Admitted:
    """Return what a client may mount."""
    names = tuple(name.encode() for name in path.split("/") if name)
    return result_of(bench.table.admit(from_ or peer(), names))


def test_open_gives_the_volume_with_the_rules() -> None:
    """A call with a good handle reaches its file, again and again, through one Access."""
    bench = loaded("/web *(rw)")
    access, inode = bench.table.open(call(), handle(bench))
    assert (inode, access.export_id, access.id, access.name) == (5, 1, 77, "web")
    assert bench.table.open(call(), handle(bench)) is bench.table.open(call(), handle(bench))
    other, _ = bench.table.open(call(peer("10.0.0.2")), handle(bench, 2))
    assert other is access


def test_bad_handle() -> None:
    """A forged handle is BADHANDLE."""
    bench = loaded("/web *")
    assert refusal(bench, bytes(32)) is FsCode.BADHANDLE
    assert refusal(bench, b"") is FsCode.BADHANDLE


def test_stale_handles() -> None:
    """Handles of what was once exported, and is no more, are STALE."""
    bench = loaded("/web *")
    assert refusal(bench, handle(bench, export_id=2)) is FsCode.STALE
    assert refusal(bench, bench.codec.encode(1, 78, 5)) is FsCode.STALE
    bench.volumes.known["other"] = bench.volumes.started[78] = FakeVolume("other", 78)
    assert refusal(bench, bench.codec.encode(1, 78, 5)) is FsCode.STALE, "of another volume"


def test_stopped_volume_is_not_now_and_deleted_volume_is_gone() -> None:
    """A stopped volume makes clients wait; a deleted one tells them that it is gone."""
    bench = loaded("/web *")
    bench.table.open(call(), handle(bench))
    del bench.volumes.started[77]
    assert refusal(bench, handle(bench)) is FsCode.TRY_LATER
    assert refusal(bench, handle(bench)) is FsCode.TRY_LATER
    again = FakeVolume()
    bench.volumes.started[77] = again
    access, _ = bench.table.open(call(), handle(bench))
    assert access.volume is again.as_volume()
    del bench.volumes.started[77], bench.volumes.known["web"]
    assert refusal(bench, handle(bench)) is FsCode.STALE
    result_of(bench.table.refresh())
    assert refusal(bench, handle(bench)) is FsCode.STALE


def test_nothing_is_stale_before_the_first_load() -> None:
    """A client that calls while the gateway starts keeps its mount."""
    bench = Bench()
    assert refusal(bench, handle(bench)) is FsCode.TRY_LATER


def test_host_no_longer_allowed() -> None:
    """A host that a reload takes off the list is refused from its next call on."""
    bench = loaded("/web 10.0.0.1 10.0.0.2")
    bench.table.open(call(), handle(bench))
    loaded("/web 10.0.0.2", bench)
    assert refusal(bench, handle(bench)) is FsCode.ACCES
    assert bench.table.open(call(peer("10.0.0.2")), handle(bench))[1] == 5


def test_secure_wants_a_privileged_port() -> None:
    """Only root of a client can speak to a secure export; insecure lets everybody."""
    bench = loaded("/web 10.0.0.1 10.0.0.2(insecure)")
    bench.table.open(call(peer(port=1023)), handle(bench))
    assert refusal(bench, handle(bench), peer(port=1024)) is FsCode.ACCES
    bench.table.open(call(peer("10.0.0.2", port=40000)), handle(bench))
    with pytest.raises(FsError):
        admitted(bench, "/web", peer(port=1024))


@pytest.mark.parametrize(
    ("line", "read_only"),
    [
        ("* (rw)", None),
        ("*(rw) 10.0.0.0/24(ro)", True),
        ("*(rw) @g(ro)", True),
        ("@g(rw) *.lan(ro)", True),
        ("*.lan(rw) 10.0.0.0/24(ro)", True),
        ("10.0.0.0/24(rw) 10.0.0.1(ro)", True),
        ("10.0.0.0/24(rw) h.lan(ro)", True),
        ("10.0.0.0/8(ro) 10.0.0.0/24(rw)", True),
        ("10.0.0.0/24(rw) 10.0.0.0/8(ro)", False),
    ],
)
def test_which_rule_wins(line: str, read_only: bool | None) -> None:
    """Host before network before wildcard before netgroup before everybody; else the first."""
    bench = Bench()
    address = ip_address("10.0.0.1")
    bench.resolver.hosts["h.lan"] = {address}
    bench.resolver.clients[address] = ("h.lan",)
    bench.resolver.groups["g"] = ["10.0.0.1"]
    if read_only is None:
        with pytest.raises(ExportsError):
            loaded("/web " + line, bench)
        return
    loaded("/web " + line, bench)
    assert bench.table.open(call(), handle(bench))[0].read_only is read_only


def test_client_name_is_looked_up_without_holding_up_others() -> None:
    """While DNS is slow, an unknown client is asked to come again; others are served."""
    bench = loaded("/web *.lan(rw) 10.0.0.2")
    bench.resolver.at_once = False
    bench.resolver.clients[ip_address("10.0.0.1")] = ("h.lan",)
    assert refusal(bench, handle(bench)) is FsCode.TRY_LATER
    bench.table.open(call(peer("10.0.0.2")), handle(bench))
    bench.resolver.answer()
    assert bench.table.open(call(), handle(bench))[0].read_only is False


def test_mount_waits_for_the_name() -> None:
    """A mount by a host that a wildcard covers waits for DNS and then succeeds."""
    bench = loaded("/web *.lan(rw)")
    bench.resolver.at_once = False
    bench.resolver.clients[ip_address("10.0.0.1")] = ("h.lan",)
    mounting = step(bench.table.admit(peer(), (b"web",)))
    assert not mounting.done
    bench.resolver.answer()
    assert mounting.result().access.name == "web"


def test_ids_do_not_depend_on_the_files_order() -> None:
    """Handles survive any rearrangement of the exports file."""
    bench = loaded("/web *\n/web/a *")
    first = {export.path: export.id for export in bench.table.listing()}
    loaded("/web/c *\n/web/a *\n/web *", bench)
    second = {export.path: export.id for export in bench.table.listing()}
    assert first.items() <= second.items()
    assert len(set(second.values())) == 3


def test_bad_file_leaves_the_rules_in_force() -> None:
    """A mistake in a reloaded file changes nothing for clients, then or at the next refresh."""
    bench = loaded("/web 10.0.0.1(rw)")
    with pytest.raises(ExportsError):
        loaded("/web 10.0.0.2(rx)", bench)
    result_of(bench.table.refresh())
    assert bench.table.open(call(), handle(bench))[0].read_only is False


def test_without_a_file_only_this_machine_is_served() -> None:
    """Without an exports file a volume is there for the local machine, at /NAME, and only it."""
    bench = loaded(None, Bench(lambda: ["10.0.0.99", "fe80::1%eth0"]))
    for address in ("127.0.0.1", "127.8.8.8", "::1", "10.0.0.99", "::ffff:10.0.0.99", "fe80::1"):
        access, _ = bench.table.open(call(peer(address)), handle(bench))
        assert access.read_only is False
    assert refusal(bench, handle(bench), peer("10.0.0.1")) is FsCode.ACCES
    assert [export.path for export in bench.table.listing()] == [b"/web"]


def test_new_volume_is_exported_after_a_refresh() -> None:
    """A volume created while the daemon runs can be mounted at once."""
    bench = loaded(None)
    bench.volumes.known["new"] = FakeVolume("new", 78)
    result_of(bench.table.refresh())
    assert [export.path for export in bench.table.listing()] == [b"/new", b"/web"]


def test_unknown_volume_and_host_are_noted() -> None:
    """A line for a volume that does not exist is pointed out, and does not stop the rest."""
    bench = Bench()
    notes = result_of(bench.table.load(b"/nope *\n/web nosuch *(sync)", "exports"))
    assert [str(note).split(": ")[0] for note in notes] == ["exports:2", "exports:2", "exports:1"]
    assert [export.path for export in bench.table.listing()] == [b"/web"]


@pytest.mark.parametrize(
    ("path", "export", "rest"),
    [
        ("/web", b"/web", ()),
        ("/web/c/x", b"/web", (b"c", b"x")),
        ("/web/a", b"/web/a", ()),
        ("/web/a/b", b"/web/a", (b"b",)),
        ("/web/ab", b"/web", (b"ab",)),
    ],
)
def test_longest_exported_path_wins(path: str, export: bytes, rest: tuple[bytes, ...]) -> None:
    """A mount goes through the nearest exported directory above it."""
    found = admitted(loaded("/web *\n/web/a *(rw)"), path)
    assert (found.export.path, found.names) == (export, rest)


def test_shorter_export_serves_whom_the_longer_one_does_not() -> None:
    """Who is not on the directory's own list may still come through the volume's."""
    bench = loaded("/web *\n/web/a 10.0.0.2(rw)")
    found = admitted(bench, "/web/a")
    assert (found.export.path, found.names) == (b"/web", (b"a",))


@pytest.mark.parametrize("path", ["", "/other", "/we", "/webb", "/web/c"])
def test_what_is_not_exported_cannot_be_mounted(path: str) -> None:
    """A path outside every export is refused as one that is not for this client."""
    with pytest.raises(FsError) as raised:
        admitted(loaded("/web/a *"), path)
    assert raised.value.code is FsCode.ACCES


def test_stopped_volume_cannot_be_mounted() -> None:
    """A stopped volume is refused at mount instead of hanging the client."""
    bench = loaded("/web *")
    del bench.volumes.started[77]
    with pytest.raises(FsError) as raised:
        admitted(bench, "/web")
    assert raised.value.code is FsCode.ACCES


def test_local_socket_is_for_root_only() -> None:
    """Through a local socket only root is taken for this machine."""
    bench = loaded("/web 127.0.0.1")
    root = Peer("local", 0, "local", 0, "local", 0)
    assert bench.table.open(call(root), handle(bench))[1] == 5
    other = Peer("local", 0, "local", 0, "local", 500)
    assert refusal(bench, handle(bench), other) is FsCode.ACCES


def test_overtaken_load_does_not_come_back() -> None:
    """Of two reloads the later one counts, whichever name lookup ends last."""
    bench = Bench()
    bench.resolver.at_once = False
    bench.resolver.hosts["h.lan"] = {ip_address("10.0.0.1")}
    first = step(bench.table.load(b"/web h.lan", "exports"))
    result_of(bench.table.load(b"/web 10.0.0.2", "exports"))
    bench.resolver.answer()
    assert first.done
    assert refusal(bench, handle(bench)) is FsCode.ACCES
    assert bench.table.open(call(peer("10.0.0.2")), handle(bench))[1] == 5
