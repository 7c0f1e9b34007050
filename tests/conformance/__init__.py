"""A catalogue of what RFC 1813 asks of a server, a file per procedure.

``pytest tests/conformance`` runs it against our own programs in this process, bytes in and bytes
out, over a real brick; ``pytest tests/conformance --live HOST[:PORT]`` runs the same cases over
TCP against any server, in a scratch directory of the export ``--live-export``.  Each case has a
stable code, such as ``LOOKUP-03``, and names the section of the RFC that it is about.

``--live daemon`` starts a daemon of ours for the purpose, ``tests/conformance/run_ganesha`` runs
the catalogue against Debian's nfs-ganesha and expects the disagreements that are noted in the
cases.  docs/protocol/nfs3.md, made from all this, lists them.
"""
