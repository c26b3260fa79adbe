"""Answers of the trade server, and what each of them means for the outcome of an order."""

from enum import IntEnum


class Retcode(IntEnum):
    """TRADE_RETCODE_*: the trade server's (or the terminal's own) answer to a trade request."""

    REQUOTE = 10004
    REJECT = 10006
    CANCEL = 10007
    PLACED = 10008
    DONE = 10009
    DONE_PARTIAL = 10010
    ERROR = 10011
    TIMEOUT = 10012
    INVALID = 10013
    INVALID_VOLUME = 10014
    INVALID_PRICE = 10015
    INVALID_STOPS = 10016
    TRADE_DISABLED = 10017
    MARKET_CLOSED = 10018
    NO_MONEY = 10019
    PRICE_CHANGED = 10020
    PRICE_OFF = 10021
    INVALID_EXPIRATION = 10022
    ORDER_CHANGED = 10023
    TOO_MANY_REQUESTS = 10024
    NO_CHANGES = 10025
    SERVER_DISABLES_AT = 10026
    CLIENT_DISABLES_AT = 10027
    LOCKED = 10028
    FROZEN = 10029
    INVALID_FILL = 10030
    CONNECTION = 10031
    ONLY_REAL = 10032
    LIMIT_ORDERS = 10033
    LIMIT_VOLUME = 10034
    INVALID_ORDER = 10035
    POSITION_CLOSED = 10036
    INVALID_CLOSE_VOLUME = 10038
    CLOSE_ORDER_EXIST = 10039
    LIMIT_POSITIONS = 10040
    REJECT_CANCEL = 10041
    LONG_ONLY = 10042
    SHORT_ONLY = 10043
    CLOSE_ONLY = 10044
    FIFO_CLOSE = 10045
    HEDGE_PROHIBITED = 10046


TEXTS: dict[int, str] = {
    Retcode.REQUOTE: "Requote",
    Retcode.REJECT: "Request rejected",
    Retcode.CANCEL: "Request canceled by trader",
    Retcode.PLACED: "Order placed",
    Retcode.DONE: "Request completed",
    Retcode.DONE_PARTIAL: "Only part of the request was completed",
    Retcode.ERROR: "Request processing error",
    Retcode.TIMEOUT: "Request canceled by timeout",
    Retcode.INVALID: "Invalid request",
    Retcode.INVALID_VOLUME: "Invalid volume in the request",
    Retcode.INVALID_PRICE: "Invalid price in the request",
    Retcode.INVALID_STOPS: "Invalid stops in the request",
    Retcode.TRADE_DISABLED: "Trade is disabled",
    Retcode.MARKET_CLOSED: "Market is closed",
    Retcode.NO_MONEY: "There is not enough money to complete the request",
    Retcode.PRICE_CHANGED: "Prices changed",
    Retcode.PRICE_OFF: "There are no quotes to process the request",
    Retcode.INVALID_EXPIRATION: "Invalid order expiration in the request",
    Retcode.ORDER_CHANGED: "Order state changed",
    Retcode.TOO_MANY_REQUESTS: "Too frequent requests",
    Retcode.NO_CHANGES: "No changes in the request",
    Retcode.SERVER_DISABLES_AT: "Algo trading disabled by server",
    Retcode.CLIENT_DISABLES_AT: "Algo trading disabled in the terminal",
    Retcode.LOCKED: "Request locked for processing",
    Retcode.FROZEN: "Order or position frozen",
    Retcode.INVALID_FILL: "Invalid order filling type",
    Retcode.CONNECTION: "No connection with the trade server",
    Retcode.ONLY_REAL: "Operation is allowed only for live accounts",
    Retcode.LIMIT_ORDERS: "The number of pending orders has reached the limit",
    Retcode.LIMIT_VOLUME: "The volume of orders and positions has reached the limit of the symbol",
    Retcode.INVALID_ORDER: "Incorrect or prohibited order type",
    Retcode.POSITION_CLOSED: "The position has already been closed",
    Retcode.INVALID_CLOSE_VOLUME: "The close volume exceeds the position volume",
    Retcode.CLOSE_ORDER_EXIST: "A close order already exists for the position",
    Retcode.LIMIT_POSITIONS: "The number of open positions has reached the limit",
    Retcode.REJECT_CANCEL: "The pending order activation was rejected, the order canceled",
    Retcode.LONG_ONLY: "Only long positions are allowed",
    Retcode.SHORT_ONLY: "Only short positions are allowed",
    Retcode.CLOSE_ONLY: "Only closing of positions is allowed",
    Retcode.FIFO_CLOSE: "Positions may be closed in FIFO order only",
    Retcode.HEDGE_PROHIBITED: "Opposite positions on one symbol are prohibited",
}

DONE = frozenset({Retcode.PLACED, Retcode.DONE, Retcode.DONE_PARTIAL, Retcode.NO_CHANGES})
"""The request was carried out; NO_CHANGES is success for stop management that may be repeated."""

UNRESOLVED = frozenset({Retcode.ERROR, Retcode.TIMEOUT, Retcode.LOCKED, Retcode.CONNECTION})
"""The trade server may still have carried the request out: look before doing anything again."""

REJECTED = frozenset(TEXTS) - DONE - UNRESOLVED
"""The request was not carried out. A code that is in no set proves nothing: it is unresolved."""


def name_of(retcode: int) -> str:
    """Give MetaTrader's name without its prefix, or the number for codes of newer builds."""
    try:
        return Retcode(retcode).name
    except ValueError:
        return str(retcode)


__all__ = ["DONE", "REJECTED", "TEXTS", "UNRESOLVED", "Retcode", "name_of"]
