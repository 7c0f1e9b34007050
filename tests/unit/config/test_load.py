"""The configuration: what is accepted, and what a mistake is answered with."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from nfsgw.config import Config, ConfigError, load_config, parse_config
from nfsgw.limits import Limits

SAMPLE = Path(__file__).parents[3] / "conf" / "nfsgw.toml"
PATH = Path("/etc/nfsgw/nfsgw.toml")


def test_sample_is_the_defaults() -> None:
    """An unchanged copy of the sample changes nothing."""
    assert load_config(SAMPLE) == Config()


def test_sample_has_every_key() -> None:
    """Every key that the software knows stands in the sample."""
    document = tomllib.loads(SAMPLE.read_text())
    tables = {field.name for field in fields(Config)} - {"source"}
    assert set(document) == tables
    for table in tables:
        known = [field.name for field in fields(getattr(Config(), table))]
        assert list(document[table]) == known, table


def test_empty_file_is_the_defaults() -> None:
    """A file without keys is a good configuration."""
    assert parse_config("", PATH) == Config()


def test_values_arrive() -> None:
    """What the file says is what the software uses."""
    config = parse_config(
        '[node]\nname = "a"\ndrain_s = 3\n'
        "[listen]\nnfs_port = 2050\nudp = false\naddresses = ['::1']\n"
        "[limits]\nconnections_max = 7\n",
        PATH,
    )
    assert config.node.name == "a"
    assert config.node.drain_s == 3.0
    assert isinstance(config.node.drain_s, float)
    assert config.listen.nfs_port == 2050
    assert config.listen.udp is False
    assert config.listen.addresses == ("::1",)
    assert config.limits == Limits(connections_max=7)
    assert config.source == PATH


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[node]\n\nnmae = 'a'\n", 3, "did you mean 'name'?"),
        ("[nodes]\n", 1, "did you mean 'node'?"),
        ("\nnode = 3\n", 2, "write [node]"),
        ("nfs_port = 3\n", 1, "unknown table"),
        ("[listen]\nnfs_port = '2049'\n", 2, 'must be a whole number, not "2049"'),
        ("[listen]\nnfs_port = true\n", 2, "must be a whole number, not true"),
        ("[listen]\nudp = 1\n", 2, "must be true or false, not 1"),
        ("[listen]\nnfs_port = 65536\n", 2, "at most 65535"),
        ("[listen]\naddresses = '::'\n", 2, "must be a list"),
        ("[listen]\naddresses = []\n", 2, "must be a list"),
        ("[listen]\naddresses = [1]\n", 2, "must be a string, not 1"),
        ("[listen]\nportmap = 'ownn'\n", 2, "did you mean 'own'?"),
        ("[node]\nroles = ['bricks']\n", 2, "did you mean 'brick'?"),
        ("[limits]\nconnections_max = 0\n", 2, "must be at least 1"),
        ("[limits]\nhold_s = -1.5\n", 2, "must be at least"),
        ("[limits]\ntransfer_bytes_max = 5000000000\n", 2, "at most 4194304"),
        ("[limits]\nudp_transfer_bytes_max = 65536\n", 2, "at most 57344"),
        ("[node]\nname = \n", 2, "this is not TOML"),
        ("[log]\nlevel = 'info'\nlevel = 'warn'\n", 3, "this is not TOML"),
    ],
)
def test_mistakes_name_file_and_line(text: str, line: int, says: str) -> None:
    """A mistake is answered with file, line and what to write instead."""
    with pytest.raises(ConfigError) as caught:
        parse_config(text, PATH)
    assert str(caught.value).startswith(f"{PATH}:{line}: ")
    assert says in str(caught.value)


def test_missing_file_is_said(tmp_path: Path) -> None:
    """A file that cannot be read is named."""
    with pytest.raises(ConfigError, match=r"absent\.toml: cannot read .*No such file"):
        load_config(tmp_path / "absent.toml")


def test_binary_file_is_said(tmp_path: Path) -> None:
    """A file that is not text is named, without a traceback."""
    path = tmp_path / "nfsgw.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(path)
