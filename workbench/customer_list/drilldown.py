"""From a figure of a dashboard to its customers, as of its run.

The address names the run by its business date and, of what the figure counts: `from` and `to` = tier codes (several
with commas, empty = not there yet), `scheme`, `team` = id, `orders` = at least so many in the days that counted,
`warned`, and `sold` = with an order or return in the days from `since` to the run, `bought` = with a purchase; without
`since`, in the run's month. `from` is as of the last run before those days. `cohort` and `bought` = first days of a
month or quarter (`grain`): who bought first in the one, and again in the other. `least` and `below` = net sales of the
days that counted, in minor units. `product` = an id or a word of preferences: who bought it in the days that counted,
with `returns` who bought or returned it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Team, User
from core.company import currency
from core.http import row_id
from customers.models import Kind, Warn
from sales.models import Order
from segmentation import catalogue
from segmentation.cohorts import periods
from segmentation.models import ScoreInterval, ScoreRun, Tier
from segmentation.pages.whose import Whose, whose
from segmentation.preferences import bought, items
from segmentation.preferences.figures import item_name
from segmentation.selectors import in_force, latest_run, moved, run_as_of, those
from segmentation.tiers import scheme_for
from ui import formatting

PARAMETERS = (
    "run",
    "from",
    "to",
    "scheme",
    "team",
    "orders",
    "warned",
    "sold",
    "since",
    "grain",
    "cohort",
    "bought",
    "least",
    "below",
    "product",
    "returns",
)
BOUGHT = "bought"
FILTERS = frozenset({"amount_class", "potential"})  # of the customer list, by which a figure may count as well
NOT_THERE: str | Promise = gettext_lazy("unrated")


@dataclass(frozen=True)
class Drilldown:
    """Which customers, whoever has them, and what the chip above the list says. `whose`: in whose hands they were when
    the figure was counted. `sums`: what the figure added up of customers, by id in minor units; None where it counted
    heads only."""

    figure: Q
    whose: Whose
    label: str
    sums: Callable[[Sequence[int]], Mapping[int, int]] | None = None

    @property
    def where(self) -> Q:
        """Those of the figure that are still the reader's."""
        return self.whose.still() & self.figure


def drill(user: User, wanted: Mapping[str, str]) -> Drilldown | None:
    """Customers that a dashboard of `user` counted.

    None when the parameters name no published run; the list then says that it ignored them.
    """
    run = _run(wanted.get("run", ""))
    if run is None:
        return None
    team = _team(user, wanted.get("team", ""))
    figure = _counted(run, wanted)
    if wanted.get("sold"):
        figure &= Q(pk__in=_sold(run, wanted))
    for condition, _label in (*_purchases(wanted), *_amounts(run, wanted)):
        figure &= condition
    if (item := items.read(wanted.get("product", ""))) is not None:
        figure &= bought.bought(run, item, returned=bool(wanted.get("returns")))
    holders = whose(user, "dashboard.view", run, team)
    return Drilldown(figure, holders, " · ".join(_words(user, run, team, wanted)), _sums(run, wanted))


def _run(text: str) -> ScoreRun | None:
    try:
        return run_as_of(date.fromisoformat(text))
    except ValueError:
        return None


def _team(user: User, text: str) -> Team | None:
    wanted = row_id(text)
    return None if wanted is None else Team.objects.for_user(user).filter(pk=wanted).first()


def _counted(run: ScoreRun, wanted: Mapping[str, str]) -> Q:
    """Who was counted. What the latest run said stands in the facts, where an index gives the first page at once."""
    if "from" in wanted or wanted.get("warned") or run != latest_run():
        return those(_scores(run, wanted))
    found, scheme, after = Q(created_at__lt=run.published_at), _scheme(wanted), _codes(wanted, "to")
    if after:
        found &= Q(facts__tier__in=after)
    if scheme:
        found &= Q(kind__in=[kind for kind in Kind.values if scheme_for(kind) == scheme])
    orders = row_id(wanted.get("orders", ""))
    return found if orders is None else found & Q(facts__frequency__gte=min(orders, 10**6))


def _scores(run: ScoreRun, wanted: Mapping[str, str]) -> QuerySet[ScoreInterval, int]:
    """The ids of customers whose scores as of the run the figure counted, whoever has them."""
    scheme, before, after = _scheme(wanted), _codes(wanted, "from"), _codes(wanted, "to")
    # unscoped: only narrows customers in reach
    rows = ScoreInterval.objects.filter(in_force(run.as_of)).order_by()
    rows = rows.filter(tier__in=after) if after else rows
    rows = rows.filter(tier_scheme=scheme) if scheme else rows
    rows = rows.exclude(warning=Warn.NONE) if wanted.get("warned") else rows
    orders = row_id(wanted.get("orders", ""))
    rows = rows if orders is None else rows.filter(frequency__gte=min(orders, 10**6))
    customers = rows.values_list("customer_id", flat=True)
    return customers if before is None else moved(customers, run, before, _since(wanted))


def _codes(wanted: Mapping[str, str], name: str) -> list[str] | None:
    return wanted[name].split(",") if wanted.get(name) or (name == "from" and name in wanted) else None


def _scheme(wanted: Mapping[str, str]) -> str:
    return wanted["scheme"] if wanted.get("scheme") in Tier.Scheme.values else ""


