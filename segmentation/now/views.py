"""`/segmentation/now/ID/`: one customer's score as of now beside the published one; into the card, or as a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import READ, needs
from accounts.http import Request
from accounts.masking import masked
from core import company
from customers.models import Customer, Warn, facts_of
from customers.models.facts import LIFECYCLE_WORDS
from segmentation import catalogue
from segmentation.classes import GROUP5
from segmentation.now.reckoning import Score, score_now
from segmentation.selectors import days_that_count
from ui import formatting


@dataclass(frozen=True)
class Line:
    """What it is, as published, as of now."""

    what: str
    published: str
    now: str

    @property
    def differs(self) -> bool:
        """Whether tonight says something else."""
        return self.published != self.now


def lines(customer: Customer, now: Score) -> Iterator[Line]:
    """The points and what they come to, each as published and as of now."""
    facts, currency = facts_of(customer), company.currency()
    yield Line("R F M", _points(facts.r, facts.f, facts.m), _points(now.r, now.f, now.m))
    yield Line(_("Days that count"), _number(days_that_count()), _number(now.window_days))
    yield Line(_("Orders in them"), _number(facts.frequency), _number(now.frequency))
    amounts = (formatting.money_round(amount or 0, currency) for amount in (facts.monetary, now.monetary))
    yield Line(_("Amount in them"), *amounts)
    yield Line(_("Group"), str(GROUP5.get(facts.group5, "")), str(GROUP5.get(now.group5, "")))
    yield Line(_("Tier"), _tier(now.tier_scheme, facts.tier), _tier(now.tier_scheme, now.tier))
    yield Line(_("Lifecycle"), *(_stage(code) for code in (facts.lifecycle, now.lifecycle)))
    yield Line(_("Churn warning"), *(_level(code) for code in (facts.warning, now.warning)))


def _points(*scores: int | None) -> str:
    return " ".join(str(score) for score in scores) if all(scores) else formatting.DASH


def _number(count: int | None) -> str:
    return formatting.number(count or 0)


def _tier(scheme: str, code: str) -> str:
    tier = catalogue.catalogue().get((scheme, code))
    return f"{tier.letter} {tier.name}" if tier else _("unrated")


def _stage(code: str) -> str:
    return capfirst(str(LIFECYCLE_WORDS.get(code, code)))


def _level(code: str) -> str:
    return _("none") if code == Warn.NONE else str(Warn(code).label)


@needs("score.view", READ)
def score_now_page(request: Request, pk: int) -> HttpResponse:
    """Reckoned when it is asked for, and stored nowhere."""
    customer = row_for(Customer.objects.select_related("facts"), request.user, pk, "score.view")
    now = score_now(customer)
    warned = request.user.can("warning.view")
    shown = list(lines(customer, now)) if now else []
    context = {
        "customer": masked(request.user, customer),
        "now": now,
        "lines": shown if warned else shown[:-1],
        "chance": formatting.percent(now.p_buy) if now and now.p_buy is not None and warned else "",
    }
    part = request.headers.get("HX-Request")
    return render(request, "segmentation/now/part.html" if part else "segmentation/now/page.html", context)
