"""Telling who follows a customer that a night has moved it into another tier, or has warned of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from customers.models import Warn
from customers.services.followers import News, followers_tell
from segmentation import catalogue
from segmentation.models import ChurnCase, RuleSet, ScoreRun, TierMove
from ui import formatting

NEW_TIER, NEW_WARNING = "followed_tier", "followed_warning"


def moves_told(run: ScoreRun) -> None:
    """The moves of a published run; of one that is repeated nobody hears again."""
    sets = RuleSet.objects.filter(pk__in=run.rule_sets).values_list("scheme", "number", "effective_on")
    days = {(scheme, number): day.isoformat() for scheme, number, day in sets}
    moves = TierMove.objects.filter(run=run, customer__followers__isnull=False, customer__deleted_at=None)
    news = [
        News(
            move.customer,
            f"{run.as_of.isoformat()}:{move.customer_id}",
            {"scheme": move.tier_scheme, "before": move.tier_before, "after": move.tier_after, "up": move.up}
            | _by_which_rules(move, days),
        )
        for move in moves.select_related("customer").distinct()
    ]
    followers_tell(NEW_TIER, news)


def warnings_told(run: ScoreRun) -> None:
    """Warnings that a run has opened or turned red; the customer's owner hears of them anyway."""
    cases = ChurnCase.objects.filter(level_since=run.as_of, closed_at=None, customer__deleted_at=None)
    news = [
        News(
            case.customer,
            f"{case.pk}:{case.level}",
            {"level": case.level},
            url=reverse("warning", args=[case.pk]),
            heard=frozenset({case.customer.owner_id}),
        )
        for case in cases.filter(customer__followers__isnull=False).select_related("customer").distinct()
    ]
    followers_tell(NEW_WARNING, news)


def new_warning_said(numbers: Mapping[str, Any]) -> str:
    """How serious it is."""
    if "customers" in numbers:
        text = ngettext(
            "%(n)s customer you follow has a churn warning",
            "%(n)s customers you follow have churn warnings",
            numbers["customers"],
        )
        return text % {"n": numbers["customers"]}
    return _("Red churn warning") if numbers["level"] == Warn.RED else _("Yellow churn warning")


def _by_which_rules(move: TierMove, days: Mapping[tuple[str, int], str]) -> dict[str, Any]:
    on = days.get((move.tier_scheme, move.rules or 0))
    return {"rules": move.rules, "rules_on": on} if on else {}


def new_tier_said(numbers: Mapping[str, Any]) -> str:
    """From which tier into which."""
    if "customers" in numbers:
        text = ngettext(
            "%(n)s customer you follow moved to another tier",
            "%(n)s customers you follow moved to other tiers",
            numbers["customers"],
        )
        return text % {"n": numbers["customers"]}
    words = {"before": _name(numbers, "before"), "after": _name(numbers, "after")}
    moved = (_("Up from %(before)s to %(after)s") if numbers["up"] else _("Down from %(before)s to %(after)s")) % words
    if not numbers.get("rules"):
        return moved
    by = by_rules(numbers["rules"], date.fromisoformat(numbers["rules_on"]))
    return pgettext("between reasons", "; ").join([moved, by])


def by_rules(number: int, effective_on: date) -> str:
    """What moved a customer whose own numbers would have left it where it was."""
    return _("by rules version %(number)s of %(day)s") % {"number": number, "day": formatting.day(effective_on)}


def _name(numbers: Mapping[str, Any], side: str) -> str:
    tier = catalogue.catalogue().get((numbers["scheme"], numbers[side]))
    return tier.name if tier else _("unrated")
