"""What can't be is refused on the pages of settings, in a sentence that says what can; what was typed stays."""

import pytest

pytestmark = pytest.mark.django_db

RADIUS = "Enter a whole number from 50 to 5000."
QUIET = "Quiet hours must end at another time than they begin; they may end on the next day."
BEFORE = "The solution can&#x27;t be due before the first response."


@pytest.mark.parametrize(
    ("page", "typed", "sentence"),
    [
        ("/settings/company/", {"check_in_radius": "-5"}, RADIUS),
        ("/settings/company/", {"check_in_radius": "12.5"}, RADIUS),
        ("/settings/company/", {"check_in_radius": "99999999999"}, RADIUS),
        ("/settings/company/", {"quiet_from": "22:00", "quiet_until": "22:00"}, QUIET),
        ("/settings/files/", {"largest_mb": "51"}, "Enter a whole number from 1 to 50."),
        ("/settings/files/", {"quota_mb": "much"}, "Enter a whole number from 1 to 100000000."),
        ("/settings/files/", {"largest_mb": "30", "quota_mb": "20"}, "room for one file at least: 30 MB."),
        ("/settings/backup/", {"keep": "0"}, "Enter a whole number from 1 to 365."),
        ("/settings/complaints/high/", {"response": "30", "response_unit": "days"}, BEFORE),
        (
            "/settings/complaints/high/",
            {"response": "3", "response_unit": "days", "solution": "10", "solution_unit": "work"},
            BEFORE,
        ),
        ("/settings/complaints/high/", {"response": "60", "solution": "2", "solution_unit": "days"}, BEFORE),
    ],
)
def test_it_is_refused_and_kept(cast, sign_in, page, typed, sentence):
    client = sign_in(cast.admin)
    form = client.get(page).context["form"]
    opened = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    refused = client.post(page, opened | typed)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert sentence in text
    assert all(f'value="{value}"' in text for value in typed.values())


def test_own_quiet_hours_end_at_another_time_than_they_begin(cast, sign_in):
    typed = {"quiet": "own", "quiet_from": "22:00", "quiet_until": "22:00"}
    refused = sign_in(cast.wang).post("/profile/ways/", typed)
    assert refused.status_code == 422
    assert QUIET in refused.content.decode()
