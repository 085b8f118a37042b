"""Pages of follow-ups: the list, planning, moving, closing; default plans; reminders and notices."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import policy
from accounts.access import row_for
from accounts.decorators import needs
from accounts.heldposts import bound_or_held
from accounts.http import Request
from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.http import row_id, safe_next
from core.idempotency import SENT_BEFORE, KeyReusedError, create_once
from core.paging import keyset_page
from core.versions import StaleVersionError
from core.workcalendar import next_working_day
from customers.models import Customer
from customers.search import searched
from followups import selectors, services
from followups.forms import FollowUpForm, PlanRuleForm, ReminderForm
from followups.models import FollowUp, Notice, Reminder
from followups.services import AlreadyClosedError
from followups.services.reminders import TooLateError
from segmentation.selectors import facts_tier, scheme_of, tiers_by_code
from ui import formatting, toasts

FORM = require_http_methods(["GET", "HEAD", "POST"])
MINE, TEAM = "mine", "team"
MOVES = ("1", "3", "7")


def _status(request: Request, form: BaseForm) -> int:
    return 422 if request.method == "POST" and form.errors else 200


# --- the list --------------------------------------------------------------------------------------------------------
@require_safe
@needs("follow_up.view")
def follow_up_list(request: Request) -> HttpResponse:
    """Open follow-ups by day: mine or those of everybody in reach; overdue, today, a week, later, all."""
    user, today = request.user, clock.user_today(request.user)
    whose = _whose(request)
    rows = selectors.follow_ups(user).filter(state=FollowUp.State.OPEN)
    rows = rows.filter(assignee=user) if whose == MINE else rows
    assignee = row_id(request.GET.get("assignee", ""))
    rows = rows if assignee is None else rows.filter(assignee=assignee)
    when = request.GET.get("when", "all")
    when = when if when in selectors.WHEN else "all"
    found = rows.filter(selectors.when_filter(when, today))
    page = keyset_page(found, order=("due_on", "pk"), cursor=request.GET.get("cursor"))
    catalogue = tiers_by_code()
    context = {
        "whose": whose,
        "may_choose": _leads(user),
        "when": when,
        "tabs": _tabs(rows, today, when, {"whose": whose} | ({"assignee": assignee} if assignee else {})),
        "page": page,
        "rows": [_row(row, today, catalogue) for row in page.rows],
        "chosen": page.rows[0].assignee.name if assignee and page.rows else "",
        "all_people": f"?{urlencode({'whose': whose, 'when': when})}",
        "moves": selectors.move_choices(today),
        "may_change": user.can("follow_up.change"),
        "may_log": user.can("interaction.add"),
    }
    return render(request, "followups/list.html", context)


def _leads(user: User) -> bool:
    return reach_of(user).scope("follow_up", "view") in (policy.TEAM, policy.ALL)


def _whose(request: Request) -> str:
    """Leaders begin with everybody's, others with their own."""
    asked = request.GET.get("whose", "")
    if not _leads(request.user):
        return MINE
    return asked if asked in (MINE, TEAM) else TEAM


def _tabs(rows: Any, today: date, when: str, kept: dict[str, str]) -> list[dict[str, Any]]:
    counts = selectors.when_counts(rows, today)
    labels = {
        "all": _("All"),
        "overdue": _("Overdue"),
        "today": _("Today"),
        "week": _("Next 7 days"),
        "later": _("Later"),
    }
    return [
        {"label": label, "count": counts[key], "current": key == when, "url": f"?{urlencode({**kept, 'when': key})}"}
        for key, label in labels.items()
    ]


def _row(follow_up: FollowUp, today: date, catalogue: dict[tuple[str, str], Any]) -> dict[str, Any]:
    customer = follow_up.customer
    back = urlencode({"customer": customer.pk, "next": reverse("follow_up_list")})
    return {
        "plan": follow_up,
        "customer": customer,
        "tier": facts_tier(customer.facts, scheme_of(customer), catalogue),
        "why": selectors.why(follow_up, today),
        "log_url": f"{reverse('interaction_new')}?{back}",
    }


