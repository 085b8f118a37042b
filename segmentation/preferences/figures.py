"""What the customers of each tier buy, from the sums of one run, and what more or fewer buy than at an earlier one."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock, sql
from core.company import currency
from customers.models import UNRATED
from intake.tablefiles import FigureTable, in_percent
from sales.models import Product
from sales.selectors import products
from segmentation import catalogue
from segmentation.cases.selectors import FEW
from segmentation.models import ScoreRun
from segmentation.pages.figures import Choice, customers_url, narrowed
from segmentation.pages.spans import shifted
from segmentation.preferences import items
from segmentation.preferences.items import ANY, BEYOND, FEES, WITHOUT
from segmentation.preferences.models import PreferenceCount, PreferenceSum
from ui import formatting

SHOWN = 20  # products of a page
MOVED = 5  # products that grew most, and as many that shrank
EARLIER = (12, 3)  # so many months before, the first of which an end of a month is kept
ALL = ""  # the column of all tiers together

Sums = Mapping[str, Mapping[int, tuple[int, int]]]  # tier -> item -> customers, net sales


def counts() -> list[PreferenceCount]:
    """The runs that were counted, the latest first."""
    # unscoped: says which products stand in the sums at all
    return list(PreferenceCount.objects.select_related("run").order_by("-run__as_of"))


def earlier(found: Sequence[PreferenceCount], run: ScoreRun) -> PreferenceCount | None:
    """What a run is compared with: the end of a month a year before, else three months before; None without it."""
    by_day = {count.run.as_of: count for count in found}
    days = [clock.month_end(shifted(run.as_of.replace(day=1), -months)) for months in EARLIER]
    return next((by_day[day] for day in days if day in by_day and run.as_of == clock.month_end(run.as_of)), None)


def sums(user: User, choice: Choice, runs: Sequence[ScoreRun]) -> dict[int, Sums]:
    """run id -> what this person's dashboards add up under the filters of the page; one query."""
    rows = narrowed(PreferenceSum, user, choice, run__in=runs).signed()
    text, params = rows.values("run_id", "tier", "items", "customers", "revenue", "sign").query.sql_with_params()
    found: dict[int, Any] = {run.pk: defaultdict(dict) for run in runs}
    with connection.cursor() as cursor:
        sql.run(cursor, "segmentation", "preferences_read", params, rows=text)
        for run, tier, item, customers, net in cursor:
            found[run][tier][item] = (int(customers), int(net))
            before = found[run][ALL].get(item, (0, 0))
            found[run][ALL][item] = (before[0] + int(customers), before[1] + int(net))
    return found


def named(item: int, known: Product | None) -> str:
    """What an item is called; a product that the reader may not see, or that is gone, by its id."""
    names = {
        ANY: _("Any product"),
        WITHOUT: _("Without a product"),
        FEES: _("Fees and discounts"),
        BEYOND: _("Products beyond these"),
    }
    return names.get(item) or (known.name if known else _("Product %(number)s") % {"number": item})


def item_name(user: User, item: int) -> str:
    """The same of one item, for this person."""
    return named(item, products(user, inactive=True).filter(pk=item).first() if item > 0 else None)


@dataclass(frozen=True)
class Cell:
    """What the customers of one tier bought of an item. `share`: of the tier's buying customers or of its net sales;
    None where they are too few for one."""

    customers: int
    revenue: int
    share: float | None
    wash: int
    url: str


@dataclass(frozen=True)
class Row:
    """An item with a cell for all tiers together and for each of them."""

    item: int
    name: str
    sku: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Moved:
    """A product that more or fewer customers bought than at the earlier end of a month. `change` of 1; None where they
    were too few then for a share."""

    item: int
    name: str
    before: int
    now: int
    before_url: str
    now_url: str

    @property
    def difference(self) -> int:
        return self.now - self.before

    @property
    def size(self) -> str:
        """The difference without its sign."""
        return formatting.number(abs(self.difference))

    @property
    def change(self) -> float | None:
        return self.difference / self.before if self.before >= FEW else None


