"""The quick log of a contact, its undo, and choosing a customer for it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from core import clock
from core.http import safe_next
from customers import services
from customers.choosing import LAST_CONTACTS, choose_customer
from customers.models import Contact, Customer, Interaction, InteractionKind, facts_of
from customers.services.interactions import LATE_AFTER, TIMED_KINDS
from followups.log.forms import LogForm, now_to_the_minute
from followups.selectors import next_step_choices, open_of
from segmentation import catalogue
from ui import cells
from ui.flow import act, form_page

TODAY = "/"
SOON = timedelta(days=7)


@needs("interaction.add", FORM)
def interaction_new(request: Request) -> HttpResponse:
    """Log a contact; without a customer in the address, choose one first."""
    wanted = request.GET.get("customer", "")
    if not wanted:
        return choose_customer(request, "interaction.add", _("Log a contact"), question=_("With whom?"), note=_note)
    rows = Customer.objects.select_related("facts", "owner").defer("search_tokens")
    customer = row_for(rows, request.user, wanted, "interaction.add")
    plan = open_of(request.user, customer).first()
    planned = None  # an open visit whose time has passed is logged for that time, not for now
    if plan is not None and plan.due_at is not None and plan.due_at <= clock.now() and plan.method in TIMED_KINDS:
        planned = timezone.localtime(plan.due_at)
    steps = next_step_choices(request.user, customer)
    contacts = Contact.objects.for_user(request.user).filter(customer=customer).order_by("-is_primary", "id")
    # Everything that can be known: the method of the plan, else the last one; its time, else now.
    soon = plan is not None and plan.due_on <= clock.user_today(request.user) + SOON
    start = {
        "kind": plan.method if soon else facts_of(customer).last_contact_kind or InteractionKind.CALL,
        "occurred_at": planned or now_to_the_minute(),
        "next_step": steps[0][0] if steps else "",
        "direction": "out",
    }
    page = reverse("customer", args=[customer.pk])
    return form_page(
        request,
        partial(LogForm, contacts=contacts, steps=steps),
        "followups/log.html",
        initial=start,
        draft=f"interaction:{customer.pk}",
        once=Interaction,
        save=lambda form: services.interaction_log(customer=customer, by=request.user, **form.entry()),
        said=lambda entry: _("Contact saved as a late entry") if entry.late else _("Contact saved"),
        undo=lambda entry: reverse("interaction_undo", args=[entry.pk]),
        then=page,
        customer=customer,
        tier=catalogue.tier_of(customer),
        plan=plan,
        from_today=safe_next(request, page) == TODAY,
        left=planned + LATE_AFTER - clock.now() if planned else None,
    )


def _note(customer: Customer) -> SafeString:
    """Tier and last contact beside a name of the chooser."""
    return cells.tier(catalogue.tier_of(customer)) + LAST_CONTACTS.note(customer)


@needs("interaction.delete", POST)
def interaction_undo(request: Request, pk: int) -> HttpResponse:
    """Take one's own entry back within 10 minutes."""
    entry = row_for(Interaction.objects.select_related("customer"), request.user, pk, "delete")
    return act(
        request,
        partial(services.interaction_undo, interaction=entry, by=request.user),
        said=_("Entry taken back"),
        refused={services.UndoTooLateError: _("Only your own entry of the last 10 minutes can be taken back.")},
        then=reverse("customer", args=[entry.customer_id]),
    )
