"""`/segmentation/churn-model/`: how good the warnings were, by replay and by what the nights had kept."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from core.company import currency
from core.http import row_id
from core.versions import StaleVersionError
from customers.services import UndoTooLateError
from intake.tablefiles import file_links, tables_file
from segmentation.nav import beside as pages_beside
from segmentation.proof import replay, services
from segmentation.proof.forms import CostForm, LimitForm, ReplayForm
from segmentation.proof.listing import MONEY, WHOLE
from segmentation.proof.models import Forecast
from segmentation.proof.page import Proof, days_of, days_table
from segmentation.proof.selectors import MOST, SHOWN, VIEW, call_cost, chosen, figures_of, forecasts, in_use, won_back
from segmentation.proof.words import call_cost_in_words, model_sentences, won_back_in_words
from segmentation.selectors import scoring_settings
from ui import formatting
from ui.flow import act, form_page

CHANGE = "tier_rule.change"
TOO_LATE = gettext_lazy("Only your own last change of these limits goes back, within 10 minutes.")


@needs(VIEW, READ)
def churn_model(request: Request) -> HttpResponseBase:
    """All days, one of them in full, and what a limit would cost and bring."""
    user, most = request.user, MOST if "all" in request.GET else SHOWN
    rows = list(forecasts()[: most + 1])
    more, rows = len(rows) > most, rows[:most]
    wanted = request.GET.get("day", "")
    further = row_id(wanted)
    if further is not None and further not in {row.pk for row in rows}:
        rows += list(forecasts().filter(pk=further))
    day = chosen(rows, wanted)
    figures = figures_of(user, rows)
    days = days_of(user, rows, figures, day)
    may_change = user.can(CHANGE)
    context: dict[str, Any] = {
        "title": _("How good are the warnings?"),
        "days": days,
        "more": more,
        "waits": any(one.waits for one in days),
        "again": _again(request, alone=day is None or not day.judged_at),
        "may_change": may_change,
        "latest": replay.latest_day() if may_change else None,
        "few": 30,
    }
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "segmentation/proof/days.html", context)
        if not context["waits"] and "alone" in request.GET:
            response["HX-Refresh"] = "true"  # the first figures are there
        return response
    tables = [days_table(days)]
    if day and day.judged_at:
        proof, form, words = _proof(request, day, figures)
        tables += proof.tables
        context |= {"proof": proof, "form": form, "own_words": words}
    if file := tables_file(request, "warnings-proved", tables):
        return file
    context |= {
        "beside": pages_beside(user, "churn_model"),
        "sentences": model_sentences(in_use()),
        "currency": currency(),
        "files": file_links(request, tables) if tables[0].rows else [],
    }
    return render(request, "segmentation/proof/page.html", context)


def _again(request: Request, *, alone: bool) -> str:
    """Where the table of days is asked for again. `alone`: no figures stand on the page that somebody may be typing
    beside, so that it may be drawn anew once there are some."""
    asked = request.GET.copy()
    if alone:
        asked["alone"] = "1"
    return f"{request.path}?{asked.urlencode()}"


def _proof(request: Request, day: Forecast, figures: dict[int, Any]) -> tuple[Proof, CostForm, str]:
    """The day, with what the address says of cost and share; both begin with the company's own."""
    won, money = won_back(request.user), request.user.can(MONEY)
    said = {name: request.GET[name] for name in ("call", "won") if name in request.GET}
    cost = call_cost(request.user)
    own: dict[str, Any] = {"won": won.share} if won.share is not None else {}
    own |= {"call": cost.call} if cost else {}
    form = CostForm(data=said, initial=own) if said else CostForm(initial=own)
    call, share = None, None
    if said and form.is_valid():
        call, share = form.cleaned_data["call"], form.cleaned_data["won"]
    words = formatting.sentences(call_cost_in_words(cost), won_back_in_words(won))
    return Proof(day, figures[day.pk], money=money, call=call, won=share), form, words


@needs(CHANGE, FORM)
def replay_new(request: Request) -> HttpResponse:
    """Go back to a past day."""
    latest = replay.latest_day()
    return form_page(
        request,
        partial(ReplayForm, latest=latest),
        "segmentation/proof/replay.html",
        initial={"as_of": latest} if latest else {},
        save=lambda form: replay.replay_ask(by=request.user, **form.values()),
        said=lambda row: _("A worker goes back to %(day)s.") % {"day": formatting.day(row.as_of)},
        then=reverse("churn_model"),
        days=scoring_settings().horizon_days,
    )


@needs(CHANGE, POST)
def replay_remove(request: Request, pk: int) -> HttpResponse:
    """Take a replay out of the list."""
    row = get_object_or_404(Forecast, pk=pk, kind=Forecast.Kind.REPLAY)
    return act(
        request,
        partial(replay.replay_remove, row=row, by=request.user),
        said=_("Removed. The day can be replayed again."),
        then=reverse("churn_model"),
    )


@needs(CHANGE, FORM)
def limit_use(request: Request) -> HttpResponse:
    """Make a limit the one in force, with a reason."""
    row = scoring_settings()
    below = row_id(request.GET.get("below", "")) or 0
    wanted = below if 0 < below < WHOLE else round(row.yellow_p * WHOLE)

    def save(form: LimitForm) -> None:
        limits = {name: form.cleaned_data[name] for name in services.LIMITS}
        said = form.cleaned_data
        try:
            services.limits_use(
                row=row, limits=limits, reason=said["reason"], version=said["version"] or 0, by=request.user
            )
        except StaleVersionError as error:
            text = _("Somebody else changed the limits meanwhile. Open this page again.")
            raise ValidationError(text) from error

    return form_page(
        request,
        LimitForm,
        "segmentation/proof/limit.html",
        initial={**services.beside(row, wanted), "version": row.version},
        save=save,
        said=_("Saved. Warnings go by it from the coming night on."),
        undo=reverse("limit_undo"),
        then=reverse("churn_model"),
        now=row,
    )


@needs(CHANGE, POST)
def limit_undo(request: Request) -> HttpResponse:
    """Take one's own last change of the limits back."""
    return act(
        request,
        partial(services.limits_undo, by=request.user),
        said=_("Taken back: the limits are as they were before."),
        refused={UndoTooLateError: TOO_LATE},
        then=reverse("churn_model"),
    )
