"""NSM, the network status monitor, program 100024, version 1 (X/Open XNFS): who has rebooted."""

from nfsgw.nsm.errands import Outside
from nfsgw.nsm.program import nsm_program
from nfsgw.nsm.service import Nsm

__all__ = ["Nsm", "Outside", "nsm_program"]
