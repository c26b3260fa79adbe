"""What the link to a terminal shows: who listens, whether it answers, and in which state it is."""

import asyncio
import time
from collections.abc import Iterator

from pitwire import __version__
from pitwire.errors import ConfigError
from pitwire.install.findings import Finding, good, note, problem
from pitwire.install.folder_checks import ALLOW_DLL
from pitwire.install.ports import listens, owner_of
from pitwire.settings import TerminalSettings
from pitwire.settings.values import host_of, is_loopback
from pitwire.terminal.links import Links
from pitwire.terminal.settings import LinkSettings
from pitwire.terminal.status import LinkStatus
from pitwire.wire.handshake import Welcome
from pitwire.wire.records import Permissions

_ASK_NAME = "pitwire-doctor"
_LOOK_EVERY_S = 0.05
_BEAT_S = 3.0
_CLOCK_MS = 2000
_AGENT = "Pitwire EA"

_SWITCHES = {
    "terminal_connected": (
        "the terminal has no connection to its trade server",
        "look at the lower right corner of the terminal: sign in again, or wait for the server",
    ),
    "terminal_trade_allowed": (
        "Algo Trading is switched off in the terminal",
        "press the button 'Algo Trading' in the terminal's toolbar, until it is green",
    ),
    "mql_trade_allowed": (
        "trading is switched off in the Expert's own properties",
        "press F7 on its chart, tab Common, and tick 'Allow Algo Trading'",
    ),
    "account_trade_allowed": (
        "the account is read-only: signed in to with the investor password, or closed for trading",
        "sign in with the master password: File > Login to Trade Account",
    ),
    "account_trade_expert": (
        "the broker does not let Experts trade on this account",
        "ask the broker to allow it, or use another account",
    ),
}


def check_link(
    settings: LinkSettings, entry: TerminalSettings, *, wait_s: float
) -> Iterator[Finding]:
    """Check the ports, then make a session of our own and look at what the terminal says.

    It ends with BYE; the bridge's session, if there is one, goes on.
    """
    blocked = list(_check_ports(settings))
    yield from blocked
    if any(finding.fix for finding in blocked):
        return
    status = asyncio.run(_meet(settings, wait_s))
    if status is None or status.welcome is None:
        yield _silent(settings, status)
        return
    yield from _check_welcome(status.welcome, entry)
    yield _check_clock(status)
    yield from _check_switches(status)


def _check_ports(settings: LinkSettings) -> Iterator[Finding]:
    for check, endpoint in (("commands", settings.commands), ("stream", settings.stream)):
        host, port = host_of(endpoint), int(endpoint.rpartition(":")[2])
        here = host == "*" or is_loopback(host)
        taken = listens("127.0.0.1" if host == "*" else host, port)
        owner = owner_of(port) if taken and here else None
        by = f" by {owner}" if owner else ""
        if settings.bind and taken:
            yield problem(
                check,
                f"{endpoint} is in use{by}, so the terminal cannot be waited for there",
                fix="stop the bridge while you run this, or give the terminal another port",
            )
        elif settings.bind:
            yield good(check, f"{endpoint} is free, so the bridge can wait there")
        elif taken:
            yield good(check, f"{endpoint} is open{by}")
        else:
            yield problem(
                check,
                f"nothing listens at {endpoint}: the Expert is not on a chart, or the terminal "
                "does not let it load its DLL",
                fix=f"start the terminal and drag Pitwire onto a chart; {ALLOW_DLL}",
            )


async def _meet(settings: LinkSettings, wait_s: float) -> LinkStatus | None:
    """Make a session and wait for its first heartbeat; None when the sockets cannot be opened."""
    links = Links([settings], bridge=_ASK_NAME, deliver=lambda _: None)
    try:
        links.start(asyncio.get_running_loop())
    except ConfigError:
        return None
    try:
        return await _listen(links, settings.name, wait_s)
    finally:
        await links.close()


