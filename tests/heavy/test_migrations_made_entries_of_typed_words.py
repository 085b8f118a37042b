"""Industries and sizes that were typed before there were catalogues become entries; back again they are words.

`bin/test --heavy migrations`: each goes back over all later migrations and forth again, longer with each of them.
"""

import pytest
from django.db import connection

from customers.models import CompanySize, Customer, Industry, MarketStanding
from followups.models import Occasion
from intake.models import ImportedRow, ImportJob
from tests.heavy import long_way

pytestmark = pytest.mark.heavy

BEFORE = [("customers", "0034_facts_by_interaction"), ("followups", "0028_guests_go_with_their_contact")]
WORDS = ("IT", "it ", "IT", "纺织", "", "  ", "物流")
SIZES = ("20-99 人", "1,000+", "", "不详", "20-99人", "10", "")


def migrate(targets=None) -> None:
    executor = long_way.executor(connection)
    executor.migrate(targets or executor.loader.graph.leaf_nodes())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with rows to be checked can't be altered


@pytest.fixture
def typed(cast):
    """Customers with words, a before-image, what an import may put back, and an occasion, of before the catalogues."""
    rows = [
        Customer.objects.create(number=f"C{n}", name=f"C{n}", owner=cast.wang, team=cast.shanghai)
        for n in range(len(WORDS))
    ]
    for model in (Industry, CompanySize, MarketStanding):
        model.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    migrate(BEFORE)
    job = ImportJob.objects.create(kind="customers", user=cast.admin)
    with connection.cursor() as cursor:
        for row, word, size in zip(rows, WORDS, SIZES, strict=True):
            cursor.execute(
                "UPDATE customers_customer SET industry = %s, company_size = %s WHERE id = %s", [word, size, row.pk]
            )
        cursor.execute("UPDATE customers_customer SET industry = '航天' WHERE id = %s", [rows[-1].pk])
        ImportedRow.objects.create(
            job=job, what="customer", row_id=rows[0].pk, before={"industry": "煤炭", "company_size": "10"}, mark="1"
        )
        cursor.execute(
            'INSERT INTO followups_occasion (what, name, "on", kind, tiers, industry, days_before, method, content,'
            " is_active, created_at, updated_at, version)"
            " VALUES ('own', '展会', '2026-12-01', '', '{}', '纺织', 0, 'call', '', true, now(), now(), 1)"
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return rows


def columns(*names: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM customers_customer ORDER BY number")
        return cursor.fetchall()


@pytest.mark.django_db
def test_nothing_typed_is_lost_and_the_same_in_other_spellings_is_one(typed):
    migrate()
    rows = Customer.objects.order_by("number").select_related("industry", "company_size")
    assert [row.industry and row.industry.name_zh for row in rows] == ["IT", "IT", "IT", "纺织", None, None, "航天"]
    assert [row.company_size and row.company_size.name_zh for row in rows] == [
        *("20-99 人", "1,000+", None, "不详", "20-99 人", "10", None)
    ]
    assert {row.version for row in rows} == {1}
    assert dict(CompanySize.objects.values_list("name_zh", "points")) == {
        "20-99 人": 9,
        "1,000+": 15,
        "不详": None,
        "10": 6,
    }


@pytest.mark.django_db
def test_what_only_the_past_knows_is_kept_but_not_offered(typed):
    migrate()
    offered = set(Industry.objects.filter(is_active=True).values_list("name_zh", flat=True))
    assert offered == {"IT", "纺织", "航天"}
    coal = Industry.objects.get(name_zh="煤炭")
    image = ImportedRow.objects.get().before
    assert (image["industry_id"], image["market_standing_id"]) == (coal.pk, None)
    assert Occasion.objects.get(name="展会").industry == Industry.objects.get(name_zh="纺织")


@pytest.mark.django_db
def test_back_again_they_are_words(typed):
    migrate()
    migrate(BEFORE)
    assert columns("industry", "company_size") == [
        *[
            ("IT", "20-99 人"),
            ("IT", "1,000+"),
            ("IT", ""),
            ("纺织", "不详"),
            ("", "20-99 人"),
            ("", "10"),
            ("航天", ""),
        ]
    ]
    assert ImportedRow.objects.get().before == {"industry": "煤炭", "company_size": "10"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT industry FROM followups_occasion WHERE name = '展会'")
        assert cursor.fetchone() == ("纺织",)
    migrate()


@pytest.mark.django_db
def test_history_is_kept_again_afterwards(typed):
    migrate()
    coal = Industry.objects.get(name_zh="煤炭")
    row = Customer.objects.get(number="C0")
    before = row.industry
    Customer.objects.filter(pk=row.pk).update(industry=coal)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT industry_id FROM customers_customerevent WHERE pgh_obj_id = %s ORDER BY pgh_id DESC", [row.pk]
        )
        assert cursor.fetchone() == (before.pk,)