# --- planning --------------------------------------------------------------------------------------------------------
@FORM
@needs("follow_up.add")
def follow_up_new(request: Request) -> HttpResponse:
    """Plan a contact with ?customer=; without one, choose the customer first."""
    wanted = row_id(request.GET.get("customer", ""))
    if wanted is None:
        return _choose_customer(request)
    customer = row_for(_customers(), request.user, wanted, "follow_up.add")
    form = _follow_up_form(request, customer, initial=_fresh(request, customer))
    if request.method == "POST" and form.is_valid():
        return _create(request, customer, form)
    context = {"form": form, "customer": customer, "back": _back(request, customer)}
    return render(request, "followups/form.html", context, status=_status(request, form))


def _customers() -> Any:
    return Customer.objects.select_related("facts", "owner").defer("search_tokens")


def _choose_customer(request: Request) -> HttpResponse:
    found = Customer.objects.for_user(request.user, "follow_up.add").select_related("facts").defer("search_tokens")
    text = request.GET.get("q", "").strip()[:80]
    found = searched(found, request.user, text) if text else found.filter(facts__next_follow_up_on=None)
    rows = list(found.order_by("facts__tier_rank", "name_sort", "pk")[:20])
    return render(request, "followups/choose.html", {"customers": rows, "q": text})


def _fresh(request: Request, customer: Customer) -> dict[str, Any]:
    today = clock.user_today(request.user)
    planned = next((day for value, _label, day in selectors.next_step_choices(request.user, customer) if day), today)
    return {
        "due_on": planned,
        "assignee": customer.owner_id or request.user.pk,
        "idempotency_key": str(uuid.uuid4()),
        "method": "call",
    }


def _follow_up_form(
    request: Request, customer: Customer, *, initial: dict[str, Any], planned: FollowUp | None = None
) -> FollowUpForm:
    people = selectors.assignee_choices(request.user, customer, planned)
    today = clock.user_today(request.user)
    return FollowUpForm(bound_or_held(request), people=people, today=today, planned=planned, initial=initial)


def _back(request: Request, customer: Customer) -> str:
    return safe_next(request, reverse("customer", args=[customer.pk]))


def _create(request: Request, customer: Customer, form: FollowUpForm) -> HttpResponse:
    values = form.planned_values()
    try:
        made, _new = create_once(
            user=request.user,
            key=form.cleaned_data["idempotency_key"],
            data={**values, "assignee": values["assignee"].pk, "customer": customer.pk},
            model=FollowUp,
            create=lambda: services.follow_up_create(customer=customer, by=request.user, **values),
        )
    except KeyReusedError:
        form.add_error(None, SENT_BEFORE)
        context = {"form": form, "customer": customer, "back": _back(request, customer)}
        return render(request, "followups/form.html", context, status=422)
    toasts.success(request, _("Planned for %(day)s.") % {"day": formatting.day_short(made.due_on)})
    return redirect(_back(request, customer))


@FORM
@needs("follow_up.change")
def follow_up_edit(request: Request, pk: int) -> HttpResponse:
    """Change day, time, method, purpose or person of an open follow-up."""
    planned = row_for(_planned(), request.user, pk, "change")
    if planned.state != FollowUp.State.OPEN:
        return _closed(request)
    customer = planned.customer
    form = _follow_up_form(request, customer, initial=_initial(planned), planned=planned)
    context = {"form": form, "customer": customer, "planned": planned, "back": _back(request, customer)}
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"] or 0
            services.follow_up_change(
                follow_up=planned, changes=form.planned_values(), version=version, by=request.user
            )
        except StaleVersionError as error:
            context["current"] = error.current
            form.data = {**form.data.dict(), "version": error.current.version}
            return render(request, "followups/form.html", context, status=409)
        toasts.success(request, _("Planned for %(day)s.") % {"day": formatting.day_short(planned.due_on)})
        return redirect(context["back"])
    return render(request, "followups/form.html", context, status=_status(request, form))


def _planned() -> Any:
    rows = FollowUp.objects.select_related("customer__facts", "customer__owner", "assignee")
    return rows.filter(customer__deleted_at=None).defer("customer__search_tokens")


def _initial(planned: FollowUp) -> dict[str, Any]:
    names = ("due_on", "due_time", "method", "purpose", "version")
    return {name: getattr(planned, name) for name in names} | {"assignee": planned.assignee_id}


def _closed(request: Request) -> HttpResponse:
    toasts.error(request, _("This follow-up was closed in the meantime. Nothing was changed."))
    return redirect(safe_next(request, reverse("today")))


