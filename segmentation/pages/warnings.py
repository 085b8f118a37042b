"""`/segmentation/warnings/`: churn warnings with their reasons, taken on and closed."""

from __future__ import annotations

from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, READ, needs
from accounts.http import Request
from core.company import currency
from core.http import safe_next
from segmentation import selectors, services
from segmentation.models import ChurnCase
from segmentation.pages.listing import WARNINGS
from segmentation.wording import case_texts
from ui.flow import act
from ui.listing import Asked, list_page


@needs(WARNINGS.permission, READ)
def warning_list(request: Request) -> HttpResponse:
    """The cases of one tab, with what all of them together come to."""
    asked = Asked(WARNINGS, request)
    summary = asked.before_tab.aggregate(
        at_risk=Sum("value_at_risk", filter=Q(closed_at=None)),
        ended=Count("pk", filter=Q(closed_at__isnull=False)),
        won_back=Count("pk", filter=Q(state=ChurnCase.State.WON_BACK)),
        false_alarms=Count("pk", filter=Q(state=ChurnCase.State.FALSE_ALARM)),
    )
    return list_page(
        asked,
        title=_("Churn warnings"),
        template="segmentation/warnings.html",
        summary=summary,
        run=selectors.latest_run(),
        may_change=request.user.can("warning.change"),
        currency=currency(),
    )


@needs("warning.change", FORM)
def warning_change(request: Request, pk: int) -> HttpResponse:
    """Take a case on, or close it as lost or as a false alarm with a reason: from the row's menu, or on a page."""
    case = row_for(selectors.warning_rows(), request.user, pk, "change")
    back = safe_next(request, reverse("warning_list"))
    if request.method != "POST":
        return render(request, "segmentation/warning.html", {"case": case, "reasons": case_texts(case), "back": back})
    typed, state = request.POST.get("version", ""), request.POST.get("state", "")
    version = int(typed) if typed.isdecimal() and len(typed) < 9 else 0

    def do() -> ChurnCase:
        if state == ChurnCase.State.WORKING:
            return services.warning_start(case=case, version=version, by=request.user)
        reason = request.POST.get("reason", "").strip()
        return services.warning_close(case=case, version=version, state=state, reason=reason, by=request.user)

    taken_on = _("You are on it: the warning is marked as being worked on.")
    return act(
        request,
        do,
        said=taken_on if state == ChurnCase.State.WORKING else _("The warning is closed."),
        refused={services.RefusedError: ""},
        then=back,
    )
