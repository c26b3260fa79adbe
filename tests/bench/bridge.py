"""A simulated terminal in a process of its own, and a router that is linked to it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.flow.processes import Process

from pitwire.database import Database
from pitwire.gate.secrets import read_secret
from pitwire.router.ledger import MIGRATIONS, Ledger
from pitwire.router.registry import TerminalConfig
from pitwire.router.router import Router, RouterSettings
from pitwire.terminal.links import Links
from pitwire.terminal.messages import Delivery, LinkUp
from pitwire.terminal.settings import LinkSettings
from pitwire.wire.handshake import Secret


@dataclass
class Sim:
    """Where the terminal is."""

    commands: str
    stream: str
    secret: Secret


@contextmanager
def running_sim(folder: Path, *options: str) -> Iterator[Sim]:
    """Run `pitwire sim`."""
    uri = f"file:{folder / 'link.secret'}"
    with Process(
        "sim",
        f"--secret={uri}",
        "--commands=tcp://127.0.0.1:0",
        "--stream=tcp://127.0.0.1:0",
        *options,
        cwd=folder,
    ) as process:
        commands = process.wait_for(r"^commands\s+(\S+)")[1]
        stream = process.wait_for(r"^stream\s+(\S+)")[1]
        yield Sim(commands, stream, Secret.from_text(read_secret(uri).get_secret_value()))


@asynccontextmanager
async def running_router(folder: Path, sim: Sim) -> AsyncIterator[Router]:
    """Link a router to the terminal."""
    loop = asyncio.get_running_loop()

    live = asyncio.Event()

    def take(batch: list[Delivery]) -> None:
        router.deliver(batch)
        if any(isinstance(item, LinkUp) for item in batch):
            live.set()

    def deliver(batch: list[Delivery]) -> None:
        if links.attached:
            take(batch)
        else:
            loop.call_soon_threadsafe(take, batch)

    settings = LinkSettings(
        name="demo", commands=sim.commands, stream=sim.stream, secrets=(sim.secret,)
    )
    links = Links([settings], bridge="bench", deliver=deliver)
    with Database(folder / "bridge.sqlite", MIGRATIONS) as database:
        router = Router(
            [TerminalConfig("demo", simulated=True)],
            Ledger(database),
            send=links.send,
            status=links.status,
            settings=RouterSettings(max_bars=1_000_000, max_ticks=1_000_000),
        )
        await router.start()
        links.start(loop)
        await live.wait()
        yield router
        await links.close()
        await router.stop()
