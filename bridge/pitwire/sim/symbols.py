"""The symbols of the simulated broker: what they are, when they trade, how they move."""

from dataclasses import dataclass

from pitwire.wire.enums import (
    CalcMode,
    DayOfWeek,
    ExpirationFlag,
    FillingFlag,
    OrderFlag,
    SwapMode,
    SymbolTradeMode,
    TradeExecution,
)

DAY_S = 86_400

Window = tuple[int, int]
"""From and to in seconds of the broker's day; the end is not part of it."""

Week = tuple[tuple[Window, ...], ...]
"""The windows of each day, Sunday first, in order of time."""

_ANY_EXPIRATION = ExpirationFlag(15)
_ANY_ORDER = OrderFlag(127)


def weekday_of(day: int) -> int:
    """Tell the weekday (0 = Sunday) of a day counted from 1970-01-01."""
    return (day + 4) % 7


@dataclass(frozen=True, slots=True)
class Sessions:
    """When a symbol is quoted and when it can be traded, in the broker's time."""

    quote: Week
    trade: Week

    def can_trade(self, time_s: int) -> bool:
        """Tell whether `time_s`, seconds of the broker's clock, lies in a trade window."""
        day, second = divmod(time_s, DAY_S)
        return any(start <= second < end for start, end in self.trade[weekday_of(day)])

    def quoted_s(self, day: int) -> int:
        """Count the seconds of the day in which the symbol is quoted."""
        return sum(end - start for start, end in self.quote[weekday_of(day)])


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolSpec:
    """Specification of a symbol in MetaTrader's words (SYMBOL_*), and how its price moves.

    `margin_rate` scales the margin of the calculation mode. The price starts from `start_price`,
    moves by `daily_volatility` (standard deviation of a day's logarithmic return) and stays
    within `price_band` (logarithm) of the start; `spread` is the typical one in points;
    `ticks_per_day` is their mean number in 24 quoted hours.
    """

    name: str
    description: str
    path: str
    currency_base: str
    currency_profit: str
    currency_margin: str
    digits: int
    start_price: float
    spread: int
    daily_volatility: float
    sessions: Sessions
    price_band: float = 0.12
    ticks_per_day: int = 16_000
    volume_min: float = 0.01
    volume_max: float = 500.0
    volume_step: float = 0.01
    volume_limit: float = 0.0
    trade_tick_size: float
    trade_contract_size: float
    trade_calc_mode: CalcMode = CalcMode.FOREX
    trade_exemode: TradeExecution = TradeExecution.MARKET
    trade_mode: SymbolTradeMode = SymbolTradeMode.FULL
    filling_mode: FillingFlag = FillingFlag.FOK | FillingFlag.IOC
    expiration_mode: ExpirationFlag = _ANY_EXPIRATION
    order_mode: OrderFlag = _ANY_ORDER
    trade_stops_level: int = 0
    trade_freeze_level: int = 0
    swap_mode: SwapMode = SwapMode.POINTS
    swap_long: float = 0.0
    swap_short: float = 0.0
    swap_rollover3days: DayOfWeek = DayOfWeek.WEDNESDAY
    margin_rate: float = 1.0
    margin_initial: float = 0.0
    margin_hedged: float
    ticks_bookdepth: int = 10

    @property
    def point(self) -> float:
        """The smallest step that `digits` can show, in the quote currency."""
        return 1 / float(10**self.digits)

    @property
    def volume_digits(self) -> int:
        """Decimal places that volumes of `volume_step` need."""
        return next((n for n in range(8) if round(self.volume_step, n) == self.volume_step), 8)


def _hours(first: float, last: float) -> Window:
    return round(first * 3600), round(last * 3600)


def _working_days(*windows: Window) -> Week:
    return ((), windows, windows, windows, windows, windows, ())


_ALL_DAY = _hours(0, 24)
_FOREX = Sessions(quote=_working_days(_ALL_DAY), trade=_working_days(_ALL_DAY))
_CRYPTO = Sessions(quote=((_ALL_DAY,),) * 7, trade=((_ALL_DAY,),) * 7)
_METALS = Sessions(quote=_working_days(_hours(1, 24)), trade=_working_days((3600 + 60, DAY_S - 60)))
_INDICES = Sessions(
    quote=_working_days(_hours(1, 23.25), _hours(23.5, 24)),
    trade=_working_days(_hours(1, 23.25), _hours(23.5, 24)),
)

_CURRENCIES = {
    "AUD": "Australian Dollar",
    "CAD": "Canadian Dollar",
    "CHF": "Swiss Franc",
    "EUR": "Euro",
    "GBP": "Pound Sterling",
    "JPY": "Yen",
    "NZD": "New Zealand Dollar",
    "USD": "US Dollar",
}


def _forex(
    name: str,
    start_price: float,
    spread: int,
    *,
    swap: tuple[float, float],
    volatility: float = 0.0055,
    ticks_per_day: int = 16_000,
    execution: TradeExecution = TradeExecution.MARKET,
) -> SymbolSpec:
    base, profit = name[:3], name[3:]
    digits = 3 if profit == "JPY" else 5
    instant = execution is TradeExecution.INSTANT
    return SymbolSpec(
        name=name,
        description=f"{_CURRENCIES[base]} vs {_CURRENCIES[profit]}",
        path=f"Forex\\{name}",
        currency_base=base,
        currency_profit=profit,
        currency_margin=base,
        digits=digits,
        start_price=start_price,
        spread=spread,
        daily_volatility=volatility,
        sessions=_FOREX,
        ticks_per_day=ticks_per_day,
        trade_tick_size=1 / 10**digits,
        trade_contract_size=100_000.0,
        trade_exemode=execution,
        filling_mode=FillingFlag.FOK if instant else FillingFlag.FOK | FillingFlag.IOC,
        swap_long=swap[0],
        swap_short=swap[1],
        margin_hedged=100_000.0,
    )