class Preferences:
    """The page under one choice: four queries, however many products and owners there are."""

    few = FEW

    def __init__(
        self,
        user: User,
        choice: Choice,
        found: Sequence[PreferenceCount],
        *,
        by_sales: bool = False,
        page: int = 1,
    ) -> None:
        self.choice, self.by_sales, self.currency = choice, by_sales, currency()
        self.count = next(count for count in found if count.run_id == choice.run.pk)
        self.earlier = earlier(found, choice.run)
        runs = [choice.run, *([self.earlier.run] if self.earlier else [])]
        by_run = sums(user, choice, runs)
        self.sums = by_run[choice.run.pk]
        self.before = by_run[self.earlier.run.pk] if self.earlier else None
        self.all = self.sums.get(ALL, {})
        known = catalogue.by_code(choice.scheme)
        self.tiers = {code: tier for code, tier in known.items() if tier.in_use or code in self.sums}
        self.codes = [ALL, *self.tiers, *([UNRATED] if UNRATED in self.sums else [])]
        rank = 1 if by_sales else 0
        self.products = sorted(
            (item for item in self.all if item > 0), key=lambda item: (-self.all[item][rank], -self.all[item][1], item)
        )
        named = {*self.products, *(item for item in (self.before or {}).get(ALL, {}) if item > 0)}
        # Whoever may not see products reads their numbers in the database.
        shown = products(user, inactive=True).filter(pk__in=named) if named else ()
        self.known = {product.pk: product for product in shown}
        self.pages = max(1, -(-len(self.products) // SHOWN))
        self.page = min(max(page, 1), self.pages)

    # --- what each tier buys -----------------------------------------------------------------------------------------
    @property
    def buyers(self) -> int:
        """Customers who bought anything."""
        return self._of(ALL, ANY)[0]

    @property
    def first_day(self) -> date:
        return items.start_of(self.choice.run)

    def _of(self, code: str, item: int) -> tuple[int, int]:
        return self.sums.get(code, {}).get(item, (0, 0))

    @cached_property
    def heads(self) -> list[dict[str, Any]]:
        """The columns: all together first, then the tiers, with who of them bought anything."""
        return [
            {"tier": self.tiers.get(code), "name": self._tier_name(code), "cell": self._cell(code, ANY)}
            for code in self.codes
        ]

    def _tier_name(self, code: str) -> str:
        return self.tiers[code].name if code in self.tiers else _("Together") if code == ALL else _("Unrated")

    def name(self, item: int) -> str:
        """What an item is called."""
        return named(item, self.known.get(item))

    def _cell(self, code: str, item: int) -> Cell:
        customers, net = self._of(code, item)
        share = self._shares(code, item)[self.by_sales]
        asked = {"product": items.written(item)} | ({"to": code} if code else {})
        if self.by_sales:
            asked["returns"] = "1"
        there = net if self.by_sales else customers
        return Cell(customers, net, share, self._wash(share or 0), customers_url(self.choice, **asked) if there else "")

    def _wash(self, share: float) -> int:
        """The ink wash 1-5 in even steps to the highest share: of many products none comes near to half of all buyers,
        from where on `charts.wash` is darkest."""
        return 1 + math.ceil(4 * share / max(share, self._highest)) if share > 0 else 1

    @cached_property
    def _highest(self) -> float:
        """The highest share of a product in any column."""
        shares = [self._shares(code, item)[self.by_sales] for code in self.codes for item in self.products]
        return max((share for share in shares if share is not None), default=0.0)

    def _shares(self, code: str, item: int) -> tuple[float | None, float | None]:
        """Of the tier's buying customers and of its net sales; None where these are too few."""
        customers, net = self._of(code, item)
        of_customers, of_sales = self._of(code, ANY)
        if of_customers < FEW:
            return None, None
        return customers / of_customers, net / of_sales if of_sales > 0 else None

    def _row(self, item: int) -> Row:
        sku = self.known[item].sku if item in self.known else ""
        return Row(item, self.name(item), sku, [self._cell(code, item) for code in self.codes])

    def told(self, code: str) -> list[dict[str, Any]]:
        """Every item of a tier, as the API gives it."""
        return [
            {
                "item": items.WORDS.get(item, "product"),
                "product": item if item > 0 else None,
                "name": self.name(item),
                "customers": customers,
                "net_sales": net,
            }
            for item, (customers, net) in sorted(self.sums.get(code, {}).items())
        ]

    @cached_property
    def rows(self) -> list[Row]:
        """The products of the page, those that most customers bought or that bring most first."""
        start = (self.page - 1) * SHOWN
        return [self._row(item) for item in self.products[start : start + SHOWN]]

    @cached_property
    def further(self) -> list[Row]:
        """What is no product by name, as far as there is any."""
        return [self._row(item) for item in (BEYOND, WITHOUT, FEES) if item in self.all]

    @cached_property
    def elsewhere(self) -> Sequence[tuple[int, float | None]] | None:
        """Net sales of the products of other pages by column, with their share; None without such products. How many
        customers bought any of them isn't kept: one may have bought several."""
        if self.pages == 1:
            return None
        here, found = {row.item for row in self.rows}, []
        for code in self.codes:
            net = sum(self._of(code, item)[1] for item in self.products if item not in here)
            customers, total = self._of(code, ANY)
            found.append((net, net / total if customers >= FEW and total > 0 else None))
        return found

    @property
    def of_all(self) -> Row:
        """Whatever was bought, by column."""
        return self._row(ANY)

    @property
    def others(self) -> int:
        """How many products stand on other pages."""
        return len(self.products) - len(self.rows)

    @property
    def title(self) -> str:
        """The product that most customers buy, where they are enough for a share."""
        if self.buyers < FEW or not self.products:
            return _("What each tier buys")
        best = max(self.products, key=lambda item: self.all[item][0])
        words = {"share": formatting.percent(self.all[best][0] / self.buyers), "product": self.name(best)}
        return _("%(share)s of buying customers bought %(product)s") % words

    # --- who buys more of what ---------------------------------------------------------------------------------------
    @cached_property
    def moved(self) -> list[Moved]:
        """Products that at least `FEW` customers bought at one of both ends of a month, the largest growth first."""
        if self.earlier is None or self.before is None:
            return []
        then, choice = self.before.get(ALL, {}), replace(self.choice, run=self.earlier.run)
        found = []
        for item in {*self.products, *(item for item in then if item > 0)}:
            if not (_told(self.count, item) and _told(self.earlier, item)):
                continue
            counted = then.get(item, (0, 0))[0], self.all.get(item, (0, 0))[0]
            if max(counted) < FEW:
                continue
            urls = [customers_url(at, product=items.written(item)) for at in (choice, self.choice)]
            found.append(Moved(item, self.name(item), *counted, *urls))
        return sorted(found, key=lambda moved: (-moved.difference, moved.name))

    @property
    def grown(self) -> list[Moved]:
        return [moved for moved in self.moved if moved.difference > 0][:MOVED]

    @property
    def shrunk(self) -> list[Moved]:
        return [moved for moved in self.moved if moved.difference < 0][::-1][:MOVED]

    @property
    def both(self) -> list[Moved]:
        """Those that the page shows: the largest growth first, the largest loss last."""
        return [*self.grown, *self.shrunk[::-1]]

    @property
    def buyers_before(self) -> int:
        """Customers who bought anything as of the earlier end of a month."""
        return (self.before or {}).get(ALL, {}).get(ANY, (0, 0))[0]

    # --- files -------------------------------------------------------------------------------------------------------
    @property
    def tables(self) -> list[FigureTable]:
        """What the page shows, of all products, as files have it."""
        found = [self._bought_table]
        return [*found, self._moved_table] if self.moved else found

    @property
    def _bought_table(self) -> FigureTable:
        code = currency()
        head = [
            _("Product"),
            _("product number"),
            _("Tier"),
            _("Customers"),
            _("Share of buying customers"),
            f"{_('Net sales')} ({code})",
            _("Share of sales"),
        ]
        rows: list[list[Any]] = []
        for item in (*self.products, *(item for item in (BEYOND, WITHOUT, FEES, ANY) if item in self.all)):
            for tier in self.codes:
                customers, net = self._of(tier, item)
                of_customers, of_sales = [None if x is None else in_percent(x) for x in self._shares(tier, item)]
                sku = self.known[item].sku if item in self.known else ""
                amount = formatting.major(net, code)
                rows.append([self.name(item), sku, self._tier_name(tier), customers, of_customers, amount, of_sales])
        return FigureTable("bought", _("What each tier buys"), head, rows)

    @property
    def _moved_table(self) -> FigureTable:
        days = [formatting.day(count.run.as_of) for count in (self.earlier, self.count) if count]
        rows = [
            [moved.name, moved.before, moved.now, None if moved.change is None else in_percent(moved.change)]
            for moved in self.moved
        ]
        head = [_("Product"), *days, _("Change in percent")]
        return FigureTable("demand", _("Bought by more or fewer customers"), head, rows)


def _told(count: PreferenceCount, item: int) -> bool:
    """Whether the sums of a run say of a product how many bought it: it is kept by name, or every product is."""
    return item in count.items or BEYOND not in count.items
