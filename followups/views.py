"""Pages of follow-ups: the list, planning, moving, closing; reminders and notices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.masking import masked_all
from accounts.scope import ScopedQuerySet
from core import clock
from core.http import row_id, safe_next
from core.versions import StaleVersionError
from core.workcalendar import next_working_day
from customers.choosing import WITHOUT_PLAN, choose_customer
from customers.models import Customer
from followups import selectors, services
from followups.calendar.span import day_of
from followups.durations import minutes_of
from followups.forms import METHODS, FollowUpForm, MoveForm, ReminderForm
from followups.hours.days import person_days
from followups.hours.wording import day_off_words
from followups.listing import FOLLOW_UPS, MINE, TEAM, leads, whose
from followups.models import FollowUp, Notice, Reminder, Rescheduling
from followups.notices.inbox import NOTICES, OPEN
from followups.services import AlreadyClosedError
from followups.services.reminders import TooLateError
from ui import formatting, toasts
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, Empty, Offer, list_page

MOVES = ("1", "3", "7")
MOST_AHEAD = 50
LONGEST_REASON = 200
CLOSED = gettext_lazy("This follow-up was closed in the meantime. Nothing was changed.")


# --- the list --------------------------------------------------------------------------------------------------------
@needs(FOLLOW_UPS.permission, READ)
def follow_up_list(request: Request) -> HttpResponse:
    """Open follow-ups by day: mine or those of everybody in reach; overdue, today, a week, later, all."""
    user = request.user
    asked = Asked(FOLLOW_UPS, request)
    mine = whose(asked) == MINE
    links = [Offer(_("Mine"), asked.query(whose=MINE), mine), Offer(_("Everybody"), asked.query(whose=TEAM), not mine)]
    return list_page(
        asked,
        title=_("Follow-ups"),
        template="followups/list.html",
        whose=whose(asked),
        whose_links=links if leads(user) else [],
        person=asked.chips[0].value if asked.given.get("assignee") and asked.chips and asked.page.rows else "",
        to_look_through=asked.counts[selectors.REVIEW],
        lie_too_long=user.can("customer.assign"),
        moves=selectors.move_choices(asked.today, person_days(request.user.pk)),
        may_change=user.can("follow_up.change"),
        may_add=user.can("follow_up.add"),
    )


# --- planning --------------------------------------------------------------------------------------------------------
@needs("follow_up.add", FORM)
def follow_up_new(request: Request) -> HttpResponse:
    """Plan a follow-up with ?customer=; without one, choose the customer first."""
    wanted = row_id(request.GET.get("customer", ""))
    if wanted is None:
        text = _("Search for a customer to plan one more follow-up.")
        none_left = Empty(_("Every customer has a plan"), text, reverse("follow_up_list"), _("See the plan"))
        return choose_customer(request, "follow_up.add", _("Plan a follow-up"), start=WITHOUT_PLAN, empty=none_left)
    customer = row_for(_customers(), request.user, wanted, "follow_up.add")
    today = clock.user_today(request.user)
    start = {"due_on": selectors.suggested_day(customer), "assignee": customer.owner_id or request.user.pk}
    if (on := day_of(request.GET.get("on", ""))) and on >= today:
        start["due_on"] = on
    if request.GET.get("method") in dict(METHODS):
        start["method"] = request.GET["method"]
    if request.GET.get("why") == "warning":
        start["purpose"] = selectors.win_back_purpose(request.user, customer)
    if request.GET.get("why") == "value":
        start["purpose"] = _("Something of use: news, a case or an invitation")
    return form_page(
        request,
        partial(FollowUpForm, people=selectors.assignee_choices(request.user, customer), today=today),
        "followups/form.html",
        initial={"method": "call"} | start,
        draft=f"follow_up_new:{customer.pk}",
        once=FollowUp,
        save=lambda form: services.follow_up_create(customer=customer, by=request.user, **form.values()),
        ask=partial(_doubts, request),
        said=_planned_for,
        then=reverse("customer", args=[customer.pk]),
        customer=customer,
    )


def _customers() -> ScopedQuerySet:
    return Customer.objects.select_related("facts", "owner").defer("search_tokens")


def _planned_for(planned: FollowUp) -> str:
    return _("Planned for %(day)s.") % {"day": formatting.planned(planned.due_on, planned.due_time)}


@needs("follow_up.change", FORM)
def follow_up_edit(request: Request, pk: int) -> HttpResponse:
    """Change day, time, method, purpose or person of an open follow-up."""
    planned = _open_one(request, pk)
    if planned.state != FollowUp.State.OPEN:
        toasts.error(request, str(CLOSED))
        return redirect(safe_next(request, reverse("today")))
    people = selectors.assignee_choices(request.user, planned.customer, planned)
    return edit_page(
        request,
        partial(FollowUpForm, people=people, today=clock.user_today(request.user), planned=planned),
        "followups/form.html",
        row=planned,
        find=partial(_open_one, request, pk),
        draft=f"follow_up:{pk}",
        save=lambda edit: services.follow_up_change(
            follow_up=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        ask=partial(_doubts, request, planned=planned),
        said=_planned_for,
        then=reverse("customer", args=[planned.customer_id]),
        customer=planned.customer,
        why=selectors.why(planned),
    )


def _doubts(request: Request, form: FollowUpForm, planned: FollowUp | None = None) -> dict[str, Any]:
    """That the person who is to do it is away on that day, and what they have planned at that time already, unless it
    was answered: nobody is refused."""
    data = form.cleaned_data
    if "all_the_same" in request.POST:
        return {}
    stands = planned is not None and (planned.due_on, planned.assignee) == (data["due_on"], data["assignee"])
    off = "" if stands else day_off_words(data["assignee"], data["due_on"], reader=request.user)
    return ({"day_off": off} if off else {}) | _overlaps(request, data, planned)


def _overlaps(request: Request, data: dict[str, Any], planned: FollowUp | None) -> dict[str, Any]:
    if not data["due_time"]:
        return {}
    wanted = FollowUp(due_on=data["due_on"], method=data["method"], minutes=data["minutes"])
    at = clock.at_local(data["due_on"], data["due_time"], clock.user_zone(data["assignee"]))
    if planned is not None and (planned.due_at, planned.assignee) == (at, data["assignee"]):
        return {}  # it stands there already
    found = selectors.clashes(request.user, data["assignee"], at, minutes_of(wanted), besides=planned)
    return {"clashes": masked_all(request.user, found)} if found else {}


def _open_one(request: Request, pk: int) -> FollowUp:
    """A follow-up that this person may change."""
    rows = FollowUp.objects.select_related("customer__facts", "customer__owner", "assignee", "updated_by")
    rows = rows.filter(customer__deleted_at=None).defer("customer__search_tokens")
    return row_for(rows, request.user, pk, "change")


# --- one tap ---------------------------------------------------------------------------------------------------------
@needs("follow_up.change", POST)
def follow_up_move(request: Request, pk: int) -> HttpResponse:
    """Move to tomorrow, in 3 or 7 days (`days`), counted from today, so that a second tap changes nothing; or to the
    day and time that were picked (`on`, `at`). What somebody else has moved since its `version` was shown is asked
    about, with both days."""
    planned, picked = _open_one(request, pk), _picked(request)
    if picked is None:
        return redirect(f"{reverse('follow_up_edit', args=[pk])}?{_way_back(request)}")
    words = {
        "name": planned.customer.name,
        "day": formatting.planned(picked["due_on"], picked.get("due_time", planned.due_time)),
    }
    seen = row_id(request.POST.get("version", ""))

    def move() -> Rescheduling | HttpResponse | None:
        try:
            return services.follow_up_reschedule(follow_up=planned, by=request.user, version=seen, **picked)
        except StaleVersionError:
            return _moved_meanwhile(request, _open_one(request, pk), picked["due_on"], words["day"])

    return act(
        request,
        move,
        said=_("%(name)s: moved to %(day)s.") % words,
        undo=lambda record: (
            f"{reverse('follow_ups_put_back', args=[record.pk])}?{_way_back(request)}" if record else ""
        ),
        refused={AlreadyClosedError: CLOSED},
        then=reverse("today"),
    )


def _moved_meanwhile(request: Request, planned: FollowUp, wanted: date, mine: str) -> HttpResponse:
    """Both days, that of somebody else and one's own, with a button for each."""
    context = {
        "planned": planned,
        "name": planned.customer.name,
        "theirs": formatting.planned(planned.due_on, planned.due_time),
        "mine": mine,
        "on": wanted,
        "at": request.POST.get("at"),
        "back": safe_next(request, reverse("today")),
    }
    return render(request, "followups/moved_meanwhile.html", context, status=409)


