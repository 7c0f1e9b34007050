"""The compiler: what is committed is what it makes, and it refuses what it cannot compile."""

from __future__ import annotations

from pathlib import Path

import pytest

from nfsgw.xdr.compiler.__main__ import compile_all, main
from nfsgw.xdr.compiler.lexer import SpecificationError
from nfsgw.xdr.compiler.parser import parse
from tests.unit.xdr.reference import compile_text


@pytest.mark.parametrize(
    ("path", "text"), list(compile_all()), ids=lambda item: getattr(item, "stem", "")
)
def test_generated_modules_match_their_specifications(path: Path, text: str) -> None:
    """Nobody edited a generated module, or forgot to run the compiler."""
    assert path.read_text("utf-8") == text


def test_check_reports_stale_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--check`` names stale modules and changes nothing; without it they are written."""
    (tmp_path / "spec").mkdir()
    (tmp_path / "generated").mkdir()
    (tmp_path / "spec" / "tiny.x").write_text("struct tiny { int a; };")
    monkeypatch.setattr("nfsgw.xdr.compiler.__main__.compile_all", lambda: compile_all(tmp_path))
    module = tmp_path / "generated" / "tiny.py"
    assert main(["--check"]) == 1
    assert "tiny.py" in capsys.readouterr().err
    assert not module.exists()
    assert main([]) == 0
    assert "class tiny" in module.read_text()
    assert main(["--check"]) == 0
    (tmp_path / "spec" / "tiny.x").write_text("struct tiny { nothing a; };")
    assert main([]) == 1
    assert "nothing is not defined" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("const A = 1;\n\nconst B = ?;", "bad.x:3: unexpected '?'"),
        ("const A = B;", "'B' is no constant"),
        ("const A = 1; const A = 2;", "already has another value"),
        ("struct s { int a; }; struct s { int a; };", "defined twice"),
        ("struct s { int a };", "';' expected"),
        ("struct s { void; };", "void is no field"),
        ("struct s { missing a; };", "missing is not defined"),
        ("struct s { float a; };", "float is not supported"),
        ("struct s { s a; };", "contains itself"),
        ("struct s { s *a; int b; };", "contains itself"),
        ("struct a { b x; }; struct b { a *x; int y; };", "contains itself"),
        ("struct s { opaque a<-1>; };", "no length"),
        ("typedef opaque nothing[0]; struct s { nothing a<>; };", "may be empty"),
        ("union u switch (hyper h) { case 1: void; };", "discriminant"),
        ("union u switch (int i) { case 1: void; case 1: void; };", "twice"),
        ("enum e { A = 1 }; union u switch (e x) { case 2: void; };", "cannot have"),
        ("union u switch (int i) { int a; };", "'case' or 'default'"),
        ("%wire s\nstruct s { int a[2]; };", "numbers and opaques only"),
        ("%bulk s.a\nstruct s { int a; };", "no variable opaque"),
        ("%speed 9", "not understood"),
        ("module m;", "a definition expected"),
    ],
)
def test_wrong_specifications_are_refused(text: str, message: str) -> None:
    """A mistake in a specification is reported with its place, not compiled into something."""
    with pytest.raises(SpecificationError, match=r"^bad\.x:") as caught:
        parse(text + "\n", "bad")
    assert message in str(caught.value)


def test_python_keywords_get_an_underscore() -> None:
    """A field that Python reserves (RENAME's ``from``) can still be used."""
    protocol = compile_text("struct move { int from; int to; };", "keywords")
    assert protocol.pack("move", protocol.module.move(from_=1, to=2)) == b"\0\0\0\1\0\0\0\2"


def test_comments_become_documentation() -> None:
    """What the specification says of a type is shown by ``help()``."""
    protocol = compile_text("/* File. */\n/* A\n * pair. */\nstruct pair { int a; };", "comments")
    assert protocol.module.pair.__doc__ == "A pair."


def test_fixed_fields_are_one_struct_call() -> None:
    """Adjacent fields of fixed size, also of nested structures, are packed in one call."""
    protocol = compile_text(
        "struct time { unsigned int s; unsigned int n; };"
        " struct all { hyper h; time a; opaque v[6]; bool b; time c; };",
        "runs",
    )
    packer = protocol.packer()
    time = protocol.module.time
    packer.pack_all(protocol.module.all(1, time(2, 3), b"sixsix", True, time(4, 5)))
    assert len(packer.parts) == 1
