"""What a sum of preferences counts: a product by its id, or one of these, whose numbers no product has."""

from __future__ import annotations

from datetime import date, timedelta

from core.digits import whole_number
from segmentation.models import ScoreRun

ANY = 0  # anything but fees and discounts; its net sales are those of all orders
WITHOUT = -1  # lines without a product, and orders without lines
FEES = -2  # products that count as a fee or a discount
BEYOND = -3  # products beyond those that are kept by name
NAMED = {"any": ANY, "without": WITHOUT, "fees": FEES, "beyond": BEYOND}  # as addresses and the API call them
WORDS = {item: word for word, item in NAMED.items()}


def read(text: str) -> int | None:
    """The item that an address names: a product's id or a word."""
    if text in NAMED:
        return NAMED[text]
    return whole_number(text) or None


def written(item: int) -> str:
    """The same for an address."""
    return WORDS.get(item, str(item))


def start_of(run: ScoreRun) -> date:
    """The first of the days that count."""
    return run.as_of - timedelta(days=run.window_days - 1)
