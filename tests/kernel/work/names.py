"""Names of every byte but NUL and slash, alone and in a crowd, and names of 255 bytes."""

import os
import sys

top = os.fsencode(sys.argv[1])
singles = [bytes([b]) for b in range(1, 256) if b not in b"/."]
crowd = bytes(b for b in range(1, 256) if b != 0x2F)
pieces = [b"n" + crowd[:127], b"n" + crowd[127:]]
longest = [b"L" * 255, b"\xff" * 255]
names = singles + pieces + longest
for name in names:
    with open(os.path.join(top, name), "wb") as file:
        file.write(name)
assert sorted(os.listdir(top)) == sorted(names)
for name in names:
    with open(os.path.join(top, name), "rb") as file:
        assert file.read() == name
try:
    open(os.path.join(top, b"L" * 256), "wb")
except OSError as error:
    assert error.errno == 36, error  # ENAMETOOLONG
else:
    raise AssertionError("a name of 256 bytes was taken")
for name in names:
    os.unlink(os.path.join(top, name))
assert os.listdir(top) == []
