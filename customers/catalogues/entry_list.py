"""The entries of a catalogue in use, in the company's order, and the retired ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import reach_of
from customers import masks, selectors
from customers.catalogues.described import DESCRIBED, Catalogue
from customers.models import CatalogueRow, CompanySize, Pointed, RelationKind
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, Tab


@dataclass(frozen=True)
class EntryRow:
    """An entry with the customers in reach that have it, and what this person may do with it.

    `above` and `below`: the next entries in the lists, 0 at the ends and for who may not move it.
    """

    catalogue: Catalogue
    entry: CatalogueRow
    customers: int
    list_url: str
    may_change: bool
    may_merge: bool
    above: int = 0
    below: int = 0
    other_names: list[str] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.entry.pk


def customers_counted(user: User, link: str, ids: Iterable[int]) -> dict[int, int]:
    """How many customers the list shows for each of these rows, which stand behind the path `link`; none to who may not
    ask for them."""
    if not user.can("customer.view") or not masks.may_ask(user, link):
        return {}
    shown = selectors.customers_for(user, pool=reach_of(user).everywhere("customer.view"))
    counted = shown.filter(**{f"{link}__in": list(ids)}).order_by().values_list(f"{link}__pk")
    return dict(counted.annotate(Count("pk", distinct=True)))


def customers_url(name: str, pk: int) -> str:
    """The list of these customers."""
    return f"{reverse('customer_list')}?{urlencode([('view', 'all'), (name, str(pk))])}"


def counted(row: Any) -> SafeString | str:
    """The figure, which opens its customers."""
    if not row.customers:
        return cells.DASH
    if not row.list_url:
        return format_html('<span class="digits">{}</span>', formatting.number(row.customers))
    return format_html('<a class="digits" href="{}">{}</a>', row.list_url, formatting.number(row.customers))


# --- rows ------------------------------------------------------------------------------------------------------------
def _drawer(catalogue: Catalogue) -> Callable[[Asked, list[CatalogueRow]], Iterable[EntryRow]]:
    def draw(asked: Asked, page: list[CatalogueRow]) -> Iterable[EntryRow]:
        may_change = asked.user.can(catalogue.right("change"))
        ids = [row.pk for row in page]
        figures = catalogue.counted(asked.user, ids) if catalogue.counted else _customers(asked.user, catalogue, ids)
        movable = may_change and asked.tab.key == "used"
        order = list(selectors.entries(catalogue.model).values_list("pk", flat=True)) if movable else []
        names: dict[int, list[str]] = {}
        for row in catalogue.model.rows().filter(merged_into__in=page).order_by("pk"):
            names.setdefault(row.merged_into_id or 0, []).append(row.name)
        for entry in page:
            place = order.index(entry.pk) if entry.pk in order else None
            yield EntryRow(
                catalogue=catalogue,
                entry=entry,
                customers=figures.get(entry.pk, 0),
                list_url="" if catalogue.counted else customers_url(catalogue.field, entry.pk),
                may_change=may_change,
                may_merge=catalogue.model.merges and asked.user.can(catalogue.right("delete")),
                above=order[place - 1] if place else 0,
                below=order[place + 1] if place is not None and place + 1 < len(order) else 0,
                other_names=names.get(entry.pk, []),
            )

    return draw


def _customers(user: User, catalogue: Catalogue, ids: Iterable[int]) -> Mapping[int, int]:
    return customers_counted(user, catalogue.field, ids)


def _counts(asked: Asked, rows: QuerySet[Any]) -> Mapping[str, int]:
    return rows.aggregate(used=Count("pk", filter=Q(is_active=True)), retired=Count("pk", filter=Q(is_active=False)))


# --- cells -----------------------------------------------------------------------------------------------------------
def _name(row: EntryRow) -> SafeString:
    english = (get_language() or "").startswith("en")
    other = row.entry.name_zh if english else row.entry.name_en
    lines = format_html("<span data-user>{}</span>", row.entry.name)
    if other != row.entry.name:
        lines += format_html('<span class="block tiny muted" data-user>{}</span>', other)
    if isinstance(row.entry, RelationKind) and row.entry.back != row.entry.name:
        words = _("the other way round: %(word)s") % {"word": row.entry.back}
        lines += format_html('<span class="block tiny muted" data-user>{}</span>', words)
    if row.other_names:
        words = _("also for: %(names)s") % {"names": formatting.listed(row.other_names)}
        lines += format_html('<span class="block tiny muted" data-user>{}</span>', words)
    return lines


def _employees(row: EntryRow) -> str:
    least = row.entry.least if isinstance(row.entry, CompanySize) else None
    if least is None:
        return cells.DASH
    return ngettext("from %(n)s employee", "from %(n)s employees", least) % {"n": formatting.number(least)}


def _points(row: EntryRow) -> str:
    points = row.entry.points if isinstance(row.entry, Pointed) else None
    return cells.DASH if points is None else formatting.number(points)


def _button(what: str, row: EntryRow, words: str) -> SafeString:
    button = '<button class="button small" form="act" formaction="{}">{}</button>'
    return format_html(button, row.catalogue.url(what, row.pk), words)


def _mover(row: EntryRow, side: str, beside: int, sign: str, words: str) -> SafeString:
    if not beside:
        return SafeString()
    button = (
        '<button class="button small quiet icon-only" form="act" formaction="{}" name="{}" value="{}"'
        ' aria-label="{}" title="{}">{}</button>'
    )
    words %= {"name": row.entry.name}
    return format_html(button, row.catalogue.url("move", row.pk), side, beside, words, words, sign)


def _acts(row: EntryRow) -> SafeString:
    link = '<a class="button small" href="{}">{}</a>'
    parts = SafeString()
    if row.may_change:
        words = _("Change") if row.entry.further else _("Rename")
        parts += _mover(row, "above", row.above, "↑", _("Move “%(name)s” up"))
        parts += _mover(row, "below", row.below, "↓", _("Move “%(name)s” down"))
        parts += format_html(link, row.catalogue.url("edit", row.pk), words)
    if row.may_merge:
        parts += format_html(link, row.catalogue.url("merge", row.pk), _("Merge"))
    if row.may_change and row.entry.is_active:
        parts += _button("retire", row, _("Retire"))
    elif row.may_change:
        parts += _button("restore", row, _("Use again"))
    return format_html('<div class="row end wrap">{}</div>', parts)


def _listing(catalogue: Catalogue) -> Listing:
    model = catalogue.model

    def empty(asked: Asked) -> Empty:
        if asked.tab.key == "retired":
            return Empty(str(catalogue.none_retired), _("What is retired isn't offered any more; who has it keeps it."))
        return Empty(
            _("Nothing is in use"), _("Forms have nothing to offer here until an entry is added or used again.")
        )

    return Listing(
        permission=catalogue.right("view"),
        rows=lambda asked: model.rows().filter(merged_into=None),
        draw=_drawer(catalogue),
        caption=catalogue.caption,
        orders={"place": ("position", "pk")},
        tabs=(
            Tab("used", gettext_lazy("In use"), where=lambda asked: Q(is_active=True)),
            Tab("retired", gettext_lazy("Retired"), where=lambda asked: Q(is_active=False)),
        ),
        tab_counts=_counts,
        columns=(
            Column(catalogue.entry, _name),
            *([Column(gettext_lazy("Employees"), _employees)] if "least" in model.further else []),
            *([Column(gettext_lazy("Points"), _points, css="number")] if "points" in model.further else []),
            Column(catalogue.counts or gettext_lazy("Customers"), counted, css="number"),
            Column(gettext_lazy("Actions"), _acts, css="full", spoken=True),
        ),
        empty=empty,
    )


LISTINGS: Mapping[str, Listing] = {name: _listing(catalogue) for name, catalogue in DESCRIBED.items()}
