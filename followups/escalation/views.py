"""`/follow-ups/late/`: what lies too long, given to somebody else by who may; and the days in Settings."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from accounts.models import User
from accounts.scope import reach_of
from accounts.selectors import holders
from core.http import row_id
from followups import services
from followups.escalation.days import escalation_days
from followups.escalation.forms import EscalationForm, LateForm
from followups.escalation.selectors import late, late_people
from followups.models import Escalation
from ui import formatting
from ui.flow import act, edit_page


@needs("customer.assign", READ)
def late_list(request: Request) -> HttpResponse:
    """By person: each follow-up with its customer, how long it lies, and who could do it."""
    person = row_id(request.GET.get("person", ""))
    context = {
        "people": late_people(request.user, person),
        "one": person is not None,
        "heirs": _heirs(request.user).order_by("name_sort", "pk"),
        "days": escalation_days(),
        "sees_days": request.user.can("plan_rule.view"),
    }
    return render(request, "followups/escalation/page.html", context)


def _heirs(user: User) -> QuerySet[User]:
    """The colleagues to whom the reader may give follow-ups."""
    return holders("customer.change").filter(reach_of(user).whose("pk", "customer.assign")).distinct()


@needs("customer.assign", POST)
def late_answer(request: Request) -> HttpResponse:
    """Give the ticked ones to somebody else, or leave them where they are."""
    rows = late(request.user).select_related("follow_up", "proposed", "assignee")
    heirs = _heirs(request.user)

    def answer() -> services.Answered:
        sent = [pk for pk in (row_id(text) for text in request.POST.getlist("rows")) if pk is not None]
        form = LateForm(request.POST, people=heirs, rows=sent)
        if not form.is_valid():
            raise ValidationError(next(iter(form.errors.values()))[0])
        chosen = list(rows.filter(pk__in=form.cleaned_data["rows"]).order_by("pk"))
        data = form.cleaned_data
        found = services.late_answer(rows=chosen, answer=data["answer"], to=data["to"], by=request.user)
        found.meanwhile += len(set(form.cleaned_data["rows"])) - len(chosen)
        return found

    return act(
        request, answer, said=lambda found: _said(found, request.POST.get("answer", "")), then=reverse("late_list")
    )


def _said(found: services.Answered, answer: str) -> str:
    if answer == Escalation.Answer.STAYS:
        text = ngettext("%(n)s follow-up stays where it is.", "%(n)s follow-ups stay where they are.", found.done)
    elif answer == Escalation.Answer.CUSTOMER:
        text = ngettext("%(n)s customer handed over.", "%(n)s customers handed over.", found.done)
    else:
        text = ngettext("%(n)s follow-up given.", "%(n)s follow-ups given.", found.done)
    said = text % {"n": found.done}
    if not found.meanwhile:
        return said
    rest = ngettext(
        "%(n)s was done, moved or has nobody to go to, and stays.",
        "%(n)s were done, moved or have nobody to go to, and stay.",
        found.meanwhile,
    )
    return formatting.sentences(said, rest % {"n": found.meanwhile})


@needs("plan_rule.view", FORM)
def escalation_settings(request: Request) -> HttpResponse:
    """After how many working days who is told."""
    may_change = request.user.can("plan_rule.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    return edit_page(
        request,
        EscalationForm,
        "followups/escalation/days.html",
        find=escalation_days,
        save=lambda edit: services.escalation_days_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. It counts from the next night on."),
        then=reverse("escalation_settings"),
        back=reverse("plan_settings"),
        may_change=may_change,
        **last_changes(request.user, "escalation_days.change"),
    )
