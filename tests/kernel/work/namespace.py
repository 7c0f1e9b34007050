"""Create, rename, link, symlink, mknod, chmod, chown, truncate: each checked by what it leaves."""

import errno
import os
import stat
import sys

top = sys.argv[1]
os.chdir(top)

with open("a", "w") as file:
    file.write("hello")
assert open("a").read() == "hello"
assert os.stat("a").st_size == 5

os.rename("a", "b")
assert not os.path.exists("a")
assert open("b").read() == "hello"

os.link("b", "c")
assert os.stat("b").st_ino == os.stat("c").st_ino
assert os.stat("c").st_nlink == 2
os.rename("b", "c")  # another name of the same file: nothing happens
assert sorted(os.listdir(".")) == ["b", "c"]
os.unlink("b")
assert os.stat("c").st_nlink == 1

target = "x" * 1000
os.symlink(target, "s")
assert os.readlink("s") == target
assert stat.S_ISLNK(os.lstat("s").st_mode)

os.mkfifo("fifo", 0o640)
assert stat.S_ISFIFO(os.stat("fifo").st_mode)
os.mknod("null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
assert os.stat("null").st_rdev == os.makedev(1, 3)
with open("null", "w") as file:
    file.write("gone")
os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(259, 70000))
assert os.stat("disk").st_rdev == os.makedev(259, 70000)
os.mknod("socket", 0o600 | stat.S_IFSOCK)
assert stat.S_ISSOCK(os.stat("socket").st_mode)

os.chmod("c", 0o4711)
assert stat.S_IMODE(os.stat("c").st_mode) == 0o4711
os.chown("c", 1234, 2345)
found = os.stat("c")
assert (found.st_uid, found.st_gid) == (1234, 2345)
assert not found.st_mode & stat.S_ISUID, "chown of a file takes the set-uid bit away"

os.truncate("c", 1 << 33)
assert os.stat("c").st_size == 1 << 33
with open("c", "rb") as file:
    assert file.read(8) == b"hello\0\0\0"
    file.seek((1 << 33) - 4)
    assert file.read() == b"\0\0\0\0"
os.truncate("c", 2)
assert open("c").read() == "he"
os.truncate("c", 6)
assert open("c", "rb").read() == b"he\0\0\0\0"

os.utime("c", ns=(1_000_000_000_123_456_789, 1_500_000_000_987_654_321))
assert os.stat("c").st_mtime_ns == 1_500_000_000_987_654_321

os.makedirs("d/e/f")
os.rename("d/e", "g")
assert os.stat("d").st_nlink == 2
assert os.stat("g").st_nlink == 3
try:
    os.rename("g", "g/f/x")
except OSError as error:
    assert error.errno == errno.EINVAL, error
else:
    raise AssertionError("a directory was moved into itself")
try:
    os.rmdir("g")
except OSError as error:
    assert error.errno == errno.ENOTEMPTY, error
else:
    raise AssertionError("a directory was removed with its content")
fd = os.open("exclusive", os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o604)
assert stat.S_IMODE(os.fstat(fd).st_mode) == 0o604
try:
    os.open("exclusive", os.O_CREAT | os.O_EXCL | os.O_RDWR)
except FileExistsError:
    pass
else:
    raise AssertionError("created twice")
os.close(fd)
