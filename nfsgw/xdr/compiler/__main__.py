"""Compile ``nfsgw/xdr/spec/*.x`` into ``nfsgw/xdr/generated/*.py``, or check that it was done."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from nfsgw.xdr.compiler.emit_module import emit_module
from nfsgw.xdr.compiler.lexer import SpecificationError
from nfsgw.xdr.compiler.parser import parse

__all__ = ["compile_all", "main"]

_FOLDER: Final = Path(__file__).resolve().parent.parent


def compile_all(folder: Path = _FOLDER) -> Iterator[tuple[Path, str]]:
    """Yield, for each specification in ``folder/spec``, the module's path and what it should hold.

    :raises SpecificationError: a specification is wrong.
    """
    for path in sorted((folder / "spec").glob("*.x")):
        specification = parse(path.read_text("utf-8"), path.stem)
        yield folder / "generated" / f"{path.stem}.py", emit_module(specification)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 1 for stale modules or a wrong specification."""
    parser = argparse.ArgumentParser(prog="python -m nfsgw.xdr.compiler", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    options = parser.parse_args(arguments)
    try:
        modules = list(compile_all())
    except SpecificationError as error:
        print(error, file=sys.stderr)
        return 1
    stale = [
        (path, text)
        for path, text in modules
        if not path.exists() or path.read_text("utf-8") != text
    ]
    for path, text in stale:
        if options.check:
            print(f"{path} does not match its specification", file=sys.stderr)
        else:
            path.write_text(text, "utf-8")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
