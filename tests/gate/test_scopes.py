import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitwire.gate.scopes import SCOPES, allows

FINER = {word for scope in SCOPES.values() for word in scope.includes}
words = st.sampled_from(sorted(set(SCOPES) | FINER)) | st.text()


@pytest.mark.parametrize(
    ("granted", "needed", "allowed"),
    [
        ({"read"}, "read", True),
        ({"read"}, "account:read", True),
        ({"read"}, "market:read", True),
        ({"read"}, "trading:read", True),
        ({"read"}, "history:read", True),
        ({"read"}, "trade", False),
        ({"read"}, "trading:reduce", False),
        ({"trade"}, "trade", True),
        ({"trade"}, "trading:reduce", True),
        ({"trade"}, "trading:execute", True),
        ({"trade"}, "read", False),
        ({"read", "trade"}, "trade", True),
        (set(), "read", False),
    ],
)
def test_what_a_scope_allows(granted: set[str], needed: str, allowed: bool) -> None:
    assert allows(granted, needed) is allowed


@settings(deadline=None)
@given(st.sets(words), st.text())
def test_a_word_that_nobody_knows_is_denied(granted: set[str], needed: str) -> None:
    known = set(SCOPES) | FINER
    assert allows(granted | {needed}, needed) <= (needed in known)


@settings(deadline=None)
@given(st.sets(st.text().filter(lambda word: word not in SCOPES)), words)
def test_words_outside_the_table_grant_nothing(granted: set[str], needed: str) -> None:
    assert not allows(granted, needed)


@settings(deadline=None)
@given(st.sets(words), st.sets(words), words)
def test_granting_more_never_takes_away(some: set[str], more: set[str], needed: str) -> None:
    assert allows(some, needed) <= allows(some | more, needed)


def test_every_scope_is_described() -> None:
    assert all(scope.word == word for word, scope in SCOPES.items())
    assert all(scope.description.endswith(".") for scope in SCOPES.values())
