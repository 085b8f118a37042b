"""The entry templates in use, and the retired ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customers.entry.definitions import in_words
from customers.imports.customer_file import CUSTOMERS
from customers.models import EntryTemplate, FirstOwner
from intake.kinds import may_import
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, Tab


@dataclass(frozen=True)
class TemplateRow:
    """A template, with what the reader may do."""

    template: EntryTemplate
    tags: list[str]
    may_change: bool
    may_import: bool

    @property
    def pk(self) -> int:
        return self.template.pk


def _draw(asked: Asked, page: list[EntryTemplate]) -> Iterable[TemplateRow]:
    may_change, importing = asked.user.can("setting.change"), may_import(asked.user, CUSTOMERS)
    for template in page:
        yield TemplateRow(template, [tag.name for tag in template.tags.all()], may_change, importing)


def _name(row: TemplateRow) -> SafeString:
    english = (get_language() or "").startswith("en")
    other = row.template.name_zh if english else row.template.name_en
    lines = format_html("<span data-user>{}</span>", row.template.name)
    if other != row.template.name:
        lines += format_html('<span class="block tiny muted" data-user>{}</span>', other)
    return lines


def _sets(row: TemplateRow) -> str:
    one = row.template
    entries = [entry.name for entry in (one.channel, one.industry) if entry is not None]
    owner = one.owner.name if one.owner is not None and one.first_owner == FirstOwner.NAMED else ""
    if one.first_owner == FirstOwner.POOL:
        owner = str(FirstOwner.POOL.label)
    return formatting.listed([*entries, *row.tags, *([owner] if owner else [])]) or cells.DASH


def _acts(row: TemplateRow) -> SafeString:
    link = '<a class="button small" href="{}">{}</a>'
    parts = SafeString()
    if row.template.is_active and row.may_import:
        parts += format_html(
            '<a class="button small quiet" href="{}" download>{}</a>',
            reverse("entry_template_file", args=[row.pk, "xlsx"]),
            _("Empty file"),
        )
    if row.may_change:
        button = '<button class="button small" form="act" formaction="{}">{}</button>'
        parts += format_html(link, cells.row_url("entry_template_edit", row.pk), _("Change"))
        act, word = ("retire", _("Retire")) if row.template.is_active else ("restore", _("Use again"))
        parts += format_html(button, cells.row_url(f"entry_template_{act}", row.pk), word)
    return format_html('<div class="row end wrap">{}</div>', parts)


def _counts(asked: Asked, rows: QuerySet[EntryTemplate]) -> Mapping[str, int]:
    return rows.aggregate(used=Count("pk", filter=Q(is_active=True)), retired=Count("pk", filter=Q(is_active=False)))


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "retired":
        return Empty(_("No template is retired"), _("A retired template is offered no more; who came by it stays."))
    text = _(
        "A form for each occasion: an exhibition, an inquiry by phone, a referral. It asks for what you need then."
    )
    if not asked.user.can("setting.change"):
        return Empty(_("No entry templates yet"), text)
    return Empty(_("No entry templates yet"), text, reverse("entry_template_new"), _("New template"), "plus")


ENTRY_TEMPLATES = Listing(
    permission="setting.view",
    rows=lambda asked: EntryTemplate.objects.select_related("channel", "industry", "owner").prefetch_related("tags"),
    draw=_draw,
    caption=gettext_lazy("Entry templates"),
    orders={"made": ("pk",)},
    tabs=(
        Tab("used", gettext_lazy("In use"), where=lambda asked: Q(is_active=True)),
        Tab("retired", gettext_lazy("Retired"), where=lambda asked: Q(is_active=False)),
    ),
    tab_counts=_counts,
    columns=(
        Column(gettext_lazy("Template"), _name),
        Column(gettext_lazy("Kind of customer"), lambda row: capfirst(row.template.get_kind_display())),
        Column(gettext_lazy("Asks for"), lambda row: in_words(row.template.asks), css="full"),
        Column(gettext_lazy("Begins with"), _sets, typed=True),
        Column(gettext_lazy("Actions"), _acts, css="full", spoken=True),
    ),
    empty=_empty,
)
