"""The sample exports file says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from nfsgw.exports import options
from nfsgw.exports.syntax import parse

SAMPLE = Path(__file__).parents[3] / "conf" / "exports"


def test_sample_exports_nothing_until_it_is_changed() -> None:
    """Installing the sample opens nothing to anybody."""
    assert parse(SAMPLE.read_bytes(), "exports").exports == ()


def test_samples_examples_are_right() -> None:
    """Whoever takes the comment sign off an example gets what it shows."""
    _, _, examples = SAMPLE.read_text().partition("# Examples:")
    text = re.sub(r"^# ?", "", examples, flags=re.MULTILINE)
    exports = parse(text.encode(), "exports").exports
    assert [(export.volume, export.directory) for export in exports] == [
        ("web", ()),
        ("web", (b"upload",)),
        ("data", (b"my files",)),
    ]
    assert exports[1].rules[0].options == options.Options(
        read_only=False, squash_all=True, anonymous_uid=33, anonymous_gid=33
    )


def test_sample_mentions_every_option() -> None:
    """No option is left for people to find out by reading the code."""
    text = SAMPLE.read_text()
    names = {*options._FLAGS, *options._VALUED, *options._WITHOUT_EFFECT, *options._REFUSED}
    words = set(re.findall(r"[a-z_]+", text))
    assert names - words == {"mp"}, "mp is the short form of mountpoint"


def test_sample_lists_the_defaults_first() -> None:
    """The defaults that the sample shows are the ones that hold."""
    text = SAMPLE.read_text()
    shown = re.findall(r"^#     (\w+) \| (\w+)", text, flags=re.MULTILINE)
    assert len(shown) == 4
    for default, other in shown:
        assert options.apply_option(options.Options(), default)[0] == options.Options()
        assert options.apply_option(options.Options(), other)[0] != options.Options()
