"""The review list of the quarter: customers are looked through one after the other, or many at once."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import row_for
from accounts.decorators import POST, READ, needs
from accounts.http import Request
from core.http import row_id, safe_next
from followups import selectors, services
from followups.cadence import quarter_end
from followups.listing import MINE, TEAM, leads, whose
from followups.models import FollowUp
from followups.review.listing import REVIEWS
from followups.services.reviews import LEFT_OUT, LOOKED_AT, TooLateToTakeBackError
from followups.services.together import PutBack
from followups.together.views import what_stays
from ui import formatting, toasts
from ui.flow import act
from ui.flow import to as led_to
from ui.listing import Asked, Offer, list_page

MOST_TOGETHER = 5000


@needs(REVIEWS.permission, READ)
def review_list(request: Request) -> HttpResponse:
    """Who is to be looked through this quarter, mine or everybody's; who has had their turn stands in the next."""
    asked = Asked(REVIEWS, request)
    mine = whose(asked) == MINE
    links = [Offer(_("Mine"), asked.query(whose=MINE), mine), Offer(_("Everybody"), asked.query(whose=TEAM), not mine)]
    return list_page(
        asked,
        title=_("Review list"),
        template="followups/review/list.html",
        ends=formatting.day_short(quarter_end(asked.today)),
        whose_links=links if leads(request.user) else [],
        moves=selectors.move_choices(asked.today),
        may_change=request.user.can("follow_up.change"),
    )


@needs("follow_up.change", POST)
def reviews_look(request: Request) -> HttpResponse:
    """The chosen customers, or all of the list, were looked at: nothing is to be done before the next quarter."""
    return _close(request, _chosen(request), LOOKED_AT)


@needs("follow_up.change", POST)
def reviews_skip(request: Request) -> HttpResponse:
    """The chosen customers, or all of the list, are left for the next quarter."""
    return _close(request, _chosen(request), LEFT_OUT)


@needs("follow_up.change", POST)
def review_look(request: Request, pk: int) -> HttpResponse:
    """One customer was looked at."""
    return _close(request, [_one(request, pk).pk], LOOKED_AT)


@needs("follow_up.change", POST)
def review_skip(request: Request, pk: int) -> HttpResponse:
    """One customer is left for the next quarter."""
    return _close(request, [_one(request, pk).pk], LEFT_OUT)


def _one(request: Request, pk: int) -> FollowUp:
    return row_for(FollowUp.objects.filter(customer__deleted_at=None), request.user, pk, "change")


def _chosen(request: Request) -> list[int]:
    """The rows with a tick that are this person's to change, or all of the list that `view` describes."""
    if "all" in request.POST:
        asked = Asked(REVIEWS, request, QueryDict(request.POST.get("view", "").removeprefix("?")))
        listed = asked.rows.order_by("due_on", "pk").values_list("pk", flat=True)[:MOST_TOGETHER]
        ids = list(listed)
    else:
        ids = [pk for value in request.POST.getlist("ids")[:MOST_TOGETHER] if (pk := row_id(value)) is not None]
    changeable = FollowUp.objects.for_user(request.user, "change").filter(customer__deleted_at=None, pk__in=ids)
    return list(changeable.values_list("pk", flat=True))


def _close(request: Request, follow_ups: list[int], state: str) -> HttpResponse:
    done = services.reviews_close(follow_ups=follow_ups, state=state, by=request.user)
    if not done:
        toasts.error(request, _("Choose at least one customer who still stands on the list and is yours to change."))
    else:
        words = ngettext("%(n)s customer looked at.", "%(n)s customers looked at.", len(done))
        if state == LEFT_OUT:
            words = ngettext(
                "%(n)s customer left for the next quarter.", "%(n)s customers left for the next quarter.", len(done)
            )
        undo = reverse("reviews_back", args=[done[0].pk])
        toasts.success(request, words % {"n": len(done)}, undo=undo)
    return led_to(request, safe_next(request, reverse("review_list")))


@needs("follow_up.change", POST)
def reviews_back(request: Request, pk: int) -> HttpResponse:
    """Take back what was ended together with this one."""
    ended = _one(request, pk)

    def said(done: PutBack) -> str:
        words = ngettext("%(n)s customer back on the list.", "%(n)s customers back on the list.", done.back)
        return formatting.sentences(words % {"n": done.back}, *what_stays(done))

    return act(
        request,
        partial(services.reviews_reopen, follow_up=ended, by=request.user),
        said=said,
        refused={TooLateToTakeBackError: _("It is too late to take this back: ten minutes are over, or it is done.")},
        then=reverse("review_list"),
    )
