"""`/segmentation/by-hand/`: the list of tiers set by hand; setting one, ending it, and taking either back."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from core.versions import StaleVersionError
from customers.choosing import choose_customer
from customers.models import Customer
from customers.services import UndoTooLateError
from segmentation import services
from segmentation.by_hand.forms import ON_DAY, ByHandForm
from segmentation.by_hand.listing import OVERRIDES
from segmentation.by_hand.selectors import said_of, standing_of
from segmentation.models import TierOverride
from ui import formatting
from ui.flow import act, form_page
from ui.listing import Asked, list_page

CHANGE = "tier_override.change"


@needs(OVERRIDES.permission, READ)
def tiers_by_hand(request: Request) -> HttpResponse:
    """All of them in reach."""
    return list_page(Asked(OVERRIDES, request), title=_("Tiers set by hand"), template="segmentation/by_hand/list.html")


@needs(CHANGE, FORM)
def tier_by_hand(request: Request) -> HttpResponse:
    """Set a customer's tier; without a customer in the address, choose one first."""
    wanted = request.GET.get("customer", "")
    if not wanted:
        return choose_customer(request, CHANGE, _("Set the tier by hand"))
    customer = row_for(Customer.objects.select_related("facts", "owner"), request.user, wanted, CHANGE)
    page = reverse("customer", args=[customer.pk])
    standing = standing_of(request.user, customer)
    initial: dict[str, Any] = {"over": services.standing_id(standing)}
    if standing:
        until = standing.expires_on
        initial |= {"tier": standing.tier, "reason": standing.reason, "ends": ON_DAY, "until": until}

    def ask(form: ByHandForm) -> dict[str, Any]:
        now = standing_of(request.user, customer)
        seen, sent = form.cleaned_data["over"] or 0, form.values()
        ours = (sent["tier"], sent["reason"], sent["until"], request.user.pk)
        pressed_twice = now is not None and (now.tier, now.reason, now.expires_on, now.by_id) == ours
        if pressed_twice or services.standing_id(now) == seen:
            return {}
        return {"meanwhile": said_of(now), "over": services.standing_id(now)}

    def save(form: ByHandForm) -> TierOverride:
        try:
            return services.tier_override(
                customer=customer, by=request.user, over=form.cleaned_data["over"] or 0, **form.values()
            )
        except StaleVersionError as error:  # between the question and the answer: the next press asks
            raise ValidationError(_("Somebody else changed this in the meantime. Nothing was changed.")) from error

    return form_page(
        request,
        partial(ByHandForm, customer=customer),
        "segmentation/by_hand/form.html",
        initial=initial,
        ask=ask,
        save=save,
        said=lambda row: (
            _("%(name)s: tier %(tier)s until %(day)s.")
            % {"name": customer.name, "tier": row.tier, "day": formatting.day_short(row.expires_on)}
        ),
        undo=reverse("tier_by_hand_undo", args=[customer.pk]),
        then=page,
        customer=customer,
    )


@needs(CHANGE, POST)
def tier_by_hand_end(request: Request, pk: int) -> HttpResponse:
    """Show the rated tier again."""
    customer = row_for(Customer.objects.select_related("facts"), request.user, pk, CHANGE)
    return act(
        request,
        partial(services.tier_override_end, customer=customer, by=request.user),
        said=_("%(name)s shows the rated tier again.") % {"name": customer.name},
        undo=reverse("tier_by_hand_undo", args=[pk]),
        already={services.RefusedError: ""},
        then=reverse("customer", args=[pk]),
    )


@needs(CHANGE, POST)
def tier_by_hand_undo(request: Request, pk: int) -> HttpResponse:
    """Take back what one has just set or ended."""
    customer = row_for(Customer.objects.select_related("facts"), request.user, pk, CHANGE)
    too_late = _("This can't be undone any more: more than ten minutes have passed, or somebody else changed it.")
    return act(
        request,
        partial(services.tier_override_undo, customer=customer, by=request.user),
        said=_("Undone"),
        refused={UndoTooLateError: too_late},
        then=reverse("customer", args=[pk]),
    )
