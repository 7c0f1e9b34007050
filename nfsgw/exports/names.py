"""Turning the names in an exports file into addresses, and addresses into names, ahead of need.

Host names and netgroups are looked up when rules are loaded and refreshed.  Only wildcards need
the name of a client that is not in the file; it is looked up when the client first comes, and
kept for a while.  Lookups run wherever the caller's ``run`` runs them, never on the reactor.
"""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Awaitable, Callable, Collection, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from nfsgw.clock import Clock
from nfsgw.exports.hosts import Address, Client, ClientKind, KnownNames, parse_address
from nfsgw.waiting import Wait, gather, step

__all__ = [
    "ClientNames",
    "Resolver",
    "Run",
    "SystemResolver",
    "look_up_names",
    "parse_netgroups",
]

NAMES_AGE_S: Final = 600.0
RETRY_S: Final = 30.0
CLIENTS_MAX: Final = 4096
UNDER_WAY_MAX: Final = 64
NETGROUP_HOSTS_MAX: Final = 16384
GETENT_TIMEOUT_S: Final = 20

# getaddrinfo's and gethostbyaddr's ways to say that the answer is "no", not "ask again".
_NO_SUCH_NAME: Final = (socket.EAI_NONAME, socket.EAI_NODATA)
_NO_SUCH_HOST: Final = (1, 4)

Run = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Runs a blocking function in a thread, and gives its result."""


class Resolver(Protocol):
    """What is asked of the system's name services.

    An OSError means that they could not be asked now; what was known before then still holds, so
    that a name server that is away takes nobody's mount away.
    """

    async def addresses(self, name: str) -> frozenset[Address]:
        """Return all addresses of a host name; empty if there is no such name."""

    async def names(self, address: Address) -> tuple[str, ...]:
        """Return the names of an address that also lead back to it."""

    async def netgroup(self, name: str) -> Collection[str] | None:
        """Return the host names (or addresses) in a netgroup; None if there is no such group."""


class SystemResolver:
    """The machine's own name services: getaddrinfo, /etc/netgroup and ``getent netgroup``.

    :param run: takes a blocking function to a thread.
    :param netgroup_file: read before the name services are asked, because Debian's
        ``nsswitch.conf`` does not name it.
    """

    def __init__(self, run: Run, netgroup_file: Path = Path("/etc/netgroup")) -> None:
        self._run = run
        self._netgroup_file = netgroup_file

    async def addresses(self, name: str) -> frozenset[Address]:
        """Return all addresses of a host name."""
        found: frozenset[Address] = await self._run(partial(_addresses, name))
        return found

    async def names(self, address: Address) -> tuple[str, ...]:
        """Return the names of an address, each confirmed by looking it up forward."""
        found: tuple[str, ...] = await self._run(partial(_names, address))
        return found

    async def netgroup(self, name: str) -> Collection[str] | None:
        """Return the hosts of a netgroup, from the file or else from the name services."""
        found: Collection[str] | None = await self._run(
            partial(_netgroup, name, self._netgroup_file)
        )
        return found


class ClientNames:
    """The names of clients, for wildcards: looked up when a client first comes, then kept.

    After ten minutes they are looked up again, but they hold until the answer is there: a client
    that is at work never waits for DNS.
    """

    def __init__(self, resolver: Resolver, clock: Clock) -> None:
        self._resolver = resolver
        self._clock = clock
        self._known: dict[Address, tuple[float, tuple[str, ...]]] = {}
        self._under_way: dict[Address, Wait[None]] = {}

    def get(self, address: Address) -> tuple[str, ...] | None:
        """Return a client's names; None if they were never found (:meth:`look_up` helps)."""
        known = self._known.get(address)
        if known is None:
            return None
        if known[0] < self._clock.seconds():
            self.look_up(address)
        return known[1]

    def look_up(self, address: Address) -> Wait[None]:
        """Begin to look up a client's names, or join the lookup that is under way.

        At most 64 run at once; beyond that the returned Wait is done already, and the client has
        to come again.
        """
        wait = self._under_way.get(address)
        if wait is not None:
            return wait
        wait = Wait()
        if len(self._under_way) >= UNDER_WAY_MAX:
            wait.resolve(None)
            return wait
        self._under_way[address] = wait
        step(self._fill(address, wait))
        return wait

    async def _fill(self, address: Address, wait: Wait[None]) -> None:
        known = self._known.pop(address, None)
        if known is not None:
            self._known[address] = known
        age_s = NAMES_AGE_S
        try:
            names = await self._resolver.names(address)
        except OSError:
            names, age_s = (known[1] if known else ()), RETRY_S
        finally:
            del self._under_way[address]
        while len(self._known) >= CLIENTS_MAX and address not in self._known:
            del self._known[next(iter(self._known))]
        self._known[address] = (self._clock.seconds() + age_s, names)
        wait.resolve(None)


