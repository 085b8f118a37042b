"""`/segmentation/channels/customers/`: the customers behind a figure of a channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.filters import team_filter
from core.company import currency
from core.contributions import ExportColumn
from core.http import row_id
from customers import selectors as customers
from customers.columns import WHOSE, owner_cell, tiered_customer_cell
from customers.models import Customer
from segmentation import catalogue
from segmentation.channels import figures
from segmentation.channels.figures import FIGURES, NOWHERE, Wanted, sees_margin
from segmentation.channels.models import Arrival, ArrivalCount
from segmentation.effect.listing import found_by
from segmentation.models import Tier
from segmentation.pages.figures import reach
from segmentation.pages.spans import Kind
from ui import formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Filter, Listing, Words

WORDS = {
    "all": gettext_lazy("all new customers"),
    "judged": gettext_lazy("old enough to judge"),
    "converted": gettext_lazy("bought in time"),
    "young": gettext_lazy("too new to judge"),
    "costed": gettext_lazy("with sales whose cost is known"),
    "upper": gettext_lazy("in upper tiers today"),
}


@dataclass(frozen=True)
class CameRow:
    """A customer with its arrival."""

    customer: Customer
    arrival: Arrival
    tier: Tier | None

    @property
    def pk(self) -> int:
        return self.customer.pk


# --- what the address asks for ---------------------------------------------------------------------------------------
def _asked(asked: Asked) -> tuple[ArrivalCount, Wanted] | None:
    """The last count and the span, looked up once for an address; None before the first count."""
    known = vars(asked)
    if "channels_asked" not in known:
        count = figures.last_count()
        known["channels_asked"] = (count, figures.read(asked.user, asked.given, count.on)) if count else None
    found: tuple[ArrivalCount, Wanted] | None = known["channels_asked"]
    return found


def _figure(asked: Asked) -> str:
    code = asked.given.get("figure", "")
    # Whose cost is known isn't told to who may not see it.
    return code if code in FIGURES and (code != "costed" or sees_margin(asked.user)) else "all"


def _counted(asked: Asked) -> QuerySet[Arrival]:
    """The arrivals that the figure of the page counts."""
    found = _asked(asked)
    if found is None:
        return Arrival.objects.none()
    count, wanted = found
    rows = figures.arrivals(asked.user, wanted).filter(figures.figures_of(wanted.within, count.on)[_figure(asked)])
    channel = asked.values.get("channel")
    return rows if channel is None else rows.filter(channel=channel or None)


def _rows(asked: Asked) -> QuerySet[Customer]:
    rows = Customer.objects.for_user(asked.user, "score.view").filter(reach(asked.user))
    rows = rows.select_related("facts", "owner", "channel", "arrival").defer("search_tokens")
    return rows.filter(pk__in=_counted(asked).values("pk"))


def gone(asked: Asked) -> str:
    """How many of those counted can't be listed any more; empty where nobody or where the list is searched."""
    if asked.q:
        return ""
    missing = _counted(asked).count() - asked.rows.order_by().count()
    if missing <= 0:
        return ""
    words = ngettext(
        "%(n)s more was counted that is no longer yours: handed over, deleted or merged since.",
        "%(n)s more were counted that are no longer yours: handed over, deleted or merged since.",
        missing,
    )
    return words % {"n": formatting.number(missing)}


def together(asked: Asked) -> str:
    """Of which days, and what those listed brought together."""
    found = _asked(asked)
    if found is None:
        return ""
    _count, wanted = found
    told = _("Came from %(first)s to %(last)s.") % {
        "first": formatting.day(wanted.span.first),
        "last": formatting.day(wanted.span.last),
    }
    sums = asked.rows.order_by().aggregate(net=Sum("arrival__revenue"), earned=Sum("arrival__margin"))
    said = {"net": _money(sums["net"] or 0), "margin": _money(sums["earned"] or 0)}
    if sees_margin(asked.user):
        return f"{told} {_('Those listed brought %(net)s so far, with a margin of %(margin)s.') % said}"
    return f"{told} {_('Those listed brought %(net)s so far.') % said}"


def _draw(asked: Asked, page: list[Customer]) -> Iterable[CameRow]:
    return (CameRow(customer, customer.arrival, catalogue.tier_of(customer)) for customer in page)


def _money(amount: int | None) -> str:
    return formatting.money_round(amount, currency())


