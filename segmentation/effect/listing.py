"""`/segmentation/effect/customers/`: the customers behind a figure of a tier's effect in a month."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.filters import team_filter
from core import contributions
from core.company import currency
from core.contributions import ExportColumn
from core.http import row_id
from customers import selectors as customers
from customers.columns import WHOSE, owner_cell, tiered_customer_cell
from customers.models import UNRATED, Customer, CustomerFacts, Lifecycle, facts_of
from customers.search import searched
from sales.models import Order
from segmentation import catalogue
from segmentation.effect import figures
from segmentation.effect.figures import Effects, Sums
from segmentation.effect.models import EffectMonth, Standing
from segmentation.models import ScoreInterval, ScoreRun, Tier
from segmentation.pages.figures import Choice, reach
from segmentation.pages.spans import Kind, Span
from segmentation.retention.selectors import GONE
from segmentation.selectors import in_force
from ui import formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Filter, Listing, Words

MOST_COUNTED = 50_000  # of more customers it isn't said how many have gone


@dataclass(frozen=True)
class BehindRow:
    """A customer that a figure counted. `brought`: net sales of the month; `usual`: of as many days before, on average.
    Both in minor units; None where the figure doesn't add them up."""

    customer: Customer
    facts: CustomerFacts
    tier: Tier | None
    brought: int | None = None
    usual: int | None = None

    @property
    def pk(self) -> int:
        return self.customer.pk


@dataclass(frozen=True)
class Rows:
    """Customers that figures count: their words, their condition, and how many of the sums they are (None: not kept).

    `at_end`: the tier is that of the end.
    """

    words: Words
    where: Callable[[EffectMonth], Q]
    counted: Callable[[Sums], int] | None
    at_end: bool = False


# --- conditions ------------------------------------------------------------------------------------------------------
def begun(month: EffectMonth, **where: Any) -> Q:
    """Customers by their scores at the begin of the month."""
    return Q(Exists(ScoreInterval.objects.filter(in_force(month.begun_on), customer=OuterRef("pk"), **where)))


def ended(month: EffectMonth, *where: Q, **equal: Any) -> Q:
    """Customers by their scores at the end of the month."""
    rows = ScoreInterval.objects.filter(in_force(month.run.as_of), *where, customer=OuterRef("pk"), **equal)
    return Q(Exists(rows))


def had_bought(month: EffectMonth) -> Q:
    """Those who can be lost in the month."""
    then = ScoreInterval.objects.filter(in_force(month.begun_on), customer=OuterRef("pk"))
    return Q(Exists(then.exclude(lifecycle__in=GONE)))


def high(month: EffectMonth) -> Q:
    """In a tier at the end that was high-value when the month was counted."""
    where = Q(pk__in=[])
    for scheme, _colon, code in (key.partition(":") for key in month.high):
        where |= Q(tier_scheme=scheme, tier=code)
    return ended(month, where)


def ordered(month: EffectMonth, **where: Any) -> Q:
    """With a completed order in the month; of an amount above zero it is a purchase."""
    # unscoped: only narrows customers in reach
    sold = Order.objects.filter(state=Order.State.COMPLETED, customer__isnull=False, **where)
    return Q(pk__in=sold.filter(ordered_on__range=(month.first, month.run.as_of)).order_by().values("customer"))


def stood(month: EffectMonth, standing: str) -> Q:
    """As effect_of.sql says it."""
    bought = Q(Exists(_of(month).exclude(lifecycle=Lifecycle.PROSPECT)))
    earlier = ended(month, ~Q(lifecycle=Lifecycle.PROSPECT), first_on__lt=month.first) & ~begun(month)
    existing = bought | earlier
    if standing == Standing.EXISTING:
        return existing
    by_end = ended(month, ~Q(lifecycle=Lifecycle.PROSPECT))
    return ~existing & (by_end if standing == Standing.NEW else ~by_end)


def _of(month: EffectMonth) -> QuerySet[ScoreInterval]:
    return ScoreInterval.objects.filter(in_force(month.begun_on), customer=OuterRef("pk"))


