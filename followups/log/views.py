"""The quick log of a contact, its undo, and choosing a customer for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import row_for
from accounts.decorators import needs
from accounts.heldposts import bound_or_held
from accounts.http import Request
from accounts.masking import masked, masked_all
from core import clock
from core.http import safe_next
from core.idempotency import SENT_BEFORE, KeyReusedError, create_once
from customers import selectors, services
from customers.editing import typed_values
from customers.models import Contact, Customer, Interaction, InteractionKind, facts_of
from customers.services.interactions import LATE_AFTER, TIMED_KINDS
from followups.log.forms import LogForm, now_to_the_minute
from followups.models import FollowUp
from followups.selectors import next_step_choices, open_of
from segmentation import catalogue
from ui import drafts, toasts

TODAY = "/"
OFFERED = 12
SOON = timedelta(days=7)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("interaction.add")
def interaction_new(request: Request) -> HttpResponse:
    """Log a contact; without a customer in the address, choose one first."""
    wanted = request.GET.get("customer", "")
    if not wanted:
        return _choose(request)
    rows = Customer.objects.select_related("facts", "owner").defer("search_tokens")
    customer = masked(request.user, row_for(rows, request.user, wanted, "interaction.add"))
    return _log(request, customer)


def _choose(request: Request) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    rows = selectors.loggable(request.user, text).select_related("facts", "owner")
    found = masked_all(request.user, rows[:OFFERED])
    for customer in found:
        customer.tier = catalogue.tier_of(customer)
    return render(request, "customers/log_choose.html", {"q": text, "customers": found, "next": safe_next(request, "")})


def _log(request: Request, customer: Customer) -> HttpResponse:
    plan = open_of(request.user, customer).first()
    data = bound_or_held(request)
    key = f"interaction:{customer.pk}"
    kept = drafts.kept(request.user, key) if data is None else None
    form = LogForm(
        data,
        initial=_start(request, customer, plan) | (kept or {}),
        contacts=Contact.objects.for_user(request.user).filter(customer=customer).order_by("-is_primary", "id"),
        steps=next_step_choices(request.user, customer),
    )
    if request.method == "POST" and form.is_valid():
        answer = _save(request, customer, form)
        if answer is not None:
            drafts.drop(request.user, key)
            return answer
    context = _context(request, customer, plan, form) | {"draft_key": key, "draft_found": bool(kept)}
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "customers/log.html", context, status=status)


def _start(request: Request, customer: Customer, plan: FollowUp | None) -> dict[str, Any]:
    """Everything that can be known: the method of the plan, else the last one; its time, else now."""
    due = plan is not None and plan.due_on <= clock.user_today(request.user) + SOON
    kind = plan.method if due else facts_of(customer).last_contact_kind or InteractionKind.CALL
    steps = next_step_choices(request.user, customer)
    return {
        "kind": kind,
        "occurred_at": _planned_time(plan) or now_to_the_minute(),
        "next_step": steps[0][0] if steps else "",
        "direction": "out",
    }


def _planned_time(plan: FollowUp | None) -> datetime | None:
    """When an open visit was planned, if that has passed: such a visit is logged for its own time."""
    passed = plan is not None and plan.due_at is not None and plan.due_at <= clock.now()
    return timezone.localtime(plan.due_at) if passed and plan.method in TIMED_KINDS else None


def _context(request: Request, customer: Customer, plan: FollowUp | None, form: LogForm) -> dict[str, Any]:
    customer.tier = catalogue.tier_of(customer)
    customer.facts = facts_of(customer)
    planned = _planned_time(plan)
    back = safe_next(request, reverse("customer", args=[customer.pk]))
    return {
        "customer": customer,
        "plan": plan,
        "form": form,
        "back": back,
        "from_today": back == TODAY,
        "left": planned + LATE_AFTER - clock.now() if planned else None,
    }


def _save(request: Request, customer: Customer, form: LogForm) -> HttpResponse | None:
    """Save once; None when the form must be shown again, with its errors."""
    data = form.cleaned_data
    try:
        entry, made = create_once(
            user=request.user,
            key=str(data["idempotency_key"]),
            data={**typed_values(form), "occurred_at": form.data.get("occurred_at"), "customer": customer.pk},
            model=Interaction,
            create=lambda: _write(request, customer, form),
        )
    except KeyReusedError:
        form.add_error(None, SENT_BEFORE)
        return None
    except ValidationError as error:
        form.add_error(None, error)
        return None
    if made:
        _say(request, entry)
    return redirect(safe_next(request, reverse("customer", args=[customer.pk])))


def _write(request: Request, customer: Customer, form: LogForm) -> Interaction:
    data = form.cleaned_data
    note = data["kind"] == InteractionKind.NOTE
    return services.interaction_log(
        customer=customer,
        by=request.user,
        kind=data["kind"],
        result=data["result"],
        occurred_at=data["occurred_at"],
        contact=data["contact"],
        direction="" if note else data["direction"],
        next_step=data["next_step"] or None,
        **form.details,
    )


def _say(request: Request, entry: Interaction) -> None:
    words = _("Contact saved as a late entry") if entry.late else _("Contact saved")
    toasts.success(request, words, undo=reverse("interaction_undo", args=[entry.pk]))


@require_POST
@needs("interaction.delete")
def interaction_undo(request: Request, pk: int) -> HttpResponse:
    """Take one's own entry back within 10 minutes."""
    entry = row_for(Interaction.objects.select_related("customer"), request.user, pk, "delete")
    try:
        services.interaction_undo(interaction=entry, by=request.user)
    except services.UndoTooLateError:
        toasts.error(request, _("Only your own entry of the last 10 minutes can be taken back."))
    else:
        toasts.success(request, _("Entry taken back"))
    return redirect("customer", entry.customer_id)
