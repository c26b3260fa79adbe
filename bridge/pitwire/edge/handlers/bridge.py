"""The bridge itself: alive, ready, who am I, which terminals."""

import ipaddress
import time
from typing import Any

from starlette.responses import Response

from pitwire.edge.answers import json_response, page
from pitwire.edge.call import Call, Visit
from pitwire.edge.render import Scale, Schema, Writer, flag, object_schema, quote, utc_time
from pitwire.router.registry import TerminalView
from pitwire.wire.records import Permissions

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": ["integer", "null"]}
_FLAG: Schema = {"type": "boolean"}
_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
_STATUS: Schema = {"type": "string", "examples": ["ready"]}

PERMISSIONS = Writer(Permissions)
LIVE = "live"
"""A terminal's state in which commands can be sent."""

PING_SCHEMA = object_schema({"ok": _FLAG, "time": _TIME})
TIME_SCHEMA = object_schema({"time": _TIME, "time_msc": {"type": "integer"}})
LIVE_SCHEMA = object_schema({"status": _STATUS | {"examples": ["live"]}})
READY_SCHEMA = object_schema({"status": _STATUS, "components": {"type": "object"}})
SELF_SCHEMA = object_schema(
    {
        "id": _TEXT,
        "kind": _TEXT | {"examples": ["test"]},
        "name": _TEXT,
        "scopes": {"type": "array", "items": _TEXT, "examples": [["read", "trade"]]},
        "terminals": {"type": "array", "items": _TEXT, "examples": [["demo"]]},
        "expires_at": _TIME,
        "source": {"type": ["string", "null"], "description": "the app's address as seen"},
    }
)
TERMINAL_SCHEMA = object_schema(
    {
        "name": _TEXT | {"examples": ["demo"]},
        "state": _TEXT | {"examples": ["live"]},
        "since": _TIME,
        "reason": {"type": ["string", "null"]},
        "simulated": _FLAG,
        "login": {"type": ["string", "null"]},
        "server": {"type": ["string", "null"]},
        "pinned_login": {"type": ["string", "null"]},
        "account_changed": _FLAG,
        "build": _COUNT,
        "agent": {"type": ["string", "null"]},
        "utc_offset_s": {"type": "integer"},
        "heartbeat_age_ms": _COUNT,
        "last_tick_age_ms": _COUNT,
        "round_trip_us": _COUNT,
        "permissions": {"anyOf": [PERMISSIONS.schema, {"type": "null"}]},
    }
)
TERMINALS_SCHEMA = object_schema(
    {"data": {"type": "array", "items": TERMINAL_SCHEMA}, "page": {"type": "object"}}
)


def _now_msc() -> int:
    return time.time_ns() // 1_000_000


async def ping(_call: Call) -> Response:
    """Answer."""
    return json_response(f'{{"ok":true,"time":{utc_time(_now_msc())}}}')


async def clock(_call: Call) -> Response:
    """Tell the bridge's time."""
    now = _now_msc()
    return json_response(f'{{"time":{utc_time(now)},"time_msc":{now}}}')


async def live(_call: Call) -> Response:
    """Tell that the process serves requests."""
    return json_response('{"status":"live"}')


async def ready(call: Call) -> Response:
    """Tell whether an app can work: at least one terminal is live."""
    views = call.router.terminals()
    alive = sum(view.state == LIVE for view in views)
    status = "ready" if alive and alive == len(views) else "degraded" if alive else "not_ready"
    components = {"bridge": "ready", "terminals": status}
    if _is_local(call.visit):
        components |= {f"terminal:{view.name}": view.state for view in views}
    listed = ",".join(f"{quote(name)}:{quote(text)}" for name, text in components.items())
    return json_response(
        f'{{"status":"{status}","components":{{{listed}}}}}', status=200 if alive else 503
    )


def _is_local(visit: Visit) -> bool:
    """Tell whether a request comes from this machine, and not through a proxy on it."""
    if visit.source is None or {"forwarded", "x-forwarded-for"} & visit.headers.keys():
        return False
    try:
        return ipaddress.ip_address(visit.source).is_loopback
    except ValueError:
        return False


async def keys_self(call: Call) -> Response:
    """Tell what the key of this request may do."""
    caller = call.caller
    expires = caller.expires_at
    terminals = call.door.visible(caller, [view.name for view in call.router.terminals()])
    members = {
        "id": quote(caller.key_id),
        "kind": quote(str(caller.kind)),
        "name": quote(caller.name),
        "scopes": _texts(sorted(caller.scopes)),
        "terminals": _texts(terminals),
        "expires_at": "null" if expires is None else utc_time(round(expires.timestamp() * 1000)),
        "source": _text(call.visit.source),
    }
    return json_response(_object(members))


async def terminals(call: Call) -> Response:
    """List the terminals that this key may see."""
    views = {view.name: view for view in call.router.terminals()}
    listed = [_terminal(views[name]) for name in call.door.visible(call.caller, views)]
    return json_response(f'{{"data":[{",".join(listed)}],{page(None)}}}')


async def terminal(call: Call) -> Response:
    """Tell how a terminal is."""
    return json_response(_terminal(call.router.terminal(call.terminal)))


def _terminal(view: TerminalView) -> str:
    permissions = view.permissions
    return _object(
        {
            "name": quote(view.name),
            "state": quote(view.state),
            "since": utc_time(view.since),
            "reason": _text(view.reason),
            "simulated": flag(view.simulated),
            "login": _text(view.login),
            "server": _text(view.server),
            "pinned_login": _text(view.pinned_login),
            "account_changed": flag(view.account_changed),
            "build": _count(view.build),
            "agent": _text(view.agent),
            "utc_offset_s": str(view.utc_offset_s),
            "heartbeat_age_ms": _count(view.heartbeat_age_ms),
            "last_tick_age_ms": _count(view.last_tick_age_ms),
            "round_trip_us": _count(view.round_trip_us),
            "permissions": "null" if permissions is None else permissions_text(permissions),
        }
    )


def permissions_text(permissions: Permissions) -> str:
    """Write the switches that must all be on before an order can be sent."""
    return PERMISSIONS.object(permissions.row(), Scale())


def _object(members: dict[str, str]) -> str:
    return "{" + ",".join(f'"{name}":{text}' for name, text in members.items()) + "}"


def _text(value: Any) -> str:  # noqa: ANN401 - text or a number to be shown as text
    return "null" if value is None else quote(str(value))


def _texts(values: list[str]) -> str:
    return "[" + ",".join(map(quote, values)) + "]"


def _count(value: int | None) -> str:
    return "null" if value is None else str(value)
