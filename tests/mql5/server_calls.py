"""What the trade server answers when the runtime asks: symbols, prices, books, calculations."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from tests.mql5.server_conditions import Conditions

from pitwire.errors import InvalidTimeframe
from pitwire.sim.account import account_info, booked
from pitwire.sim.broker import Broker
from pitwire.sim.history import DAY_MSC
from pitwire.sim.market import Market, Quote
from pitwire.sim.request import TradeRequest
from pitwire.sim.rules import side_of
from pitwire.sim.specification import symbol_info
from pitwire.sim.valuation import NoPrices
from pitwire.wire.arrays import RATES, TICKS, Array
from pitwire.wire.enums import OrderType

UNKNOWN_SYMBOL, SELECT_ERROR, NO_PRICES = 4301, 4305, 4304
NOT_FOUND, STILL_LOADING = 4401, 4403
CALCULATION_FAILED, BOOK_MISSING = 4758, 4901

_EVERYTHING = 10**9
_BOOK = np.dtype([("type", "<i4"), ("price", "<f8"), ("volume", "<i8"), ("volume_real", "<f8")])
_REQUEST = (
    "action",
    "magic",
    "order",
    "symbol",
    "volume",
    "price",
    "stoplimit",
    "sl",
    "tp",
    "deviation",
    "type",
    "type_filling",
    "type_time",
    "expiration",
    "comment",
    "position",
    "position_by",
)
"""The fields of a trade request in the order of MqlTradeRequest."""


class Refusal(Exception):  # noqa: N818 - an answer, not an error of the rig
    """A call fails with an error code of the runtime."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class Calls:
    """Answers the calls that change nothing at the broker."""

    def __init__(self, broker: Broker, conditions: Conditions) -> None:
        self.broker = broker
        self.market: Market = broker.market
        self.selected = set(self.market.names())
        self.books: set[str] = set()
        self.chart = ""
        self.shown_msc = 0
        """Every tick up to here was shown to the terminal."""
        self._conditions = conditions
        self._calls: dict[str, Callable[..., Any]] = {
            "symbol": self._symbol,
            "session": self._session,
            "select": self._select,
            "margin_rate": lambda name, _type: self.market.spec(name).margin_rate,
            "book": self.book,
            "book_add": self._book_add,
            "book_release": self.books.discard,
            "ticks": self._ticks,
            "rates_until": self._rates_until,
            "rates_since": self._rates_since,
            "rates_between": self._rates_between,
            "account": self._account,
            "state": self._state,
            "positions": lambda: [position.row() for position in broker.positions()],
            "orders": lambda: [order.row() for order in broker.orders()],
            "history": self._history,
            "margin": self._margin,
            "profit": self._profit,
            "check": lambda row: broker.check(request_of(row)).row(),
        }

    def answer(self, name: str, arguments: list[Any]) -> tuple[int, Any]:
        """Answer a call: an error code of the runtime, 0 for none, and the value."""
        try:
            return 0, self._calls[name](*arguments)
        except Refusal as refusal:
            return refusal.code, None
        except NoPrices:
            return NO_PRICES, None

    def symbols(self) -> list[Any]:
        """Describe every symbol as the runtime first sees it."""
        return [
            [
                name,
                name in self.selected,
                self.market._series[name].first_day,
                self.last_tick(name),
            ]
            for name in self.market.names()
        ]

    def last_tick(self, name: str) -> bytes:
        """Give the last tick as MqlTick, nothing before the first."""
        quote = self.market.quote(name)
        return b"" if quote is None else tick_row(quote)

    def book(self, name: str) -> bytes:
        """Give the depth of market as rows of MqlBookInfo."""
        rows = [
            (int(level.type), level.price, int(level.volume), level.volume)
            for level in self.market.book(name)
        ]
        return np.array(rows, _BOOK).tobytes()

    def _symbol(self, name: str) -> list[Any]:
        currency = self.broker.settings.currency
        selected = name in self.selected
        return symbol_info(self.market, name, currency=currency, selected=selected).row()

    def _session(self, name: str, kind: str, day: int, index: int) -> list[int]:
        sessions = self.market.spec(name).sessions
        windows = (sessions.quote if kind == "quote" else sessions.trade)[day]
        if index >= len(windows):
            raise Refusal(NOT_FOUND)
        return list(windows[index])

    def _select(self, name: str, enable: bool) -> bytes:
        if enable:
            self.selected.add(name)
        elif name == self.chart or self._in_use(name):
            raise Refusal(SELECT_ERROR)
        else:
            self.selected.discard(name)
        return self.last_tick(name)

    def _in_use(self, name: str) -> bool:
        books = self.broker.ledger
        return bool(books.open_positions(symbol=name) or books.working_orders(symbol=name))

    def _book_add(self, name: str) -> None:
        if self.market.spec(name).ticks_bookdepth == 0:
            raise Refusal(BOOK_MISSING)
        self.books.add(name)

    def _ticks(self, name: str, day: int) -> list[Any]:
        """Give the ticks of a day: [error, rows, until when they are complete]."""
        end_msc = (day + 1) * DAY_MSC - 1
        until_msc = min(end_msc, self.shown_msc)
        rows, _ = self.market.ticks(
            name, from_msc=day * DAY_MSC, to_msc=until_msc, count=_EVERYTHING
        )
        if self._conditions.take_download():
            part = len(rows) // 2 if self._conditions.downloads_partly else 0
            return [STILL_LOADING, rows[:part].tobytes(), until_msc]
        return [0, rows.tobytes(), until_msc]

    def _rates_until(self, name: str, timeframe: int, until_s: int, count: int) -> list[Any]:
        def read() -> tuple[Array, bool]:
            return self.market.rates_from(name, timeframe, from_s=until_s, count=count)

        return self._rates(read)

    def _rates_since(self, name: str, timeframe: int, from_s: int, _: int) -> list[Any]:
        return self._rates_between(name, timeframe, from_s, self.market.now_msc() // 1000)

    def _rates_between(self, name: str, timeframe: int, from_s: int, to_s: int) -> list[Any]:
        def read() -> tuple[Array, bool]:
            return self.market.rates_range(
                name, timeframe, from_s=max(from_s, 0), to_s=to_s, count=_EVERYTHING
            )

        return self._rates(read)

    def _rates(self, read: Callable[[], tuple[Array, bool]]) -> list[Any]:
        if self._conditions.take_download():
            return [STILL_LOADING, b"", False]
        try:
            rows, more = read()
        except InvalidTimeframe:
            return [NOT_FOUND, b"", False]
        return [0, rows.astype(RATES, copy=False).tobytes(), more]

    def _account(self) -> list[Any]:
        figures, permissions = self.broker.figures(), self._conditions.permissions()
        return account_info(self.broker.settings, figures, permissions).row()

    def _state(self) -> list[Any]:
        permissions = self._conditions.permissions()
        return [
            self._conditions.terminal_info(self.broker).row(),
            permissions.account_trade_allowed,
            permissions.account_trade_expert,
        ]

    def _history(self, orders: int, deals: int) -> list[Any]:
        ledger = self.broker.ledger
        return [
            [order.row() for order in ledger.orders[orders:]],
            [deal.row() for deal in ledger.deals[deals:]],
        ]

    def _margin(self, kind: int, name: str, volume: float, price: float) -> float:
        if not OrderType.BUY <= kind <= OrderType.SELL_STOP_LIMIT:
            raise Refusal(CALCULATION_FAILED)
        valuation, spec = self.broker.valuation, self.market.spec(name)
        asked = price or valuation.opening_price(name, side_of(kind))
        per_lot = valuation.margin_per_lot(spec, price=asked)
        return _finite(booked(per_lot * volume, self.broker.settings.currency_digits))

    def _profit(self, kind: int, name: str, volume: float, opened: float, closed: float) -> float:
        if kind not in {OrderType.BUY, OrderType.SELL}:
            raise Refusal(CALCULATION_FAILED)
        spec = self.market.spec(name)
        return _finite(
            self.broker.valuation.profit(spec, kind, volume=volume, opened=opened, closed=closed)
        )


def request_of(row: list[Any]) -> TradeRequest:
    """Read a trade request."""
    return TradeRequest(**dict(zip(_REQUEST, row, strict=True)))


def row_of(request: TradeRequest) -> list[Any]:
    """Write a trade request."""
    return [getattr(request, name) for name in _REQUEST]


def tick_row(quote: Quote) -> bytes:
    """Write a quote as MqlTick."""
    row = (
        quote.time_msc // 1000,
        quote.bid,
        quote.ask,
        quote.last,
        quote.volume,
        quote.time_msc,
        quote.flags,
        quote.volume_real,
    )
    return np.array([row], TICKS).tobytes()


def live_places(fields: Iterable[str], live: frozenset[str]) -> list[bool]:
    """Tell for every field whether it changes with the prices."""
    return [name in live for name in fields]


def _finite(amount: float) -> float:
    if not math.isfinite(amount):
        raise Refusal(CALCULATION_FAILED)
    return amount


__all__ = ["Calls", "live_places", "request_of", "row_of"]
