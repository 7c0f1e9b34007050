"""The gateway that the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fuzz.gateway import Gateway
from tests.fuzz.watch import contents


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Return a gateway; after the tests its bricks are in order, and nothing else has changed."""
    folder = tmp_path_factory.mktemp("gateway")
    outside = folder / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"not for clients")
    (outside / "link").symlink_to("secret")
    gateway = Gateway(folder)
    before = contents(outside)
    yield gateway
    gateway.idle()
    gateway.close()
    assert contents(outside) == before
    assert sorted(path.name for path in folder.iterdir()) == ["bricks", "outside"]
    assert sorted(path.name for path in (folder / "bricks").iterdir()) == ["demo", "other"]
