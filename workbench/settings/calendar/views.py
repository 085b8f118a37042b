"""`/settings/calendar/`: the working week, and every day that differs from it. Who sees settings may look."""

from __future__ import annotations

import io
from datetime import date
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from core import clock, company, workcalendar
from core.http import row_id
from core.models import WorkDay
from intake.csvwriter import CsvWriter
from ui import formatting
from ui.flow import act, edit_page, form_page
from workbench.settings.calendar import reading, services
from workbench.settings.calendar.forms import DayForm, ImportForm, NewDayForm, WeekForm
from workbench.settings.calendar.weekdays import in_words
from workbench.settings.calendar.year import YEARS, said, year_of
from workbench.settings.services import company_change


@needs("setting.view", READ)
def calendar(request: Request) -> HttpResponse:
    """A year with its working days, holidays and swapped days, and what the company entered itself."""
    wanted = row_id(request.GET.get("year", ""))
    number = wanted if wanted is not None and wanted in YEARS else clock.business_date().year
    may_change = request.user.can("setting.change")
    context = {
        "year": year_of(number, editable=may_change),
        "before": f"?year={number - 1}" if number - 1 in YEARS else "",
        "after": f"?year={number + 1}" if number + 1 in YEARS else "",
        "weekdays": [name[-1] for name in formatting.WEEKDAYS["zh"]] if formatting.chinese() else "MTWTFSS",
        "week": in_words(company.company().working_week),
        "may_change": may_change,
        **last_changes(request.user, *services.ACTS),
    }
    return render(request, "calendar/year.html", context)


@needs("setting.change", FORM)
def calendar_week(request: Request) -> HttpResponse:
    """Which weekdays are worked, from when until when."""
    return edit_page(
        request,
        WeekForm,
        "calendar/week.html",
        find=company.company_now,
        save=lambda edit: company_change(row=edit.row, changes=edit.changes, by=request.user),
        said=_("Saved. Dates that are planned follow tonight; complaints that are open keep their times."),
        then=reverse("calendar"),
    )


@needs("setting.change", FORM)
def calendar_day(request: Request, day: date) -> HttpResponse:
    """One day: enter that it differs, or what its entry is called."""
    usual = workcalendar.usual(day)
    shown: dict[str, Any] = {"day": day, "usual": said(usual), "template": "calendar/day.html", "then": _at(day)}
    row = WorkDay.objects.filter(pk=day).first()
    if row is not None:
        return edit_page(
            request,
            DayForm,
            row=row,
            find=partial(get_object_or_404, WorkDay, pk=day),
            save=lambda edit: services.day_name(row=edit.row, changes=edit.changes, by=request.user),
            said=_("Saved."),
            now=said(workcalendar.KnownDay(day, row.working, workcalendar.Why.OWN)),
            **shown,
        )
    return form_page(
        request,
        partial(NewDayForm, day=day),
        initial={"working": "off" if usual.working else "on"},
        save=lambda form: services.days_add(first=day, by=request.user, **form.values()),
        said=_("%(day)s is entered. Dates that are planned follow tonight.") % {"day": formatting.day(day)},
        **shown,
    )


@needs("setting.change", POST)
def calendar_day_remove(request: Request, day: date) -> HttpResponse:
    """Back to the usual."""
    row = get_object_or_404(WorkDay, pk=day)
    return act(
        request,
        partial(services.day_remove, row=row, by=request.user),
        said=_("%(day)s is as usual again.") % {"day": formatting.day(day)},
        then=_at(day),
    )


@needs("setting.change", FORM)
def calendar_import(request: Request) -> HttpResponse:
    """A list of days as a file or pasted: shown first, written when that was confirmed."""

    def ask(form: ImportForm) -> dict[str, Any]:
        """Nothing is asked of a list that was shown before; one with bad rows goes without them."""
        entries, refused = reading.understood(form.rows, form.cleaned_data["dates"])
        if form.cleaned_data["confirmed"] and entries:
            return {}
        text = reading.written(entries, [])
        if form.cleaned_data.get("file"):  # a file isn't sent twice: its rows go on as text
            form.data = {**form.data, "text": reading.written(entries, refused)}
        return {
            "asked": True,
            "entries": [(entry, said(workcalendar.explained(entry.date))) for entry in entries],
            "refused": refused,
            "text": text,
            "changing": sum(entry.change != "same" for entry in entries),
        }

    def save(form: ImportForm) -> int:
        entries, _refused = reading.understood(form.rows, form.cleaned_data["dates"])
        return services.days_import(entries=[e for e in entries if e.change != "same"], by=request.user)

    return form_page(
        request,
        partial(ImportForm, files=request.FILES or None),
        "calendar/import.html",
        save=save,
        ask=ask,
        said=lambda n: ngettext("%(n)s day was entered.", "%(n)s days were entered.", n) % {"n": n},
        then=reverse("calendar"),
    )


@needs("setting.view", READ)
def calendar_export(request: Request) -> HttpResponse:
    """What the company entered itself, as a file that can be imported again."""
    buffer = io.StringIO()
    writer = CsvWriter(buffer, ["date", "working", "name"])
    for row in WorkDay.objects.order_by("date"):
        writer.row([row.date.isoformat(), "working" if row.working else "off", row.name])
    response = HttpResponse("\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="calendar.csv"'
    return response


def _at(day: date) -> str:
    return f"{reverse('calendar')}?year={day.year}#m{day.month}"
