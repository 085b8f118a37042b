"""`/appraisals/`: sheets, written by a supervisor and the person, signed by both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.scope import reach_of
from accounts.selectors import measured
from core import clock
from core.digits import whole_number
from responsibility.appraisals import services
from responsibility.appraisals.forms import AnswerForm, BeginForm, LeadForm, MeasureForm, period_words
from responsibility.appraisals.listing import APPRAISALS
from responsibility.appraisals.models import Appraisal, Measure
from responsibility.targets.lists import list_of
from sales.goals import Goal, in_words
from sales.models import Target
from segmentation.selectors import published_runs
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page


@dataclass(frozen=True)
class Figure:
    """A line of the sheet: a target of a month and what was reached, as it was then; `url`: what it counts now."""

    month: date
    label: str | Promise
    target: str
    reached: str
    share: float | None
    url: str


@needs(APPRAISALS.permission, READ)
def appraisal_list(request: Request) -> HttpResponse:
    """Sheets of oneself and one's people."""
    return list_page(
        Asked(APPRAISALS, request),
        title=_("Appraisals"),
        template="responsibility/appraisals/list.html",
        may_add=request.user.can("appraisal.add"),
    )


@needs("appraisal.add", FORM)
def appraisal_new(request: Request) -> HttpResponse:
    """Begin a sheet: its figures are filled in."""
    whose = reach_of(request.user).whose("pk", "appraisal.add")
    people = measured(request.user).filter(whose).exclude(pk=request.user.pk).order_by("name_sort", "pk")
    return form_page(
        request,
        partial(BeginForm, people=people),
        "responsibility/appraisals/begin.html",
        once=Appraisal,
        initial={"person": request.GET.get("person", "")},
        save=lambda form: services.appraisal_begin(by=request.user, **form.begun()),
        said=_("The figures are filled in. Add strengths, measures and a grade."),
        then=lambda made: reverse("appraisal", args=[made.pk]),
        back=reverse("appraisal_list"),
    )


@needs("appraisal.view", READ)
def appraisal(request: Request, pk: int) -> HttpResponse:
    """One sheet."""
    row = _sheet(request, pk)
    reach = reach_of(request.user)
    run = published_runs().first()
    of_oneself, writes = row.person_id == request.user.pk, _writes(request, row)
    signed = row.person_signed_at if of_oneself else row.lead_signed_at
    context = {
        "sheet": row,
        "period": period_words(row.begins, row.months),
        "figures": [_figure(row, line, run.as_of if run else None) for line in row.figures],
        "duties": [_duty(line) for line in row.duties],
        "measures": list(row.measures.select_related("done_by").order_by("due_on", "pk")),
        "today": clock.business_date(),
        "may_write": writes and not row.is_closed,
        "may_answer": of_oneself and not row.is_closed,
        "may_sign": (of_oneself or writes) and not row.is_closed and signed is None,
        "may_close": writes or of_oneself,
        "shows_incentive": of_oneself or reach.holds(row, "appraisal.reward"),
    }
    return render(request, "responsibility/appraisals/page.html", context)


