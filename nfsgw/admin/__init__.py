"""The administrative interface: JSON over HTTP on a local socket, and the metrics.

:mod:`~nfsgw.admin.api` says what the interface needs of the daemon, :mod:`~nfsgw.admin.routes`
turns requests into calls of that and results into JSON, :mod:`~nfsgw.admin.server` does the
sockets.
"""
