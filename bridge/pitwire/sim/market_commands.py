"""Commands about symbols and prices, answered from the market."""

from collections.abc import Collection

from pitwire.errors import InvalidTimeframe
from pitwire.sim.desk import unknown_symbol
from pitwire.sim.groups import choose
from pitwire.sim.market import Market, Quote
from pitwire.sim.refusals import Refused
from pitwire.sim.specification import symbol_info
from pitwire.sim.state import TerminalState
from pitwire.sim.symbols import SymbolSpec
from pitwire.wire import commands, replies
from pitwire.wire.arrays import Array
from pitwire.wire.enums import CopyTicks
from pitwire.wire.records import BookEntry, SymbolInfo, Table, Tick
from pitwire.wire.replies import RefusalCode

_TICK_FLAGS = frozenset(CopyTicks)


class MarketCommands:
    """Answers what the market knows. All symbols are in Market Watch until one is taken out."""

    def __init__(self, market: Market, state: TerminalState, *, currency: str) -> None:
        self._market = market
        self._state = state
        self._currency = currency
        self._selected = set(market.names())

    def symbols(self, command: commands.SymbolsGet) -> replies.SymbolsReply:
        """Answer SYMBOLS_GET."""
        names = [
            name
            for name in choose(self._market.names(), command.group)
            if not command.selected or name in self._selected
        ]
        page = names[command.start : command.start + command.count]
        return replies.SymbolsReply(
            symbols=Table.of(SymbolInfo, [self._info(name) for name in page]),
            total=len(names),
            **self._state.stamp(),
        )

    def symbol(self, command: commands.SymbolInfoGet) -> replies.SymbolInfoReply:
        """Answer SYMBOL_INFO."""
        self.spec(command.symbol)
        return replies.SymbolInfoReply(symbol=self._info(command.symbol), **self._state.stamp())

    def select(
        self, command: commands.SymbolSelect, *, in_use: Collection[str]
    ) -> replies.SymbolSelectReply:
        """Answer SYMBOL_SELECT; a symbol `in_use` stays in Market Watch."""
        self.spec(command.symbol)
        if command.enable:
            self._selected.add(command.symbol)
        elif command.symbol not in in_use:
            self._selected.discard(command.symbol)
        return replies.SymbolSelectReply(
            selected=command.symbol in self._selected, **self._state.stamp()
        )

    def tick(self, command: commands.SymbolInfoTick) -> replies.TickReply:
        """Answer SYMBOL_INFO_TICK."""
        spec = self.spec(command.symbol)
        return replies.TickReply(
            tick=Tick(**self._quote(command.symbol)._asdict()),
            digits=spec.digits,
            volume_digits=spec.volume_digits,
            **self._state.stamp(),
        )

    def ticks(self, command: commands.CopyTicksFrom) -> replies.TicksReply:
        """Answer COPY_TICKS_FROM and COPY_TICKS_RANGE."""
        spec = self.spec(command.symbol)
        if command.flags not in _TICK_FLAGS:
            raise _invalid("flags", f"There are no ticks of the kind {command.flags}.")
        ticks, more = self._market.ticks(
            command.symbol,
            from_msc=command.from_msc,
            to_msc=command.to_msc if isinstance(command, commands.CopyTicksRange) else None,
            skip=command.skip,
            count=command.count,
            flags=command.flags,
        )
        return replies.TicksReply(
            ticks=ticks.tobytes(),
            more=more,
            digits=spec.digits,
            volume_digits=spec.volume_digits,
            **self._state.stamp(),
        )

    def rates(
        self, command: commands.CopyRatesFrom | commands.CopyRatesFromPos | commands.CopyRatesRange
    ) -> replies.RatesReply:
        """Answer the three commands that copy bars."""
        spec = self.spec(command.symbol)
        try:
            rates, more = self._rates(command)
        except InvalidTimeframe as error:
            raise _invalid("timeframe", error.detail) from None
        return replies.RatesReply(
            rates=rates.tobytes(), more=more, digits=spec.digits, **self._state.stamp()
        )

    def book(self, command: commands.MarketBookGet) -> replies.BookReply:
        """Answer MARKET_BOOK_GET."""
        spec = self.spec(command.symbol)
        self._quote(command.symbol)
        return replies.BookReply(
            book=self.book_table(command.symbol),
            digits=spec.digits,
            volume_digits=spec.volume_digits,
            **self._state.stamp(),
        )

    def book_table(self, symbol: str) -> Table[BookEntry]:
        """Write the depth of market of a symbol."""
        return Table.of(
            BookEntry,
            [
                BookEntry(
                    type=level.type,
                    price=level.price,
                    volume=int(level.volume),
                    volume_dbl=level.volume,
                )
                for level in self._market.book(symbol)
            ],
        )

    def spec(self, symbol: str) -> SymbolSpec:
        """Give a symbol's specification.

        Raises Refused for one that the broker does not have.
        """
        try:
            return self._market.spec(symbol)
        except KeyError:
            raise unknown_symbol(symbol) from None

    def newest_bar_s(self, symbol: str, timeframe: int) -> int:
        """Tell when the newest bar opened, broker's time in seconds; 0 without any.

        Raises Refused for a timeframe that there is not, or that cannot be made.
        """
        try:
            newest, _ = self._market.rates_from_pos(symbol, timeframe, start=0, count=1)
        except InvalidTimeframe as error:
            raise _invalid("timeframe", error.detail) from None
        return int(newest["time"][-1]) if len(newest) else 0

    def bars_since(self, symbol: str, timeframe: int, *, from_s: int) -> Array:
        """Read the bars that opened at `from_s` or later."""
        now_s = self._market.now_msc() // 1000
        rates, _ = self._market.rates_range(
            symbol, timeframe, from_s=from_s, to_s=now_s, count=commands.MAX_ROWS
        )
        return rates

    def _rates(
        self, command: commands.CopyRatesFrom | commands.CopyRatesFromPos | commands.CopyRatesRange
    ) -> tuple[Array, bool]:
        name, frame, count = command.symbol, command.timeframe, command.count
        match command:
            case commands.CopyRatesFrom():
                return self._market.rates_from(name, frame, from_s=command.from_s, count=count)
            case commands.CopyRatesFromPos():
                return self._market.rates_from_pos(name, frame, start=command.start, count=count)
            case commands.CopyRatesRange():
                return self._market.rates_range(
                    name, frame, from_s=command.from_s, to_s=command.to_s, count=count
                )

    def _info(self, name: str) -> SymbolInfo:
        selected = name in self._selected
        return symbol_info(self._market, name, currency=self._currency, selected=selected)

    def _quote(self, symbol: str) -> Quote:
        quote = self._market.quote(symbol)
        if quote is None:
            raise Refused(RefusalCode.NO_PRICES, f"There is no price of {symbol} yet.")
        return quote


def _invalid(field: str, message: str) -> Refused:
    return Refused(RefusalCode.INVALID_REQUEST, message, field=field)


__all__ = ["MarketCommands"]
