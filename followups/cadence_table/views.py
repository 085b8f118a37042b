"""The cadence table in Settings: everybody may look, who may change it works on the page itself."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from core.http import row_id
from customers.models import ContactRules
from customers.models.rules import rule_field
from customers.rules import contact_rules_row
from followups import selectors, services
from followups.cadence import Phase
from followups.cadence_table import words
from followups.cadence_table.effect import BEGUN, ENDED, MOVED, effect_of
from followups.cadence_table.forms import ExceptionForm, TableForm
from followups.cadence_table.numbers import GROUPS, NumbersForm
from followups.messages.choosing import sent_by_itself
from followups.models import CadenceRule
from followups.reasons import within_words
from followups.services.plans import FIELDS, TABLE_ACTS
from segmentation import catalogue
from segmentation.selectors import tiers_by_code
from ui.flow import act, edit_page, form_page


@dataclass(frozen=True)
class Said:
    """One number of the company as the page of the plans shows it; `shipped`: whether nobody has changed it."""

    label: str
    value: str
    shipped: bool


def _numbers(row: ContactRules) -> list[Said]:
    found = []
    for name in (name for group in GROUPS for name in group):
        field = rule_field(name)
        value = getattr(row, f"get_{name}_display")() if field.choices else getattr(row, name)
        if value != "":
            found.append(Said(capfirst(str(field.verbose_name)), str(value), getattr(row, name) == field.default))
    return found


SHOWN_AT_ONCE, MOST_SHOWN = 50, 500
LISTED = {
    MOVED: gettext_lazy("Whose automatic date moves"),
    ENDED: gettext_lazy("Whose automatic date ends"),
    BEGUN: gettext_lazy("Who gets a date"),
}


@needs("plan_rule.view", FORM)
def plan_settings(request: Request) -> HttpResponse:
    """All lines by stage; several are changed at once."""
    may_change = request.user.can("plan_rule.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied

    moving = selectors.dates_moving()
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "followups/table/moving.html", {"moving": moving, "asked_again": True})

    rules_now = contact_rules_row()
    saves = request.method == "POST" and "preview" not in request.POST
    clashed: list[bool] = []

    def question(form: TableForm) -> dict[str, Any]:
        """What somebody else changed meanwhile comes first, then the effect, where that was asked for."""
        clashed.append(form.clashes)
        if form.clashes:
            return {"clashes": True}
        return _effect(request, [*form.as_sent(), *hidden])

    # A line of customers to whom the company doesn't sell stands in the table all the same.
    hidden = CadenceRule.objects.exclude(pk__in=selectors.plan_rules().values("pk"))
    with transaction.atomic() if saves else nullcontext():
        rules = selectors.plan_rules()
        if saves:  # what is compared with the form is what it is saved over
            rules = rules.select_for_update(of=("self",)).order_by("pk")
        response = form_page(
            request,
            partial(TableForm, rules=rules, tiers=tiers_by_code(), templates=_templates() if may_change else ()),
            "followups/table/page.html",
            save=lambda form: services.cadence_rules_change(form.changes(), by=request.user),
            ask=question,
            said=_saved,
            then=reverse("plan_settings"),
            may_change=may_change,
            moving=moving,
            numbers=_numbers(rules_now),
            first_within=within_words(rules_now),
            **last_changes(request.user, *TABLE_ACTS),
        )
    if any(clashed):
        response.status_code = HTTPStatus.CONFLICT
    patch_vary_headers(response, ["HX-Request"])
    return response


@needs("plan_rule.view", FORM)
def plan_numbers(request: Request) -> HttpResponse:
    """The numbers beside the lines: first contact, write-up, tries, revisits."""
    may_change = request.user.can("plan_rule.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    return edit_page(
        request,
        NumbersForm,
        "followups/table/numbers.html",
        find=contact_rules_row,
        save=lambda edit: services.contact_rules_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. Automatic dates follow now; what people have planned stays."),
        then=reverse("plan_numbers"),
        back=reverse("plan_settings"),
        may_change=may_change,
        **last_changes(request.user, "contact_rules.change"),
    )


def _templates() -> list[tuple[int, str]]:
    return [(template.pk, template.name) for template in sent_by_itself()]


def _effect(request: Request, rules: Iterable[CadenceRule]) -> dict[str, Any]:
    """What saving would do, where that was asked for; `moved:50` shows fifty of the customers whose date moves."""
    if "preview" not in request.POST:
        return {}
    shows, _colon, most = request.POST["preview"].partition(":")
    shows = shows if shows in LISTED else ""
    most_rows = min(row_id(most) or SHOWN_AT_ONCE, MOST_SHOWN)
    effect = effect_of(rules, request.user, shows, most_rows)
    return {"effect": effect, "title": LISTED.get(shows, ""), "show_more": f"{shows}:{most_rows + SHOWN_AT_ONCE}"}


def _saved(changed: int) -> str:
    if not changed:
        return _("Nothing was changed.")
    return _("Saved. Automatic dates follow now; what people have planned stays.")


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
            templates=_templates(),
        ),
        "followups/table/new.html",
        once=CadenceRule,
        initial=start,
        save=lambda form: services.cadence_rule_add(by=request.user, **form.values()),
        ask=lambda form: _effect(request, [*CadenceRule.objects.all(), form.as_sent(base)]),
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
