"""The command line: serve · demo · sim · keys · terminals · doctor.

Every command imports what it runs only when it runs, so that `pitwire --help` is quick. A mistake
of the operator is one line on standard error and exit code 2; what is refused for another reason
(no such key, a terminal that does not answer) is one line and exit code 1.
"""

import sys
from typing import Annotated, NoReturn

import typer

from pitwire import __version__
from pitwire.cli import bridge, doctor, keys, sim, terminals
from pitwire.errors import ApiError, ConfigError
from pitwire.logs import escape, redact

app = typer.Typer(
    help="Be your own MetaTrader 5 API provider.",
    no_args_is_help=True,
    add_completion=False,
    # Its tracebacks would show local variables, secrets included.
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pitwire {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


app.command("serve")(bridge.serve)
app.command("demo")(bridge.demo)
app.command("sim")(sim.sim)
app.add_typer(keys.app, name="keys")
app.add_typer(terminals.app, name="terminals")
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run the command line; the entry point of the `pitwire` command."""
    try:
        app(prog_name="pitwire")
    except ConfigError as error:
        _fail(error, error.exit_code)
    except ApiError as error:
        _fail(error, 1)


def _fail(error: Exception, code: int) -> NoReturn:
    typer.echo(f"pitwire: {redact(escape(str(error)))}", err=True)
    sys.exit(code)


__all__ = ["app", "main"]
