"""A fake daemon, and a way to run commands against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nfsgw.cli import main
from tests.unit.cli.fakes import FakeDaemon, Ran


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeDaemon]:
    """A daemon that answers as told."""
    fake = FakeDaemon(tmp_path)
    yield fake
    fake.close()


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401
    """Run a command line against the state directory of the test."""

    def command(*words: str) -> Ran:
        with pytest.raises(SystemExit) as caught:
            main(["--state", str(tmp_path), *words])
        out, err = capsys.readouterr()
        return Ran(int(caught.value.code or 0), out, err)

    return command
