import hashlib
import hmac
import re
import string
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitwire.errors import ConfigError
from pitwire.gate.keys import KEY_PATTERN, Key, KeyKind, KeyState, Pepper, Token
from pitwire.gate.secrets import SecretText

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEPPER = Pepper(1, b"p" * 32)

kinds = st.sampled_from(list(KeyKind))


def key(
    *,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    disabled: bool = False,
    revoked_at: datetime | None = None,
) -> Key:
    return Key(
        id="0123456789ab",
        kind=KeyKind.TEST,
        name="app",
        scopes=frozenset({"read"}),
        terminals=frozenset({"*"}),
        created=NOON,
        not_before=not_before,
        expires_at=expires_at,
        disabled=disabled,
        revoked_at=revoked_at,
        last4="abcd",
        pepper_version=1,
        owner="me",
    )


def independent_checksum(body: str) -> str:
    number, text = zlib.crc32(body.encode("ascii")), ""
    while number:
        text = BASE62[number % 62] + text
        number //= 62
    return text.rjust(6, "0")


@settings(deadline=None)
@given(kinds)
def test_a_token_has_the_published_form_and_reads_back(kind: KeyKind) -> None:
    token = Token.random(kind)
    text = token.reveal()
    prefix, shown_kind, key_id, rest = text.split("_")
    assert (prefix, shown_kind, key_id) == ("pw", kind.value, token.key_id)
    assert (len(key_id), len(rest)) == (12, 49)
    assert set(key_id + rest) <= set(BASE62)
    assert text.endswith(independent_checksum(text[:-6]))
    assert re.fullmatch(KEY_PATTERN, text)
    assert Token.parse(text) == token
    assert text.endswith(token.last4)


def test_a_token_written_elsewhere_is_read() -> None:
    text = "pw_live_0123456789ab_" + "S" * 43
    token = Token.parse(text + independent_checksum(text))
    assert token == Token(KeyKind.LIVE, "0123456789ab", text)


def test_tokens_differ() -> None:
    tokens = [Token.random(KeyKind.LIVE) for _ in range(500)]
    assert len({token.key_id for token in tokens}) == 500
    assert len({token.body for token in tokens}) == 500


def test_every_change_of_one_character_is_found_without_a_lookup() -> None:
    text = Token.random(KeyKind.LIVE).reveal()
    for place, old in enumerate(text):
        for new in set(BASE62 + "_- \n\0é\ud800") - {old}:
            assert Token.parse(text[:place] + new + text[place + 1 :]) is None


def test_a_missing_added_or_swapped_character_is_found() -> None:
    text = Token.random(KeyKind.LIVE).reveal()
    for place in range(len(text)):
        assert Token.parse(text[:place] + text[place + 1 :]) is None
        assert Token.parse(text[:place] + "0" + text[place:]) is None
        swapped = text[:place] + text[place : place + 2][::-1] + text[place + 2 :]
        assert swapped == text or Token.parse(swapped) is None


@settings(deadline=None)
@given(st.text())
def test_whatever_is_no_token_is_refused(text: str) -> None:
    assert Token.parse(text) is None


@settings(deadline=None)
@given(st.text(BASE62, min_size=49, max_size=49))
def test_the_right_form_with_a_wrong_checksum_is_refused(rest: str) -> None:
    body = f"pw_live_0123456789ab_{rest[:-6]}"
    assert (Token.parse(body + rest[-6:]) is None) == (independent_checksum(body) != rest[-6:])


def test_a_scanner_finds_a_token_in_a_text() -> None:
    text = Token.random(KeyKind.TEST).reveal()
    found = re.search(KEY_PATTERN, f'curl -H "Authorization: Bearer {text}" http://host')
    assert found is not None
    assert found.group() == text
    assert found.group(1) == "test"


def test_the_hash_is_an_hmac_under_the_pepper() -> None:
    token = Token.random(KeyKind.LIVE)
    expected = hmac.new(b"p" * 32, token.body.encode(), hashlib.sha256).digest()
    assert PEPPER.mac(token) == expected


def test_the_hash_depends_on_pepper_secret_kind_and_id() -> None:
    body = "pw_live_0123456789ab_" + "S" * 43
    bodies = {
        body,
        body[:-1] + "T",
        body.replace("live", "test"),
        body.replace("0123456789ab", "0123456789aB"),
    }
    macs = {PEPPER.mac(Token(KeyKind.LIVE, "0123456789ab", text)) for text in bodies}
    macs.add(Pepper(1, b"q" * 32).mac(Token(KeyKind.LIVE, "0123456789ab", body)))
    assert len(macs) == 5


def test_neither_token_nor_pepper_prints_its_secret() -> None:
    token = Token.random(KeyKind.LIVE)
    secret = token.body.rsplit("_", 1)[1]
    pepper = Pepper.from_secret(SecretText("pepper-" * 10), version=1)
    for text in (repr(token), str(token), f"{token}", repr([token])):
        assert token.key_id in text
        assert secret not in text
    for text in (repr(pepper), str(pepper), f"{pepper}"):
        assert "pepper-" not in text


def test_a_short_pepper_is_refused_without_being_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        Pepper.from_secret(SecretText("hunter2"), version=1)
    assert "hunter2" not in str(caught.value)
    assert "32" in str(caught.value)


def test_fingerprints_tell_peppers_apart() -> None:
    assert PEPPER.fingerprint() == Pepper(2, b"p" * 32).fingerprint()
    assert PEPPER.fingerprint() != Pepper(1, b"q" * 32).fingerprint()


HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("subject", "state"),
    [
        (key(), KeyState.ACTIVE),
        (key(expires_at=NOON + INSTANT), KeyState.ACTIVE),
        (key(expires_at=NOON), KeyState.EXPIRED),
        (key(expires_at=NOON - HOUR), KeyState.EXPIRED),
        (key(not_before=NOON), KeyState.ACTIVE),
        (key(not_before=NOON + INSTANT), KeyState.NOT_YET_VALID),
        (key(disabled=True), KeyState.DISABLED),
        (key(revoked_at=NOON), KeyState.REVOKED),
        (key(revoked_at=NOON + HOUR), KeyState.REVOKED),
        (key(revoked_at=NOON, disabled=True, expires_at=NOON), KeyState.REVOKED),
    ],
)
def test_the_state_of_a_key(subject: Key, state: KeyState) -> None:
    assert subject.state(NOON) is state