def _cross(
    name: str, start_price: float, spread: int, swap: tuple[float, float], volatility: float
) -> SymbolSpec:
    return _forex(
        name,
        start_price,
        spread,
        swap=swap,
        volatility=volatility,
        ticks_per_day=10_000,
        execution=TradeExecution.INSTANT,
    )


def _crypto(
    name: str, description: str, start_price: float, *, spread: int, volume: tuple[float, float]
) -> SymbolSpec:
    return SymbolSpec(
        name=name,
        description=description,
        path=f"Crypto\\{name}",
        currency_base=name[:3],
        currency_profit="USD",
        currency_margin="USD",
        digits=2,
        start_price=start_price,
        spread=spread,
        daily_volatility=0.025,
        sessions=_CRYPTO,
        price_band=0.5,
        ticks_per_day=24_000,
        volume_max=volume[0],
        volume_limit=volume[1],
        trade_tick_size=0.01,
        trade_contract_size=1.0,
        trade_calc_mode=CalcMode.CFD,
        swap_mode=SwapMode.INTEREST_CURRENT,
        swap_long=-20.0,
        swap_short=-20.0,
        swap_rollover3days=DayOfWeek.FRIDAY,
        margin_rate=0.1,
        margin_hedged=1.0,
    )


_GOLD = SymbolSpec(
    name="XAUUSD",
    description="Gold vs US Dollar",
    path="Metals\\XAUUSD",
    currency_base="XAU",
    currency_profit="USD",
    currency_margin="USD",
    digits=2,
    start_price=2_650.0,
    spread=22,
    daily_volatility=0.009,
    sessions=_METALS,
    price_band=0.25,
    ticks_per_day=24_000,
    volume_max=100.0,
    trade_tick_size=0.01,
    trade_contract_size=100.0,
    trade_calc_mode=CalcMode.CFDLEVERAGE,
    trade_stops_level=20,
    swap_long=-38.5,
    swap_short=19.2,
    margin_hedged=100.0,
)

_INDEX = SymbolSpec(
    name="US500",
    description="US 500 Index",
    path="Indices\\US500",
    currency_base="USD",
    currency_profit="USD",
    currency_margin="USD",
    digits=1,
    start_price=5_900.0,
    spread=6,
    daily_volatility=0.01,
    sessions=_INDICES,
    price_band=0.25,
    ticks_per_day=12_000,
    volume_min=0.1,
    volume_max=250.0,
    volume_step=0.1,
    trade_tick_size=0.1,
    trade_contract_size=1.0,
    trade_calc_mode=CalcMode.CFD,
    filling_mode=FillingFlag.IOC,
    trade_stops_level=10,
    swap_long=-12.4,
    swap_short=3.1,
    swap_rollover3days=DayOfWeek.FRIDAY,
    margin_rate=0.05,
    margin_hedged=0.0,
)

CATALOG: tuple[SymbolSpec, ...] = (
    _forex("EURUSD", 1.0850, 8, swap=(-7.2, 2.9), volatility=0.0048),
    _forex("GBPUSD", 1.2700, 11, swap=(-3.1, -1.2)),
    _forex("USDJPY", 150.00, 10, swap=(11.8, -24.3), volatility=0.006),
    _forex("USDCHF", 0.8850, 12, swap=(6.1, -13.4), volatility=0.005),
    _forex("USDCAD", 1.3700, 13, swap=(2.2, -7.9), volatility=0.0042),
    _forex("AUDUSD", 0.6600, 10, swap=(-2.4, -0.4), volatility=0.0065),
    _forex("NZDUSD", 0.6050, 14, swap=(-1.1, -1.6), volatility=0.0065, ticks_per_day=10_000),
    _cross("EURGBP", 0.8543, 12, (-5.6, 1.4), 0.0038),
    _cross("EURJPY", 162.75, 17, (8.3, -19.6), 0.0065),
    _cross("GBPJPY", 190.50, 24, (14.9, -30.2), 0.0075),
    _cross("EURCHF", 0.9602, 18, (2.7, -8.8), 0.0035),
    _cross("AUDJPY", 99.00, 19, (6.0, -13.1), 0.0075),
    _cross("EURCAD", 1.4865, 39, (-4.9, -0.9), 0.005),
    _cross("AUDNZD", 1.0909, 27, (-2.2, -1.9), 0.004),
    _GOLD,
    _INDEX,
    _crypto("BTCUSD", "Bitcoin vs US Dollar", 65_000.0, spread=1_800, volume=(10.0, 100.0)),
    _crypto("ETHUSD", "Ethereum vs US Dollar", 3_400.0, spread=180, volume=(100.0, 1_000.0)),
)
"""The symbols of the default broker."""


__all__ = ["CATALOG", "DAY_S", "Sessions", "SymbolSpec", "Week", "Window", "weekday_of"]