@needs("appraisal.change", FORM)
def appraisal_edit(request: Request, pk: int) -> HttpResponse:
    """What the supervisor says."""
    row = _written(request, pk)
    rewards = reach_of(request.user).holds(row, "appraisal.reward")
    return edit_page(
        request,
        partial(LeadForm, rewards=rewards),
        "responsibility/appraisals/form.html",
        find=partial(_written, request, pk),
        row=row,
        draft=f"appraisal:{pk}",
        save=lambda edit: services.appraisal_change(
            appraisal=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved"),
        then=reverse("appraisal", args=[pk]),
        sheet=row,
    )


@needs("appraisal.view", FORM)
def appraisal_answer(request: Request, pk: int) -> HttpResponse:
    """What the person says to it."""
    row = _own(request, pk)
    return edit_page(
        request,
        AnswerForm,
        "responsibility/appraisals/form.html",
        find=partial(_own, request, pk),
        row=row,
        draft=f"appraisal:{pk}",
        save=lambda edit: services.appraisal_change(
            appraisal=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved"),
        then=reverse("appraisal", args=[pk]),
        sheet=row,
    )


@needs("appraisal.change", FORM)
def measure_new(request: Request, pk: int) -> HttpResponse:
    """Agree on something."""
    row = _written(request, pk)
    return form_page(
        request,
        MeasureForm,
        "responsibility/appraisals/form.html",
        once=Measure,
        save=lambda form: services.measure_add(appraisal=row, by=request.user, **form.values()),
        said=_("Measure noted."),
        then=reverse("appraisal", args=[pk]),
        sheet=row,
    )


@needs("appraisal.change", POST)
def measure_remove(request: Request, pk: int) -> HttpResponse:
    """It was noted by mistake."""
    measure = _measure(pk)
    _written(request, measure.appraisal_id)
    return act(
        request,
        partial(services.measure_remove, measure=measure, by=request.user),
        said=_("Measure removed."),
        then=reverse("appraisal", args=[measure.appraisal_id]),
    )


@needs("appraisal.view", POST)
def measure_done(request: Request, pk: int) -> HttpResponse:
    """By the person, or by who writes the sheet; also after both have signed."""
    measure = _measure(pk)
    row = _sheet(request, measure.appraisal_id)
    if row.person_id != request.user.pk and not _writes(request, row):
        raise PermissionDenied
    return act(
        request,
        partial(services.measure_done, measure=measure, by=request.user),
        said=_("Done"),
        then=reverse("appraisal", args=[row.pk]),
    )


@needs("appraisal.change", POST)
def appraisal_figures(request: Request, pk: int) -> HttpResponse:
    """Fill the figures in as they are now."""
    row = _written(request, pk)
    return act(
        request,
        partial(services.figures_refresh, appraisal=row, by=request.user),
        said=_("The figures are those of now."),
        then=reverse("appraisal", args=[pk]),
    )


@needs("appraisal.view", POST)
def appraisal_sign(request: Request, pk: int) -> HttpResponse:
    """Sign what one has read."""
    row = _sheet(request, pk)
    if row.person_id != request.user.pk and not _writes(request, row):
        raise PermissionDenied
    version = whole_number(request.POST.get("version", ""), 10**9) or 0
    return act(
        request,
        partial(services.appraisal_sign, appraisal=row, version=version, by=request.user),
        said=_("Signed."),
        then=reverse("appraisal", args=[pk]),
    )


def _sheet(request: Request, pk: int, action: str = "view") -> Appraisal:
    return row_for(Appraisal.objects.select_related("person__team", "lead"), request.user, pk, action)


def _written(request: Request, pk: int) -> Appraisal:
    """One that this person writes: of somebody else, and not signed by both."""
    row = _sheet(request, pk, "change")
    if row.person_id == request.user.pk or row.is_closed:
        raise PermissionDenied
    return row


def _own(request: Request, pk: int) -> Appraisal:
    row = _sheet(request, pk)
    if row.person_id != request.user.pk or row.is_closed:
        raise PermissionDenied
    return row


def _writes(request: Request, row: Appraisal) -> bool:
    return row.person_id != request.user.pk and reach_of(request.user).holds(row, "appraisal.change")


def _measure(pk: int) -> Measure:
    measure = Measure.objects.select_related("appraisal").filter(pk=pk).first()
    if measure is None:
        raise Http404
    return measure


def _figure(row: Appraisal, line: dict[str, Any], last_run: date | None) -> Figure:
    month, metric = date.fromisoformat(line["month"]), line["metric"]
    goal = Goal(metric, line["target"] or 0, line["reached"])
    label = Target.Metric(metric).label
    target, reached = in_words(metric, line["target"]), in_words(metric, line["reached"])
    return Figure(month, label, target, reached, goal.share, list_of(metric, row.person_id, month, last_run))


def _duty(line: dict[str, Any]) -> dict[str, Any]:
    at = line["accepted_at"]
    return {**line, "accepted_at": datetime.fromisoformat(at) if at else None}