def _picked(request: Request) -> dict[str, Any] | None:
    """The day asked for, with its time where one could be given; None, told as a toast, where it can't be read."""
    if "on" not in request.POST:
        return {"due_on": _day(request)}
    form = MoveForm(request.POST, today=clock.user_today(request.user))
    if not form.is_valid():
        toasts.error(request, form.wrong)
        return None
    at = {"due_time": form.cleaned_data["at"]} if "at" in request.POST else {}
    return {"due_on": form.cleaned_data["on"], **at}


def _way_back(request: Request) -> str:
    return urlencode({"next": safe_next(request, reverse("today"))})


def _day(request: Request) -> date:
    days = request.POST.get("days", "")
    days = days if days in MOVES else MOVES[0]
    return person_days(request.user.pk).next_day(clock.user_today(request.user) + timedelta(days=int(days)))


@needs("follow_up.add", POST)
def follow_up_plan(request: Request, pk: int) -> HttpResponse:
    """Plan a follow-up with a customer who has no plan: tomorrow, in 3 or 7 days, or on a day that was picked. A
    second tap moves it."""
    customer, picked = row_for(_customers(), request.user, pk, "follow_up.add"), _picked(request)
    if picked is None:
        return redirect(f"{reverse('follow_up_new')}?customer={pk}&{_way_back(request)}")
    standing = selectors.open_of(request.user, customer).filter(assignee=request.user).first()

    def plan() -> None:
        if standing is not None:
            services.follow_up_reschedule(follow_up=standing, by=request.user, **picked)
        else:
            services.follow_up_create(customer=customer, assignee=request.user, by=request.user, **picked)

    words = {"name": customer.name, "day": formatting.planned(picked["due_on"], picked.get("due_time"))}
    return act(request, plan, said=_("%(name)s: planned for %(day)s.") % words, then=reverse("today"))


