"""An address that only takes what a button sends, opened by a reload, leads on instead of showing a blank error."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "above"), [("team_new", "/settings/teams/"), ("logout", "/")])
def test_it_leads_to_the_page_above(sign_in, cast, name, above):
    answer = sign_in(cast.admin).get(reverse(name))
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert f'href="{above}"' in answer.content.decode()


def test_programs_get_their_own_answer(sign_in, cast):
    answer = sign_in(cast.admin).post("/api/v1/users/me/", {})
    assert answer.status_code == 405
    assert answer.headers["Content-Type"].startswith("application/")
