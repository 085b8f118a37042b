"""`bench --weigh` counts what ten pages cost, the same figures on any machine."""

import json

import pytest
from django.core.management import call_command

from demo.bench.weight import Elements

pytestmark = pytest.mark.django_db


def test_ten_pages_are_counted_and_the_same_twice(cast, customer, capsys):
    def weighed():
        call_command("bench", weigh=True, user=cast.wang.email, json=True)
        return json.loads(capsys.readouterr().out.splitlines()[-1])[cast.wang.email]

    pages = weighed()
    assert len(pages) == 10
    assert all(page["calls"] > 1000 and page["elements"] > 100 and page["statements"] > 0 for page in pages)
    again = {page["name"]: page for page in weighed()}
    for page in pages:
        assert again[page["name"]]["elements"] == page["elements"]
        assert again[page["name"]]["calls"] == pytest.approx(page["calls"], rel=0.02)


def test_what_waits_in_a_template_is_no_element_of_the_page():
    assert Elements("<ul><li>1</li></ul><template><b>2</b></template><br>").count == 4
