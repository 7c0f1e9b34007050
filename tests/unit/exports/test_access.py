"""The rules on a volume: read-only, squashing, and an export that nobody leaves."""

from __future__ import annotations

import inspect
from collections.abc import Coroutine
from typing import Any

import pytest

from nfsgw.backend import api
from nfsgw.errors import FsCode, FsError
from nfsgw.exports.access import Access, make_access, squash
from nfsgw.exports.handle import HandleCodec
from nfsgw.exports.options import Options
from nfsgw.exports.table import no_groups
from nfsgw.rpc.program import Credential
from nfsgw.waiting import result_of
from tests.unit.exports.fakes import KEY, FakeVolume, call

USER = api.Credentials(500, 500)
OPERATIONS = [
    name for name, member in vars(api.Volume).items() if inspect.iscoroutinefunction(member)
]
MUTATING = [
    name
    for name in OPERATIONS
    if name == "commit" or "request" in inspect.signature(vars(api.Volume)[name]).parameters
]


def made(
    options: Options, directory: tuple[bytes, ...] = (), volume: FakeVolume | None = None
) -> Access:
    """Return an Access of a fake volume."""
    fake = volume or FakeVolume()
    return make_access(fake.as_volume(), 9, directory, options, HandleCodec(KEY), no_groups)


def code_of(coroutine: Coroutine[Any, Any, object]) -> FsCode:
    """Return the error of an operation that must fail."""
    with pytest.raises(FsError) as raised:
        result_of(coroutine)
    return raised.value.code


def test_nothing_to_check_costs_nothing() -> None:
    """In a writable export of a whole volume every operation is the volume's own method."""
    volume = FakeVolume()
    access = made(Options(read_only=False), volume=volume)
    assert OPERATIONS
    for name in OPERATIONS:
        assert vars(access)[name] == getattr(volume, name)


@pytest.mark.parametrize("name", MUTATING)
@pytest.mark.parametrize("directory", [(), (b"a",)])
def test_read_only_export_refuses_every_change(name: str, directory: tuple[bytes, ...]) -> None:
    """Nothing in a read-only export can be changed, by whichever call."""
    volume = FakeVolume()
    access = made(Options(), directory, volume)
    count = len(inspect.signature(vars(api.Volume)[name]).parameters) - 1
    assert code_of(vars(access)[name](*[None] * count)) is FsCode.ROFS
    assert volume.asked == []


def test_every_changing_operation_is_known() -> None:
    """The list of refused calls follows the volume's interface when that grows."""
    assert len(MUTATING) == 12


def test_no_acl_is_passed_on() -> None:
    """Programs see the option; the rules of ACLs hold nevertheless, so nothing else changes."""
    volume = FakeVolume()
    assert not made(Options(read_only=False), volume=volume).no_acl
    access = made(Options(read_only=False, no_acl=True), volume=volume)
    assert access.no_acl
    assert vars(access)["access"] == volume.access


def test_access_bits_of_a_read_only_export() -> None:
    """ACCESS in a read-only export never promises what will then be refused."""
    bits = api.Access
    access = made(Options())
    granted = result_of(access.access(USER, 1, 0x3F)).granted
    assert granted == bits.READ | bits.LOOKUP | bits.EXECUTE
    writable = made(Options(read_only=False))
    assert result_of(writable.access(USER, 1, 0x3F)).granted == 0x3F


SYS_ROOT = Credential(1, b"h", 0, 0, (0, 4))
SYS_USER = Credential(1, b"h", 500, 0, (0, 500))
NONE = Credential(0)


@pytest.mark.parametrize(
    ("options", "credential", "expected"),
    [
        (Options(), SYS_ROOT, api.Credentials(65534, 65534, frozenset({65534, 4}))),
        (Options(), SYS_USER, api.Credentials(500, 65534, frozenset({65534, 500}))),
        (Options(squash_root=False), SYS_ROOT, api.Credentials(0, 0, frozenset({0, 4}))),
        (Options(squash_all=True), SYS_USER, api.Credentials(65534, 65534)),
        (
            Options(squash_all=True, squash_root=False, anonymous_uid=7, anonymous_gid=8),
            SYS_ROOT,
            api.Credentials(7, 8),
        ),
        (Options(squash_root=False), NONE, api.Credentials(65534, 65534)),
        (Options(squash_root=False, anonymous_uid=0), NONE, api.Credentials(0, 65534)),
    ],
)
def test_squashing(options: Options, credential: Credential, expected: api.Credentials) -> None:
    """Root and everybody become who the export says, in user, group and further groups."""
    assert squash(credential, options, no_groups) == expected


