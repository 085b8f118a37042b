"""`/segmentation/effect/control/`: hold-outs of tiers, and what became of both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.models import Team, User
from accounts.selectors import team_labels
from core.company import currency
from core.http import row_id
from customers.models import Customer
from customers.selectors import known_channels
from customers.services import UndoTooLateError
from intake.tablefiles import file_links, tables_file
from segmentation import catalogue
from segmentation.control import services
from segmentation.control.differences import FEWEST
from segmentation.control.figures import CONTROL, TREATED, Of, Only, results, table
from segmentation.control.forms import HoldOutForm
from segmentation.control.listing import CONTROL_CUSTOMERS, comparison_of, gone
from segmentation.control.models import PLANNED, RUNNING, HoldOut
from segmentation.control.selectors import Members, hold_outs, members_of, paired_months
from segmentation.control.words import STATES, comparison_name, days_of, hold_out_name, tier_of
from ui import formatting
from ui.flow import act, form_page
from ui.listing import Asked, list_page

CHANGE = "tier_rule.change"


@needs("dashboard.view", READ)
def tier_control(request: Request) -> HttpResponseBase:
    """All hold-outs with what became of both sides, and the pairs of a month."""
    user, rows, months = request.user, hold_outs(), paired_months()
    month = next((one for one in months if f"{one.first:%Y-%m}" == request.GET.get("month", "")), None)
    month = month or (months[0] if months else None)
    compared = [comparison for row in rows if (comparison := getattr(row, "comparison", None))]
    only = only_of(user, request.GET)
    found = results(user, [*compared, *([month] if month else [])], only)
    members = members_of(user, rows)
    tables = [table(f"hold-out-{one.hold_out_id}", comparison_name(one), found[one.pk]) for one in compared]
    tables += [table("pairs", comparison_name(month), found[month.pk])] if month else []
    if file := tables_file(request, "control", tables):
        return file
    opens, pairs = user.can("score.view"), found[month.pk] if month else []
    # One tier at a time: the one of the address, else that with most pairs.
    most = sorted(pairs, key=lambda of: -max(one.treated.n for one in of.results))
    chosen = next((of for of in pairs if of.key == request.GET.get("tier", "")), most[0] if most else None)
    context = {
        "choices": [(of.key, of.name) for of in pairs],
        "asked": chosen.key if chosen else "",
        "only": only,
        "teams": team_labels(Team.objects.for_user(user)),
        "channels": list(known_channels()),
        "title": _("Compared with a control"),
        "few": FEWEST,
        "month": month,
        "months": months,
        "pairs": [shown(chosen, opens=opens)] if chosen else [],
        "files": file_links(request, tables) if tables else [],
        "rows": [
            {
                "row": row,
                "tier": tier_of(row),
                "scheme": catalogue.scheme_name(row.scheme),
                "share": formatting.percent(row.share / 100),
                "days": days_of(row),
                "state": STATES[row.state],
                "members": members.get(row.pk, Members()) if row.began_on else None,
                "comparison": getattr(row, "comparison", None),
                "of": _first(found, row, opens=opens),
            }
            for row in rows
        ],
        "may_change": user.can(CHANGE),
    }
    return render(request, "segmentation/control/page.html", context)


def only_of(user: User, given: Mapping[str, str]) -> Only:
    """Team and channel of the address, as far as the person may name them."""
    team, channel = row_id(given.get("team", "")), row_id(given.get("channel", ""))
    return Only(
        Team.objects.for_user(user).filter(pk=team).first() if team else None,
        channel if channel and known_channels().filter(pk=channel).exists() else None,
    )


def _first(found: Mapping[int, Sequence[Of]], row: HoldOut, *, opens: bool) -> dict[str, Any] | None:
    """The figures of a hold-out, which has one tier; None before the first count, or where nobody is one's own."""
    comparison = getattr(row, "comparison", None)
    mine = found.get(comparison.pk, []) if comparison else []
    return shown(mine[0], opens=opens) if mine else None


def shown(of: Of, *, opens: bool) -> dict[str, Any]:
    """A tier of a comparison as the template draws it; addresses are empty for who may not see the customers."""
    lines = []
    for one in of.results:
        urls = {
            f"{side}_{rows}": of.url(one.outcome.code, side, rows)
            for side, made in ((TREATED, one.treated), (CONTROL, one.control))
            for rows, number in (("hits", made.hits), ("all", made.n))
            if opens and number
        }
        lines.append({"result": one, "urls": urls, "amount": one.outcome.amount})
    told = of.told
    cap = formatting.money_round(told["upto"], currency()) if told.get("upto") else ""
    paired = max((one.treated.n for one in of.results), default=0)
    near = ""
    if "other_percent" in told:
        near = _("Chance to buy %(ours)s beside %(theirs)s, sales %(sales)s beside %(others)s on average.") % {
            "ours": formatting.percent(float(told["percent"]) / 100, 1),
            "theirs": formatting.percent(float(told["other_percent"]) / 100, 1),
            "sales": formatting.money_round(round(float(told["monetary"])), currency()),
            "others": formatting.money_round(round(float(told["other_monetary"])), currency()),
        }
    return {"of": of, "lines": lines, "cap": cap, "near": near, "paired": paired, "active": told.get("active", 0)}


