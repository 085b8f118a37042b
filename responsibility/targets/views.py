"""`/team/targets/<person>/`: what one person is to reach in a month, beside what was reached before."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, needs
from accounts.http import Request
from accounts.scope import reach_of
from accounts.selectors import measured
from core import clock
from followups.visits import month_of
from responsibility.targets.figures import FIGURES, all_reached
from responsibility.targets.forms import TargetsForm
from responsibility.targets.lists import list_of
from sales.goals import in_words
from sales.models import Target
from sales.services.targets import target_delete, target_set
from segmentation.selectors import published_runs
from ui import formatting
from ui.flow import form_page


@needs("target.change", FORM)
def person_targets(request: Request, pk: int) -> HttpResponse:
    """Five figures; an empty one is no target."""
    reached_by_right = reach_of(request.user).whose("pk", "target.change")
    person = get_object_or_404(measured(request.user).filter(reached_by_right), pk=pk)
    month = month_of(request.GET.get("month", ""), clock.business_date())
    stored = {
        target.metric: target for target in Target.objects.for_user(request.user).filter(user=person, month=month)
    }

    @transaction.atomic
    def save(form: TargetsForm) -> None:
        for metric in FIGURES:
            value, before = form.cleaned_data[metric], stored.get(metric)
            if value is not None:
                target_set(user=person, month=month, metric=metric, value=value, by=request.user)
            elif before is not None:
                target_delete(target=before, by=request.user)

    before, year_ago = clock.months_back(month, 2)[0], clock.months_back(month, 13)[0]
    run = published_runs().first()
    known = [(all_reached(person.pk, day), day) for day in (before, year_ago)]
    return form_page(
        request,
        TargetsForm,
        "responsibility/targets/form.html",
        initial={metric: target.value for metric, target in stored.items()},
        save=save,
        said=_("Targets of %(name)s for %(month)s saved") % {"name": person.name, "month": formatting.month(month)},
        then=f"{reverse('team')}?{urlencode({'month': f'{month:%Y-%m}'})}",
        person=person,
        month=month,
        before=before,
        year_ago=year_ago,
        rows=[
            (
                Target.Metric(metric).label,
                [_figure(person.pk, metric, of, day, run.as_of if run else None) for of, day in known],
            )
            for metric in FIGURES
        ],
    )


def _figure(person: int, metric: str, of: dict[str, int], month: date, last_run: date | None) -> tuple[str, str]:
    """What was reached in a month, and the list of it; none where nothing is known."""
    return in_words(metric, of.get(metric)), list_of(metric, person, month, last_run) if metric in of else ""
