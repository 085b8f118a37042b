"""`/segmentation/rules/<scheme>/preview/`: what a draft, or an earlier version, would do in the coming night.
`/segmentation/rules/cut-points/preview/`: the same of other cut-points or days that count."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.decorators import FORM, READ, needs
from accounts.http import Request
from core import clock
from core.versions import StaleVersionError
from intake.export import export_page
from segmentation import catalogue, tiers
from segmentation.models import RuleSet, ScoreRun
from segmentation.rating import rating_as_of
from segmentation.selectors import latest_run, scoring_settings
from segmentation.whatif import services
from segmentation.whatif.figures import Figures, asked_for, figures_now, is_large, months_now, stored
from segmentation.whatif.forms import ScoringPublishForm
from segmentation.whatif.listing import preview_list
from segmentation.whatif.months import Months
from segmentation.whatif.preview import Preview
from segmentation.whatif.question import Question, UnreadableDraftError, question_of, scoring_question
from segmentation.whatif.scoring import scoring_in
from segmentation.whatif.services import settings_of
from segmentation.whatif.words import scoring_in_words
from ui.flow import form_page
from ui.listing import Asked, list_page

CHANGE = "tier_rule.change"


@needs(CHANGE, READ)
def rule_preview(request: Request, scheme: str) -> HttpResponse:
    """Who would move by the draft of this person, or by the version of `?version=`; no customer is touched."""
    if scheme not in tiers.SCHEMES:
        raise Http404
    edit = reverse("rule_set_edit", args=[scheme])
    try:
        question = question_of(request.user, scheme, request.GET.get("version", ""))
    except UnreadableDraftError:
        return redirect(f"{edit}?check=1")
    if question is None:
        if "version" in request.GET:
            raise Http404
        return redirect(edit)
    return _preview_page(request, question)


@needs(CHANGE, READ)
def scoring_preview(request: Request) -> HttpResponse:
    """Who would move by the cut-points and days of the address; no customer is touched."""
    return _preview_page(request, _scoring_asked(request))


def _scoring_asked(request: Request) -> Question:
    """Of the first kind of customers, where the address names none."""
    scheme, scoring = request.GET.get("scheme", catalogue.schemes()[0][0]), scoring_in(request.GET.dict())
    if scheme not in tiers.SCHEMES or scoring is None:
        raise Http404
    return scoring_question(scheme, scoring)


def _preview_page(request: Request, question: Question) -> HttpResponse:
    run, scheme = latest_run(), question.scheme
    context: dict[str, Any] = {
        "question": question,
        "scheme": scheme,
        "scheme_name": catalogue.scheme_name(scheme),
        "run": run,
        "coming": _coming(question, run.rule_sets if run else []),
        "edit_url": _edit_url(question),
        "publish_url": _publish_url(question),
        "asked": scoring_in_words(question.scoring) if question.scoring else None,
        "schemes": _schemes(question),
        "here": _address(question),
        "months_url": _address(question, months="1"),
        **(_found(request, question, run) if run else {}),
    }
    response = render(request, _template(request, context), context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _found(request: Request, question: Question, run: ScoreRun) -> dict[str, Any]:
    """The figures as far as they are there: at once, or once a worker has them."""
    if is_large(run, question):
        waiting = asked_for(request.user, question, run)
        if waiting.ready_at is None:
            return {"waiting": waiting}
        return _shown(request, question, stored(waiting)) | {"ready_at": waiting.ready_at}
    if "months" in request.GET:
        if request.htmx:
            return {"months": Months(question, months_now(request.user, question))}
        found = figures_now(request.user, question, run)
        return _shown(request, question, Figures(found.flows, found.loads, months_now(request.user, question)))
    return _shown(request, question, figures_now(request.user, question, run))


def _shown(request: Request, question: Question, figures: Figures) -> dict[str, Any]:
    months = None if figures.months is None else Months(question, figures.months)
    return {"preview": Preview(request.user, question, figures.flows, figures.loads), "months": months}


def _template(request: Request, context: dict[str, Any]) -> str:
    if not request.htmx or request.htmx.history_restore_request:
        return "segmentation/whatif/page.html"
    only_months = "preview" not in context and context.get("months")
    return "segmentation/whatif/months.html" if only_months else "segmentation/whatif/body.html"


def _address(question: Question, **more: str) -> str:
    """The page of the question, with more parameters."""
    if question.scoring:
        return f"{reverse('scoring_preview')}?{urlencode(question.address | more)}"
    asked = ({"version": str(question.version.number)} if question.version else {}) | more
    page = reverse("rule_preview", args=[question.scheme])
    return f"{page}?{urlencode(asked)}" if asked else page


def _schemes(question: Question) -> list[tuple[str, str, bool]]:
    """(name, address, whether it is this one) of each kind of customers, where what is asked about counts for all."""
    if not question.scoring:
        return []
    return [
        (name, _address(replace(question, scheme=scheme)), scheme == question.scheme)
        for scheme, name in catalogue.schemes()
    ]


def _edit_url(question: Question) -> str:
    """Where what is asked about was typed."""
    scoring = question.scoring
    if scoring is None:
        return reverse("rule_set_edit", args=[question.scheme])
    page = reverse("cut_points_new" if scoring.typed else "cut_points")
    return f"{page}?{urlencode(scoring.address)}"


def _publish_url(question: Question) -> str:
    if question.scoring:
        return f"{reverse('scoring_publish')}?{urlencode(question.scoring.address)}"
    if question.version:
        return reverse("rule_set_roll_back", args=[question.version.pk])
    return reverse("rule_set_publish", args=[question.scheme])


def _coming(question: Question, rated_by: list[int]) -> RuleSet | None:
    """A version that the coming night rates by and the last one didn't: the tiers of now aren't by it yet."""
    row = rating_as_of(clock.business_date()).sets.get(question.scheme)
    return row if row and row.pk not in rated_by else None


def _asked_about(request: Request) -> Question:
    """What the address names."""
    if "window" in request.GET:
        return _scoring_asked(request)
    try:
        found = question_of(request.user, request.GET.get("scheme", ""), request.GET.get("version", ""))
    except UnreadableDraftError:
        found = None
    if found is None:
        raise Http404
    return found


@needs(CHANGE, FORM)
def scoring_publish(request: Request) -> HttpResponse:
    """Say why, and of typed cut-points from which day on they count; what was previewed is repeated beside."""
    scoring, row = scoring_in(request.GET.dict()), scoring_settings()
    if scoring is None:
        raise Http404
    changes = settings_of(scoring, row)

    def save(form: ScoringPublishForm) -> None:
        said = form.cleaned_data
        try:
            services.scoring_publish(
                scoring=scoring,
                row=row,
                version=said["version"] or 0,
                reason=said["reason"],
                counts_from=said.get("counts_from"),
                by=request.user,
            )
        except StaleVersionError as error:
            text = _("Somebody else changed these settings meanwhile. Open this page again.")
            raise ValidationError(text) from error

    return form_page(
        request,
        partial(ScoringPublishForm, dated=scoring.typed is not None and not changes),
        "segmentation/whatif/publish.html",
        initial={"version": row.version},
        save=save,
        said=_("Published. It counts from the coming night on, or from the day you chose."),
        then=reverse("cut_points"),
        back=f"{reverse('scoring_preview')}?{urlencode(scoring.address)}",
        asked=scoring_in_words(scoring),
        changes=changes,
    )


@needs(CHANGE, READ)
def rule_preview_list(request: Request) -> HttpResponse:
    """The customers behind the figures."""
    question = _asked_about(request)
    return list_page(
        Asked(preview_list(question), request),
        title=_("Who would move"),
        template="segmentation/whatif/list.html",
        question=question,
        back=_address(question),
        scoring=scoring_in_words(question.scoring) if question.scoring else None,
        scheme_name=catalogue.scheme_name(question.scheme),
    )


@needs(CHANGE, FORM)
def rule_preview_export(request: Request) -> HttpResponse:
    """The list as a file."""
    made: HttpResponse = export_page(preview_list(_asked_about(request)))(request)
    return made
