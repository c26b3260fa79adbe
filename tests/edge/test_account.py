import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from tests.edge.fakes import CLOCK_MSC, OFFSET_S, FakeRouter, client, permissions, sample, view

from pitwire.errors import TerminalOffline
from pitwire.wire.commands import AccountInfoGet, Ping, TerminalInfoGet
from pitwire.wire.records import AccountInfo, TerminalInfo
from pitwire.wire.replies import AccountInfoReply, PingReply, TerminalInfoReply

pytestmark = pytest.mark.anyio


def account(**values: Any) -> AccountInfoReply:
    return AccountInfoReply(
        clock_msc=CLOCK_MSC,
        utc_offset_s=OFFSET_S,
        account=sample(AccountInfo, login=10_000_001, currency="USD", **values),
        permissions=permissions(),
    )


async def test_info_has_figures_settings_and_permissions(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.script[AccountInfoGet] = account(balance=1234.5, margin=100.0, margin_level=1234.5)
    response = await app.get("/terminals/demo/account/info")
    assert response.status_code == 200
    body = response.json()
    assert body["login"] == "10000001"
    assert body["margin_level"] == 1234.5
    assert body["trade_mode"] == "demo"
    assert body["permissions"]["mql_trade_allowed"] is True
    assert body["as_of"] == "2026-03-02T09:30:00.125Z"
    assert body["source"] == "live"
    assert body["account_changed"] is False
    assert '"balance":1234.50,' in response.text


async def test_there_is_no_margin_level_without_margin(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.script[AccountInfoGet] = account(margin=0.0, margin_level=0.0)
    assert (await app.get("/account/info")).json()["margin_level"] is None
    assert (await app.get("/account/figures")).json()["margin_level"] is None


async def test_figures_that_are_no_numbers_are_null(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    nan, huge = float("nan"), 1.7976931348623157e308
    router.script[AccountInfoGet] = account(balance=nan, credit=huge, equity=float("inf"))
    body = (await app.get("/account/figures")).json()
    assert (body["balance"], body["credit"], body["equity"]) == (None, None, None)


async def test_figures_and_settings_split_the_account(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.script[AccountInfoGet] = account()
    figures = (await app.get("/account/figures")).json()
    settings = (await app.get("/account/settings")).json()
    info = (await app.get("/account/info")).json()
    assert figures.keys() & settings.keys() == {"currency", "as_of", "age_ms", "source"}
    rest = info.keys() - figures.keys() - settings.keys()
    assert rest == {"permissions", "account_changed"}


async def test_the_terminals_folders_stay_private(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.script[TerminalInfoGet] = TerminalInfoReply(
        clock_msc=CLOCK_MSC,
        terminal=sample(TerminalInfo, path="C:/Users/somebody", data_path="C:/Users/somebody"),
        permissions=permissions(),
    )
    response = await app.get("/terminal")
    assert "somebody" not in response.text
    assert response.json()["build"] == 1


async def test_server_time_shows_both_clocks(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[Ping] = PingReply(clock_msc=CLOCK_MSC, utc_offset_s=-OFFSET_S)
    body = (await app.get("/server-time")).json()
    assert body["time"] == "2026-03-02T09:30:00.125Z"
    assert body["broker_time"] == "2026-03-02T07:30:00.125"
    assert body["utc_offset_s"] == -OFFSET_S


def ladder(**switches: bool) -> TerminalInfoReply:
    return TerminalInfoReply(
        clock_msc=CLOCK_MSC, terminal=sample(TerminalInfo), permissions=permissions(**switches)
    )


async def test_the_ladder_names_what_fixes_it(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[TerminalInfoGet] = ladder(terminal_trade_allowed=False)
    body = (await app.get("/terminal/permissions")).json()
    failed = [check for check in body["checks"] if not check["ok"]]
    assert body["trade_allowed"] is False
    assert [check["check"] for check in failed] == ["terminal_trade_allowed"]
    assert "Algo Trading" in failed[0]["fix"]


async def test_the_ladder_is_good_when_all_is_good(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.script[TerminalInfoGet] = ladder()
    body = (await app.get("/terminal/permissions")).json()
    assert body["trade_allowed"] is True
    assert all(check["fix"] is None for check in body["checks"])


async def test_the_ladder_sees_the_keys_scope_and_the_pin(
    make_app: Callable[..., Any], router: FakeRouter
) -> None:
    router.script[TerminalInfoGet] = ladder()
    router.views = [view(account_changed=True)]
    async with client(make_app(), "read-key") as app:
        body = (await app.get("/terminal/permissions")).json()
    failed = [check["check"] for check in body["checks"] if check["ok"] is False]
    assert failed == ["account_pinned", "key_scope"]


async def test_the_ladder_answers_for_a_terminal_that_is_offline(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    router.views = [view(state="offline", reason="no answer")]
    router.script[TerminalInfoGet] = TerminalOffline("offline")
    body = (await app.get("/terminal/permissions")).json()
    assert [check["ok"] for check in body["checks"]][:3] == [False, None, None]


async def test_another_account_is_told(app: httpx2.AsyncClient, router: FakeRouter) -> None:
    router.script[AccountInfoGet] = account()
    router.views = [view(account_changed=True)]
    assert (await app.get("/account/info")).json()["account_changed"] is True


async def test_text_of_the_terminal_cannot_break_the_json(
    app: httpx2.AsyncClient, router: FakeRouter
) -> None:
    name = 'a"b\\c\n\x00é\u2028'
    router.script[AccountInfoGet] = account(name=name)
    response = await app.get("/account/settings")
    assert json.loads(response.content)["name"] == name
