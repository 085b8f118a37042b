"""Amounts of orders. Pure: a line is exact in major units, an order's total is rounded once to minor units."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from ui.formatting import minor_digits as digits

LARGEST = 9 * 10**18  # minor units that a bigint holds


class AmountTooLargeError(ValueError):
    """More than can be stored."""


def line_amount(quantity: Decimal, unit_price: Decimal, discount: Decimal = Decimal(0)) -> Decimal:
    """Quantity x unit price less the discount, exact; a discount makes a returned line smaller too."""
    gross = quantity * unit_price
    return gross + abs(discount) if gross < 0 else gross - abs(discount)


def total(amounts: Iterable[Decimal], currency: str) -> int:
    """The order's total in minor units: the exact sum, rounded half up (away from zero) once."""
    return _fitting(sum(amounts, Decimal(0)).scaleb(digits(currency)))


def converted(minor: int, rate: Decimal, *, currency: str, into: str) -> int:
    """Minor units of `currency` as minor units of `into`; `rate` = how much of `into` one unit of `currency` is."""
    return _fitting((Decimal(minor).scaleb(-digits(currency)) * rate).scaleb(digits(into)))


def _fitting(exact: Decimal) -> int:
    rounded = int(exact.quantize(Decimal(1), ROUND_HALF_UP)) if abs(exact) < LARGEST else LARGEST + 1
    if abs(rounded) > LARGEST:
        raise AmountTooLargeError
    return rounded


def written(value: Decimal, decimals: int = 0) -> str:
    """1,234.5 with at least `decimals` digits behind the point and no needless zeros."""
    needed = max(decimals, -int(value.normalize().as_tuple().exponent))
    return f"{value:,.{needed}f}"


def plain(value: Decimal | None) -> Decimal | None:
    """The same number without needless zeros, for a cell of a file: 12.5, 2."""
    return None if value is None else value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()
