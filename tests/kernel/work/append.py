"""Two processes append lines to one file; none may be lost or torn."""

import os
import sys

path, lines = sys.argv[1] + "/log", 300
children = []
for who in "AB":
    child = os.fork()
    if child == 0:
        fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        for i in range(lines):
            os.write(fd, f"{who} {i:04} {who * 40}\n".encode())
        os.close(fd)
        os._exit(0)
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
with open(path) as file:
    found = file.read().splitlines()
wanted = sorted(f"{who} {i:04} {who * 40}" for who in "AB" for i in range(lines))
assert sorted(found) == wanted, f"{len(found)} lines of {len(wanted)}"
