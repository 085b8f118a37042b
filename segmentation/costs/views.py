"""`/segmentation/costs/`: what tiers and channels cost, cost entries, what time costs, and one customer's account."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from accounts.scope import reach_of
from core import clock
from core.company import currency
from customers.choosing import choose_customer
from customers.models import Customer
from intake.tablefiles import file_links, tables_file
from segmentation import catalogue
from segmentation.costs import figures, selectors, services
from segmentation.costs.counting import economics_of, months_of, share_known
from segmentation.costs.entries import COSTS
from segmentation.costs.forms import CostForm, CostSettingsForm
from segmentation.costs.listing import ECONOMICS_LIST
from segmentation.costs.models import MINUTES, CostEntry, Economics
from ui import formatting
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page

MOST_NAMED = 20  # customers who came by recommendation


@needs("cost.view", READ)
def costs(request: Request) -> HttpResponseBase:
    """The tiers with margin, upkeep and contribution, and what channels cost per new customer."""
    user, count = request.user, selectors.last_count()
    shown, wanted = dict(catalogue.schemes()), request.GET.get("scheme", "")
    scheme = wanted if wanted in shown else ""
    rows = figures.by_tier(user, scheme) if count else []
    acquired = figures.acquired_by_tier(user, count, scheme) if count else []
    tables = [*figures.tables(rows), *([figures.acquired_table(acquired)] if acquired else [])]
    if count and (file := tables_file(request, f"costs-{count.on}", tables)):
        return file
    channels, since = figures.by_channel(user)
    context = {
        "title": _("What customers cost"),
        "count": count,
        "as_of": figures.counted_as_of(count) if count else "",
        "settings": selectors.cost_settings(),
        "rows": rows,
        "total": figures.summed(rows),
        "total_urls": [figures.economics_url(scheme=scheme, view=view) for view in ("all", "much", "little")],
        "uncounted": selectors.written_since(user, count) if count else 0,
        "acquired": acquired,
        "acquired_months": months_of(count) if count else None,
        "channels": channels,
        "no_channels": "" if channels else figures.no_channels(user),
        "since": since,
        "schemes": catalogue.schemes(),
        "scheme": scheme,
        "known": formatting.percent(float(share_known())),
        "currency": currency(),
        "files": file_links(request, tables) if rows else [],
        "may_set": user.can("tier_rule.view"),
        "may_see_channels": user.can("dashboard.view"),
    }
    return render(request, "segmentation/costs/page.html", context)


@needs(ECONOMICS_LIST.permission, READ)
def economics_list(request: Request) -> HttpResponse:
    """What each customer brought and cost."""
    count = selectors.last_count()
    sub = figures.counted_as_of(count) if count else ""
    template = "segmentation/costs/list.html"
    return list_page(Asked(ECONOMICS_LIST, request), title=_("Margin and upkeep"), template=template, sub=sub)


@needs("cost.view", READ)
def customer_costs(request: Request, pk: int) -> HttpResponse:
    """One customer's account as of now: what it brought, what it cost, what it buys, whom it recommended."""
    user = request.user
    customer = row_for(Customer.objects.select_related("facts", "owner"), user, pk, "cost.view")
    of = economics_of(customer.pk, clock.business_date())
    stored = Economics.objects.for_user(user).filter(customer=customer).first()
    everywhere = reach_of(user).everywhere("customer.view")  # else those of the pool are seen by name and place only
    won = Customer.objects.for_user(user, pool=everywhere).filter(referred_by=customer)
    scored = Q(pk__in=Customer.objects.for_user(user, "score.view", pool=everywhere).order_by().values("pk"))
    referred = won.aggregate(
        n=Count("pk"),
        bought=Count("pk", filter=Q(facts__orders_total__gt=0)),
        scored=Count("pk", filter=scored),
        revenue=Sum("facts__monetary", filter=scored),
    )
    hourly = selectors.cost_settings().hourly_cost
    context: dict[str, Any] = {
        "title": _("Margin and upkeep"),
        "customer": customer,
        "of": of,
        "verdict": stored.get_verdict_display() if stored and stored.verdict else "",
        "gross": of.margin + of.discount if of else 0,
        "time": formatting.minor(hourly * of.minutes / 60, currency()) if of and hourly is not None else None,
        "by_price": of.discounted / of.sold if of and of.sold > 0 else None,
        "known": min(1.0, of.costed / of.revenue) if of and of.revenue > 0 and of.costed else None,
        "mix": figures.mix(user, customer, of) if of and user.can("order.view") else [],
        "referred": referred,
        "referred_customers": list(won.order_by("pk")[:MOST_NAMED]) if referred["n"] else [],
        "entries": list(selectors.entries(user).filter(customer=customer).order_by("-spent_on", "-pk")[:MOST_NAMED]),
        "may_note": user.can("cost.change"),
        "currency": currency(),
    }
    return render(request, "segmentation/costs/customer.html", context)


