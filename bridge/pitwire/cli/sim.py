"""`pitwire sim`: a simulated terminal in the foreground, for a bridge that runs elsewhere."""

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pitwire.cli import options
from pitwire.errors import ConfigError

if TYPE_CHECKING:
    from pitwire.sim.market import Market
    from pitwire.sim.sockets import CurveKeys
    from pitwire.sim.terminal import SimTerminal
    from pitwire.wire.handshake import Secret

_MAX_OFFSET_S = 14 * 3600
_CURVE_KEY_LENGTH = 40


def sim(  # noqa: PLR0913, PLR0917 - one parameter per option is how typer reads them
    secret: Annotated[
        str,
        typer.Option(
            "--secret",
            metavar="URI",
            help="Link secret: env:NAME or file:PATH; a file that is missing is made.",
        ),
    ],
    next_secret: Annotated[
        str | None,
        typer.Option("--next-secret", metavar="URI", help="A second secret, while it is rotated."),
    ] = None,
    name: Annotated[str, typer.Option(help="The terminal's name.")] = "demo",
    commands: Annotated[
        str, typer.Option(help="Endpoint for commands; port 0 takes a free one.")
    ] = "tcp://127.0.0.1:5555",
    stream: Annotated[
        str, typer.Option(help="Endpoint for events; port 0 takes a free one.")
    ] = "tcp://127.0.0.1:5556",
    dial: Annotated[
        bool, typer.Option("--dial", help="Connect to a bridge that has bind = true.")
    ] = False,
    curve_bridge_public: Annotated[
        str | None, typer.Option(metavar="KEY", help="CURVE: the bridge's public key.")
    ] = None,
    curve_public: Annotated[
        str | None, typer.Option(metavar="KEY", help="CURVE: this terminal's public key.")
    ] = None,
    curve_secret: Annotated[
        str | None,
        typer.Option(metavar="URI", help="CURVE: this terminal's secret key, env: or file:."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Start of the market's chance.")] = 1,
    symbols: Annotated[
        str | None, typer.Option(help="Symbols, separated by commas; all when not given.")
    ] = None,
    deposit: Annotated[float, typer.Option(help="First deposit, in the currency.")] = 10_000.0,
    currency: Annotated[str, typer.Option(help="Currency of the account.")] = "USD",
    leverage: Annotated[int, typer.Option(help="Leverage of the account.")] = 100,
    login: Annotated[int, typer.Option(help="Number of the account.")] = 5_000_001,
    netting: Annotated[
        bool, typer.Option("--netting", help="One position per symbol, as exchanges keep them.")
    ] = False,
    utc_offset: Annotated[
        int,
        typer.Option(
            min=-_MAX_OFFSET_S, max=_MAX_OFFSET_S, help="The broker's clock minus UTC, in seconds."
        ),
    ] = 0,
    replay: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SYMBOL=FILE",
            help="Play a recorded CSV file as a symbol. May be given several times.",
        ),
    ] = None,
    play: Annotated[
        Literal["end", "start"],
        typer.Option(help="Begin at the recordings' end, all of it history, or play from start."),
    ] = "end",
    journal: Annotated[
        Path | None, typer.Option(help="File that remembers trading commands over a restart.")
    ] = None,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "info",
) -> None:
    """Run a simulated terminal until Ctrl-C: a market, a broker and the signed link."""
    from pitwire.logs import configure_logs  # noqa: PLC0415
    from pitwire.sim.account import AccountSettings  # noqa: PLC0415
    from pitwire.sim.terminal import SimTerminal  # noqa: PLC0415
    from pitwire.wire.enums import MarginMode  # noqa: PLC0415

    if log_level not in {"debug", "info", "warning", "error"}:
        raise ConfigError("--log-level should be debug, info, warning or error")
    configure_logs(log_level)
    secrets = [_link_secret(uri) for uri in (secret, next_secret) if uri is not None]
    curve = _curve(curve_bridge_public, curve_public, curve_secret)
    account = AccountSettings(
        login=login,
        currency=currency,
        leverage=leverage,
        deposit=deposit,
        margin_mode=MarginMode.RETAIL_NETTING if netting else MarginMode.RETAIL_HEDGING,
    )
    market = _market(seed=seed, symbols=symbols, utc_offset_s=utc_offset, replay=replay, play=play)
    _run(
        SimTerminal(
            name=name,
            secrets=secrets,
            commands=commands,
            stream=stream,
            market=market,
            account=account,
            journal=journal,
            curve=curve,
            dial=dial,
        )
    )


