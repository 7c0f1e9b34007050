"""A catalogue of what RFC 1813 asks of a server, a file per procedure.

``pytest tests/conformance`` runs it against our own programs in this process, bytes in and bytes
out, over a real brick; ``pytest tests/conformance --live HOST[:PORT]`` runs the same cases over
TCP against any server, in a scratch directory of the export ``--live-export``.  Each case has a
stable code, such as ``LOOKUP-03``, and names the section of the RFC that it is about.
"""