def test_more_than_sixteen_groups_come_from_the_server() -> None:
    """A user in 40 groups has all of them where the export says manage_gids."""
    full = Credential(1, b"h", 500, 500, tuple(range(100, 116)))
    options = Options(manage_gids=True)
    known = {500: range(100, 140)}
    assert squash(full, options, known.get).groups == frozenset(range(100, 140))
    assert squash(full, options, no_groups).groups == frozenset(range(100, 116))
    assert squash(full, Options(), known.get).groups == frozenset(range(100, 116))
    few = Credential(1, b"h", 500, 500, (100,))
    assert squash(few, options, known.get).groups == {100}


def test_credentials_are_cached_by_what_the_call_said() -> None:
    """Two users are never mistaken for each other, however often their calls alternate."""
    access = made(Options())
    for uid in range(1, 10000):
        circumstances = call(credential=Credential(1, b"h", uid, uid))
        assert access.credentials(circumstances).uid == uid
        assert access.credentials(circumstances) is access.credentials(circumstances)
    assert len(access._credentials) <= 4096


def test_handles_carry_the_export() -> None:
    """The handle of a file seen through an export says so, and is 32 bytes."""
    handle = made(Options()).handle(5)
    assert HandleCodec(KEY).decode(handle) == (9, 77, 5)


def test_dotdot_at_the_root_of_a_directory_export_stays() -> None:
    """In a mounted directory, ``..`` of its top is its top, in LOOKUP as in READDIRPLUS."""
    access = made(Options(read_only=False), (b"a",))
    assert result_of(access.find_root()) == 2
    found = result_of(access.lookup(USER, 2, b".."))
    assert found.inode == 2
    listing = result_of(access.readdir(USER, 2, 0, True, 9999, 24))
    assert [(entry.name, entry.inode) for entry in listing.entries] == [
        (b".", 2),
        (b"..", 2),
        (b"b", 3),
        (b"file", 5),
    ]
    assert listing.entries[1].attributes == listing.attributes
    without = result_of(access.readdir(USER, 2, 1, False, 9999, 24))
    assert (without.entries[0].name, without.entries[0].inode) == (b"..", 2)
    assert without.entries[0].attributes is None


def test_dotdot_below_the_root_goes_up() -> None:
    """Within the mounted directory ``..`` works as ever."""
    access = made(Options(), (b"a",))
    assert result_of(access.lookup(USER, 3, b"..")).inode == 2
    assert result_of(access.readdir(USER, 3, 0, False, 999, 24)).entries[1].inode == 2


def test_directory_moved_out_does_not_lead_out() -> None:
    """A directory that was moved out of the export gives no way to its new neighbours."""
    access = made(Options(), (b"a",))
    assert code_of(access.lookup(USER, 4, b"..")) is FsCode.ACCES
    assert code_of(access.readdir(USER, 4, 0, False, 999, 24)) is FsCode.ACCES
    assert result_of(access.readdir(USER, 4, 2, False, 999, 24)).entries == []


@pytest.mark.parametrize("path", [(b"gone",), (b"a", b"file", b"below")])
def test_directory_export_whose_directory_is_gone_leads_nowhere(path: tuple[bytes, ...]) -> None:
    """Handles outlive the exported directory: they lead to what was in it, not above it."""
    access = made(Options(), path)
    assert code_of(access.lookup(USER, 3, b"..")) is FsCode.ACCES
    assert code_of(access.readdir(USER, 3, 0, False, 999, 24)) is FsCode.ACCES
    assert result_of(access.readdir(USER, 3, 2, False, 999, 24)).entries == []
    assert code_of(access.find_root()) in (FsCode.NOENT, FsCode.NOTDIR)


def test_lookup_of_other_names_goes_straight_on() -> None:
    """An ordinary name costs one lookup, also in a directory export."""
    volume = FakeVolume()
    access = made(Options(), (b"a",), volume)
    assert result_of(access.lookup(USER, 2, b"b")).inode == 3
    assert len(volume.asked) == 1
