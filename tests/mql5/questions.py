"""What the tests of the commands that read ask: what is answered, and what is refused."""

from typing import Any

from pitwire.sim.symbols import CATALOG
from pitwire.wire.commands import CommandCode as Code

NOON = 1_763_467_200
NOON_MSC = NOON * 1000
HOUR_MSC = 3_600_000
LATEST_S = 253_402_300_799
SYMBOLS = CATALOG[:6]

EURUSD: dict[str, Any] = {"symbol": "EURUSD"}
M1 = {**EURUSD, "timeframe": 1}
H4 = {**EURUSD, "timeframe": 16388}
MN1 = {**EURUSD, "timeframe": 49153}
FULL: list[tuple[int, dict[str, Any]]] = [
    (Code.PING, {}),
    (Code.PING, {"unknown": [1, {"deep": None}]}),
    (Code.ACCOUNT_INFO, {}),
    (Code.TERMINAL_INFO, {}),
    (Code.SYMBOLS_GET, {}),
    (Code.SYMBOLS_GET, {"start": 2, "count": 3}),
    (Code.SYMBOLS_GET, {"start": 2**64 - 1}),
    (Code.SYMBOLS_GET, {"selected": True, "count": 1}),
    *((Code.SYMBOL_INFO, {"symbol": spec.name}) for spec in SYMBOLS),
    (Code.SYMBOL_SELECT, EURUSD),
    (Code.SYMBOL_SELECT, {**EURUSD, "enable": False}),
    *((Code.SYMBOL_INFO_TICK, {"symbol": spec.name}) for spec in SYMBOLS),
    (Code.COPY_TICKS_FROM, {**EURUSD, "from_msc": 0, "count": 9}),
    (Code.COPY_TICKS_FROM, {**EURUSD, "from_msc": NOON_MSC - HOUR_MSC}),
    (Code.COPY_TICKS_FROM, {**EURUSD, "from_msc": NOON_MSC - HOUR_MSC, "flags": 1, "count": 5}),
    (Code.COPY_TICKS_FROM, {**EURUSD, "from_msc": NOON_MSC - HOUR_MSC, "flags": 2}),
    (Code.COPY_TICKS_FROM, {**EURUSD, "from_msc": 2 * NOON_MSC}),
    (Code.COPY_TICKS_FROM, {**EURUSD, "from_msc": LATEST_S * 1000 + 999, "skip": 2**64 - 1}),
    (Code.COPY_TICKS_RANGE, {**EURUSD, "from_msc": 0, "to_msc": LATEST_S * 1000, "count": 4}),
    (Code.COPY_TICKS_RANGE, {**EURUSD, "from_msc": 0, "to_msc": 0}),
    (Code.COPY_TICKS_RANGE, {**EURUSD, "from_msc": 5, "to_msc": 4}),
    (Code.COPY_TICKS_RANGE, {**EURUSD, "from_msc": NOON_MSC - 90_000, "to_msc": NOON_MSC - 30_000}),
    (Code.COPY_TICKS_RANGE, {**EURUSD, "from_msc": NOON_MSC - 99 * HOUR_MSC, "to_msc": NOON_MSC}),
    (Code.COPY_RATES_FROM, {**M1, "from_s": NOON, "count": 20}),
    (Code.COPY_RATES_FROM, {**M1, "from_s": NOON - 30}),
    (Code.COPY_RATES_FROM, {**H4, "from_s": LATEST_S}),
    (Code.COPY_RATES_FROM, {**MN1, "from_s": NOON}),
    (Code.COPY_RATES_FROM, {**MN1, "from_s": 0}),
    (Code.COPY_RATES_FROM_POS, {**M1, "count": 3}),
    (Code.COPY_RATES_FROM_POS, {**M1, "start": 2_000, "count": 3}),
    (Code.COPY_RATES_FROM_POS, {**H4, "start": 5_000}),
    (Code.COPY_RATES_FROM_POS, {**H4, "start": 2**64 - 1}),
    (Code.COPY_RATES_RANGE, {**M1, "from_s": NOON - 7_200, "to_s": NOON, "count": 50}),
    (Code.COPY_RATES_RANGE, {**M1, "from_s": NOON - 60, "to_s": LATEST_S}),
    (Code.COPY_RATES_RANGE, {**M1, "from_s": NOON - 86_400 * 3, "to_s": NOON - 86_400 * 2}),
    (Code.COPY_RATES_RANGE, {**M1, "from_s": NOON + 600, "to_s": NOON + 9_000}),
    (Code.COPY_RATES_RANGE, {**M1, "from_s": NOON, "to_s": NOON - 1}),
    (Code.COPY_RATES_RANGE, {**H4, "from_s": 0, "to_s": LATEST_S, "count": 10}),
    (Code.COPY_RATES_RANGE, {**H4, "from_s": 0, "to_s": LATEST_S}),
    (Code.COPY_RATES_RANGE, {**MN1, "from_s": 0, "to_s": NOON}),
    *((Code.MARKET_BOOK_GET, {"symbol": spec.name}) for spec in SYMBOLS),
    (Code.ORDERS_GET, {}),
    (Code.ORDERS_GET, EURUSD),
    (Code.ORDERS_GET, {"symbol": SYMBOLS[1].name, "ticket": None}),
    (Code.ORDERS_GET, {"ticket": 2**64 - 1}),
    (Code.POSITIONS_GET, {}),
    (Code.POSITIONS_GET, {"symbol": SYMBOLS[1].name}),
    (Code.POSITIONS_GET, {"symbol": None, "ticket": 0}),
    (Code.HISTORY_ORDERS_GET, {}),
    (Code.HISTORY_ORDERS_GET, {"start": 1, "count": 2}),
    (Code.HISTORY_ORDERS_GET, {"from_msc": NOON_MSC + 60_000, "to_msc": None}),
    (Code.HISTORY_ORDERS_GET, {"symbol": SYMBOLS[1].name}),
    (Code.HISTORY_ORDERS_GET, {"position": 0}),
    (Code.HISTORY_ORDERS_GET, {"ticket": 4_711}),
    (Code.HISTORY_DEALS_GET, {}),
    (Code.HISTORY_DEALS_GET, {"start": 2, "count": 1}),
    (Code.HISTORY_DEALS_GET, {"start": 2**64 - 1}),
    (Code.HISTORY_DEALS_GET, {"from_msc": NOON_MSC + 61_000, "to_msc": NOON_MSC + 62_000}),
    (Code.HISTORY_DEALS_GET, {"position": 0}),
    (Code.HISTORY_DEALS_GET, {"ticket": 4_711}),
    *(
        (Code.ORDER_CALC_MARGIN, {"symbol": spec.name, "type": kind, "volume": 0.7})
        for spec in SYMBOLS
        for kind in (0, 1, 4, 7)
    ),
    (Code.ORDER_CALC_MARGIN, {**EURUSD, "type": 0, "volume": 1, "price": 1.5}),
    *(
        (
            Code.ORDER_CALC_PROFIT,
            {"symbol": spec.name, "type": kind, "volume": 2, "price_open": 1, "price_close": 1.01},
        )
        for spec in SYMBOLS
        for kind in (0, 1)
    ),
    (Code.SUBSCRIBE, {"channel": 4}),
    (Code.UNSUBSCRIBE, {"channel": 4}),
    (Code.UNSUBSCRIBE, {"channel": 5}),
]
"""What is answered."""

