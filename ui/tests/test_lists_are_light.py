"""Fifty rows of any list are at most 1,500 elements, and are drawn without template variables for each."""

from datetime import timedelta

import pytest
from django.template.base import Variable
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Role, User
from core import clock
from customers.models import Contact, Customer, CustomerFacts, Industry
from customers.search import BAD_PHONE
from demo.bench.weight import Elements
from feedback.models import Complaint
from followups.models import FollowUp, Notice
from intake.models import ImportJob
from sales.models import Need, Order, Product
from segmentation.models import BuyingRhythm, ChurnCase, ChurnReason, Segment, UsualGap

pytestmark = pytest.mark.django_db
MOST_ELEMENTS = 1500
MOST_VARIABLES = 20  # more than the same page with ten rows: the pager's
LISTS = {  # and whose
    "follow_up_list": "lead",
    "need_list": "lead",
    "product_list": "lead",
    "user_list": "admin",
    "complaint_list": "lead",
    "complaint_bin": "lead",
    "customer_bin": "admin",
    "audit_list": "admin",
    "import_list": "admin",
    "warning_list": "lead",
    "second_purchase": "lead",
    "customer_list": "lead",
    "segment_list": "lead",
    "inbox": "lead",
    "data_quality": "lead",
}
TEN = {
    "segment_list": {"q": "Segment 0"},
    "audit_list": {"address": "10.0.0.9"},
}  # lines of the audit log can't be deleted


