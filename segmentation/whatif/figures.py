"""All figures of a preview: reckoned while the page waits, or in a large company by a worker.

A worker does them in steps, so that the page can say how far it is; they stay until something else is asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import ALL, reach_of
from core import clock, jobs
from core.contributions import NightlyJob
from segmentation import tiers
from segmentation.models import ScoreRun
from segmentation.selectors import latest_run
from segmentation.whatif.models import RulePreview
from segmentation.whatif.months import Month, month_ends, month_of
from segmentation.whatif.preview import Flow, flows_of
from segmentation.whatif.question import Question
from segmentation.whatif.scoring import scoring_in
from segmentation.whatif.work import Load, loads_of

LARGE = 100_000  # customers; of more a worker reckons the figures
LARGE_COUNTED = 30_000  # the same where orders have to be counted again
JOB_NAME = "rule_previews"


@dataclass(frozen=True)
class Figures:
    """What was found out; `months` None: not asked for yet."""

    flows: list[Flow]
    loads: list[Load]
    months: list[Month] | None = None


def is_large(run: ScoreRun, question: Question) -> bool:
    """Whether the company has too many customers for somebody to wait for the page."""
    most = LARGE_COUNTED if question.counts_again(run) else LARGE
    return int(run.counts.get("customers", 0)) > most


def figures_now(user: User, question: Question, run: ScoreRun) -> Figures:
    """All but the months, as of the latest run; two queries, and where other days are asked about their orders."""
    by = question.measured(run)
    return Figures(flows_of(user, question, by), loads_of(user, question, by))


def months_now(user: User, question: Question) -> list[Month]:
    """A query for each of the last six month ends."""
    return [month_of(user, question, run) for run in month_ends()]


# --- by a worker -----------------------------------------------------------------------------------------------------
def asked_for(user: User, question: Question, run: ScoreRun) -> RulePreview:
    """The stored figures; a worker is asked for them where this is another question than the last one."""
    digest = _digest(user, question, run)
    row = RulePreview.objects.filter(scheme=question.scheme, user=user, about=question.about).first()
    if row is None or row.question != digest:
        values = {
            "question": digest,
            "tiers": list(question.definition.tiers),
            "definition": tiers.as_stored(question.definition),
            "looks": {code: dict(look) for code, look in question.looks.items()},
            "scoring": question.scoring.address if question.scoring else None,
            "asked_at": clock.now(),
            "done": 0,
            "of": 2 + len(month_ends()),
            "figures": None,
            "ready_at": None,
        }
        row, _new = RulePreview.objects.update_or_create(
            scheme=question.scheme, user=user, about=question.about, defaults=values
        )
        jobs.ask_for(JOB_NAME, clock.last_ended_day())
    return row


def _digest(user: User, question: Question, run: ScoreRun) -> str:
    people = reach_of(user).people("score.view")
    said = [
        tiers.as_stored(question.definition),
        question.definition.tiers,
        [run.pk, run.published_at],
        "all" if people is ALL else sorted(people),
        clock.business_date(),  # tiers by hand end with a day
        question.scoring and question.scoring.address,
    ]
    return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


def reckon_asked(business_date: date) -> Iterator[dict[str, Any]]:
    """The job of the worker: the figures of every question that waits, the oldest first."""
    done = 0
    while (
        row := RulePreview.objects.filter(ready_at=None).select_related("user").order_by("asked_at").first()
    ) is not None:
        for _step in _reckoned(row):
            yield {"previews": done}
        done += 1
    yield {"previews": done}


def _reckoned(row: RulePreview) -> Iterator[None]:
    """In steps; what was asked meanwhile instead is another row's turn."""
    scoring = scoring_in(row.scoring) if row.scoring else None
    question = Question(row.scheme, tiers.read(row.tiers, row.definition), row.looks, scoring=scoring)
    same = RulePreview.objects.filter(pk=row.pk, question=row.question)
    run = latest_run()
    by = question.measured(run) if run else None
    flows = flows_of(row.user, question, by)
    if by is None:
        same.update(done=1)
        yield
    loads = loads_of(row.user, question, by)  # in one step with what was counted for it
    same.update(done=2)
    yield
    months = []
    for place, run in enumerate(month_ends(), 3):
        months.append(month_of(row.user, question, run))
        same.update(done=place)
        yield
    found = Figures(flows, loads, months)
    same.update(figures=json.loads(json.dumps(asdict(found), default=str)), ready_at=clock.now())


def stored(row: RulePreview) -> Figures:
    """What `reckon_asked` stored."""
    said: dict[str, Any] = row.figures or {}
    return Figures(
        [Flow(**one) for one in said["flows"]],
        [Load(**one) for one in said["loads"]],
        [Month(**{**one, "on": date.fromisoformat(one["on"])}) for one in said["months"]],
    )


REQUESTED = NightlyJob(
    JOB_NAME,
    reckon_asked,
    _("What-if previews of tier rules"),
    after=("scoring",),
    counts={"previews": _("%(n)s previews")},
)
