"""Write the tables of settings.md, errors.md and api.md from the code: `make docs`.

What a table says comes from the models; what an app does about an error stands here, because the
code has no use for it. A test fails when a page and the code differ, in either direction.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from pitwire import errors
from pitwire.edge.operation import ANY_KEY, PUBLIC, TERMINAL
from pitwire.edge.routes import OPERATIONS
from pitwire.settings import names

FOLDER = Path(__file__).parent

_TYPES = {int: "integer", bool: "true or false", str: "text", Path: "path"}

ADVICE = {
    "internal_error": "Report it with the request id; the log says more under that id.",
    "invalid_request": "Fix the request: `errors` lists pointer, code and detail of each fault.",
    "unauthenticated": "Send `Authorization: Bearer KEY` with a key that is valid.",
    "forbidden": "Ask whoever made the key.",
    "insufficient_scope": "Use a key with the scope that `scope` names.",
    "not_found": "Check the name or number; a terminal that the key may not see looks the same.",
    "method_not_allowed": "Use one of the methods in `Allow`.",
    "conflict": "Read the present state, then decide again.",
    "idempotency_in_flight": "Ask again later with the same Idempotency-Key.",
    "terminal_ambiguous": "Name the terminal: `/api/v1/terminals/{terminal}/...`.",
    "account_changed": "Sign in to the account that the terminal is pinned to, or change the "
    "setting.",
    "body_too_large": "Send less, or raise `http.max_body_bytes`.",
    "unprocessable": "Change the request as `detail` says.",
    "unknown_symbol": "Take a name from `symbols`; brokers add prefixes and suffixes.",
    "invalid_timeframe": "Take one of MetaTrader's 21: M1 to MN1.",
    "range_too_large": "Ask for less at once, or follow the cursor.",
    "idempotency_key_reused": "Make a new Idempotency-Key for a new order.",
    "order_rejected": "Read `retcode` and `retcode_text`; a new attempt needs a new "
    "Idempotency-Key.",
    "unsupported": "Do without it; `GET terminal` tells what the terminal is.",
    "history_loading": "Ask again after `Retry-After`.",
    "terminal_fault": "Look at the Experts log of the terminal.",
    "terminal_offline": "Repeat with the same Idempotency-Key once `GET /terminals` says live.",
    "queue_full": "Repeat after a pause with the same Idempotency-Key.",
    "ledger_unavailable": "Free disk space where the bridge keeps its data, then repeat.",
    "read_timeout": "Repeat the read.",
    "order_unresolved": "Poll `Location` until the state is final. **Never send the order again.**",
}
"""What an app, or its operator, does about each error."""

FINER = {
    "invalid_cursor": ("invalid_request", "The cursor belongs to another request."),
    "cursor_expired": ("conflict", "The list has changed since; begin anew without a cursor."),
    "key_in_url": ("invalid_request", "The key came in the URL. Send the header, make a new key."),
    "invalid_range": ("unprocessable", "`from` is after `to`, or before time begins."),
    "invalid_order": ("unprocessable", "The order contradicts itself; nothing was sent."),
    "no_prices": ("unprocessable", "The symbol has no price yet. Select it and ask again."),
    "invalid_volume": ("order_rejected", "Take `nearest_below` or `nearest_above`."),
    "invalid_price": ("order_rejected", "The price is on the wrong side, or too near."),
    "invalid_stops": (
        "order_rejected",
        "Stop loss or take profit is on the wrong side, or too near.",
    ),
    "invalid_expiration": ("order_rejected", "The symbol does not allow this expiration."),
    "invalid_filling": (
        "order_rejected",
        "The symbol does not allow this `type_filling`; `auto` finds one.",
    ),
    "market_closed": ("order_rejected", "Wait until the symbol trades again."),
    "no_money": ("order_rejected", "The free margin does not suffice."),
    "too_large": ("order_rejected", "The command does not fit into one message."),
    "trade_forbidden": ("order_rejected", "Turn on the switch that `detail` names."),
    "request_conflict": ("order_rejected", "The terminal knows this request with other content."),
    "guard": ("order_rejected", "A limit that is set in the terminal forbids it."),
    "deadline_passed": (
        "terminal_offline",
        "It arrived too late and was not executed. Repeat with the same Idempotency-Key.",
    ),
    "busy": ("terminal_offline", "The terminal has too much to do; nothing was executed."),
    "journal_unavailable": (
        "terminal_offline",
        "The terminal cannot write its journal, so it executes nothing. Free disk space there.",
    ),
}
"""Codes that say more than the error they come with: that error's code, and what to do."""


