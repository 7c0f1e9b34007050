"""Sets ACLs, works under them as several users, and prints everything that can be observed.

Run on a local file system and on the mount, the output must be the same.  ACLs are the kernel's
own extended attributes, so no package is needed.
"""

from __future__ import annotations

import errno
import os
import random
import stat
import struct
import sys
import traceback
from collections.abc import Callable

ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"
TAGS = {"u": (1, 2), "g": (4, 8), "m": (16, 16), "o": (32, 32)}
USERS = ((2001, 3001, ()), (2002, 3002, (3001,)), (2003, 3003, (3001, 3002)), (2004, 3004, ()))


def packed(text: str) -> bytes:
    """Return an ACL in the form of the extended attribute."""
    entries = []
    for entry in text.split(","):
        tag, name, rights = entry.split(":")
        bits = sum(bit for letter, bit in (("r", 4), ("w", 2), ("x", 1)) if letter in rights)
        entries.append((TAGS[tag][bool(name)], int(name) if name else 0xFFFFFFFF, bits))
    return struct.pack("<I", 2) + b"".join(
        struct.pack("<HHI", tag, bits, number) for tag, number, bits in sorted(entries)
    )


def shown(path: str, name: str) -> str:
    """Return an ACL as text, or why there is none."""
    try:
        value = os.getxattr(path, name)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    words = []
    for tag, bits, number in struct.iter_unpack("<HHI", value[4:]):
        (letter,) = (letter for letter, tags in TAGS.items() if tag in tags)
        who = "" if number == 0xFFFFFFFF else number
        words.append(f"{letter}:{who}:{bits}")
    return ",".join(words)


def attempt(what: str, function: Callable[..., object], *arguments: object) -> None:
    """Do something and print what came of it."""
    try:
        result = function(*arguments)
    except OSError as error:
        result = errno.errorcode[error.errno or 0]
    print(f"  {what}: {'done' if result is None else result}", flush=True)


def as_user(
    user: tuple[int, int, tuple[int, ...]], work: Callable[..., None], *arguments: object
) -> None:
    """Do something as somebody else, in a process of its own."""
    uid, gid, groups = user
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups(list(groups))
            os.setgid(gid)
            os.setuid(uid)
            work(*arguments)
            status = 0
        except Exception:  # noqa: BLE001 - it must not leave this process
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    if os.waitpid(child, 0)[1]:
        raise SystemExit(f"the work of user {uid} failed")


def _open(path: str, flags: int, mode: int = 0o666) -> None:
    os.close(os.open(path, flags, mode))


def show(path: str) -> None:
    """Print what a file is like."""
    found = os.lstat(path)
    mode = stat.S_IMODE(found.st_mode)
    print(f"  {path}: {mode:o} {found.st_uid}:{found.st_gid}", shown(path, ACCESS), end=" ")
    print(shown(path, DEFAULT))


def setting() -> None:
    """Set, replace and remove ACLs, of files and directories, and change modes."""
    print("setting")
    _open("file", os.O_CREAT | os.O_WRONLY, 0o640)
    os.mkdir("directory", 0o751)
    os.symlink("file", "link")
    show("file")
    for path in ("file", "directory"):
        for name in (ACCESS, DEFAULT):
            for acl in (
                "u::rwx,u:2001:rw,u:2002:r,g::rx,g:3001:x,m::rwx,o::",
                "u::rw,g::r,o::",
                "u::rw,g::rwx,m::r,o::r",
                "u::rw,u:2001:r,g::r,o::r",
                "u::rw,g::r",
            ):
                attempt(f"set {acl}", os.setxattr, path, name, packed(acl))
                show(path)
        os.chmod(path, 0o1635)
        show(path)
        attempt("chmod", os.chmod, path, 0o2700)
        show(path)
        for name in (ACCESS, DEFAULT):
            attempt("remove", os.removexattr, path, name)
            show(path)
    attempt(
        "link", lambda: os.setxattr("link", ACCESS, packed("u::,g::,o::"), follow_symlinks=False)
    )
    attempt("of another", as_user, USERS[0], _not_mine)


def _not_mine() -> None:
    attempt("set", os.setxattr, "file", ACCESS, packed("u::rwx,g::rwx,o::rwx"))