def _link_secret(uri: str) -> "Secret":
    from pitwire.gate.secrets import make_secret, read_secret  # noqa: PLC0415
    from pitwire.wire.handshake import Secret  # noqa: PLC0415

    make_secret(uri)
    try:
        return Secret.from_text(read_secret(uri).get_secret_value())
    except ValueError as error:
        raise ConfigError(f"{uri}: {error}") from None


def _curve(bridge_public: str | None, public: str | None, secret: str | None) -> "CurveKeys | None":
    """Read the three keys of the encrypted link, or none of them. Raises ConfigError."""
    if bridge_public is None and public is None and secret is None:
        return None
    if bridge_public is None or public is None or secret is None:
        raise ConfigError(
            "--curve-bridge-public, --curve-public and --curve-secret belong together; give all "
            "three"
        )
    import zmq  # noqa: PLC0415

    from pitwire.gate.secrets import read_secret  # noqa: PLC0415
    from pitwire.sim.sockets import CurveKeys  # noqa: PLC0415

    secret_key = _curve_key(read_secret(secret).get_secret_value(), secret)
    keys = CurveKeys(
        bridge_public=_curve_key(bridge_public, "--curve-bridge-public"),
        public=_curve_key(public, "--curve-public"),
        secret=secret_key,
    )
    if zmq.curve_public(secret_key) != keys.public:
        raise ConfigError("--curve-public does not belong to --curve-secret; give both of one pair")
    return keys


def _curve_key(text: str, place: str) -> bytes:
    from zmq.utils import z85  # noqa: PLC0415

    try:
        valid = len(text) == _CURVE_KEY_LENGTH and bool(z85.decode(text))
    except (KeyError, ValueError):
        valid = False
    if not valid:
        raise ConfigError(f"{place} should be a CURVE key: {_CURVE_KEY_LENGTH} characters of Z85")
    return text.encode()


def _market(
    *,
    seed: int,
    symbols: str | None,
    utc_offset_s: int,
    replay: list[str] | None,
    play: Literal["end", "start"],
) -> "Market":
    from pitwire.sim.market import Market  # noqa: PLC0415
    from pitwire.sim.replay import Replay  # noqa: PLC0415
    from pitwire.sim.symbols import CATALOG  # noqa: PLC0415

    specs = {spec.name: spec for spec in CATALOG}
    wanted = [text.strip() for text in symbols.split(",")] if symbols else list(specs)
    files = options.split_pairs(replay, "--replay", "SYMBOL=FILE")
    for name in (*wanted, *files):
        if name not in specs:
            raise ConfigError(f"there is no symbol '{name}'; there are {', '.join(sorted(specs))}")
    return Market(
        seed=seed,
        symbols=[specs[name] for name in dict.fromkeys((*wanted, *files))],
        utc_offset_s=utc_offset_s,
        replays={
            name: Replay.load(Path(file), symbol=name, play=play) for name, file in files.items()
        },
    )


def _run(terminal: "SimTerminal") -> None:
    stopped, crashed = threading.Event(), threading.Event()
    report = threading.excepthook

    def crash(hook: threading.ExceptHookArgs) -> None:
        report(hook)
        crashed.set()
        stopped.set()

    threading.excepthook = crash
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with terminal:
        typer.echo(f"commands {terminal.commands}")
        typer.echo(f"stream   {terminal.stream}")
        # In steps: on Windows a wait without end would not notice Ctrl-C.
        while not stopped.wait(0.5):
            pass
    if crashed.is_set():
        raise typer.Exit(1)
