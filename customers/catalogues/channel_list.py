"""The channels in use in the company's order, and the retired ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import reach_of
from customers import selectors
from customers.models import Channel, Customer
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, Tab


@dataclass(frozen=True)
class ChannelRow:
    """A channel with the customers in reach that came by it, and what this person may do with it.

    `above` and `below`: the next channels in the lists, 0 at the ends and for who may not move it.
    """

    channel: Channel
    customers: int
    list_url: str
    may_change: bool
    may_merge: bool
    above: int = 0
    below: int = 0
    other_names: list[str] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.channel.pk


def customers_counted(user: User, link: str, ids: Iterable[int]) -> dict[int, int]:
    """How many customers the list shows for each of these rows, which stand behind the path `link`."""
    shown = selectors.customers_for(user, pool=reach_of(user).everywhere("customer.view"))
    rows = Customer.objects.for_user(user).none() if not user.can("customer.view") else shown
    counted = rows.filter(**{f"{link}__in": list(ids)}).order_by().values_list(link)
    return dict(counted.annotate(Count("pk", distinct=True)))


def customers_url(name: str, pk: int) -> str:
    """The list of these customers."""
    return f"{reverse('customer_list')}?{urlencode([('view', 'all'), (name, str(pk))])}"


def counted(row: ChannelRow) -> SafeString | str:
    """The figure, which opens its customers."""
    if not row.customers:
        return cells.DASH
    return format_html('<a class="digits" href="{}">{}</a>', row.list_url, formatting.number(row.customers))


# --- rows ------------------------------------------------------------------------------------------------------------
def _draw(asked: Asked, page: list[Channel]) -> Iterable[ChannelRow]:
    may_change = asked.user.can("channel.change")
    figures = customers_counted(asked.user, "channel", [row.pk for row in page])
    order = list(selectors.channels().values_list("pk", flat=True)) if may_change and asked.tab.key == "used" else []
    names: dict[int, list[str]] = {}
    for row in Channel.objects.filter(merged_into__in=page).order_by("pk"):
        names.setdefault(row.merged_into_id or 0, []).append(row.name)
    for channel in page:
        place = order.index(channel.pk) if channel.pk in order else None
        yield ChannelRow(
            channel=channel,
            customers=figures.get(channel.pk, 0),
            list_url=customers_url("channel", channel.pk),
            may_change=may_change,
            may_merge=asked.user.can("channel.delete"),
            above=order[place - 1] if place else 0,
            below=order[place + 1] if place is not None and place + 1 < len(order) else 0,
            other_names=names.get(channel.pk, []),
        )


def _counts(asked: Asked, rows: QuerySet[Channel]) -> Mapping[str, int]:
    return rows.aggregate(used=Count("pk", filter=Q(is_active=True)), retired=Count("pk", filter=Q(is_active=False)))


# --- cells -----------------------------------------------------------------------------------------------------------
def _name(row: ChannelRow) -> SafeString:
    english = (get_language() or "").startswith("en")
    other = row.channel.name_zh if english else row.channel.name_en
    beside = [other] if other != row.channel.name else []
    lines = format_html("<span data-user>{}</span>", row.channel.name)
    if beside:
        lines += format_html('<span class="block tiny muted" data-user>{}</span>', other)
    if row.other_names:
        words = _("also for: %(names)s") % {"names": formatting.listed(row.other_names)}
        lines += format_html('<span class="block tiny muted" data-user>{}</span>', words)
    return lines


def _button(url_name: str, row: ChannelRow, words: str) -> SafeString:
    button = '<button class="button small" form="act" formaction="{}">{}</button>'
    return format_html(button, cells.row_url(url_name, row.pk), words)


def _mover(row: ChannelRow, side: str, beside: int, sign: str, words: str) -> SafeString:
    if not beside:
        return SafeString()
    button = (
        '<button class="button small quiet icon-only" form="act" formaction="{}" name="{}" value="{}"'
        ' aria-label="{}" title="{}">{}</button>'
    )
    words %= {"name": row.channel.name}
    return format_html(button, cells.row_url("channel_move", row.pk), side, beside, words, words, sign)


def _acts(row: ChannelRow) -> SafeString:
    link = '<a class="button small" href="{}">{}</a>'
    parts = SafeString()
    if row.may_change:
        parts += _mover(row, "above", row.above, "↑", _("Move “%(name)s” up"))
        parts += _mover(row, "below", row.below, "↓", _("Move “%(name)s” down"))
        parts += format_html(link, cells.row_url("channel_edit", row.pk), _("Rename"))
    if row.may_merge:
        parts += format_html(link, cells.row_url("channel_merge", row.pk), _("Merge"))
    if row.may_change and row.channel.is_active:
        parts += _button("channel_retire", row, _("Retire"))
    elif row.may_change:
        parts += _button("channel_restore", row, _("Use again"))
    return format_html('<div class="row end wrap">{}</div>', parts)


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "retired":
        return Empty(_("No channel is retired"), _("A retired channel isn't offered any more; who has it keeps it."))
    return Empty(_("No channels yet"))


CHANNELS = Listing(
    permission="channel.view",
    rows=lambda asked: Channel.objects.filter(merged_into=None),
    draw=_draw,
    caption=gettext_lazy("Channels, in the order in which forms offer them"),
    orders={"place": ("position", "pk")},
    tabs=(
        Tab("used", gettext_lazy("In use"), where=lambda asked: Q(is_active=True)),
        Tab("retired", gettext_lazy("Retired"), where=lambda asked: Q(is_active=False)),
    ),
    tab_counts=_counts,
    columns=(
        Column(gettext_lazy("Channel"), _name),
        Column(gettext_lazy("Customers"), counted, css="number"),
        Column(gettext_lazy("Actions"), _acts, css="full", spoken=True),
    ),
    empty=_empty,
)
