"""Takes scoring runs back: their history, moves and sums, and what they did to warning cases. The facts follow when
the last remaining run is scored again."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, Q, Value, When

from core import clock, sql
from customers.models import Warn
from segmentation.models import ChurnCase, ChurnParams, CutPoints, Forecast, ScoreInterval, ScoreRun, UsualGap


def last_present_run(upto: date) -> date | None:
    """The last published run up to `upto` that wrote current tiers and cases, not only history."""
    present = ScoreRun.objects.exclude(published_at=None).exclude(counts__history_only=True).filter(as_of__lte=upto)
    return present.order_by("-as_of").values_list("as_of", flat=True).first()


def runs_withdraw(after: date) -> dict[str, int]:
    """Undo all runs as of days after `after`; call it in a transaction, under the night's lock, and score again then.

    Intervals that began later go and those that ended at or after `after` are open again; cases opened later go,
    cases closed later by the night are open again, in the state in which a person had left them.
    """
    later = ScoreRun.objects.filter(as_of__gt=after)
    counts = {"runs": later.count()}
    counts["intervals"] = ScoreInterval.objects.filter(valid_from__gt=after).delete()[0]
    counts["intervals"] += ScoreInterval.objects.filter(valid_to__gte=after).update(valid_to=None)
    counts["cases_removed"] = ChurnCase.objects.filter(opened_on__gt=after).delete()[1].get(ChurnCase._meta.label, 0)
    counts["cases_reopened"] = _reopen_cases(after)
    UsualGap.objects.filter(kept_on__gt=after).delete()
    Forecast.objects.filter(kind=Forecast.Kind.MONTH, as_of__gt=after).delete()
    later.delete()  # sums and moves with them
    in_use = ScoreRun.objects.all()
    ours = Q(manual=False) | Q(created_by=None)
    CutPoints.objects.filter(ours, calibrated_on__gt=after).exclude(pk__in=in_use.values("cut_points")).delete()
    ChurnParams.objects.filter(fitted_on__gt=after).exclude(pk__in=in_use.values("churn_params")).delete()
    return counts


def _reopen_cases(after: date) -> int:
    closed = ChurnCase.objects.filter(closed_on__gt=after)
    # What a person closed stays closed, but counts as closed today: else no warning could open before that year.
    today = min(clock.business_date(), after)
    closed.exclude(closed_by=None).update(closed_on=today, closed_at=clock.now())
    # The night never bumps the version: a second one means that a person had begun to work on it.
    state = Case(When(version__gt=1, then=Value(ChurnCase.State.WORKING)), default=Value(ChurnCase.State.NEW))
    reopened = closed.filter(closed_by=None).update(state=state, closed_at=None, closed_on=None)
    sql.change("segmentation", "levels_back", {"after": after, "warn_none": Warn.NONE.value})
    return reopened
