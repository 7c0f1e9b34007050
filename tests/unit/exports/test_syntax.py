"""The exports file: what it may say, and what is said about its mistakes."""

from __future__ import annotations

import pytest

from nfsgw.exports.hosts import ClientKind
from nfsgw.exports.options import Options, describe
from nfsgw.exports.syntax import ExportsError, ParsedExport, parse


def only(text: str) -> ParsedExport:
    """Return the one export of a file."""
    (export,) = parse(text.encode(), "exports").exports
    return export


def mistakes(text: str) -> list[str]:
    """Return all messages about a file."""
    with pytest.raises(ExportsError) as raised:
        parse(text.encode(), "exports")
    return [str(problem) for problem in raised.value.problems]


def test_defaults_are_those_of_exports5() -> None:
    """A client without options may read, as a squashed root, from privileged ports."""
    (rule,) = only("/web host1").rules
    assert rule.options == Options()
    assert describe(rule.options) == (
        "ro,root_squash,no_all_squash,anonuid=65534,anongid=65534,secure,sec=sys"
    )


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("rw", Options(read_only=False)),
        ("rw,ro", Options()),
        ("no_root_squash", Options(squash_root=False)),
        ("no_root_squash,root_squash", Options()),
        ("all_squash", Options(squash_all=True)),
        ("all_squash,no_all_squash", Options()),
        ("anonuid=7,anongid=4294967295", Options(anonymous_uid=7, anonymous_gid=2**32 - 1)),
        ("insecure", Options(secure=False)),
        ("insecure,secure", Options()),
        ("sec=sys", Options()),
        ("xprtsec=none", Options()),
        ("manage_gids", Options(manage_gids=True)),
        ("no_acl", Options(no_acl=True)),
        ("", Options()),
    ],
)
def test_option_has_its_effect(option: str, expected: Options) -> None:
    """Each option of exports(5) that we honour does what the manual says."""
    assert only(f"/web host1({option})").rules[0].options == expected


@pytest.mark.parametrize(
    "option",
    "sync wdelay no_wdelay subtree_check no_subtree_check hide nohide crossmnt auth_nlm "
    "no_auth_nlm secure_locks insecure_locks mountpoint mountpoint=/x mp".split(),
)
def test_option_without_effect_is_noted_with_its_line(option: str) -> None:
    """An exports file from kernel NFS loads, and says which of its options mean nothing here."""
    parsed = parse(f"\n/web host1({option},rw)".encode(), "exports")
    assert parsed.exports[0].rules[0].options == Options(read_only=False)
    (note,) = parsed.notes
    assert str(note).startswith(f"exports:2: {option.partition('=')[0]} has no effect: ")


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("async", "async is refused"),
        ("fsid=0", "fsid= is refused"),
        ("sec=krb5p", "sec=krb5p is not built yet"),
        ("sec=sys:krb5", "sec=krb5 is not built yet"),
        ("sec=magic", "sec=magic: not one of"),
        ("xprtsec=mtls", "xprtsec=mtls is not built yet"),
        ("anonuid=-2", "write a number"),
        ("anonuid=4294967296", "write a number"),
        ("anonuid=\u0663", "write a number"),
        ("anongid", "anongid needs a value"),
        ("ro=1", "ro takes no value"),
        ("no_root_squish", "did you mean no_root_squash?"),
        ("insecur", "did you mean insecure?"),
        ("xyzzy", "unknown option 'xyzzy'"),
    ],
)
def test_bad_option_is_refused_with_the_reason(option: str, words: str) -> None:
    """An option that cannot be honoured is an error that says what to do, with file and line."""
    (message,) = mistakes(f"/web host1({option})")
    assert message.startswith("exports:1: ")
    assert words in message


def test_kinds_of_clients() -> None:
    """Hosts, networks in both forms, wildcards, netgroups and everybody are told apart."""
    export = only(
        "/web h.example 10.1.2.3 ::1 10.0.0.0/8 10.0.0.0/255.0.0.0 fe80::/10 *.ex.org h[12] @g *"
    )
    kinds = [rule.client.kind for rule in export.rules]
    host, network = ClientKind.HOST, ClientKind.NETWORK
    assert kinds == [
        host,
        host,
        host,
        network,
        network,
        network,
        ClientKind.WILDCARD,
        ClientKind.WILDCARD,
        ClientKind.NETGROUP,
        ClientKind.ANYONE,
    ]
    assert export.rules[3].client.network == export.rules[4].client.network


