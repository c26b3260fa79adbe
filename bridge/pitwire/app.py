"""The composition root: the only file that knows every room. Start, run, drain, stop.

The order matters. What can fail without side effects comes first (port, secrets, database), the
API opens last. On the way down the API closes first, then orders under way get their answers,
then the links end, and the ledger is closed when nobody can write to it any more.
"""

import asyncio
import math
import signal
import socket
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

import structlog
import uvicorn

from pitwire import __version__
from pitwire.database import Database
from pitwire.edge.call import EdgeSettings
from pitwire.edge.rest import create_app
from pitwire.errors import ConfigError, TerminalMute
from pitwire.gate import Gate, open_gate
from pitwire.gate.keys import KeyKind
from pitwire.gate.secrets import make_secret, read_secret
from pitwire.router.ledger import MIGRATIONS, Ledger
from pitwire.router.registry import TerminalConfig
from pitwire.router.router import Router, RouterSettings
from pitwire.settings import LinkTimings, Settings, TerminalSettings
from pitwire.sim.market import Market
from pitwire.sim.replay import Replay
from pitwire.sim.terminal import SimTerminal
from pitwire.terminal.curve import CurveSettings
from pitwire.terminal.links import Links
from pitwire.terminal.messages import Delivery
from pitwire.terminal.settings import LinkSettings
from pitwire.wire.handshake import Secret

log = structlog.get_logger(__name__)

_LOOK_EVERY_S = 0.02


def serve(settings: Settings) -> int:
    """Run the bridge until a signal; return the exit code.

    Raises ConfigError when the settings or the machine do not allow a start.
    """
    return _run(Bridge(settings))


def demo(settings: Settings, *, seed: int = 1, replay: list[str] | None = None) -> int:
    """Run the bridge with a simulated terminal of its own and a fresh test key.

    Nothing is kept: the database, the secrets and the terminal's account end with the process.
    """
    secret = Secret.random()
    replays = {
        symbol: Replay.load(Path(file), symbol=symbol)
        for symbol, _, file in (pair.partition("=") for pair in replay or [])
    }
    with tempfile.TemporaryDirectory(prefix="pitwire-demo-") as folder:
        data_dir = Path(folder)
        secret_file = data_dir / "link.secret"
        secret_file.touch(mode=0o600)
        secret_file.write_text(secret.to_text())
        market = Market(seed=seed, replays=replays)
        with SimTerminal(name="demo", secrets=[secret], market=market) as terminal:
            entry = TerminalSettings(
                commands=terminal.commands,
                stream=terminal.stream,
                secret=f"file:{secret_file}",
                simulated=True,
            )
            gate = settings.gate.model_copy(update={"pepper": f"file:{data_dir / 'pepper'}"})
            changes = {"data_dir": data_dir, "gate": gate, "terminals": {"demo": entry}}
            return _run(Bridge(settings.model_copy(update=changes)), ready=_print_first_steps)