def _since(wanted: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(wanted.get("since", ""))
    except ValueError:
        return None


def _sold(run: ScoreRun, wanted: Mapping[str, str]) -> QuerySet:
    """Whose orders make the sales of the days, or only whose purchases do."""
    return _orders_of(run, wanted).values("customer_id")


def _orders_of(run: ScoreRun, wanted: Mapping[str, str]) -> QuerySet[Order]:
    """The orders and returns of the days, or the purchases alone."""
    days = {"ordered_on__gte": _since(wanted) or run.as_of.replace(day=1), "ordered_on__lte": run.as_of}
    bought = {"kind": Order.Kind.PURCHASE, "amount__gt": 0} if wanted["sold"] == BOUGHT else {}
    # unscoped: only narrows customers in reach
    rows = Order.objects.filter(state=Order.State.COMPLETED, customer__isnull=False, **days, **bought)
    return rows.order_by()


def _purchases(wanted: Mapping[str, str]) -> list[tuple[Q, str]]:
    """First and later purchases by their month or quarter, with their words."""
    if wanted.get("grain") not in periods.Grain.values:
        return []
    grain = periods.Grain(wanted["grain"])
    first, again = (periods.read(wanted.get(name, ""), grain) for name in ("cohort", "bought"))
    words = [_("first bought in %(days)s") % {"days": periods.name(first, grain)}] if first else []
    words += [_("bought in %(days)s") % {"days": periods.name(again, grain)}] if again else []
    return [(periods.bought(grain, first, again), " · ".join(words))] if words else []


def _amounts(run: ScoreRun, wanted: Mapping[str, str]) -> list[tuple[Q, str]]:
    """Limits of net sales as of the run, with their words."""
    found = []
    for name, ending, text in (("least", "gte", _("sales from %(money)s")), ("below", "lt", _("below %(money)s"))):
        amount = row_id(wanted.get(name, ""))
        if amount is None:
            continue
        if run == latest_run():
            where = Q(**{f"facts__monetary__{ending}": amount})
        else:
            # unscoped: only narrows customers in reach
            rows = ScoreInterval.objects.filter(in_force(run.as_of), **{f"monetary__{ending}": amount})
            where = Q(pk__in=rows.values("customer_id"))
        found.append((where, text % {"money": formatting.money(amount, currency())}))
    return found


def _sums(run: ScoreRun, wanted: Mapping[str, str]) -> Callable[[Sequence[int]], Mapping[int, int]] | None:
    """What each customer brought in the days that the figure counted."""
    if wanted.get("sold"):
        return lambda ids: dict(
            _orders_of(run, wanted).filter(customer__any_of=ids).values_list("customer").annotate(net=Sum("amount"))
        )
    if (item := items.read(wanted.get("product", ""))) is not None:
        return bought.brought(run, item)
    if not _amounts(run, wanted):
        return None
    # unscoped: of customers in hand
    scores = ScoreInterval.objects.filter(in_force(run.as_of)).order_by().values_list("customer", "monetary")
    return lambda ids: {pk: amount or 0 for pk, amount in scores.filter(customer__any_of=ids)}


def _words(user: User, run: ScoreRun, team: Team | None, wanted: Mapping[str, str]) -> list[str]:
    """What the figure counts, in the reader's words; its date last."""
    scheme, before, after = _scheme(wanted), _codes(wanted, "from"), _codes(wanted, "to")
    orders, since = row_id(wanted.get("orders", "")), _since(wanted)
    if wanted.get("sold") == BOUGHT:
        sold = _("bought since %(day)s") % {"day": formatting.day(since)} if since else _("bought this month")
    elif since:
        sold = _("bought or returned since %(day)s") % {"day": formatting.day(since)}
    else:
        sold = _("bought or returned this month")
    return [
        *([f"{_names(before)} → {_names(after or [])}"] if before is not None else [_names(after)] if after else []),
        *([catalogue.scheme_name(scheme)] if scheme else []),
        *([team.name] if team else []),
        *([_at_least(orders, run)] if orders else []),
        *([_("with a churn warning")] if wanted.get("warned") else []),
        *(label for _where, label in _purchases(wanted)),
        *(label for _where, label in _amounts(run, wanted)),
        *([sold] if wanted.get("sold") else []),
        *_product(user, run, wanted),
        *([_("before %(day)s") % {"day": formatting.day(since)}] if since and before is not None else []),
        _("as of %(day)s") % {"day": formatting.day(run.as_of)},
    ]


def _product(user: User, run: ScoreRun, wanted: Mapping[str, str]) -> list[str]:
    """Which product was bought in which days."""
    item = items.read(wanted.get("product", ""))
    if item is None:
        return []
    words = {"product": item_name(user, item), "days": formatting.number(run.window_days)}
    if wanted.get("returns"):
        return [_("%(product)s: bought or returned in %(days)s days") % words]
    return [_("%(product)s: bought in %(days)s days") % words]


def _at_least(orders: int, run: ScoreRun) -> str:
    words = {"n": orders, "days": formatting.number(run.window_days)}
    return ngettext("at least %(n)s order in %(days)s days", "at least %(n)s orders in %(days)s days", orders) % words


def _names(codes: list[str]) -> str:
    names = dict(catalogue.every_choice())
    return ", ".join(dict.fromkeys(str(names.get(code, NOT_THERE)) for code in codes)) or str(NOT_THERE)
