"""The calendar of follow-ups: a week, a month or a list of days, one's own or that of somebody in reach."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from core import clock
from core.http import row_id
from customers.selectors import name_of
from followups import services
from followups.calendar import drawing
from followups.calendar.board import Board, board_of, people_with_calendars
from followups.calendar.forms import CalendarSettingForm
from followups.calendar.setting import week_starts
from followups.calendar.span import Span, View, day_of, span_of
from ui import formatting
from ui.flow import edit_page


@needs("follow_up.view", READ)
def follow_up_calendar(request: Request) -> HttpResponse:
    """`?view=` week (default), month or agenda, `?day=` one of its days, `?person=` somebody in reach; `?done=0` leaves
    out what was done."""
    user = request.user
    people = list(people_with_calendars(user, left=True))
    wanted = row_id(request.GET.get("person", ""))
    person = next((other for other in people if other.pk == wanted), user)
    view = View(request.GET["view"]) if request.GET.get("view") in set(View) else View.WEEK
    today = clock.user_today(person)
    day = day_of(request.GET.get("day", "")) or today
    shows_done = request.GET.get("done") != "0"
    board = board_of(user, person, span_of(view, day, week_starts(view)), shows_done=shows_done)
    return render(
        request,
        "followups/calendar/page.html",
        {
            "board": board,
            "days": drawing.drawn(board.days, request.get_full_path(), short=view == View.MONTH),
            "targets": [(target, drawing.kind_of_target(target)) for target in board.targets],
            "title": _title(board.span),
            "views": [
                (_("Week"), _address(request, board, view=View.WEEK), view == View.WEEK),
                (_("Month"), _address(request, board, view=View.MONTH), view == View.MONTH),
                (_("Agenda"), _address(request, board, view=View.AGENDA), view == View.AGENDA),
            ],
            "before": _address(request, board, day=board.span.before),
            "after": _address(request, board, day=board.span.after),
            "now": _address(request, board, day=None),
            "other_done": _address(request, board, done=not shows_done),
            "people": [(other, name_of(other)) for other in people if other.pk != user.pk],
            "own": person.pk == user.pk,
            "week_query": "" if person.pk == user.pk else f"?span=this&person={person.pk}",
            "may_add": user.can("follow_up.add"),
            "may_change": user.can("follow_up.change"),
            "may_set": user.can("plan_rule.change"),
        },
    )


def _address(request: Request, board: Board, **changes: object) -> str:
    """This calendar with something else: what is as usual isn't said."""
    shown = {"view": board.span.view, "day": board.span.day, "done": board.shows_done} | changes
    query = {}
    if shown["view"] != View.WEEK:
        query["view"] = str(shown["view"])
    if isinstance(shown["day"], date) and shown["day"] != board.today:
        query["day"] = shown["day"].isoformat()
    if board.person.pk != request.user.pk:
        query["person"] = str(board.person.pk)
    if not shown["done"]:
        query["done"] = "0"
    return f"{reverse('follow_up_calendar')}?{urlencode(query)}" if query else reverse("follow_up_calendar")


def _title(span: Span) -> str:
    if span.view == View.MONTH:
        return formatting.month(span.day)
    return f"{formatting.day_short(span.first)} – {formatting.day_short(span.last)}"


@needs("plan_rule.change", FORM)
def calendar_settings(request: Request) -> HttpResponse:
    """How much a day holds, and when a week begins."""
    return edit_page(
        request,
        CalendarSettingForm,
        "followups/calendar/setting.html",
        find=services.calendar_setting_row,
        save=lambda edit: services.calendar_setting_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved."),
        then=reverse("calendar_settings"),
        back=reverse("plan_settings"),
        **last_changes(request.user, "calendar_setting.change"),
    )
