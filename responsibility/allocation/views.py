"""`/settings/allocation/`: the rules by which customers without an owner get one, tried before they count."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from responsibility.allocation import selectors, services
from responsibility.allocation.forms import RuleForm
from responsibility.allocation.words import RuleWords
from responsibility.models import AllocationRule
from ui.conflicts import Edit
from ui.flow import act, edit_page, form_page


@needs("setting.view", READ)
def allocation_list(request: Request) -> HttpResponse:
    """The rules in their order; `?try=1` says who would get the customers of the pool now."""
    rules = selectors.rules_in_order()
    words = RuleWords(rules)
    may_assign = request.user.can("customer.assign")
    context = {
        "rules": [(rule, words.asks(rule), words.gives(rule)) for rule in rules],
        "may_change": request.user.can("setting.change"),
        "may_assign": may_assign,
        "trial": selectors.trial(request.user) if may_assign and "try" in request.GET else None,
        **last_changes(request.user, *services.RULE_ACTS),
    }
    return render(request, "responsibility/allocation/list.html", context)


def _tried(request: Request, rule: AllocationRule | None, form: RuleForm) -> dict[str, Any]:
    """What the rule would do, where the button asks for that instead of saving."""
    if "try" not in request.POST:
        return {}
    draft = AllocationRule(pk=rule.pk if rule else 0, last_given=rule.last_given if rule else None)
    for name in services.FIELDS:
        setattr(draft, name, form.cleaned_data[name])
    return {"trial": selectors.trial(request.user, draft)}


@needs("setting.change", FORM)
def allocation_new(request: Request) -> HttpResponse:
    """One more rule, behind the others."""
    return form_page(
        request,
        RuleForm,
        "responsibility/allocation/form.html",
        initial={"is_on": True},
        ask=partial(_tried, request, None),
        once=AllocationRule,
        save=lambda form: services.rule_create(by=request.user, **_values(form.cleaned_data)),
        said=_("Rule saved. New customers without an owner go by it from now on."),
        then=reverse("allocation_list"),
    )


@needs("setting.change", FORM)
def allocation_edit(request: Request, pk: int) -> HttpResponse:
    """Change one."""
    rule = _rule(pk)

    def save(edit: Edit) -> None:
        services.rule_change(rule=edit.row, changes=_values(edit.changes), version=edit.version, by=request.user)

    return edit_page(
        request,
        RuleForm,
        "responsibility/allocation/form.html",
        row=rule,
        find=partial(_rule, pk),
        ask=partial(_tried, request, rule),
        save=save,
        said=_("Rule saved. New customers without an owner go by it from now on."),
        then=reverse("allocation_list"),
        rule=rule,
    )


@needs("setting.change", POST)
def allocation_move(request: Request, pk: int) -> HttpResponse:
    """Ask it sooner, or later."""
    move = partial(services.rule_move, rule=_rule(pk), up=bool(request.POST.get("up")), by=request.user)
    return act(request, move, then=reverse("allocation_list"))


@needs("setting.change", POST)
def allocation_remove(request: Request, pk: int) -> HttpResponse:
    """Take it away."""
    remove = partial(services.rule_remove, rule=_rule(pk), by=request.user)
    return act(request, remove, said=_("Rule removed"), then=reverse("allocation_list"))


@needs("customer.assign", POST)
def pool_share_out(request: Request) -> HttpResponse:
    """Share the pool out by the rules, at most ten thousand at once."""
    ids = selectors.pool_ids(request.user)
    return act(
        request,
        partial(services.pool_share_out, customers=ids, by=request.user),
        said=lambda n: ngettext("%(n)s customer got an owner", "%(n)s customers got an owner", n) % {"n": f"{n:,}"},
        then=reverse("hand_over_list"),
    )


def _rule(pk: int) -> AllocationRule:
    rule = AllocationRule.objects.filter(pk=pk).first()
    if rule is None:
        raise Http404
    return rule


def _values(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name in services.FIELDS}