def _channel_words(asked: Asked, pk: int) -> Words:
    found = customers.known_channels().filter(pk=pk).first() if pk else None
    return found.name if found else _("without a channel")


def _days(row: CameRow) -> str:
    days = row.arrival.days_to_buy
    return "" if days is None else formatting.number(days)


def _span_words(asked: Asked, text: str) -> Words:
    found = _asked(asked)
    return found[1].span.words if found else text


def _within_words(asked: Asked, text: str) -> Words:
    return _("%(n)s days") % {"n": text}


FILTERS = (
    # Of which days and within how many: what the rows are read by.
    Filter(
        "span",
        gettext_lazy("Came in"),
        read=lambda asked, text: text if text in Kind.values else None,
        where=lambda asked, text: Q(),
        words=_span_words,
    ),
    Filter(
        "within",
        gettext_lazy("First purchase within"),
        read=lambda asked, text: text if (found := _asked(asked)) and text == str(found[1].within) else None,
        where=lambda asked, text: Q(),
        words=_within_words,
    ),
    Filter(
        "figure",
        gettext_lazy("Figure"),
        read=lambda asked, text: text if text == _figure(asked) else None,
        where=lambda asked, code: Q(),
        words=lambda asked, code: WORDS[code],
        choices=lambda asked: [(code, words) for code, words in WORDS.items() if code != "costed"],
    ),
    Filter(
        "channel",
        gettext_lazy("Channel"),
        read=lambda asked, text: 0 if text == NOWHERE else row_id(text) or None,
        where=lambda asked, pk: Q(),
        words=_channel_words,
    ),
    Filter(
        "scheme",
        gettext_lazy("Scheme"),
        read=lambda asked, text: text if text in Tier.Scheme.values else None,
        where=lambda asked, code: Q(),
        words=lambda asked, code: catalogue.scheme_name(code),
    ),
    team_filter(""),  # as of the count
)
EXPORT = Export(
    permission="customer.export",
    audit_act="customer.export",
    home="channel_customers",
    page="channel_customers_export",
    title=gettext_lazy("Customers who came by a channel"),
    counted=lambda n: ngettext("%(n)s customer", "%(n)s customers", n) % {"n": f"{n:,}"},
    load=lambda rows: rows.select_related("facts", "owner", "channel", "arrival"),
    sheets=(
        Sheet(
            gettext_lazy("Customers who came by a channel"),
            Customer,
            (
                *WHOSE,
                ExportColumn(gettext_lazy("channel"), lambda row: getattr(row.customer.channel, "name", "")),
                ExportColumn(gettext_lazy("tier"), lambda row: getattr(row.tier, "name", "")),
                ExportColumn(gettext_lazy("came on"), lambda row: row.arrival.came_on),
                ExportColumn(gettext_lazy("days until the first purchase"), lambda row: row.arrival.days_to_buy),
                ExportColumn(gettext_lazy("net sales so far"), lambda row: row.arrival.revenue, money=True),
            ),
            lambda asked, page: _draw(asked, list(page)),
        ),
    ),
)
CHANNEL_CUSTOMERS = Listing(
    permission="score.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Customers who came by a channel"),
    orders={
        "value": ("arrival__revenue", "pk"),
        "came": ("arrival__came_on", "pk"),
        "name": ("name_sort", "pk"),
    },
    first_sort="-value",
    filters=FILTERS,
    search=found_by,
    hint=gettext_lazy("Name, initials, phone tail, contact"),
    columns=(
        Column(gettext_lazy("Customer"), lambda row: tiered_customer_cell(row.customer, row.tier), sort="name"),
        Column(gettext_lazy("Came on"), lambda row: formatting.day_short(row.arrival.came_on), sort="came"),
        Column(gettext_lazy("Days until the first purchase"), _days, css="number", phone=gettext_lazy("Days")),
        Column(gettext_lazy("Owner"), owner_cell, phone=""),
        Column(gettext_lazy("Net sales so far"), lambda row: _money(row.arrival.revenue), css="number", sort="value"),
        Column(
            gettext_lazy("Margin so far"),
            lambda row: _money(row.arrival.margin) if row.arrival.costed else _("no data yet"),
            css="number",
            shown=lambda asked: sees_margin(asked.user),
        ),
    ),
    named=lambda row: row.customer.name,
    empty=lambda asked: Empty(_("Nobody here"), _("Customers are counted by channel each night.")),
    export=EXPORT,
    css="lines",
)