class Bridge:
    """One bridge process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop: asyncio.AbstractEventLoop | None = None
        self._opened = AsyncExitStack()

    @property
    def url(self) -> str:
        """Where the API listens."""
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def start(self, stop: "_Stop") -> None:
        """Open everything but the API; a signal meanwhile ends the wait for the terminals.

        Raises ConfigError; `stop` then closes what was opened.
        """
        settings = self._settings
        self._loop = asyncio.get_running_loop()
        self._socket = _listen(settings.http.host, settings.http.port)
        self._opened.callback(self._socket.close)
        make_secret(settings.gate.pepper)
        pepper = read_secret(settings.gate.pepper)
        wanted = [
            link_settings(name, entry, settings.link) for name, entry in settings.terminals.items()
        ]
        self._opened.callback(_claim(settings.data_dir).close)
        database = Database(settings.database_file, MIGRATIONS)
        self._opened.push_async_callback(asyncio.to_thread, database.close)
        self._links = Links(wanted, bridge=settings.name, deliver=self._deliver)
        self._router = Router(
            [_terminal(name, entry) for name, entry in settings.terminals.items()],
            Ledger(database),
            send=self._links.send,
            status=self._links.status,
            settings=RouterSettings(
                request_timeout_s=settings.http.request_timeout_ms / 1000,
                order_timeout_s=settings.http.order_timeout_ms / 1000,
                max_bars=settings.http.max_bars,
                max_ticks=settings.http.max_ticks,
            ),
        )
        self.gate: Gate = open_gate(database, pepper, is_simulated=self._router.is_simulated)
        self._opened.push_async_callback(self._router.stop)
        await self._router.start()
        self._opened.push_async_callback(self._links.close)
        self._links.start(self._loop)
        await self._first_sessions(stop)

    async def run(self, stop: "_Stop", ready: "Callable[[Bridge], None] | None" = None) -> None:
        """Serve the API until a signal; `ready` is called once it is open."""
        http = self._settings.http
        app = create_app(
            self._router,
            self.gate.door,
            EdgeSettings(
                max_body_bytes=http.max_body_bytes,
                max_bars=http.max_bars,
                max_ticks=http.max_ticks,
                docs_enabled=http.docs,
                request_timeout_s=http.request_timeout_ms / 1000,
            ),
        )
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            ws="none",
            # An order under way gets its answer before its connection is cut.
            timeout_graceful_shutdown=max(
                http.graceful_timeout_s, math.ceil(http.order_timeout_ms / 1000) + 2
            ),
        )
        server = _Server(config, ready=lambda: self._announce(ready))
        stop.server = server
        server.should_exit = stop.is_set()
        await server.serve(sockets=[self._socket])

    async def drain(self) -> None:
        """Wait until orders under way have been answered, or have timed out."""
        log.info("draining")
        await self._router.drain()

    async def stop(self) -> None:
        """Close what was opened, the last first: links, router, database."""
        await self._opened.aclose()

    def _announce(self, ready: "Callable[[Bridge], None] | None") -> None:
        log.info("listening", url=self.url, version=__version__)
        if ready is not None:
            ready(self)

    def _deliver(self, batch: list[Delivery]) -> None:
        """Bring a batch to the event loop, where the links do not live there themselves."""
        if self._links.attached:
            self._router.deliver(batch)
        elif self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(self._router.deliver, batch)

    async def _first_sessions(self, stop: "_Stop") -> None:
        """Give the terminals a moment, and tell a wrong secret from a terminal that is off.

        Raises ConfigError when terminals are there and none of them accepts our secret.
        """
        names = list(self._settings.terminals)
        end = asyncio.get_running_loop().time() + self._settings.link.startup_timeout_ms / 1000
        while asyncio.get_running_loop().time() < end and not stop.is_set():
            if all(self._links.status(name).live for name in names):
                return
            await asyncio.sleep(_LOOK_EVERY_S)
        if stop.is_set():
            return
        mute = [name for name in names if self._links.status(name).unanswered_hellos]
        live = [name for name in names if self._links.status(name).live]
        if mute and not live:
            raise TerminalMute(
                f"the terminal '{mute[0]}' accepts connections at "
                f"{self._settings.terminals[mute[0]].commands} and does not answer: the link "
                "secret or the terminal's name here is not the one it holds; make "
                f"terminals.{mute[0]}.secret name the same secret as the terminal's key file"
            )
        for name in mute:
            log.error("terminal does not answer HELLO", terminal=name)


class _Server(uvicorn.Server):
    """uvicorn, with our signals and a call when it listens."""

    def __init__(self, config: uvicorn.Config, *, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the API."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `_signals`: uvicorn would raise them again before the drain."""
        yield


class _Stop:
    """What a signal asks for: an end, or, the second time, an end without waiting."""

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None
        self._asked = False

    def is_set(self) -> bool:
        """Whether somebody wants an end."""
        return self._asked

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Take a signal."""
        self._asked = True
        if self.server is not None:
            self.server.handle_exit(number, frame)


@contextmanager
def _signals() -> Iterator[_Stop]:
    """Take the signals that end a process, from before the start until after the stop."""
    stop = _Stop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _run(bridge: Bridge, ready: Callable[[Bridge], None] | None = None) -> int:
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_live(bridge, ready))
    return 0


async def _live(bridge: Bridge, ready: Callable[[Bridge], None] | None) -> None:
    with _signals() as stopped:
        try:
            await bridge.start(stopped)
            if not stopped.is_set():
                await bridge.run(stopped, ready)
                await bridge.drain()
        finally:
            await bridge.stop()
        log.info("stopped")


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Take uvloop where it is installed."""
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"the API cannot listen on {host}:{port} ({error.strerror}): end the program that "
            "uses the port, or set http.host and http.port"
        ) from None
    listener.setblocking(False)
    return listener