@pytest.mark.parametrize(
    "client",
    ["1.2.3", "300.1.1.1", "10.*.1.1", "10.0.0.0/99", "a/b", "@", "gss/krb5", "a_b!", "h("],
)
def test_bad_client_is_refused(client: str) -> None:
    """A machine name that can match nobody is an error, not a rule without effect."""
    assert mistakes(f"/web {client} host1")[0].startswith("exports:1: ")


def test_paths_quotes_escapes_and_directories() -> None:
    """Paths with spaces and raw bytes are read as exports(5) writes them."""
    assert only('"/web/a b" *').directory == (b"a b",)
    assert only("/web/a\\040b *").directory == (b"a b",)
    assert only("/web/\\303\\244 *").directory == (b"\xc3\xa4",)
    assert only("/web//x/y/ *").directory == (b"x", b"y")
    assert parse(b"/web/\xff *", "exports").exports[0].directory == (b"\xff",)


def test_default_options_hold_for_the_rest_of_their_line() -> None:
    """``-rw`` sets defaults for the clients after it, on that line only."""
    export = only("/web host1 -rw,anonuid=5 host2 host3(ro)\n/web host4")
    options = [rule.options for rule in export.rules]
    assert options[0] == Options()
    assert options[1] == Options(read_only=False, anonymous_uid=5)
    assert options[2] == Options(anonymous_uid=5)
    assert options[3] == Options()


def test_continued_lines_and_comments() -> None:
    """Lines continue after a backslash, and mistakes name the line where they began."""
    text = "# first\n\n/web host1 \\\n  host2 # rest\n/data host3(bad)\n"
    (message,) = mistakes(text)
    assert message.startswith("exports:5: ")
    exports = parse(text.replace("(bad)", "").encode(), "exports").exports
    assert [len(export.rules) for export in exports] == [2, 1]
    assert [export.line for export in exports] == [3, 5]


def test_last_line_may_end_in_a_backslash_and_lines_in_cr() -> None:
    """A file cut short or written on Windows is still read."""
    assert only("/web host1 \\").rules[0].client.text == "host1"
    assert only("/web host1\r\n").rules[0].client.text == "host1"
    assert len(only("/web host1 \\\r\n host2\r\n").rules) == 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/web", "no client given"),
        ("/web host1 (rw)", "without a space"),
        ("/web (rw)", "for everybody write *"),
        ("web *", "begins with '/'"),
        ("/ *", "name a volume"),
        ("/web/../x *", "cannot be part"),
        ("/wéb *", "names of volumes are ASCII"),
        ('"/web *', "not closed"),
        ("/web host1 host1(rw)", "given twice"),
        ("/web host1\n/web host1(rw)", "given twice for this path, first in line 1"),
        ("/web host1(rw", "brackets do not match"),
        ("/web host1(r(w))", "brackets do not match"),
        ("/web host1)", "brackets do not match"),
        ("/" + "x/" * 600 + " *", "longer than 1024"),
        ("/web/" + "x" * 256 + " *", "no file can have"),
    ],
)
def test_bad_line_is_refused(line: str, words: str) -> None:
    """What people write by mistake is an error, above all what would open a path to everybody."""
    (message,) = mistakes(line)
    assert words in message


def test_all_mistakes_are_reported_at_once() -> None:
    """One check shows every mistake of the file, in its order."""
    messages = mistakes("/a x(rz)\n/b y\nc z\n/d\n")
    assert [message.split(": ")[0] for message in messages] == [
        "exports:1",
        "exports:3",
        "exports:4",
    ]


def test_a_file_of_nothing_but_mistakes_ends() -> None:
    """A wrong file given by mistake does not print a thousand lines."""
    assert len(mistakes("rubbish\n" * 5000)) <= 101


def test_an_enormous_file_is_refused() -> None:
    """A file of another kind, given by mistake, is refused by its size."""
    assert "longer than" in mistakes("#" * (5 << 20))[0]


def test_lines_for_the_same_path_are_joined() -> None:
    """Two lines for one path add up."""
    assert [rule.client.text for rule in only("/web a\n/web/ b").rules] == ["a", "b"]
