"""A7: every collection that can be written gets every column of its model and more; what isn't its to write stays."""

import datetime as dt

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import Role
from customers.models import Contact, Customer
from customers.services import interaction_log
from feedback.services import complaint_create
from followups.services import follow_up_create, reminder_create, rhythm_set
from sales.models import Order, Product, Target
from sales.needs.services import need_add
from segmentation.models import ChurnCase
from segmentation.qualification.services import qualify

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
WRITTEN = {
    "customers": {"name", "name_sort", "search_tokens"},
    "contacts": {"name"},
    "interactions": {"summary", "corrected_at"},
    "orders": {"notes"},
    "needs": {"text", "by_hand"},
    "products": {"name", "is_active"},
    "follow-ups": {"purpose"},
    "own-plans": {"purpose", "method", "at_time", "every_days"},
    "reminders": {"text"},
    "complaints": {"text"},
    "targets": {"value"},
    "churn-warnings": {"plan", "cause_note"},
    "qualifications": {"need_note"},
    "notifications": set(),
}
STAMPS = {"version", "updated_at", "updated_by_id"}
TEXTS = {"name", "notes", "purpose", "text", "summary", "need_note", "plan", "cause_note"}
POISON = {
    "id": 999999,
    "pk": 999999,
    "number": "HACKED",
    "version": 77,
    "owner": None,
    "owner_id": None,
    "team": None,
    "team_id": None,
    "role": "administrator",
    "is_staff": True,
    "is_superuser": True,
    "is_active": False,
    "deleted_at": "2026-01-01T00:00:00Z",
    "created_by": None,
    "created_at": "2001-01-01T00:00:00Z",
    "updated_by": None,
    "source": "hacked",
    "tier": "S",
    "facts": {"tier": "S", "last_csat": 5},
    "total": 1,
    "amount": 1,
    "closed_at": "2026-01-01T00:00:00Z",
    "first_response_due_at": "2099-01-01T00:00:00Z",
    "level": "none",
    "p_now": 1.0,
    "p_last": 1.0,
    "value_at_risk": 1,
    "user_id": None,
    "customer_id": None,
    "read_at": "2026-01-01T00:00:00Z",
}


@pytest.fixture
def rows(cast, customer, complaint_of):
    contact = Contact.objects.create(customer=customer, name="顾海明")
    order = Order.objects.create(
        number="A1", customer=customer, ordered_at=NOON, ordered_on=NOON.date(), currency="CNY", total=100, amount=100
    )
    order.lines.create(description="轴承", quantity=1, unit_price=1, amount=1)
    follow_up = follow_up_create(customer=customer, assignee=cast.wang, due_on=NOON.date(), by=cast.wang)
    due = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
    return {
        "customers": customer,
        "contacts": contact,
        "interactions": interaction_log(customer=customer, by=cast.wang, kind="call", result="reached"),
        "orders": order,
        "needs": need_add(customer=customer, text="第二条产线", by=cast.wang),
        "products": Product.objects.create(sku="P1", name="轴承"),
        "follow-ups": follow_up,
        "own-plans": rhythm_set(customer=customer, changes={"every_days": 9}, version=0, by=cast.wang),
        "reminders": reminder_create(user=cast.manager, due_at=due, text="给客户回电", by=cast.manager),
        "complaints": complaint_of,
        "targets": Target.objects.create(user=cast.wang, month=dt.date(2026, 11, 1), value=1),
        "churn-warnings": ChurnCase.objects.create(
            customer=customer, level="red", opened_on=NOON.date(), level_since=NOON.date()
        ),
        "qualifications": qualify(customer=customer, changes={"need": 2}, version=0, by=cast.wang),
    }


@pytest.fixture
def complaint_of(cast, customer):
    return complaint_create(customer=customer, by=cast.wang, text="外壳裂了", category="product")


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("name", [name for name in WRITTEN if name != "notifications"])
def test_a_change_with_every_column_changes_only_what_is_named(api, cast, rows, name):
    row, client = rows[name], api(cast.manager)
    before = columns(type(row)._base_manager.get(pk=row.pk))
    poison = {key: value for key, value in {**before, **POISON}.items() if key not in WRITTEN[name]}
    wanted = {"value": 5} if name == "targets" else dict.fromkeys(WRITTEN[name] & TEXTS, "新的")
    body = DjangoJSONEncoder(ensure_ascii=False).encode(poison | wanted)
    answer = client.client.patch(
        f"/api/v1/{name}/{row.pk}/", body, content_type="application/json", headers={**client.headers, "If-Match": "*"}
    )
    assert answer.status_code in (200, 204, 400), answer.content
    after = columns(type(row)._base_manager.get(pk=row.pk))
    changed = {key for key in after if after[key] != before[key]}
    assert changed <= WRITTEN[name] | STAMPS, changed
    assert after.get("version", 0) != 77


def test_a_new_customer_belongs_to_the_sender_whatever_is_sent(api, cast):
    answer = api(cast.wang).post("customers/", {**POISON, "name": "新客户", "owner": cast.li.pk, "id": 5})
    made = Customer.objects.get(pk=answer.json()["id"])
    assert (made.owner, made.team, made.created_by) == (cast.wang, cast.shanghai, cast.wang)
    assert made.number.startswith("K")
    assert made.pk != 5
    assert made.facts.tier == "unrated"


def test_people_and_roles_cannot_be_written_at_all(api, cast):
    client = api(cast.admin)
    for path in (f"users/{cast.wang.pk}/", f"roles/{Role.objects.first().pk}/", f"teams/{cast.east.pk}/"):
        for method in ("post", "put", "patch", "delete"):
            assert getattr(client, method)(path, {"role": "administrator"}, If_Match="*").status_code == 405
