import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from pitwire.logs import (
    BURST,
    MAX_TEXT,
    REDACTED,
    WINDOW_S,
    RepeatFilter,
    Repeats,
    configure_logs,
    escape,
    redact,
)

ID = "2yczXRzS8K91"
PRIVATE = "hYxOUD1C7iUMgOmSAQ9UAVvyoVStw9lJk6VafgGulSm1fFNuS"
TOKEN = f"pw_test_{ID}_{PRIVATE}"
LINK_SECRET = "5e0a" * 16
LOCAL = "abc-hidden"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, hook = list(root.handlers), root.level, threading.excepthook
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    threading.excepthook = hook
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


class Lines:
    """What was logged as JSON."""

    def __init__(self, level: str = "info") -> None:
        self._stream = io.StringIO()
        configure_logs(level, style="json", stream=self._stream)

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


def console() -> io.StringIO:
    stream = io.StringIO()
    configure_logs("info", style="console", stream=stream)
    return stream


def fail(text: str) -> None:
    local = LOCAL
    raise ValueError(text if local else "")


def test_a_line_has_time_level_event_and_logger() -> None:
    lines = Lines()
    structlog.get_logger("pitwire.x").info("link up", terminal="demo", round_trip_us=120)
    (line,) = lines.read()
    assert line["timestamp"].endswith("Z")
    assert (line["level"], line["event"], line["logger"]) == ("info", "link up", "pitwire.x")
    assert (line["terminal"], line["round_trip_us"]) == ("demo", 120)


def test_the_request_id_is_on_every_line_of_a_request() -> None:
    lines = Lines()
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("a").info("one")
        logging.getLogger("uvicorn.error").info("two")
    structlog.get_logger("a").info("three")
    assert [line.get("request_id") for line in lines.read()] == ["r-1", "r-1", None]


def test_levels_below_the_chosen_one_are_silent() -> None:
    lines = Lines("warning")
    structlog.get_logger("a").info("no")
    logging.getLogger("b").info("no")
    structlog.get_logger("a").warning("yes")
    logging.getLogger("b").warning("yes")
    assert [line["logger"] for line in lines.read()] == ["a", "b"]


@pytest.mark.parametrize("name", ["uvicorn", "uvicorn.error", "uvicorn.access", "other"])
def test_loggers_of_the_standard_library_come_out_of_the_same_pipe(name: str) -> None:
    stray = io.StringIO()
    logging.getLogger(name).addHandler(logging.StreamHandler(stray))
    lines = Lines()
    logging.getLogger(name).info("%s - %d", "1.2.3.4", 200)
    assert [line["event"] for line in lines.read()] == ["1.2.3.4 - 200"]
    if name.startswith("uvicorn"):
        assert stray.getvalue() == ""
    logging.getLogger(name).handlers.clear()


def test_warnings_are_logged() -> None:
    lines = Lines()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("careful", stacklevel=1)
    assert "careful" in lines.read()[0]["event"]


def test_setting_up_twice_does_not_double_lines() -> None:
    Lines()
    lines = Lines()
    structlog.get_logger("a").info("once")
    logging.getLogger("b").info("once")
    assert len(lines.read()) == 2


def test_the_end_of_a_thread_is_logged() -> None:
    lines = Lines()
    thread = threading.Thread(target=lambda: 1 / 0, name="link")
    thread.start()
    thread.join()
    (line,) = lines.read()
    assert (line["level"], line["thread"]) == ("error", "link")
    assert "ZeroDivisionError" in line["exception"]


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"/api/v1/ping?key={TOKEN}&x=1",
        f"Authorization: Bearer {TOKEN}",
        f"{{'authorization': 'Bearer {TOKEN}'}}",
        f"(b'authorization', b'Bearer {TOKEN}')",
        f"got {LINK_SECRET}.",
        f"got {LINK_SECRET.upper()}{LINK_SECRET}",
        f"authorization={PRIVATE}",
        f"Authorization: Basic {PRIVATE}",
        f"BEARER {PRIVATE}",
        f"\n{TOKEN}\n",
    ],
)
def test_secrets_are_redacted(text: str) -> None:
    shown = redact(text)
    assert PRIVATE not in shown
    assert LINK_SECRET not in shown.lower()
    assert REDACTED in shown


def test_the_public_half_of_a_key_stays() -> None:
    assert redact(f"key {TOKEN} refused") == f"key pw_test_{ID}_{REDACTED} refused"
    assert ID in redact(f"Authorization: Bearer {TOKEN}")


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_token_is_found_in_any_surroundings(before: str, after: str) -> None:
    assert PRIVATE not in redact(before + TOKEN + after)
    assert LINK_SECRET not in redact(before + LINK_SECRET + after)


