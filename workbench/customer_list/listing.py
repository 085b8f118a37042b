"""The customer list as the address describes it: view, search, filters, order; composed over CustomerFacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.http import Request
from accounts.masking import is_pool_only, masked, pool_shows
from accounts.models import User
from accounts.scope import reach_of
from core import clock, paging
from customers import selectors
from customers.facts import Read, read_by
from customers.filters import filters_of_the_pool
from customers.models import ACTIVE, Customer, Lifecycle, Stage, Warn, facts_of
from customers.search import searched
from sales.models import Order
from segmentation import catalogue
from workbench.customer_list import drilldown
from workbench.customer_list.filters import CustomerFilter

COUNT_UP_TO = 1000
HIGH_VALUE_RANK = 2
MONTHS = 12
ORDERS: Mapping[str, tuple[str, str]] = {
    "name": ("name_sort", "pk"),
    "tier": ("facts__tier_rank", "facts__pk"),
    "contact": ("facts__last_contact_at", "facts__pk"),
    "next": ("facts__next_follow_up_on", "facts__pk"),
    "bought": ("facts__last_order_on", "facts__pk"),
    "value": ("facts__monetary", "facts__pk"),
}
DEFAULT_ORDER = "tier"
# By these one may look through the unassigned pool too: they go by nothing that it hides.
PUBLIC = frozenset({"view", "q", "sort", "cursor", "list"}) | filters_of_the_pool(CustomerFilter)
PUBLIC_ORDERS = frozenset(name for name, (field, _unique) in ORDERS.items() if pool_shows(Customer, field))
PUBLIC_VIEWS = ("all", "high")
NEW_BY_IMPORT = frozenset({"import", "brought"})
# What a row shows, is sorted by, or what masking looks at; the long texts stay where they are.
LOADED = (
    *("number", "name", "name_sort", "kind", "region", "industry", "stage", "do_not_contact", "source"),
    *Customer.mask_fields,
    *("owner__name", "owner_id", "service_owner_id", "deleted_at"),
    *(f"facts__{name}" for name in read_by(Read.LIST)),
)
UNPLANNED = (
    Q(facts__next_follow_up_on=None, do_not_contact=False)
    & Q(facts__lifecycle__in=ACTIVE)
    & ~Q(stage=Stage.PAUSED)
    & ~Q(owner=None)
)


@dataclass(frozen=True)
class Tab:
    """One saved view."""

    key: str
    label: str | Promise
    current: bool = False

    @property
    def url(self) -> str:
        return f"?view={self.key}"


TABS = (
    Tab("mine", _("My customers")),
    Tab("high", _("High-value")),
    Tab("unplanned", _("No plan")),
    Tab("warned", _("Churn warning")),
    Tab("pool", _("Unassigned pool")),
    Tab("all", _("All")),
)


class Listing:
    """One person's list for one address."""

    def __init__(self, request: Request, asked: QueryDict | None = None) -> None:
        self.request = request
        self.user = request.user
        self.asked = request.GET if asked is None else asked
        self.q = self.asked.get("q", "").strip()[:100]
        self.view = self._chosen_view(self.asked.get("view", ""))

    def _chosen_view(self, wanted: str) -> str:
        """A search from the top bar looks everywhere; else people begin with their first view."""
        known = [tab.key for tab in self._views]
        return wanted if wanted in known else "all" if self.q else known[0]

    @property
    def tabs(self) -> list[Tab]:
        """The views of this person, with the one in force marked."""
        return [replace(tab, current=tab.key == self.view) for tab in self._views]

    @cached_property
    def _views(self) -> list[Tab]:
        """First where they begin: one's own customers, or all for who looks after others."""
        *views, everything = TABS
        if not self._limited:
            views = [tab for tab in views if tab.key != "mine" or self.user.can("customer.add")]
        return [everything, *views] if reach_of(self.user).beyond_own("customer.view") else [*views, everything]

    @property
    def _limited(self) -> bool:
        """Whether pool customers show number, name, tier and region only, so that nothing else may sort or filter."""
        return not reach_of(self.user).everywhere("customer.view")

    # --- rows
    @cached_property
    def filter(self) -> CustomerFilter:
        """The filters over what this view holds."""
        rows = self.drill.rows if self.drill else self._viewed
        return CustomerFilter(self.asked, queryset=rows, request=self.request)

    @cached_property
    def _viewed(self) -> QuerySet[Customer]:
        shows_pool = not self._limited or self.view == "pool" or self._asks_public
        rows = selectors.customers_for(self.user, own=self.view == "mine", pool=shows_pool)
        rows = rows.select_related("facts", "owner").only(*LOADED).filter(self._condition())
        return searched(rows, self.user, self.q)

    @property
    def _asks_public(self) -> bool:
        """Whether a search, or a look at whom an import has made, goes by nothing that the pool hides."""
        new = self.asked.get("brought") == "new"
        private = set(self.asked) - PUBLIC - (NEW_BY_IMPORT if new else set())
        by_public = not private and self.sort.lstrip("-") in PUBLIC_ORDERS and self.view in PUBLIC_VIEWS
        return by_public and bool(self.q or (new and "import" in self.asked))

    def _condition(self) -> Q:
        return {
            "mine": Q(),
            "high": Q(facts__tier_rank__lte=HIGH_VALUE_RANK),
            "unplanned": UNPLANNED,
            "warned": ~Q(facts__warning=Warn.NONE) & Q(facts__warning__isnull=False),
            "pool": Q(owner=None),
            "all": Q(),
        }[self.view]

    @cached_property
    def drill(self) -> drilldown.Drilldown | None:
        """The rows behind a figure of a dashboard, when the address names one."""
        wanted = {name: self.asked[name] for name in drilldown.PARAMETERS if name in self.asked}
        return drilldown.drill(self.user, self._viewed, wanted) if wanted else None

    @cached_property
    def rows(self) -> QuerySet[Customer]:
        """All rows of the list, unordered."""
        return self.filter.narrowed(PUBLIC if self._pool_only else None)

    @property
    def _pool_only(self) -> bool:
        return self._limited and self.view == "pool"

    @property
    def order(self) -> tuple[str, ...]:
        """Field paths for keyset pages."""
        fields = ORDERS[self.sort.lstrip("-")]
        return tuple(f"-{field}" for field in fields) if self.sort.startswith("-") else fields

    @property
    def sort(self) -> str:
        """The order in force, as the address says it."""
        wanted = self.asked.get("sort", "")
        known = PUBLIC_ORDERS if self._pool_only else ORDERS
        return wanted if wanted.lstrip("-") in known else DEFAULT_ORDER

    @cached_property
    def page(self) -> paging.Page:
        """One page, masked and with what its cells need."""
        page = paging.keyset_page(self.rows, order=self.order, cursor=self.asked.get("cursor"))
        months = bought_by_month(self.user, page.rows)
        for customer in page.rows:
            _dress(self.user, customer, months.get(customer.pk, {}))
        return page

    @cached_property
    def total(self) -> str:
        """How many, exactly up to 1,000 and "1,000+" beyond: nobody waits for a count of everything."""
        whole = not self.page.next_cursor and not self.page.previous_cursor
        count = len(self.page.rows) if whole else self.rows.order_by()[: COUNT_UP_TO + 1].count()
        return f"{COUNT_UP_TO:,}+" if count > COUNT_UP_TO else f"{count:,}"

    # --- the address
    def query(self, **changes: Any) -> str:
        """The address' parameters with some changed (None = removed), without the cursor."""
        parameters = self.asked.copy()
        parameters.pop("cursor", None)
        for name, value in changes.items():
            parameters.pop(name, None)
            if value is not None:
                parameters[name] = value
        return parameters.urlencode()

    @property
    def ignored(self) -> list[str]:
        """What the address asks for and the list can't do."""
        unknown_run = [str(_("Figure"))] if self.asked.get("run") and not self.drill else []
        return self.filter.ignored + unknown_run

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The parameters a form must carry along."""
        return [(name, value) for name, values in self.asked.lists() for value in values if name != "cursor"]

    @property
    def path(self) -> str:
        """The parameters that lead back to this list, for previous and next on a customer's page."""
        return self.query()


