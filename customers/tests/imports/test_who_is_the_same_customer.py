"""By number, else phone and a fitting name, else e-mail and a fitting name; what is unclear is asked."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from customers.models import Customer

HEADER = "number,name,phone,email"


@pytest.fixture
def bring(run_import: Any, table: Any) -> Any:
    """`bring(*rows, header=...)`: the dry run must count what the writing then does."""

    def run(*rows: str, header: str = HEADER) -> dict[str, Any]:
        dry = run_import(table(header, *rows), command="import_customers", dry_run=True)
        done = run_import(table(header, *rows), command="import_customers")
        names = ("customers_created", "updated", "unchanged", "errors")
        assert [dry[name] for name in names] == [done[name] for name in names]
        return done

    return run


def stored() -> list[tuple[str, str]]:
    return list(Customer.objects.order_by("pk").values_list("name", "phone"))


# --- another name under one phone ------------------------------------------------------------------------------------
def test_another_name_under_the_same_phone_is_asked_and_nobody_is_renamed(bring, refused):
    result = bring(",Dad,13800138703,", ",Mum,13800138703,")
    assert (result["customers_created"], result["errors"]) == (1, 1)
    assert "Dad" in refused(result)[0]["reason"]
    again = bring(",Kid,013800138703,")
    assert (again["errors"], stored()) == (1, [("Dad", "13800138703")])
    assert Customer.objects.get().number in refused(again)[0]["reason"]


def test_another_name_under_an_address_alone_is_asked_too(bring):
    bring(",甲公司,,info@x.cn")
    assert bring(",乙公司,,INFO@x.cn")["errors"] == 1
    assert bring(",乙公司,13800138001,info@x.cn")["customers_created"] == 1, "with a phone of its own it is another one"


def test_a_number_of_its_own_makes_another_customer_at_the_same_phone(bring):
    assert bring("A1,Dad,13800138703,", "A2,Mum,13800138703,")["customers_created"] == 2


def test_of_two_at_one_phone_the_fitting_one_is_meant(bring):
    bring("A1,Dad,13800138703,", "A2,Mum,13800138703,")
    assert bring(",Mum,13800138703,mum@x.cn")["updated"] == 1
    assert Customer.objects.get(name="Mum").email == "mum@x.cn"


# --- spellings -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("email", ["em.one@example.com", "EM.ONE@EXAMPLE.COM", "ｅm.one@example.com"])
def test_an_address_is_the_same_in_any_case_and_width(bring, email):
    bring(",Em One,,Em.One@Example.com")
    result = bring(f",EM  one,,{email}")
    assert (result["customers_created"], result["unchanged"]) == (0, 1)


def test_letters_that_search_folds_fit_too(bring):
    bring(",Łódź Søren,13800138001,")
    assert bring(",Lodz Soren,13800138001,x@x.cn")["updated"] == 1


NAMES = ["Müller GmbH", "müller gmbh", "Müller  GmbH", unicodedata.normalize("NFD", "Müller GmbH"), "Ｍüller GmbH"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("row", [",{},,", ",{},13800138001,"])
def test_a_name_is_the_same_in_any_spelling(bring, name, row):
    bring(row.format(NAMES[0]))
    assert bring(row.format(name), row.format(NAMES[0]))["unchanged"] == 2
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("name", ["Muller", "MÜLLER", "müller ltd", "Mr Müller"])
def test_accents_titles_and_legal_forms_fit_at_one_phone(bring, name):
    bring(",Müller GmbH,13800138001,")
    assert bring(f",{name},13800138001,")["unchanged"] == 1
    assert stored() == [("Müller GmbH", "13800138001")]


def test_a_number_is_the_same_in_any_width_and_composition(bring):
    bring("Ü-1,甲,,")
    decomposed = unicodedata.normalize("NFD", "Ü-1")
    assert bring(f"{decomposed},甲,,", "Ｕ\u0308-１,甲,,")["unchanged"] == 2


PHONES = [
    "13800138101",
    "013800138101",
    "8613800138101",
    "+86 138-0013-8101",
    "008613800138101",
    "１３８００１３８１０１",
]


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_is_the_same_in_any_spelling(bring, phone):
    bring(",甲,138 0013 8101,")
    assert bring(f",甲,{phone},")["unchanged"] == 1


def test_a_stored_odd_spelling_is_found_too(bring):
    from customers.services import tokens_refresh

    old = Customer.objects.create(number="K0000001", name="甲", phone="0138 0013 8101")
    tokens_refresh([old.pk])
    assert bring(",甲,13800138101,")["customers_created"] == 0


# --- several phones --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sign", ["/", ",", "，", "、", ";", " / ", "|"])
def test_two_phones_in_a_cell_are_two_and_each_finds_the_customer(bring, sign):
    row = f'"13800138401{sign}13800138402"'
    bring(f",甲,{row},")
    customer = Customer.objects.get()
    assert (customer.phone, customer.phone2) == ("13800138401", "13800138402")
    assert {"p:13800138401", "p:13800138402"} <= set(customer.search_tokens)
    assert bring(",甲,13800138402,")["unchanged"] == 1, "the second one means the customer as well"
    customer.refresh_from_db()
    assert customer.phone == "13800138401"


def test_an_extension_does_not_hide_the_number(bring):
    bring(",甲,010-65781234-801,")
    customer = Customer.objects.get()
    assert "p:01065781234" in customer.search_tokens
    assert bring(",甲,010 6578 1234,")["customers_created"] == 0


def test_three_phones_are_refused(bring, refused):
    result = bring(",甲,13800138401/13800138402/13800138403,")
    assert "at most two" in refused(result)[0]["reason"]


# --- numbers ---------------------------------------------------------------------------------------------------------
def test_first_without_and_later_with_a_number_is_asked(bring, refused):
    bring(",恒远机械,13800138501,")
    ours = Customer.objects.get().number
    result = bring("C-77,恒远机械有限公司,13800138501,")
    assert (result["errors"], Customer.objects.count()) == (1, 1)
    assert ours in refused(result)[0]["reason"]
    assert bring(f"{ours},恒远机械有限公司,13800138501,")["updated"] == 1


def test_the_same_inside_one_file_is_asked(bring):
    assert bring(",甲,13800138501,", "C-77,甲,13800138501,")["errors"] == 1


def test_imported_numbers_that_differ_are_different_customers(bring):
    assert bring("S1,连锁店,13800138501,", "S2,连锁店,13800138501,")["customers_created"] == 2


@pytest.mark.parametrize("rows", [("7,甲,13800138001,", "7,乙,13800138002,"), ("7,甲,,", "7,,13800138001,", "7,乙,,")])
def test_one_number_for_two_names_in_a_file_is_refused_and_never_flipped(bring, refused, rows):
    for _time in range(2):
        result = bring(*rows, "8,丙,,")
        assert (result["errors"], Customer.objects.filter(number="7").exists()) == (len(rows), False)
        assert all("甲" in row["reason"] and "乙" in row["reason"] for row in refused(result))
    assert Customer.objects.get().name == "丙"


def test_one_number_with_one_name_may_come_again(bring):
    assert bring("7,甲,13800138001,", "7,甲 ,,a@b.cn")["updated"] == 1


def test_our_next_number_in_the_file_stops_nothing(bring):
    bring(",先,,")
    following = f"K{int(Customer.objects.get().number[1:]) + 1:07d}"
    result = bring(",甲,,", ",乙,,", f"{following},丙,,")
    assert (result["customers_created"], Customer.objects.get(number=following).name) == (3, "丙")


@pytest.mark.parametrize("column", ["number", "credit_code"])
def test_a_number_that_a_spreadsheet_has_damaged_is_refused(bring, refused, column):
    result = bring("甲,1.23457E+17", header=f"name,{column}")
    assert (result["errors"], Customer.objects.count()) == (1, 0)
    assert "damaged by a spreadsheet" in refused(result)[0]["reason"]


# --- what the dry run tells ------------------------------------------------------------------------------------------
def test_the_dry_run_groups_what_it_asks_with_its_rows(run_import, table):
    from intake.models import ImportJob
    from intake.understood import asked_by

    Customer.objects.create(number="K0000001", name="甲", phone="13800138001")
    rows = (
        "1,a,,李强,天猫APP", "2,b,,李强,天猫APP", "3,c,,王五,", ",乙,13800138001,,", "9,,,,",
    )  # fmt: skip
    path = table("number,name,phone,owner_email,channel", *rows)
    run_import(path, command="import_customers", dry_run=True)
    job = ImportJob.objects.get()
    told = {row["code"]: (row["count"], row["rows"], row["names"]) for row in job.counts["questions"]}
    assert told["no_owners"] == (3, [2, 3, 4], ["李强", "王五"])
    assert told["other_names"] == (1, [5], ["甲"])
    assert told["without_name"] == (1, [6], [])
    assert all(one.text for one in asked_by(job))
