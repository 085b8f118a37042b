"""`/segmentation/retention/`: the customers behind a churn or retention rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.decorators import READ, needs
from accounts.filters import named_filter
from accounts.http import Request
from accounts.models import User
from core.company import currency
from core.http import row_id
from customers import selectors as customers
from customers.columns import owner_cell, tiered_customer_cell
from customers.models import Customer, CustomerFacts, facts_of
from customers.search import searched
from segmentation.catalogue import catalogue, tier_of
from segmentation.models import RetentionSum, Tier
from segmentation.nav import beside
from segmentation.pages.whose import Whose, whose
from segmentation.retention.selectors import NOBODY, Counted, counted, counted_customers, longest
from segmentation.wording import DAYS_COUNTED
from ui import formatting
from ui.listing import Asked, Column, Empty, Filter, Listing, Tab, Words, list_page

Span = RetentionSum.Span
LOST = {"churned": True, "kept": False}  # by tab


@dataclass(frozen=True)
class KeptRow:
    """A customer who had bought as of the span's begin."""

    customer: Customer
    facts: CustomerFacts
    tier: Tier | None

    @property
    def pk(self) -> int:
        return self.customer.pk


def span_of(asked: Asked) -> str:
    """Over which span; the longest that has been counted where the address says none."""
    wanted = asked.given.get("span", "")
    return wanted if wanted in Span.values else longest(_known(asked))


def _known(asked: Asked) -> Mapping[str, Counted]:
    """What was counted, looked up once for an address."""
    if "counted" not in asked.__dict__:
        asked.__dict__["counted"] = counted()
    known: Mapping[str, Counted] = asked.__dict__["counted"]
    return known


def found_of(asked: Asked) -> Counted | None:
    """From which run to which the asked span goes, where it was counted."""
    return _known(asked).get(span_of(asked))


def _rows(asked: Asked) -> QuerySet[Customer]:
    found = found_of(asked)
    rows = Customer.objects.for_user(asked.user, "score.view").select_related("facts", "owner", "channel")
    if found is None:
        return rows.none()
    return rows.defer("search_tokens").filter(_holders(asked, found).still(), _figure(asked, found))


def _holders(asked: Asked, found: Counted) -> Whose:
    return whose(asked.user, "score.view", found.run, owner=asked.values.get("owner") or None)


def _figure(asked: Asked, found: Counted) -> Q:
    """Whom the sums counted under the tab, whoever has them."""
    return counted_customers(found, asked.values.get("tier"), LOST.get(asked.tab.key))


def gone(asked: Asked) -> str:
    """How many of the figure are no longer the reader's; nothing where the list is narrowed by what no sum knows."""
    found = found_of(asked)
    if found is None or asked.q or asked.values.get("owner") == 0:
        return ""
    holders = _holders(asked, found)
    figure = _figure(asked, found)
    if (channel := asked.values.get("channel")) is not None:
        figure &= Q(channel=channel or None)
    return holders.words(holders.count_gone(lambda rows: rows.filter(figure)))


def _read_tier(asked: Asked, text: str) -> tuple[str, str] | None:
    scheme, _colon, code = text.partition(":")
    return (scheme, code) if scheme and code else None


def _tier_name(asked: Asked, key: tuple[str, str]) -> Words:
    tier = catalogue().get(key)
    return tier.name if tier else key[1]


def _channel_name(asked: Asked, pk: int) -> Words:
    found = customers.known_channels().filter(pk=pk).first() if pk else None
    return found.name if found else _("without a channel")


FILTERS = (
    Filter(
        "span",
        pgettext_lazy("of a rate", "Over"),
        read=lambda asked, text: text if text in Span.values else None,
        where=lambda asked, span: Q(),
        words=lambda asked, span: Span(span).label,
        choices=lambda asked: Span.choices,
    ),
    # Their tier then; the rows are narrowed by it where they are read as of that day.
    Filter("tier", gettext_lazy("Tier then"), read=_read_tier, where=lambda asked, key: Q(), words=_tier_name),
    named_filter("owner", gettext_lazy("Owner"), User.objects, "owner", nobody=gettext_lazy("without an owner")),
    Filter(
        "channel",
        gettext_lazy("Channel"),
        read=lambda asked, text: 0 if text == NOBODY else row_id(text) or None,
        where=lambda asked, pk: Q(channel=pk or None),
        words=_channel_name,
    ),
)


def _draw(asked: Asked, page: list[Customer]) -> Iterable[KeptRow]:
    return (KeptRow(customer, facts_of(customer), tier_of(customer)) for customer in page)


def _search(asked: Asked, rows: Any) -> QuerySet[Customer]:
    return searched(rows, asked.user, asked.q)


def _uncounted(asked: Asked) -> Empty | None:
    """A span that isn't counted has nobody whatever is asked: no filter is to blame."""
    if found_of(asked) is not None:
        return None
    return Empty(_("No data yet"), _("It needs scores from the begin of the span on, and is counted each night."))


RETENTION_LIST = Listing(
    permission="score.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Customers who had bought"),
    orders={
        "value": ("facts__monetary", "facts__pk"),
        "bought": ("facts__last_order_on", "facts__pk"),
        "name": ("name_sort", "pk"),
    },
    tabs=(
        Tab("churned", pgettext_lazy("customers", "Lost by now")),
        Tab("kept", pgettext_lazy("customers", "Kept")),
        Tab("all", gettext_lazy("All")),
    ),
    tab_parameter="view",
    first_sort="-bought",
    filters=FILTERS,
    search=_search,
    hint=gettext_lazy("Name, initials, phone tail, contact"),
    columns=(
        Column(gettext_lazy("Customer"), lambda row: tiered_customer_cell(row.customer, row.tier), sort="name"),
        Column(gettext_lazy("Lifecycle"), lambda row: row.facts.lifecycle_word, phone=""),
        Column(gettext_lazy("Last order"), lambda row: formatting.day_short(row.facts.last_order_on), sort="bought"),
        Column(
            gettext_lazy("Owner"),
            owner_cell,
            phone="",
        ),
        Column(
            DAYS_COUNTED,
            lambda row: formatting.money_round(row.facts.monetary, currency()),
            css="number",
            sort="value",
        ),
    ),
    named=lambda row: row.customer.name,
    empty=lambda asked: _uncounted(asked) or Empty(_("Nobody here"), _("Rates over this span are counted each night.")),
    not_found=_uncounted,
    css="lines",
)


@needs(RETENTION_LIST.permission, READ)
def retention_list(request: Request) -> HttpResponse:
    """Who had bought as of the span's begin, and who of them is lost by now."""
    asked = Asked(RETENTION_LIST, request)
    found = found_of(asked)
    sub = _("Who had bought as of %(day)s.") % {"day": formatting.day(found.begun_on)} if found else ""
    return list_page(
        asked,
        title=_("Stayed and left"),
        template="segmentation/buying/list.html",
        sub=sub,
        beside=beside(request.user, "warning_results"),
        gone=gone(asked),
    )
