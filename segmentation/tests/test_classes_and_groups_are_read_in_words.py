"""Class of frequency, class of amount and the group of five stand on the customer's page and in the file, alike."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import RoleGrant
from core import memo
from customers.models import CustomerFacts
from segmentation.models import CutPoints, ScoreInterval, ScoreRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(customer):
    day = date(2026, 11, 20)
    cuts = CutPoints.objects.create(
        r=[365, 180, 90, 30], f=[2, 3, 4, 6], m=[1, 2, 3, 4], amount_classes=[2_000_000, 500_000], calibrated_on=day
    )
    ScoreRun.objects.create(as_of=day, cut_points=cuts, started_at=timezone.now(), published_at=timezone.now())
    ScoreInterval.objects.create(
        customer=customer,
        valid_from=day,
        r=5,
        f=4,
        m=2,
        group5="growth",
        purchase_days=7,
        frequency=8,
        monetary=600_000,
        tier_scheme="b2b",
        tier="B",
        lifecycle="repeat",
    )
    CustomerFacts.objects.update_or_create(
        customer=customer,
        defaults={
            "last_order_on": day - timedelta(days=3),
            "frequency": 8,
            "monetary": 600_000,
            "r": 5,
            "f": 4,
            "m": 2,
            "group5": "growth",
            "frequency_class": "high",
        },
    )
    return customer


def row_of(client):
    sent = {"reason": "a talk", "file": "csv"}
    answer = client.post(reverse("customer_export"), sent)
    head, row = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    return dict(zip(head, row, strict=True))


def test_the_page_says_each_class_with_the_numbers_behind_it(scored, cast, sign_in):
    text = sign_in(cast.wang).get(reverse("customer", args=[scored.pk])).content.decode()
    assert "<b>Often</b>" in text
    assert "bought on 7 days of 365" in text
    assert "<b>Medium</b>" in text
    assert "¥6,000 in 365 days; large from ¥20,000, medium from ¥5,000" in text
    assert "<b>Growing</b>" in text
    assert "11 of 15 points (R 5, F 4, M 2)" in text


def test_in_chinese_too(scored, cast, sign_in):
    cast.wang.language = "zh-hans"
    cast.wang.save()
    with translation.override("zh-hans"):
        text = sign_in(cast.wang).get(reverse("customer", args=[scored.pk])).content.decode()
    assert "高频" in text
    assert "中额" in text
    assert "成长客户" in text


def test_the_file_says_the_same(scored, cast, sign_in):
    row = row_of(sign_in(cast.lead))
    assert (row["R"], row["F"], row["M"], row["Points"], row["Group"]) == ("5", "4", "2", "11", "growing")
    assert (row["Purchase days in them"], row["Frequency class"]) == ("7", "often")
    assert (row["Rated amount (CNY)"], row["Amount class"]) == ("6000.00", "medium")


def test_without_the_right_to_scores_neither_is_read(scored, cast, sign_in):
    RoleGrant.objects.filter(permission="score.view").delete()
    memo.forget_all()
    assert "Frequency class" not in row_of(sign_in(type(cast.lead).objects.get(pk=cast.lead.pk)))
    text = sign_in(type(cast.wang).objects.get(pk=cast.wang.pk)).get(reverse("customer", args=[scored.pk]))
    assert "bought on 7 days" not in text.content.decode()


def test_a_customer_without_scores_has_empty_cells(customer, cast, sign_in):
    row = row_of(sign_in(cast.lead))
    assert {row[name] for name in ("R", "F", "M", "Points", "Group", "Frequency class", "Amount class")} == {""}
