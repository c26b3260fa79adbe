"""The account and the terminal program."""

from dataclasses import dataclass
from math import nan

from starlette.responses import Response

from pitwire.edge.answers import STATE_SCHEMA, json_response, state, state_response, state_schema
from pitwire.edge.call import Call
from pitwire.edge.handlers.bridge import LIVE, PERMISSIONS, permissions_text
from pitwire.edge.render import (
    Scale,
    Schema,
    Writer,
    flag,
    list_of,
    object_schema,
    quote,
    utc_time,
    wall_time,
)
from pitwire.wire.commands import AccountInfoGet, Ping, TerminalInfoGet
from pitwire.wire.records import AccountInfo, Permissions, TerminalInfo
from pitwire.wire.replies import AccountInfoReply, PingReply, TerminalInfoReply

_FIGURES = (
    "balance",
    "credit",
    "profit",
    "equity",
    "margin",
    "margin_free",
    "margin_level",
    "margin_initial",
    "margin_maintenance",
    "assets",
    "liabilities",
    "commission_blocked",
    "currency",
)
_SETTINGS = (
    "login",
    "server",
    "name",
    "company",
    "currency",
    "currency_digits",
    "leverage",
    "trade_mode",
    "margin_mode",
    "margin_so_mode",
    "margin_so_call",
    "margin_so_so",
    "limit_orders",
    "fifo_close",
    "trade_allowed",
    "trade_expert",
)
_INFO = Writer(AccountInfo)
_FIGURES_WRITER = Writer(AccountInfo, only=_FIGURES)
_SETTINGS_WRITER = Writer(AccountInfo, only=_SETTINGS)
_PATHS = ("path", "data_path", "commondata_path")
_TERMINAL = Writer(TerminalInfo, only=set(TerminalInfo.model_fields).difference(_PATHS))

_FIELDS = list(AccountInfo.model_fields)
_MARGIN = _FIELDS.index("margin")
_MARGIN_LEVEL = _FIELDS.index("margin_level")

INFO_SCHEMA = state_schema(
    _INFO.schema["properties"]
    | {
        "permissions": PERMISSIONS.schema,
        "account_changed": {
            "type": "boolean",
            "description": "another account is signed in than the one the terminal is pinned to",
            "examples": [False],
        },
    }
)
FIGURES_SCHEMA = state_schema(_FIGURES_WRITER.schema["properties"])
SETTINGS_SCHEMA = state_schema(_SETTINGS_WRITER.schema["properties"])
TERMINAL_SCHEMA = state_schema(_TERMINAL.schema["properties"] | {"permissions": PERMISSIONS.schema})
LADDER_SCHEMA = object_schema(
    {
        "trade_allowed": {"type": "boolean", "description": "every check is good"},
        "checks": list_of(
            object_schema(
                {
                    "check": {"type": "string", "examples": ["terminal_connected"]},
                    "ok": {
                        "type": ["boolean", "null"],
                        "description": "null: cannot be told while an earlier check fails",
                    },
                    "fix": {"type": ["string", "null"], "description": "what to do when not ok"},
                }
            )
        ),
    }
)
SERVER_TIME_SCHEMA: Schema = state_schema(
    {
        "time": STATE_SCHEMA["as_of"],
        "broker_time": {"type": "string", "examples": ["2026-03-02T11:30:00.125"]},
        "time_msc": {"type": "integer", "examples": [1772443800125]},
        "utc_offset_s": {
            "type": "integer",
            "description": "seconds that the broker's clock is ahead of UTC",
            "examples": [7200],
        },
    }
)


async def info(call: Call) -> Response:
    """Answer with figures, settings and permissions of the account."""
    reply = await call.read(AccountInfoGet, AccountInfoReply)
    permissions = permissions_text(reply.permissions)
    changed = flag(call.router.terminal(call.terminal).account_changed)
    members = f'"permissions":{permissions},"account_changed":{changed}'
    return state_response(f"{_account(_INFO, reply.account)},{members}", reply)


async def figures(call: Call) -> Response:
    """Answer with what changes: balance, equity, margin."""
    reply = await call.read(AccountInfoGet, AccountInfoReply)
    return state_response(_account(_FIGURES_WRITER, reply.account), reply)


async def settings(call: Call) -> Response:
    """Answer with what stays: leverage, modes, limits."""
    reply = await call.read(AccountInfoGet, AccountInfoReply)
    return state_response(_account(_SETTINGS_WRITER, reply.account), reply)


def _account(writer: Writer, account: AccountInfo) -> str:
    row = account.row()
    if not row[_MARGIN]:
        row[_MARGIN_LEVEL] = nan
    return writer.members(row, Scale(currency_digits=account.currency_digits))


async def terminal_info(call: Call) -> Response:
    """Answer with the terminal program's state; its folders stay private."""
    reply = await call.read(TerminalInfoGet, TerminalInfoReply)
    members = _TERMINAL.members(reply.terminal.row(), Scale())
    return state_response(f'{members},"permissions":{permissions_text(reply.permissions)}', reply)


async def server_time(call: Call) -> Response:
    """Answer with the terminal's clock and the broker's."""
    reply = await call.read(Ping, PingReply)
    now, offset = reply.clock_msc, reply.utc_offset_s
    return json_response(
        f'{{"time":{utc_time(now)},"broker_time":{wall_time(now + offset * 1000)},'
        f'"time_msc":{now},"utc_offset_s":{offset},{state(now)}}}'
    )


@dataclass(frozen=True, slots=True)
class _Check:
    name: str
    fix: str


_LINK = _Check("terminal_link", "Start the terminal with its Expert Advisor, or read its log.")
_ACCOUNT = _Check(
    "account_pinned",
    "Sign in to the account that the terminal is pinned to, or ask the operator to agree to the "
    "new one.",
)
_SWITCHES = (
    _Check("terminal_connected", "Connect the terminal to the trade server: see its status bar."),
    _Check("terminal_trade_allowed", "Press the Algo Trading button in the terminal's toolbar."),
    _Check("mql_trade_allowed", "Allow algo trading in the Expert's own properties, tab 'Common'."),
    _Check("account_trade_allowed", "Sign in with the master password, not the investor's."),
    _Check("account_trade_expert", "Ask the broker to allow Expert Advisors on this account."),
)
_SCOPE = _Check("key_scope", "Use a key with the scope 'trade'.")


async def permission_ladder(call: Call) -> Response:
    """Answer with everything that must be right before an order can be sent, in order."""
    view = call.router.terminal(call.terminal)
    found: list[tuple[_Check, bool | None]] = [(_LINK, view.state == LIVE)]
    if view.state == LIVE:
        reply = await call.read(TerminalInfoGet, TerminalInfoReply)
        found.append((_ACCOUNT, not view.account_changed))
        found += zip(_SWITCHES, _in_order(reply.permissions), strict=True)
    else:
        found += [(check, None) for check in (_ACCOUNT, *_SWITCHES)]
    found.append((_SCOPE, "trade" in call.caller.scopes))
    checks = ",".join(_check(check, ok) for check, ok in found)
    allowed = flag(all(ok for _, ok in found))
    return json_response(f'{{"trade_allowed":{allowed},"checks":[{checks}]}}')


def _in_order(permissions: Permissions) -> list[bool]:
    return [getattr(permissions, check.name) for check in _SWITCHES]


def _check(check: _Check, ok: bool | None) -> str:
    text = "null" if ok is None else flag(ok)
    fix = quote(check.fix) if ok is False else "null"
    return f'{{"check":"{check.name}","ok":{text},"fix":{fix}}}'
