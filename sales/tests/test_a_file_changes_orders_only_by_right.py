"""Stored orders change by file only for who may change them by hand; to add orders is less than that."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from accounts.services import role_change
from customers.models import Customer
from intake import engine, services
from intake.kinds import kind_of
from intake.models import ImportJob
from sales.imports import judge
from sales.models import Order

pytestmark = pytest.mark.django_db
COLUMNS = ("order_no", "ordered_at", "customer_no", "amount")


def written(user, *rows: str, columns: tuple[str, ...] = COLUMNS) -> ImportJob:
    """The order file after dry run and start."""
    user = User.objects.select_related("role", "team").get(pk=user.pk)
    upload = SimpleUploadedFile("o.csv", "\n".join((",".join(columns), *rows, "")).encode())
    job = services.import_create(by=user, kinds=[kind_of("orders")], upload=upload)
    options = {"timezone": "Asia/Shanghai", "currency": "CNY"}
    services.import_check(job=job, mapping={name: name for name in columns}, options=options, by=user)
    engine.run(job)
    job.refresh_from_db()
    services.import_start(job=job, by=user)
    engine.run(job)
    job.refresh_from_db()
    return job


@pytest.mark.parametrize(("right", "total"), [("own", 700), (None, 500)])
def test_who_may_only_add_orders_leaves_stored_ones_as_they_are(cast, right, total):
    Customer.objects.create(number="M1", name="自己的", owner=cast.wang)
    written(cast.wang, "1,2026-01-05,M1,5")
    role_change(role=cast.wang.role, grants={"order.change": right}, by=cast.admin)
    job = written(cast.wang, "1,2026-01-05,M1,7", "2,2026-01-05,M1,3")
    assert dict(Order.objects.values_list("number", "total")) == {"1": total, "2": 300}
    assert [reason for _row, reason in job.counts.get("refused", ())] == (
        [] if right else ["The order is stored already, and you may not change it."]
    )


def test_who_adds_for_everybody_changes_orders_of_own_customers_only(cast):
    """A service agent's rights, who may also import."""
    role_change(role=cast.agent.role, grants={"import.add": "own", "import.view": "own"}, by=cast.admin)
    Customer.objects.create(number="W1", name="小王的", owner=cast.wang)
    Customer.objects.create(number="A1", name="客服的", owner=cast.agent)
    written(cast.agent, "1,2026-01-05,W1,5", "2,2026-01-05,A1,5")
    written(cast.agent, "1,2026-01-05,W1,7", "2,2026-01-05,A1,7")
    assert dict(Order.objects.values_list("number", "total")) == {"1": 500, "2": 700}


def test_an_order_that_a_colleague_stores_while_the_file_is_written_stays_as_it_is(cast, monkeypatch):
    Customer.objects.create(number="M1", name="自己的", owner=cast.wang)
    theirs = Customer.objects.create(number="L1", name="小李的", owner=cast.outsider)
    judged = judge.refuse_stored

    def store_behind_it(run, tables) -> None:
        judged(run, tables)
        if not run.dry:
            Order.objects.create(
                source="import", number="1", customer=theirs, ordered_at="2026-01-05T00:00Z", ordered_on="2026-01-05",
                currency="CNY", total=100, amount=100,
            )  # fmt: skip

    monkeypatch.setattr(judge, "refuse_stored", store_behind_it)
    job = written(cast.wang, "1,2026-01-05,M1,7", "2,2026-01-05,M1,3")
    assert dict(Order.objects.values_list("number", "total")) == {"1": 100, "2": 300}
    assert Order.objects.get(number="1").customer == theirs
    assert "already stored" in job.counts["refused"][0][1]


@pytest.mark.parametrize(
    ("right", "reason"),
    [
        ("customer.add", "you may not add customers."),
        pytest.param(
            "contact.add", "you may not add its contact person. Leave out the name.", marks=pytest.mark.smoke
        ),  # a statement of its own
    ],
)
def test_a_file_makes_no_customer_and_no_contact_for_who_may_not_add_them_by_hand(cast, right, reason):
    columns = (*COLUMNS, "company", "customer_name")
    allowed = written(cast.wang, "1,2026-01-05,N1,5,光华印刷,许诺", columns=columns)
    assert not allowed.counts.get("refused")
    role_change(role=cast.wang.role, grants={right: None}, by=cast.admin)
    job = written(cast.wang, "2,2026-01-05,N2,5,泰和纸业,陆远", columns=columns)
    assert [said.endswith(reason) for _row, said in job.counts["refused"]] == [True]
    assert list(Customer.objects.values_list("number", "name")) == [("N1", "光华印刷")]