def deciding(draw: random.Random) -> None:
    """Try to read, write, run and search under ACLs that were drawn."""
    print("deciding")
    os.mkdir("decide", 0o777)
    os.chmod("decide", 0o777)
    for number in range(30):
        file, directory = f"decide/f{number}", f"decide/d{number}"
        _open(file, os.O_CREAT | os.O_WRONLY)
        os.mkdir(directory)
        _open(f"{directory}/inner", os.O_CREAT | os.O_WRONLY)
        acl = drawn(draw)
        owner, group = draw.choice((0, 2001, 2002)), draw.choice((0, 3001, 3002))
        for path in (file, directory):
            os.chown(path, owner, group)
            os.setxattr(path, ACCESS, packed(acl))
            show(path)
        for user in USERS:
            print(f" user {user[0]}")
            as_user(user, _try_all, file, directory)


def drawn(draw: random.Random) -> str:
    """Return an ACL; one with a mask of nothing is not drawn.

    There Linux, to be quick, skips the ACL, and lets named users have what the others have.
    """
    letters = ("", "r", "w", "x", "rw", "rx", "wx", "rwx")
    entries = [f"{tag}::{draw.choice(letters)}" for tag in "ugo"]
    for tag, ids in (("u", (2001, 2002, 2003)), ("g", (3001, 3002, 3003))):
        entries += [f"{tag}:{each}:{draw.choice(letters)}" for each in draw.sample(ids, 2)]
    return ",".join([*entries, f"m::{draw.choice(letters[1:])}"])


def _try_all(file: str, directory: str) -> None:
    for flags in (os.O_RDONLY, os.O_WRONLY):
        attempt(f"open {flags}", _open, file, flags)
    print("  may run", os.access(file, os.X_OK))
    attempt("list", lambda: ",".join(sorted(os.listdir(directory))))
    attempt("search", lambda: stat.S_IMODE(os.stat(f"{directory}/inner").st_mode))
    attempt("create", _open, f"{directory}/n", os.O_CREAT | os.O_WRONLY)
    attempt("remove", os.unlink, f"{directory}/n")


def inheriting() -> None:
    """Make things of all kinds in directories with default ACLs, under several umasks."""
    print("inheriting")
    defaults = (
        "u::rwx,u:2002:rw,g::rx,g:3001:rwx,m::rwx,o::x",
        "u::rw,u:2002:rwx,g::rwx,m::rx,o::rwx",
        "u::rx,g::rwx,m::rw,o::r",
        "u::rwx,g::rx,o::",
        "u::rw,g::,o::rwx",
    )
    for number, acl in enumerate(defaults):
        for umask in (0, 0o22, 0o77):
            directory = f"inherit-{number}-{umask:o}"
            os.mkdir(directory)
            os.chmod(directory, 0o777)
            os.setxattr(directory, DEFAULT, packed(acl))
            as_user(USERS[0], _make_all, directory, umask)
            for name in sorted(os.listdir(directory)):
                if name != "link":
                    show(f"{directory}/{name}")
            as_user(USERS[1], _try_made, directory)


def _make_all(directory: str, umask: int) -> None:
    os.umask(umask)
    new = os.O_CREAT | os.O_WRONLY
    for mode in (0o666, 0o777, 0o600):
        _open(f"{directory}/file-{mode:o}", new, mode)
        _open(f"{directory}/exclusive-{mode:o}", new | os.O_EXCL, mode)
        os.mkdir(f"{directory}/directory-{mode:o}", mode)
        os.mkfifo(f"{directory}/fifo-{mode:o}", mode)
    os.symlink("file-666", f"{directory}/link")
    attempt("below", os.mkdir, f"{directory}/directory-777/below")


def _try_made(directory: str) -> None:
    for name in ("file-666", "exclusive-666", "file-600"):
        attempt(name, _open, f"{directory}/{name}", os.O_RDONLY)
    attempt("directory", lambda: len(os.listdir(f"{directory}/directory-777")))


def main() -> None:
    """Do it all in a directory."""
    os.chdir(sys.argv[1])
    os.umask(0)
    setting()
    deciding(random.Random(4))
    inheriting()


main()