@needs("follow_up.change", POST)
def follow_up_snooze(request: Request, pk: int) -> HttpResponse:
    """Later today: in an hour or at 14:00 or 17:00 (`until`) of the assignee's own day."""
    planned = _open_one(request, pk)
    until = selectors.snooze_until(request.POST.get("until", ""), planned.assignee)
    return act(
        request,
        partial(services.follow_up_snooze, follow_up=planned, until=until, by=request.user),
        said=_("%(name)s: back at %(time)s.") % {"name": planned.customer.name, "time": formatting.clock(until)},
        undo=reverse("follow_up_wake", args=[pk]),
        refused={AlreadyClosedError: CLOSED},
        then=reverse("today"),
    )


@needs("follow_up.change", POST)
def follow_up_wake(request: Request, pk: int) -> HttpResponse:
    """Take a "later today" back."""
    planned = _open_one(request, pk)
    return act(
        request,
        partial(services.follow_up_wake, follow_up=planned, by=request.user),
        said=_("%(name)s: back in its place.") % {"name": planned.customer.name},
        refused={AlreadyClosedError: CLOSED},
        then=reverse("today"),
    )


@needs("follow_up.change", POST)
def follow_up_done(request: Request, pk: int) -> HttpResponse:
    """Close a follow-up as done, without an entry in the log."""
    return _close(request, pk, services.follow_up_complete, _("%(name)s: done."))


@needs("follow_up.change", POST)
def follow_up_skip(request: Request, pk: int) -> HttpResponse:
    """Skip a follow-up: it is left out this time."""
    return _close(request, pk, services.follow_up_skip, _("%(name)s: skipped."))


@needs("follow_up.change", POST)
def follow_up_cancel(request: Request, pk: int) -> HttpResponse:
    """No longer wanted; `why` in the person's words, if they say it."""
    cancel = partial(services.follow_up_cancel, why=request.POST.get("why", "")[:LONGEST_REASON])
    return _close(request, pk, cancel, _("%(name)s: follow-up cancelled."))


