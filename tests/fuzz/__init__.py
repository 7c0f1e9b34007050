"""Bad input: whatever a stranger sends is answered or refused, and harms nothing.

``NFSGW_FUZZ_FACTOR=20`` makes each test try twenty times as many examples.
"""
