"""An app places pending orders, changes and cancels them, and sees one be filled."""

import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.flow.processes import site

NOON = 12 * 3600
PERIOD = 40


def prices(app: httpx2.Client, symbol: str = "BTCUSD") -> tuple[float, float]:
    tick = app.get(f"symbols/{symbol}/tick").json()
    return tick["bid"], tick["ask"]


def limit(app: httpx2.Client, **fields: Any) -> dict[str, Any]:
    price = round(prices(app)[1] * 0.9, 2)
    order = {"symbol": "BTCUSD", "side": "buy", "type": "limit", "volume": 0.2, "price": price}
    return {**order, **fields}


def placed(app: httpx2.Client, **fields: Any) -> dict[str, Any]:
    answer = app.post("orders", json=limit(app, **fields))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_pending_order_from_its_placing_to_the_history(app: httpx2.Client) -> None:
    checked = app.post("orders/check", json=limit(app)).json()
    assert (checked["ok"], checked["retcode"]) == (True, 0)
    made = placed(app, magic=11, comment="waiting")
    assert (made["state"], made["outcome"], made["retcode"]) == ("working", "done", 10009)
    assert (made["deals"], made["filled_volume"], made["position"]) == ([], None, None)
    assert (made["requested_volume"], made["type"]) == (0.2, "buy_limit")

    (order,) = [o for o in app.get("orders").json()["data"] if o["ticket"] == made["ticket"]]
    assert (order["state"], order["type"], order["symbol"]) == ("placed", "buy_limit", "BTCUSD")
    assert (order["magic"], order["comment"], order["volume_current"]) == ("11", "waiting", 0.2)
    assert app.get(f"orders/ticket:{made['ticket']}").json()["state"] == "placed"
    followed = app.get(f"orders/{made['id']}").json()
    assert (followed["state"], followed["order"]["ticket"]) == ("working", made["ticket"])
    assert app.get("orders?magic=12").json()["data"] == []
    assert app.get("orders?symbol=EURUSD").json()["data"] == []

    gone = app.delete(f"orders/ticket:{made['ticket']}")
    assert gone.status_code == 200, gone.text
    assert (gone.json()["intent"], gone.json()["state"]) == ("cancel", "canceled")
    assert gone.json()["ticket"] == made["ticket"]
    assert app.get(f"orders/{made['id']}").json()["state"] == "canceled"
    past = app.get(f"history/orders?ticket={made['ticket']}").json()["data"]
    assert [(o["ticket"], o["state"]) for o in past] == [(made["ticket"], "canceled")]
    again = app.delete(f"orders/ticket:{made['ticket']}")
    assert (again.status_code, again.json()["outcome"]) == (422, "rejected")


def test_a_change_keeps_what_it_does_not_name(app: httpx2.Client) -> None:
    price = round(prices(app)[1] * 0.9, 2)
    sl, tp = round(price * 0.9, 2), round(price * 1.2, 2)
    ticket = placed(app, price=price, sl=sl, tp=tp)["ticket"]

    def change(**fields: Any) -> dict[str, Any]:
        answer = app.patch(f"orders/ticket:{ticket}", json=fields)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["intent"], answer.json()["state"]) == ("modify", "done")
        order: dict[str, Any] = app.get(f"orders/ticket:{ticket}").json()
        return order

    lower = round(price * 0.99, 2)
    order = change(price=lower)
    assert (order["price_open"], order["sl"], order["tp"]) == (lower, sl, tp)
    order = change(sl=None)
    assert (order["price_open"], order["sl"], order["tp"]) == (lower, None, tp)
    order = change(expiration="2099-01-02T03:04:05Z")
    assert order["type_time"] == "specified"
    assert order["time_expiration"] == "2099-01-02T03:04:05.000Z"
    assert order["tp"] == tp
    order = change(type_time="gtc")
    assert (order["type_time"], order["time_expiration"]) == ("gtc", None)
    unchanged = app.patch(f"orders/ticket:{ticket}", json={"price": lower})
    assert unchanged.json()["outcome"] == "no_change"
    app.delete(f"orders/{ticket}")