def rows_of_figures() -> dict[str, Rows]:
    """By the code in the address."""
    found = {
        "customers": Rows(_("all"), lambda month: Q(), lambda sums: sums.customers),
        "repeat": Rows(
            _("at least two orders"),
            lambda month: ended(month, frequency__gte=2),
            lambda sums: sums.repeat,
            at_end=True,
        ),
        "high": Rows(_("became high-value"), high, lambda sums: sums.high),
        "lost": Rows(
            _("lost"),
            lambda month: had_bought(month) & ended(month, lifecycle=Lifecycle.LOST),
            lambda sums: sums.lost,
        ),
        "bought": Rows(_("bought"), lambda month: ordered(month, amount__gt=0), lambda sums: sums.buyers),
        "sold": Rows(_("with a completed order or return"), ordered, None),
        "change": Rows(
            _("bought in the month, or in the days that count before it"),
            lambda month: ordered(month) | begun(month, monetary__isnull=False),
            None,
        ),
    }
    for code, one in contributions.registry().tier_figures.items():
        found[code] = Rows(str(one.listed), _behind(code), lambda sums, code=code: sums.parts[code].customers)  # type: ignore[misc]
    return found


def _behind(code: str) -> Callable[[EffectMonth], Q]:
    def where(month: EffectMonth) -> Q:
        found: Q = contributions.registry().tier_figures[code].behind(month.first, month.run.as_of)
        return found

    return where


# --- what the address asks for ---------------------------------------------------------------------------------------
def month_of(asked: Asked) -> EffectMonth | None:
    """The month that the address names; the last one that is over where it names none."""
    found = vars(asked)
    if "effect_month" not in found:
        found["effect_month"] = figures.chosen(figures.months(), asked.given.get("month", ""))
    month: EffectMonth | None = found["effect_month"]
    return month


def _asked_rows(asked: Asked) -> tuple[str, Rows]:
    found = rows_of_figures()
    code = asked.given.get("figure", "")
    one = contributions.registry().tier_figures.get(code)
    # Who may not know a figure isn't told of whom it counts.
    code = code if code in found and (one is None or asked.user.can(one.permission)) else "customers"
    return code, found[code]


def adds_up(asked: Asked) -> bool:
    """Whether the figure is about sales of the month: each row shows its own."""
    return _asked_rows(asked)[0] in ("sold", "change", "bought")


def compares(asked: Asked) -> bool:
    """Whether it sets the month against the days before."""
    return _asked_rows(asked)[0] == "change"


def _rows(asked: Asked) -> QuerySet[Customer]:
    month = month_of(asked)
    rows = Customer.objects.for_user(asked.user, "score.view").filter(reach(asked.user))
    rows = rows.select_related("facts", "owner", "channel").defer("search_tokens")
    if month is None:
        return rows.none()
    code, wanted = _asked_rows(asked)
    tier, scheme = asked.values.get("tier"), asked.values.get("scheme")
    end = {"tier": asked.values.get("end_tier"), "tier_scheme": scheme if wanted.at_end else None}
    where = ended(month, **{name: value for name, value in end.items() if value}) & wanted.where(month)
    if one := contributions.registry().tier_figures.get(code):
        rows = rows.filter(pk__in=Customer.objects.for_user(asked.user, one.permission).order_by().values("pk"))
    if tier:
        where &= begun(month, tier=tier) | (~begun(month) if tier == UNRATED else Q(pk__in=[]))
    if scheme and not wanted.at_end:
        where &= begun(month, tier_scheme=scheme) | (~begun(month) & ended(month, tier_scheme=scheme))
    return rows.filter(where)


def gone(asked: Asked) -> str:
    """How many of those whom the figure counted can't be listed any more, in words; empty where none or not known."""
    month, (_code, wanted) = month_of(asked), _asked_rows(asked)
    if month is None or wanted.counted is None or asked.q:
        return ""
    if any(asked.values.get(name) for name in (("tier", "standing") if wanted.at_end else ("end_tier",))):
        return ""  # no sum is kept by these
    counted = wanted.counted(_sums(asked, month))
    if counted > MOST_COUNTED:
        return ""
    missing = counted - asked.rows.order_by().count()
    if missing <= 0:
        return ""
    words = ngettext(
        "%(n)s of the %(counted)s whom the night counted is no longer yours or was deleted.",
        "%(n)s of the %(counted)s whom the night counted are no longer yours or were deleted.",
        missing,
    )
    return words % {"n": formatting.number(missing), "counted": formatting.number(counted)}


