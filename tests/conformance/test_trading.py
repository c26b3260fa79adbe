"""Trading commands, at most once, by both terminals: market, pending, stops, closes, refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance.peers import Terminal
from tests.conformance.tiny_bridge import TinyBridge

from pitwire.sim.account import AccountSettings
from pitwire.wire import commands
from pitwire.wire.enums import DealEntry, OrderFilling, OrderState, OrderTime, OrderType
from pitwire.wire.replies import JournalState, RefusalCode
from pitwire.wire.retcodes import Retcode

NOON_MSC = 1_763_467_200_000
LOGIN = AccountSettings().login
Move = Callable[[int], None]


class Trader:
    """Sends trading commands, each under an id of its own."""

    def __init__(self, bridge: TinyBridge) -> None:
        self.bridge = bridge
        self._count = 0

    def envelope(self) -> dict[str, Any]:
        self._count += 1
        return {
            "request_id": f"id-{self._count}",
            "deadline_msc": 2 * NOON_MSC,
            "login": LOGIN,
        }

    def send(self, **fields: Any) -> Any:
        chosen = {"symbol": "EURUSD", "type": OrderType.BUY, "volume": 0.1, **fields}
        return self.bridge.ask(commands.OrderSend(**self.envelope(), **chosen))

    def close(self, position: int, **fields: Any) -> Any:
        return self.bridge.ask(
            commands.PositionClose(**self.envelope(), position=position, **fields)
        )

    def modify_position(self, position: int, **fields: Any) -> Any:
        return self.bridge.ask(
            commands.PositionModify(**self.envelope(), position=position, **fields)
        )

    def modify(self, order: int, **fields: Any) -> Any:
        return self.bridge.ask(commands.OrderModify(**self.envelope(), order=order, **fields))

    def remove(self, order: int) -> Any:
        return self.bridge.ask(commands.OrderRemove(**self.envelope(), order=order))

    def positions(self) -> list[Any]:
        return list(self.bridge.ask(commands.PositionsGet()).positions)

    def orders(self) -> list[Any]:
        return list(self.bridge.ask(commands.OrdersGet()).orders)


@pytest.fixture
def trader(bridge: TinyBridge) -> Trader:
    return Trader(bridge)


@pytest.fixture
def price(terminal: Terminal) -> float:
    """The ask of EURUSD; the market stands still."""
    quote = terminal.market.quote("EURUSD")
    assert quote is not None
    return quote.ask


@pytest.mark.parametrize("side", [OrderType.BUY, OrderType.SELL])
def test_a_market_order_in_full(terminal: Terminal, trader: Trader, side: OrderType) -> None:
    quote = terminal.market.quote("EURUSD")
    assert quote is not None
    reply = trader.send(type=side, volume=0.3, magic=2**63 + 5, comment="a comment")
    result = reply.result
    assert (result.retcode, reply.repeated) == (Retcode.DONE, False)
    assert (result.volume, result.price) == (0.3, quote.ask if side == OrderType.BUY else quote.bid)
    assert (result.digits, result.volume_digits) == (5, 2)
    assert result.deal > 0
    assert result.order > 0
    (position,) = trader.positions()
    assert (position.ticket, position.type, position.volume) == (result.position, side, 0.3)
    assert (position.magic, position.comment) == (2**63 + 5, "a comment")
    (deal,) = trader.bridge.ask(commands.HistoryDealsGet(ticket=result.deal)).deals
    assert (deal.order, deal.position_id, deal.entry) == (
        result.order, result.position, DealEntry.IN,
    )  # fmt: skip


def test_stops_with_the_order_and_afterwards(trader: Trader, price: float) -> None:
    sl, tp = round(price - 0.01, 5), round(price + 0.01, 5)
    position = trader.send(sl=sl, tp=tp).result.position
    (held,) = trader.positions()
    assert (held.sl, held.tp) == (sl, tp)
    moved = round(price - 0.02, 5)
    assert trader.modify_position(position, sl=moved).result.retcode == Retcode.DONE
    (held,) = trader.positions()
    assert (held.sl, held.tp) == (moved, tp)
    assert trader.modify_position(position, tp=None).result.retcode == Retcode.DONE
    (held,) = trader.positions()
    assert (held.sl, held.tp) == (moved, 0.0)
    wrong = trader.modify_position(position, sl=round(price + 0.05, 5)).result
    assert wrong.retcode == Retcode.INVALID_STOPS
    assert trader.modify_position(position, sl=moved).result.retcode == Retcode.NO_CHANGES


def test_a_position_is_closed_in_parts(trader: Trader) -> None:
    position = trader.send(volume=0.3).result.position
    part = trader.close(position, volume=0.1).result
    assert (part.retcode, part.volume, part.position) == (Retcode.DONE, 0.1, position)
    (held,) = trader.positions()
    assert (held.ticket, held.volume) == (position, 0.2)
    assert trader.close(position, volume=0.5).result.retcode == Retcode.INVALID_CLOSE_VOLUME
    rest = trader.close(position, comment="rest", magic=9).result
    assert (rest.retcode, rest.volume) == (Retcode.DONE, 0.2)
    assert trader.positions() == []
    deals = trader.bridge.ask(commands.HistoryDealsGet(position=position)).deals
    assert [deal.entry for deal in deals] == [DealEntry.IN, DealEntry.OUT, DealEntry.OUT]
    assert trader.close(position).result.retcode == Retcode.POSITION_CLOSED


def test_opposite_positions_close_by_each_other(trader: Trader) -> None:
    one = trader.send(volume=0.3).result.position
    two = trader.send(type=OrderType.SELL, volume=0.1).result.position
    same = trader.send(volume=0.1).result.position
    bridge = trader.bridge
    wrong = bridge.ask(
        commands.PositionCloseBy(**trader.envelope(), position=one, position_by=same)
    )
    assert wrong.result.retcode == Retcode.INVALID
    done = bridge.ask(commands.PositionCloseBy(**trader.envelope(), position=one, position_by=two))
    assert done.result.retcode == Retcode.DONE
    assert {held.ticket: held.volume for held in trader.positions()} == {one: 0.2, same: 0.1}


PENDING = [
    (OrderType.BUY_LIMIT, -0.01, None),
    (OrderType.SELL_LIMIT, +0.01, None),
    (OrderType.BUY_STOP, +0.01, None),
    (OrderType.SELL_STOP, -0.01, None),
    (OrderType.BUY_STOP_LIMIT, +0.01, -0.005),
    (OrderType.SELL_STOP_LIMIT, -0.01, +0.005),
]


@pytest.mark.parametrize(("kind", "away", "limit"), PENDING)
def test_pending_orders_live_change_and_go(
    trader: Trader, price: float, kind: OrderType, away: float, limit: float | None
) -> None:
    at = round(price + away, 5)
    stoplimit = None if limit is None else round(at + limit, 5)
    placed = trader.send(type=kind, price=at, stoplimit=stoplimit, volume=0.2, magic=3).result
    assert placed.retcode in {Retcode.DONE, Retcode.PLACED}
    (order,) = trader.orders()
    assert (order.ticket, order.type, order.state) == (placed.order, kind, OrderState.PLACED)
    assert (order.price_open, order.volume_initial, order.volume_current) == (at, 0.2, 0.2)
    assert (order.price_stoplimit, order.magic) == (stoplimit or 0.0, 3)
    closer = round(price + away * 1.5, 5)
    stop = round(closer + (0.003 if limit is None else 0.004) * (1 if kind % 2 else -1), 5)
    fields: dict[str, Any] = {} if limit is None else {"stoplimit": round(closer + limit, 5)}
    if limit is None:
        fields["sl"] = stop
    changed = trader.modify(placed.order, price=closer, **fields).result
    assert changed.retcode == Retcode.DONE
    (order,) = trader.orders()
    assert (order.price_open, order.sl) == (closer, fields.get("sl", 0.0))
    assert order.volume_current == 0.2
    assert trader.remove(placed.order).result.retcode == Retcode.DONE
    assert trader.orders() == []
    (gone,) = trader.bridge.ask(commands.HistoryOrdersGet(ticket=placed.order)).orders
    assert gone.state == OrderState.CANCELED


def test_pending_orders_that_make_no_sense(trader: Trader, price: float) -> None:
    above, below = round(price + 0.01, 5), round(price - 0.01, 5)
    for kind, at in (
        (OrderType.BUY_LIMIT, above),
        (OrderType.SELL_LIMIT, below),
        (OrderType.BUY_STOP, below),
        (OrderType.SELL_STOP, above),
    ):
        assert trader.send(type=kind, price=at).result.retcode == Retcode.INVALID_PRICE
    late = trader.send(
        type=OrderType.BUY_LIMIT,
        price=below,
        type_time=OrderTime.SPECIFIED,
        expiration=NOON_MSC // 1000 - 60,
    )
    assert late.result.retcode == Retcode.INVALID_EXPIRATION
    assert trader.orders() == []
    assert trader.modify(77, price=below).code == RefusalCode.NOT_FOUND
    assert trader.remove(77).code == RefusalCode.NOT_FOUND


def test_a_pending_order_ends_at_its_time(trader: Trader, price: float, move: Move) -> None:
    placed = trader.send(
        type=OrderType.BUY_LIMIT,
        price=round(price - 0.2, 5),
        type_time=OrderTime.SPECIFIED,
        expiration=NOON_MSC // 1000 + 60,
    ).result
    (order,) = trader.orders()
    assert (order.type_time, order.time_expiration) == (
        OrderTime.SPECIFIED, NOON_MSC // 1000 + 60,
    )  # fmt: skip
    move(120_000)
    while trader.orders():
        pass
    (gone,) = trader.bridge.ask(commands.HistoryOrdersGet(ticket=placed.order)).orders
    assert gone.state == OrderState.EXPIRED


@pytest.mark.parametrize(
    ("fields", "retcode"),
    [
        ({"volume": 0.001}, Retcode.INVALID_VOLUME),
        ({"volume": 0.015}, Retcode.INVALID_VOLUME),
        ({"volume": 1e6}, Retcode.INVALID_VOLUME),
        ({"volume": 90.0}, Retcode.NO_MONEY),
        ({"sl": 99.0}, Retcode.INVALID_STOPS),
        ({"type_filling": OrderFilling.BOC}, Retcode.INVALID_FILL),
    ],
)
def test_the_trade_servers_no_is_a_reply(
    trader: Trader, fields: dict[str, Any], retcode: Retcode
) -> None:
    reply = trader.send(**fields)
    assert reply.result.retcode == retcode
    assert trader.positions() == []


def test_a_repeat_gets_the_first_answer_and_another_content_is_refused(trader: Trader) -> None:
    bridge = trader.bridge
    asked = commands.OrderSend(**trader.envelope(), symbol="EURUSD", type=0, volume=0.1)
    first = bridge.ask(asked)
    again = bridge.ask(asked.model_copy(update={"deadline_msc": NOON_MSC * 2 + 1}))
    assert (again.repeated, again.result) == (True, first.result)
    other = bridge.ask(asked.model_copy(update={"volume": 0.2}))
    assert (other.code, other.field) == (RefusalCode.REQUEST_CONFLICT, "request_id")
    refused = bridge.ask(
        commands.OrderSend(**trader.envelope(), symbol="EURUSD", type=0, volume=0.015)
    )
    assert refused.result.retcode == Retcode.INVALID_VOLUME
    assert len(trader.positions()) == 1


def test_what_the_terminal_itself_refuses(trader: Trader) -> None:
    bridge = trader.bridge
    envelope = trader.envelope()
    order: dict[str, Any] = {"symbol": "EURUSD", "type": 0, "volume": 0.1}
    late = bridge.ask(commands.OrderSend(**{**envelope, "deadline_msc": NOON_MSC - 5000}, **order))
    assert (late.code, late.field) == (RefusalCode.DEADLINE_PASSED, "deadline_msc")
    other = bridge.ask(commands.OrderSend(**{**envelope, "login": 7}, **order))
    assert (other.code, other.field) == (RefusalCode.ACCOUNT_CHANGED, "login")
    unknown = bridge.ask(commands.OrderSend(**envelope, **{**order, "symbol": "NOPE"}))
    assert (unknown.code, unknown.field) == (RefusalCode.UNKNOWN_SYMBOL, "symbol")
    for missing in (
        bridge.ask(commands.PositionClose(**envelope, position=77)),
        bridge.ask(commands.PositionModify(**envelope, position=77, sl=1.0)),
    ):
        assert (missing.code, missing.field) == (RefusalCode.NOT_FOUND, "position")
    status = bridge.ask(commands.OrderStatus(request_id=envelope["request_id"]))
    assert status.state == JournalState.UNKNOWN
    # What was refused before the journal may be asked again under the same id.
    assert bridge.ask(commands.OrderSend(**envelope, **order)).result.retcode == Retcode.DONE


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"volume": -1.0}, "volume"),
        ({"volume": float("nan")}, "volume"),
        ({"type": 8}, "type"),
        ({"type_filling": 4}, "type_filling"),
        ({"type_time": 4}, "type_time"),
        ({"price": float("inf")}, "price"),
        ({"magic": -1}, "magic"),
        ({"comment": "x" * 32}, "comment"),
        ({"comment": "two\nlines"}, "comment"),
        ({"symbol": ""}, "symbol"),
        ({"request_id": "a b"}, "request_id"),
        ({"login": "5000001"}, "login"),
        ({"deviation": -1}, "deviation"),
    ],
)
def test_fields_that_are_wrong_are_named(
    trader: Trader, fields: dict[str, Any], field: str
) -> None:
    chosen = {**trader.envelope(), "symbol": "EURUSD", "type": 0, "volume": 0.1, **fields}
    refusal = trader.bridge.ask_fields(commands.CommandCode.ORDER_SEND, **chosen)
    assert (refusal.code, refusal.field) == (RefusalCode.INVALID_REQUEST, field)
    assert trader.positions() == []


def test_a_dry_run_tells_the_account_afterwards(trader: Trader) -> None:
    bridge = trader.bridge
    asked: dict[str, Any] = {"symbol": "EURUSD", "type": 0, "volume": 0.1}
    good = bridge.ask(commands.OrderCheck(**asked)).result
    assert good.retcode == 0
    assert good.margin > 0
    assert good.margin_free == pytest.approx(good.equity - good.margin)
    bad = bridge.ask(commands.OrderCheck(**{**asked, "volume": 90.0})).result
    assert bad.retcode == Retcode.NO_MONEY
    assert trader.positions() == []


@pytest.mark.parametrize("retcode", [Retcode.REQUOTE, Retcode.REJECT, Retcode.MARKET_CLOSED])
def test_refusals_of_the_day(terminal: Terminal, trader: Trader, retcode: Retcode) -> None:
    terminal.faults.retcode_next = retcode
    assert trader.send().result.retcode == retcode
    assert trader.positions() == []
    assert trader.send().result.retcode == Retcode.DONE
