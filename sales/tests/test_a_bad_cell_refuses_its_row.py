"""No cell stops a file: whatever stands in it, its row goes to the error file and the others go in."""

import pytest

from core.refusals import Refusals
from customers.models import Customer
from intake import values
from sales.models import Order

HEADER, MAP = "no,at,customer,amount", "order_no=no,ordered_at=at,customer_no=customer,amount=amount"
GOOD = "2,2026-05-01 10:00,B,20", "3,2026-05-01 10:00,C,30"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("1,2026-05-01 10:00+99:99,A,10", "no time zone +99:99"),
        (f"1,2026-05-01 10:00,A,1{' ' * 30_000}x", "is no number"),
        ("1,2026-05-01 10:00,A,1e999", "is no number"),
        ("1,2026-05-01 10:00,A,$10", "isn't in CNY"),
        ("1,2099-01-01,A,10", "in the future"),
        ("1,2026-05-01 10:00,A,\ud83d\x0010".encode("utf-16-le", "ignore").decode("utf-16-le"), "is no number"),
    ],
)
def test_the_row_is_refused_and_the_others_go_in(run_import, table, refused, row, sentence):
    result = run_import(table(HEADER, GOOD[0], row, GOOD[1], encoding="utf-16"), MAP)
    assert (result["rows"], result["orders"], result["errors"]) == (3, 2, 1)
    assert sentence in refused(result)[0]["reason"]
    assert set(Order.objects.values_list("number", "total")) == {("2", 2000), ("3", 3000)}


def test_an_error_nobody_foresaw_refuses_the_row_too(run_import, table, refused, monkeypatch):
    plain = values.moment

    def moment(text, *args):
        return plain(text, *args) if text.startswith("2026") else [][1]

    monkeypatch.setattr(values, "moment", moment)
    result = run_import(table(HEADER, GOOD[0], "1,never,A,10", GOOD[1]), MAP)
    assert (result["orders"], result["errors"]) == (2, 1)
    assert "error on our side" in refused(result)[0]["reason"]


def test_what_is_logged_names_the_place_and_not_the_cell(caplog):
    refusals = Refusals()
    try:
        int("13800138000x")
    except ValueError as error:
        refusals(7, error)
    assert "ValueError" in caplog.text
    assert "13800138000x" not in caplog.text


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("1,A,2026-05-01 10:00+99:99,,", "no time zone"),
        ("1,A,2126-01-01,,", "in the future"),
        ("1,A,0001-01-01,,", "before the year 1900"),
        ("1,A,,2126-01-01,", "in the future"),
        ("1,A,,,what\x00ever", "is no kind"),
        ("\u200b,\u3164,,,", "Neither a name nor a number"),
    ],
)
def test_customers_likewise(run_import, table, refused, row, sentence):
    path = table("number,name,birthday,founded on,kind", "8,B,1990-02-28,1892-01-01,", row, "9,C,,,", encoding="utf-16")
    result = run_import(path, command="import_customers")
    assert (result["customers_created"], result["errors"]) == (2, 1)
    assert sentence in refused(result)[0]["reason"]
    assert set(Customer.objects.values_list("name", flat=True)) == {"B", "C"}


def test_notes_lose_what_can_not_be_stored(run_import, table):
    run_import(table("number,name,notes", "1,A,one\x00two", encoding="utf-16"), command="import_customers")
    assert Customer.objects.get().notes == "one two"
