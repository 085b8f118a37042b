"""An amount beside quantity and price must be what the two make; the total of an order is never taken for a line's."""

from decimal import Decimal

import pytest

from sales.models import Order, OrderLine

HEADER = "no,at,qty,price,discount,amount"
MAP = "order_no=no,ordered_at=at,quantity=qty,unit_price=price,discount=discount,amount=amount"


def brought_in(run_import, table, *lines, mapping=MAP, **options):
    return run_import(table(HEADER, *(f"1,2026-05-01,{line}" for line in lines)), mapping, **options)


REFUSED = {
    "total on the first line": (["1,10,,60", "1,50,,"], "stands on one line of this order only"),
    "total on each line": (["1,10,,60", "1,50,,60"], "stands on each line of this order"),
    "a wrong amount": (["1,10,,60"], "The amount 60.00 isn't quantity x unit price less the discount = 10.00."),
    "one wrong line": (["1,10,,10", "1,50,,60"], "The amount 60.00 isn't"),
    "an unknown discount": (["2,50,,90"], "The amount 90.00 isn't"),
    "a discount that doesn't explain it": (["2,50,5,90"], "= 95.00"),
    "a price and no quantity": ([",10,,60"], "The amount 60.00 isn't"),
    "pieces of nothing": (["0,,,60"], "quantity is 0"),
    "small prices": (["1000,0.01,,60"], "The amount 60.00 isn't"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_with_its_order(run_import, table, refused, case):
    lines, reason = REFUSED[case]
    result = brought_in(run_import, table, *lines)
    assert (result["orders"], result["errors"]) == (0, len(lines))
    assert any(reason in row["reason"] for row in refused(result))


TAKEN = {
    "nothing but the amount": ([",,,60"], 6000, (1, 60, 0)),
    "amount and quantity": (["4,,,60"], 6000, (4, 15, 0)),
    "all of them": (["2,30,,60"], 6000, (2, 30, 0)),
    "a discount that explains it": (["2,50,10,90"], 9000, (2, 50, 10)),
    "a discount below zero": (["2,50,-10,90"], 9000, (2, 50, 10)),
    "a cent for each piece": (["3,33.33,,100"], 10000, (3, "33.33", 0)),
    "what was paid after a discount": ([",,5,100"], 10000, (1, 105, 5)),
    "a return by its amount": (["2,30,,-60"], -6000, (-2, 30, 0)),
    "a return by its quantity": (["-2,30,,60"], -6000, (-2, 30, 0)),
    "a return with its discount": (["-2,30,10,-50"], -5000, (-2, 30, 10)),
    "a free line": (["1,0,,0"], 0, (1, 0, 0)),
    "no amount in the row": (["2,30,,"], 6000, (2, 30, 0)),
    "two lines of their own": (["1,10,,10", "1,50,,50"], 6000, (1, 10, 0)),
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_fits_is_stored(run_import, table, case):
    lines, total, (quantity, price, discount) = TAKEN[case]
    assert brought_in(run_import, table, *lines)["errors"] == 0
    assert Order.objects.get().total == total
    line = OrderLine.objects.first()
    assert (line.quantity, line.unit_price, line.discount) == (quantity, Decimal(price), discount)


def test_whoever_says_that_the_amount_counts_gets_the_rest_as_discount(run_import, table, refused):
    result = brought_in(run_import, table, "2,50,,90", "1,20,,15", amount_counts=True)
    assert (result["errors"], Order.objects.get().total) == (0, 10_500)
    assert list(OrderLine.objects.values_list("discount", flat=True)) == [10, 5]
    total = brought_in(run_import, table, "1,10,,60", "1,50,,60", amount_counts=True)
    assert (total["updated"], total["errors"]) == (0, 2), "more than quantity x price is no discount"
