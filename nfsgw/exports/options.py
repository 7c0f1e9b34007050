"""The options in the brackets of an exports file: what each one does, or why we refuse it.

Names and defaults are those of exports(5); ``manage_gids`` is ours (there it is a switch of the
mount daemon).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

__all__ = ["OptionError", "Options", "apply_option", "describe"]

_ID_MAX: Final = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Options:
    """What one client may do in one export; the defaults are exports(5)'s.

    :param secure: refuse calls from source ports of 1024 and above.
    :param manage_gids: look up the groups of a user who came with 16, the most that AUTH_SYS can
        carry, on the server.
    :param no_acl: clients see and set no ACLs; those that are there hold nevertheless.
    """

    read_only: bool = True
    squash_root: bool = True
    squash_all: bool = False
    anonymous_uid: int = 65534
    anonymous_gid: int = 65534
    secure: bool = True
    manage_gids: bool = False
    no_acl: bool = False


class OptionError(ValueError):
    """An option that cannot be used; the message says why, for a person."""


_FLAGS: Final[dict[str, Callable[[Options], Options]]] = {
    "ro": lambda options: replace(options, read_only=True),
    "rw": lambda options: replace(options, read_only=False),
    "root_squash": lambda options: replace(options, squash_root=True),
    "no_root_squash": lambda options: replace(options, squash_root=False),
    "all_squash": lambda options: replace(options, squash_all=True),
    "no_all_squash": lambda options: replace(options, squash_all=False),
    "secure": lambda options: replace(options, secure=True),
    "insecure": lambda options: replace(options, secure=False),
    "manage_gids": lambda options: replace(options, manage_gids=True),
    "no_acl": lambda options: replace(options, no_acl=True),
}

_VALUED: Final = ("anonuid", "anongid", "sec", "xprtsec")

# Accepted without effect: option -> what holds instead.
_WITHOUT_EFFECT: Final[dict[str, str]] = {
    "sync": "every reply waits until its change is durable",
    "wdelay": "changes that arrive together are always committed together",
    "no_wdelay": "changes that arrive together are always committed together",
    "subtree_check": "a handle cannot be altered to leave its export",
    "no_subtree_check": "a handle cannot be altered to leave its export",
    "hide": "a volume holds no other file systems",
    "nohide": "a volume holds no other file systems",
    "crossmnt": "a volume holds no other file systems",
    "auth_nlm": "lock requests are checked as other calls are",
    "no_auth_nlm": "lock requests are checked as other calls are",
    "secure_locks": "lock requests are checked as other calls are",
    "insecure_locks": "lock requests are checked as other calls are",
    "mountpoint": "a volume is exported only while it is started",
    "mp": "a volume is exported only while it is started",
}

_REFUSED: Final[dict[str, str]] = {
    "async": "async is refused: it lets a server answer before data is safe, and lose it in a "
    "crash; leave it out",
    "fsid": "fsid= is refused: a volume has its own file-system id, the same on every gateway; "
    "leave it out",
}

_NOT_BUILT_SEC: Final = ("krb5", "krb5i", "krb5p", "none", "null")
_NOT_BUILT_XPRTSEC: Final = ("tls", "mtls")


def apply_option(options: Options, text: str) -> tuple[Options, str | None]:
    """Return the options with one more applied, and a note if it is one without effect.

    :param text: ``name`` or ``name=value``.
    :raises OptionError: unknown, refused, not built, or a value out of bounds.
    """
    name, equals, value = text.partition("=")
    if name in _REFUSED:
        raise OptionError(_REFUSED[name])
    if name in _WITHOUT_EFFECT:
        return options, f"{name} has no effect: {_WITHOUT_EFFECT[name]}"
    if name in _FLAGS:
        if equals:
            raise OptionError(f"{name} takes no value")
        return _FLAGS[name](options), None
    if name in _VALUED:
        if not value:
            raise OptionError(f"{name} needs a value: {name}=...")
        return _apply_value(options, name, value), None
    raise OptionError(_unknown(name))


def describe(options: Options) -> str:
    """Return the options as an exports file would spell them, all of them."""
    words = [
        "ro" if options.read_only else "rw",
        "root_squash" if options.squash_root else "no_root_squash",
        "all_squash" if options.squash_all else "no_all_squash",
        f"anonuid={options.anonymous_uid}",
        f"anongid={options.anonymous_gid}",
        "secure" if options.secure else "insecure",
        "sec=sys",
    ]
    if options.manage_gids:
        words.append("manage_gids")
    if options.no_acl:
        words.append("no_acl")
    return ",".join(words)


def _apply_value(options: Options, name: str, value: str) -> Options:
    match name:
        case "anonuid":
            return replace(options, anonymous_uid=_id(name, value))
        case "anongid":
            return replace(options, anonymous_gid=_id(name, value))
        case "sec":
            _check_words(name, value, ("sys",), _NOT_BUILT_SEC)
        case "xprtsec":
            _check_words(name, value, ("none",), _NOT_BUILT_XPRTSEC)
    return options


def _id(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit()) or int(value) > _ID_MAX:
        raise OptionError(f"{name}={value}: write a number from 0 to {_ID_MAX}")
    return int(value)


def _check_words(
    name: str, value: str, built: tuple[str, ...], not_built: tuple[str, ...]
) -> None:
    for word in value.split(":"):
        if word in not_built:
            raise OptionError(f"{name}={word} is not built yet; only {name}={built[0]} is")
        if word not in built:
            known = ", ".join(built + not_built)
            raise OptionError(f"{name}={word}: not one of {known}")


def _unknown(name: str) -> str:
    known = [*_FLAGS, *_VALUED, *_WITHOUT_EFFECT, *_REFUSED]
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"unknown option {name!r}{hint}"
