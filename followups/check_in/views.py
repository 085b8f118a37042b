"""Signing in at a customer: whom is near, by a position that is given with a tap, else whom a search finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from accounts.masking import masked_copy
from accounts.scope import ScopedQuerySet, reach_of
from core import clock
from core.company import company
from core.numbers import number
from customers.choosing import choose_customer
from customers.models import CheckInState, Customer
from customers.search import searched
from followups import services
from followups.check_in.forms import CheckInForm, PlaceForm, WhereForm
from followups.check_in.places import MOST, customers_near, place_of
from followups.models import CheckIn, FollowUp
from followups.visits import TIMED_KINDS
from segmentation import catalogue
from ui.flow import act, edit_page, form_page

FOUND = 10  # by a search
SHOWN = 10  # of one's own check-ins
LONGEST_QUERY = 100
TONES = {CheckInState.VERIFIED: "ok", CheckInState.OUT_OF_RANGE: "warn", CheckInState.NO_LOCATION: "line"}


@dataclass(frozen=True)
class Offered:
    """A customer to sign in at; `metres` where their place is known and so is the person's."""

    customer: Customer
    tier: Any
    metres: int | None
    placed: bool


@dataclass(frozen=True)
class Signed:
    """One of the person's own check-ins."""

    row: CheckIn
    tone: str
    open: bool

    @property
    def log_url(self) -> str:
        """The form that writes the visit up."""
        return _log_form(self.row, reverse("check_in"))

    @property
    def map_uri(self) -> str:
        """Where the phone's own map shows it; empty without a position."""
        here = (self.row.latitude, self.row.longitude)
        return "" if None in here else f"geo:{here[0]:.4f},{here[1]:.4f}"


@needs("interaction.add", FORM)
def check_in(request: Request) -> HttpResponse:
    """The page, and the check-in itself: it leads on to the log form, with place and time filled in."""
    text = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    return form_page(
        request,
        CheckInForm,
        "followups/check_in.html",
        once=CheckIn,
        save=partial(_sign_in, request),
        said=_told,
        then=_log_form,
        back=reverse("today"),
        q=text,
        found=_search(request, text) if text else _planned(request),
        signed=_signed(request),
        days=number("check_in_days"),
        radius=company().check_in_radius,
    )


def _sign_in(request: Request, form: CheckInForm) -> CheckIn:
    data = form.cleaned_data
    rows = Customer.objects.select_related("facts", "owner")
    customer = row_for(rows, request.user, data["customer"], "interaction.add")
    return services.check_in(
        customer=customer,
        by=request.user,
        position=form.position(),
        reason=form.why(),
        remember=data["remember"] == customer.pk and reach_of(request.user).holds(customer, "customer.change"),
    )


def _told(made: CheckIn) -> str:
    """What is said after signing in: at whom, whether that counts as on site, and how far away."""
    words = {"name": made.customer.name, "state": made.get_state_display(), "m": made.distance}
    if made.distance is not None:
        return _("Signed in at %(name)s: %(state)s, %(m)s m away.") % words
    return _("Signed in at %(name)s: %(state)s.") % words


def _log_form(made: CheckIn, back: str = "/") -> str:
    asked = {"customer": str(made.customer_id), "visit": str(made.follow_up_id), "next": back}
    return f"{reverse('interaction_new')}?{urlencode(asked)}"


@needs("interaction.add", POST)
def check_in_near(request: Request) -> HttpResponse:
    """Part of the page: whose place is near the position that was sent. It is kept nowhere."""
    form = WhereForm(request.POST)
    position = form.position() if form.is_valid() else None
    rows = customers_near(request.user, position).select_related("facts", "owner", "where") if position else ()
    return render(request, "followups/check_in_near.html", {"position": position, "near": _offered(request, rows)})


def _search(request: Request, text: str) -> list[Offered]:
    rows = _in_reach(request)
    return _offered(request, searched(rows, request.user, text).order_by("name_sort", "pk")[:FOUND])


def _planned(request: Request) -> list[Offered]:
    """Whom the person meant to visit today."""
    today = clock.user_today(request.user)
    visits = FollowUp.objects.for_user(request.user, own=True, by="assignee").filter(
        state=FollowUp.State.OPEN, method__in=TIMED_KINDS, due_on=today, check_in=None
    )
    rows = _in_reach(request).filter(pk__in=visits.values("customer"))
    return _offered(request, rows.order_by("name_sort", "pk")[:MOST])


def _in_reach(request: Request) -> ScopedQuerySet[Customer]:
    rows = Customer.objects.for_user(request.user, "interaction.add")
    return rows.select_related("facts", "owner", "where").defer("search_tokens")


def _offered(request: Request, rows: Iterable[Customer]) -> list[Offered]:
    drawn = masked_copy(request.user, list(rows))
    return [
        Offered(
            customer,
            catalogue.tier_of(customer),
            round(customer.metres) if hasattr(customer, "metres") else None,
            hasattr(customer, "where"),
        )
        for customer in drawn
    ]


def _signed(request: Request) -> list[Signed]:
    mine = CheckIn.objects.for_user(request.user, "interaction.view", own=True)
    rows = mine.filter(customer__deleted_at=None).select_related("customer", "follow_up").order_by("-at")[:SHOWN]
    return [Signed(row, TONES[CheckInState(row.state)], row.follow_up.state == FollowUp.State.OPEN) for row in rows]


@needs("customer.change", FORM)
def customer_place(request: Request) -> HttpResponse:
    """Where a customer is, typed; without a customer in the address, choose one first."""
    wanted = request.GET.get("customer", "")
    if not wanted:
        return choose_customer(request, "customer.change", _("Place for check-ins"))

    def find() -> Customer:
        return row_for(Customer.objects.select_related("facts", "owner"), request.user, wanted, "customer.change")

    customer = find()
    page = reverse("customer", args=[customer.pk])
    return edit_page(
        request,
        PlaceForm,
        "followups/place.html",
        find=lambda: place_of(find()),
        save=lambda edit: services.place_set(
            customer=customer, changes=dict(edit.changes), version=edit.version, by=request.user
        ),
        said=_("%(name)s: place saved.") % {"name": customer.name},
        then=page,
        customer=customer,
        radius=company().check_in_radius,
    )


@needs("customer.change", POST)
def customer_place_remove(request: Request, pk: int) -> HttpResponse:
    """Delete the position of a customer: later visits are no longer compared with it."""
    customer = row_for(Customer.objects.select_related("facts", "owner"), request.user, pk, "customer.change")
    return act(
        request,
        partial(services.place_remove, customer=customer, by=request.user),
        said=_("%(name)s: place removed.") % {"name": customer.name},
        then=reverse("customer", args=[pk]),
    )
