"""Pages on which a customer's stage is moved, and on which it is paused or taken up again."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from accounts.scope import ScopedQuerySet
from customers import services
from customers.models import Customer, CustomerFacts, Stage
from customers.stage_pages.forms import FOR_GOOD, ON_DAY, PauseForm
from customers.stages import parts_of_reason
from ui import formatting
from ui.flow import act, form_page


def _customers() -> ScopedQuerySet:
    return Customer.objects.select_related("facts", "owner").defer("search_tokens")


def _page_of(customer: Customer) -> str:
    return reverse("customer", args=[customer.pk])


def _and_next(customer: Customer, said: str) -> str:
    """What was done, and the date that moved with it: an app above has planned it by now."""
    day = CustomerFacts.objects.filter(pk=customer.pk).values_list("next_follow_up_on", flat=True).first()
    if day is None:
        return said
    return formatting.sentences(
        _("%(said)s.") % {"said": said}, _("Next follow-up: %(day)s.") % {"day": formatting.day_short(day)}
    )


@needs("customer.change", POST)
def customer_stage(request: Request, pk: int) -> HttpResponse:
    """Move to another stage with one tap."""
    customer = row_for(_customers(), request.user, pk, "change")
    stage = request.POST.get("stage", "")
    said = _("%(name)s: %(stage)s") % {"name": customer.name, "stage": dict(Stage.choices).get(stage, "")}
    return act(
        request,
        partial(services.customer_stage_move, customer=customer, stage=stage, by=request.user),
        said=lambda _moved: _and_next(customer, said),
        undo=lambda moved: reverse("customer_stage_undo", args=[pk]) if moved else "",
        then=_page_of(customer),
    )


@needs("customer.change", POST)
def customer_stage_undo(request: Request, pk: int) -> HttpResponse:
    """Take one's own last move, pause or end of a pause back, within 10 minutes."""
    customer = row_for(_customers(), request.user, pk, "change")
    return act(
        request,
        partial(services.customer_stage_undo, customer=customer, by=request.user),
        said=_("Taken back"),
        refused={services.UndoTooLateError: _("Only your own move of the last 10 minutes can be taken back.")},
        then=_page_of(customer),
    )


@needs("customer.change", FORM)
def customer_pause(request: Request, pk: int) -> HttpResponse:
    """Leave the customer alone until a day, or let go; ?ends= and ?why= choose what is offered first."""
    customer = row_for(_customers(), request.user, pk, "change")
    start = {"ends": request.GET.get("ends", "3"), "why": request.GET.get("why", "")}
    if customer.stage == Stage.PAUSED:
        kept = customer.paused_until
        why, words = parts_of_reason(customer.pause_reason)
        start = {"ends": ON_DAY if kept else FOR_GOOD, "until": kept, "why": why, "words": words[:160]}
    return form_page(
        request,
        PauseForm,
        "customers/pause.html",
        initial=start,
        save=lambda form: services.customer_pause(customer=customer, by=request.user, **form.pause()),
        said=lambda _done: _paused(customer),
        undo=reverse("customer_stage_undo", args=[pk]),
        then=_page_of(customer),
        customer=customer,
    )


def _paused(customer: Customer) -> str:
    if customer.paused_until is None:
        return _("%(name)s was let go: no more follow-ups.") % {"name": customer.name}
    day = formatting.day_short(customer.paused_until)
    return _("%(name)s is paused until %(day)s.") % {"name": customer.name, "day": day}


@needs("customer.change", POST)
def customer_resume(request: Request, pk: int) -> HttpResponse:
    """End the pause now."""
    customer = row_for(_customers(), request.user, pk, "change")
    return act(
        request,
        partial(services.customer_resume, customer=customer, by=request.user),
        said=lambda _resumed: _and_next(customer, _("Taken up again")),
        undo=lambda resumed: reverse("customer_stage_undo", args=[pk]) if resumed else "",
        then=_page_of(customer),
    )
