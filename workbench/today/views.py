"""Today: what to do next, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.decorators import needs
from accounts.http import Request
from accounts.models import User
from accounts.scope import reach_of
from core import clock, first_steps
from core.company import currency
from core.contributions import registry
from followups.offline.forms import OfflineForm
from ui import charts
from workbench.today import overview, queue
from workbench.today.drawing import drawing_for
from workbench.today.rail import rail


@require_safe
@needs("follow_up.view")
def today(request: Request) -> HttpResponse:
    """The person's queue; for those who lead others, their people's day as well."""
    user = request.user
    shared = {
        "greeting": _greeting(user),
        "day": clock.user_today(user),
        "may_plan": user.can("follow_up.change"),
        "currency": currency(),
        "updated_at": clock.now(),
        "first_steps": first_steps.counted(user) if first_steps.wait_for(user) else None,
    }
    page = _leading(user) if overview.leads(user) else _working(user)
    if "left" in page:
        request.known_badges = {"today": page["left"]}  # two thousand customers aren't looked up twice
    return render(request, page.pop("template"), {**shared, **page})


@require_safe
@needs("follow_up.view")
def today_next(request: Request) -> HttpResponse:
    """The log form of the row that is named in `at`: who has logged one row goes on to the next."""
    user = request.user
    parts = queue.own_sections(user) if overview.leads(user) else queue.sections(user)
    return redirect(queue.log_after(parts, request.GET.get("at", "")))


def _greeting(user: User) -> str:
    hour = clock.now().astimezone(clock.user_zone(user)).hour
    if 4 <= hour < 12:
        return _("Good morning")
    return _("Good afternoon") if 12 <= hour < 18 else _("Good evening")


def _working(user: User) -> dict[str, Any]:
    parts = queue.sections(user)
    side = rail(user)
    left = sum(part.due for part in parts)  # the figure of the menu
    by_key = {part.key: part for part in parts}
    bar = [(part.css, part.due, str(part.title)) for part in parts]
    return {
        "template": "today/mine.html",
        "offline_form": OfflineForm,
        **({} if parts else _nothing(user)),
        # Everything planned is behind them, though the page goes on: what follows was planned by nobody for today.
        "through": bool(parts) and side.done > 0 and left == 0,
        "back_at": _back_at(by_key.get(queue.PUT_OFF)) if set(by_key) == {queue.PUT_OFF} else None,
        "sections": parts,
        "drawn": drawing_for(user).parts(parts),
        "rail": side,
        "left": left,
        "planned": left + side.done,
        "bar": charts.segments([("fill-ok", side.done, _("done")), *bar]),
    }


def _back_at(part: queue.Section | None) -> datetime | None:
    """When the first of what was put off comes back."""
    first = part.rows[0].follow_up if part and part.rows else None
    return first.snoozed_until if first else None


def _nothing(user: User) -> dict[str, Any]:
    """What stands there when nothing waits: the coming week, or where this person's work begins."""
    own = queue.own_customers(user)
    if own["all"]:
        next_day, next_due = queue.next_due(user)
        return {"customers": own["all"], "open_weeks": own["open"], "next_day": next_day, "next_due": next_due}
    for section in registry().today:
        # Whose work it is beyond the own customers: who sells begins with customers.
        if reach_of(user).beyond_own(section.works):
            return {
                "nothing_text": section.nothing,
                "nothing_url": reverse(section.page),
                "nothing_action": section.all_label,
                "nothing_icon": section.icon,
            }
    return {
        "nothing_text": _("You have no customers yet. Claim one from the unassigned pool or enter a new one."),
        "nothing_url": reverse("customer_list"),
        "nothing_action": _("Customers"),
        "nothing_icon": "users",
    }


def _leading(user: User) -> dict[str, Any]:
    view = overview.overview(user)
    parts = queue.own_sections(user)
    total = view.total
    bar = [
        ("fill-ok", total.done, _("done")),
        ("fill-danger", total.overdue, _("overdue")),
        ("fill-accent", total.due, _("due today")),
    ]
    return {
        "template": "today/team.html",
        "view": view,
        "rail": rail(user),
        "sections": parts,
        "drawn": drawing_for(user).parts(parts),
        "planned": total.done + total.overdue + total.due,
        "bar": charts.segments(bar),
        "sees_health": user.can("health.view"),
        "whole_company": overview.whole_company(user),
    }
