"""Sheets of the monthly review: made by the night, signed by a supervisor, and reminded of until then."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts import audit
from accounts.models import Team, User
from accounts.selectors import holders
from core import clock
from core.notices import tell
from core.versions import StaleVersionError
from customers.models import QualitySum, ReviewSheet
from customers.quality.figures import of_sum, together
from customers.reviews import sheet

REVIEW = "review_to_sign"
MONDAY = 0


def review(business_date: date) -> dict[str, Any]:
    """The nightly job, behind the one that keeps the figures: sheets of the month that has ended, and on Mondays who is
    to sign one is told again."""
    made = _make(business_date.replace(day=1)) if business_date == clock.month_end(business_date) else []
    morning = business_date + timedelta(days=1)
    again = morning.weekday() == MONDAY
    open_ones = ReviewSheet.objects.filter(signed_at=None).select_related("team__lead")
    told = [*open_ones] if again else [row for row in open_ones if row.pk in made]
    for row in told:
        for person in supervisors(row.team):
            tell(
                user=person,
                kind=REVIEW,
                key=f"{REVIEW}:{row.pk}:{person.pk}:{morning.isoformat()}",
                source_id=row.pk,
                numbers={"month": row.month.isoformat(), "team": row.team.name},
                url=reverse("quality_review", args=[row.pk]),
            )
    return {"sheets": len(made)} if made else {}


@transaction.atomic
def _make(month: date) -> list[int]:
    """A sheet for each team whose people have files; one that is there stays as it is."""
    before = clock.months_back(month, 2)[0]
    rows: dict[int, list[QualitySum]] = defaultdict(list)
    # unscoped: the night works for the company
    for one in QualitySum.objects.filter(month=month, files__gt=0).exclude(team=None).select_related("owner"):
        rows[one.team_id or 0].append(one)
    past: dict[int, list[QualitySum]] = defaultdict(list)
    for one in QualitySum.objects.filter(month=before, team__in=rows):
        past[one.team_id or 0].append(one)
    known = set(ReviewSheet.objects.filter(month=month).values_list("team", flat=True))
    made = []
    for team, theirs in rows.items():
        if team in known:
            continue
        figures = {
            sheet.WHOLE: sheet.kept(together(map(of_sum, theirs))),
            sheet.BEFORE: sheet.kept(together(map(of_sum, past[team]))) if past[team] else None,
            sheet.PEOPLE: [
                {"name": one.owner.name, "files": sheet.kept(of_sum(one))}
                for one in sorted(theirs, key=lambda one: one.percents / one.files)
                if one.owner
            ],
        }
        made.append(ReviewSheet.objects.create(month=month, team_id=team, figures=figures).pk)
    return made


def supervisors(team: Team) -> list[User]:
    """Who is to sign for a team: its lead, else who may in that team, else those of the team above it."""
    at: Team | None = team
    while at is not None:
        if at.lead is not None and at.lead.is_active:
            return [at.lead]
        if found := list(holders("review.change").filter(team=at).select_related("role", "team")):
            return found
        at = at.parent
    return []


@transaction.atomic
def review_sign(*, row: ReviewSheet, note: str, version: int, by: User) -> None:
    """Sign it off, once and for all; StaleVersionError for who comes second."""
    rows = ReviewSheet.objects.filter(pk=row.pk, version=version, signed_at=None)
    if not rows.update(note=note.strip(), signed_by=by, signed_at=clock.now(), version=F("version") + 1):
        raise StaleVersionError(ReviewSheet.objects.get(pk=row.pk))
    audit.record("review.sign", by=by, on=row, review_month=row.month.isoformat(), review_team=row.team_id)