def neighbour(listing: Listing, customer: Customer, *, backwards: bool) -> Customer | None:
    """The customer before or after this one in the list."""
    return paging.neighbour(listing.rows, customer, order=listing.order, backwards=backwards)


def bought_by_month(user: User, customers: list[Customer]) -> dict[int, dict[date, int]]:
    """customer id -> first of month -> net amount in minor units, for the last 12 months; one query.

    Whose orders may be seen is decided on the rows in hand, which costs nothing; for_user would join the customers
    again, and that took five times as long as the sums.
    """
    first = clock.months_back(clock.business_date(), MONTHS)[0]
    ids = [customer.pk for customer in customers if reach_of(user).holds(customer, "order.view")]
    if not ids:
        return {}
    # unscoped: decided on the customers in hand, see above
    rows = Order.objects.filter(customer__in=ids, ordered_on__gte=first, state=Order.State.COMPLETED)
    sums: dict[int, dict[date, int]] = {}
    grouped = rows.annotate(month=TruncMonth("ordered_on")).values("customer_id", "month").annotate(net=Sum("amount"))
    for pk, month_start, net in grouped.order_by().values_list("customer_id", "month", "net"):
        sums.setdefault(pk, {})[month_start] = net
    return sums


def _dress(user: User, customer: Customer, months: Mapping[date, int]) -> None:
    """Put what the cells show on the instance."""
    customer.limited = is_pool_only(user, customer)
    masked(user, customer)
    customer.facts = facts_of(customer)
    customer.tier = catalogue.tier_of(customer)
    customer.months = [months.get(first, 0) for first in clock.months_back(clock.business_date(), MONTHS)]
    customer.year_total = sum(customer.months) if months else None
    lost = customer.facts.lifecycle == Lifecycle.LOST
    customer.expects_plan = not (lost or customer.do_not_contact or customer.stage == Stage.PAUSED)
