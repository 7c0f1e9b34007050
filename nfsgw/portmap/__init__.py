"""The port mapper: ours where no system rpcbind serves, our registrations with it where one does.

RFC 1833: version 2 (the port mapper) and versions 3 and 4 (rpcbind) of program 100000.
"""

__all__: list[str] = []
