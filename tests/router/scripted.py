"""A router on a scripted link: the tests play the terminal by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from pitwire.router.ledger import Ledger
from pitwire.router.registry import TerminalConfig, utc_msc
from pitwire.router.router import Router, RouterSettings
from pitwire.terminal.messages import Answered, LinkDown, LinkUp, Outgoing, Refused
from pitwire.wire.commands import Command
from pitwire.wire.handshake import Welcome
from pitwire.wire.records import TradeResult
from pitwire.wire.replies import RefusalCode, Reply, TradeReply

OWNER = "owner"
ORDER = {"symbol": "EURUSD", "type": 0, "volume": 0.1}


def welcome(*, login: int = 1, server: str = "Demo", **changes: Any) -> Welcome:
    facts = {
        "version": 1,
        "suite": 1,
        "nonce": bytes(32),
        "session": 7,
        "terminal": "demo",
        "login": login,
        "server": server,
        "build": 5000,
        "agent": "scripted",
        "boot": 1,
        "journal": 11,
        "max_rows": 8192,
        "clock_msc": utc_msc(),
        "utc_offset_s": 0,
    }
    return Welcome.model_validate({**facts, **changes})


@dataclass
class ScriptedLink:
    """Takes what the router sends; `reply_with` answers by itself, otherwise the test does."""

    sent: list[Outgoing] = field(default_factory=list)
    reply_with: Callable[[Command], Reply | RefusalCode | None] | None = None
    router: Router | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, outgoing: Outgoing) -> None:
        self.sent.append(outgoing)
        self.arrived.set()
        answer = self.reply_with(outgoing.command) if self.reply_with else None
        if isinstance(answer, RefusalCode):
            self.refuse(outgoing, answer)
        elif answer is not None:
            self.answer(outgoing, answer)

    def answer(self, outgoing: Outgoing, reply: Reply) -> None:
        self._deliver(Answered(outgoing.terminal, outgoing.number, reply.packed()))

    def refuse(self, outgoing: Outgoing, code: RefusalCode, **more: Any) -> None:
        body = {"code": int(code), "message": code.name.lower(), **more}
        self._deliver(Refused(outgoing.terminal, outgoing.number, body))

    def up(self, **changes: Any) -> None:
        self._deliver(LinkUp("demo", welcome(**changes)))

    def down(self, reason: str = "the test says so") -> None:
        self._deliver(LinkDown("demo", reason))

    def _deliver(self, item: Any) -> None:
        assert self.router is not None
        self.router.deliver([item])

    async def next(self, command: type[Command]) -> Outgoing:
        """Wait for the next command of a kind that has not been looked at."""
        while True:
            for outgoing in self.sent:
                if isinstance(outgoing.command, command):
                    self.sent.remove(outgoing)
                    return outgoing
            self.arrived.clear()
            await self.arrived.wait()


def done(**changes: Any) -> TradeReply:
    result = {"retcode": 10009, "order": 5, "deal": 6, "position": 5, "volume": 0.1, "price": 1.1}
    return TradeReply(clock_msc=utc_msc(), result=TradeResult.model_validate({**result, **changes}))


@asynccontextmanager
async def running(
    ledger: Ledger, *, live: bool = True, **settings: float
) -> AsyncIterator[tuple[Router, ScriptedLink]]:
    link = ScriptedLink()
    status: Any = SimpleNamespace(live=True, clock_offset_ms=0.0, round_trip_us=100)
    router = Router(
        [TerminalConfig("demo", simulated=True)],
        ledger,
        send=link.send,
        status=lambda _: status,
        settings=RouterSettings(**settings),  # type: ignore[arg-type]
    )
    link.router = router
    await router.start()
    if live:
        link.up()
    try:
        yield router, link
    finally:
        await router.stop()
