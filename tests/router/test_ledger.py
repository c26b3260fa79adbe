from dataclasses import replace
from pathlib import Path

import pytest

from pitwire import errors
from pitwire.database import Database
from pitwire.router.intent import Intent, IntentState
from pitwire.router.ledger import IDEMPOTENCY_RETENTION_S, MIGRATIONS, Ledger
from pitwire.router.registry import utc_msc
from pitwire.wire.fields import UINT64_MAX
from pitwire.wire.records import TradeResult

pytestmark = pytest.mark.anyio


def intent(order_id: str = "1", **changes: object) -> Intent:
    new = Intent(
        id=order_id,
        terminal="demo",
        owner="o",
        command="ORDER_SEND",
        fields={"symbol": "EURUSD", "volume": 0.1},
        state=IntentState.SENDING,
        created_msc=1,
        updated_msc=1,
        deadline_msc=2,
        login=UINT64_MAX,
        idempotency_key="k",
        fingerprint="f",
    )
    return replace(new, **changes)  # type: ignore[arg-type]


async def test_what_is_written_is_read_back_whole(ledger: Ledger) -> None:
    first = intent()
    assert await ledger.begin(first) == first
    result = TradeResult(retcode=10009, order=UINT64_MAX, price=float("nan"))
    done = replace(first, state=IntentState.DONE, result=result, utc_offset_s=7200, updated_msc=9)
    assert repr(await ledger.settle(done)) == repr(done)
    assert repr(ledger.get("1")) == repr(done)
    assert ledger.get("2") is None
    assert ledger.unsettled() == []


async def test_the_same_key_returns_the_first_intent(ledger: Ledger) -> None:
    await ledger.begin(intent("1"))
    assert (await ledger.begin(intent("2"))).id == "1"
    assert (await ledger.begin(intent("3", owner="other"))).id == "3"
    assert (await ledger.begin(intent("4", terminal="other"))).id == "4"
    assert (await ledger.begin(intent("5", command="ORDER_REMOVE"))).id == "5"
    assert (await ledger.begin(intent("6", idempotency_key=None))).id == "6"
    found = ledger.find(intent("7"))
    assert found is not None
    assert found.id == "1"
    assert ledger.find(intent("7", idempotency_key=None)) is None


async def test_a_settled_intent_never_changes(ledger: Ledger) -> None:
    await ledger.begin(intent())
    done = await ledger.settle(intent(state=IntentState.DONE, updated_msc=5))
    assert await ledger.settle(intent(state=IntentState.NOT_SENT, updated_msc=6)) == done


async def test_old_keys_are_forgotten_and_open_ones_kept(ledger: Ledger) -> None:
    old = utc_msc() - (IDEMPOTENCY_RETENTION_S + 60) * 1000
    await ledger.begin(intent("1", updated_msc=old))
    await ledger.begin(intent("2", idempotency_key="k2", updated_msc=old))
    await ledger.settle(intent("2", state=IntentState.DONE, updated_msc=old))
    await ledger.begin(intent("3", idempotency_key="k3"))
    await ledger.settle(intent("3", state=IntentState.DONE, updated_msc=utc_msc()))
    await ledger.forget_old_keys()
    assert ledger.find(intent()) is not None
    assert ledger.find(intent(idempotency_key="k2")) is None
    assert ledger.find(intent(idempotency_key="k3")) is not None


async def test_pins_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "bridge.sqlite"
    with Database(path, MIGRATIONS) as database:
        await Ledger(database).pin("demo", UINT64_MAX, "Server")
        await Ledger(database).pin("demo", UINT64_MAX, "Other")
    with Database(path, MIGRATIONS) as database:
        assert Ledger(database).pins() == {"demo": (UINT64_MAX, "Other")}


async def test_a_ledger_that_cannot_be_written_says_that_nothing_was_sent(tmp_path: Path) -> None:
    with Database(tmp_path / "bridge.sqlite", MIGRATIONS) as database:
        await database.commit(lambda connection: connection.execute("DROP TABLE intents"))
        with pytest.raises(errors.LedgerUnavailable) as caught:
            await Ledger(database).begin(intent())
        assert caught.value.outcome == "not_sent"
