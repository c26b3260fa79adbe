from typing import Any

import pytest

from pitwire.edge.switch import Served, Switch
from pitwire.errors import MethodNotAllowed, NotFound


async def first(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError


async def second(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError


def test_a_literal_goes_before_a_parameter() -> None:
    switch = Switch("/a", [Served("GET", "/a/{x}", first), Served("GET", "/a/b", second)])
    assert switch.find("GET", "/a/b") == (second, {})
    assert switch.find("GET", "/a/c%2Fd") == (first, {"x": "c/d"})
    assert switch.find("HEAD", "/a/c") == (first, {"x": "c"})


@pytest.mark.parametrize("path", ["/a", "/a/", "/a//", "/a/b/", "/b", "", "/", "/a/b/c"])
def test_what_is_not_there_is_not_found(path: str) -> None:
    switch = Switch("/a", [Served("GET", "/a/{x}", first)])
    with pytest.raises(NotFound):
        switch.find("GET", path)


def test_other_methods_are_refused() -> None:
    switch = Switch("/a", [Served("POST", "/a/{x}", first)])
    with pytest.raises(MethodNotAllowed) as caught:
        switch.find("GET", "/a/b")
    assert caught.value.extra["allow"] == ["POST"]


def test_a_map_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="served twice"):
        Switch("/a", [Served("GET", "/a", first), Served("GET", "/a", second)])
    with pytest.raises(ValueError, match="two names"):
        Switch("/a", [Served("GET", "/a/{x}", first), Served("PUT", "/a/{y}", second)])
