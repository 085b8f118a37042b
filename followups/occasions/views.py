"""Occasions of the year in Settings: everybody may look, who may change the default plans changes them too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from core import clock
from followups import services
from followups.models import Occasion
from followups.occasions.days import OF_CUSTOMERS, day_of
from followups.occasions.forms import OccasionForm
from segmentation import catalogue
from ui.flow import act, edit_page, form_page

ACTS = ("occasion.add", "occasion.change", "occasion.delete")


@dataclass(frozen=True)
class Line:
    """An occasion as the page shows it; `day`: the next one, where it is the same for all customers."""

    occasion: Occasion
    day: date | None
    own: bool
    over: bool
    tiers: str


@needs("plan_rule.view", READ)
def occasion_list(request: Request) -> HttpResponse:
    """All occasions, those that come with every installation first."""
    names = dict(catalogue.every_choice())
    lines = [_line(occasion, names) for occasion in Occasion.objects.select_related("industry")]
    context = {"lines": lines, "may_change": request.user.can("plan_rule.change")}
    context |= last_changes(request.user, *ACTS, naming=True)
    return render(request, "followups/occasions/page.html", context)


def _line(occasion: Occasion, names: dict[str, str]) -> Line:
    own = occasion.what == Occasion.What.OWN
    day = None if occasion.what in OF_CUSTOMERS else day_of(occasion, clock.business_date())
    return Line(occasion, day, own, own and day is None, ", ".join(names.get(code, code) for code in occasion.tiers))


@needs("plan_rule.change", FORM)
def occasion_new(request: Request) -> HttpResponse:
    """A day of the company's own, such as a trade fair or news of an industry."""
    return form_page(
        request,
        OccasionForm,
        "followups/occasions/form.html",
        once=Occasion,
        initial={"days_before": 5, "is_active": True, "method": "call"},
        save=lambda form: services.occasion_add(by=request.user, **form.values()),
        said=lambda made: _("Added: %(occasion)s. Each night plans what comes within the week.") % {"occasion": made},
        then=reverse("occasion_list"),
    )


@needs("plan_rule.change", FORM)
def occasion_edit(request: Request, pk: int) -> HttpResponse:
    """For whom, how long before, how, and whether at all."""
    occasion = get_object_or_404(Occasion, pk=pk)
    return edit_page(
        request,
        partial(OccasionForm, occasion=occasion),
        "followups/occasions/form.html",
        row=occasion,
        find=lambda: get_object_or_404(Occasion, pk=pk),
        save=lambda edit: services.occasion_change(
            occasion=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. Each night plans what comes within the week."),
        then=reverse("occasion_list"),
        may_delete=occasion.what == Occasion.What.OWN,
    )


@needs("plan_rule.change", POST)
def occasion_delete(request: Request, pk: int) -> HttpResponse:
    """Take away a day of the company's own."""
    occasion = get_object_or_404(Occasion, pk=pk, what=Occasion.What.OWN)
    return act(
        request,
        partial(services.occasion_delete, occasion=occasion, by=request.user),
        said=_("Deleted: %(occasion)s.") % {"occasion": occasion},
        then=reverse("occasion_list"),
    )
