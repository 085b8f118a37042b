"""The cadence table in Settings: everybody may look, who may change it works on the page itself."""

from __future__ import annotations

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from followups import selectors, services
from followups.cadence import Phase
from followups.cadence_table import words
from followups.cadence_table.forms import ExceptionForm, TableForm
from followups.models import CadenceRule
from followups.services.plans import FIELDS, TABLE_ACTS
from segmentation import catalogue
from segmentation.selectors import tiers_by_code
from ui.flow import act, form_page


@needs("plan_rule.view", FORM)
def plan_settings(request: Request) -> HttpResponse:
    """All lines by stage; several are changed at once."""
    may_change = request.user.can("plan_rule.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied

    def save(form: TableForm) -> int:
        by = request.user
        return sum(services.cadence_rule_change(rule=rule, by=by, **changes) for rule, changes in form.changes())

    return form_page(
        request,
        partial(TableForm, rules=selectors.plan_rules(), tiers=tiers_by_code()),
        "followups/table/page.html",
        save=save,
        said=_saved,
        then=reverse("plan_settings"),
        may_change=may_change,
        **last_changes(request.user, *TABLE_ACTS),
    )


def _saved(changed: int) -> str:
    if not changed:
        return _("Nothing was changed.")
    return _("Saved. Tonight all automatic dates follow; what people have planned stays.")


@needs("plan_rule.change", FORM)
def plan_line_new(request: Request, phase: str) -> HttpResponse:
    """A line for some customers of a stage; it begins with what holds for all of them."""
    if phase not in set(Phase):
        raise Http404
    base = get_object_or_404(CadenceRule, phase=phase, scheme="", tier="", frequency="", amount="")
    tiers = tiers_by_code()
    start = {name: getattr(base, name) for name in FIELDS if name != "content"}
    return form_page(
        request,
        partial(
            ExceptionForm,
            phase=Phase(phase),
            schemes=catalogue.schemes(),
            tiers=tiers,
            rules=CadenceRule.objects.filter(phase=phase),
        ),
        "followups/table/new.html",
        once=CadenceRule,
        initial=start,
        save=lambda form: services.cadence_rule_add(by=request.user, **form.values()),
        said=lambda made: _("Added: %(line)s.") % {"line": words.line_words(made, tiers)},
        then=reverse("plan_settings"),
        base=base,
        stage=base.get_phase_display(),
    )


@needs("plan_rule.change", POST)
def plan_line_delete(request: Request, pk: int) -> HttpResponse:
    """Take out a line that somebody added."""
    rule = get_object_or_404(CadenceRule, pk=pk)
    return act(
        request,
        partial(services.cadence_rule_delete, rule=rule, by=request.user),
        said=_("Deleted: %(line)s.") % {"line": words.line_words(rule, tiers_by_code())},
        undo=reverse("plan_line_restore", args=[pk]),
        then=reverse("plan_settings"),
    )


@needs("plan_rule.change", POST)
def plan_line_restore(request: Request, pk: int) -> HttpResponse:
    """Bring back a line that was deleted."""
    return act(
        request,
        partial(services.cadence_rule_restore, pk=pk, by=request.user),
        said=lambda rule: _("It holds again: %(line)s.") % {"line": words.line_words(rule, tiers_by_code())},
        then=reverse("plan_settings"),
    )
