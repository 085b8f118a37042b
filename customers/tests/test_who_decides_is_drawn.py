"""The decision map of a company: whom its people report to, their parts, what matters to them, and what isn't known."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers import services
from customers.decisions import DEEPEST, missing, tree
from customers.models import Contact, Customer
from tests.races import at_once
from workbench.customer_list.export import CONTACT_COLUMNS

pytestmark = pytest.mark.django_db
DECIDER, USER, CHAMPION = (Contact.Authority(code) for code in ("decider", "user", "champion"))


def person(customer: Customer, by: Any, name: str, **fields: Any) -> Contact:
    return services.contact_add(customer=customer, by=by, name=name, **fields)


def reports(contact: Contact, above: Contact | None, by: Any) -> None:
    contact.refresh_from_db()
    services.contact_update(contact=contact, changes={"reports_to": above}, version=contact.version, by=by)


def names(nodes: Any) -> list[Any]:
    return [(node.contact.name, names(node.reports)) for node in nodes]


def test_it_is_a_tree_with_the_deciders_first(cast: Any, customer: Customer) -> None:
    buyer = person(customer, cast.wang, "采购", authority="influencer")
    boss = person(customer, cast.wang, "总经理", authority="decider")
    reports(buyer, boss, cast.wang)
    person(customer, cast.wang, "工人", authority="user", reports_to=buyer)
    person(customer, cast.wang, "工程师", reports_to=buyer)
    found = tree(list(customer.contacts.order_by("pk")))
    assert names(found) == [("总经理", [("采购", [("工人", []), ("工程师", [])])])]


def test_whoever_stands_in_a_circle_of_old_data_is_drawn_once(cast: Any, customer: Customer) -> None:
    one, two, three = (Contact.objects.create(customer=customer, name=name) for name in "ABC")
    for below, above in ((one, two), (two, one), (three, one)):
        Contact.objects.filter(pk=below.pk).update(reports_to=above)
    found = names(tree(list(customer.contacts.order_by("pk"))))
    assert found == [("A", [("C", [])]), ("B", [])]


def test_a_chain_of_any_length_is_drawn_on_so_many_levels(sign_in: Any, cast: Any, customer: Customer) -> None:
    above = None
    for number in range(300):
        above = Contact.objects.create(customer=customer, name=f"P{number:03}", reports_to=above)
    level, levels, drawn = tree(list(customer.contacts.all())), 0, 0
    while level:
        levels, drawn = levels + 1, drawn + len(level)
        level = [below for node in level for below in node.reports]
    assert (levels, drawn) == (DEEPEST, 300)
    page = sign_in(cast.wang).get(f"/customers/{customer.pk}/")
    assert page.status_code == 200
    assert "P299" in page.content.decode()


def test_what_isnt_known_is_said(cast: Any, customer: Customer) -> None:
    boss = Contact(name="总经理", authority="decider", further_roles=["user"])
    assert missing([boss]) == [CHAMPION]
    boss.further_roles = ["champion"]
    assert missing([boss]) == []
    assert boss.roles == [DECIDER, CHAMPION]


def test_each_part_and_concern_is_kept_once_whatever_is_sent(cast: Any, customer: Customer) -> None:
    sent = {"further_roles": ["user", "", *["decider"] * 99], "concerns": ["ease", "roi", "ease"]}
    boss = person(customer, cast.wang, "总经理", **sent)
    assert (boss.further_roles, boss.concerns) == (["decider", "user"], ["roi", "ease"])
    services.contact_update(contact=boss, changes={"concerns": ["roi"] * 99}, version=boss.version, by=cast.wang)
    assert Contact.objects.get(pk=boss.pk).concerns == ["roi"]


def test_nobody_reports_to_themselves_nor_over_others(cast: Any, customer: Customer) -> None:
    one, two, three = (person(customer, cast.wang, name) for name in "ABC")
    reports(two, one, cast.wang)
    reports(three, two, cast.wang)
    for above in (one, three):
        with pytest.raises(ValidationError):
            reports(one, above, cast.wang)
    reports(three, one, cast.wang)
    reports(one, None, cast.wang)


def test_the_page_of_the_company_draws_it_and_leads_to_what_is_missing(
    sign_in: Any, cast: Any, customer: Customer
) -> None:
    boss = person(customer, cast.wang, "总经理", concerns=["roi"], concern_note="两年回本", stance="against")
    page = sign_in(cast.wang)
    url = f"/contacts/{boss.pk}/edit/"
    shown = page.get(f"/customers/{customer.pk}/").content.decode()
    for text in ("Not known yet who decides.", "part not known", "return on the money", "两年回本", "against us"):
        assert text.casefold() in shown.casefold(), text
    assert f"/customers/{customer.pk}/contacts/new/?authority=decider" in shown
    form = page.get(f"/customers/{customer.pk}/contacts/new/?authority=decider").context["form"]
    assert form["authority"].value() == "decider"
    opened = page.get(url).context["form"]
    sent = {"version": boss.version, "original": opened["original"].value(), "name": boss.name, "concerns": ["fit"]}
    said = sent | {"authority": "decider", "further_roles": ["champion"], "stance": "for", "is_primary": "on"}
    assert page.post(url, said).status_code == 302
    boss.refresh_from_db()
    assert (boss.roles, boss.concerns, boss.stance) == (["decider", "champion"], ["fit"], "for")
    shown = page.get(f"/customers/{customer.pk}/").content.decode()
    assert "Not known yet who decides." not in shown
    assert "Speaks for us" in shown


def test_a_superior_in_the_recycle_bin_is_not_told_and_stays(sign_in: Any, cast: Any, customer: Customer) -> None:
    boss = person(customer, cast.wang, "总经理")
    buyer = person(customer, cast.wang, "采购", reports_to=boss)
    services.contact_delete(contact=boss, by=cast.wang)
    client, url = sign_in(cast.wang), f"/contacts/{buyer.pk}/edit/"
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False, [])}
    assert "reports_to" not in sent
    assert client.post(url, sent | {"position": "主管"}).status_code == 302
    buyer.refresh_from_db()
    assert (buyer.position, buyer.reports_to) == ("主管", boss)
    exported = {str(column.head): column for column in CONTACT_COLUMNS}["reports to"]
    assert exported.value(buyer) == ""


def test_a_person_has_no_map(sign_in: Any, cast: Any, customer: Customer) -> None:
    person(customer, cast.wang, "家人")
    Customer.objects.filter(pk=customer.pk).update(kind="person")
    assert "Who decides" not in sign_in(cast.wang).get(f"/customers/{customer.pk}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_close_no_circle(cast: Any, customer: Customer) -> None:
    one, two = person(customer, cast.wang, "A"), person(customer, cast.wang, "B")
    one.refresh_from_db()
    two.refresh_from_db()
    pairs = [(one, two), (two, one)]

    def change(turn: int) -> bool:
        contact, above = pairs[turn]
        changes = {"reports_to": above}
        try:
            services.contact_update(contact=contact, changes=changes, version=contact.version, by=cast.wang)
        except ValidationError:
            return False
        return True

    assert sorted(at_once(change, 2)) == [False, True]
    above = dict(Contact.objects.values_list("pk", "reports_to"))
    assert sum(1 for value in above.values() if value) == 1
