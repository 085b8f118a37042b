"""A birthday may be a day of the lunar calendar that no date can hold: 30 February, a leap month, no year."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.refusals import BadCellError
from customers import birthdays
from customers.models import Customer
from customers.tests.test_two_people_edit_one_file import opened

pytestmark = pytest.mark.django_db
READ = {
    "1990-02-28": ("1990-02-28", False, False),
    "农历二月三十": ("02-30", True, False),
    "农历闰二月初五": ("02-05", True, True),
    "lunar 2023-02-30": ("2023-02-30", True, False),
    "2023年闰二月廿九": ("2023-02-29", True, True),
    "二〇二三年二月三十日（农历）": ("2023-02-30", True, False),
    "腊月卅": ("12-30", True, False),
    "农历：1990年十一月二十一": ("1990-11-21", True, False),
    "公历 1990-02-28": ("1990-02-28", False, False),
}
REFUSED = (
    "2023-02-30", "lunar 2023-03-30", "农历2024年闰二月初五", "农历十三月初一", "农历二月三十一", "lunar 1850-01-01",
    "农历明年", "lunar 2090-01-01", "闰", "农历二月十十", "lunar 2023-02-00",
)  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_both_calendars_are_read_as_people_write_them(text):
    found = birthdays.read(text)
    assert (found.text, found.lunar, found.leap) == READ[text]


@pytest.mark.parametrize("text", REFUSED)
def test_a_day_that_its_calendar_does_not_have_is_refused(text):
    with pytest.raises(BadCellError):
        birthdays.read(text)


@pytest.mark.parametrize("year", range(1950, 2025))
def test_every_day_of_a_lunar_year_can_be_told_and_no_other(year):
    days = 0
    for leap in (False, True):
        for month in range(1, 13):
            for day in range(1, 31):
                try:
                    found = birthdays.read(f"{year}-{month}-{day}", lunar=True, leap=leap)
                except BadCellError:
                    continue
                days += 1
                assert (found.text, found.leap) == (f"{year}-{month:02d}-{day:02d}", leap)
    assert days in (353, 354, 355, 383, 384, 385)


def test_the_api_takes_and_shows_lunar_days(cast):
    api = APIClient()
    api.force_authenticate(cast.wang)
    body = {"name": "李雷", "kind": "person", "birthday": "2023-02-30", "birthday_is_lunar": True}
    made = api.post("/api/v1/customers/", body, format="json")
    assert (made.status_code, made.data["birthday"], made.data["birthday_leap_month"]) == (201, "2023-02-30", False)
    url, tag = f"/api/v1/customers/{made.data['id']}/", made["ETag"]
    leap = api.patch(url, {"birthday": "2023-02-29", "birthday_leap_month": True}, format="json", HTTP_IF_MATCH=tag)
    assert (leap.status_code, leap.data["birthday"], leap.data["birthday_leap_month"]) == (200, "2023-02-29", True)
    wrong = api.patch(url, {"birthday_is_lunar": False}, format="json", HTTP_IF_MATCH=leap["ETag"])
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["birthday"])
    back = api.put(url, {**leap.data, "hobbies": "钓鱼"}, format="json", HTTP_IF_MATCH=leap["ETag"])
    assert (back.status_code, back.data["birthday_leap_month"]) == (200, True)
    solar = {"birthday": "1990-02-28", "birthday_is_lunar": False}
    last = api.patch(url, solar, format="json", HTTP_IF_MATCH=back["ETag"])
    assert [last.data[name] for name in birthdays.FIELDS] == ["1990-02-28", False, False]


HEADER = "number,name,birthday,农历生日,历法"
FILE = {
    "1,A,1990-02-28,,": ("1990-02-28", False, False),
    "2,B,农历二月三十,,": ("02-30", True, False),
    "3,C,,2023-02-30,": ("2023-02-30", True, False),
    "4,D,2023-02-30,,农历": ("2023-02-30", True, False),
    "5,E,农历闰二月初五,,": ("02-05", True, True),
    "6,F,2023-03-21,2023-02-30,公历": ("2023-02-30", True, False),
}


def test_files_bring_lunar_days(run_import, table):
    wrong = ("7,G,2023-02-30,,", "8,H,2023-03-22,2023-02-30,", "9,I,1990-02-28,,x")
    result = run_import(table(HEADER, *FILE, *wrong), command="import_customers")
    assert (result["customers_created"], result["errors"]) == (6, 3)
    stored = {
        row.number: (row.birthday, row.birthday_is_lunar, row.birthday_leap_month) for row in Customer.objects.all()
    }
    assert stored == {row[0]: told for row, told in FILE.items()}
    again = run_import(table(HEADER, *FILE, "5,E,1990-02-28,,"), command="import_customers")
    assert (again["updated"], again["unchanged"]) == (1, 6)
    assert not Customer.objects.get(number="5").birthday_leap_month


def test_the_form_takes_and_the_page_shows_them(cast, customer, sign_in):
    client, url = sign_in(cast.wang), reverse("customer_edit", args=[customer.pk])
    sent = opened(cast.wang, customer) | {"birthday": "农历2023年闰二月廿九"}
    assert client.post(url, sent).status_code == 302
    customer.refresh_from_db()
    assert [getattr(customer, name) for name in birthdays.FIELDS] == ["2023-02-29", True, True]
    assert "2023-02-29, lunar calendar, leap month" in client.get(reverse("customer", args=[customer.pk])).text
    refused = client.post(url, opened(cast.wang, customer) | {"birthday": "2023-02-30", "birthday_leap_month": "on"})
    assert "birthday" in refused.context["form"].errors
    kept = client.post(url, opened(cast.wang, customer) | {"hobbies": "golf"})
    customer.refresh_from_db()
    assert (kept.status_code, customer.hobbies, customer.birthday_leap_month) == (302, "golf", True)
