from types import ModuleType

import pytest
from pydantic import ValidationError

from pitwire.wire import codec
from pitwire.wire.arrays import RATES, TICKS, array_of
from pitwire.wire.events import EVENTS, EventCode, GapEvent, TicksEvent


def test_every_code_has_an_event() -> None:
    assert set(EVENTS) == set(EventCode)
    assert all(event.code == code for code, event in EVENTS.items())


def test_an_event_arrives_as_it_was_sent(samples: ModuleType) -> None:
    for event in samples.events():
        body = codec.unpack(codec.pack(event.packed()))
        assert EVENTS[event.code].model_validate(body) == event
        assert EVENTS[event.code].model_validate({**body, "of_a_later_version": 1}) == event


def test_rows_are_read_as_they_lie(samples: ModuleType) -> None:
    found = {event.code: event for event in samples.events()}
    assert len(array_of(found[EventCode.TICKS].ticks, TICKS)) == 2
    assert len(array_of(found[EventCode.BARS].rates, RATES)) == 2


def test_null_never_travels() -> None:
    gap = GapEvent(clock_msc=1, channel=4, dropped=2)
    assert gap.packed() == {"clock_msc": 1, "utc_offset_s": 0, "channel": 4, "dropped": 2}


@pytest.mark.parametrize("fault", [{"first": -1}, {"first": 1.0}, {"ticks": "x"}, {"symbol": ""}])
def test_ticks_that_make_no_sense_are_refused(fault: dict[str, object]) -> None:
    good = {
        "clock_msc": 1,
        "symbol": "E",
        "first": 0,
        "ticks": b"",
        "digits": 5,
        "volume_digits": 2,
    }
    TicksEvent.model_validate(good)
    with pytest.raises(ValidationError):
        TicksEvent.model_validate({**good, **fault})
