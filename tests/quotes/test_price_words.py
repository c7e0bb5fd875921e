"""What people write as a price is found, and what they write otherwise passes (CON-51)."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.catalog.models import RatePlan
from quotes.commercials import CommercialsShown, find_commercials, refuse_commercials
from quotes.price_words import find_price_words

DATA = Path(__file__).parents[1] / "data"
PLANS = ["Business 25", "Standard", "Business"]


def cases(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip()]


def found(text: str) -> str:
    return find_commercials(text) or find_price_words(text, PLANS)


def test_prices_are_found_in_three_languages() -> None:
    """CON-51: amounts, sums, shares, other currencies, words of discounts, rate plans."""
    texts = cases("messages_with_prices.txt")
    assert len(texts) >= 60
    assert [text for text in texts if not found(text)] == []


def test_at_most_two_in_a_hundred_messages_are_refused_wrongly() -> None:
    """CON-51: of 300 messages with quantities, dates, numbers and times."""
    texts = cases("messages_without_prices.txt")
    assert len(texts) >= 300
    wrong = [(text, found(text)) for text in texts if found(text)]
    assert len(wrong) <= len(texts) * 0.02, wrong


@pytest.mark.django_db
def test_the_name_of_a_rate_plan_is_refused(nordlys: object) -> None:
    """CON-51, CON-02: as the catalogue has it today."""
    plan = RatePlan._default_manager.first()
    assert plan is not None
    RatePlan._default_manager.filter(pk=plan.pk).update(name="Gold 17")
    with pytest.raises(CommercialsShown, match="gold 17"):
        refuse_commercials("You keep gold 17 until May.")
    refuse_commercials("You keep 17 golden phones until May.")
