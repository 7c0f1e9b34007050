"""The NSM program, 100024, version 1 (X/Open XNFS, chapter 11).

MON, UNMON, UNMON_ALL and SIMU_CRASH are for this machine's kernel.  NOTIFY is for everybody: it
says that the caller has rebooted, and is answered when that has taken effect.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from nfsgw.nsm.interests import Interest
from nfsgw.nsm.service import Nsm
from nfsgw.rpc.program import Call, Procedure, Program, decode_void, encode_void
from nfsgw.xdr.generated import sm_inter as wire

__all__ = ["nsm_program"]


def nsm_program(nsm: Nsm) -> Program:
    """Return the NSM program."""
    rows = _Procedures(nsm).rows()
    return Program(
        wire.SM_PROG,
        "NSM",
        wire.SM_INTERPacker,
        wire.SM_INTERUnpacker,
        {wire.SM_VERS: {row.number: row for row in rows}},
    )


class _Procedures:
    """What the rows run."""

    def __init__(self, nsm: Nsm) -> None:
        self._nsm = nsm

    def rows(self) -> list[Procedure]:
        """Return the rows, by number."""
        pack, unpack = wire.SM_INTERPacker, wire.SM_INTERUnpacker
        name, result, number = unpack.unpack_sm_name, pack.pack_sm_stat_res, pack.pack_sm_stat
        change = unpack.unpack_stat_chge
        return [
            _row(wire.SM_NULL, "NULL", self.null, decode_void, encode_void, changes=False),
            _row(wire.SM_STAT, "STAT", self.stat, name, result, changes=False),
            _row(wire.SM_MON, "MON", self.mon, unpack.unpack_mon, result),
            _row(wire.SM_UNMON, "UNMON", self.unmon, unpack.unpack_mon_id, number),
            _row(wire.SM_UNMON_ALL, "UNMON_ALL", self.unmon_all, unpack.unpack_my_id, number),
            _row(wire.SM_SIMU_CRASH, "SIMU_CRASH", self.simu_crash, decode_void, encode_void),
            # There is no "later" here: of too many some are left unanswered, and sent again.
            replace(
                _row(wire.SM_NOTIFY, "NOTIFY", self.notify, change, encode_void), sheddable=True
            ),
        ]

    async def null(self, call: Call, _: None) -> None:
        """Answer a ping."""

    async def stat(self, call: Call, name: wire.sm_name) -> wire.sm_stat_res:
        """Say whether a host could be monitored."""
        return self._result(self._nsm.could_monitor(call.peer, name.mon_name))

    async def mon(self, call: Call, mon: wire.mon) -> wire.sm_stat_res:
        """Monitor a host."""
        done = await self._nsm.monitor(call.peer, _interest(mon.monid), mon.priv)
        return self._result(done)

    async def unmon(self, call: Call, mon_id: wire.mon_id) -> wire.sm_stat:
        """Monitor a host no more."""
        await self._nsm.unmonitor(call.peer, _interest(mon_id))
        return wire.sm_stat(self._nsm.state)

    async def unmon_all(self, call: Call, who: wire.my_id) -> wire.sm_stat:
        """Monitor nobody any more."""
        await self._nsm.unmonitor_all(
            call.peer, who.my_name, who.my_prog, who.my_vers, who.my_proc
        )
        return wire.sm_stat(self._nsm.state)

    async def simu_crash(self, call: Call, _: None) -> None:
        """Act as after a crash."""
        await self._nsm.simulate_crash(call.peer)

    async def notify(self, call: Call, change: wire.stat_chge) -> None:
        """Hear that a host has rebooted."""
        await self._nsm.notify(call.peer, change.mon_name, change.state)

    def _result(self, done: bool) -> wire.sm_stat_res:
        return wire.sm_stat_res(wire.STAT_SUCC if done else wire.STAT_FAIL, self._nsm.state)


def _row(
    number: int,
    name: str,
    run: Callable[[Call, Any], Coroutine[Any, Any, Any]],
    decode: Callable[[Any], Any],
    encode: Callable[[Any, Any], None],
    *,
    changes: bool = True,
) -> Procedure:
    return Procedure(number, name, run, decode, encode, mutates=changes)


def _interest(mon_id: wire.mon_id) -> Interest:
    who = mon_id.id
    return Interest(mon_id.mon_name, who.my_name, who.my_prog, who.my_vers, who.my_proc)