def _close(request: Request, pk: int, service: Callable[..., None], said: str) -> HttpResponse:
    planned = _open_one(request, pk)
    return act(
        request,
        partial(service, follow_up=planned, by=request.user),
        said=lambda _done: selectors.and_next(request.user, planned.customer, said % {"name": planned.customer.name}),
        undo=reverse("follow_up_reopen", args=[pk]),
        refused={AlreadyClosedError: CLOSED},
        then=reverse("today"),
    )


@needs("follow_up.change", POST)
def follow_up_reopen(request: Request, pk: int) -> HttpResponse:
    """Open a closed follow-up again."""
    planned = _open_one(request, pk)
    return act(
        request,
        partial(services.follow_up_reopen, follow_up=planned, by=request.user),
        said=_("%(name)s: open again.") % {"name": planned.customer.name},
        already={AlreadyClosedError: _("It is open already.")},
        then=reverse("today"),
    )


# --- reminders and notices -------------------------------------------------------------------------------------------
@needs("reminder.add", FORM)
def reminder_new(request: Request) -> HttpResponse:
    """Set oneself a reminder, with ?customer= about a customer."""
    wanted = request.GET.get("customer", "")
    customer = row_for(_customers(), request.user, wanted, "reminder.add") if wanted else None
    tomorrow = next_working_day(clock.user_today(request.user) + timedelta(days=1))
    return form_page(
        request,
        partial(ReminderForm, user=request.user),
        "followups/reminder.html",
        initial={"day": tomorrow, "time": "09:00"},
        draft=f"reminder:{customer.pk if customer else 'me'}",
        once=Reminder,
        save=lambda form: services.reminder_create(
            user=request.user, by=request.user, customer=customer, **form.values()
        ),
        said=lambda made: _("Reminder set for %(moment)s.") % {"moment": formatting.moment(made.due_at)},
        then=reverse("customer", args=[customer.pk]) if customer else reverse("inbox"),
        customer=customer,
    )


@needs("reminder.change", POST)
def reminder_cancel(request: Request, pk: int) -> HttpResponse:
    """Call a reminder back."""
    alive = Q(customer=None) | Q(customer__deleted_at=None)
    rows = Reminder.objects.select_related("user", "customer").filter(alive)
    reminder = row_for(rows, request.user, pk, "change")
    return act(
        request,
        partial(services.reminder_cancel, reminder=reminder, by=request.user),
        said=_("Reminder cancelled."),
        refused={TooLateError: _("Too late: this reminder has been sent.")},
        then=reverse("inbox"),
    )


@needs(NOTICES.permission, READ)
def inbox(request: Request) -> HttpResponse:
    """The notices of this person, and the reminders still to come."""
    user = request.user
    asked = Asked(NOTICES, request)
    return list_page(
        asked,
        title=_("Notices"),
        template="followups/inbox.html",
        sub=_("reminders, warnings and news about your customers"),
        unread=asked.tab.key == OPEN,
        ahead=list(selectors.reminders_ahead(user)[:MOST_AHEAD]),
        may_cancel=user.can("reminder.change"),
        may_add=user.can("reminder.add"),
    )


@needs(NOTICES.permission, READ)
def notice_open(request: Request, pk: int) -> HttpResponse:
    """Go to what a notice is about; who has opened it has read it."""
    notice = row_for(Notice.objects, request.user, pk)
    shown = selectors.notices_with_names(request.user).filter(pk=notice.pk).first()
    url = selectors.notice_row(shown).url if shown else ""
    if request.user.can("notification.change"):
        services.notice_read(notice=notice)
    return redirect(url or reverse("inbox"))


@needs("notification.change", POST)
def notice_read(request: Request, pk: int) -> HttpResponse:
    """Done with one notice."""
    notice = row_for(Notice.objects, request.user, pk, "change")
    return act(request, partial(services.notice_read, notice=notice), then=reverse("inbox"))


@needs("notification.change", POST)
def inbox_read(request: Request) -> HttpResponse:
    """Done with everything shown."""
    return act(request, partial(services.notices_read_all, user=request.user), then=reverse("inbox"))
