"""List 5,000 entries again and again while another process adds and removes others."""

import os
import sys

top, count = sys.argv[1], 5000
for i in range(count):
    os.close(os.open(f"{top}/stay{i:05}", os.O_CREAT | os.O_WRONLY))
child = os.fork()
if child == 0:
    i = 0
    while not os.path.exists(f"{top}/stop"):
        os.close(os.open(f"{top}/go{i}", os.O_CREAT | os.O_WRONLY))
        if i >= 20:
            os.unlink(f"{top}/go{i - 20}")
        i += 1
    os._exit(0)
expected = {f"stay{i:05}" for i in range(count)}
for _ in range(5):
    names = os.listdir(top)
    stayed = [name for name in names if name.startswith("stay")]
    assert len(stayed) == count, f"{len(stayed)} of {count} entries listed"
    assert set(stayed) == expected
    assert len(names) == len(set(names)), "an entry was listed twice"
os.close(os.open(f"{top}/stop", os.O_CREAT | os.O_WRONLY))
assert os.waitpid(child, 0)[1] == 0
