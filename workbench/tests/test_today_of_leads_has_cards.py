"""Beside a lead's Today stand the cards of the apps, among them the customers that nobody looks after."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def unowned(cast):
    """Two of somebody who left, three in the pool, one that is looked after."""
    cast.li.is_active = False
    cast.li.save()
    owners = [cast.li, cast.li, None, None, None, cast.wang]
    for n, owner in enumerate(owners):
        Customer.objects.create(number=f"U{n}", name=f"客户 {n}", owner=owner, team=cast.shanghai if owner else None)


def figures(client):
    text = client.get(reverse("today")).content.decode()
    card = text.partition("Customers without an owner")[2].partition("</section>")[0]
    return [
        (url.replace("&amp;", "&"), int(n)) for url, n in re.findall(r'href="([^"]+)">[^<]+</a>\s*<b[^>]*>(\d+)', card)
    ]


@pytest.mark.parametrize("who", ["lead", "manager", "admin"])
def test_each_figure_is_that_of_the_list_it_opens(unowned, cast, sign_in, who):
    client = sign_in(getattr(cast, who))
    found = figures(client)
    assert [n for _, n in found] == [2, 3]
    for url, count in found:
        assert client.get(url).content.decode().count('<th scope="row"') == count, url


def test_nobody_without_the_right_to_hand_over_sees_it(unowned, cast, sign_in):
    assert figures(sign_in(cast.wang)) == []


def test_it_is_gone_when_everybody_is_looked_after(cast, customer, sign_in):
    assert figures(sign_in(cast.manager)) == []


def test_who_leads_and_does_not_sell_has_no_card_of_a_month(cast, sign_in):
    assert "My " not in sign_in(cast.manager).get(reverse("today")).content.decode().partition("rail-column")[2]
