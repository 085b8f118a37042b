"""Before the first order pages say in words how many contacts there were of those it takes, and not to stop early."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core import clock
from customers import persistence
from customers.models import CustomerFacts
from followups.customer_page import no_response
from followups.services import follow_up_create

pytestmark = pytest.mark.django_db
IN_WORDS = "Activity 4 of 5. Most decide only by activity 5: stay in touch."
IN_BRIEF = "activity 4 of 5"


def planned(make, cast, **more):
    customer = make(stage="needs", **{"touches": 4, **more})
    follow_up_create(customer=customer, assignee=cast.wang, due_on=clock.business_date(), by=cast.wang)
    return customer


def pages(client, customer):
    client.cookies["django_language"] = "en"
    shown = {
        "file": reverse("customer", args=[customer.pk]),
        "log": f"{reverse('interaction_new')}?customer={customer.pk}",
        "today": reverse("today"),
        "follow-ups": reverse("follow_up_list"),
        "customers": f"{reverse('customer_list')}?columns=touches",
    }
    return {name: client.get(path).content.decode() for name, path in shown.items()}


def test_file_form_today_and_lists_say_it(make, cast, sign_in):
    found = pages(sign_in(cast.wang), planned(make, cast))
    assert IN_WORDS in found["file"]
    assert IN_WORDS in found["log"]
    assert IN_BRIEF in found["today"]
    assert IN_BRIEF in found["follow-ups"]


@pytest.mark.parametrize(
    "more",
    [{"touches": 0}, {"touches": 5}, {"first_order": 20}, {"stage": "paused"}, {"do_not_contact": True}],
    ids=["nobody began", "often enough", "has bought", "paused", "not to be contacted"],
)
def test_where_it_says_nothing_it_isnt_said(make, more):
    customer = make(**{"stage": "needs", "touches": 4, **more})
    assert (persistence.hint(customer), persistence.brief(customer)) == ("", "")


def test_who_may_let_go_reads_how_many_there_were(make, cast, sign_in):
    customer = planned(make, cast, unanswered=3)
    customer.facts = CustomerFacts.objects.get(pk=customer.pk)
    assert no_response.draw(cast.wang, customer, []).so_far == IN_WORDS
    page = sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()
    assert IN_WORDS in page.split('id="no-response"')[1].split("</section>")[0]
