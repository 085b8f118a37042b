"""`/segmentation/rules/causes/`: the causes of churn, how often each was found, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from segmentation.cases import causes
from segmentation.cases.forms import CauseForm
from segmentation.cases.models import ChurnCause
from segmentation.models import ChurnCase
from ui import cells, formatting
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, Column, Empty, Listing, Tab, list_page


@dataclass(frozen=True)
class CauseRow:
    """A cause with the warnings in reach that have it."""

    cause: ChurnCause
    cases: int
    may_change: bool

    @property
    def pk(self) -> int:
        return self.cause.pk


def _draw(asked: Asked, page: list[ChurnCause]) -> Iterable[CauseRow]:
    may_change, counted = asked.user.can("tier_rule.change"), {}
    if asked.user.can("warning.view"):
        rows = ChurnCase.objects.for_user(asked.user).filter(cause__in=page, customer__deleted_at=None).order_by()
        counted = dict(rows.values_list("cause").annotate(Count("pk", distinct=True)))
    return (CauseRow(cause, counted.get(cause.pk, 0), may_change) for cause in page)


def _counts(asked: Asked, rows: QuerySet[ChurnCause]) -> Mapping[str, int]:
    return rows.aggregate(used=Count("pk", filter=Q(is_active=True)), retired=Count("pk", filter=Q(is_active=False)))


def _name(row: CauseRow) -> SafeString:
    english = (get_language() or "").startswith("en")
    other = row.cause.name_zh if english else row.cause.name_en
    line = format_html("<span data-user>{}</span>", row.cause.name)
    if other != row.cause.name:
        line += format_html('<span class="block tiny muted" data-user>{}</span>', other)
    return line


def _cases(row: CauseRow) -> SafeString:
    if not row.cases:
        return cells.DASH
    url = f"{reverse('warning_list')}?view=all&cause={row.pk}"
    return format_html('<a class="digits" href="{}">{}</a>', url, formatting.number(row.cases))


def _acts(row: CauseRow) -> SafeString:
    if not row.may_change:
        return SafeString()
    words, name = (_("Retire"), "cause_retire") if row.cause.is_active else (_("Use again"), "cause_restore")
    return format_html(
        '<div class="row end wrap"><a class="button small" href="{}">{}</a>'
        '<button class="button small" form="act" formaction="{}">{}</button></div>',
        cells.row_url("cause_edit", row.pk),
        _("Rename"),
        cells.row_url(name, row.pk),
        words,
    )


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "retired":
        return Empty(
            _("No cause is retired"), _("A retired cause isn't offered any more; warnings that have it keep it.")
        )
    return Empty(_("No causes yet"), _("Add why your customers leave, so that it can be counted."))


CAUSES = Listing(
    permission="tier_rule.view",
    rows=lambda asked: ChurnCause.objects.all(),
    draw=_draw,
    caption=gettext_lazy("Causes of churn"),
    orders={"place": ("position", "pk")},
    tabs=(
        Tab("used", gettext_lazy("In use"), where=lambda asked: Q(is_active=True)),
        Tab("retired", gettext_lazy("Retired"), where=lambda asked: Q(is_active=False)),
    ),
    tab_counts=_counts,
    columns=(
        Column(gettext_lazy("Cause"), _name),
        Column(gettext_lazy("Warnings"), _cases, css="number"),
        Column(gettext_lazy("Actions"), _acts, css="full", spoken=True),
    ),
    empty=_empty,
)


@needs(CAUSES.permission, READ)
def cause_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    return list_page(
        Asked(CAUSES, request),
        title=_("Causes of churn"),
        template="segmentation/cases/causes.html",
        sub=_("What can be chosen as the cause of a warning; how often each was found."),
        may_change=request.user.can("tier_rule.change"),
        **last_changes(request.user, *causes.CAUSE_ACTS, naming=True),
    )


@needs("tier_rule.change", FORM)
def cause_new(request: Request) -> HttpResponse:
    """A new one, at the end."""
    return form_page(
        request,
        CauseForm,
        "segmentation/cases/cause.html",
        once=ChurnCause,
        save=lambda form: causes.cause_add(
            name_en=form.cleaned_data["name_en"], name_zh=form.cleaned_data["name_zh"], by=request.user
        ),
        said=lambda made: _("“%(name)s” is offered from now on.") % {"name": made.name},
        then=reverse("cause_list"),
        title=_("New cause"),
    )


@needs("tier_rule.change", FORM)
def cause_edit(request: Request, pk: int) -> HttpResponse:
    """Its name in both languages."""
    return edit_page(
        request,
        CauseForm,
        "segmentation/cases/cause.html",
        find=partial(get_object_or_404, ChurnCause, pk=pk),
        save=lambda edit: causes.cause_rename(row=edit.row, changes=edit.changes, by=request.user),
        said=_("Saved. Warnings show the new name at once."),
        then=reverse("cause_list"),
        title=_("Rename cause"),
    )


@needs("tier_rule.change", POST)
def cause_retire(request: Request, pk: int) -> HttpResponse:
    """Not offered any more, with an undo."""
    return _use(request, pk, active=False)


@needs("tier_rule.change", POST)
def cause_restore(request: Request, pk: int) -> HttpResponse:
    """Offered again."""
    return _use(request, pk, active=True)


def _use(request: Request, pk: int, *, active: bool) -> HttpResponse:
    cause = get_object_or_404(ChurnCause, pk=pk)
    words = _("“%(name)s” is offered again.") if active else _("“%(name)s” isn't offered any more.")
    return act(
        request,
        partial(causes.cause_use, cause=cause, active=active, by=request.user),
        said=words % {"name": cause.name},
        undo=reverse("cause_retire" if active else "cause_restore", args=[pk]),
        then=reverse("cause_list"),
    )