GROUPS = (
    "", "*", "EURUSD", "EUR", "EUR*", "*USD", "*U*D*", "E*", "*,!EUR", "!EUR", "!*USD*", "!",
    "*USD*,!EUR*", "*JPY* , ! GBP* ", "EURUSD,GBPUSD", "EURUSD,!EUR*,EURUSD", ",!EUR", "*,",
    "**", "*EUR*EUR*", "EURUSD*", "*EURUSD", "E*D,!*J*", "!EUR,*USD", "eurusd", "€*",
)  # fmt: skip


def each(code: int, name: str, *values: Any, **fields: Any) -> list[tuple[int, dict[str, Any]]]:
    """Make one question of each value that a field may be given."""
    return [(code, {**fields, name: value}) for value in values]


_CALC = {"type": 0, "volume": 1, "price_open": 1, "price_close": 1, **EURUSD}
_NO_SUCH = {"symbol": "NOSUCH"}

BAD: list[tuple[int, dict[str, Any]]] = [
    (9999, {}),
    (Code.SYMBOL_INFO, {}),
    *each(Code.SYMBOL_INFO, "symbol", "", "x" * 65, "a\nb", "\0", 5, None, b"EURUSD"),
    *each(Code.SYMBOL_INFO, "symbol", "x" * 64, "€" * 64, "😀" * 64, "eurusd"),
    *each(Code.SYMBOL_SELECT, "enable", None, 1, **EURUSD),
    *each(Code.SYMBOLS_GET, "count", 0, 501, -1, 1.0, True, None, "1", 2**63, 2**64 - 1),
    *each(Code.SYMBOLS_GET, "start", -1, 1.0, False, None),
    *each(Code.SYMBOLS_GET, "group", "x" * 513, None, 1),
    *each(Code.SYMBOLS_GET, "selected", "yes", 1, None),
    *each(Code.COPY_TICKS_FROM, "from_msc", -1, LATEST_S * 1000 + 1000, None, **EURUSD),
    *each(Code.COPY_TICKS_FROM, "count", 0, 8193, **EURUSD, from_msc=0),
    *each(Code.COPY_TICKS_FROM, "skip", -1, 0.0, None, **EURUSD, from_msc=0),
    *each(Code.COPY_TICKS_FROM, "flags", 0, 3, -2, 2**31, 2**64 - 1, **EURUSD, from_msc=0),
    (Code.COPY_TICKS_RANGE, {**EURUSD, "from_msc": 0}),
    (Code.COPY_TICKS_RANGE, {**_NO_SUCH, "from_msc": 0, "to_msc": 1}),
    *each(Code.COPY_RATES_FROM_POS, "timeframe", 0, 7, -1, 60, 16384, 2**32 + 1, None, **EURUSD),
    (Code.COPY_RATES_FROM, {**M1, "from_s": LATEST_S + 1}),
    (Code.COPY_RATES_RANGE, {**M1, "from_s": 0}),
    (Code.COPY_RATES_RANGE, {**_NO_SUCH, "timeframe": 1, "from_s": 0, "to_s": 1}),
    (Code.SYMBOL_SELECT, _NO_SUCH),
    (Code.SYMBOL_INFO_TICK, _NO_SUCH),
    (Code.MARKET_BOOK_GET, _NO_SUCH),
    (Code.ORDERS_GET, _NO_SUCH),
    (Code.POSITIONS_GET, _NO_SUCH),
    (Code.HISTORY_ORDERS_GET, _NO_SUCH),
    (Code.HISTORY_DEALS_GET, _NO_SUCH),
    *each(Code.POSITIONS_GET, "ticket", -1, 1.5, "1", True),
    *each(Code.HISTORY_DEALS_GET, "from_msc", None, -1),
    *each(Code.HISTORY_DEALS_GET, "count", 0, 1001),
    *each(Code.HISTORY_ORDERS_GET, "position", -1, "1"),
    *each(Code.ORDER_CALC_MARGIN, "type", -1, 8, 0.0, None, **EURUSD, volume=1),
    *each(
        Code.ORDER_CALC_MARGIN, "volume", 0, -0.1, float("nan"), float("inf"), "1", True, None,
        **EURUSD, type=0,
    ),
    *each(Code.ORDER_CALC_MARGIN, "price", 0, "1", **EURUSD, type=0, volume=1),
    (Code.ORDER_CALC_MARGIN, {**EURUSD, "type": 0, "volume": 1.7e308, "price": 1.7e308}),
    (Code.ORDER_CALC_PROFIT, {**_CALC, "type": 2}),
    (Code.ORDER_CALC_PROFIT, {**_CALC, "price_close": None}),
    *each(Code.SUBSCRIBE, "channel", None, "1", 1.0, 1),
    (Code.SUBSCRIBE, {**EURUSD, "channel": 5}),
    (Code.SUBSCRIBE, {**EURUSD, "channel": 2}),
    (Code.SUBSCRIBE, {**EURUSD, "channel": 2, "timeframe": 7}),
    (Code.SUBSCRIBE, {**M1, "channel": 1}),
    (Code.SUBSCRIBE, {**_NO_SUCH, "channel": 1}),
    (Code.UNSUBSCRIBE, {**_NO_SUCH, "channel": 3}),
]  # fmt: skip
"""What is refused."""