def _sums(asked: Asked, month: EffectMonth) -> Sums:
    """What the night counted under the filters of the list."""
    span = Span(Kind.MONTH, month.first, month.run.as_of)
    chosen = (asked.values.get(name) for name in ("team", "channel"))
    choice = Choice(month.run, span, asked.values.get("scheme", ""), *chosen)
    return Effects(asked.user, choice, [month]).of(month, asked.values)


def _months(asked: Asked) -> Sequence[tuple[str, Words]]:
    return [(f"{month.first:%Y-%m}", formatting.month(month.first)) for month in reversed(figures.months())]


def _read_tier(asked: Asked, text: str) -> str | None:
    return text if text == UNRATED or text in dict(catalogue.every_choice()) else None


def _tier_words(asked: Asked, code: str) -> Words:
    return _("unrated") if code == UNRATED else dict(catalogue.every_choice()).get(code, code)


def channel_words(asked: Asked, pk: int) -> Words:
    found = customers.known_channels().filter(pk=pk).first()
    return found.name if found else formatting.DASH


FILTERS = (
    Filter(
        "month",
        gettext_lazy("Month"),
        read=lambda asked, text: text if text in dict(_months(asked)) else None,
        where=lambda asked, text: Q(),
        words=lambda asked, text: dict(_months(asked))[text],
        choices=_months,
    ),
    Filter(
        "figure",
        gettext_lazy("Figure"),
        read=lambda asked, text: text if text == _asked_rows(asked)[0] else None,
        where=lambda asked, code: Q(),
        words=lambda asked, code: rows_of_figures()[code].words,
    ),
    # As of the begin or end of the month; the rows are narrowed by it where they are read as of that day.
    Filter("tier", gettext_lazy("Tier then"), read=_read_tier, where=lambda asked, code: Q(), words=_tier_words),
    Filter(
        "end_tier",
        gettext_lazy("Tier at the end"),
        read=_read_tier,
        where=lambda asked, code: Q(),
        words=_tier_words,
    ),
    Filter(
        "scheme",
        gettext_lazy("Scheme"),
        read=lambda asked, text: text if text in Tier.Scheme.values else None,
        where=lambda asked, code: Q(),
        words=lambda asked, code: catalogue.scheme_name(code),
    ),
    Filter(
        "standing",
        gettext_lazy("New or existing"),
        read=lambda asked, text: text if text in Standing.values else None,
        where=lambda asked, code: stood(month, code) if (month := month_of(asked)) else Q(),
        words=lambda asked, code: Standing(code).label,
    ),
    team_filter("team__path"),
    Filter(
        "channel",
        gettext_lazy("Channel"),
        read=lambda asked, text: row_id(text) or None,
        where=lambda asked, pk: Q(channel=pk),
        words=channel_words,
    ),
)


def drawn(asked: Asked, page: list[Customer]) -> Iterable[BehindRow]:
    return (BehindRow(customer, facts_of(customer), catalogue.tier_of(customer)) for customer in page)


def _with_sales(asked: Asked, page: list[Customer]) -> Iterable[BehindRow]:
    month, ids = month_of(asked), [customer.pk for customer in page]
    brought = _brought(month, ids) if month and adds_up(asked) else None
    usual = _usual(month, ids) if month and compares(asked) else None
    for row in drawn(asked, page):
        yield replace(
            row,
            brought=None if brought is None else brought.get(row.pk, 0),
            usual=None if usual is None else usual.get(row.pk, 0),
        )


def _sold(month: EffectMonth, customers: Any) -> QuerySet[Order]:
    # unscoped: of customers in hand
    rows = Order.objects.filter(state=Order.State.COMPLETED, customer__in=customers)
    return rows.filter(ordered_on__range=(month.first, month.run.as_of)).order_by()


def _brought(month: EffectMonth, ids: Sequence[int]) -> dict[int, int]:
    """Customer -> net sales of the month, as effect_of.sql adds them up; minor units."""
    return dict(_sold(month, ids).values_list("customer").annotate(net=Sum("amount")))


def _usual(month: EffectMonth, ids: Sequence[int]) -> dict[int, int]:
    """Customer -> what it brought in as many days on average, of those that counted at the begin; minor units."""
    days = (month.run.as_of - month.first).days + 1
    window = ScoreRun.objects.filter(as_of=month.begun_on).values_list("window_days", flat=True).first() or 0
    scores = ScoreInterval.objects.filter(in_force(month.begun_on), customer__in=ids, monetary__isnull=False)
    amounts = scores.order_by().values_list("customer", "monetary")
    return {pk: round((amount or 0) * days / window) for pk, amount in amounts} if window else {}


