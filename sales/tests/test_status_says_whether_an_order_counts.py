"""Orders that aren't paid, are closed or refunded are kept and don't count as sales."""

import pytest

from customers.models import Customer
from sales.imports.states import WORDS, state_of
from sales.models import Order

HEADER = "no,at,customer,amount,status"
MAP = "order_no=no,ordered_at=at,customer_no=customer,amount=amount,status=status"


def states():
    return dict(Order.objects.values_list("number", "state"))


def test_shops_words_become_states(run_import, table):
    rows = ["1,交易成功", "2,等待买家付款", "3,已退款", "4,交易关闭", "5,Paid", "6,on-hold", "7,Refunded", "8,VOIDED"]
    told = [f"{row.split(',')[0]},2026-01-05,C1,10,{row.split(',')[1]}" for row in rows]
    assert run_import(table(HEADER, *told), MAP)["errors"] == 0
    assert states() == {
        "1": "completed", "2": "open", "3": "cancelled", "4": "cancelled",
        "5": "completed", "6": "open", "7": "cancelled", "8": "cancelled",
    }  # fmt: skip
    assert Customer.objects.get().facts.orders_total == 2


def test_no_word_has_two_meanings():
    words = [word for group in WORDS.values() for word in group]
    assert len(words) == len(set(words))
    assert {state_of(word.upper()) for word in WORDS["open"]} == {"open"}


@pytest.mark.parametrize("word", ["maybe", "partially_refunded", "部分退款", ""])
def test_an_unknown_status_is_refused_by_name(run_import, table, refused, word):
    result = run_import(table(HEADER, f"1,2026-01-05,C1,10,{word}", "2,2026-01-05,C1,10,paid"), MAP)
    assert (result["orders"], result["errors"]) == (1, 1)
    reason = refused(result)[0]["reason"]
    assert word in reason
    assert reason.startswith("status: ")


def test_the_first_line_may_speak_for_its_order_but_two_may_not_disagree(run_import, table, refused):
    rows = ["1,2026-01-05,C1,10,pending", "1,2026-01-05,C1,5,", "2,2026-01-05,C1,10,paid", "2,2026-01-05,C1,5,refunded"]
    result = run_import(table(HEADER, *rows), MAP)
    assert states() == {"1": "open"}
    assert {row["reason"] for row in refused(result)} == {
        "The lines of order 2 have two statuses: completed, refunded."
    }


def test_a_status_that_changes_moves_the_order_and_its_customer(run_import, table):
    run_import(table(HEADER, "1,2026-01-05,C1,10,paid"), MAP)
    customer = Customer.objects.get()
    assert customer.facts.orders_total == 1
    result = run_import(table(HEADER, "1,2026-01-05,C1,10,refunded"), MAP)
    assert (result["updated"], states()) == (1, {"1": "cancelled"})
    customer.facts.refresh_from_db()
    assert (customer.facts.orders_total, customer.facts.last_order_on) == (0, None)
    assert run_import(table(HEADER, "1,2026-01-05,C1,10,已退款"), MAP)["updated"] == 0, "another word for the same"


def test_a_file_without_status_leaves_the_state_that_a_person_gave(run_import, table):
    header, mapping = "no,at,customer,amount", MAP.removesuffix(",status=status")
    run_import(table(header, "1,2026-01-05,C1,10"), mapping)
    Order.objects.update(state="cancelled")
    assert run_import(table(header, "1,2026-01-05,C1,12"), mapping)["updated"] == 1
    assert states() == {"1": "cancelled"}


def test_money_that_went_back_counts_once(run_import, table):
    """A refunded purchase doesn't count; so its return doesn't either. The return of one that counts does."""
    rows = ["1,2026-01-05,C1,10,refunded", "R1,2026-01-06,C1,-10,refunded"]
    run_import(table(HEADER, *rows, "2,2026-01-05,C1,8,paid", "R2,2026-01-06,C1,-8,refunded"), MAP)
    assert states() == {"1": "cancelled", "R1": "cancelled", "2": "completed", "R2": "completed"}
    assert sum(order.amount for order in Order.objects.filter(state="completed")) == 0


def test_a_purchase_with_a_return_is_not_refunded_once_more(run_import, table, refused):
    run_import(table(HEADER, "1,2026-01-05,C1,10,paid", "R1,2026-01-06,C1,-4,paid"), MAP)
    result = run_import(table(HEADER, "1,2026-01-05,C1,10,refunded"), MAP)
    assert "Goods of order 1 have come back" in refused(result)[0]["reason"]
    assert states()["1"] == "completed"


def test_a_return_before_its_purchase_is_refused(run_import, table, refused):
    result = run_import(table(HEADER, "1,2026-01-05,C1,10,paid", "R1,2026-01-04,C1,-10,paid"), MAP)
    assert "lies before its purchase" in refused(result)[0]["reason"]
    assert states() == {"1": "completed"}
    result = run_import(table(HEADER, "R1,2026-01-04,C1,-10,paid", "R1b,2026-01-05,C1,-1,paid"), MAP)
    assert (result["returns"], result["errors"]) == (1, 1), "the stored one is seen too"
