"""`/segmentation/rules/`: what the scoring goes by. Everybody who knows of tiers reads it, managers change it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from segmentation import catalogue, services
from segmentation.models import CutPoints, ScoringSettings, Tier, TierScheme
from segmentation.policies.services import POLICY_ACTS
from segmentation.rules.checks import SETTABLE, settings_problems
from segmentation.rules.forms import (
    ClassesForm,
    CutPointsForm,
    CutPointSwitches,
    SchemeForm,
    TierForm,
    WarningsForm,
    typed_as,
)
from segmentation.rules.selectors import cut_point_versions, cut_points_in_use, schemes_with_rules, score_counts
from segmentation.rules.words import bounds_in_words, class_sentences, warning_sentences
from segmentation.selectors import days_that_count, latest_run, scoring_settings
from segmentation.whatif.scoring import Scoring, as_row, scoring_in, scoring_of, typed_as_stored
from ui.flow import edit_page, form_page

ACTS = ("tier_rules.change", "tier_rules.withdraw", "tier.rename", "tier_scheme.rename", *POLICY_ACTS)


@needs("tier_rule.view", READ)
def rules(request: Request) -> HttpResponse:
    """The tiers of each kind of customers and the rules by which the night gives them."""
    context = {
        "schemes": schemes_with_rules(),
        "may_change": request.user.can("tier_rule.change"),
        "shows_proof": request.user.can("warning.view"),
        "days": days_that_count(),
        "coming_days": scoring_settings().window_days,
        **last_changes(request.user, *ACTS, naming=True),
    }
    return render(request, "segmentation/rules/page.html", context)


@needs("tier_rule.change", FORM)
def tier_names(request: Request, pk: int) -> HttpResponse:
    """What a tier is called and looks like, and whether it is high-value; its code stays."""
    row = get_object_or_404(Tier, pk=pk)
    return edit_page(
        request,
        TierForm,
        "segmentation/rules/tier.html",
        row=row,
        find=partial(get_object_or_404, Tier, pk=pk),
        scheme_name=catalogue.scheme_name(row.scheme),
        save=lambda edit: services.tier_change(row=edit.row, changes=edit.changes, by=request.user),
        said=_("Saved. Lists, dashboards and files say so within a minute."),
        then=reverse("tier_rules"),
    )


@needs("tier_rule.change", FORM)
def scheme_names(request: Request, pk: int) -> HttpResponse:
    """What a scheme is called."""
    find = partial(get_object_or_404, TierScheme, pk=pk)
    return edit_page(
        request,
        SchemeForm,
        "segmentation/rules/scheme.html",
        find=find,
        save=lambda edit: services.scheme_rename(row=edit.row, changes=edit.changes, by=request.user),
        said=_("Saved. Lists, dashboards and files say so within a minute."),
        then=reverse("tier_rules"),
    )


@needs("tier_rule.view", FORM)
def warning_settings(request: Request) -> HttpResponse:
    """When warnings open, change and end, and how many of them a person is shown."""
    return _settings_page(
        request,
        WarningsForm,
        "segmentation/rules/warnings.html",
        sentences=warning_sentences,
        said=_("Saved. It counts from the coming night on; how many are shown, within a minute."),
        here="warning_settings",
    )


@needs("tier_rule.view", FORM)
def class_settings(request: Request) -> HttpResponse:
    """Where the classes of frequency and amount begin, and when a customer is loyal or dormant."""
    return _settings_page(
        request,
        ClassesForm,
        "segmentation/rules/classes.html",
        sentences=class_sentences,
        said=_("Saved. It counts from the coming night on; shares of sales, from the next calibration on."),
        here="class_settings",
    )


def _settings_page(
    request: Request,
    form: type[WarningsForm | ClassesForm],
    template: str,
    *,
    sentences: Callable[[ScoringSettings], list[str]],
    said: str,
    here: str,
) -> HttpResponse:
    """Some of the scoring settings: what counts, in sentences for everybody, and the form for who may change it."""
    may_change = request.user.can("tier_rule.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    row = scoring_settings()
    return edit_page(
        request,
        form,
        template,
        row=row,
        find=scoring_settings,
        save=lambda edit: services.scoring_settings_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=said,
        then=reverse(here),
        back=reverse("tier_rules"),
        may_change=may_change,
        sentences=sentences(row),
        **last_changes(request.user, "scoring_settings.change"),
    )


@needs("tier_rule.view", FORM)
def cut_points(request: Request) -> HttpResponse:
    """The versions of the cut-points, those in use with the customers they part, and which ones shall count."""
    may_change = request.user.can("tier_rule.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    run, row = latest_run(), scoring_settings()
    if request.POST.get("act") == "preview":
        form = CutPointSwitches(request.POST, instance=scoring_settings())
        if form.is_valid() and not settings_problems(
            {name: getattr(form.instance, name) for name in SETTABLE}, form.changed_data
        ):
            return redirect(preview_url(scoring_of(form.instance)))  # what is wrong is said as when it is saved
    asked = scoring_in(request.GET.dict()) if request.method == "GET" else None  # back from a preview
    begun = {"window_days": asked.window, "manual_cuts": asked.manual} if asked else {}
    used = run.cut_points if run else None
    parted = score_counts(request.user, run) if run else {}
    return edit_page(
        request,
        partial(CutPointSwitches, begun=begun),
        "segmentation/rules/cut_points.html",
        row=row,
        find=scoring_settings,
        save=lambda edit: services.scoring_settings_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. It counts from the coming night on."),
        then=reverse("cut_points"),
        back=reverse("tier_rules"),
        may_change=may_change,
        run=run,
        used=used,
        bounds=[
            (name, list(zip(words, counts, strict=True)))
            for (name, words), counts in zip(bounds_in_words(used) if used else (), parted.values(), strict=False)
        ],
        days=run.window_days if run else row.window_days,
        coming_days=row.window_days,
        versions=[(row, bounds_in_words(row)) for row in cut_point_versions()],
        **last_changes(request.user, "scoring_settings.change", "cut_points.change"),
    )


@needs("tier_rule.change", FORM)
def cut_points_new(request: Request) -> HttpResponse:
    """Type cut-points of one's own: a new version, beginning with those in use."""
    used, asked = cut_points_in_use(), scoring_in(request.GET.dict())
    if request.POST.get("act") == "preview":
        form = CutPointsForm(request.POST)
        if form.is_valid():
            return redirect(preview_url(Scoring(form.window, typed_as_stored(form.cuts()))))
    begun = as_row(asked) if asked and asked.typed else used
    return form_page(
        request,
        CutPointsForm,
        "segmentation/rules/cut_points_new.html",
        once=CutPoints,
        initial=typed_as(begun) if begun else {},
        save=lambda form: services.manual_cut_points_set(cuts=form.cuts(), by=request.user),
        said=_typed_said,
        then=reverse("cut_points"),
        draft="cut_points",
        days=scoring_settings().window_days,
    )


def preview_url(scoring: Scoring) -> str:
    """The page that says who would move by it."""
    return f"{reverse('scoring_preview')}?{urlencode(scoring.address)}"


def _typed_said(_row: CutPoints) -> str:
    if scoring_settings().manual_cuts:
        return _("Saved. The coming night scores by them.")
    return _("Saved. They count once “Score by the cut-points that somebody typed” is on.")
