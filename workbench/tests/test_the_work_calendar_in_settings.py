"""The work calendar: seen by who sees settings, changed a day at a time or by a list, on record, never over others."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry
from core import company, workcalendar
from core.models import Company, WorkDay
from workbench.settings.calendar.reading import lines_of, understood
from workbench.settings.services import company_change

pytestmark = pytest.mark.django_db
URL = "/settings/calendar/"
DAY = date(2026, 12, 24)


@pytest.fixture
def send(django_capture_on_commit_callbacks):
    """Posts as the transaction of a real request would end."""

    def post(client, url, sent):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(url, sent)

    return post


def opened(client, url):
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


def test_a_year_shows_days_off_swapped_days_and_how_many_are_worked(cast, sign_in):
    page = sign_in(cast.auditor).get(URL, {"year": "2026"})
    year = page.context["year"]
    assert (year.working, year.guessed, len(year.months)) == (248, False, 12)
    assert ("10", "worked (National Day)", False) in year.months[9].notes
    assert "1–7" in {days for days, _words, _own in year.months[9].notes}
    assert "/settings/calendar/2026-" not in page.content.decode(), "who only looks has no links"


def test_a_year_that_is_not_published_says_so(cast, sign_in):
    client = sign_in(cast.admin)
    assert "of 2027 isn" in client.get(URL, {"year": "2027"}).content.decode()
    assert "known here yet" not in client.get(URL, {"year": "2026"}).content.decode()
    assert client.get(URL, {"year": "99999"}).status_code == 200


def test_a_day_is_made_free_by_two_taps_named_and_made_usual_again(cast, sign_in, send):
    client, url = sign_in(cast.admin), reverse("calendar_day", args=[DAY])
    assert opened(client, url)["working"] == "off"
    assert send(client, url, opened(client, url) | {"name": " 年会 "}).url == f"{URL}?year=2026#m12"
    assert not workcalendar.is_working(DAY)
    assert workcalendar.explained(DAY).name == "年会"
    send(client, url, opened(client, url) | {"name": "答谢会"})
    assert WorkDay.objects.get().name == "答谢会"
    send(client, reverse("calendar_day_remove", args=[DAY]), {})
    assert workcalendar.is_working(DAY)
    acts = AuditEntry.objects.filter(act__startswith="calendar.").order_by("id")
    assert [line.act for line in acts] == ["calendar.add", "calendar.name", "calendar.remove"]
    page = client.get(URL).content.decode()
    assert "Entered days of the calendar" in page
    assert "24 Dec 2026" in page


def test_several_days_in_a_row_are_entered_at_once_or_not_at_all(cast, sign_in, send):
    client = sign_in(cast.admin)
    WorkDay.objects.create(date=date(2026, 12, 26), working=True, name="盘点")
    sent = {"working": "off", "name": "Closed", "until": "2026-12-27"}
    refused = send(client, reverse("calendar_day", args=[DAY]), sent)
    assert refused.status_code == 422
    assert "26 Dec 2026 has an entry already (盘点)" in refused.content.decode().replace("Sat ", "")
    assert "2026-12-27" in refused.content.decode(), "nothing typed is lost"
    WorkDay.objects.all().delete()
    assert send(client, reverse("calendar_day", args=[DAY]), sent).status_code == 302
    assert WorkDay.objects.filter(working=False, name="Closed").count() == 4
    assert (
        send(client, reverse("calendar_day", args=[DAY.replace(day=20)]), sent | {"until": "2026-12-01"}).status_code
        == 422
    )


def test_two_names_for_one_day_are_asked_side_by_side(cast, sign_in, send):
    client, url = sign_in(cast.admin), reverse("calendar_day", args=[DAY])
    WorkDay.objects.create(date=DAY, working=False, name="old")
    sent = opened(client, url)
    WorkDay.objects.update(name="theirs")
    asked = send(client, url, sent | {"name": "mine"})
    assert asked.status_code == 409
    assert (asked.context["fields"][0].mine[1], asked.context["fields"][0].theirs[1]) == ("mine", "theirs")


def test_the_week_is_set_merged_and_refused_where_it_is_none(cast, sign_in, send):
    client, url = sign_in(cast.admin), reverse("calendar_week")
    sent = opened(client, url)
    assert sent["working_week"] == "12345"
    company_change(row=Company.objects.get(), changes={"name": "theirs"}, by=cast.admin)
    assert send(client, url, sent | {"working_week": ["2", "3", "4", "5", "6"]}).status_code == 302
    assert company.company_now().working_week == "23456"
    assert workcalendar.is_working(date(2026, 11, 28))
    assert not workcalendar.is_working(date(2026, 11, 30))
    page = client.get(URL).content.decode()
    assert "Monday, Tuesday, Wednesday, Thursday, Friday" in page, "what it was"
    wrong = send(client, url, opened(client, url) | {"working_week": [], "work_until": "08:00"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"working_week", "work_until"}


def test_a_week_changed_by_two_people_is_asked_in_words(cast, sign_in, send):
    client, url = sign_in(cast.admin), reverse("calendar_week")
    sent = opened(client, url)
    company_change(row=Company.objects.get(), changes={"working_week": "123456"}, by=cast.admin)
    asked = send(client, url, sent | {"working_week": ["1", "2"]})
    assert asked.status_code == 409
    (question,) = asked.context["fields"]
    assert question.mine == ("12", "Monday, Tuesday")
    assert send(client, url, dict(asked.context["kept"]) | {"working_week": "12"}).status_code == 302
    assert company.company_now().working_week == "12"


PASTED = """日期	类型	名称
2027年2月8日	休	春节
2027-02-20	上班	春节调休
2027.2.30	休	没有
2027-02-08	上班	
xx	休
"""


def test_a_pasted_list_is_shown_first_and_written_when_confirmed(cast, sign_in, send):
    client, url = sign_in(cast.admin), reverse("calendar_import")
    shown = send(client, url, {"text": PASTED})
    assert shown.status_code == 422
    assert not WorkDay.objects.exists()
    assert [row.place for row in shown.context["refused"]] == [4, 5, 6]
    assert shown.context["changing"] == 1, "8 February is off already and called so"
    done = send(client, url, {"text": shown.context["text"], "confirmed": "1"})
    assert done.status_code == 302
    assert list(WorkDay.objects.values_list("date", "working", "name")) == [(date(2027, 2, 20), True, "春节调休")]
    assert AuditEntry.objects.get(act="calendar.import").details["days"] == 1


def test_a_workbook_is_read_and_its_rows_go_on_as_text(cast, sign_in, send):
    book = openpyxl.Workbook()
    for row in (["name", "date", "working"], ["Founding day", date(2026, 12, 24), "off"], ["?", "soon", "off"]):
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    upload = SimpleUploadedFile("days.xlsx", content.getvalue())
    client, url = sign_in(cast.admin), reverse("calendar_import")
    shown = send(client, url, {"file": upload})
    assert [entry.name for entry, _now in shown.context["entries"]] == ["Founding day"]
    assert "soon" in shown.context["form"]["text"].value(), "to be corrected and sent again"
    send(client, url, {"text": shown.context["text"], "confirmed": "1"})
    assert WorkDay.objects.get().name == "Founding day"


def test_nothing_and_no_table_are_refused_with_a_sentence(cast, sign_in, send):
    client, url = sign_in(cast.admin), reverse("calendar_import")
    assert "Choose a file, or paste a list" in send(client, url, {"text": " "}).content.decode()
    broken = send(client, url, {"file": SimpleUploadedFile("days.xlsx", b"PK\x03\x04 broken")})
    assert broken.status_code == 422
    assert broken.context["form"].errors["file"]


@pytest.mark.parametrize(
    ("line", "order", "wanted"),
    [
        ("2026-12-24", "", (DAY, False, "")),
        ("24/12/2026,work,Stocktaking", "dmy", (DAY, True, "Stocktaking")),
        ("2026年12月24日 星期四 休息 年会", "", (DAY, False, "年会")),
        ("20261224;1;Inventory day", "", (DAY, True, "Inventory day")),
        ("24/12/2026,work", "", None),
        ("2026-12-24,work,off", "", None),
        ("holiday", "", None),
    ],
)
def test_what_a_line_says(line, order, wanted):
    entries, refused = understood(lines_of(line if wanted else f"1\n{line}"), order)
    assert [(one.date, one.working, one.name) for one in entries] == ([wanted] if wanted else [])
    assert bool(refused) is (wanted is None)


def test_what_is_exported_can_be_imported_again(cast, sign_in, send):
    client = sign_in(cast.admin)
    WorkDay.objects.create(date=DAY, working=False, name="年会")
    text = client.get(reverse("calendar_export")).content.decode("utf-8-sig")
    assert text.splitlines() == ["date,working,name", "2026-12-24,off,年会"]
    ((entry,), refused) = understood(lines_of(text), "")
    assert (entry.date, entry.working, entry.name, refused) == (DAY, False, "年会", [])


def test_who_only_sees_settings_changes_nothing(cast, sign_in, send):
    client = sign_in(cast.auditor)
    assert client.get(reverse("calendar_day", args=[DAY])).status_code == 403
    assert send(client, reverse("calendar_import"), {"text": "2026-12-24", "confirmed": "1"}).status_code == 403
    assert not WorkDay.objects.exists()
