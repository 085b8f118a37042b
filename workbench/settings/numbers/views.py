"""`/settings/numbers/...`: one page for each group of numbers, with its history."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from core.contributions import registry
from core.models import NumberChange
from core.numbers import number
from ui.flow import act, form_page
from workbench.settings.numbers import services
from workbench.settings.numbers.forms import NumbersForm
from workbench.settings.numbers.groups import GROUPS, Group

SHOWN = 100


@dataclass(frozen=True)
class Past:
    """One change; `again`: what held before can be put back."""

    change: NumberChange
    title: str
    unit: str
    again: bool


def _history(group: Group, *, may_change: bool) -> list[Past]:
    known = {one.key: one for one in group.numbers()}
    rows = NumberChange.objects.filter(key__in=list(known)).select_related("by").order_by("-pk")[:SHOWN]
    return [
        Past(
            row,
            str(known[row.key].title),
            str(known[row.key].unit),
            may_change and number(row.key) != row.before and known[row.key].least <= row.before <= known[row.key].most,
        )
        for row in rows
    ]


@needs("setting.view", FORM)
def numbers(request: Request, group: str) -> HttpResponse:
    """The numbers of a page: who sees settings may look, who may change them does."""
    page = GROUPS[group]
    may_change = request.user.can("setting.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied

    def save(form: NumbersForm) -> int:
        words = {"reason": form.cleaned_data["reason"], "seen": form.cleaned_data["seen"]}
        return services.numbers_change(group=page, values=form.values(), by=request.user, **words)

    return form_page(
        request,
        partial(NumbersForm, group=page, seen=services.newest(page)),
        "settings/numbers.html",
        save=save,
        said=_said,
        then=reverse(page.page),
        back=reverse("settings"),
        refused=(services.NumbersMovedError,),
        group=page,
        now=[(one, number(one.key)) for one in page.numbers()],
        may_change=may_change,
        history=_history(page, may_change=may_change),
    )


def _said(moved: int) -> str:
    if not moved:
        return _("Nothing was changed.")
    said = ngettext(
        "%(n)s number is set. It holds within a minute.",
        "%(n)s numbers are set. They hold within a minute.",
        moved,
    )
    return said % {"n": moved}


@needs("setting.change", POST)
def number_put_back(request: Request, pk: int) -> HttpResponse:
    """What held before a change holds again; another change takes that back."""
    change = get_object_or_404(NumberChange, pk=pk)
    one = registry().numbers.get(change.key)
    if one is None:
        raise Http404
    page = GROUPS[one.group]
    return act(
        request,
        partial(services.number_put_back, group=page, change=change, by=request.user),
        said=_("Put back: %(n)s %(unit)s hold again.") % {"n": change.before, "unit": one.unit},
        then=reverse(page.page),
    )
