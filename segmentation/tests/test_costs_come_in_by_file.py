"""Costs come in by file: for customers and channels in reach, once however often the file comes, and are taken back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse

from conftest import Cast
from core import clock
from crm.tasks import tick_jobs
from customers.models import Channel, Customer
from intake import engine, undo
from intake.kinds import kind_of
from intake.models import ImportJob
from intake.tests.files import own_storage, refused, run_import, table
from segmentation.costs import services
from segmentation.costs.counting import economics_keep
from segmentation.costs.models import CostEntry, Economics

__all__ = ["own_storage", "refused", "run_import", "table"]
pytestmark = pytest.mark.django_db
HEAD = "外部编号,客户编号,客户名称,渠道,费用类型,金额,支出日期,备注"
ROWS = (
    "V1,A1,,,礼品,88.50,2026-10-01,中秋",
    ",A1,,,礼品,20,2026-10-02,",
    ",A1,,,礼品,20,2026-10-02,",  # two of them
    ",,乙公司,,差旅,1.2万,2026年10月3日,",
    ",,,展会,获客,300,2026-10-04,",
)


@pytest.fixture
def shop(defaults: None, cast: Cast, time_machine: Any) -> Cast:
    time_machine.move_to("2026-11-23T04:00:00+00:00", tick=False)
    for number, name, owner in (("A1", "甲公司", cast.wang), ("B1", "乙公司", cast.wang), ("X1", "外", cast.outsider)):
        Customer.objects.create(number=number, name=name, owner=owner, team=owner.team)
    Channel.objects.get_or_create(code="fair", defaults={"name_en": "Fair", "name_zh": "展会"})
    return cast


@pytest.fixture
def brought(run_import: Any, table: Any) -> Any:
    def bring(*rows: str, by: Any = None) -> dict[str, Any]:
        options = {"user": by.email} if by else {}
        return run_import(table(HEAD, *rows), command="import_costs", **options)

    return bring


def stored() -> list[tuple[Any, ...]]:
    rows = CostEntry.objects.order_by("pk")
    return list(
        rows.values_list("customer__number", "channel__name_zh", "kind", "amount", "spent_on__day", "reference")
    )


def counted(result: dict[str, Any]) -> tuple[int, ...]:
    return tuple(result[name] for name in ("created", "updated", "unchanged", "errors"))


def test_a_file_that_comes_again_changes_nothing(shop: Cast, brought: Any) -> None:
    assert counted(brought(*ROWS)) == (5, 0, 0, 0)
    first = stored()
    assert first == [
        ("A1", None, "gift", 8_850, 1, "V1"),
        ("A1", None, "gift", 2_000, 2, ""),
        ("A1", None, "gift", 2_000, 2, ""),
        ("B1", None, "travel", 1_200_000, 3, ""),
        (None, "展会", "acquisition", 30_000, 4, ""),
    ]
    services.cost_remove(entry=CostEntry.objects.get(reference="V1"), by=shop.wang)  # it stays removed
    assert counted(brought(*ROWS)) == (0, 0, 5, 0)
    assert counted(brought(*ROWS, ROWS[1])) == (1, 0, 5, 0), "a third one of that day is new"


def test_a_row_of_a_known_number_changes_its_entry(shop: Cast, brought: Any) -> None:
    brought(*ROWS)
    assert counted(brought(ROWS[0].replace("88.50", "90"))) == (0, 1, 0, 0)
    assert CostEntry.objects.get(reference="V1").amount == 9_000
    assert counted(brought(ROWS[0].replace("A1", "B1"))) == (0, 0, 0, 1), "of another customer"
    twice = (ROWS[0].replace("V1", "V2"), ROWS[0].replace("V1", "V2").replace("88.50", "1"))
    assert counted(brought(*twice)) == (1, 0, 0, 1)


WRONG = {
    ",A1,,,面子,1,2026-10-01,": "kind of cost: “面子” is no kind of cost. Possible are acquisition, gift",
    ",A1,,,礼品,多,2026-10-01,": "amount: “多” is no number. Write it like",
    ",A1,,,礼品,-5,2026-10-01,": "amount: Enter an amount above zero.",
    ",A1,,,礼品,,2026-10-01,": "amount: the cell is empty. Fill it in",
    ",A1,,,礼品,1,2046-10-01,": "spent on: “2046-10-01” lies in the future.",
    ",A1,,展会,礼品,1,2026-10-01,": "Name a customer or a channel, not both.",
    ",,,飞船,获客,1,2026-10-01,": "There is no channel 飞船. Add it under Settings",
    ",Q9,,,礼品,1,2026-10-01,": "There is no customer Q9 among those",
}


def test_what_is_wrong_is_named_with_its_field_and_the_cure(shop: Cast, brought: Any, refused: Any) -> None:
    result = brought(*WRONG)
    assert counted(result) == (0, 0, 0, len(WRONG))
    for row, part in zip(refused(result), WRONG.values(), strict=True):
        assert part in list(row.values())[-1]


def brought_by_page(client: Any, path: Any) -> ImportJob:
    with path.open("rb") as file:
        client.post(reverse("import_new"), {"kind": "costs", "file": file, "idempotency_key": str(uuid.uuid4())})
    job = ImportJob.objects.latest("pk")
    page = client.get(reverse("import_columns", args=[job.pk])).context["form"]
    chosen = {name: page[name].value() for name in page.fields if name.startswith("col")}
    client.post(reverse("import_columns", args=[job.pk]), chosen)
    tick_jobs()
    client.post(reverse("import_start", args=[job.pk]))
    tick_jobs()
    job.refresh_from_db()
    return job


def test_only_customers_in_reach_and_only_who_may(shop: Cast, sign_in: Any, table: Any) -> None:
    path = table(HEAD, *ROWS[:1], ",X1,,,礼品,5,2026-10-01,")
    job = brought_by_page(sign_in(shop.wang), path)
    assert (job.counts["created"], job.counts["errors"]) == (1, 1)
    assert CostEntry.objects.get().created_by == shop.wang
    client = sign_in(shop.outsider)
    job = brought_by_page(client, table(HEAD, ROWS[0].replace("A1", "X1")))
    assert job.counts["errors"] == 1, "the number is somebody else's"
    assert 'value="costs"' not in sign_in(shop.agent).get(reverse("import_new")).content.decode()


def test_it_is_taken_back_with_what_was_counted_of_it(shop: Cast, brought: Any) -> None:
    kept = services.cost_add(
        kind="gift", amount=100, spent_on=clock.business_date(), by=shop.wang,
        customer=Customer.objects.get(number="A1"), reference="V1",
    )  # fmt: skip
    brought(*ROWS)
    economics_keep(clock.business_date())
    assert entered() == 12_850
    job = ImportJob.objects.first()
    touched = CostEntry.objects.filter(reference="", customer__number="A1").first()
    services.cost_remove(entry=touched, by=shop.wang)
    undo.undo_start(job=job, by=None)
    assert engine.run(job)
    assert [row[0] for row in stored()] == ["A1", "A1"], "the one from before, and the one that somebody removed"
    kept.refresh_from_db()
    assert (kept.amount, kept.note) == (100, "")
    economics_keep(clock.business_date())
    assert entered() == 100


def entered() -> int:
    return Economics.objects.get(customer__number="A1").entered


def test_the_kind_asks_for_customer_or_channel() -> None:
    kind = kind_of("costs")
    assert kind.check({"kind": "a", "amount": "b", "date": "c"})
    assert kind.check({"kind": "a", "amount": "b", "channel": "c"})
    assert not kind.check({"kind": "a", "amount": "b", "date": "c", "channel": "d"})
