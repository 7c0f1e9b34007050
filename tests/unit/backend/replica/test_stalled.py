"""A primary that must not answer for a moment, because a promise to follow it has run out."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import ROOT, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.view import Table
from nfsgw.errors import FsCode, FsError
from tests.unit.backend.replica.set_bench import DIRECTORY, SetBench

REQUEST = b"request-1"


class TestStalled:
    """Another brick may have become primary."""

    def test_a_cut_that_is_under_way_is_carried_out_all_the_same(self) -> None:
        """Its key would cut what is written later, at the next start."""
        bench = SetBench()
        inode = bench.file()
        primary = bench.primary
        size = NewAttributes(size=10)
        bench.result(primary.data.change(operations.setattr, ROOT, inode, size, None))
        primary.brick.stalled = True
        bench.pass_time(0.05)
        primary.brick.stalled = False
        bench.pass_time(1)
        assert not len(primary.data.cuts)
        assert bench.leading.store.tables[Table.TRIM] == {}

    def test_clients_are_told_to_wait(self) -> None:
        """Nothing is shown, and nothing begins."""
        bench = SetBench()
        bench.primary.brick.stalled = True
        for coroutine in (
            bench.primary.brick.read(operations.getattr, DIRECTORY),
            bench.creating(b"new", REQUEST),
        ):
            with pytest.raises(FsError) as raised:
                bench.result(coroutine)
            assert raised.value.code is FsCode.TRY_LATER

    def test_a_call_that_was_made_before_gets_its_answer(self) -> None:
        """To try later would make it a new call."""
        bench = SetBench()
        first = bench.result(bench.creating(b"new", REQUEST))
        bench.primary.brick.stalled = True
        assert bench.result(bench.creating(b"new", REQUEST)).inode == first.inode
