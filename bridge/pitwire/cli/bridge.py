"""`pitwire serve` and `pitwire demo`."""

from typing import Annotated

import typer

from pitwire.cli import options


def serve(
    config: options.Config = None,
    host: options.Host = None,
    port: options.Port = None,
    data_dir: options.DataDir = None,
    log_level: options.LogLevel = None,
    log_format: options.LogFormat = None,
    sets: options.Set = None,
) -> None:
    """Run the bridge: connect to the terminals and serve the API until Ctrl-C."""
    settings = options.read_settings(
        config,
        data_dir=data_dir,
        sets=sets,
        named={
            "http.host": host,
            "http.port": port,
            "log_level": log_level,
            "log_format": log_format,
        },
    )
    from pitwire import app  # noqa: PLC0415
    from pitwire.logs import configure_logs  # noqa: PLC0415

    configure_logs(settings.log_level, style=settings.log_format)
    raise typer.Exit(app.serve(settings))


def demo(
    config: options.Config = None,
    port: options.Port = None,
    seed: Annotated[int, typer.Option(min=0, help="Start of the simulated market's chance.")] = 1,
    replay: Annotated[
        list[str] | None,
        typer.Option(
            "--replay",
            metavar="SYMBOL=FILE",
            help="Play a recorded CSV file as a symbol. May be given several times.",
        ),
    ] = None,
    log_level: options.LogLevel = None,
    sets: options.Set = None,
) -> None:
    """Run the bridge with a simulated terminal, and print requests ready to paste.

    Nothing is kept: keys, orders and the account end with the process.
    """
    settings = options.read_settings(
        config,
        sets=sets,
        named={"http.port": port, "log_level": log_level},
    )
    options.split_pairs(replay, "--replay", "SYMBOL=FILE")
    from pitwire import app  # noqa: PLC0415
    from pitwire.logs import configure_logs  # noqa: PLC0415

    configure_logs(settings.log_level, style=settings.log_format)
    raise typer.Exit(app.demo(settings, seed=seed, replay=replay or []))
