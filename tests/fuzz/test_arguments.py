"""Every procedure of every program with arguments that are right in form only."""

from __future__ import annotations

import pytest
from hypothesis import event, given, note
from hypothesis import strategies as st

from nfsgw.rpc.program import Credential, Peer
from tests.fuzz.arguments import arguments_of
from tests.fuzz.effort import effort
from tests.fuzz.gateway import CLIENT, PEERS, Gateway, Row, rows
from tests.fuzz.population import CREDENTIALS, ROOT, Population

_ROWS = rows()
_NFS = [row for row in _ROWS if row.arguments and row.program.number in (100_003, 100_227)]


def _arguments(row: Row) -> st.SearchStrategy[object]:
    return arguments_of(row.program.number, row.arguments)


@pytest.mark.parametrize("row", _ROWS, ids=repr)
def test_every_procedure_answers_hostile_arguments(gateway: Gateway, row: Row) -> None:
    """Huge counts, odd modes, impossible names and spoilt handles get one proper answer each."""

    @effort(25 if row.arguments else 3)
    @given(
        arguments=_arguments(row),
        credential=st.just(ROOT) | st.sampled_from(CREDENTIALS),
        peer=st.just(CLIENT) | st.sampled_from(PEERS),
    )
    def answers(arguments: object, credential: Credential, peer: Peer) -> None:
        population = Population(gateway)
        message = population.message(row, arguments, credential)
        reply = gateway.exchange(message, peer)
        assert reply is not None
        event(reply.status if row in _NFS and reply.result else reply.outcome)
        assert reply.outcome in ("SUCCESS", "AUTH_TOOWEAK")
        if row.row.mutates:
            again = gateway.exchange(message, peer)
            assert again is not None
            assert again.data == reply.data, "a repeated call got another answer"

    answers()
    gateway.idle()


_calls = st.lists(
    st.one_of(
        [
            st.tuples(st.just(row), arguments_of(row.program.number, row.arguments, True))
            for row in _NFS
        ]
    ),
    min_size=2,
    max_size=12,
)


@effort(150)
@given(calls=_calls, credential=st.just(ROOT) | st.sampled_from(CREDENTIALS))
def test_files_survive_any_calls(
    gateway: Gateway, calls: list[tuple[Row, object]], credential: Credential
) -> None:
    """After any calls in any order the volume still answers, and its tables agree."""
    population = Population(gateway)
    for row, arguments in calls:
        reply = population.call(row, arguments, credential)
        note(f"{row!r} {reply.outcome} {reply.result and reply.status}")
    gateway.idle(6.0)
