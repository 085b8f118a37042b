"""Several follow-ups are moved to another day: first the question, then the act, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import row_for
from accounts.decorators import POST, needs
from accounts.http import Request
from accounts.masking import masked_all
from accounts.models import User
from core import clock
from core.http import row_id, safe_next
from followups import services
from followups.listing import FOLLOW_UPS
from followups.models import FollowUp, Rescheduling
from followups.review.listing import REVIEWS
from followups.selectors import OPEN
from followups.services.together import Moved, PutBack, TooLateToPutBackError
from followups.together.forms import TogetherForm, sealed
from ui import formatting, toasts
from ui.flow import act
from ui.listing import Asked, Listing

MOST_TOGETHER = 5000
SHOWN = 10
ANY = Q()


@dataclass(frozen=True)
class Chosen:
    """What may be moved of what was chosen, {id: version}, and how much of it may only be looked at."""

    versions: dict[int, int]
    not_allowed: int


@needs("follow_up.change", POST)
def follow_ups_move(request: Request) -> HttpResponse:
    """Move the chosen follow-ups, or all of the list that `view` describes: what one may not change is left and told.

    Ids out of reach are left out silently: the answer doesn't show which exist.
    """
    user, back = request.user, safe_next(request, reverse("follow_up_list"))
    form = TogetherForm(request.POST if "rows" in request.POST else None, today=clock.user_today(user))
    if form.is_bound and form.is_valid():
        seen = form.cleaned_data["rows"]
        allowed = _changeable(user, list(seen))
        # The version that was seen decides, so that a row changed meanwhile is told and left.
        versions = {pk: version for pk, version in seen.items() if pk in allowed}
        moved = services.follow_ups_reschedule(versions=versions, to=form.day, by=user)
        _say(request, moved, len(seen) - len(versions))
        return redirect(back)
    kept = form.cleaned_data.get("rows", {}) if form.is_bound else {}
    chosen = Chosen(_changeable(user, list(kept), OPEN), 0) if kept else _chosen(request)
    if not chosen.versions:
        toasts.error(request, _("Choose at least one open follow-up that you may change."))
        return redirect(back)
    form.initial["rows"] = sealed(chosen.versions)
    first = FollowUp.objects.for_user(user, "change").filter(pk__in=list(chosen.versions))
    first = first.select_related("customer__facts", "assignee").order_by("due_on", "due_time", "pk")[:SHOWN]
    context = {
        "form": form,
        "back": back,
        "count": len(chosen.versions),
        "not_allowed": chosen.not_allowed,
        "rows": masked_all(user, list(first)),
        "more": max(len(chosen.versions) - SHOWN, 0),
    }
    return render(request, "followups/together.html", context, status=422 if form.errors else 200)


def _chosen(request: Request) -> Chosen:
    """The rows with a tick, or all of a list, the earliest five thousand of it."""
    if "all" in request.POST:
        asked = Asked(_list(request), request, QueryDict(request.POST.get("view", "").removeprefix("?")))
        listed = asked.rows.filter(OPEN).order_by("due_on", "pk")
        ids = list(listed.values_list("pk", flat=True)[:MOST_TOGETHER])
        seen = len(ids)
    else:
        wanted = {row_id(value) for value in request.POST.getlist("ids")[:MOST_TOGETHER]}
        ids = [pk for pk in wanted if pk is not None]
        seen = FollowUp.objects.for_user(request.user).filter(OPEN, pk__in=ids).count()
    versions = _changeable(request.user, ids, OPEN)
    return Chosen(versions, seen - len(versions))


def _list(request: Request) -> Listing:
    return REVIEWS if request.GET.get("list") == "review" else FOLLOW_UPS


def _changeable(user: User, ids: list[int], state: Q = ANY) -> dict[int, int]:
    """{id: version} of those that are this person's to change."""
    rows = FollowUp.objects.for_user(user, "change").filter(state, pk__in=ids)
    return dict(rows.values_list("pk", "version"))


def _say(request: Request, moved: Moved, not_allowed: int) -> None:
    """Where they stand now, and what was left; with the way back."""
    told = []
    if moved.first is not None and moved.last is not None:
        days = {"n": moved.count, "day": formatting.day_short(moved.first), "last": formatting.day_short(moved.last)}
        words = ngettext(
            "%(n)s follow-up stands on %(day)s now.", "%(n)s follow-ups stand on %(day)s now.", moved.count
        )
        if moved.first != moved.last:
            words = ngettext(
                "%(n)s follow-up stands on the days from %(day)s to %(last)s now.",
                "%(n)s follow-ups stand on the days from %(day)s to %(last)s now.",
                moved.count,
            )
        told.append(words % days)
    if moved.stale:
        words = ngettext(
            "%(n)s was changed or closed meanwhile and stays as it is.",
            "%(n)s were changed or closed meanwhile and stay as they are.",
            moved.stale,
        )
        told.append(words % {"n": moved.stale})
    if not_allowed:
        words = ngettext("%(n)s is no longer yours to change.", "%(n)s are no longer yours to change.", not_allowed)
        told.append(words % {"n": not_allowed})
    text = formatting.sentences(*told)
    if moved.record is not None:
        toasts.success(request, text, undo=reverse("follow_ups_put_back", args=[moved.record.pk]))
    elif moved.count:
        toasts.info(request, text)
    else:
        toasts.error(request, text)


def what_stays(done: PutBack) -> list[str]:
    """How many were left as they are, and why."""
    told = []
    if n := done.stale:
        words = ngettext(
            "%(n)s was changed since and stays as it is.", "%(n)s were changed since and stay as they are.", n
        )
        told.append(words % {"n": n})
    if n := done.not_ours:
        words = ngettext(
            "%(n)s is no longer yours to change and stays.", "%(n)s are no longer yours to change and stay.", n
        )
        told.append(words % {"n": n})
    return told


@needs("follow_up.change", POST)
def follow_ups_put_back(request: Request, pk: int) -> HttpResponse:
    """Take one's own act back: a move of many within ten minutes, a plan for many within a day."""
    mine = Rescheduling.objects.filter(user=request.user)
    record = row_for(mine, request.user, pk, "change")

    def said(done: PutBack) -> str:
        words = ngettext("%(n)s follow-up stands where it was.", "%(n)s follow-ups stand where they were.", done.back)
        return formatting.sentences(words % {"n": done.back}, *what_stays(done))

    return act(
        request,
        partial(services.follow_ups_put_back, record=record, by=request.user),
        said=said,
        refused={TooLateToPutBackError: _("It is too late to take this back, or it is done already.")},
        then=reverse("follow_up_list"),
    )
