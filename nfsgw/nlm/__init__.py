"""The network lock manager: program 100021, versions 1, 3 (XNFS) and 4 (RFC 1813, app. II)."""

from nfsgw.nlm.callbacks import Callbacks
from nfsgw.nlm.hosts import FindPort, Hosts, connector
from nfsgw.nlm.messages import Messages
from nfsgw.nlm.owners import svid_of
from nfsgw.nlm.program import nlm_program
from nfsgw.nlm.service import Nlm

__all__ = [
    "Callbacks",
    "FindPort",
    "Hosts",
    "Messages",
    "Nlm",
    "connector",
    "nlm_program",
    "svid_of",
]