@pytest.mark.parametrize("style", ["json", "console"])
def test_secrets_reach_no_line_by_any_way(style: str) -> None:
    stream = io.StringIO()
    configure_logs("info", style="json" if style == "json" else "console", stream=stream)
    log = structlog.get_logger("a")
    log.info(TOKEN)
    log.info(
        "members",
        text=TOKEN,
        deep={"list": [LINK_SECRET, {"x": (TOKEN,)}]},
        raw=b"" + TOKEN.encode(),
    )
    log.info("names", authorization="abc-hidden", link_secret="abc-hidden", api_key=["abc-hidden"])
    log.info("deep names", headers={"Authorization": "abc-hidden", "cookie": "abc-hidden"})
    log.info("an exception as a value", error=ValueError(TOKEN))
    logging.getLogger("b").info("args %s %s", TOKEN, {"k": LINK_SECRET})
    try:
        fail(TOKEN)
    except ValueError:
        log.exception("failed")
        logging.getLogger("b").exception("failed")
    text = stream.getvalue()
    assert PRIVATE not in text
    assert LINK_SECRET not in text
    assert "abc-hidden" not in text
    assert text.count("failed") == 2


def test_a_long_text_is_cut_and_half_a_token_is_not_left() -> None:
    lines = Lines()
    filler = "x" * (MAX_TEXT - 30) + " "
    structlog.get_logger("a").info("long", text=filler + TOKEN + "y" * MAX_TEXT * 20)
    (line,) = lines.read()
    assert len(line["text"]) <= MAX_TEXT + 3
    assert PRIVATE[:8] not in line["text"]


def test_a_huge_or_deep_value_stays_small() -> None:
    lines = Lines()
    deep: list[Any] = []
    for _ in range(100):
        deep = [deep]
    structlog.get_logger("a").info("x", many=list(range(100_000)), deep=deep, nan=float("nan"))
    assert len(lines.text) < 2_000
    assert lines.read()[0]["nan"] == "nan"


def test_json_is_one_line_of_ascii_whatever_is_logged() -> None:
    lines = Lines()
    structlog.get_logger("a").info("a\nb\x1b[2J\u2028c", name="\r\n{}")
    assert lines.text.isascii()
    assert lines.read()[0]["event"] == "a\nb\x1b[2J\u2028c"


def test_no_text_can_forge_a_line_for_people() -> None:
    stream = console()
    forged = "2026-01-01T00:00:00Z info     order filled"
    structlog.get_logger("a").info(f"x\n{forged}", symbol=f"EURUSD\r\n{forged}\x1b[1A")
    try:
        fail(f"x\n{forged}")
    except ValueError:
        logging.getLogger("b").exception("failed")
    lines = stream.getvalue().splitlines()
    assert not any(line.startswith(forged) for line in lines)
    assert all(line.startswith(("20", "    | ")) for line in lines)
    assert "\x1b" not in stream.getvalue()


@given(st.text())
def test_escaped_text_is_printable_and_loses_nothing(text: str) -> None:
    assert escape(text).isprintable()
    if text.isprintable():
        assert escape(text) == text


def test_a_repeated_warning_is_held_back_and_counted() -> None:
    now = 0.0
    repeats = Repeats(lambda: now)
    admitted = [repeats.admit("w") for _ in range(BURST + 7)]
    assert admitted == [0] * BURST + [None] * 7
    now = WINDOW_S
    assert repeats.admit("w") == 7
    assert repeats.admit("w") == 0
    now = 5 * WINDOW_S
    assert repeats.admit("w") == 0


def test_another_warning_is_not_held_back() -> None:
    repeats = Repeats(lambda: 0.0)
    for _ in range(BURST + 1):
        repeats.admit("one")
    assert repeats.admit("two") == 0


def test_what_repeats_knows_is_bounded() -> None:
    repeats = Repeats(lambda: 0.0)
    for number in range(10_000):
        repeats.admit(str(number))
    assert len(repeats._windows) <= 512


def test_repeats_are_held_back_in_the_log() -> None:
    now = 0.0
    lines = Lines()
    (handler,) = logging.getLogger().handlers
    handler.filters[:] = [RepeatFilter(Repeats(lambda: now))]
    log, other = structlog.get_logger("a"), logging.getLogger("b")
    for number in range(BURST + 5):
        log.warning("frame refused", number=number, terminal="one")
        other.warning("slow %d", number)
        log.info("tick")
    log.warning("frame refused", terminal="two")
    now = WINDOW_S
    log.warning("frame refused", terminal="one")
    other.warning("slow %d", 99)
    read = lines.read()
    said = [line["event"] for line in read]
    assert said.count("tick") == BURST + 5
    assert said.count("frame refused") == BURST + 2
    assert [line["suppressed"] for line in read if "suppressed" in line] == [5, 5]


def test_logs_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(stream=sys.stderr)
    structlog.get_logger("a").info("hello")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert json.loads(captured.err)["event"] == "hello"
