"""What the configuration leaves open is chosen by who runs the daemon."""

from __future__ import annotations

from pathlib import Path

import pytest

from nfsgw.config import ConfigError, Ports, Settled, parse_config, settle

HOME = Path("/home/ann")


def settled(text: str = "", root: bool = False, state: Path | None = None) -> Settled:
    """Settle a configuration given as text."""
    config = parse_config(text, Path("nfsgw.toml"))
    return settle(config, root=root, hostname="node1", home=HOME, state=state)


def test_root_has_standard_ports() -> None:
    """As root the ports are those that clients know without being told."""
    chosen = settled(root=True)
    assert chosen.ports == Ports(2049, 20048, 4045, 4046, 111)
    assert chosen.portmap == "auto"
    assert chosen.state == Path("/var/lib/nfsgw")
    assert chosen.socket == Path("/var/lib/nfsgw/admin.sock")
    assert chosen.name == "node1"


def test_others_have_high_ports() -> None:
    """Everyone else gets high ports, no portmap, and state at home."""
    chosen = settled()
    assert chosen.ports == Ports(12049, 12048, 14045, 14046, 0)
    assert chosen.portmap == "none"
    assert chosen.state == HOME / ".local/state/nfsgw"


def test_file_wins_over_choice() -> None:
    """What the file says is not chosen again."""
    chosen = settled("[listen]\nnfs_port = 3049\nportmap = 'own'\nportmap_port = 3111\n")
    assert chosen.ports == Ports(3049, 12048, 14045, 14046, 3111)


def test_option_wins_over_file() -> None:
    """The option --state wins over the file, and the admin socket follows it."""
    chosen = settled("[node]\nstate_directory = '/a'\n", state=Path("/b"))
    assert chosen.socket == Path("/b/admin.sock")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[listen]\nnfs_port = 5\nmount_port = 5\n", "both 5"),
        ("[listen]\nnlm_port = 12048\n", "listen.mount_port and listen.nlm_port are both 12048"),
        ("[listen]\ntcp = false\nudp = false\n", "both false"),
        ("[node]\ncoordinator = 'etcd'\n", "not built yet"),
        ("[node]\nroles = ['gateway']\n", "not built yet"),
        (f"[admin]\nsocket = '/{'x' * 120}'\n", "longer than 107 bytes"),
    ],
)
def test_contradictions_are_refused(text: str, says: str) -> None:
    """Choices that cannot work together are refused before anything opens."""
    with pytest.raises(ConfigError, match=says):
        settled(text)
