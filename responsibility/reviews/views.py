"""`/reviews/`: reviews of the whole, their decisions, and what came of them."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.models import User
from accounts.selectors import holders
from core import clock
from responsibility.reviews import services
from responsibility.reviews.forms import DecisionForm, OutcomeForm, ReviewForm
from responsibility.reviews.models import Decision, Review
from ui.flow import act, edit_page, form_page

SHOWN = 50


@needs("system_review.view", READ)
def review_list(request: Request) -> HttpResponse:
    """All reviews, the latest first, and above them every decision that is still open."""
    open_decisions = Decision.objects.filter(done_at=None).select_related("owner", "review").order_by("due_on", "pk")
    reviews = Review.objects.annotate(
        decided=Count("decisions"), open=Count("decisions", filter=Q(decisions__done_at=None))
    )
    rows = list(reviews.order_by("-held_on", "-pk")[:SHOWN])
    context = {
        "reviews": rows,
        "next_on": rows[0].next_on if rows else None,
        "today": clock.business_date(),
        "decisions": list(open_decisions),
        "may_change": request.user.can("system_review.change"),
    }
    return render(request, "responsibility/reviews/list.html", context)


@needs("system_review.view", READ)
def review(request: Request, pk: int) -> HttpResponse:
    """One of them."""
    row = _review(pk)
    may_change = request.user.can("system_review.change")
    decisions = row.decisions.select_related("owner", "done_by").order_by("done_at", "due_on", "pk")
    context = {
        "review": row,
        "today": clock.business_date(),
        "decisions": [(one, may_change or one.owner_id == request.user.pk) for one in decisions],
        "may_change": may_change,
    }
    return render(request, "responsibility/reviews/page.html", context)


@needs("system_review.change", FORM)
def review_new(request: Request) -> HttpResponse:
    """Write one down."""
    return form_page(
        request,
        ReviewForm,
        "responsibility/reviews/form.html",
        once=Review,
        draft="review",
        initial={"held_on": clock.business_date()},
        save=lambda form: services.review_create(by=request.user, **_said(form.values())),
        said=_("Review saved. Add what was decided."),
        then=lambda made: reverse("system_review", args=[made.pk]),
        back=reverse("system_review_list"),
    )


@needs("system_review.change", FORM)
def review_edit(request: Request, pk: int) -> HttpResponse:
    """Its words, and when the next one is."""
    return edit_page(
        request,
        ReviewForm,
        "responsibility/reviews/form.html",
        find=partial(_review, pk),
        draft=f"review:{pk}",
        save=lambda edit: services.review_change(
            review=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved"),
        then=reverse("system_review", args=[pk]),
    )


@needs("system_review.change", FORM)
def decision_new(request: Request, pk: int) -> HttpResponse:
    """What was decided; its owner is told."""
    row = _review(pk)
    people = User.objects.for_user(request.user).filter(pk__in=holders("system_review.view").values("pk"))
    return form_page(
        request,
        partial(DecisionForm, people=people.order_by("name_sort", "pk")),
        "responsibility/reviews/decision.html",
        once=Decision,
        save=lambda form: services.decision_add(review=row, by=request.user, **form.values()),
        said=_("Decision noted. Its owner is told, and reminded when it is due."),
        then=reverse("system_review", args=[pk]),
        review=row,
    )


@needs("system_review.view", FORM)
def decision_done(request: Request, pk: int) -> HttpResponse:
    """What came of it; by its owner, or who keeps the reviews."""
    decision = _decision(request, pk)
    return form_page(
        request,
        OutcomeForm,
        "responsibility/reviews/outcome.html",
        save=lambda form: services.decision_done(decision=decision, by=request.user, **form.cleaned_data),
        said=_("Done"),
        then=reverse("system_review", args=[decision.review_id]),
        review=decision.review,
        decision=decision,
    )


@needs("system_review.view", POST)
def decision_reopen(request: Request, pk: int) -> HttpResponse:
    """It isn't done after all."""
    decision = _decision(request, pk)
    return act(
        request,
        partial(services.decision_reopen, decision=decision, by=request.user),
        said=_("The decision is open again."),
        then=reverse("system_review", args=[decision.review_id]),
    )


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in ReviewForm.base_fields}


def _review(pk: int) -> Review:
    row = Review.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _decision(request: Request, pk: int) -> Decision:
    row = Decision.objects.select_related("review", "owner").filter(pk=pk).first()
    if row is None:
        raise Http404
    if row.owner_id != request.user.pk and not request.user.can("system_review.change"):
        raise PermissionDenied
    return row
