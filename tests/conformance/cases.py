"""Loads all files of cases, so that the whole catalogue is known."""

from __future__ import annotations

import importlib
from pathlib import Path

__all__ = ["load"]


def load() -> None:
    """Import every file of cases."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path.stem != "test_coverage":
            importlib.import_module(f"tests.conformance.{path.stem}")
