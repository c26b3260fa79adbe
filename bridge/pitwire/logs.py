"""Logs: one line per event, JSON or for people, in UTC, without secrets, and bounded.

`structlog.get_logger(__name__)` is what every module uses; loggers of the standard library
(uvicorn's, warnings) come out of the same pipe. Pitwire never logs a secret; `redact` is the second
net for what an exception or a library might say. Control characters are escaped, so that no text
from outside can pretend to be a line of its own.
"""

import json
import logging
import math
import re
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"
MAX_TEXT = 8192
"""Longest text value of one line, in characters; a traceback fits."""

_SECRET_MEMBERS = re.compile(
    r"authorization|password|passphrase|pepper|secret|token|api_?key|cookie", re.IGNORECASE
)
_API_KEY = re.compile(r"(pw_(?:live|test)_[0-9A-Za-z]{12})_[0-9A-Za-z]+")
_LINK_SECRET = re.compile(r"[0-9A-Fa-f]{64,}")
_AUTHORIZATION = re.compile(
    r"(authorization['\"]?\s*[:=,]\s*(?:b?['\"])?(?:[A-Za-z]+\s+)?|\b(?:bearer|basic)\s+)[^\s'\",;]+",
    re.IGNORECASE,
)
_MAX_DEPTH = 4
_MAX_MEMBERS = 64

BURST = 10
"""How often one warning or error comes through within a window."""
WINDOW_S = 10.0
_MAX_KNOWN = 512

Format = Literal["auto", "console", "json"]


def configure_logs(
    level: str = "info", *, style: Format = "auto", stream: TextIO | None = None
) -> None:
    """Set up logging for the whole process; calling it again replaces what was set up.

    `auto` writes for people when the stream is a terminal window and JSON elsewhere. The default
    stream is standard error.
    """
    target = stream if stream is not None else sys.stderr
    console = style == "console" or (style == "auto" and target.isatty())
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _protect,
                _render_console if console else _render_json,
            ],
            foreign_pre_chain=[structlog.stdlib.ExtraAdder({"suppressed"}), *_shared()],
        )
    )
    handler.addFilter(RepeatFilter())
    _route_standard_library(handler, level)
    structlog.configure(
        processors=[
            *_shared(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # As text and without local variables: those hold secrets.
        structlog.processors.format_exc_info,
    ]


def _route_standard_library(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.captureWarnings(capture=True)
    threading.excepthook = _log_thread_crash


def _log_thread_crash(crash: threading.ExceptHookArgs) -> None:
    """Bring the end of a thread into the log; the default hook writes around it."""
    name = crash.thread.name if crash.thread else "unknown"
    error = crash.exc_value or crash.exc_type()
    structlog.get_logger(__name__).error("a thread ended by an error", thread=name, exc_info=error)


# What may be written


def redact(text: str) -> str:
    """Replace API key secrets, link secrets and Authorization values in a text.

    The public half of an API key stays, so that the line still says whose it was.
    """
    text = _AUTHORIZATION.sub(_keep_public_half, text)
    text = _API_KEY.sub(rf"\1_{REDACTED}", text)
    return _LINK_SECRET.sub(REDACTED, text)


def _keep_public_half(match: re.Match[str]) -> str:
    key = _API_KEY.search(match[0])
    return f"{match[1]}{key[1]}_{REDACTED}" if key else f"{match[1]}{REDACTED}"


def escape(text: str) -> str:
    """Write control characters and other invisible ones as escapes, so that a line stays one."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _protect(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Make every value plain, short and free of secrets."""
    return {
        str(key): REDACTED if _names_secret(key, value) else _plain(value, 0)
        for key, value in event.items()
    }


def _names_secret(key: object, value: object) -> bool:
    carries = isinstance(value, str | bytes | bytearray | list | tuple | dict)
    return carries and _SECRET_MEMBERS.search(str(key)) is not None


def _plain(value: object, depth: int) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping) and depth < _MAX_DEPTH:
        return {
            _text(key): REDACTED if _names_secret(key, member) else _plain(member, depth + 1)
            for key, member in list(value.items())[:_MAX_MEMBERS]
        }
    if isinstance(value, list | tuple | set | frozenset) and depth < _MAX_DEPTH:
        return [_plain(member, depth + 1) for member in list(value)[:_MAX_MEMBERS]]
    return _text(value)


def _text(value: object) -> str:
    # Cut first, so that a huge value costs little, and again after what was found is replaced.
    text = redact(str(value)[: 8 * MAX_TEXT])
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}..."


# How it is written


def _render_json(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    head = {key: event.pop(key) for key in ("timestamp", "level", "event")}
    return json.dumps({**head, **dict(sorted(event.items()))})


def _render_console(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    trace = event.pop("exception", None)
    head = f"{event.pop('timestamp')} {event.pop('level'):<8} {escape(str(event.pop('event')))}"
    members = "".join(f" {escape(key)}={_quoted(value)}" for key, value in sorted(event.items()))
    if trace is None:
        return head + members
    # Each line of a traceback is marked: a message within it cannot pass for a line of the log.
    marked = "".join(f"\n    | {escape(line)}" for line in str(trace).split("\n"))
    return head + members + marked


def _quoted(value: object) -> str:
    text = escape(str(value))
    return f"'{text}'" if " " in text or not text else text


# How often


class Repeats:
    """Count what is said again and again, and let through a burst per window of time.

    Memory is bounded. `clock` returns seconds of a clock that never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def admit(self, key: str) -> int | None:
        """Return None when this one is one too many, else how many were held back before it."""
        now = self._clock()
        with self._lock:
            start, count = self._windows.get(key, (now, 0))
            if now - start < WINDOW_S:
                self._remember(key, start, count + 1)
                return 0 if count < BURST else None
            self._remember(key, now, 1)
            return max(0, count - BURST)

    def _remember(self, key: str, start: float, count: int) -> None:
        self._windows[key] = (start, count)
        self._windows.move_to_end(key)
        if len(self._windows) > _MAX_KNOWN:
            self._windows.popitem(last=False)


class RepeatFilter(logging.Filter):
    """Hold back warnings and errors that repeat; the next one says how many were held back."""

    def __init__(self, repeats: Repeats | None = None) -> None:
        super().__init__()
        self._repeats = repeats or Repeats()

    def filter(self, record: logging.LogRecord) -> bool:
        """Decide about one record."""
        if record.levelno < logging.WARNING:
            return True
        said = record.msg if isinstance(record.msg, dict) else {"event": record.msg}
        key = f"{record.name} {record.levelno} {said.get('event')} {said.get('terminal')}"
        suppressed = self._repeats.admit(key)
        if suppressed is None:
            return False
        if suppressed and isinstance(record.msg, dict):
            record.msg = {**record.msg, "suppressed": suppressed}
        elif suppressed:
            record.suppressed = suppressed
        return True


__all__ = ["REDACTED", "RepeatFilter", "Repeats", "configure_logs", "escape", "redact"]