@needs("score.view", READ)
def control_customers(request: Request) -> HttpResponse:
    """The customers that a figure counted."""
    asked = Asked(CONTROL_CUSTOMERS, request)
    comparison, days = comparison_of(asked), ""
    if comparison:
        words = {"first": formatting.day(comparison.since), "last": formatting.day(comparison.until)}
        days = _("Counted from %(first)s to %(last)s.") % words
    return list_page(
        asked,
        title=_("Customers behind a comparison"),
        template="segmentation/control/customers.html",
        sub=days,
        gone=gone(asked),
    )


@needs("dashboard.view", READ)
def hold_out(request: Request, pk: int) -> HttpResponse:
    """One of them: who is in it, what became of both sides, and what may be done."""
    people = ("created_by", "ended_by", "withdrawn_by")
    row = get_object_or_404(HoldOut.objects.select_related(*people, "comparison"), pk=pk)
    comparison = getattr(row, "comparison", None)
    found = results(request.user, [comparison]) if comparison else {}
    context = {
        "comparison": comparison,
        "of": _first(found, row, opens=request.user.can("score.view")),
        "title": hold_out_name(row),
        "row": row,
        "tier": tier_of(row),
        "scheme": catalogue.scheme_name(row.scheme),
        "share": formatting.percent(row.share / 100),
        "days": days_of(row),
        "state": STATES[row.state],
        "members": members_of(request.user, [row]).get(row.pk, Members()) if row.began_on else None,
        "few": FEWEST,
        "may_withdraw": row.state == PLANNED and request.user.can(CHANGE),
        "may_end": row.state == RUNNING and request.user.can(CHANGE),
    }
    return render(request, "segmentation/control/hold_out.html", context)


@needs(CHANGE, FORM)
def hold_out_new(request: Request) -> HttpResponse:
    """Set one, beginning with the tier of the address (`?tier=b2c:B`)."""
    return form_page(
        request,
        HoldOutForm,
        "segmentation/control/form.html",
        once=HoldOut,
        initial={"share": 10, "tier": request.GET.get("tier", "")},
        save=lambda form: services.hold_out_add(by=request.user, **form.values()),
        said=lambda row: _("Set. The customers are drawn on %(day)s.") % {"day": formatting.day(row.starts_on)},
        then=lambda row: reverse("hold_out", args=[row.pk]),
        back=reverse("tier_control"),
        few=FEWEST,
    )


@needs(CHANGE, POST)
def hold_out_withdraw(request: Request, pk: int) -> HttpResponse:
    """It never starts."""
    return act(
        request,
        partial(services.hold_out_withdraw, row=get_object_or_404(HoldOut, pk=pk), by=request.user),
        said=_("Withdrawn."),
        undo=reverse("hold_out_restore", args=[pk]),
        then=reverse("tier_control"),
    )


@needs(CHANGE, POST)
def hold_out_restore(request: Request, pk: int) -> HttpResponse:
    """Take the withdrawal back."""
    return act(
        request,
        partial(services.hold_out_restore, row=get_object_or_404(HoldOut, pk=pk), by=request.user),
        said=_("Restored."),
        then=reverse("hold_out", args=[pk]),
    )


@needs(CHANGE, POST)
def hold_out_end(request: Request, pk: int) -> HttpResponse:
    """Everybody comes back into the plans."""
    return act(
        request,
        partial(services.hold_out_end, row=get_object_or_404(HoldOut, pk=pk), by=request.user),
        said=_("Ended. Tonight everybody is planned for again."),
        undo=reverse("hold_out_resume", args=[pk]),
        then=reverse("hold_out", args=[pk]),
    )


@needs(CHANGE, POST)
def hold_out_resume(request: Request, pk: int) -> HttpResponse:
    """Take the end back."""
    return act(
        request,
        partial(services.hold_out_resume, row=get_object_or_404(HoldOut, pk=pk), by=request.user),
        said=_("It runs again."),
        then=reverse("hold_out", args=[pk]),
    )


# --- one customer ----------------------------------------------------------------------------------------------------
@needs(CHANGE, POST)
def take_in(request: Request, pk: int) -> HttpResponse:
    """Plan for a customer who is left out."""
    customer = row_for(Customer.objects.select_related("facts"), request.user, pk, "score.view")
    return act(
        request,
        partial(services.customer_take_in, customer=customer, by=request.user),
        said=_("%(name)s is planned for again.") % {"name": customer.name},
        undo=reverse("hold_out_leave_out", args=[pk]),
        then=reverse("customer", args=[pk]),
    )


@needs(CHANGE, POST)
def leave_out(request: Request, pk: int) -> HttpResponse:
    """Take back what one has just done."""
    customer = row_for(Customer.objects.select_related("facts"), request.user, pk, "score.view")
    too_late = _("This can't be undone any more: more than ten minutes have passed, or somebody else changed it.")
    return act(
        request,
        partial(services.customer_leave_out_again, customer=customer, by=request.user),
        said=_("Undone"),
        refused={UndoTooLateError: too_late},
        then=reverse("customer", args=[pk]),
    )