# --- one tap ---------------------------------------------------------------------------------------------------------
@require_POST
@needs("follow_up.change")
def follow_up_move(request: Request, pk: int) -> HttpResponse:
    """Move to tomorrow, in 3 or 7 days (`days`), counted from today, so that a second tap changes nothing."""
    planned = row_for(_planned(), request.user, pk, "change")
    due_on = _day(request)
    try:
        services.follow_up_reschedule(follow_up=planned, due_on=due_on, by=request.user)
    except AlreadyClosedError:
        return _closed(request)
    toasts.success(
        request,
        _("%(name)s: moved to %(day)s.") % {"name": planned.customer.name, "day": formatting.day_short(due_on)},
    )
    return redirect(safe_next(request, reverse("today")))


def _day(request: Request) -> date:
    days = request.POST.get("days", "")
    if days not in MOVES:
        days = MOVES[0]
    return next_working_day(clock.user_today(request.user) + timedelta(days=int(days)))


@require_POST
@needs("follow_up.add")
def follow_up_plan(request: Request, pk: int) -> HttpResponse:
    """Plan a contact with a customer who has no plan: tomorrow, in 3 or 7 days. A second tap moves it."""
    customer = row_for(_customers(), request.user, pk, "follow_up.add")
    due_on = _day(request)
    standing = selectors.open_of(request.user, customer).filter(assignee=request.user).first()
    if standing is not None:
        services.follow_up_reschedule(follow_up=standing, due_on=due_on, by=request.user)
    else:
        services.follow_up_create(customer=customer, assignee=request.user, due_on=due_on, by=request.user)
    toasts.success(
        request, _("%(name)s: planned for %(day)s.") % {"name": customer.name, "day": formatting.day_short(due_on)}
    )
    return redirect(safe_next(request, reverse("today")))


def _close(request: Request, pk: int, service: Any, said: str) -> HttpResponse:
    planned = row_for(_planned(), request.user, pk, "change")
    try:
        service(follow_up=planned, by=request.user)
    except AlreadyClosedError:
        return _closed(request)
    toasts.success(request, said % {"name": planned.customer.name}, undo=reverse("follow_up_reopen", args=[pk]))
    return redirect(safe_next(request, reverse("today")))


@require_POST
@needs("follow_up.change")
def follow_up_done(request: Request, pk: int) -> HttpResponse:
    """Done without an entry in the log."""
    return _close(request, pk, services.follow_up_complete, _("%(name)s: done."))


@require_POST
@needs("follow_up.change")
def follow_up_skip(request: Request, pk: int) -> HttpResponse:
    """Left out this time."""
    return _close(request, pk, services.follow_up_skip, _("%(name)s: skipped."))


@require_POST
@needs("follow_up.change")
def follow_up_cancel(request: Request, pk: int) -> HttpResponse:
    """No longer wanted."""
    return _close(request, pk, services.follow_up_cancel, _("%(name)s: follow-up cancelled."))


@require_POST
@needs("follow_up.change")
def follow_up_reopen(request: Request, pk: int) -> HttpResponse:
    """Take a close back."""
    planned = row_for(_planned(), request.user, pk, "change")
    try:
        services.follow_up_reopen(follow_up=planned, by=request.user)
    except AlreadyClosedError:
        toasts.info(request, _("It is open already."))
    else:
        toasts.success(request, _("%(name)s: open again.") % {"name": planned.customer.name})
    return redirect(safe_next(request, reverse("today")))


