"""`/segmentation/warnings/`: churn warnings with their reasons, the most money at risk first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import row_for
from accounts.decorators import needs
from accounts.http import Request
from accounts.models import User
from core.company import currency
from core.http import safe_next
from core.paging import keyset_page
from core.versions import StaleVersionError
from customers.models import Warn
from segmentation import selectors, services
from segmentation.models import ChurnCase
from segmentation.wording import case_texts
from ui import toasts

VIEWS = {
    "open": (gettext_lazy("Open"), Q(closed_at=None)),
    "red": (gettext_lazy("Red"), Q(closed_at=None, level=Warn.RED)),
    "new": (pgettext_lazy("warning", "New"), Q(closed_at=None, state=ChurnCase.State.NEW)),
    "working": (gettext_lazy("Being worked on"), Q(closed_at=None, state=ChurnCase.State.WORKING)),
    "won_back": (gettext_lazy("Won back"), Q(state=ChurnCase.State.WON_BACK)),
    "closed": (gettext_lazy("Closed"), Q(closed_at__isnull=False)),
}
BY_RISK, BY_CLOSING = ("-value_at_risk", "-pk"), ("-closed_at", "-pk")


@require_safe
@needs("warning.view")
def warning_list(request: Request) -> HttpResponse:
    """The cases of one tab."""
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    cases = selectors.warnings(request.user).filter(VIEWS[view][1])
    order = BY_CLOSING if view in ("won_back", "closed") else BY_RISK
    page = keyset_page(cases, order=order, cursor=request.GET.get("cursor"))
    catalogue = selectors.tiers_by_code()
    context = {
        "view": view,
        "tabs": _tabs(request.user, view),
        "page": page,
        "rows": [_row(case, catalogue) for case in page.rows],
        "summary": _summary(request.user),
        "run": selectors.latest_run(),
        "may_change": request.user.can("warning.change"),
        "currency": currency(),
    }
    return render(request, "dashboards/warnings.html", context)


def _tabs(user: User, current: str) -> list[dict[str, Any]]:
    counted = _cases(user).aggregate(
        **{name: Count("pk", filter=condition) for name, (_label, condition) in VIEWS.items()}
    )
    here = reverse("warning_list")
    return [
        {
            "label": label,
            "url": f"{here}?{urlencode({'view': name})}",
            "count": counted[name],
            "current": name == current,
        }
        for name, (label, _condition) in VIEWS.items()
    ]


def _cases(user: User) -> QuerySet[ChurnCase]:
    return ChurnCase.objects.for_user(user).filter(customer__deleted_at=None)


def _summary(user: User) -> dict[str, Any]:
    return _cases(user).aggregate(
        at_risk=Sum("value_at_risk", filter=Q(closed_at=None)),
        ended=Count("pk", filter=Q(closed_at__isnull=False)),
        won_back=Count("pk", filter=Q(state=ChurnCase.State.WON_BACK)),
        false_alarms=Count("pk", filter=Q(state=ChurnCase.State.FALSE_ALARM)),
    )


def _row(case: ChurnCase, catalogue: dict[Any, Any]) -> dict[str, Any]:
    customer = case.customer
    tone = {"won_back": "ok", "eased": "ok", "lost": "danger", "false_alarm": "line", "working": "accent"}
    return {
        "case": case,
        "customer": customer,
        "tier": selectors.facts_tier(customer.facts, selectors.scheme_of(customer), catalogue),
        "reasons": case_texts(case),
        "tone": tone.get(case.state, ""),
    }


@require_POST
@needs("warning.change")
def warning_change(request: Request, pk: int) -> HttpResponse:
    """Take a case on, or close it as lost or as a false alarm with a reason."""
    case = row_for(ChurnCase.objects, request.user, pk, "change")
    try:
        _change(request, case)
    except StaleVersionError:
        toasts.error(request, _("Somebody changed this warning in between; please look at it again."))
    except services.RefusedError as refusal:
        toasts.error(request, str(refusal))
    return redirect(safe_next(request, reverse("warning_list")))


def _change(request: Request, case: ChurnCase) -> None:
    version, state = _version(request), request.POST.get("state", "")
    if state == ChurnCase.State.WORKING:
        services.warning_start(case=case, version=version, by=request.user)
        toasts.success(request, _("You are on it: the warning is marked as being worked on."))
    else:
        reason = request.POST.get("reason", "").strip()
        services.warning_close(case=case, version=version, state=state, reason=reason, by=request.user)
        toasts.success(request, _("The warning is closed."))


def _version(request: Request) -> int:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 0
