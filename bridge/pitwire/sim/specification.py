"""A symbol as the terminal shows it: its specification together with its figures now."""

from pitwire.sim.market import DayStats, Market, Quote
from pitwire.sim.symbols import SymbolSpec
from pitwire.wire.enums import ChartMode, OptionMode, OptionRight, OrderGtcMode
from pitwire.wire.records import SymbolInfo

_NO_QUOTE = Quote(0, 0.0, 0.0, 0.0, 0, 0, 0.0)
_NO_DAY = DayStats(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

_NOT_OFFERED = dict.fromkeys(
    (
        "volumehigh_real",
        "volumelow_real",
        "option_strike",
        "trade_accrued_interest",
        "trade_face_value",
        "trade_liquidity_rate",
        "session_volume",
        "session_turnover",
        "session_interest",
        "session_buy_orders_volume",
        "session_sell_orders_volume",
        "session_aw",
        "session_price_settlement",
        "session_price_limit_min",
        "session_price_limit_max",
        "price_volatility",
        "price_theoretical",
        "price_greeks_delta",
        "price_greeks_theta",
        "price_greeks_gamma",
        "price_greeks_vega",
        "price_greeks_rho",
        "price_greeks_omega",
        "price_sensitivity",
    ),
    0.0,
)
"""Figures of exchanges, bonds and options, which no symbol of this broker has."""

_NO_TEXT = dict.fromkeys(("basis", "category", "bank", "exchange", "formula", "isin", "page"), "")
_NO_COUNT = dict.fromkeys(
    (
        "session_deals",
        "session_buy_orders",
        "session_sell_orders",
        "volumehigh",
        "volumelow",
        "start_time",
        "expiration_time",
    ),
    0,
)


def symbol_info(market: Market, name: str, *, currency: str, selected: bool) -> SymbolInfo:
    """Describe a symbol; tick values are in `currency`, the account's."""
    spec = market.spec(name)
    quote = market.quote(name) or _NO_QUOTE
    day = market.day_stats(name) or _NO_DAY
    change = quote.bid / day.session_close * 100 - 100 if day.session_close else 0.0
    return SymbolInfo.model_validate(
        {
            **_specified(spec),
            **_tick_values(market, spec, currency),
            **_NOT_OFFERED,
            **_NO_TEXT,
            **_NO_COUNT,
            **day._asdict(),
            "select": selected,
            "visible": selected,
            "time": quote.time_msc // 1000,
            "bid": quote.bid,
            "ask": quote.ask,
            "last": quote.last,
            "volume": quote.volume,
            "volume_real": quote.volume_real,
            "spread": round((quote.ask - quote.bid) / spec.point),
            "price_change": round(change, 4),
        }
    )


def _specified(spec: SymbolSpec) -> dict[str, object]:
    same = {
        name: getattr(spec, name)
        for name in SymbolInfo.model_fields
        if name not in _NOT_OFFERED and hasattr(spec, name) and name != "spread"
    }
    return {
        **same,
        "custom": False,
        "chart_mode": ChartMode.BID,
        "spread_float": True,
        "margin_hedged_use_leg": False,
        "margin_maintenance": 0.0,
        "order_gtc_mode": OrderGtcMode.GTC,
        "option_mode": OptionMode.EUROPEAN,
        "option_right": OptionRight.CALL,
    }


def _tick_values(market: Market, spec: SymbolSpec, currency: str) -> dict[str, float]:
    """Value one tick of one lot: of a gain at the bid, of a loss at the ask; 0.0 without prices."""
    tick = spec.trade_tick_size * spec.trade_contract_size
    try:
        gain = market.convert(tick, spec.currency_profit, currency, favor="bid")
        loss = market.convert(tick, spec.currency_profit, currency, favor="ask")
    except LookupError:
        gain = loss = 0.0
    return {
        "trade_tick_value": gain,
        "trade_tick_value_profit": gain,
        "trade_tick_value_loss": loss,
    }


__all__ = ["symbol_info"]