# --- default plans ---------------------------------------------------------------------------------------------------
@FORM
@needs("plan_rule.view")
def plan_settings(request: Request) -> HttpResponse:
    """The default plan of each tier: everybody may look, who may change them changes several at once."""
    may_change = request.user.can("plan_rule.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    data = bound_or_held(request) if may_change else None
    forms = [PlanRuleForm(data, instance=rule, prefix=f"rule{rule.pk}") for rule in selectors.plan_rules()]
    if request.method == "POST" and not [form for form in forms if not form.is_valid()]:
        return _save_plans(request, forms)
    catalogue = tiers_by_code()
    rows = [
        {"form": form, "rule": form.instance, "tier": catalogue.get((form.instance.scheme, form.instance.tier))}
        for form in forms
    ]
    rows.sort(key=lambda row: (row["rule"].scheme, row["tier"].rank if row["tier"] else 9))
    wrong = any(form.errors for form in forms)
    context = {"rows": rows, "may_change": may_change, "wrong": wrong}
    return render(request, "followups/plans.html", context, status=422 if wrong else 200)


def _save_plans(request: Request, forms: list[PlanRuleForm]) -> HttpResponse:
    changed = 0
    for form in forms:
        form.instance.refresh_from_db()
        changed += services.plan_rule_change(rule=form.instance, by=request.user, **form.cleaned_data)
    if changed:
        toasts.success(request, _("Saved. New dates follow the plan from tonight on; dates already set stay."))
    else:
        toasts.info(request, _("Nothing was changed."))
    return redirect("plan_settings")


# --- reminders and notices -------------------------------------------------------------------------------------------
@FORM
@needs("reminder.add")
def reminder_new(request: Request) -> HttpResponse:
    """Set oneself a reminder, with ?customer= about a customer."""
    wanted = request.GET.get("customer", "")
    customer = None
    if wanted:
        customer = row_for(_customers(), request.user, wanted, "reminder.add")
    tomorrow = next_working_day(clock.user_today(request.user) + timedelta(days=1))
    initial = {"day": tomorrow, "time": "09:00", "idempotency_key": str(uuid.uuid4())}
    form = ReminderForm(bound_or_held(request), user=request.user, initial=initial)
    back = safe_next(request, reverse("customer", args=[customer.pk]) if customer else reverse("inbox"))
    if request.method == "POST" and form.is_valid() and _remind(request, customer, form):
        return redirect(back)
    context = {"form": form, "customer": customer, "back": back}
    return render(request, "followups/reminder.html", context, status=_status(request, form))


def _remind(request: Request, customer: Customer | None, form: ReminderForm) -> bool:
    data = form.cleaned_data
    values = {"due_at": form.due_at(), "text": data["text"], "channel": data["channel"]}
    try:
        made, _new = create_once(
            user=request.user,
            key=data["idempotency_key"],
            data={**values, "customer": customer.pk if customer else None},
            model=Reminder,
            create=lambda: services.reminder_create(user=request.user, by=request.user, customer=customer, **values),
        )
    except KeyReusedError:
        form.add_error(None, SENT_BEFORE)
        return False
    toasts.success(request, _("Reminder set for %(moment)s.") % {"moment": formatting.moment(made.due_at)})
    return True


@require_POST
@needs("reminder.change")
def reminder_cancel(request: Request, pk: int) -> HttpResponse:
    """Call a reminder back."""
    alive = Q(customer=None) | Q(customer__deleted_at=None)
    rows = Reminder.objects.select_related("user", "customer").filter(alive)
    reminder = row_for(rows, request.user, pk, "change")
    try:
        services.reminder_cancel(reminder=reminder, by=request.user)
    except TooLateError:
        toasts.error(request, _("Too late: this reminder has been sent."))
    else:
        toasts.success(request, _("Reminder cancelled."))
    return redirect(safe_next(request, reverse("inbox")))


@require_safe
@needs("notification.view")
def inbox(request: Request) -> HttpResponse:
    """What has been told to this person, and the reminders still to come."""
    user = request.user
    unread = request.GET.get("view") != "all"
    rows = selectors.notices(user)
    rows = rows.filter(read_at=None) if unread else rows
    page = keyset_page(rows, order=("-due_at", "-pk"), cursor=request.GET.get("cursor"))
    context = {
        "unread": unread,
        "show_all": not unread,
        "page": page,
        "told": [selectors.told(row) for row in page.rows],
        "ahead": list(selectors.reminders_ahead(user)[:50]),
        "may_cancel": user.can("reminder.change"),
        "may_add": user.can("reminder.add"),
    }
    return render(request, "followups/inbox.html", context)


@require_POST
@needs("notification.change")
def notice_read(request: Request, pk: int) -> HttpResponse:
    """Done with one notice."""
    services.notice_read(notice=row_for(Notice.objects, request.user, pk, "change"))
    return redirect(safe_next(request, reverse("inbox")))


@require_POST
@needs("notification.change")
def inbox_read(request: Request) -> HttpResponse:
    """Done with everything shown."""
    services.notices_read_all(user=request.user)
    return redirect("inbox")
