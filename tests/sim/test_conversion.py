import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitwire.sim.conversion import Conversion, Favor
from pitwire.sim.symbols import CATALOG

PRICES = {
    "EURUSD": (1.25, 1.26),
    "USDJPY": (150.0, 160.0),
    "USDCHF": (0.8, 0.9),
    "AUDUSD": (0.5, 0.625),
}

favors = st.sampled_from(["bid", "ask", "mid"])


@pytest.fixture
def conversion() -> Conversion:
    return Conversion(CATALOG, PRICES.get)


@pytest.mark.parametrize(
    ("favor", "sold", "bought", "expected"),
    [
        ("bid", "EUR", "USD", 125.0),
        ("ask", "EUR", "USD", 126.0),
        ("mid", "EUR", "USD", 125.5),
        ("bid", "JPY", "USD", 100 / 160),
        ("ask", "JPY", "USD", 100 / 150),
        ("mid", "JPY", "USD", 100 / 155),
        ("bid", "CHF", "AUD", 100 / 0.9 / 0.625),
        ("ask", "CHF", "AUD", 100 / 0.8 / 0.5),
        ("bid", "AUD", "JPY", 100 * 0.5 * 150),
    ],
)
def test_the_named_side_of_the_pair_counts_either_way_round(
    conversion: Conversion, favor: Favor, sold: str, bought: str, expected: float
) -> None:
    assert conversion.convert(100.0, sold, bought, favor=favor) == pytest.approx(expected)
    assert conversion.convert(-100.0, sold, bought, favor=favor) == pytest.approx(-expected)


def test_the_pair_itself_comes_before_the_way_through_the_dollar() -> None:
    conversion = Conversion(CATALOG, {**PRICES, "AUDJPY": (77.0, 78.0)}.get)
    assert conversion.convert(1.0, "AUD", "JPY", favor="bid") == 77.0


@given(amount=st.floats(-1e9, 1e9), favor=favors)
def test_the_same_currency_is_left_alone(amount: float, favor: Favor) -> None:
    assert Conversion((), PRICES.get).convert(amount, "XXX", "XXX", favor=favor) == amount


@given(amount=st.floats(0.01, 1e9), pair=st.permutations(["EUR", "USD", "JPY", "CHF", "AUD"]))
def test_nobody_gains_by_going_to_and_fro(amount: float, pair: list[str]) -> None:
    conversion = Conversion(CATALOG, PRICES.get)
    there = conversion.convert(amount, pair[0], pair[1], favor="bid")
    assert conversion.convert(there, pair[1], pair[0], favor="bid") < amount
    assert conversion.convert(there, pair[1], pair[0], favor="ask") == pytest.approx(amount)


@pytest.mark.parametrize("currency", ["GBP", "XYZ", ""])
def test_a_currency_without_a_price_is_an_error(conversion: Conversion, currency: str) -> None:
    with pytest.raises(LookupError, match="No prices lead from"):
        conversion.convert(1.0, currency, "EUR", favor="mid")
