"""The board of data quality: each figure opens exactly the rows it counts, reps see their own, months are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from core import clock
from customers import services
from customers.models import (
    Contact,
    Customer,
    CustomerFacts,
    DeadAddress,
    DuplicatePair,
    Interaction,
    QualitySum,
    Strength,
)
from customers.quality import figures
from customers.services.facts import tokens_refresh
from workbench.quality import board

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def files(cast):
    """Files of three owners and of the pool, each with its own faults."""
    for n, owner in enumerate((cast.wang, cast.wang, cast.wang, cast.li, cast.li, cast.outsider, None)):
        row = Customer.objects.create(
            number=f"K{n}",
            name=f"Firm {n}" if n % 3 else f"K{n}",
            kind="company" if n % 2 else "person",
            phone=("13800138000", "123", "")[n % 3],
            email=f"a{n}@example.com",
            region="上海" if n % 2 else "",
            owner=owner,
            team=owner.team if owner else None,
        )
        CustomerFacts.objects.create(customer=row, verified_on=date(2026, 11, 1) if n == 2 else date(2026, 1, 1))
        if n in (0, 3, 5):
            DeadAddress.objects.create(customer=row, email=row.email, status="5.1.1", at=NOW)
        if n == 1:
            Contact.objects.create(customer=row, name="赵工")
        if owner:
            Interaction.objects.create(
                customer=row, user=owner, kind="visit", result="reached", occurred_at=NOW, late=n % 2 == 0
            )
    rows = list(Customer.objects.order_by("pk"))
    Customer.objects.update(created_at=NOW - timedelta(days=400))
    DuplicatePair.objects.create(first=rows[0], second=rows[1], strength=Strength.CERTAIN, rank=1, alike=["phone"])
    DuplicatePair.objects.create(first=rows[0], second=rows[5], strength=Strength.CERTAIN, rank=1, alike=["phone"])
    tokens_refresh(row.pk for row in rows)


def opened(client, url) -> int:
    page = client.get(url)
    assert page.status_code == 200, url
    return len(page.context["page"].rows)


@pytest.mark.parametrize("many", [25, 0], ids=["by owner", "by team"])
@pytest.mark.parametrize("who", ["wang", "lead", "manager", "admin", "auditor"])
def test_each_figure_opens_the_rows_it_counts(cast, files, sign_in, monkeypatch, who, many):
    monkeypatch.setattr(board, "MANY", many)
    client = sign_in(getattr(cast, who))
    page = client.get(reverse("quality_board"))
    assert page.status_code == 200
    found = page.context["board"]
    counted = 0
    for row in [*found.rows, found.total]:
        for cell in row.cells:
            counted += cell.count
            assert opened(client, cell.url) == cell.count, (row.name, cell.url)
        assert opened(client, row.incomplete_url) == row.incomplete
        assert opened(client, row.stale_url) == row.files.stale, row.name
        assert opened(client, row.phones_url) == row.files.phones
        assert opened(client, row.mails_url) == row.files.mails
    assert counted
    assert opened(client, reverse("duplicate_list")) == found.pairs
    if who != "auditor":
        assert opened(client, reverse("customer_list") + "?view=pool") == found.without_owner == 1
    assert opened(client, found.late_url) == found.visits["late"]


def test_a_rep_sees_own_files_alone(cast, files, sign_in):
    found = sign_in(cast.wang).get(reverse("quality_board")).context["board"]
    assert [(row.name, row.files.files) for row in found.rows] == [(cast.wang.name, 3)]
    assert (found.pairs, found.visits) == (1, {"all": 3, "late": 2})
    whole = sign_in(cast.admin).get(reverse("quality_board")).context["board"]
    assert {row.name: row.files.files for row in whole.rows} == {"小王": 3, "小李": 2, "外组": 1, "Unassigned pool": 1}
    one_team = sign_in(cast.admin).get(reverse("quality_board"), {"team": cast.north.pk}).context["board"]
    assert [row.name for row in one_team.rows] == ["外组"]
    assert parse_qs(urlsplit(one_team.total.stale_url).query)["team"] == [str(cast.north.pk)]


def test_figures_are_kept_at_the_end_of_each_month_as_they_were(cast, files, sign_in):
    assert figures.keep_month(date(2026, 11, 19)) == {}
    for _twice in range(2):
        assert figures.keep_month(date(2026, 10, 31)) == {"owners": 4}
    wang = QualitySum.objects.get(owner=cast.wang)
    assert (wang.month, wang.files, wang.mails, wang.team) == (date(2026, 10, 1), 3, 1, cast.shanghai)
    assert wang.lacks["region"] == 2
    for row in Customer.objects.filter(owner=cast.wang):
        services.customer_update(customer=row, changes={"region": "苏州"}, version=row.version, by=cast.wang)
    assert figures.keep_month(date(2026, 11, 30)) == {"owners": 4}
    assert QualitySum.objects.get(owner=cast.wang, month=date(2026, 10, 1)).lacks["region"] == 2
    with clock.standing_at(NOW + timedelta(days=20)):
        trend = sign_in(cast.wang).get(reverse("quality_board")).context["board"].trend
        assert [(month.month, month_files.files) for month, month_files in trend] == [(10, 3), (11, 3), (12, 3)]
        assert trend[1][1].late == 2, "visits of November"
        everybody = sign_in(cast.admin).get(reverse("quality_board")).context["board"].trend
        assert everybody[0][1].files == 7
