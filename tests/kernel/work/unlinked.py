"""A file that was removed while open is readable and writable until it is closed."""

import os
import sys

os.chdir(sys.argv[1])
fd = os.open("f", os.O_CREAT | os.O_RDWR)
os.write(fd, b"before")
os.unlink("f")
assert not os.path.exists("f")
os.write(fd, b" and after")
os.fsync(fd)
assert os.pread(fd, 100, 0) == b"before and after"
os.close(fd)
assert os.listdir(".") == [], "the client's own name for it must be gone too"
