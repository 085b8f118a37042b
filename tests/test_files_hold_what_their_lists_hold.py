"""Whatever list, filter and person: the file holds the rows of the list that the person may export, in its order."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone, translation

from accounts import audit
from accounts.models import RoleGrant
from conftest import Cast, cast_made, set_number
from core import clock, memo
from core.models import StoredFile
from customers.attachments.listing import ATTACHMENTS
from customers.models import Attachment, Channel, Customer, CustomerFacts, Lifecycle, PaperOriginal, Warn
from customers.originals.listing import ORIGINALS
from feedback.listing import COMPLAINTS
from feedback.models import Complaint
from followups.listing import FOLLOW_UPS
from followups.models import FollowUp
from intake import export
from intake.export import Taken
from sales.listing import PRODUCTS
from sales.models import Order, OrderLine, Product
from sales.needs.listing import NEEDS
from sales.needs.models import Need
from sales.orderlist import ORDERS
from segmentation.buying.listing import RISING, SECOND
from segmentation.by_hand.listing import OVERRIDES
from segmentation.channels.counting import arrivals_keep
from segmentation.channels.listing import CHANNEL_CUSTOMERS
from segmentation.costs.entries import COSTS
from segmentation.costs.listing import ECONOMICS_LIST
from segmentation.effect.listing import EFFECT_CUSTOMERS
from segmentation.effect.models import EffectMonth
from segmentation.models import (
    BuyingRhythm,
    ChurnCase,
    CostEntry,
    Economics,
    ScoreBasis,
    ScoreInterval,
    ScoreRun,
    TierOverride,
    UsualGap,
)
from segmentation.pages.listing import WARNINGS
from segmentation.qualification.listing import PROSPECTS
from ui.listing import Asked, Listing
from workbench.audit.listing import AUDIT
from workbench.customer_list.listing import CUSTOMERS
from workbench.defaults import ensure_defaults

LISTS: dict[str, tuple[Listing, str]] = {  # url name -> the list, and the column that tells its rows apart
    "customer_export": (CUSTOMERS, "Number"),
    "follow_up_export": (FOLLOW_UPS, "Why"),
    "complaint_export": (COMPLAINTS, "Number"),
    "prospect_export": (PROSPECTS, "Customer number"),
    "warning_export": (WARNINGS, "Reason"),
    "need_export": (NEEDS, "Need"),
    "order_export": (ORDERS, "Order number"),
    "product_export": (PRODUCTS, "Product number"),
    "audit_export": (AUDIT, "Request"),
    "attachment_export": (ATTACHMENTS, "File"),
    "original_export": (ORIGINALS, "Paper"),
    "tiers_by_hand_export": (OVERRIDES, "Reason"),
    "second_purchase_export": (SECOND, "Customer number"),
    "rising_export": (RISING, "Customer number"),
    "cost_export": (COSTS, "Note"),
    "economics_export": (ECONOMICS_LIST, "Customer number"),
    "tier_effect_customers_export": (EFFECT_CUSTOMERS, "Customer number"),
    "channel_customers_export": (CHANNEL_CUSTOMERS, "Customer number"),
}
QUERIES = {
    "customer_export": [
        {"view": "all"},
        {"view": "all", "kind": "company"},
        {"view": "all", "tier": "A", "sort": "-name"},
        {"view": "high", "sort": "contact"},
        {"view": "pool"},
        {"view": "all", "q": "5"},
        {"view": "all", "silent": "30", "sort": "value"},
        {"view": "all", "sort": "-next", "warning": "red"},
        {"view": "nonsense", "tier": "nonsense"},
    ],
    "follow_up_export": [{}, {"whose": "mine"}, {"when": "overdue"}, {"assignee": "1"}],
    "complaint_export": [{}, {"tab": "closed"}, {"severity": "high"}, {"tab": "mine"}],
    "warning_export": [{}, {"view": "red"}, {"view": "closed"}],
    "prospect_export": [{}, {"missing": "need"}, {"stage": "needs", "sort": "-age"}, {"q": "5"}, {"owner": "1"}],
    "order_export": [
        {},
        {"state": "open"},
        {"kind": "return", "sort": "amount"},
        {"since": "2026-01-01", "until": "2026-12-31"},
        {"q": "S00"},
        {"owner": "1", "sort": "-amount"},
        {"channel": "1", "until": "nonsense"},
    ],
    "need_export": [{}, {"state": "all", "sort": "moved"}, {"q": "N1"}, {"state": "all", "kind": "pain"}],
    "product_export": [{}, {"q": "3"}, {"inactive": "1"}],
    "audit_export": [{}, {"act": "sign_in"}, {"since": "2026-01-01"}],
    "attachment_export": [{}, {"sort": "-name"}, {"q": "F1"}],
    "original_export": [{}, {"sort": "since"}, {"q": "O1"}],
    "tiers_by_hand_export": [{}, {"view": "over"}, {"tier": "A"}],
    "second_purchase_export": [{}, {"view": "all", "sort": "-value"}, {"view": "late"}],
    "rising_export": [{}, {"sort": "spend"}, {"tier": "B"}],
    "cost_export": [{}, {"tab": "channels"}, {"kind": "gift", "sort": "amount"}],
    "economics_export": [{}, {"view": "much"}, {"sort": "margin", "tier": "A"}],
    "channel_customers_export": [{"span": "own", "from": "2000-01-01"}, {"figure": "young", "sort": "name"}],
    "tier_effect_customers_export": [{}, {"figure": "sold"}, {"figure": "change", "sort": "name"}],
}
ROLES = ("lead", "manager", "admin", "auditor")


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """Customers of everybody and nobody, with what hangs on them."""
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_defaults()
        cast = cast_made()
        now, today = timezone.now(), clock.business_date()
        usual = {"kept_on": today, "customers": 20, "low": 1, "middle": 20, "high": 30}
        UsualGap.objects.create(of="second", **usual)
        run = ScoreRun.objects.create(as_of=today, started_at=now, published_at=now)
        EffectMonth.objects.create(first=today.replace(day=1), run=run, begun_on=today, high=[])
        fill(cast, 60)
        arrivals_keep(today)
        yield cast
        transaction.set_rollback(True)


def fill(cast: Cast, customers: int, start: int = 0) -> None:
    chance = random.Random(start + 7)
    now, shop = timezone.now(), Channel.objects.first()
    owners = [(cast.wang, cast.shanghai), (cast.li, cast.shanghai), (cast.outsider, cast.north), (None, None)]
    for n in range(start, start + customers):
        owner, team = owners[n % 4]
        row = Customer.objects.create(
            number=f"X{n:05}",
            name=f"客户 {n}",
            name_sort=f"{chance.randrange(99):02}",
            kind=chance.choice(["company", "person"]),
            phone=f"1390000{n:04}",
            owner=owner,
            team=team,
            search_tokens=[f"n:{n}"],
        )
        audit.record("customer.assign", by=cast.admin, on=row, to=getattr(owner, "pk", None))
        CustomerFacts.objects.create(
            customer=row,
            tier=chance.choice("ABC"),
            tier_rank=chance.randrange(1, 6),
            lifecycle=chance.choice(Lifecycle.values),
            warning=chance.choice(Warn.values),
            last_contact_at=chance.choice([None, now - dt.timedelta(days=chance.randrange(90))]),
            next_follow_up_on=chance.choice([None, now.date()]),
            monetary=chance.choice([None, chance.randrange(10**6)]),
            **dict.fromkeys(("r", "f", "m"), 3),
        )
        ScoreInterval.objects.create(
            customer=row, valid_from=now.date(), tier_scheme="b2c", tier="A", lifecycle="loyal"
        )
        last_on = now.date() - dt.timedelta(days=chance.randrange(40))
        BuyingRhythm.objects.create(customer=row, days=1 + n % 3 // 2, last_on=last_on)
        talks = dict.fromkeys(("tries", "answered", "reached", "inbound", "complaints"), 0)
        ScoreBasis.objects.create(customer=row, spend_now=n, spend_before=chance.randrange(60), **talks)
        CostEntry.objects.create(customer=row, kind="gift", amount=n + 1, spent_on=last_on, note=f"N{n}")
        money = dict.fromkeys(("revenue", "costed", "discount", "sold", "discounted", "minutes", "entered"), n)
        spent = {"on": last_on, "products": 1, "margin": chance.randrange(60), "verdict": chance.choice(["", "much"])}
        Economics.objects.create(customer=row, **money, **spent)
        due = now.date() + dt.timedelta(days=chance.randrange(-5, 9))
        FollowUp.objects.create(customer=row, assignee=owner or cast.outsider, due_on=due, purpose=f"F{n}")
        closed = now if n % 5 == 0 else None
        Complaint.objects.create(
            number=f"C{n}",
            customer=row,
            category="product",
            severity=chance.choice(["high", "low"]),
            text="坏了",
            owner=owner or cast.agent,
            received_at=now - dt.timedelta(hours=n),
            first_response_due_at=now,
            state="closed" if closed else "received",
            closed_at=closed,
            csat=4 if closed else None,
            result="换货" if closed else "",
        )
        ChurnCase.objects.create(
            customer=row,
            level=chance.choice(["red", "yellow"]),
            opened_on=now.date(),
            level_since=now.date(),
            value_at_risk=chance.choice([None, n]),
            close_reason=f"W{n}",
            closed_at=closed,
            state="won_back" if closed else "new",
        )
        TierOverride.objects.create(
            customer=row,
            tier_scheme="b2b" if row.kind == "company" else "b2c",
            tier=chance.choice("ABC"),
            reason=f"T{n}",
            expires_on=now.date() + dt.timedelta(days=9),
            by=cast.manager,
            ended_at=closed,
        )
        kind = chance.choice(["purchase", "return"])
        order = Order.objects.create(
            number=f"S{n:05}",
            customer=row,
            kind=kind,
            state=chance.choice(["completed", "open"]),
            ordered_at=now - dt.timedelta(days=chance.randrange(30)),
            ordered_on=now.date(),
            currency="CNY",
            total=-n if kind == "return" else n,
            amount=-n if kind == "return" else n,
            channel=shop if n % 2 else None,
        )
        for _ in range(n % 3):
            OrderLine.objects.create(order=order, quantity=2, unit_price=n, amount=2 * n)
        Product.objects.create(sku=f"P{n}", name=f"货 {n}", is_active=n % 3 > 0)
        file = StoredFile.objects.create(token=f"{n:032x}", name=f"F{n}.txt", kind="text", size=n)
        Attachment.objects.create(
            file=file, customer=row, on="customer", on_id=row.pk, seen=chance.choice(["all", "me"])
        )
        Need.objects.create(
            customer=row,
            text=f"N{n}",
            kind=chance.choice(Need.Kind.values),
            state=chance.choice(["open", "offered", "met"]),
            since=now.date(),
            moved_at=now,
        )
        PaperOriginal.objects.create(
            customer=row, title=f"O{n}", place="柜子", holder=owner or cast.admin, since=now.date()
        )


def asked_by(user: Any, listing: Listing, query: dict[str, str]) -> Asked:
    request = RequestFactory().get("/", query)
    request.user = user
    return Asked(listing, request)


def everything(asked: Asked) -> list[int]:
    """The ids of all pages of the list, in order."""
    found: list[int] = []
    query = {name: str(value) for name, value in asked.given.items()}
    while True:
        found += [row.pk for row in asked.page.rows]
        if not asked.page.next_cursor:
            return found
        asked = asked_by(asked.user, asked.listing, {**query, "cursor": asked.page.next_cursor})


def test_every_list_with_an_export_is_looked_at() -> None:
    names = [name for name in get_resolver().reverse_dict if isinstance(name, str) and name.endswith("_export")]
    names.remove("forecast_export")  # a list for each forecast: looked at with the page of the proof
    made = {name for name in names if resolve(reverse(name)).func.__module__ == export.__name__}
    assert made == set(LISTS)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.django_db
def test_the_file_holds_the_rows_of_the_list(company: Cast, name: str) -> None:
    listing, _told = LISTS[name]
    for role in ROLES:
        user = getattr(company, role)
        if not (user.can(listing.permission) and user.can(listing.export.permission)):
            continue
        for query in QUERIES[name]:
            asked = asked_by(user, listing, query)
            model = asked.rows.model
            mine = set(model.objects.values_list("pk", flat=True))
            if hasattr(model, "scope_resource"):
                mine = set(model.objects.for_user(user, listing.export.permission).values_list("pk", flat=True))
            right = [pk for pk in everything(asked) if pk in mine]
            taken = Taken(asked_by(user, listing, query), listing.export)
            ids = taken.ids()
            assert list(ids) == right, (name, role, query)
            assert (taken.count, taken.held_back) == (len(right), len(everything(asked)) - len(right))


@pytest.mark.parametrize("name", [name for name in LISTS if name != "audit_export"])
@pytest.mark.django_db
def test_nothing_of_others_stands_in_a_file(company: Cast, name: str) -> None:
    """Whatever the address asks for."""
    client = Client()
    client.force_login(company.lead, backend="accounts.backends.EmailOrMobileBackend")
    foreign = {row.number for row in Customer.objects.filter(owner=company.outsider)}
    foreign |= {row.number for row in Customer.objects.filter(owner=None)}
    for query in QUERIES[name]:
        answer = client.post(reverse(name), {"reason": "x", "file": "csv"}, query_params=query)
        if answer.status_code == 422:
            continue  # nothing to export
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        cells = {cell for row in csv.reader(io.StringIO(text)) for cell in row}
        assert not cells & foreign, (name, query)


@pytest.mark.django_db
def test_the_scope_of_exporting_counts_where_it_is_narrower(company: Cast) -> None:
    """Who sees all and exports own: the file holds own rows."""
    with transaction.atomic():
        RoleGrant.objects.update_or_create(
            role=company.agent.role, permission="customer.export", defaults={"scope": "own"}
        )
        memo.forget_all()
        agent = type(company.agent).objects.get(pk=company.agent.pk)
        own = Customer.objects.create(number="OWN1", name="自己的", owner=agent)
        taken = Taken(asked_by(agent, CUSTOMERS, {"view": "all"}), CUSTOMERS.export)
        assert list(taken.ids()) == [own.pk]
        assert taken.held_back == 60
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.django_db
def test_more_rows_take_no_more_queries(company: Cast, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    user = company.auditor if name == "audit_export" else company.admin
    client.force_login(user, backend="accounts.backends.EmailOrMobileBackend")

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            answer = client.post(reverse(name), {"reason": "x", "file": "xlsx"})
            b"".join(answer.streaming_content)
        assert answer.status_code == 200
        return len(found)

    set_number("exports_a_day", 500)
    with transaction.atomic():
        count()
        few = count()
        fill(company, 40, start=1000)
        assert count() == few
        transaction.set_rollback(True)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", LISTS)
def test_no_two_columns_of_a_sheet_have_one_name(name: str, language: str) -> None:
    with translation.override(language):
        for sheet in LISTS[name][0].export.sheets:
            heads = [str(column.head) for column in sheet.columns]
            assert len(heads) == len(set(heads)), heads