@pytest.fixture
def full(cast):
    """Sixty rows for each list, with everything that a row can show."""
    machines = Industry.objects.get(code="manufacturing")
    customers = Customer.objects.bulk_create(
        Customer(
            number=f"N{n}",
            name=f"客户{n}有限公司",
            owner=cast.wang,
            team=cast.shanghai,
            kind="company",
            region="上海",
            industry=machines,
            phone=f"138123457{n:02}",
            phone2="1381234",
            search_tokens=[BAD_PHONE],
        )
        for n in range(60)
    )
    Contact.objects.bulk_create(Contact(customer=row, name="沈", phone="1381235") for row in customers)
    now, today = timezone.now(), clock.business_date()
    CustomerFacts.objects.bulk_create(
        CustomerFacts(
            customer=row,
            tier="ABC"[n % 3],
            tier_rank=2,
            r=1 + n % 5,
            f=3,
            m=5,
            lifecycle="loyal",
            last_contact_at=now - timedelta(days=n),
            next_follow_up_on=today + timedelta(days=n % 9 - 3),
        )
        for n, row in enumerate(customers)
    )
    whom = {"version": 1, "match": "all", "parts": [{"field": "kind", "how": "in", "codes": ["company"]}]}
    Segment.objects.bulk_create(
        Segment(name=f"Segment {n:02}", note="for the fair", owner=cast.lead, shared=True, tree=whom) for n in range(60)
    )
    Order.objects.bulk_create(
        Order(
            customer=row,
            number=f"O{n}-{month}",
            state=Order.State.COMPLETED,
            total=1000 * (n + month),
            amount=1000 * (n + month),
            ordered_on=today - timedelta(days=61 * month),
            ordered_at=now - timedelta(days=61 * month),
        )
        for n, row in enumerate(customers)
        for month in range(3)
    )
    FollowUp.objects.bulk_create(
        FollowUp(customer=row, assignee=cast.wang, due_on=today + timedelta(days=n % 9 - 3), purpose="谈合同")
        for n, row in enumerate(customers)
    )
    roles = Role.objects.all()
    User.objects.bulk_create(
        User(
            name=f"同事{n}",
            email=f"colleague{n}@example.com",
            mobile=f"138123456{n:02}",
            role=roles[n % 6],
            team=cast.shanghai,
            last_login=now - timedelta(days=n),
            must_change_password=n % 5 == 0,
        )
        for n in range(60)
    )
    Need.objects.bulk_create(
        Need(customer=row, text="第二条产线", kind="pain", since=today - timedelta(days=n), moved_at=now)
        for n, row in enumerate(customers)
    )
    Product.objects.bulk_create(Product(sku=f"P{n}", name=f"产品{n}", unit_price=n) for n in range(60))
    late, gone = now - timedelta(days=3), {"deleted_at": now, "deleted_by": cast.admin}
    for binned in ({}, gone):
        Complaint.objects.bulk_create(
            Complaint(
                number=f"C{n}{len(binned)}",
                customer=row,
                text="外壳裂了，客户要求赔偿",
                severity="critical",
                owner=cast.wang,
                received_at=late,
                first_response_due_at=late,
                **binned,
            )
            for n, row in enumerate(customers)
        )
    usual = {"kept_on": today, "customers": 20, "low": 1, "middle": 9, "high": 30}
    UsualGap.objects.create(of="second", **usual)
    BuyingRhythm.objects.bulk_create(
        BuyingRhythm(customer=row, days=1, last_on=today - timedelta(days=5)) for row in customers
    )
    cases = ChurnCase.objects.bulk_create(
        ChurnCase(customer=row, opened_on=today, level_since=today, level="red", value_at_risk=n)
        for n, row in enumerate(customers)
    )
    ChurnReason.objects.bulk_create(
        ChurnReason(case=case, code=code, position=n, numbers={"silent": 90, "planned": 30, "csat": 2})
        for case in cases
        for n, code in enumerate(("LONG_SILENT", "NO_CONTACT", "LOW_SCORE"))
    )
    Notice.objects.bulk_create(
        Notice(user=cast.lead, key=f"{n}", kind="reminder", text="打电话", url="/", due_at=late, customer=row)
        for n, row in enumerate(customers)
    )
    Customer.objects.bulk_create(
        Customer(number=f"D{n}", name=f"旧客户{n}", owner=cast.wang, team=cast.shanghai, **gone) for n in range(60)
    )

    ImportJob.objects.bulk_create(
        ImportJob(
            kind="orders",
            user=cast.admin,
            file_name=f"orders-{n}.csv",
            state="running",
            total_rows=2000,
            counts={"rows": 1000, "updated": 3, "errors": 4},
        )
        for n in range(60)
    )
    AuditEntry.objects.bulk_create(
        AuditEntry(
            act="user.change",
            by=cast.admin,
            by_name="管理员",
            object_type="accounts.user",
            object_id=cast.wang.pk,
            details={"fields": ["role", "email"], "role": ["rep", "auditor"]},
            address="10.0.0.9" if n < 10 else "192.168.1.20",
        )
        for n in range(60)
    )


@pytest.mark.parametrize("name", LISTS)
def test_fifty_rows_are_light(name, full, cast, sign_in, monkeypatch):
    client, resolved = sign_in(getattr(cast, LISTS[name])), []
    client.get(reverse(name))  # what a process works out once
    resolve = Variable.resolve
    monkeypatch.setattr(Variable, "resolve", lambda self, context: resolved.append(1) or resolve(self, context))

    def draw(rows, **query):
        resolved.clear()
        page = client.get(reverse(name), query).content.decode()
        assert page.count(" data-row>") == rows
        return page, len(resolved)

    page, with_fifty = draw(50)
    assert Elements(page).count <= MOST_ELEMENTS
    for rows in (
        FollowUp.objects,
        Product.objects,
        Complaint.objects,
        Complaint.all_objects.exclude(deleted_at=None),
        Customer.all_objects.exclude(deleted_at=None),
        ChurnCase.objects,
        Notice.objects,
        User.objects,
        ImportJob.objects,
    ):
        rows.filter(pk__in=rows.order_by("pk").values("pk")[10:]).delete()
    others = Customer.objects.filter(pk__in=Customer.objects.order_by("pk").values("pk")[10:])
    others.update(owner=cast.outsider, team=cast.north)  # orders keep them from being deleted
    _page, with_ten = draw(10, **TEN.get(name, {}))
    assert with_fifty - with_ten <= MOST_VARIABLES
