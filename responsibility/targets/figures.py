"""What people have reached of targets that apps above sales know: retention and satisfaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Sum

from core import clock
from feedback.team import satisfaction_of
from sales.goals import Metric, Reached, reached, sold
from segmentation.models import RetentionSum
from segmentation.selectors import published_runs

FIGURES = (Metric.REVENUE, Metric.NEW, Metric.VISITS, Metric.RETENTION, Metric.SATISFACTION)


def measured_of(people: Sequence[int], month: date) -> Reached:
    """Retention: the share of those who had bought a month before and aren't lost, by the last run of the month.
    Satisfaction: the mean mark of the month."""
    run = published_runs().filter(as_of__gte=month, as_of__lt=clock.next_month(month)).first()
    sums = RetentionSum.objects.filter(run=run, span=RetentionSum.Span.MONTH, owner__in=people).order_by()
    kept = sums.values_list("owner").annotate(customers=Sum("customers"), churned=Sum("churned"))
    return {
        **{(pk, Metric.RETENTION): round(100 * (n - churned) / n) for pk, n, churned in kept if n},
        **{(pk, Metric.SATISFACTION): round(100 * mean) for pk, mean in satisfaction_of(people, month).items()},
    }


def all_reached(person: int, month: date) -> dict[str, int]:
    """Every figure of one person in one month, as Target keeps it."""
    found = {**reached([person], month), **measured_of([person], month)}
    figures: dict[str, int] = {metric: value for (_pk, metric), value in found.items()}
    for of in sold([person], [month]).values():
        figures[Metric.REVENUE] = int(of.net)  # the database adds up as a decimal
    return figures
