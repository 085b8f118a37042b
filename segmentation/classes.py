"""What the scores of a customer come to in words: class of frequency, class of amount, and one of the five groups.

The same on the customer's page and in the file of the customer list, both from the scores in force and the bounds of
the last night (docs/algorithms/rfm.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.models import User
from core import company
from core.contributions import ExportColumn, ExportPart
from customers.models import Customer
from segmentation import rfm
from segmentation.models import ScoreInterval
from segmentation.selectors import days_that_count, latest_run, published_runs
from ui.formatting import money_round, number

HIGHEST_TOTAL = 15
OFTEN = F("customer__facts__frequency_class")
WORDS = ("group5", "often")
FREQUENCY = {
    "high": pgettext_lazy("how often bought", "often"),
    "mid": pgettext_lazy("how often bought", "now and then"),
    "low": pgettext_lazy("how often bought", "rarely"),
}
AMOUNT = {
    "large": pgettext_lazy("how much bought", "large"),
    "mid": pgettext_lazy("how much bought", "medium"),
    "small": pgettext_lazy("how much bought", "small"),
}
GROUP5 = {
    "high": pgettext_lazy("group of customers", "high-value"),
    "growth": pgettext_lazy("group of customers", "growing"),
    "steady": pgettext_lazy("group of customers", "steady"),
    "general": pgettext_lazy("group of customers", "general"),
    "low": pgettext_lazy("group of customers", "low-value"),
}


@dataclass(frozen=True)
class Classes:
    """The scores in force of one customer; `often`: the class of the frequency that the night gave; `bounds`: from
    which amount on the classes large and mid begin."""

    purchase_days: int
    monetary: int
    r: int
    f: int
    m: int
    group5: str
    often: str
    bounds: tuple[int | None, int | None]

    @property
    def frequency(self) -> str:
        """often, now and then, rarely; empty without a purchase."""
        return str(FREQUENCY.get(self.often, ""))

    @property
    def amount(self) -> str:
        """large, medium, small; empty without revenue."""
        return str(AMOUNT.get(rfm.amount_class(self.monetary, self.bounds), ""))

    @property
    def group(self) -> str:
        """One of the five."""
        return str(GROUP5.get(self.group5, self.group5))

    @property
    def total(self) -> int:
        """r + f + m."""
        return self.r + self.f + self.m


def classes_read(user: User) -> ArraySubquery:
    """The scores in force of the customer whose row asks, with the bounds of the last night; for `classes_of`."""
    bounds = Subquery(published_runs().select_related(None).values("cut_points__amount_classes")[:1])
    rows = ScoreInterval.objects.for_user(user).filter(customer=OuterRef("pk"), valid_to=None, r__isnull=False)
    kept = {name: name for name in ("purchase_days", "monetary", "r", "f", "m", "group5")}
    return ArraySubquery(rows.values(data=JSONObject(**kept, often=OFTEN, bounds=bounds))[:1])


def classes_of(found: Sequence[Mapping[str, Any]] | None) -> Classes | None:
    """What `classes_read` found; None without a score."""
    if not found:
        return None
    row = dict(found[0])
    large, mid = row.pop("bounds") or (None, None)
    return Classes(
        **{name: value or 0 for name, value in row.items() if name not in WORDS},
        group5=row["group5"],
        often=row["often"] or "",
        bounds=(large, mid),
    )


def in_words(classes: Classes) -> list[tuple[str, str, str]]:
    """(what, class, the numbers behind it) for the customer's page."""
    days = ngettext("bought on %(n)s day of %(days)s", "bought on %(n)s days of %(days)s", classes.purchase_days) % {
        "n": classes.purchase_days,
        "days": number(days_that_count()),
    }
    found = [(_("Frequency"), classes.frequency, days)]
    if classes.amount:
        found.append((_("Amount"), classes.amount, _amounts(classes)))
    total = _("%(total)s of %(most)s points (R %(r)s, F %(f)s, M %(m)s)")
    points = {"total": classes.total, "most": HIGHEST_TOTAL, "r": classes.r, "f": classes.f, "m": classes.m}
    return [*found, (_("Group"), classes.group, total % points)]


def _amounts(classes: Classes) -> str:
    """The amount, and from where its class and the one above begin."""
    code, (large, mid) = company.currency(), classes.bounds
    words = {
        "amount": money_round(classes.monetary, code),
        "large": money_round(large, code),
        "mid": money_round(mid, code),
        "days": number(days_that_count()),
    }
    return _("%(amount)s in %(days)s days; large from %(large)s, medium from %(mid)s") % words


def _load(user: User, customers: Sequence[Customer]) -> dict[int, Classes]:
    run = latest_run()
    large, mid = (run.cut_points.amount_classes if run and run.cut_points else None) or (None, None)
    rows = ScoreInterval.objects.for_user(user).filter(customer__in=[row.pk for row in customers], valid_to=None)
    figures = ("purchase_days", "monetary", "r", "f", "m")
    return {
        row.customer_id: Classes(
            **{name: getattr(row, name) or 0 for name in figures},
            group5=row.group5,
            often=row.often,
            bounds=(large, mid),
        )
        for row in rows.annotate(often=OFTEN)
        if row.r is not None
    }


IN_THE_CUSTOMERS_FILE = ExportPart(
    "customers",
    (
        ExportColumn("R", lambda row: row.r),
        ExportColumn("F", lambda row: row.f),
        ExportColumn("M", lambda row: row.m),
        ExportColumn(pgettext_lazy("column", "Points"), lambda row: row.total),
        ExportColumn(pgettext_lazy("column", "Group"), lambda row: row.group),
        ExportColumn(pgettext_lazy("column", "Days that count"), lambda row: days_that_count()),
        ExportColumn(pgettext_lazy("column", "Purchase days in them"), lambda row: row.purchase_days),
        ExportColumn(pgettext_lazy("column", "Frequency class"), lambda row: row.frequency),
        ExportColumn(pgettext_lazy("column", "Rated amount"), lambda row: row.monetary, money=True),
        ExportColumn(pgettext_lazy("column", "Amount class"), lambda row: row.amount),
    ),
    _load,
    permission="score.view",
)
