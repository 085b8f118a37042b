"""Who is one step below a high-value tier, and what is missing: on the list and on the file."""

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, CustomerFacts
from segmentation import tiers
from segmentation.buying import rising
from segmentation.buying.selectors import missing_of
from segmentation.buying.words import missing_words
from segmentation.models import CutPoints, ScoreBasis, ScoreRun

CUTS_F, CUTS_M = [2, 3, 4, 6], [30_000, 80_000, 150_000, 400_000]


@pytest.fixture(scope="module")
def steps():
    return rising.steps_up(lambda r, f, m: tiers.tier_by(tiers.DEFAULTS["b2c"], {"r": r, "f": f, "m": m}), {"A"})


@pytest.mark.parametrize(
    ("f", "m", "step"),
    [(3, 4, "orders"), (3, 5, "orders"), (4, 3, "amount"), (3, 3, "both"), (2, 4, None), (2, 3, None), (4, 4, None)],
)
def test_one_step_is_told_by_which_score(steps, f, m, step):
    assert steps.get((3, f, m)) == step


def test_where_either_alone_would_do_both_are_said():
    by_either = rising.steps_up(lambda r, f, m: "A" if f + m >= 8 else "C", {"A"})
    assert by_either[1, 3, 4] == "either"


@pytest.mark.parametrize(
    ("step", "scores", "expected"),
    [
        ("orders", (3, 4), rising.Missing(1, None)),
        ("amount", (4, 3), rising.Missing(None, 12_000)),
        ("both", (3, 3), rising.Missing(1, 12_000, "both")),
        ("either", (3, 3), rising.Missing(1, 12_000, "either")),
    ],
)
def test_the_worked_example_of_what_is_missing(step, scores, expected):
    numbers = {"f": scores[0], "m": scores[1], "frequency": 3, "monetary": 138_000}
    assert rising.missing(step, **numbers, cuts_f=CUTS_F, cuts_m=CUTS_M) == expected


def test_a_score_that_nobody_reaches_can_be_missed_by_nobody():
    numbers = {"f": 3, "m": 4, "frequency": 3, "monetary": 1, "cuts_f": [2, 3, None, None], "cuts_m": CUTS_M}
    assert rising.missing("orders", **numbers) is None


@pytest.fixture
def book(cast):
    cuts = CutPoints.objects.create(calibrated_on="2026-06-01", r=[1, 2, 3, 4], f=CUTS_F, m=CUTS_M)
    now = timezone.now()
    ScoreRun.objects.create(as_of="2026-06-10", cut_points=cuts, started_at=now, published_at=now)

    def make(number, scores, spend=(200, 100), tier="C", owner=cast.wang):
        made = Customer.objects.create(number=number, name=number, kind="person", owner=owner, team=owner.team)
        r, f, m = scores
        figures = {"frequency": 3, "monetary": 138_000, "tier": tier, "tier_rank": 4, "lifecycle": "repeat"}
        CustomerFacts.objects.create(customer=made, r=r, f=f, m=m, **figures)
        ScoreBasis.objects.create(
            customer=made,
            **dict.fromkeys(("tries", "answered", "reached", "inbound", "complaints"), 0),
            spend_now=spend[0],
            spend_before=spend[1],
        )
        return made

    make("RISING", (3, 3, 3))
    make("FALLING", (3, 3, 3), spend=(100, 200))
    make("FAR", (3, 2, 2))
    make("THERE", (3, 4, 4), tier="A")
    make("OTHERS", (3, 3, 4), owner=cast.outsider)
    return Customer.objects.get(number="RISING")


@pytest.mark.django_db
def test_the_list_holds_who_is_near_and_spends_more(sign_in, cast, book):
    page = sign_in(cast.wang).get(reverse("rising"))
    assert [row.number for row in page.context["page"].rows] == ["RISING"]
    assert "1 order and ¥120 more" in page.content.decode()
    assert [row.number for row in sign_in(cast.outsider).get(reverse("rising")).context["page"].rows] == ["OTHERS"]


@pytest.mark.django_db
def test_the_file_says_it_in_a_line(sign_in, cast, book):
    assert missing_words(missing_of(book)) == "1 order and ¥120 more"
    page = sign_in(cast.wang).get(reverse("customer", args=[book.pk])).content.decode()
    assert "1 order and ¥120 more" in page
