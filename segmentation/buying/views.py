"""`/segmentation/second-purchase/` and `/segmentation/may-become/`: whom to sell to next, and why."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.decorators import READ, needs
from accounts.http import Request
from segmentation.buying.listing import RISING, SECOND
from segmentation.buying.selectors import usual_second
from segmentation.buying.words import usual_second_words
from segmentation.catalogue import schemes
from segmentation.nav import beside
from ui.listing import Asked, list_page


@needs(SECOND.permission, READ)
def second_purchase_list(request: Request) -> HttpResponse:
    """Who has bought once, and how long such customers usually take to come back."""
    return list_page(
        Asked(SECOND, request),
        title=_("Second purchase"),
        template="segmentation/buying/list.html",
        usual=[(name, usual_second_words(usual_second(code))) for code, name in schemes()],
        beside=beside(request.user, "second_purchase"),
    )


@needs(RISING.permission, READ)
def rising_list(request: Request) -> HttpResponse:
    """Who is one step below a high-value tier, and what is missing."""
    return list_page(
        Asked(RISING, request),
        title=_("May become high-value"),
        template="segmentation/buying/list.html",
        sub=_("One step below a high-value tier, and spending more than before."),
        beside=beside(request.user, "rising"),
    )