def _claim(folder: Path) -> sqlite3.Connection:
    """Make sure that one bridge at a time writes this ledger; the claim ends with the process.

    Raises ConfigError.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        claim = sqlite3.connect(folder / "bridge.lock", timeout=0, isolation_level=None)
        claim.execute("BEGIN EXCLUSIVE")
    except OSError as error:
        raise ConfigError(f"the folder {folder} cannot be made: {error.strerror}") from None
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise ConfigError(f"the folder {folder} cannot be used: {error}") from None
        raise ConfigError(
            f"another bridge uses the folder {folder}: stop it, or give this one a data_dir of "
            "its own"
        ) from None
    return claim


def _terminal(name: str, entry: TerminalSettings) -> TerminalConfig:
    account = (entry.login, entry.server) if entry.login or entry.server else None
    return TerminalConfig(name, simulated=entry.simulated, account=account)


def link_settings(name: str, entry: TerminalSettings, timings: LinkTimings) -> LinkSettings:
    """Read a terminal's secrets, and say what its link needs to know. Raises ConfigError."""
    uris = [uri for uri in (entry.next_secret, entry.secret) if uri is not None]
    curve = None
    if entry.curve is not None:
        curve = CurveSettings(
            public=entry.curve.public.encode(),
            secret=read_secret(entry.curve.secret).get_secret_value().encode(),
            terminal_public=entry.curve.terminal_public.encode(),
        )
    return LinkSettings(
        name=name,
        commands=entry.commands,
        stream=entry.stream,
        secrets=tuple(_secret(name, uri) for uri in uris),
        bind=entry.bind,
        curve=curve,
        allow_plain=entry.allow_plain,
        handshake_timeout_ms=timings.handshake_timeout_ms,
        heartbeat_interval_ms=timings.heartbeat_interval_ms,
        heartbeat_timeout_ms=timings.heartbeat_timeout_ms,
        backoff_min_ms=timings.backoff_min_ms,
        backoff_max_ms=timings.backoff_max_ms,
        rekey_after_s=timings.rekey_after_s,
        max_queued=timings.max_queued,
        max_in_flight=timings.max_in_flight,
        max_history_in_flight=timings.max_history_in_flight,
    )


def _secret(terminal: str, uri: str) -> Secret:
    try:
        return Secret.from_text(read_secret(uri).get_secret_value())
    except ValueError as error:
        raise ConfigError(
            f"terminals.{terminal}: the secret at {uri} is no good: {error}"
        ) from None


def _print_first_steps(bridge: Bridge) -> None:
    _, token = bridge.gate.keys.create(
        name="demo", kind=KeyKind.TEST, scopes=["read", "trade"], terminals=["demo"]
    )
    api = f"{bridge.url}/api/v1"
    auth = '-H "Authorization: Bearer $KEY"'
    body = '{"symbol":"BTCUSD","side":"buy","type":"market","volume":0.1}'
    print(  # noqa: T201 - what the demo is for
        f"""
Pitwire {__version__} demo: a bridge, a simulated terminal, a test key. Ctrl-C ends it.

  API    {api}
  pages  {bridge.url}/docs

Paste into another terminal window:

  KEY={token}
  curl {auth} {api}/account/info
  curl {auth} {api}/symbols/BTCUSD/tick
  curl {auth} -H "Content-Type: application/json" -H "Idempotency-Key: first" \\
    -d '{body}' {api}/orders
  curl {auth} {api}/positions
""",
        flush=True,
    )


__all__ = ["Bridge", "demo", "link_settings", "serve"]
