from collections.abc import Callable
from typing import Any

from pitwire.wire import commands


def test_session_from_hello_to_a_closed_position(bridge: Any) -> None:
    account = bridge.ask(commands.AccountInfoGet()).account
    print(account)
    print(bridge.ask(commands.SymbolsGet()).total)
    print(bridge.ask(commands.SymbolInfoGet(symbol="EURUSD")))
