import pytest
from tests.router.scripted import running, welcome
from tests.router.test_registry import PERMISSIONS

from pitwire.router.ledger import Ledger
from pitwire.router.registry import utc_msc
from pitwire.terminal.messages import Pushed
from pitwire.wire.events import EventCode, Heartbeat

pytestmark = pytest.mark.anyio


async def test_deliveries_reach_their_rooms(ledger: Ledger) -> None:
    async with running(ledger, live=False) as (router, link):
        assert router.terminal("demo").login is None
        link.up(login=3, utc_offset_s=3600)
        assert router.terminal("demo").login == 3
        assert router.broker_msc("demo", 1000) == 3_601_000
        beat = Heartbeat(
            clock_msc=utc_msc(), utc_offset_s=7200, tick_msc=0, permissions=PERMISSIONS
        )
        router.deliver(
            [
                Pushed("demo", EventCode.HEARTBEAT, beat.packed()),
                Pushed("demo", EventCode.TICKS, {}),
                Pushed("demo", 999, {}),
            ]
        )
        assert router.broker_msc("demo", 1000) == 7_201_000
        assert [view.name for view in router.terminals()] == ["demo"]
        assert router.is_simulated("demo")
        link.down()
        assert router.terminal("demo").login is None


async def test_a_pin_is_kept_in_the_database(ledger: Ledger) -> None:
    async with running(ledger) as (router, _):
        assert router.terminal("demo").pinned_login == 1
    assert ledger.pins() == {"demo": (1, "Demo")}
    assert welcome().login == 1
