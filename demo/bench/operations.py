"""The main reads beside the raw SQL that fetches the same rows, in one run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.client import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from customers.models import Customer
from demo.bench.timing import Timing, measure
from segmentation.whatif.months import month_ends

TIMES = 50


def raw(sql: str, parameters: list[Any]) -> Callable[[], Any]:
    """A callable that runs one statement and fetches its rows."""

    def run() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    return run


def floors(user: User) -> dict[str, tuple[str, Callable[[], Any]]]:
    """Page address and raw-SQL floor by name: the rows the page is about, nothing else."""
    members = list(user.reach.members)
    someone = Customer.objects.for_user(user).order_by("name_sort", "pk").first()
    word = someone.name[:2].lower()
    owned = "SELECT * FROM customers_customer c JOIN customers_customerfacts f ON f.customer_id = c.id"
    return {
        "list": (
            reverse("customer_list"),
            raw(f"{owned} WHERE owner_id = ANY(%s) AND deleted_at IS NULL ORDER BY name_sort, id LIMIT 51", [members]),
        ),
        "search": (
            f"{reverse('customer_list')}?q={word}",
            raw(
                f"{owned} WHERE search_tokens @> ARRAY[%s]::varchar[] AND owner_id = ANY(%s) AND deleted_at IS NULL"
                " ORDER BY name_sort, id LIMIT 51",
                [f"n:{word}", members],
            ),
        ),
        "customer page": (
            reverse("customer", args=[someone.pk]),
            raw(
                "SELECT * FROM customers_interaction WHERE customer_id = %s ORDER BY occurred_at DESC LIMIT 20",
                [someone.pk],
            ),
        ),
        "today": (
            reverse("today"),
            raw(
                "SELECT * FROM followups_followup WHERE assignee_id = %s AND state = 'open' ORDER BY due_on, id LIMIT 60",
                [user.pk],
            ),
        ),
        "tier dashboard": (
            reverse("segmentation"),
            raw(
                "SELECT tier, sum(customers), sum(revenue) FROM segmentation_runsum WHERE owner_id = ANY(%s) GROUP BY 1",
                [members],
            ),
        ),
        **(_of_rules(members) if user.can("tier_rule.change") else {}),
    }


def _of_rules(members: list[int]) -> dict[str, tuple[str, Callable[[], Any]]]:
    """For who may change rules of tiers: who would move by other ones, and how the last months would have looked."""
    rated = (
        "FROM segmentation_scoreinterval i JOIN customers_customer c ON c.id = i.customer_id"
        " WHERE i.tier_scheme = 'b2c' AND c.owner_id = ANY(%s) AND c.deleted_at IS NULL"
    )
    page = reverse("rule_preview", args=["b2c"]) + "?version=1"
    days = [run.as_of for run in month_ends()]
    then = "i.valid_from <= d AND (i.valid_to IS NULL OR i.valid_to >= d)"
    return {
        "what-if preview": (
            page,
            raw(
                f"SELECT tier, r, f, m, count(*), sum(monetary) {rated} AND i.valid_to IS NULL GROUP BY 1, 2, 3, 4",
                [members],
            ),
        ),
        "what-if of six months": (
            f"{page}&months=1",
            raw(
                f"SELECT d, tier, n FROM unnest(%s::date[]) d,"  # noqa: S608 - no text from outside
                f" LATERAL (SELECT tier, count(*) AS n {rated} AND {then} GROUP BY 1) m",
                [days, members],
            ),
        ),
    }


def measure_operations(user: User, only: str | None = None) -> list[Timing]:
    """Each page rendered in this process beside its floor."""
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="accounts.backends.EmailOrMobileBackend")
    timings = []
    for name, (path, floor) in floors(user).items():
        if only and only not in name:
            continue
        client.get(path)  # fills what a process keeps: tiers, rights, company
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        count = len(queries)  # now: each further request clears the log
        page, base = measure(lambda path=path: client.get(path), TIMES), measure(floor, TIMES)
        timings.append(Timing(name, TIMES, *page, queries=count, floor_p50=base[0]))
    return timings
