"""NFSACL, program 100227, version 3: POSIX ACLs beside NFS version 3."""

from nfsgw.nfsacl.program import NFSACL_PROGRAM, NFSACL_VERSION, nfsacl_program

__all__ = ["NFSACL_PROGRAM", "NFSACL_VERSION", "nfsacl_program"]
