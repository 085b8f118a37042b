"""Takes scoring runs back: their history, moves and sums, and what they did to warning cases. The facts follow when
the last remaining run is scored again."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Q

from core import clock
from segmentation.models import ChurnCase, ChurnParams, CutPoints, ScoreInterval, ScoreRun


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
    with connection.cursor() as cursor:
        # The night never bumps the version: a second one means that a person had begun to work on it.
        cursor.execute(
            "UPDATE segmentation_churncase SET state = CASE WHEN version > 1 THEN 'working' ELSE 'new' END,"
            " closed_at = NULL, closed_on = NULL WHERE closed_on > %(after)s AND closed_by_id IS NULL",
            {"after": after},
        )
        reopened = cursor.rowcount
        cursor.execute(_LEVELS, {"after": after})
    return reopened


# The level that stood at the last remaining run, and since when, as the intervals tell it.
_LEVELS = """
    UPDATE segmentation_churncase c
    SET level = s.warning, level_since = greatest(c.opened_on, s.since)
    FROM (
        SELECT now.customer_id, now.warning, (
                   SELECT min(i.valid_from) FROM segmentation_scoreinterval i
                   WHERE i.customer_id = now.customer_id AND i.warning = now.warning
                     AND i.valid_from > COALESCE((
                         SELECT max(b.valid_from) FROM segmentation_scoreinterval b
                         WHERE b.customer_id = now.customer_id AND b.warning <> now.warning), '-infinity'::date)
               ) AS since
        FROM segmentation_scoreinterval now
        WHERE now.valid_to IS NULL AND now.warning <> 'none'
    ) s
    WHERE s.customer_id = c.customer_id AND c.closed_at IS NULL AND c.level_since > %(after)s
"""
