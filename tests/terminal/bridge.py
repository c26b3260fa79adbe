"""The bridge's end of a link, as the router would use it, with everything that it delivers."""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tests.terminal.scripted import PATIENCE_S, ScriptedTerminal

from pitwire.terminal.links import Links
from pitwire.terminal.messages import Answered, Delivery, LinkUp, Lost, NotSent, Outgoing, Refused
from pitwire.terminal.settings import LinkSettings
from pitwire.terminal.status import LinkStatus
from pitwire.wire.commands import Command

T = TypeVar("T")


class LoopLinks:
    """Links whose sockets an event loop owns, as in the bridge process; the loop has a thread."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._loop is not None:
            self._links.start()  # refuses: for once
        loop = asyncio.new_event_loop()
        self._loop = loop
        self._thread = threading.Thread(target=loop.run_forever, name="loop", daemon=True)
        self._thread.start()

        async def start() -> None:
            self._links.start(loop)

        try:
            asyncio.run_coroutine_threadsafe(start(), loop).result(PATIENCE_S)
        except BaseException:
            self._end()
            raise
        assert self._links.attached

    def stop(self, *, timeout_s: float = 5.0) -> None:
        if self._thread is None or self._loop is None:
            return
        asyncio.run_coroutine_threadsafe(self._links.close(), self._loop).result(timeout_s)
        self._end()

    def _end(self) -> None:
        assert self._loop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._thread = None
        self._loop.close()

    def send(self, outgoing: Outgoing) -> None:
        self._links.send(outgoing)

    def status(self, terminal: str) -> LinkStatus:
        return self._links.status(terminal)


class Bridge:
    """The bridge's end: links, and everything that they deliver."""

    def __init__(self, *settings: LinkSettings, on_loop: bool = False) -> None:
        self.delivered: list[Delivery] = []
        self.batches: list[int] = []
        self.settings = settings
        self._changed = threading.Condition()
        self._numbers = iter(range(1, 10_000_000))
        links = Links(settings, bridge="bridge-1", deliver=self._deliver)
        self.links: Links | LoopLinks = LoopLinks(links) if on_loop else links

    def _deliver(self, batch: list[Delivery]) -> None:
        with self._changed:
            self.delivered += batch
            self.batches.append(len(batch))
            self._changed.notify_all()

    def send(self, command: Command, *, lives_s: float = 60.0, terminal: str = "desk-1") -> int:
        number = next(self._numbers)
        self.links.send(Outgoing(terminal, number, command, time.monotonic() + lives_s))
        return number

    def of(self, kind: type[T]) -> list[T]:
        return [item for item in list(self.delivered) if isinstance(item, kind)]

    def answers(self) -> dict[int, list[Delivery]]:
        """What came back, by the number of the command."""
        found: dict[int, list[Delivery]] = {}
        for item in list(self.delivered):
            if isinstance(item, Answered | Refused | NotSent | Lost):
                found.setdefault(item.number, []).append(item)
        return found

    def wait(self, happened: Callable[[], T]) -> T:
        """Wait until something is true; deliveries wake us, status is looked at meanwhile."""
        give_up = time.monotonic() + PATIENCE_S
        with self._changed:
            while not (found := happened()):
                left = give_up - time.monotonic()
                assert left > 0, f"it never came: {self.delivered[-5:]}, {self.status}"
                self._changed.wait(min(left, 0.01))
        return found

    def wait_live(self, *, times: int = 1) -> LinkUp:
        return self.wait(lambda: self.of(LinkUp)[times - 1 :])[0]

    def wait_for(self, kind: type[T], *, times: int = 1) -> list[T]:
        return self.wait(lambda: found if len(found := self.of(kind)) >= times else [])

    def wait_answer(self, number: int) -> Delivery:
        return self.wait(lambda: self.answers().get(number, []))[0]

    def breathe(self) -> None:
        """Wait for the next delivery, or until there is no session that could bring one."""
        seen = len(self.delivered)
        self.wait(lambda: len(self.delivered) > seen or not self.status.live)

    @property
    def status(self) -> LinkStatus:
        return self.links.status(self.settings[0].name)


@dataclass
class Pair:
    """A terminal and a bridge with a live session between them."""

    terminal: ScriptedTerminal
    bridge: Bridge


MakeTerminal = Callable[..., ScriptedTerminal]
SettingsFor = Callable[..., LinkSettings]
MakeBridge = Callable[..., Bridge]
MakePair = Callable[..., Pair]
