"""`/assign/`: hand-overs of many customers, and each of them with its way back."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import row_for
from accounts.decorators import POST, READ, needs
from accounts.http import Request
from core.numbers import number
from responsibility.hand_overs import services
from responsibility.hand_overs.listing import HAND_OVERS, names_of, people_named
from responsibility.hand_overs.selectors import standing
from responsibility.models import HandOver
from ui.flow import act
from ui.listing import Asked, list_page


@needs(HAND_OVERS.permission, READ)
def hand_over_list(request: Request) -> HttpResponse:
    """What changed hands lately, by oneself and by one's people."""
    return list_page(
        Asked(HAND_OVERS, request),
        title=_("Assignment"),
        sub=ngettext(
            "Customers that were handed over together. For %(n)s hour a hand-over can be taken back.",
            "Customers that were handed over together. For %(n)s hours a hand-over can be taken back.",
            number("hand_over_undo_hours"),
        )
        % {"n": number("hand_over_undo_hours")},
    )


@needs("customer.assign", READ)
def hand_over(request: Request, pk: int) -> HttpResponse:
    """One of them: whom it concerned, and what would go back now."""
    row = _one(request, pk)
    names = names_of([row])
    context = {
        "act": row,
        "givers": people_named(row.givers, names),
        "takers": people_named(row.takers, names),
        "may_undo": services.may_undo(row),
        "standing": standing(row, request.user),
    }
    return render(request, "responsibility/hand_overs/page.html", context)


@needs("customer.assign", POST)
def hand_over_undo(request: Request, pk: int) -> HttpResponse:
    """Take it back."""
    row = _one(request, pk)
    return act(
        request,
        partial(services.hand_over_undo, act=row, by=request.user),
        said=_said,
        refused={services.UndoOverError: _("This can't be taken back any more. Nothing was changed.")},
        then=reverse("hand_over", args=[pk]),
    )


def _one(request: Request, pk: int) -> HandOver:
    return row_for(HandOver.objects.select_related("by", "undone_by"), request.user, pk, "assign")


def _said(count: int) -> str:
    return ngettext("%(n)s customer went back", "%(n)s customers went back", count) % {"n": f"{count:,}"}
