"""A person's own working hours and absences: theirs, and for those who plan for them."""

from __future__ import annotations

from functools import partial

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import row_for
from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from accounts.models import User
from core import clock, company
from followups import services
from followups.hours.forms import AbsenceForm, WeekForm
from followups.models import Absence, WorkingHours
from followups.services.hours import Followed
from ui.conflicts import Edit
from ui.flow import act, edit_page, form_page

OVER_SHOWN = 5


@needs("follow_up.change", FORM)
def working_hours(request: Request, pk: int) -> HttpResponse:
    """The week as a form, and the absences that are and come."""
    person = _person(request, pk)
    rows = WorkingHours.objects.for_user(request.user, "change").filter(user=person)
    stored = rows.values_list("weekday", "begins", "ends")
    week = {weekday: (begins, ends) if begins and ends else None for weekday, begins, ends in stored}
    return form_page(
        request,
        WeekForm,
        "followups/hours/page.html",
        initial=WeekForm.of(week),
        save=lambda form: services.working_hours_set(person=person, week=form.week(), by=request.user),
        said=_followed,
        then=_page(person),
        person=person,
        own=person.pk == request.user.pk,
        company=company.company(),
        absences=_absences(request).filter(user=person, last_on__gte=clock.business_date()).order_by("first_on"),
        over=_absences(request)
        .filter(user=person, last_on__lt=clock.business_date())
        .order_by("-last_on")[:OVER_SHOWN],
    )


@needs("follow_up.change", FORM)
def absence_new(request: Request, pk: int) -> HttpResponse:
    """Enter days on which a person is away."""
    person, today = _person(request, pk), clock.user_today(request.user)
    return form_page(
        request,
        AbsenceForm,
        "followups/hours/absence.html",
        once=Absence,
        initial={"first_on": today, "last_on": today},
        save=lambda form: services.absence_add(
            person=person,
            first_on=form.cleaned_data["first_on"],
            last_on=form.cleaned_data["last_on"],
            note=form.cleaned_data["note"],
            by=request.user,
        ),
        said=lambda made: _followed(Followed(0, services.chosen_on_days_off(made.user))),
        then=_page(person),
        person=person,
        own=person.pk == request.user.pk,
    )


@needs("follow_up.change", FORM)
def absence_edit(request: Request, pk: int) -> HttpResponse:
    """Other days, or another note."""

    def find() -> Absence:
        return row_for(Absence.objects.select_related("user"), request.user, pk, "change")

    def save(edit: Edit) -> None:
        services.absence_change(absence=edit.row, changes=edit.changes, version=edit.version, by=request.user)

    absence = find()
    return edit_page(
        request,
        AbsenceForm,
        "followups/hours/absence.html",
        row=absence,
        find=find,
        save=save,
        said=_("Saved."),
        then=_page(absence.user),
        person=absence.user,
        own=absence.user_id == request.user.pk,
    )


@needs("follow_up.change", POST)
def absence_remove(request: Request, pk: int) -> HttpResponse:
    """It doesn't take place: automatic dates come back."""
    absence = row_for(Absence.objects.select_related("user"), request.user, pk, "change")
    return act(
        request,
        partial(services.absence_remove, absence=absence, by=request.user),
        said=_("The absence is taken out; automatic dates stand where they stood."),
        then=_page(absence.user),
    )


def _person(request: Request, pk: int) -> User:
    """Oneself, or somebody whose follow-ups one may change."""
    return row_for(User.objects, request.user, pk, "follow_up.change")


def _absences(request: Request) -> QuerySet[Absence]:
    return Absence.objects.for_user(request.user, "change")


def _page(person: User) -> str:
    return reverse("working_hours", args=[person.pk])


def _followed(done: Followed) -> str:
    told = [_("Saved.")]
    if done.moved:
        words = ngettext("%(n)s automatic date moved.", "%(n)s automatic dates moved.", done.moved)
        told.append(words % {"n": done.moved})
    if done.stay:
        words = ngettext(
            "%(n)s follow-up whose day a person chose stands on a day off; the calendar shows it.",
            "%(n)s follow-ups whose days people chose stand on days off; the calendar shows them.",
            done.stay,
        )
        told.append(words % {"n": done.stay})
    return " ".join(told)
