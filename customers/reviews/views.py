"""`/data-quality/reviews/`: the monthly sheets of teams, and one of them to be signed off."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, READ, needs
from accounts.http import Request
from accounts.models import User
from customers import services
from customers.models import ReviewSheet
from customers.reviews.forms import SignForm
from customers.reviews.listing import REVIEWS
from customers.reviews.sheet import sheet_of
from ui.flow import PageForm, forms_page
from ui.listing import Asked, list_page


@needs(REVIEWS.permission, READ)
def review_list(request: Request) -> HttpResponse:
    """Sheets of teams in reach, those first that nobody has signed."""
    return list_page(
        Asked(REVIEWS, request),
        title=_("Monthly reviews"),
        sub=_("What the files of each team came to when a month ended. Figures stay as they were."),
        template="customers/reviews/list.html",
    )


@needs("review.view", FORM)
def review(request: Request, pk: int) -> HttpResponse:
    """One sheet; who may sign it does so here."""
    if request.method == "POST" and not request.user.can("review.change"):
        raise PermissionDenied
    action = "review.change" if request.method == "POST" else "review.view"
    return forms_page(
        request,
        "customers/reviews/page.html",
        find=partial(_sheet, request.user, pk, action),
        forms=partial(_acts, request.user),
        show=_shown,
        then=reverse("quality_review", args=[pk]),
    )


def _sheet(user: User, pk: int, action: str) -> ReviewSheet:
    return row_for(ReviewSheet.objects.select_related("team", "signed_by"), user, pk, action)


def _acts(user: User, row: ReviewSheet) -> Mapping[str, PageForm]:
    may_sign = ReviewSheet.objects.for_user(user, "change").filter(pk=row.pk, signed_at=None).exists()
    if not may_sign:
        return {}

    def sign(form: SignForm) -> None:
        services.review_sign(row=row, by=user, note=form.cleaned_data["note"], version=form.cleaned_data["version"])

    return {"sign": PageForm(SignForm, sign, _("Signed off"))}


def _shown(row: ReviewSheet) -> dict[str, Any]:
    return {"row": row, "sheet": sheet_of(row)}
