"""XDR (RFC 4506): specifications, their compiler, the codec, and the generated types.

``spec/*.x`` are the wire protocols in the XDR language; ``python -m nfsgw.xdr.compiler`` turns
them into ``generated/*.py``, which is committed.  Nothing here knows sockets or Twisted.
"""