async def _listen(links: Links, name: str, wait_s: float) -> LinkStatus:
    end, beat_end = time.monotonic() + wait_s, None
    while True:
        status = links.status(name)
        now = time.monotonic()
        if status.live:
            beat_end = beat_end or now + _BEAT_S
        if status.last_heartbeat is not None or now >= (beat_end or end):
            return status
        await asyncio.sleep(_LOOK_EVERY_S)


def _silent(settings: LinkSettings, status: LinkStatus | None) -> Finding:
    if status is None:
        return problem(
            "session",
            "the endpoints cannot be used",
            fix="stop the bridge while you run this, or give the terminal other ports",
        )
    refused = status.counters.refused.get("connection", 0)
    if settings.curve is not None and refused:
        return problem(
            "session",
            "connections came, and their CURVE key is not the terminal's",
            fix=f"write the same keys into the settings and into {settings.name}.curve",
        )
    if settings.bind and not status.unanswered_hellos:
        return problem(
            "session",
            "no terminal dialed",
            fix="look at the Expert's inputs: InpDial on, and the bridge's address in InpCommands "
            "and InpStream",
        )
    return problem(
        "session",
        "something is there and does not answer: it holds another link secret, has another name "
        f"than '{settings.name}', encrypts while the settings do not (or the reverse), is busy "
        "for long, or is no Pitwire terminal",
        fix=f"run 'pitwire terminals install {settings.name}', and set the Expert's input "
        f"InpTerminal to {settings.name}",
    )


def _check_welcome(welcome: Welcome, entry: TerminalSettings) -> Iterator[Finding]:
    yield good("session", f"the terminal answers; account {welcome.login} at {welcome.server}")
    if entry.login is not None and entry.login != welcome.login:
        yield problem(
            "account",
            f"account {welcome.login} is signed in, and the settings name {entry.login}",
            fix="sign in to that account, or change 'login' in the settings",
        )
    if entry.server is not None and entry.server != welcome.server:
        yield problem(
            "account",
            f"the trade server is {welcome.server}, and the settings name {entry.server}",
            fix="sign in there, or change 'server' in the settings",
        )
    agent, _, version = welcome.agent.rpartition(" ")
    if version == __version__:
        yield good("version", f"the terminal runs {welcome.agent}, as this bridge")
    elif agent == _AGENT:
        yield problem(
            "version",
            f"the terminal runs {welcome.agent}, and this is {__version__}",
            fix="run 'pitwire terminals install', and put the Expert on its chart again",
        )
    else:
        yield note("version", f"the terminal runs {welcome.agent}, and this is {__version__}")


def _check_clock(status: LinkStatus) -> Finding:
    offset_ms = status.clock_offset_ms or 0
    if abs(offset_ms) <= _CLOCK_MS:
        return good("clock", f"the two clocks differ by {abs(offset_ms)} ms")
    return problem(
        "clock",
        f"the terminal's clock is {abs(offset_ms) / 1000:.1f} s "
        f"{'ahead' if offset_ms > 0 else 'behind'}",
        fix="let both machines set their clocks from the network",
    )


def _check_switches(status: LinkStatus) -> Iterator[Finding]:
    beat = status.last_heartbeat
    if beat is None:
        yield problem(
            "heartbeat",
            f"the terminal says nothing on the stream within {_BEAT_S:.0f} s",
            fix="something blocks it: look at its Experts tab",
        )
        return
    off = [name for name in Permissions.model_fields if not getattr(beat.permissions, name)]
    for name in off:
        text, fix = _SWITCHES.get(name, (f"the switch {name} is off", "switch it on"))
        yield problem("trading", text, fix=fix)
    if not off:
        yield good("trading", "trading is allowed by every switch of the terminal and the account")
    if beat.dropped:
        yield note("stream", f"the terminal had to drop {beat.dropped} events since its start")


__all__ = ["check_link"]
