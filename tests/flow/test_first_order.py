"""An app reads the account, opens a position, sees it, closes it, and finds it in the history."""

import re
from pathlib import Path

import httpx2
import pytest
from tests.flow.processes import Process


def test_account_info_travels_the_whole_way(app: httpx2.Client) -> None:
    answer = app.get("account/info")
    assert answer.status_code == 200
    info = answer.json()
    figures = ("balance", "equity", "margin", "margin_free", "leverage")
    assert all(isinstance(info[name], int | float) for name in figures)
    assert info["balance"] == 10_000
    assert info["margin_level"] is None
    assert info["currency"] == "USD"
    assert info["trade_mode"] == "demo"
    assert re.fullmatch(r"\d+", info["login"])
    assert info["server"]
    assert info["name"]
    assert info["permissions"]["terminal_trade_allowed"] is True
    assert answer.headers["x-request-id"]


def test_from_order_to_history(app: httpx2.Client) -> None:
    before = app.get("account/info").json()
    order = {"symbol": "BTCUSD", "side": "buy", "type": "market", "volume": 0.1, "magic": 7}
    checked = app.post("orders/check", json=order)
    assert checked.status_code == 200
    assert checked.json()["retcode"] == 0

    placed = app.post("orders", json=order, headers={"Idempotency-Key": "story"})
    assert placed.status_code == 201, placed.text
    made = placed.json()
    assert made["state"] == "filled"
    assert made["retcode"] == 10009
    assert app.get(placed.url.join(placed.headers["location"])).json()["id"] == made["id"]

    again = app.post("orders", json=order, headers={"Idempotency-Key": "story"})
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["ticket"] == made["ticket"]

    (position,) = app.get("positions").json()["data"]
    assert position["symbol"] == "BTCUSD"
    assert position["type"] == "buy"
    assert position["volume"] == 0.1
    assert position["magic"] == "7"
    assert app.get("account/info").json()["margin"] > 0

    half = app.post(f"positions/{position['ticket']}/close", json={"volume": 0.05})
    assert half.status_code == 200, half.text
    assert app.get(f"positions/{position['ticket']}").json()["volume"] == 0.05
    assert app.post(f"positions/{position['ticket']}/close").status_code == 200
    assert app.get("positions").json()["data"] == []
    gone = app.post(f"positions/{position['ticket']}/close")
    assert gone.status_code in {404, 422}

    deals = app.get("history/deals").json()["data"]
    assert [deal["entry"] for deal in deals if deal["symbol"] == "BTCUSD"] == ["in", "out", "out"]
    after = app.get("account/info").json()
    paid = sum(deal["profit"] + deal["commission"] for deal in deals if deal["symbol"])
    assert after["balance"] == pytest.approx(before["balance"] + paid)
    assert after["balance"] < before["balance"]
    assert len(app.get("history/orders").json()["data"]) == 3


def test_the_demo_prints_what_works(tmp_path: Path) -> None:
    with Process("demo", "--port=0", cwd=tmp_path) as demo:
        key = demo.wait_for(r"KEY=(pw_test_\w+)")[1]
        url = demo.wait_for(r"API\s+(http://\S+)")[1]
        demo.wait_for(r"positions")
        headers = {"Authorization": f"Bearer {key}"}
        with httpx2.Client(headers=headers) as client:
            for line in demo.lines:
                if (found := re.search(r"curl .* (http\S+)$", line)) and "-d" not in line:
                    assert client.get(found[1]).status_code == 200, line
            body = re.search(r"-d '(\{.*\})' (\S+)", demo.output)
            assert body is not None
            sent = {"Content-Type": "application/json", "Idempotency-Key": "first"}
            placed = client.post(body[2], content=body[1], headers=sent)
            assert placed.status_code == 201
            assert client.get(f"{url}/account/info").json()["server"]
        assert demo.stop() == 0
    assert not list(tmp_path.iterdir())
