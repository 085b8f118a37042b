"""The tags in use and the retired ones, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.catalogues.entry_list import counted, customers_counted, customers_url
from customers.models import Tag
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing
from ui.listing import Tab as View


@dataclass(frozen=True)
class TagRow:
    """A tag with the customers in reach that have it, and what this person may do with it."""

    tag: Tag
    customers: int
    list_url: str
    may_change: bool
    may_merge: bool
    other_names: list[str] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.tag.pk


def _draw(asked: Asked, page: list[Tag]) -> Iterable[TagRow]:
    may_change, may_merge = asked.user.can("tag.change"), asked.user.can("tag.delete")
    figures = customers_counted(asked.user, "tags", [row.pk for row in page])
    names: dict[int, list[str]] = {}
    for row in Tag.objects.filter(merged_into__in=page).order_by("pk"):
        names.setdefault(row.merged_into_id or 0, []).append(row.name)
    for tag in page:
        url = customers_url("tag", tag.pk)
        yield TagRow(tag, figures.get(tag.pk, 0), url, may_change, may_merge, names.get(tag.pk, []))


def _counts(asked: Asked, rows: QuerySet[Tag]) -> Mapping[str, int]:
    return rows.aggregate(used=Count("pk", filter=Q(is_active=True)), retired=Count("pk", filter=Q(is_active=False)))


def _name(row: TagRow) -> SafeString:
    lines = format_html("<span data-user>{}</span>", row.tag.name)
    if row.other_names:
        words = _("also for: %(names)s") % {"names": formatting.listed(row.other_names)}
        lines += format_html('<span class="block tiny muted" data-user>{}</span>', words)
    return lines


def _acts(row: TagRow) -> SafeString:
    link = '<a class="button small" href="{}">{}</a>'
    button = '<button class="button small" form="act" formaction="{}">{}</button>'
    parts = SafeString()
    if row.may_change:
        parts += format_html(link, cells.row_url("tag_edit", row.pk), _("Rename"))
    if row.may_merge:
        parts += format_html(link, cells.row_url("tag_merge", row.pk), _("Merge"))
    if row.may_change and row.tag.is_active:
        parts += format_html(button, cells.row_url("tag_retire", row.pk), _("Retire"))
    elif row.may_change:
        parts += format_html(button, cells.row_url("tag_restore", row.pk), _("Use again"))
    return format_html('<div class="row end wrap">{}</div>', parts)


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "retired":
        return Empty(_("No tag is retired"), _("A retired tag isn't offered any more; who has it keeps it."))
    return Empty(_("No tags yet"), _("They come with files, with the customer form, and here."))


TAGS = Listing(
    permission="tag.view",
    rows=lambda asked: Tag.objects.filter(merged_into=None),
    draw=_draw,
    caption=gettext_lazy("Tags by name"),
    orders={"name": ("name", "pk")},
    tabs=(
        View("used", gettext_lazy("In use"), where=lambda asked: Q(is_active=True)),
        View("retired", gettext_lazy("Retired"), where=lambda asked: Q(is_active=False)),
    ),
    tab_counts=_counts,
    columns=(
        Column(gettext_lazy("Tag"), _name),
        Column(gettext_lazy("Customers"), counted, css="number"),
        Column(gettext_lazy("Actions"), _acts, css="full", spoken=True),
    ),
    empty=_empty,
)
