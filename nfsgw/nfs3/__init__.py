"""NFS version 3 (RFC 1813): program 100003, all 22 procedures over a volume."""

from nfsgw.nfs3.program import NFS3_PROGRAM, NFS3_VERSION, nfs3_program
from nfsgw.nfs3.service import Nfs3

__all__ = ["NFS3_PROGRAM", "NFS3_VERSION", "Nfs3", "nfs3_program"]
