"""Which transports are registered."""

from __future__ import annotations

from pathlib import Path

import pytest

from nfsgw.config import parse_config, settle
from nfsgw.service.portmapping import netids


@pytest.mark.parametrize(
    ("listen", "wanted"),
    [
        ("addresses = ['0.0.0.0']", ["tcp", "udp"]),
        ("addresses = ['192.0.2.1', '2001:db8::1']", ["tcp", "udp", "tcp6", "udp6"]),
        ("addresses = ['2001:db8::1']\nudp = false", ["tcp6"]),
        ("addresses = ['0.0.0.0']\ntcp = false", ["udp"]),
    ],
)
def test_only_what_is_served_is_registered(listen: str, wanted: list[str]) -> None:
    """A client is never sent to a transport that nobody serves."""
    config = parse_config(f"[listen]\n{listen}\n", Path("nfsgw.toml"))
    settled = settle(config, root=True, hostname="node1", home=Path("/root"))
    assert netids(settled) == wanted
