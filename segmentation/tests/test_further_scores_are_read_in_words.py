"""Health, potential, interaction, satisfaction and loyalty stand on the customer's page, in the list, file and API."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import RoleGrant
from core import memo
from customers.models import Customer, CustomerFacts
from segmentation.models import ScoreBasis, ScoreRun

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


@pytest.fixture
def scored(customer):
    """The worked examples of docs/algorithms/scores.md, all in one customer."""
    ScoreRun.objects.create(as_of=DAY, started_at=timezone.now(), published_at=timezone.now())
    ScoreBasis.objects.create(
        customer=customer,
        tries=4,
        answered=3,
        reached=3,
        inbound=0,
        spend_now=300_000,
        spend_before=200_000,
        products=3,
        chance=50,
        contact_on=DAY - timedelta(days=21),
        contact_every=14,
        csat=5,
        complaints=0,
    )
    known = {"r": 4, "interaction_score": 48, "potential": 67, "health": 70, "satisfaction": "satisfied"}
    known |= {"loyalty": "behavioural", "lifecycle": "loyal", "last_order_on": DAY - timedelta(days=3)}
    CustomerFacts.objects.update_or_create(customer=customer, defaults=known)
    return customer


@pytest.fixture
def unknown(cast):
    """A customer of 小王's of whom nothing is known."""
    found = Customer.objects.create(number="U1", name="无名", owner=cast.wang)
    CustomerFacts.objects.create(customer=found)
    return found


def page(client, customer):
    text = client.get(reverse("customer", args=[customer.pk])).content.decode()
    return " ".join(text.split())


def names(client, **query):
    found = client.get(reverse("customer_list"), query).context["page"]
    return [row.name for row in found.rows]


def without_scores():
    RoleGrant.objects.filter(permission="score.view").delete()
    memo.forget_all()


def anew(user):
    return type(user).objects.get(pk=user.pk)


def test_the_page_says_each_part_with_its_numbers(scored, cast, sign_in):
    text = page(sign_in(cast.wang), scored)
    for said in (
        "Chance of buying is 50% of that on the last order day",
        "No activity for 21 days, planned every 14 days",
        "No complaint open",
        "¥3,000 in 90 days, ¥2,000 in the 90 before",
        "3 different products bought in 365 days",
        "Reached 3 times in 90 days",
        "3 of 4 tries answered",
        "22.5 / 30",
        "9.6 / 20",
        "Of 100 points 75 are known; the score is the share of these.",
        "<b>Satisfied</b>",
        "Last answer after a complaint: 5 of 5",
        "<b>Buys loyally</b>",
    ):
        assert said in text, said
    assert "rated anew tonight" not in text


def test_in_chinese_too(scored, cast, sign_in):
    cast.wang.language = "zh-hans"
    cast.wang.save()
    with translation.override("zh-hans"):
        text = page(sign_in(cast.wang), scored)
    assert "近 90 天接触成功 3 次" in text
    assert "还没有数据" in text


def test_a_missing_part_is_no_data_yet_and_not_zero(scored, cast, sign_in):
    text = page(sign_in(cast.wang), scored)
    assert "Size and industry <small>no data yet</small>" in text
    ScoreBasis.objects.update(csat=None)
    CustomerFacts.objects.update(satisfaction="", potential=None)
    text = page(sign_in(cast.wang), scored)
    assert 'Potential <span class="muted">no data yet</span>' in text
    assert "<b>Satisfied</b>" not in text


def test_what_was_asked_of_a_prospect_is_a_part_of_the_potential(scored, cast, sign_in):
    assert "Qualification <small>no data yet</small>" in page(sign_in(cast.wang), scored)
    ScoreBasis.objects.update(qualification=80)
    text = page(sign_in(cast.wang), scored)
    assert "8 / 10" in text
    assert "Qualification 80 of 100" in text


def test_who_has_bought_since_the_night_is_rated_anew(scored, cast, sign_in):
    CustomerFacts.objects.update(last_order_on=DAY + timedelta(days=1))
    assert "rated anew tonight" in page(sign_in(cast.wang), scored)


def test_a_customer_of_whom_nothing_is_known_has_no_card(unknown, cast, sign_in):
    assert "no data yet" not in page(sign_in(cast.wang), unknown)


