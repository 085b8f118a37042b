"""A customer's own plan: seen beside the default one, changed, removed."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from customers.models import Customer
from followups import services
from followups.models import Rhythm
from followups.reckoning import RECKONED_WITH, rhythm_of
from followups.rhythm.forms import RhythmForm
from followups.rhythm.wording import default_words
from followups.selectors import and_next
from ui.flow import act, edit_page


@needs("follow_up.change", FORM)
def own_plan(request: Request, pk: int) -> HttpResponse:
    """What differs from the default plan for this customer; the next date follows at once."""
    customer = _customer(request, pk)
    plan = _plan_of(customer)
    return edit_page(
        request,
        partial(RhythmForm, plan=plan),
        "followups/own_plan.html",
        row=plan,
        find=lambda: _plan_of(_customer(request, pk)),
        draft=f"own_plan:{pk}",
        save=lambda edit: services.rhythm_set(
            customer=customer, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=lambda row: and_next(request.user, customer, _("%(name)s: own plan saved.") % {"name": customer.name}),
        then=reverse("customer", args=[pk]),
        customer=customer,
        default=default_words(customer),
    )


@needs("follow_up.change", POST)
def own_plan_remove(request: Request, pk: int) -> HttpResponse:
    """Back to the default plan."""
    customer = _customer(request, pk)
    return act(
        request,
        partial(services.rhythm_remove, customer=customer, by=request.user),
        said=lambda _done: and_next(
            request.user, customer, _("%(name)s: back to the default plan.") % {"name": customer.name}
        ),
        then=reverse("customer", args=[pk]),
    )


def _customer(request: Request, pk: int) -> Customer:
    rows = Customer.objects.select_related(*RECKONED_WITH).defer("search_tokens")
    return row_for(rows, request.user, pk, "follow_up.change")


def _plan_of(customer: Customer) -> Rhythm:
    """The stored one, or an empty one to begin with."""
    return rhythm_of(customer) or Rhythm(customer=customer, version=0)
