"""Drafts are kept for the forms a person has open, not for as many names of forms as a script can invent."""

import pytest
from django.urls import reverse

from core.models import Draft
from ui import drafts

pytestmark = pytest.mark.django_db


def test_the_oldest_drafts_of_a_person_go(cast, sign_in, monkeypatch):
    monkeypatch.setattr(drafts, "MOST", 3)
    drafts.keep(cast.li, "other", "[]")
    client = sign_in(cast.wang)
    for n in (0, 1, 2, 0, 3):  # the first one is typed into again
        client.post(reverse("draft"), {"form_key": f"form:{n}", "data": '[["name", "恒远"]]'})
    assert set(Draft.objects.filter(user=cast.wang).values_list("form_key", flat=True)) == {
        "form:2",
        "form:0",
        "form:3",
    }
    assert drafts.kept(cast.wang, "form:0") == {"name": "恒远"}
    assert drafts.kept(cast.li, "other") == {}
