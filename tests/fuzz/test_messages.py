"""RPC messages: valid calls that were damaged, and noise."""

from __future__ import annotations

from struct import Struct

from hypothesis import event, given
from hypothesis import strategies as st

from nfsgw.rpc.program import Credential, Peer
from nfsgw.xdr.codec import XdrError
from nfsgw.xdr.generated import rpc
from tests.fuzz.arguments import arguments_of
from tests.fuzz.effort import effort
from tests.fuzz.gateway import CLIENT, PEERS, Gateway, Reply, Row, rows
from tests.fuzz.population import CREDENTIALS, Population

_ROWS = rows()
_WORD = Struct(">I")
_WORDS = (0, 1, 2, 3, 4, 5, 16, 17, 255, 256, 400, 401, 404, 100_000, 100_003, 100_005) + tuple(
    (1 << power) - step for power in (16, 20, 31, 32) for step in (1, 4, 8) if power
)

_damages = st.lists(
    st.tuples(
        st.sampled_from(["head", "word", "word", "flip", "cut", "insert", "remove", "append"]),
        st.integers(0, 1 << 16),
        st.sampled_from(_WORDS),
        st.binary(max_size=12),
    ),
    max_size=3,
)


def _damaged(message: bytes, damages: list[tuple[str, int, int, bytes]]) -> bytes:
    for kind, number, word, noise in damages:
        place = number % (len(message) + 1)
        whole = place & ~3
        match kind:
            case "head":
                whole = 4 * (number % 12)
                message = message[:whole] + _WORD.pack(word) + message[whole + 4 :]
            case "word":
                message = message[:whole] + _WORD.pack(word) + message[whole + 4 :]
            case "flip" if message:
                place = number % len(message)
                flipped = message[place] ^ (1 << number % 8)
                message = message[:place] + bytes([flipped]) + message[place + 1 :]
            case "cut":
                message = message[:place]
            case "insert":
                message = message[:place] + noise + message[place:]
            case "remove":
                message = message[:place] + message[place + len(noise) :]
            case "append":
                message += noise
    return message


_calls = st.sampled_from(_ROWS).flatmap(
    lambda row: st.tuples(st.just(row), arguments_of(row.program.number, row.arguments))
)
_peers = st.just(CLIENT) | st.sampled_from(PEERS)


def _ring(message: bytes) -> str:
    """Return in which ring a message must be answered, by the specification alone."""
    if len(message) < 24 or message[4:8] != _WORD.pack(rpc.CALL):
        return "none"
    if message[8:12] != _WORD.pack(rpc.RPC_VERS):
        return "RPC_MISMATCH"
    try:
        header = rpc.RPCUnpacker(message).unpack_rpc_msg()
    except XdrError:
        return "undecodable"
    assert header.body.cbody is not None
    return "call"


def _check_ring(message: bytes, reply: Reply | None) -> None:
    ring = _ring(message)
    event(f"{ring}: {reply and reply.outcome}")
    match ring:
        case "none":
            assert reply is None
        case "RPC_MISMATCH":
            assert reply is not None
            assert reply.outcome == "RPC_MISMATCH"
        case "undecodable":
            assert reply is None or reply.outcome in ("AUTH_BADCRED", "AUTH_BADVERF"), (
                reply.outcome
            )
        case _:
            assert reply is not None


@effort(300)
@given(
    call=_calls,
    credential=st.sampled_from(CREDENTIALS),
    peer=_peers,
    damages=_damages,
)
def test_damaged_call_is_answered_in_its_ring(
    gateway: Gateway,
    call: tuple[Row, object],
    credential: Credential,
    peer: Peer,
    damages: list[tuple[str, int, int, bytes]],
) -> None:
    """A damaged call is refused, or answered once and properly; it never meets a defect."""
    row, arguments = call
    population = _population(gateway)
    message = _damaged(population.message(row, arguments, credential), damages)
    _check_ring(message, gateway.exchange(message, peer))


@effort(250)
@given(noise=st.binary(max_size=300), head=st.integers(0, 10))
def test_noise_is_answered_in_its_ring(gateway: Gateway, noise: bytes, head: int) -> None:
    """Arbitrary bytes, also behind a good beginning, are dropped or refused."""
    good = _HEAD.pack(gateway.xid(), rpc.CALL, rpc.RPC_VERS, 100_003, 3, 6, 0, 0, 0, 0)
    message = good[: 4 * head] + noise
    _check_ring(message, gateway.exchange(message))


_HEAD = Struct(">10I")


@effort(300)
@given(
    call=_calls,
    credential=st.sampled_from(CREDENTIALS),
    damages=_damages,
    before=st.binary(max_size=9),
    behind=st.sampled_from([b"\0" * 500, b"\xff" * 500, _WORD.pack(1) * 200]),
    in_place=st.booleans(),
)
def test_what_lies_around_a_record_is_never_read(
    gateway: Gateway,
    call: tuple[Row, object],
    credential: Credential,
    damages: list[tuple[str, int, int, bytes]],
    before: bytes,
    behind: bytes,
    in_place: bool,
) -> None:
    """A message means the same alone and in the middle of a buffer, read-only view or bytes."""
    row, arguments = call
    population = _population(gateway)
    message = _damaged(population.message(row, arguments, credential), damages)
    alone = gateway.exchange(message)
    # With another xid, so that it is not a repetition.
    other = _WORD.pack(gateway.xid()) + message[4:] if len(message) >= 4 else message
    buffer: bytes | memoryview = before + other + behind
    if in_place:
        buffer = memoryview(bytearray(buffer)).toreadonly()
    within = gateway.exchange(buffer, CLIENT, len(before), len(before) + len(other))
    assert (alone and alone.outcome) == (within and within.outcome)


_populations: dict[int, Population] = {}


def _population(gateway: Gateway) -> Population:
    """Return files for all examples: here the messages matter, not what they do."""
    if id(gateway) not in _populations:
        _populations[id(gateway)] = Population(gateway)
    return _populations[id(gateway)]
