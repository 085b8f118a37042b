"""A10: random requests by the OpenAPI schema; every request is taken back, so the rows are always there to be hit.

Most requests name a row that exists, and most changes its present version: else nearly all would end in 404 and 428.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks

from accounts.authentication import digest_of
from accounts.models import ApiToken, User
from crm.wsgi import application
from customers.models import Contact
from customers.services import customer_create, interaction_log
from feedback.services import complaint_create
from followups.models import Notice
from followups.services import follow_up_create, reminder_create, rhythm_set
from sales.models import Product, Target
from sales.needs.services import need_add
from sales.services import Line, order_create
from segmentation.models import ChurnCase, ScoreInterval, ScoreRun
from segmentation.qualification.services import qualify

SCHEMA = "/api/v1/schema/?format=json"
KEY = "fuzzing-key"
NAMED = {"customer": "customers", "owner": "users", "assignee": "users", "user": "users", "contact": "contacts"}
AIMED = 0.7  # share of the requests that name a row that exists, and its present version
# A body that fits the schema may still be refused by what the rows say (a customer out of reach, a step out of turn).
LEFT_OUT = ("positive_data_acceptance",)
load_all_checks()
CHECKED = [check for check in CHECKS.get_all() if getattr(check, "__name__", "") not in LEFT_OUT]


class TakenBack(Exception):
    """Ends a request's transaction without writing."""


@contextmanager
def one_connection() -> Iterator[None]:
    """Requests of a WSGI server close the test's connection, which holds its transaction; not inside of this."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def rows_to_hit(cast: Any) -> dict[str, int]:
    """One row of each collection that the whole team may see: {collection: id}."""
    now = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
    customer = customer_create(by=cast.wang, name="恒远机械", owner=cast.wang, kind="company", phone="13812345678")
    case = ChurnCase.objects.create(customer=customer, level="red", opened_on=now.date(), level_since=now.date())
    ScoreRun.objects.create(as_of=now.date(), started_at=now, published_at=now)
    score = {"valid_from": now.date(), "tier_scheme": "b2b", "tier": "A", "lifecycle": "loyal"}
    notice = {"key": "n1", "kind": "day", "due_at": now, "numbers": {"due": 1}}
    due = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
    line = Line(quantity=1, unit_price=10, description="轴承")
    made = {
        "customers": customer,
        # While nothing was bought yet.
        "qualifications": qualify(customer=customer, changes={"need": 2}, version=0, by=cast.wang),
        "contacts": Contact.objects.create(customer=customer, name="顾海明"),
        "interactions": interaction_log(customer=customer, by=cast.wang, kind="call", result="reached"),
        "orders": order_create(customer=customer, by=cast.wang, ordered_at=now, lines=[line]),
        "needs": need_add(customer=customer, text="第二条产线", by=cast.wang),
        "products": Product.objects.create(sku="P1", name="轴承"),
        "follow-ups": follow_up_create(customer=customer, assignee=cast.wang, due_on=now.date(), by=cast.wang),
        "own-plans": rhythm_set(customer=customer, changes={"every_days": 9}, version=0, by=cast.wang),
        "reminders": reminder_create(user=cast.wang, due_at=due, text="回电", by=cast.wang),
        "notifications": Notice.objects.create(user=cast.wang, **notice),
        "complaints": complaint_create(customer=customer, by=cast.wang, text="外壳裂了", category="product"),
        "targets": Target.objects.create(user=cast.wang, month=now.date().replace(day=1), value=1),
        "churn-warnings": case,
        "scores": ScoreInterval.objects.create(customer=customer, **score),
        "users": cast.wang,
        "teams": cast.shanghai,
    }
    return {name: row.pk for name, row in made.items()}


def open_schema(user: User) -> Any:
    """The schema as `user` gets it, with their token on every request."""
    ApiToken.objects.get_or_create(user=user, digest=digest_of(f"{KEY}{user.pk}"))
    # Uncompressed: the checks read the body as it comes out of the application.
    headers = {"Authorization": f"Token {KEY}{user.pk}", "Accept-Encoding": "identity"}
    return schemathesis.openapi.from_wsgi(SCHEMA, application, headers=headers), headers


def operations(schema: Any, only: Iterable[str] = ()) -> Iterator[Any]:
    """The operations of the schema, perhaps only those with these labels (`POST /api/v1/customers/`)."""
    wanted = set(only)
    for found in schema.get_all_operations():
        operation = found.ok()
        if not wanted or operation.label in wanted:
            yield operation


def fuzz_all(
    user: User, rows: dict[str, int], *, examples: int, seed: int = 1, only: Iterable[str] = ()
) -> tuple[int, list[str]]:
    """Try all operations as `user`: (requests sent, one text per operation that answered wrongly)."""
    wrong, sent = [], 0
    with one_connection():
        schema, headers = open_schema(user)
        for operation in operations(schema, only):
            try:
                sent += fuzz(operation, headers, rows, examples=examples, seed=seed)
            except (Exception, BaseExceptionGroup) as error:  # all are tried, then all faults are shown
                wrong.append(f"{operation.label}: {error}")
    return sent, wrong


def fuzz(operation: Any, headers: dict[str, str], rows: dict[str, int], *, examples: int, seed: int) -> int:
    """Send `examples` requests and check each answer; returns how many were sent."""
    sent = 0
    chance = random.Random(seed)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        nonlocal sent
        sent += 1
        if chance.random() < AIMED:
            aim(case, rows)
        cache.clear()
        try:
            with transaction.atomic():
                case.call_and_validate(headers={**headers, **match(chance)}, checks=CHECKED)
                raise TakenBack
        except TakenBack:
            pass

    one()
    return sent


def aim(case: Any, rows: dict[str, int]) -> None:
    """Name rows that exist: in the address and in the body."""
    collection = case.operation.path.removeprefix("/api/v1/").split("/")[0]
    if "id" in (case.path_parameters or {}) and collection in rows:
        case.path_parameters["id"] = rows[collection]
    if not isinstance(case.body, dict):
        return
    for name, collection in NAMED.items():
        if isinstance(case.body.get(name), int):
            case.body[name] = rows[collection]
    lines = case.body.get("lines")
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, dict) and isinstance(line.get("product"), int):
            line["product"] = rows["products"]


def match(chance: random.Random) -> dict[str, str]:
    """Sometimes the present version, sometimes none."""
    return {"If-Match": "*"} if chance.random() < AIMED else {}
