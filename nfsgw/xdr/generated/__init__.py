"""Types and codecs made from ``nfsgw/xdr/spec`` by ``python -m nfsgw.xdr.compiler``; not edited."""
