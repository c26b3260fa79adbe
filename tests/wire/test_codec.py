import tracemalloc
from typing import Any

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitwire.errors import BodyError
from pitwire.wire import codec

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**63), max_value=2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=300)
    | st.binary(max_size=300)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=40), inner, max_size=20)
    ),
    max_leaves=40,
)
BODIES = st.dictionaries(st.text(max_size=40), VALUES, max_size=20)


def depth_of(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


def refused(data: bytes) -> bool:
    try:
        codec.check(data)
    except BodyError:
        return True
    return False


@given(BODIES)
def test_what_is_packed_is_unpacked_up_to_the_depth_allowed(body: dict[str, Any]) -> None:
    packed = codec.pack(body)
    if depth_of(body) > codec.MAX_DEPTH:
        with pytest.raises(BodyError, match="nested"):
            codec.unpack(packed)
    else:
        assert codec.unpack(packed) == body


@given(BODIES.filter(lambda body: depth_of(body) <= codec.MAX_DEPTH), st.data())
def test_no_part_of_a_body_and_nothing_behind_it_is_a_body(
    body: dict[str, Any], data: st.DataObject
) -> None:
    packed = codec.pack(body)
    cut = data.draw(st.integers(min_value=0, max_value=len(packed) - 1))
    behind = data.draw(st.binary(min_size=1, max_size=5))
    for wrong in (packed[:cut], packed + behind):
        with pytest.raises(BodyError):
            codec.check(wrong)


def agrees_with_msgpack(data: bytes) -> None:
    """What check() lets through, MessagePack reads whole, but for text that is not UTF-8."""
    if refused(data):
        with pytest.raises(BodyError):
            codec.unpack(data)
        return
    try:
        value = msgpack.unpackb(data, raw=False, strict_map_key=False)
    except UnicodeDecodeError:
        with pytest.raises(BodyError):
            codec.unpack(data)
    else:
        assert isinstance(value, dict)
        assert msgpack.packb(codec.unpack(data)) == msgpack.packb(value)


@given(st.binary(max_size=60))
def test_random_bytes_raise_nothing_but_body_error(data: bytes) -> None:
    agrees_with_msgpack(data)


@given(BODIES, st.data())
def test_bodies_with_changed_bytes_raise_nothing_but_body_error(
    body: dict[str, Any], data: st.DataObject
) -> None:
    packed = bytearray(codec.pack(body))
    places = st.integers(min_value=0, max_value=len(packed) - 1)
    for at, byte in data.draw(st.dictionaries(places, st.integers(0, 255), max_size=4)).items():
        packed[at] = byte
    agrees_with_msgpack(bytes(packed))


FIRSTS = [0x80, 0x81, 0x82, 0x91, 0x92, 0xA0, 0xA1, 0xC0, 0xC4, 0xD9, 0xDC, 0xDE, 0, 1, 0xCB]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(FIRSTS), max_size=25))
def test_structured_noise_raises_nothing_but_body_error(noise: list[int]) -> None:
    """Bytes that open containers and lengths far more often than random ones do."""
    agrees_with_msgpack(b"\x81\xa1v" + bytes(noise))


@pytest.mark.parametrize(
    "lie",
    [
        b"\x81\xa1v\xdd\xff\xff\xff\xff",
        b"\x81\xa1v" + b"\xdd\xff\xff\xff\xff" * 6,
        b"\xdf\xff\xff\xff\xff\xa1v\x01",
        b"\x81\xa1v\xdb\xff\xff\xff\xff",
        b"\x81\xa1v\xc6\xff\xff\xff\xff",
        b"\x81\xdb\xff\xff\xff\xff",
    ],
)
def test_a_length_that_lies_costs_no_memory(lie: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(BodyError):
            codec.unpack(lie)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100_000


def test_very_deep_nesting_does_not_exhaust_the_stack() -> None:
    with pytest.raises(BodyError, match="nested"):
        codec.unpack(b"\x81\xa1v" + b"\x91" * 1_000_000)


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1])
def test_an_integer_beyond_64_bits_is_not_packed(value: int) -> None:
    with pytest.raises(OverflowError):
        codec.pack({"v": value})


def test_the_message_says_what_is_wrong() -> None:
    for data, text in (
        (b"", "a body is a map"),
        (b"\x90", "a body is a map"),
        (b"\x81\xa1v", "ends too early"),
        (b"\x80\x80", "bytes behind the body"),
        (b"\x81\xa1v\xca\0\0\0\0", "type 0xca is not part of the protocol"),
        (b"\x81\x01\x01", "a key is a text"),
        (b"\x82\xa1v\x01\xa1v\x01", "a key comes twice"),
        (b"\x81\xa1v\xa1\xff", "not MessagePack"),
    ):
        with pytest.raises(BodyError, match=text):
            codec.unpack(data)
