"""What the fork server imports once: everything but the reactor, which each child installs."""

import nfsgw.cli
import nfsgw.cli.daemon

__all__ = ["nfsgw"]
