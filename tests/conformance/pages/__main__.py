"""Write docs/protocol: ``python -m tests.conformance.pages``."""

from __future__ import annotations

from tests.conformance import cases
from tests.conformance.pages.all import DIRECTORY, PAGES

cases.load()
for name, page in PAGES.items():
    (DIRECTORY / name).write_text(page())
