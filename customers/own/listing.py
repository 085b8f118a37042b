"""The own fields in use, in the company's order, and the retired ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.scope import reach_of
from customers import selectors
from customers.models import Level, OwnField, OwnFor
from customers.own.values import reads_everywhere
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, Tab


@dataclass(frozen=True)
class FieldRow:
    """A field; `customers`: how many in reach hold something of it, None for who may not read it.

    `above` and `below`: the next ones in use, 0 at the ends and for who may not move it.
    """

    field: OwnField
    customers: int | None
    may_change: bool
    above: int = 0
    below: int = 0

    @property
    def pk(self) -> int:
        return self.field.pk


def _counted(asked: Asked, fields: list[OwnField]) -> Mapping[str, int]:
    """Customers that the list shows with a value, by code; one query."""
    if not fields or not asked.user.can("customer.view"):
        return {}
    rows = selectors.customers_for(asked.user, pool=reach_of(asked.user).everywhere("customer.view")).order_by()
    counts = {f"held_{field.code}": Count("pk", filter=Q(own__has_key=field.code)) for field in fields}
    return rows.aggregate(**counts)


def _draw(asked: Asked, page: list[OwnField]) -> Iterable[FieldRow]:
    may_change = asked.user.can("setting.change")
    readable = [field for field in page if reads_everywhere(asked.user, field)]
    figures = _counted(asked, readable)
    movable = may_change and asked.tab.key == "used"
    order = list(OwnField.objects.filter(is_active=True).order_by("position", "pk").values_list("pk", flat=True))
    for field in page:
        place = order.index(field.pk) if movable and field.pk in order else None
        yield FieldRow(
            field,
            figures.get(f"held_{field.code}", 0) if field in readable else None,
            may_change,
            above=order[place - 1] if place else 0,
            below=order[place + 1] if place is not None and place + 1 < len(order) else 0,
        )


# --- cells -----------------------------------------------------------------------------------------------------------
def _name(row: FieldRow) -> SafeString:
    english = (get_language() or "").startswith("en")
    other = row.field.name_zh if english else row.field.name_en
    lines = format_html("<span data-user>{}</span>", row.field.name)
    if other != row.field.name:
        lines += format_html('<span class="block tiny muted" data-user>{}</span>', other)
    return lines


def _kind(row: FieldRow) -> SafeString:
    lines = format_html("{}", capfirst(row.field.get_kind_display()))
    if row.field.of != OwnFor.BOTH:
        lines += format_html('<span class="block tiny muted">{}</span>', row.field.get_of_display())
    return lines


def _asked_for(row: FieldRow) -> str:
    return cells.DASH if row.field.asked == Level.NO else capfirst(row.field.get_asked_display())


def _customers(row: FieldRow) -> SafeString | str:
    if not row.customers:
        return cells.DASH
    url = f"{reverse('customer_list')}?{urlencode([('view', 'all'), ('own', row.field.code)])}"
    figure = formatting.number(row.customers)
    if not row.field.is_active:  # lists know nothing of it
        return format_html('<span class="digits">{}</span>', figure)
    return format_html('<a class="digits" href="{}">{}</a>', url, figure)


def _mover(row: FieldRow, side: str, beside: int, sign: str, words: str) -> SafeString:
    if not beside:
        return SafeString()
    button = (
        '<button class="button small quiet icon-only" form="act" formaction="{}" name="{}" value="{}"'
        ' aria-label="{}" title="{}">{}</button>'
    )
    words %= {"name": row.field.name}
    return format_html(button, cells.row_url("own_field_move", row.pk), side, beside, words, words, sign)


def _acts(row: FieldRow) -> SafeString:
    if not row.may_change:
        return SafeString()
    link = '<a class="button small" href="{}">{}</a>'
    button = '<button class="button small" form="act" formaction="{}">{}</button>'
    parts = _mover(row, "above", row.above, "↑", _("Move “%(name)s” up"))
    parts += _mover(row, "below", row.below, "↓", _("Move “%(name)s” down"))
    parts += format_html(link, cells.row_url("own_field_edit", row.pk), _("Change"))
    if row.field.is_active:
        parts += format_html(button, cells.row_url("own_field_retire", row.pk), _("Retire"))
    else:
        parts += format_html(button, cells.row_url("own_field_restore", row.pk), _("Use again"))
    return format_html('<div class="row end wrap">{}</div>', parts)


def _counts(asked: Asked, rows: QuerySet[OwnField]) -> Mapping[str, int]:
    return rows.aggregate(used=Count("pk", filter=Q(is_active=True)), retired=Count("pk", filter=Q(is_active=False)))


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "retired":
        return Empty(
            _("No own field is retired"), _("A retired field stands nowhere; what files hold of it stays with them.")
        )
    text = _("What you want to know of your customers and no field asks for: a contract's end, a membership number.")
    if not asked.user.can("setting.change"):
        return Empty(_("No own fields yet"), text)
    return Empty(_("No own fields yet"), text, reverse("own_field_new"), _("New own field"), "plus")


OWN_FIELDS = Listing(
    permission="setting.view",
    rows=lambda asked: OwnField.objects.all(),
    draw=_draw,
    caption=gettext_lazy("Own fields, in the order in which forms show them"),
    orders={"place": ("position", "pk")},
    tabs=(
        Tab("used", gettext_lazy("In use"), where=lambda asked: Q(is_active=True)),
        Tab("retired", gettext_lazy("Retired"), where=lambda asked: Q(is_active=False)),
    ),
    tab_counts=_counts,
    columns=(
        Column(gettext_lazy("Own field"), _name),
        Column(gettext_lazy("Kind of field"), _kind),
        Column(gettext_lazy("Asked for"), _asked_for),
        Column(gettext_lazy("Who reads it"), lambda row: capfirst(row.field.get_readers_display())),
        Column(gettext_lazy("Customers"), _customers, css="number"),
        Column(gettext_lazy("Actions"), _acts, css="full", spoken=True),
    ),
    empty=_empty,
)
