""" "Plan my week": a proposal for oneself or one of one's people, looked at and accepted row by row."""

from __future__ import annotations

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import row_for
from accounts.decorators import POST, READ, needs
from accounts.http import Request
from accounts.models import User
from core import clock
from core.http import row_id, safe_next
from customers.models import Customer
from followups import services
from followups.autoplan.forms import WeekPlanForm, chosen, sealed, usual_span
from followups.autoplan.proposing import proposal_of
from followups.calendar.board import people_with_calendars
from followups.models import FollowUp
from followups.services.autoplan import Accepted
from ui import toasts

NAMED = 5  # of those that changed meanwhile


@needs("follow_up.change", READ)
def week_plan(request: Request) -> HttpResponse:
    """`?person=` somebody in reach, `?span=`, `?tiers=`, `?stages=`: the proposal, by day."""
    person = _person(request, request.GET.get("person", ""))
    today = clock.user_today(person)
    asked = {"span"} & request.GET.keys()
    form = WeekPlanForm(request.GET if asked else {"span": usual_span(person, today)}, today=today)
    proposal = proposal_of(request.user, form.wanted(person)) if form.is_valid() else None
    context = {
        "form": form,
        "person": person,
        "own": person.pk == request.user.pk,
        "people": [other for other in people_with_calendars(request.user) if other.pk != request.user.pk],
        "proposal": proposal,
        "seal": sealed(proposal.rows) if proposal else "",
    }
    return render(request, "followups/autoplan/page.html", context, status=422 if form.errors else 200)


@needs("follow_up.change", POST)
def week_plan_accept(request: Request) -> HttpResponse:
    """Move what has a tick to its day, and plan for those without a date."""
    person = _person(request, request.POST.get("person", ""))
    back = safe_next(request, reverse("follow_up_calendar"))
    try:
        moves, new = chosen(request.POST.get("seal", ""), set(request.POST.getlist("row")))
    except signing.BadSignature:
        toasts.error(request, _("The form was changed on its way. Nothing was saved; open the page again."))
        return redirect(back)
    mine = FollowUp.objects.for_user(request.user, "change").filter(pk__in=list(moves))
    allowed = set(mine.values_list("pk", flat=True))
    files = Customer.objects.for_user(request.user, "follow_up.add").filter(pk__in=list(new))
    known = set(files.values_list("pk", flat=True))
    moves = {pk: move for pk, move in moves.items() if pk in allowed}
    new = {pk: day for pk, day in new.items() if pk in known}
    if not moves and not new:
        toasts.error(request, _("Choose at least one row."))
        return redirect(back)
    done = services.plan_accept(person=person, moves=moves, new=new, by=request.user)
    _say(request, done, back)
    return redirect(back)


def _person(request: Request, wanted: str) -> User:
    pk = row_id(wanted)
    if pk is None or pk == request.user.pk:
        return request.user
    return row_for(User.objects, request.user, pk, "follow_up.change")


def _say(request: Request, done: Accepted, back: str) -> None:
    told = []
    if done.count:
        words = ngettext("%(n)s follow-up is planned.", "%(n)s follow-ups are planned.", done.count)
        told.append(words % {"n": done.count})
    if done.meanwhile:
        rows = Customer.objects.for_user(request.user).filter(pk__in=done.meanwhile).order_by("pk")
        names = ", ".join(rows.values_list("name", flat=True)[:NAMED])
        words = ngettext(
            "Changed meanwhile, so it stays as it is: %(names)s.",
            "%(n)s were changed meanwhile and stay as they are: %(names)s.",
            len(done.meanwhile),
        )
        told.append(words % {"n": len(done.meanwhile), "names": names})
    text = " ".join(told)
    if done.record is None:
        toasts.error(request, text)
        return
    undo = reverse("follow_ups_put_back", args=[done.record.pk])
    toasts.success(request, text, undo=f"{undo}?{urlencode({'next': back})}")
