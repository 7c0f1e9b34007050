"""NFSACL, program 100227, version 3: POSIX access control lists beside NFSv3."""
