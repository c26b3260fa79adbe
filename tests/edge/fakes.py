"""A scripted router and door, and what they answer with."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

import httpx2
import numpy as np

from pitwire.errors import InsufficientScope, NotFound, Unauthenticated
from pitwire.gate.door import Caller
from pitwire.gate.keys import KeyKind
from pitwire.router.history import Bars, Ticks
from pitwire.router.intent import Intent, IntentState
from pitwire.router.registry import TerminalView
from pitwire.wire.arrays import RATES, TICKS, Array
from pitwire.wire.commands import Command, TradingCommand
from pitwire.wire.fields import Unit
from pitwire.wire.records import Permissions, Record, TradeResult
from pitwire.wire.replies import Reply

R = TypeVar("R", bound=Record)

CLOCK_MSC = 1_772_443_800_125
"""2026-03-02T09:30:00.125Z"""

OFFSET_S = 7200
ORDER_ID = "019c0a7b2f7d5e4c8a91b3d6"

KEYS = {
    "full-key": ({"read", "trade"}, {"demo"}),
    "trade-key": ({"trade"}, {"demo"}),
    "read-key": ({"read"}, {"demo"}),
    "wide-key": ({"read", "trade"}, {"demo", "other"}),
    "blind-key": ({"read", "trade"}, {"gone"}),
}

_VALUES: dict[Unit, Any] = {
    Unit.PRICE: 1.10525,
    Unit.VOLUME: 0.1,
    Unit.MONEY: 10_000.0,
    Unit.PERCENT: 250.0,
    Unit.RATIO: 100_000.0,
    Unit.TIME_S: 1_772_451_000,
    Unit.TIME_MSC: CLOCK_MSC + OFFSET_S * 1000,
    Unit.TEXT: "text",
    Unit.FLAG: True,
    Unit.DIGITS: 5,
    Unit.TICKET: 5_012_345_678,
}


def sample(record: type[R], **values: Any) -> R:
    """Make a record with a plausible value in every field that is not given."""
    filled = {
        name: _VALUES.get(meaning, 1) if isinstance(meaning, Unit) else 0
        for name, meaning in record.meanings().items()
    }
    if "volume_digits" in filled:
        filled["volume_digits"] = 2
    if "currency_digits" in filled:
        filled["currency_digits"] = 2
    return record(**{**filled, **values})


def view(name: str = "demo", **values: Any) -> TerminalView:
    base = TerminalView(
        name=name,
        state="live",
        since=CLOCK_MSC,
        simulated=True,
        reason=None,
        login=10_000_001,
        server="Demo",
        build=5200,
        agent="sim/1",
        utc_offset_s=OFFSET_S,
        heartbeat_age_ms=12,
        last_tick_age_ms=40,
        round_trip_us=180,
        permissions=permissions(),
        pinned_login=10_000_001,
        account_changed=False,
    )
    return replace(base, **values)


def permissions(**switches: bool) -> Permissions:
    names = Permissions.model_fields
    return Permissions(**{name: switches.get(name, True) for name in names})


def intent(**values: Any) -> Intent:
    base = Intent(
        id=ORDER_ID,
        terminal="demo",
        owner="owner-full-key",
        command="ORDER_SEND",
        fields={"symbol": "EURUSD", "type": 0, "volume": 0.1, "magic": 0, "comment": ""},
        state=IntentState.DONE,
        created_msc=CLOCK_MSC,
        updated_msc=CLOCK_MSC + 41,
        deadline_msc=CLOCK_MSC + 10_000,
        login=10_000_001,
        utc_offset_s=OFFSET_S,
        result=TradeResult(
            retcode=10009,
            deal=77,
            order=78,
            position=78,
            volume=0.1,
            price=1.10525,
            bid=1.1052,
            ask=1.10525,
            time_msc=CLOCK_MSC + OFFSET_S * 1000,
        ),
    )
    return replace(base, **values)


def rates(rows: Iterable[tuple[Any, ...]]) -> Array:
    return np.array(list(rows), dtype=RATES)


def ticks(rows: Iterable[tuple[Any, ...]]) -> Array:
    return np.array(list(rows), dtype=TICKS)


@dataclass
class FakeRouter:
    """Answers from a script: a reply, an error, or a function of the command."""

    views: list[TerminalView] = field(default_factory=lambda: [view(), view("other")])
    script: dict[type[Command], Any] = field(default_factory=dict)
    asked: list[Command] = field(default_factory=list)
    timeouts: list[float | None] = field(default_factory=list)
    pulled: list[dict[str, Any]] = field(default_factory=list)
    traded: list[dict[str, Any]] = field(default_factory=list)
    outcome: Any = field(default_factory=intent)
    kept: dict[str, Intent] = field(default_factory=dict)
    series: Any = None
    silent: bool = False
    offset_s: int = OFFSET_S

    def terminals(self) -> list[TerminalView]:
        return self.views

    def terminal(self, name: str) -> TerminalView:
        for known in self.views:
            if known.name == name:
                return known
        raise NotFound(f"There is no terminal '{name}'.")

    def broker_msc(self, terminal: str, utc_msc: int) -> int:
        return utc_msc + self.offset_s * 1000

    async def read(
        self, terminal: str, command: Command, *, timeout_s: float | None = None
    ) -> Reply:
        self.terminal(terminal)
        self.timeouts.append(timeout_s)
        self.asked.append(command)
        if self.silent:
            await asyncio.Event().wait()
        return cast("Reply", _played(self.script[type(command)], command))

    async def bars(self, terminal: str, symbol: str, timeframe: int, **asked: Any) -> Bars:
        self.pulled.append({"symbol": symbol, "timeframe": timeframe, **asked})
        return cast("Bars", _played(self.series, asked))

    async def ticks(self, terminal: str, symbol: str, **asked: Any) -> Ticks:
        self.pulled.append({"symbol": symbol, **asked})
        return cast("Ticks", _played(self.series, asked))

    async def trade(
        self, terminal: str, command: type[TradingCommand], fields: dict[str, Any], **more: Any
    ) -> Intent:
        # What the real router would refuse must be refused here too.
        command(**fields, request_id=ORDER_ID, deadline_msc=CLOCK_MSC, login=1)
        self.traded.append(
            {"terminal": terminal, "command": command.__name__, "fields": fields, **more}
        )
        return cast("Intent", _played(self.outcome, fields))

    async def order(self, terminal: str, order_id: str, *, owner: str | None) -> Intent:
        found = self.kept.get(order_id)
        if found is None or found.owner != owner or found.terminal != terminal:
            raise NotFound(f"There is no order '{order_id}'.")
        return found


def _played(answer: Any, question: Any) -> Any:
    if callable(answer):
        answer = answer(question)
    if isinstance(answer, BaseException):
        raise answer
    return answer


class FakeDoor:
    """Knows the keys of KEYS."""

    def __init__(self) -> None:
        self.entered: list[tuple[str | None, str | None]] = []

    def enter(self, token: str | None, *, source: str | None) -> Caller:
        self.entered.append((token, source))
        if token not in KEYS:
            raise Unauthenticated
        scopes, terminals = KEYS[token]
        return Caller(
            key_id=token.removesuffix("-key"),
            kind=KeyKind.TEST,
            name=token,
            scopes=frozenset(scopes),
            terminals=frozenset(terminals),
            owner=f"owner-{token}",
        )

    def require(self, caller: Caller, scope: str, *, terminal: str | None = None) -> None:
        if terminal is not None and terminal not in caller.terminals:
            raise NotFound(f"There is no terminal '{terminal}'.")
        if scope not in caller.scopes:
            raise InsufficientScope(scope)

    def visible(self, caller: Caller, terminals: Iterable[str]) -> list[str]:
        return [name for name in terminals if name in caller.terminals]


def client(app: Any, key: str | None = "full-key") -> httpx2.AsyncClient:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    transport = httpx2.ASGITransport(app=app, client=("203.0.113.7", 40000))
    return httpx2.AsyncClient(transport=transport, base_url="http://bridge/api/v1", headers=headers)