@pytest.mark.parametrize(
    ("side", "kind", "price", "stoplimit"),
    [
        ("sell", "limit", 1.1, None),
        ("buy", "stop", 1.1, None),
        ("sell", "stop", 0.9, None),
        ("buy", "stop_limit", 1.1, 1.05),
        ("sell", "stop_limit", 0.9, 0.95),
    ],
)
def test_every_kind_is_taken(
    app: httpx2.Client, side: str, kind: str, price: float, stoplimit: float | None
) -> None:
    ask = prices(app)[1]
    fields = {"side": side, "type": kind, "price": round(ask * price, 2)}
    if stoplimit is not None:
        fields["stoplimit"] = round(ask * stoplimit, 2)
    made = placed(app, **fields)
    assert made["type"] == f"{side}_{kind}"
    order = app.get(f"orders/ticket:{made['ticket']}").json()
    assert order["price_open"] == fields["price"]
    assert order["price_stoplimit"] == fields.get("stoplimit")
    assert app.delete(f"orders/ticket:{made['ticket']}").status_code == 200


def test_what_is_wrong_with_a_pending_order_is_told(app: httpx2.Client) -> None:
    ask = prices(app)[1]
    above = app.post("orders", json=limit(app, price=round(ask * 1.1, 2)))
    assert (above.status_code, above.json()["code"]) == (422, "invalid_price")
    assert (above.json()["retcode"], above.json()["outcome"]) == (10015, "rejected")
    late = app.post("orders", json=limit(app, expiration="2020-01-01T00:00:00Z"))
    assert (late.status_code, late.json()["code"]) == (422, "invalid_expiration")
    stops = app.post("orders", json=limit(app, sl=round(ask * 1.1, 2)))
    assert (stops.status_code, stops.json()["code"]) == (422, "invalid_stops")
    unknown = app.delete("orders/ticket:4")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert app.patch("orders/ticket:4", json={"price": 1.0}).status_code == 404


def wave(path: Path) -> Path:
    """Write minutes of ticks that rise and fall by 100 points every two seconds."""
    lines = ["<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>"]
    for number in range(2400):
        seconds, part = divmod(number * 50, 1000)
        moment = NOON + seconds
        clock = f"{moment // 3600:02}:{moment // 60 % 60:02}:{moment % 60:02}.{part:03}"
        phase = number % PERIOD
        bid = 1.1 + 0.00005 * min(phase, PERIOD - phase)
        lines.append(f"2025.11.18\t{clock}\t{bid:.5f}\t{bid + 0.0001:.5f}\t\t\t6")
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_market_fills_an_order_and_its_stop_closes_the_position(tmp_path: Path) -> None:
    options = [f"--replay=EURUSD={wave(tmp_path / 'wave.csv')}", "--play=start"]
    order = {"symbol": "EURUSD", "side": "buy", "type": "stop", "volume": 0.1, "price": 1.1009}
    with site(tmp_path, *options) as place, place.app() as app:
        made: dict[str, Any] = {}
        deadline = time.monotonic() + 30
        while "id" not in made:
            assert time.monotonic() < deadline, made
            # Near the crest the price is passed already, and the order refused.
            made = app.post("orders", json={**order, "tp": 1.10095, "sl": 1.1002}).json()
        assert made["state"] == "working"
        followed = made
        while followed["state"] == "working":
            assert time.monotonic() < deadline, followed
            followed = app.get(f"orders/{made['id']}").json()
        assert followed["state"] == "filled"
        assert followed["order"]["position_id"] == made["ticket"]
        deals: list[dict[str, Any]] = []
        while len(deals) < 2:
            assert time.monotonic() < deadline, deals
            deals = app.get(f"history/deals?position={made['ticket']}").json()["data"]
        opening, closing = deals
        assert (opening["entry"], opening["order"]) == ("in", made["ticket"])
        assert opening["price"] >= 1.1009
        assert (closing["entry"], closing["reason"]) in {("out", "tp"), ("out", "sl")}
        assert app.get("positions").json()["data"] == []
