"""Two customers with something of every kind at each, and what stands in the tables about them."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection

from core import clock
from customers import services
from customers.duplicates import merge
from customers.duplicates.children import Child, children
from customers.models import Customer, CustomerMerge, Tag
from feedback.services import complaint_create
from followups.models import Place, Rhythm
from followups.services import follow_up_create, reminder_create
from sales.services import order_create
from sales.services.lines import Line

# Not of a customer as people know it: what a night or a sweep still has to do, and the merge itself.
BESIDE = frozenset({"customers.CustomerMerge", "customers.DuplicatePair"})
GOES_ON = frozenset({"version"})  # so that nobody saves over a row that was read in between


def filled(cast: Any, name: str, **more: Any) -> Customer:
    """A customer with contact, log, order, complaint, plans, tags, share, follower and consent."""
    by, day = cast.wang, clock.business_date()
    customer = services.customer_create(by=by, owner=by, name=name, contact_name=f"{name}的人", **more)
    services.interaction_log(customer=customer, by=by, kind="call", result="done", summary=name)
    order_create(
        customer=customer,
        by=by,
        ordered_at=clock.now() - timedelta(days=3),
        lines=[Line(quantity=Decimal(1), unit_price=Decimal(100), description=name)],
    )
    complaint_create(customer=customer, by=by, text=name, category="quality")
    follow_up_create(customer=customer, by=by, assignee=by, due_on=day + timedelta(days=2), purpose=name)
    reminder_create(user=by, by=by, customer=customer, due_at=clock.now() + timedelta(days=1), text=name)
    services.customers_tag(customer_ids=[customer.pk], tag=Tag.objects.get_or_create(name="老客户")[0], by=by)
    services.customers_tag(customer_ids=[customer.pk], tag=Tag.objects.get_or_create(name=name)[0], by=by)
    services.customer_share(customer=customer, user=cast.li, by=by)
    services.customer_follow(customer=customer, by=by)
    services.consent_record(customer=customer, allowed=True, by=by, topic="marketing")
    Place.objects.create(customer=customer, latitude=31, longitude=121)
    Rhythm.objects.create(customer=customer, every_days=30)
    return Customer.objects.get(pk=customer.pk)


def become_one(survivor: Customer, gone: Customer, by: Any, **changes: Any) -> CustomerMerge:
    """The merge as somebody does it who has just read both."""
    read = Customer.all_objects.in_bulk([survivor.pk, gone.pk])
    versions = {pk: row.version for pk, row in read.items()}
    return merge.customers_merge(survivor=survivor, gone=gone, versions=versions, changes=changes, by=by)


def picture() -> dict[str, list[str]]:
    """Every column of every row at a customer, and of the customers; without versions, which go on."""
    found = {"customers.Customer": _rows("customers.Customer")}
    for child in children():
        if child.label not in BESIDE:
            found[child.key] = _rows(child.label)
    return found


def _rows(label: str) -> list[str]:
    model = apps.get_model(label)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t) FROM {model._meta.db_table} t")
        rows = [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]
    kept = [{name: value for name, value in row.items() if name not in GOES_ON} for row in rows]
    return sorted(json.dumps(row, sort_keys=True) for row in kept)


def counted() -> Counter[str]:
    """How many rows name a customer by each foreign key: none may be lost, none made twice."""
    return Counter({child.key: named(child).count() for child in children() if child.label not in BESIDE})


def named(child: Child) -> Any:
    """Rows that name any customer."""
    return child.rows().exclude(**{child.name: None})