@pytest.mark.parametrize(
    ("narrowed", "fits"),
    [
        ({"health": "high"}, "scored"),
        ({"health": "unknown"}, "unknown"),
        ({"health": ["high", "unknown"]}, "both"),
        ({"potential": "high"}, "scored"),
        ({"potential": "mid"}, ""),
        ({"interaction": "mid"}, "scored"),
        ({"satisfaction": "satisfied"}, "scored"),
        ({"satisfaction": "unknown"}, "unknown"),
        ({"loyalty": "behavioural"}, "scored"),
        ({"group5": "unknown"}, "both"),
        ({"frequency_class": "high"}, ""),
        ({"amount_class": "large"}, ""),
    ],
)
def test_the_list_is_narrowed_by_each(narrowed, fits, scored, unknown, cast, sign_in):
    who = {"scored": [scored.name], "unknown": [unknown.name], "both": [scored.name, unknown.name], "": []}[fits]
    assert sorted(names(sign_in(cast.wang), **narrowed)) == sorted(who)


def test_what_it_is_narrowed_or_sorted_by_has_a_column(scored, unknown, cast, sign_in):
    client = sign_in(cast.wang)
    heads = [head.label for head in client.get(reverse("customer_list")).context["list"].heads]
    assert "Health" not in heads
    answer = client.get(reverse("customer_list"), {"sort": "-health", "satisfaction": "satisfied"})
    heads = [head.label for head in answer.context["list"].heads]
    assert {"Health", "Satisfaction"} <= set(heads)
    assert names(client, sort="-health") == [scored.name, unknown.name]
    assert names(client, sort="potential") == [scored.name, unknown.name]


def test_the_file_and_the_api_say_the_same(scored, cast, sign_in):
    client = sign_in(cast.lead)
    answer = client.post(reverse("customer_export"), {"reason": "a talk", "file": "csv"})
    head, line = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    row = dict(zip(head, line, strict=True))
    assert (row["Health"], row["Potential"], row["Interaction"]) == ("70", "67", "48")
    assert (row["Satisfaction"], row["Loyalty"]) == ("satisfied", "buys loyally")
    facts = client.get("/api/v1/customers/", {"health_from": 70, "potential_to": 67}).json()["results"][0]["facts"]
    assert (facts["health"], facts["potential"], facts["interaction_score"]) == (70, 67, 48)
    assert (facts["satisfaction"], facts["loyalty"]) == ("satisfied", "behavioural")
    assert not client.get("/api/v1/customers/", {"interaction_from": 49}).json()["results"]


def test_the_api_narrows_by_groups_and_classes(scored, unknown, cast, sign_in):
    CustomerFacts.objects.filter(customer=scored).update(
        group5="growth", segment8="growth_key", frequency_class="mid", amount_class="large"
    )
    client = sign_in(cast.lead)
    for name, code in (
        ("group5", "growth"), ("segment8", "growth_key"), ("frequency_class", "mid"), ("amount_class", "large"),
    ):  # fmt: skip
        found = client.get("/api/v1/customers/", {name: code}).json()["results"]
        assert [row["id"] for row in found] == [scored.pk]
        assert client.get("/api/v1/customers/", {name: "nonsense"}).status_code == 400
    assert client.get("/api/v1/customers/", {"segment8": "champion"}).json()["results"] == []


def test_the_list_is_sorted_by_interaction_with_who_has_none_last(scored, unknown, cast, sign_in):
    third = Customer.objects.create(number="U2", name="三", owner=cast.wang)
    CustomerFacts.objects.create(customer=third, interaction_score=90)
    client = sign_in(cast.lead)
    assert names(client, sort="-interaction") == [third.name, scored.name, unknown.name]
    assert names(client, sort="interaction") == [scored.name, third.name, unknown.name]
    heads = client.get(reverse("customer_list"), {"sort": "-interaction"}).context["list"].heads
    assert "Interaction" in [head.label for head in heads]


def test_who_may_not_see_scores_learns_them_nowhere(scored, unknown, cast, sign_in):
    without_scores()
    client = sign_in(anew(cast.lead))
    assert "Buys loyally" not in page(client, scored)
    for narrowed in ({"health": "high"}, {"r": "4"}, {"satisfaction": "unknown"}):
        assert len(names(client, view="all", **narrowed)) == 2, narrowed
    answer = client.get(reverse("customer_list"), {"sort": "-health", "health": "high"})
    assert "Health" not in [head.label for head in answer.context["list"].heads]
    assert answer.context["list"].sort != "-health"
    assert b'name="health"' not in client.get(reverse("customer_filters")).content
    assert not client.get("/api/v1/customers/", {"health_from": 0}).json()["results"]
    CustomerFacts.objects.filter(customer=scored).update(group5="growth")
    assert not client.get("/api/v1/customers/", {"group5": "growth"}).json()["results"]
    facts = client.get("/api/v1/customers/").json()["results"][0]["facts"]
    assert (facts["health"], facts["loyalty"]) == (None, "")