# --- entries ---------------------------------------------------------------------------------------------------------
@needs(COSTS.permission, READ)
def cost_list(request: Request) -> HttpResponse:
    """What was paid."""
    return list_page(Asked(COSTS, request), title=_("Cost entries"), template="segmentation/costs/entries.html")


@needs("cost.change", FORM)
def cost_new(request: Request) -> HttpResponse:
    """A cost of `?customer=`, or of a channel (`?of=channel`); else choose a customer."""
    if request.GET.get("of") == "channel":
        return _note(request, None)
    wanted = request.GET.get("customer", "")
    if not wanted:
        return choose_customer(request, "cost.change", _("Note a cost"))
    return _note(request, row_for(Customer.objects.select_related("owner"), request.user, wanted, "cost.change"))


def _note(request: Request, customer: Customer | None) -> HttpResponse:
    return form_page(
        request,
        partial(CostForm, of_channel=customer is None),
        "segmentation/costs/form.html",
        once=CostEntry,
        save=lambda form: services.cost_add(by=request.user, customer=customer, **form.values()),
        said=_("Noted. The figures of tiers count it from tonight on."),
        then=reverse("customer_costs", args=[customer.pk]) if customer else reverse("cost_list"),
        customer=customer,
    )


@needs("cost.view", READ)
def cost_entry(request: Request, pk: int) -> HttpResponse:
    """One entry, to look at and remove, or to put back."""
    entry = row_for(selectors.every_entry(), request.user, pk, "cost.view")
    able = CostEntry.objects.for_user(request.user, "change").filter(pk=entry.pk)
    context = {"entry": entry, "may_change": able.exists(), "currency": currency()}
    return render(request, "segmentation/costs/entry.html", context)


@needs("cost.change", POST)
def cost_remove(request: Request, pk: int) -> HttpResponse:
    """It was noted by mistake."""
    entry = row_for(selectors.entry_rows(), request.user, pk, "cost.change")
    return act(
        request,
        partial(services.cost_remove, entry=entry, by=request.user),
        said=_("Removed."),
        undo=reverse("cost_restore", args=[entry.pk]),
        then=reverse("cost_list"),
    )


@needs("cost.change", POST)
def cost_restore(request: Request, pk: int) -> HttpResponse:
    """Take the removal back."""
    entry = row_for(selectors.every_entry(), request.user, pk, "cost.change")
    return act(
        request,
        partial(services.cost_restore, entry=entry, by=request.user),
        said=_("Restored."),
        then=reverse("cost_list"),
    )


@needs("tier_rule.view", FORM)
def cost_settings(request: Request) -> HttpResponse:
    """What an hour of work costs, and how long an activity takes."""
    may_change = request.user.can("tier_rule.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    row = selectors.cost_settings()
    return edit_page(
        request,
        CostSettingsForm,
        "segmentation/costs/settings.html",
        row=row,
        find=selectors.cost_settings,
        save=lambda edit: services.cost_settings_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. Everybody is counted anew tonight."),
        then=reverse("cost_settings"),
        back=reverse("costs"),
        may_change=may_change,
        now=row,
        minutes=[(row._meta.get_field(f"minutes_{kind}").verbose_name, n) for kind, n in row.minutes().items()],  # type: ignore[union-attr]
        names=[f"minutes_{kind}" for kind in MINUTES],
        currency=currency(),
        **last_changes(request.user, "cost_settings.change"),
    )
