"""Industry, size and standing over the API: read as codes, written by code or name, and narrowed by."""

import pytest

from customers.models import Customer, Industry

pytestmark = pytest.mark.django_db
FIELDS = {"industry": "textiles", "company_size": "10-49", "market_standing": "leader"}


def test_written_by_code_or_name_and_read_as_codes(api, cast):
    rep = api(cast.wang)
    sent = {
        "name": "甲公司",
        "kind": "company",
        "industry": "纺织服装",
        "company_size": "25",
        "market_standing": "leader",
    }
    made = rep.post("customers/", sent)
    assert made.status_code == 201, made.content
    assert {name: made.json()[name] for name in FIELDS} == FIELDS
    changed = rep.patch(f"customers/{made.json()['id']}/", {"industry": None}, If_Match=made["ETag"])
    assert changed.json()["industry"] is None


@pytest.mark.parametrize("word", ["航天", 7, ["textiles"]])
def test_an_unknown_word_is_refused_at_its_field(api, cast, word):
    refused = api(cast.wang).post("customers/", {"name": "甲公司", "industry": word})
    assert refused.status_code == 400
    assert "isn't in the company's list" in refused.json()["errors"]["industry"][0]
    assert not Customer.objects.filter(name="甲公司").exists()


def test_a_retired_one_is_not_given_anew(api, cast):
    Industry.objects.filter(code="textiles").update(is_active=False)
    assert api(cast.wang).post("customers/", {"name": "甲", "industry": "textiles"}).status_code == 400


@pytest.mark.parametrize(("name", "code"), FIELDS.items())
def test_narrowed_by_code(api, cast, customer, name, code):
    field = Customer._meta.get_field(name)
    Customer.objects.filter(pk=customer.pk).update(**{name: field.related_model.objects.get(code=code)})
    Customer.objects.create(number="K2", name="乙", owner=cast.wang, team=cast.shanghai)
    found = api(cast.wang).get(f"customers/?{name}={code}").json()["results"]
    assert [row["id"] for row in found] == [customer.pk]
