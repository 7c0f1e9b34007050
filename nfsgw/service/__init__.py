"""The daemon as a whole: what starts in which order, signals, systemd, logs, and what it reports.

:class:`~nfsgw.service.lifecycle.OrderedService` is the order, :mod:`~nfsgw.service.node` what is
ordered.
"""
