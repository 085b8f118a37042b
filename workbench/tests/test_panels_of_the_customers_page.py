"""The page of a customer shows what apps contribute: by right, masked, read once, in its place."""

from __future__ import annotations

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse

from accounts.models import RoleGrant
from core.contributions import CustomerPanel, registry
from customers.models import Contact, Tag
from workbench.customer_page.panels import customer_page

pytestmark = pytest.mark.django_db
TEMPLATE = "feedback/panels/open_complaints.html"


@pytest.fixture
def contribute(monkeypatch):
    """Add a panel to those of the apps."""
    return lambda panel: monkeypatch.setitem(registry().customer_panels, panel.key, panel)


def shown(user, customer, place="right"):
    return {drawn.panel.key: drawn.shows for drawn in customer_page(user, customer.pk).places[place]}


def test_nothing_is_read_for_who_lacks_the_right(cast, customer, contribute):
    asked = []
    contribute(
        CustomerPanel(
            "extra",
            "right",
            TEMPLATE,
            permission="complaint.view",
            load=lambda user, row: asked.append(user) or 3,
        )
    )
    assert shown(cast.wang, customer)["extra"] == 3
    RoleGrant.objects.filter(role__code="rep", permission="complaint.view").delete()
    user = type(cast.wang).objects.get(pk=cast.wang.pk)
    assert "extra" not in shown(user, customer)
    assert "open_complaints" not in shown(user, customer, "figures")
    assert asked == [cast.wang]


def test_a_panel_with_nothing_to_show_is_left_out(cast, customer, contribute):
    contribute(CustomerPanel("none", "right", TEMPLATE, draw=lambda user, row, found: None))
    contribute(CustomerPanel("empty", "right", TEMPLATE, load=lambda user, row: []))
    contribute(CustomerPanel("zero", "right", TEMPLATE, draw=lambda user, row, found: 0))
    assert {"none", "empty", "zero"} & set(shown(cast.wang, customer)) == {"zero"}


def test_panels_that_share_a_source_ask_it_once(cast, customer, contribute, django_assert_max_num_queries):
    asked, user = [], cast.wang

    def read(user):
        asked.append("read")
        return ArraySubquery(Tag.objects.filter(customers=OuterRef("pk")).values("name"))

    def load(user, row):
        asked.append("load")
        return [1]

    for n in range(2):
        contribute(CustomerPanel(f"read{n}", "right", TEMPLATE, read=read, draw=lambda user, row, found: 1))
        contribute(CustomerPanel(f"load{n}", "left", TEMPLATE, load=load))
    assert {"read0", "read1"} <= set(shown(user, customer))
    assert sorted(asked) == ["load", "read"]


def test_rows_that_are_loaded_are_masked(cast, customer, contribute):
    Contact.objects.create(customer=customer, name="Zhao", phone="+8613900001111")
    found = []
    contribute(
        CustomerPanel(
            "open",
            "left",
            TEMPLATE,
            load=lambda user, row: list(Contact.objects.for_user(user).filter(customer=row)),
            draw=lambda user, row, rows: found.extend(rows) or rows,
        )
    )
    customer_page(cast.auditor, customer.pk)
    assert "phone" in found[0].masked_names
    assert "13900001111" not in found[0].phone


def test_the_line_of_figures_keeps_six(cast, customer, contribute):
    assert "open_complaints" in shown(cast.wang, customer, "figures")
    contribute(CustomerPanel("seventh", "figures", TEMPLATE, 52, draw=lambda user, row, found: 7))
    figures = shown(cast.wang, customer, "figures")
    assert len(figures) == 6
    assert "seventh" in figures
    assert "open_complaints" not in figures  # gives way


def test_cards_at_the_side_say_in_one_line_what_they_hold(cast, customer):
    Contact.objects.create(customer=customer, name="Zhao")
    places = customer_page(cast.wang, customer.pk).places
    folded = {drawn.panel.key: drawn.folded for drawn in [*places["left"], *places["right"]]}
    assert [key for key, line in folded.items() if line is None] == []
    assert (str(folded["people"].title), folded["people"].brief) == ("Contacts", "1")
    assert folded["profile"].brief.endswith("%")


def test_the_next_step_is_never_folded(cast, customer):
    assert all(drawn.folded is None for drawn in customer_page(cast.wang, customer.pk).places["middle"])


def test_beside_a_list_the_page_is_a_part_with_the_same_panels(cast, customer, sign_in):
    page = sign_in(cast.wang).get(reverse("customer", args=[customer.pk]), headers={"HX-Request": "true"})
    text = page.content.decode()
    assert "data-drawn" in text
    assert "<html" not in text
    assert customer.name in text
    assert 'id="timeline"' in text
