"""``nfsgw brick check``: prove, offline, that a brick's tables and files agree with each other."""

from nfsgw.backend.brick.check.checking import Report, check_brick, check_view
from nfsgw.backend.brick.check.finding import Fault, Finding

__all__ = ["Fault", "Finding", "Report", "check_brick", "check_view"]
