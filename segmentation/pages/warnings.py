"""`/segmentation/warnings/`: the list of churn warnings, from which they are taken on, given and closed."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import row_for
from accounts.decorators import POST, READ, needs
from accounts.http import Request
from accounts.masking import masked_all
from core import clock
from core.company import currency
from core.http import row_id, safe_next
from core.versions import StaleVersionError
from core.workcalendar import next_working_day
from segmentation import selectors
from segmentation.cases import services
from segmentation.cases.forms import FIRST_STEPS, GiveForm
from segmentation.cases.selectors import FEW, Precision
from segmentation.models import ChurnCase
from segmentation.nav import beside
from segmentation.pages.listing import FIRST, SORTS, WARNINGS, colleagues
from segmentation.services import RefusedError
from ui import formatting, toasts
from ui.flow import act
from ui.listing import Asked, list_page

MOST_AT_ONCE = 50


@needs(WARNINGS.permission, READ)
def warning_list(request: Request) -> HttpResponse:
    """The cases of one tab, with what all of them together come to."""
    asked = Asked(WARNINGS, request)
    board = f"{reverse('warning_board')}{asked.query(view=None, sort=None, ended=None, state=None)}".removesuffix("?")
    return list_page(
        asked,
        title=_("Churn warnings"),
        template="segmentation/cases/list.html",
        run=selectors.latest_run(),
        currency=currency(),
        precision=Precision(asked.counts["right"], asked.counts["telling"]),
        few=FEW,
        any_warning=any(asked.counts[key] for key in ("open", "closed")),
        beside=beside(asked.user, "warning_list", warning_board=board),
        **menu_of(asked),
        sorts=[(label, asked.query(sort=FIRST[key]), asked.sort.lstrip("-") == key) for key, label in SORTS.items()],
        ways={
            "open": asked.query(view="open", sort=None, state=None, ended=None),
            "won_back": asked.query(view="won_back", sort=None, state=None, ended=None),
            "false_alarm": asked.query(view="closed", sort=None, state=None, ended="false"),
            "telling": asked.query(view="closed", sort=None, state=None, ended="telling"),
        },
    )


def menu_of(asked: Asked) -> dict[str, Any]:
    """What the menu of a warning offers this person."""
    return {
        "may_change": asked.user.can("warning.change"),
        "people": format_html_join(
            "", '<option value="{}">{}</option>', ((one.pk, one.name) for one in colleagues(asked))
        ),
        "methods": [(kind.value, kind.label) for kind in FIRST_STEPS],
        "tomorrow": next_working_day(asked.today + timedelta(days=1)),
    }


@needs("warning.change", POST)
def warning_give(request: Request, pk: int) -> HttpResponse:
    """Give one warning to its customer's owner or to somebody else, with a plan and the day of the first contact."""
    case = row_for(selectors.warning_rows(), request.user, pk, "change")
    if not selectors.gives(request.user):
        raise PermissionDenied
    form = GiveForm(request.POST, people=selectors.colleagues(request.user), today=clock.user_today(request.user))
    back = safe_next(request, reverse("warning_list"))
    if not form.is_valid():
        toasts.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect(back)
    to, wanted = form.cleaned_data["to"] or case.customer.owner, form.wanted()
    if to is None:
        toasts.error(request, _("%(name)s has no owner: choose who works on it.") % {"name": case.customer.name})
        return redirect(back)
    words = {"name": case.customer.name, "person": to.name, "day": formatting.day_short(wanted["due_on"])}
    return act(
        request,
        partial(services.warning_give, case=case, version=_version(request), to=to, by=request.user, **wanted),
        said=_("%(name)s: given to %(person)s, planned for %(day)s.") % words,
        undo=reverse("warning_undo", args=[pk]),
        refused={RefusedError: ""},
        then=back,
    )


def _version(request: Request) -> int:
    """The version that was seen; 0, which is none, for what is no number."""
    return row_id(request.POST.get("version", "")) or 0


@needs("warning.change", POST)
def warnings_give(request: Request) -> HttpResponse:
    """Give the chosen warnings: first the question, then the act. Cases out of reach are left out silently."""
    if not selectors.gives(request.user):
        raise PermissionDenied
    back = safe_next(request, reverse("warning_list"))
    chosen = [pk for pk in map(row_id, request.POST.getlist("ids")) if pk is not None]
    if len(chosen) > MOST_AT_ONCE:
        words = {"most": MOST_AT_ONCE, "n": len(chosen)}
        toasts.error(request, _("At most %(most)s warnings are given at once; you chose %(n)s.") % words)
        return redirect(back)
    rows = selectors.warning_rows().for_user(request.user, "change").filter(pk__in=chosen, closed_at=None)
    cases = list(rows.order_by("-value_at_risk", "pk"))
    if not cases:
        toasts.error(request, _("Choose at least one open warning that you may change."))
        return redirect(back)
    people, today = selectors.colleagues(request.user), clock.user_today(request.user)
    form = GiveForm(request.POST if "confirm" in request.POST else None, people=people, today=today)
    if form.is_bound and form.is_valid():
        return _give_all(request, cases, form, back)
    context = {"form": form, "cases": masked_all(request.user, cases), "back": back}
    return render(request, "segmentation/cases/give.html", context, status=422 if form.errors else 200)


def _give_all(request: Request, cases: list[ChurnCase], form: GiveForm, back: str) -> HttpResponse:
    """All of them or none: who is sent the page again after somebody else was faster sees what is left."""
    chosen, wanted, batch = form.cleaned_data["to"], form.wanted(), uuid4()
    without_owner = [case.customer.name for case in cases if chosen is None and case.customer.owner is None]
    given = 0
    try:
        with transaction.atomic():
            for case in cases:
                seen = row_id(request.POST.get(f"version-{case.pk}", "")) or 0
                if to := chosen or case.customer.owner:
                    given += services.warning_give(
                        case=case, version=seen, to=to, by=request.user, batch=batch, **wanted
                    )
    except (RefusedError, StaleVersionError) as error:
        stale = _("Somebody else changed one of them in the meantime. Nothing was changed; look again.")
        toasts.error(request, stale if isinstance(error, StaleVersionError) else str(error))
        return redirect(back)
    said = ngettext("%(n)s warning given, planned for %(day)s.", "%(n)s warnings given, planned for %(day)s.", given)
    undo = reverse("warnings_given_undo", args=[batch]) if given else ""
    toasts.success(request, said % {"n": given, "day": formatting.day_short(wanted["due_on"])}, undo=undo)
    if without_owner:
        text = _("Without an owner, so nobody got them: %(names)s.")
        toasts.error(request, text % {"names": formatting.listed(without_owner)})
    return redirect(back)


@needs("warning.change", POST)
def warning_change(request: Request, pk: int) -> HttpResponse:
    """Take a case on, or close it as lost or as a false alarm with a reason: from the menu of its row or card."""
    case = row_for(selectors.warning_rows(), request.user, pk, "change")
    state, version = request.POST.get("state", ""), _version(request)

    def do() -> ChurnCase:
        if state == ChurnCase.State.WORKING:
            return services.warning_start(case=case, version=version, by=request.user)
        reason = request.POST.get("reason", "")
        return services.warning_close(case=case, version=version, state=state, reason=reason, by=request.user)

    taken_on = _("You are on it: the warning is marked as being worked on.")
    return act(
        request,
        do,
        said=taken_on if state == ChurnCase.State.WORKING else _("The warning is closed."),
        undo=reverse("warning_undo", args=[pk]),
        refused={RefusedError: ""},
        then=reverse("warning_list"),
    )
