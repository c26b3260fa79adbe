"""What every error means to an app and what it does about it, for the page that `type` points to.

Marks around words, as in `detail`, become code on the page.
"""

MEANING = {
    "internal_error": "The bridge failed.",
    "invalid_request": "The request is malformed: a member is missing, unknown or of a wrong type.",
    "unauthenticated": "The request carries no valid API key.",
    "forbidden": "The key is valid and may not do this.",
    "insufficient_scope": "The key lacks the scope that this operation needs.",
    "not_found": "There is no such thing, or none that this key may see.",
    "method_not_allowed": "The path exists, the method does not.",
    "conflict": "The state of things does not allow this now.",
    "idempotency_in_flight": "The first request with this Idempotency-Key is still under way.",
    "terminal_ambiguous": "The path names no terminal, and the key reaches several.",
    "account_changed": "Another account is signed in than the one the terminal is meant for.",
    "body_too_large": "The request body is larger than the bridge takes.",
    "unprocessable": "The request is well formed, and not possible.",
    "unknown_symbol": "The terminal does not know this symbol.",
    "invalid_timeframe": "The timeframe is not one of MetaTrader's 21.",
    "range_too_large": "The request asks for more rows than one answer may have.",
    "idempotency_key_reused": "The same Idempotency-Key came before with another body.",
    "order_rejected": "The broker or the terminal said no.",
    "unsupported": "This terminal, or its broker, does not do this.",
    "history_loading": "The terminal is still downloading what was asked for.",
    "terminal_fault": "The terminal failed, or its answer makes no sense.",
    "terminal_offline": "The terminal cannot be reached; nothing was sent to it.",
    "queue_full": "The terminal has more to do than it can; nothing was sent to it.",
    "ledger_unavailable": "The bridge could not write the order down, so it sent nothing.",
    "read_timeout": "The terminal did not answer in time; nothing was to be traded.",
    "order_unresolved": "The order was sent, and no answer came. It may have been executed.",
}
"""What happened, by the code of each kind of error."""

ADVICE = {
    "internal_error": "Tell the operator the `request_id`; the bridge's log says more under it.",
    "invalid_request": "Fix the request: `errors` lists place, code and detail of each fault.",
    "unauthenticated": "Send `Authorization: Bearer KEY` with a key that is valid.",
    "forbidden": "Ask whoever made the key.",
    "insufficient_scope": "Use a key with the scope that `scope` names.",
    "not_found": "Check the name or number; what the key may not see looks the same.",
    "method_not_allowed": "Use one of the methods in the header `Allow`.",
    "conflict": "Read the present state, then decide again.",
    "idempotency_in_flight": "Ask again later with the same Idempotency-Key.",
    "terminal_ambiguous": "Name the terminal: `/api/v1/terminals/{terminal}/...`.",
    "account_changed": "Have the operator sign in to the right account.",
    "body_too_large": "Send less.",
    "unprocessable": "Change the request as `detail` says.",
    "unknown_symbol": "Take a name from `GET symbols`; brokers add prefixes and suffixes.",
    "invalid_timeframe": "Take one of M1 to MN1, such as `H1` or `PERIOD_H1`.",
    "range_too_large": "Ask for less at once, or follow the cursor.",
    "idempotency_key_reused": "Make a new Idempotency-Key for a new order.",
    "order_rejected": "Read `retcode` and `retcode_text`; a new attempt needs a new "
    "Idempotency-Key.",
    "unsupported": "Do without it; `detail` says what is not done.",
    "history_loading": "Ask again after `Retry-After`.",
    "terminal_fault": "Tell the operator; the terminal's log says more.",
    "terminal_offline": "Repeat with the same Idempotency-Key once `GET terminals` says live.",
    "queue_full": "Repeat after a pause with the same Idempotency-Key.",
    "ledger_unavailable": "Tell the operator, then repeat with the same Idempotency-Key.",
    "read_timeout": "Repeat the read.",
    "order_unresolved": "Poll the order at `Location` until its state is final. Never send the "
    "order again.",
}
"""What an app does, by the code of each kind of error."""

FINER = {
    "invalid_cursor": "The cursor belongs to another request.",
    "cursor_expired": "The list has changed since; begin anew without a cursor.",
    "key_in_url": "The key came in the URL. Send the header, and have a new key made.",
    "invalid_range": "`from` is after `to`, or before time begins.",
    "invalid_order": "The order contradicts itself; nothing was sent.",
    "no_prices": "The symbol has no price yet. Select it and ask again.",
    "invalid_volume": "The symbol does not allow this volume. Take `nearest_below` or "
    "`nearest_above`, where the answer names them.",
    "invalid_price": "The price is on the wrong side, or too near.",
    "invalid_stops": "Stop loss or take profit is on the wrong side, or too near.",
    "invalid_expiration": "The symbol does not allow this expiration.",
    "invalid_filling": "The symbol does not allow this `type_filling`; `auto` finds one.",
    "market_closed": "Wait until the symbol trades again.",
    "no_money": "The free margin does not suffice.",
    "too_large": "The command does not fit into one message.",
    "trade_forbidden": "Trading is switched off; `detail` names the switch.",
    "request_conflict": "The terminal knows this request with other content.",
    "guard": "A limit that is set in the terminal forbids it.",
    "deadline_passed": "It arrived too late and was not executed. Repeat with the same "
    "Idempotency-Key.",
    "busy": "The terminal has too much to do; nothing was executed.",
    "journal_unavailable": "The terminal cannot keep its records, so it executes nothing.",
}
"""What a code tells that is finer than the kind of error it comes with."""

__all__ = ["ADVICE", "FINER", "MEANING"]