async def look_up_names(
    resolver: Resolver,
    clients: Iterable[Client],
    local: frozenset[Address],
    before: KnownNames | None = None,
) -> tuple[KnownNames, tuple[str, ...]]:
    """Look up everything that some clients are named by.

    :param before: what was known; it holds on for names that cannot be asked about now.
    :returns: what was found, and the names (netgroups with ``@``) that were not.
    """
    before = before or KnownNames()
    hosts: dict[str, frozenset[Address]] = {}
    netgroups: dict[str, frozenset[Address]] = {}
    missing: list[str] = []

    async def host(name: str) -> None:
        try:
            hosts[name] = await resolver.addresses(name)
        except OSError:
            hosts[name] = before.hosts.get(name, frozenset())
        if not hosts[name]:
            missing.append(name)

    async def netgroup(name: str) -> None:
        try:
            netgroups[name] = await _members(resolver, name)
        except OSError:
            netgroups[name] = before.netgroups.get(name, frozenset())
        if not netgroups[name]:
            missing.append("@" + name)

    work = {}
    for client in clients:
        if client.kind is ClientKind.NETGROUP:
            work["@" + client.name] = partial(netgroup, client.name)
        elif client.kind is ClientKind.HOST and client.network is None:
            work[client.name] = partial(host, client.name)
    await gather(*[step(lookup()) for lookup in work.values()])
    return KnownNames(hosts, netgroups, local), tuple(sorted(missing))


async def _members(resolver: Resolver, group: str) -> frozenset[Address]:
    found: set[Address] = set()
    for member in await resolver.netgroup(group) or ():
        try:
            found.add(parse_address(member))
        except ValueError:
            found |= await resolver.addresses(member)
    return frozenset(found)


_TRIPLE = re.compile(r"\(\s*([^,()]*?)\s*,[^()]*\)")


def parse_netgroups(data: bytes, group: str) -> frozenset[str] | None:
    """Return the hosts of one group of a netgroup(5) file, nested groups included.

    As in exports(5), a member with an empty host part, or ``-``, stands for no host.
    """
    text = data.decode("utf-8", "replace").replace("\\\n", " ")
    lines: dict[str, str] = {}
    for line in text.splitlines():
        name, _, members = line.partition("#")[0].strip().partition(" ")
        name, _, more = name.partition("\t")
        if name:
            lines.setdefault(name, f"{more} {members}")
    if group not in lines:
        return None
    hosts: set[str] = set()
    seen, waiting = {group}, [group]
    while waiting and len(hosts) < NETGROUP_HOSTS_MAX:
        members = lines.get(waiting.pop(), "")
        hosts.update(_hosts(members))
        nested = set(_TRIPLE.sub(" ", members).split()) - seen
        seen |= nested
        waiting.extend(sorted(nested))
    return frozenset(hosts)


def _hosts(members: str) -> list[str]:
    return [host for host in _TRIPLE.findall(members) if host not in ("", "-")]


def _addresses(name: str) -> frozenset[Address]:
    try:
        answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except UnicodeError:
        return frozenset()
    except socket.gaierror as error:
        if error.errno in _NO_SUCH_NAME:
            return frozenset()
        raise
    return frozenset(parse_address(str(answer[4][0])) for answer in answers)


def _names(address: Address) -> tuple[str, ...]:
    try:
        name, aliases, _ = socket.gethostbyaddr(str(address))
    except UnicodeError:
        return ()
    except socket.herror as error:
        if error.errno in _NO_SUCH_HOST:
            return ()
        raise
    return tuple(name for name in (name, *aliases) if address in _addresses(name))


def _netgroup(name: str, file: Path) -> frozenset[str] | None:
    try:
        found = parse_netgroups(file.read_bytes(), name)
    except FileNotFoundError:
        found = None
    if found is not None:
        return found
    try:
        answer = subprocess.run(
            ["getent", "netgroup", "--", name],
            capture_output=True,
            timeout=GETENT_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(str(error)) from error
    if answer.returncode != 0:
        return None
    return frozenset(_hosts(answer.stdout.decode("utf-8", "replace")))