def settings_tables() -> str:
    """Write one table per table of pitwire.toml."""
    groups: dict[str, list[str]] = {}
    for name, field in names.walk():
        groups.setdefault(name.rpartition(".")[0], []).append(_setting_row(name, field))
    head = "| setting | type | default | environment | meaning |\n|---|---|---|---|---|\n"
    parts = []
    for table, rows in groups.items():
        title = f"### [{table}]" if table else "### Top of the file"
        parts.append(f"{title}\n\n{head}" + "\n".join(rows))
    return "\n\n".join(parts)


def _setting_row(name: str, field: FieldInfo) -> str:
    variable = names.of_setting(name)
    cells = (f"`{name}`", _type(field), _default(field), f"`{variable}`", field.description or "")
    return f"| {' | '.join(cells)} |"


def _type(field: FieldInfo) -> str:
    kind = _kind(field.annotation)
    if get_origin(kind) is Literal:
        return " \\| ".join(f"`{value}`" for value in get_args(kind))
    bounds = {
        bound: getattr(rule, bound)
        for rule in field.metadata
        for bound in ("ge", "le")
        if getattr(rule, bound, None) is not None
    }
    return _TYPES[kind] + (f", {bounds['ge']} to {bounds['le']}" if bounds else "")


def _kind(annotation: Any) -> Any:  # noqa: ANN401 - annotations have no common type
    """Return the plain type behind checks and `| None`."""
    if get_origin(annotation) in {None, Literal}:
        return annotation
    return _kind(get_args(annotation)[0])


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is None:
        return "none"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def api_errors(root: type[errors.ApiError] = errors.ApiError) -> Iterator[type[errors.ApiError]]:
    """Yield every error that an app can get, each before those that refine it."""
    for error in root.__subclasses__():
        yield error
        yield from api_errors(error)


def errors_tables() -> str:
    """Write the table of errors and the one of finer codes."""
    known = {error.code: error for error in api_errors()}
    rows = [
        "| status | code | outcome | retryable | meaning | what to do |",
        "|---|---|---|---|---|---|",
    ]
    for code, error in sorted(known.items(), key=lambda item: (item[1].status, item[0])):
        meaning = (error.__doc__ or "").partition("\n")[0]
        outcome = f"`{error.outcome}`" if error.outcome else "-"
        retryable = "yes" if error.retryable else "no"
        cells = (str(error.status), _anchor(code), outcome, retryable, meaning, ADVICE[code])
        rows.append(f"| {' | '.join(cells)} |")
    rows += ["", "### Finer codes", "", "| code | comes with | what to do |", "|---|---|---|"]
    rows += [
        f"| {_anchor(code)} | `{of}` ({known[of].status}) | {advice} |"
        for code, (of, advice) in FINER.items()
    ]
    return "\n".join(rows)


def _anchor(code: str) -> str:
    return f'<a id="{code}"></a>`{code}`'


def paths_table() -> str:
    """Write one row per operation of the API."""
    rows = ["| path | needs | what it does |", "|---|---|---|"]
    for operation in OPERATIONS:
        path = (TERMINAL if operation.at_terminal and not operation.path else "") + operation.path
        needs = {PUBLIC: "nothing", ANY_KEY: "any key"}.get(operation.scope, f"`{operation.scope}`")
        rows.append(f"| `{operation.method} {path}` | {needs} | {operation.summary} |")
    return "\n".join(rows)


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_tables,
    "errors.md": errors_tables,
    "api.md": paths_table,
}


def filled(page: str) -> str:
    """Return a page's text with its tables as the code has them now."""
    text = (FOLDER / page).read_text(encoding="utf-8")
    tables = f"<!-- tables -->\n\n{PAGES[page]()}\n\n<!-- end of tables -->"
    return re.sub(
        "<!-- tables -->.*<!-- end of tables -->", lambda _: tables, text, count=1, flags=re.DOTALL
    )


if __name__ == "__main__":
    for name in PAGES:
        (FOLDER / name).write_text(filled(name), encoding="utf-8")
