"""The lists of suspected duplicates and of what was merged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.columns import customer_cell
from customers.duplicates import selectors
from customers.models import Customer, CustomerMerge, DuplicatePair, Strength
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, Tab, choice_filter

TONES = {Strength.CERTAIN: "danger", Strength.LIKELY: "warn", Strength.POSSIBLE: "line"}


@dataclass(frozen=True)
class PairRow:
    """Two customers; `url` leads to where one decides, and is empty for who may not: then `ask` is whom to ask."""

    pair: DuplicatePair
    url: str
    ask: str

    @property
    def pk(self) -> int:
        return int(self.pair.pk)


def _rows(asked: Asked) -> QuerySet[DuplicatePair]:
    sides = ("first__owner", "second__owner", "decided_by")
    return selectors.pairs_for(asked.user).select_related(*sides).defer("first__search_tokens", "second__search_tokens")


def _draw(asked: Asked, page: list[DuplicatePair]) -> Iterable[PairRow]:
    ask = selectors.lead_of(asked.user)
    for pair in page:
        decides = selectors.decides(asked.user, pair)
        yield PairRow(pair, cells.row_url("duplicate_pair", pair.pk) if decides else "", ask)


def _side(customer: Customer) -> SafeString:
    """Name and number, and whose it is."""
    owner = customer.owner.name if customer.owner else _("Unassigned pool")
    small = '<span class="tiny muted block"><span class="digits">{}</span> · <span data-user>{}</span></span>'
    return format_html("{} " + small, customer_cell(customer), customer.number, owner)


def _strength(row: PairRow) -> SafeString:
    strength = Strength(row.pair.strength)
    reasons = formatting.listed(row.pair.reasons)
    return format_html(
        '{} <span class="small muted">{}</span>', cells.tag(str(strength.label), TONES[strength]), reasons
    )


def _acts(row: PairRow) -> SafeString:
    if row.url:
        button = '<div class="row end"><a class="button small" href="{}" data-icon="arrow-left-right">{}</a></div>'
        return format_html(button, row.url, _("Compare"))
    ask = _("Ask %(name)s") % {"name": row.ask} if row.ask else _("Ask your team lead")
    return format_html('<span class="small muted">{}</span>', ask)


PAIRS = Listing(
    permission="customer.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Suspected duplicates"),
    css="lines pairs",
    orders={"sure": ("rank", "-pk"), "found": ("-found_at", "-pk")},
    tabs=(
        Tab("open", gettext_lazy("To decide"), where=lambda asked: Q(state=DuplicatePair.State.OPEN)),
        Tab("different", gettext_lazy("Not the same"), where=lambda asked: Q(state=DuplicatePair.State.DIFFERENT)),
    ),
    filters=(choice_filter("strength", gettext_lazy("How sure"), lambda: Strength.choices, offered=True),),
    columns=(
        Column(gettext_lazy("Customer"), lambda row: _side(row.pair.first)),
        Column(gettext_lazy("May be the same as"), lambda row: _side(row.pair.second), css="full"),
        Column(gettext_lazy("Why"), _strength, css="full"),
        Column(
            pgettext_lazy("a pair of duplicates", "Found"),
            lambda row: formatting.day_short(row.pair.found_at),
            sort="found",
        ),
        Column(gettext_lazy("Act"), _acts, css="acts", spoken=True),
    ),
    empty=lambda asked: Empty(
        _("No suspected duplicates"),
        _("Each night compares the customers that were written since: phone, e-mail, credit code and name."),
        icon="check",
    ),
)


@dataclass(frozen=True)
class MergeRow:
    """A merge that can be taken back."""

    merge: CustomerMerge
    url: str

    @property
    def pk(self) -> int:
        return int(self.merge.pk)


def _undo(row: MergeRow) -> SafeString:
    button = '<div class="row end"><a class="button small" href="{}" data-icon="undo-2">{}</a></div>'
    return format_html(button, row.url, _("Take back"))


MERGES = Listing(
    permission="customer.merge",
    rows=lambda asked: selectors.merges_for(asked.user),
    draw=lambda asked, page: [MergeRow(merge, cells.row_url("merge_undo", merge.pk)) for merge in page],
    caption=gettext_lazy("Merged customers"),
    css="lines pairs",
    orders={"last": ("-at", "-pk")},
    columns=(
        Column(gettext_lazy("Customer"), lambda row: _side(row.merge.survivor)),
        Column(gettext_lazy("Merged file"), lambda row: row.merge.gone_number, css="digits"),
        Column(gettext_lazy("When"), lambda row: formatting.moment(row.merge.at)),
        Column(gettext_lazy("By"), lambda row: cells.person(row.merge.by and row.merge.by.name)),
        Column(gettext_lazy("Act"), _undo, css="acts", spoken=True),
    ),
    empty=lambda asked: Empty(
        _("Nothing was merged that could be taken back"),
        _("Customers that were merged stand here as long as that can be taken back."),
        icon="check",
    ),
)