def together(asked: Asked) -> str:
    """What those listed brought in the month, and what the figure counted where that differs; of sums only."""
    month = month_of(asked)
    if month is None or _asked_rows(asked)[0] not in ("sold", "change"):
        return ""
    listed = _sold(month, asked.rows.order_by().values("pk")).aggregate(net=Sum("amount"))["net"] or 0
    words = {"listed": formatting.money_round(listed, currency())}
    if asked.q or asked.values.get("end_tier"):
        return _("Net sales of those listed in the month: %(listed)s.") % words
    counted = _sums(asked, month).revenue
    if counted == listed:
        return _("Net sales of those listed in the month: %(listed)s, as the figure says.") % words
    words["counted"] = formatting.money_round(counted, currency())
    return (
        _(
            "Net sales of those listed in the month: %(listed)s. The night counted %(counted)s, of all who were yours"
            " then and with the orders of then."
        )
        % words
    )


def found_by(asked: Asked, rows: Any) -> QuerySet[Customer]:
    return searched(rows, asked.user, asked.q)


def _money(amount: int | None) -> str:
    return formatting.money_round(amount, currency())


COLUMNS = (
    Column(gettext_lazy("Customer"), lambda row: tiered_customer_cell(row.customer, row.tier), sort="name"),
    Column(gettext_lazy("Lifecycle now"), lambda row: row.facts.lifecycle_word, phone=""),
    Column(gettext_lazy("Last order"), lambda row: formatting.day_short(row.facts.last_order_on), sort="bought"),
    Column(
        gettext_lazy("Owner"),
        owner_cell,
        phone="",
    ),
    Column(
        gettext_lazy("Net sales now"),
        lambda row: formatting.money_round(row.facts.monetary, currency()),
        css="number",
        sort="value",
    ),
)
BROUGHT = gettext_lazy("Net sales of the month")
USUAL = gettext_lazy("As many days before")
EXPORT = Export(
    permission="customer.export",
    audit_act="customer.export",
    home="tier_effect_customers",
    page="tier_effect_customers_export",
    title=gettext_lazy("Customers behind the effect"),
    counted=lambda n: ngettext("%(n)s customer", "%(n)s customers", n) % {"n": f"{n:,}"},
    load=lambda rows: rows.select_related("facts", "owner"),
    sheets=(
        Sheet(
            gettext_lazy("Customers behind the effect"),
            Customer,
            (
                *WHOSE,
                ExportColumn(gettext_lazy("tier"), lambda row: getattr(row.tier, "name", "")),
                ExportColumn(gettext_lazy("lifecycle"), lambda row: row.facts.lifecycle_word),
                ExportColumn(gettext_lazy("last order"), lambda row: row.facts.last_order_on),
                ExportColumn(gettext_lazy("net sales now"), lambda row: row.facts.monetary, money=True),
                ExportColumn(BROUGHT, lambda row: row.brought, money=True),
                ExportColumn(USUAL, lambda row: row.usual, money=True),
            ),
            lambda asked, page: _with_sales(asked, list(page)),
        ),
    ),
)
EFFECT_CUSTOMERS = Listing(
    permission="score.view",
    rows=_rows,
    draw=_with_sales,
    caption=gettext_lazy("Customers behind the figure"),
    orders={
        "value": ("facts__monetary", "facts__pk"),
        "bought": ("facts__last_order_on", "facts__pk"),
        "name": ("name_sort", "pk"),
    },
    first_sort="-value",
    filters=FILTERS,
    search=found_by,
    hint=gettext_lazy("Name, initials, phone tail, contact"),
    columns=(
        *COLUMNS,
        Column(
            BROUGHT, lambda row: _money(row.brought), css="number", phone=gettext_lazy("In the month"), shown=adds_up
        ),
        Column(USUAL, lambda row: _money(row.usual), css="number", phone=gettext_lazy("Before"), shown=compares),
    ),
    named=lambda row: row.customer.name,
    empty=lambda asked: Empty(_("Nobody here"), _("The figures of a month are counted each night.")),
    export=EXPORT,
    css="lines",
)
