from hypothesis import given
from hypothesis import strategies as st

from pitwire.terminal.heartbeat import Heartbeats, PeerClock, Verdict
from pitwire.wire.envelope import WireChannel

COMMANDS, STREAM = WireChannel


def beating(now: float = 0.0) -> Heartbeats:
    return Heartbeats(now, interval_s=1.0, timeout_s=3.5)


def test_it_asks_each_interval() -> None:
    beats = beating()
    assert beats.verdict(0.9) is Verdict.NOTHING
    assert beats.verdict(1.0) is Verdict.PING
    beats.pinged(1.0)
    assert beats.deadline == 2.0
    assert beats.verdict(1.9) is Verdict.NOTHING
    assert beats.verdict(2.0) is Verdict.PING


def test_silence_on_either_channel_is_a_mute_peer() -> None:
    for silent, heard in ((COMMANDS, STREAM), (STREAM, COMMANDS)):
        beats = beating()
        beats.heard(heard, 3.0)
        assert beats.verdict(3.4) is not Verdict.MUTE
        assert beats.verdict(3.5) is Verdict.MUTE
        assert beats.silent_channels(3.5) == [silent]


@given(st.lists(st.tuples(st.sampled_from(WireChannel), st.floats(0.01, 3.0)), max_size=40))
def test_nobody_is_called_mute_before_the_time_or_live_after_it(
    heard: list[tuple[WireChannel, float]],
) -> None:
    beats, now, last = beating(), 0.0, dict.fromkeys(WireChannel, 0.0)
    for channel, passed in heard:
        now += passed
        mute = any(now - at >= 3.5 for at in last.values())
        assert (beats.verdict(now) is Verdict.MUTE) == mute
        assert beats.deadline <= min(last.values()) + 3.5
        beats.heard(channel, now)
        last[channel] = now


def test_the_shortest_round_trip_gives_the_offset() -> None:
    clock = PeerClock()
    assert clock.offset_ms is None
    assert clock.round_trip_us is None
    clock.measure(sent_us=1_000_000, received_us=1_002_000, round_trip_us=2000, peer_msc=61_001)
    clock.measure(
        sent_us=2_000_000, received_us=3_000_000, round_trip_us=1_000_000, peer_msc=62_990
    )
    assert clock.offset_ms == 60_000
    assert clock.round_trip_us == 1_000_000
